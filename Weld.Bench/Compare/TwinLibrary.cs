using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Weld.Bench.Compare;

/// <summary>
/// The C files of Kernels as a shared library. With <c>-ffast-math</c> among its options gcc links start-up code that makes denormals zero in the whole process,
/// Weld's floats included; so options are given when compiling, none when linking.
/// </summary>
internal sealed unsafe class TwinLibrary
{
    private readonly nint _library;

    private TwinLibrary(nint library, string version)
    {
        _library = library;
        Version = version;
    }

    /// <summary>The compiler's name and version.</summary>
    public string Version { get; }

    private static string Compiler => Environment.GetEnvironmentVariable("CC") is { Length: > 0 } named ? named : "gcc";

    /// <summary>Compiles and loads.</summary>
    /// <param name="options">The compiler's options.</param>
    /// <exception cref="PlatformNotSupportedException">There is no such compiler.</exception>
    public static TwinLibrary Build(string options)
    {
        var folder = Directory.CreateTempSubdirectory("weld-twins-").FullName;
        try
        {
            var version = Run("--version", folder).Split('\n')[0];
            var sources = Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Kernels"), "*.c");
            Run($"{options} -fopenmp -fPIC -c {string.Join(' ', sources.Select(s => $"\"{s}\""))}", folder);
            var objects = string.Join(' ', sources.Select(s => $"{Path.GetFileNameWithoutExtension(s)}.o"));
            Run($"-shared -fopenmp -o twins.so {objects} -lm", folder);
            LetThreadsSleep();
            return new TwinLibrary(NativeLibrary.Load(Path.Combine(folder, "twins.so")), version);
        }
        finally
        {
            // A loaded library needs its file no more where files may be deleted while they are open.
            if (!OperatingSystem.IsWindows())
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    /// <summary>A function <c>(arguments, their lengths, buffers of columns, threads) → rows</c>.</summary>
    /// <param name="name">Its name.</param>
    public delegate* unmanaged<void**, long*, void**, int, long> Find(string name) =>
        (delegate* unmanaged<void**, long*, void**, int, long>)NativeLibrary.GetExport(_library, name);

    private static string Run(string arguments, string folder)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(Compiler, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
            var errors = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? output : throw new InvalidOperationException($"expected {Compiler} to compile the twins, found: {errors.Result}");
        }
        catch (Win32Exception e)
        {
            throw new PlatformNotSupportedException($"no {Compiler} on this machine", e);
        }
    }

    // OpenMP's threads would otherwise spin for a while after each parallel part, on the cores that the next peer is to use.
    private static void LetThreadsSleep()
    {
        if (!OperatingSystem.IsWindows())
        {
            _ = SetEnvironment("OMP_WAIT_POLICY", "passive", 1);
        }
    }

    [DllImport("libc", EntryPoint = "setenv", CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    private static extern int SetEnvironment(string name, string value, int overwrite);
}
