using System.Diagnostics;
using Weld.Bench.Workloads;
using Weld.Managed;

namespace Weld.Bench.Compare;

/// <summary>A compiled module, through the public interface: arguments lie where the host has them, results are given back unread.</summary>
internal sealed class ModuleEntry : Entry
{
    private readonly Comparison _comparison;
    private readonly WeldModule _module;
    private readonly RunOptions _options;
    private readonly object[] _arguments;

    private readonly TimeSpan? _compilation;

    public ModuleEntry(Comparison comparison, WeldModule module, object[] arguments, RunOptions options, TimeSpan? compilation = null)
    {
        (_comparison, _module, _options, _compilation) = (comparison, module, options, compilation);
        _arguments = [.. arguments.Select(Bind)];
    }

    public override TimeSpan? Compilation => _compilation;

    /// <summary>Compiles, and notes what that takes.</summary>
    public static ModuleEntry Compile(Comparison comparison, Func<WeldModule> compile, object[] arguments, RunOptions options)
    {
        var start = Stopwatch.GetTimestamp();
        var module = compile();
        return new ModuleEntry(comparison, module, arguments, options, Stopwatch.GetElapsedTime(start));
    }

    public override void Run() => _module.Run(_options, _arguments).Dispose();

    public override Array[] Answer()
    {
        using var result = _module.Run(_options, _arguments);
        return _comparison.Read(result);
    }

    public override void Dispose()
    {
        foreach (var argument in _arguments)
        {
            (argument as IDisposable)?.Dispose();
        }

        WeldMemory.Trim();
    }

    /// <summary>Where each of many vectors lies is written once, by a program that gives what it takes.</summary>
    private static object Bind(object argument) => argument switch
    {
        Texts texts => Identity("vec[vec[u8]]", new NestedVector<byte>(texts.Bytes, texts.Offsets)),
        Matrix matrix => Identity("vec[vec[f64]]", new NestedVector<double>(matrix.Values, Starts(matrix))),
        string[] => Identity("vec[vec[u8]]", Workload.Bind([argument])[0]),
        double[][] => Identity("vec[vec[f64]]", Workload.Bind([argument])[0]),
        _ => argument,
    };

    private static WeldResult Identity(string type, object value) => WeldModule.Compile($"|v: {type}| v").Run([value]);

    private static int[] Starts(Matrix matrix) => [.. Enumerable.Range(0, (matrix.Values.Length / matrix.Columns) + 1).Select(row => row * matrix.Columns)];
}
