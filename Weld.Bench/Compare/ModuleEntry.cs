using System.Diagnostics;
using Weld.Managed;

namespace Weld.Bench.Compare;

/// <summary>A compiled module, through the public interface: arguments lie where the host has them, results are given back unread.</summary>
internal sealed class ModuleEntry : Entry
{
    private readonly Comparison _comparison;
    private readonly WeldModule _module;
    private readonly RunOptions _options;
    private readonly object[] _arguments;

    private TimeSpan? _compilation;
    private Func<long>? _memory;

    public ModuleEntry(Comparison comparison, WeldModule module, object[] arguments, RunOptions options)
    {
        (_comparison, _module, _options) = (comparison, module, options);
        _arguments = [.. arguments.Select(Bind)];
    }

    public override TimeSpan? Compilation => _compilation;

    /// <summary>Compiles, and notes what that takes.</summary>
    /// <param name="comparison">What.</param>
    /// <param name="compile">Compiles it.</param>
    /// <param name="arguments">On what it is to run.</param>
    /// <param name="options">How.</param>
    /// <param name="memory">What a run needs at its peak; null if not known.</param>
    public static ModuleEntry Compile(Comparison comparison, Func<WeldModule> compile, object[] arguments, RunOptions options, Func<long>? memory = null)
    {
        var start = Stopwatch.GetTimestamp();
        var module = compile();
        var compilation = Stopwatch.GetElapsedTime(start);
        return new ModuleEntry(comparison, module, arguments, options) { _compilation = compilation, _memory = memory };
    }

    public override long? PeakMemory() => _memory?.Invoke();

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
        _ => argument,
    };

    private static WeldResult Identity(string type, object value) => WeldModule.Compile($"|v: {type}| v").Run([value]);

    private static int[] Starts(Matrix matrix) => [.. Enumerable.Range(0, (matrix.Values.Length / matrix.Columns) + 1).Select(row => row * matrix.Columns)];
}
