using Weld.Core.Diagnostics;
using Weld.Core.Evaluation;
using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Core.Values;
using Weld.Managed.Emit;
using Weld.Managed.Layout;

namespace Weld.Managed.Runtime;

/// <summary>What runs a program over a block of arguments.</summary>
internal abstract class Engine
{
    /// <summary>Called before a run, and its clock, begin.</summary>
    /// <param name="options">The run's options.</param>
    public virtual void Prepare(RunOptions options)
    {
    }

    /// <summary>Runs the program.</summary>
    /// <param name="run">The run.</param>
    /// <param name="options">The run's options.</param>
    /// <param name="arguments">Where the arguments stand, laid out as one struct.</param>
    /// <param name="result">Where the result goes.</param>
    public abstract void Execute(Run run, RunOptions options, nint arguments, nint result);
}

/// <summary>
/// Compiled code. To make it takes some milliseconds, and many more for the first program of a process. Where another thread makes it, a run over few scalars does not wait: it is interpreted
/// until it is done or the code is there, whichever comes first. The bits are the same. Only a value counts: what ends in an error, has limits of its own or is observed runs compiled, from its beginning.
/// </summary>
internal sealed class CompiledEngine : Engine
{
    private readonly Lazy<CompiledProgram> _program;
    private readonly InterpreterEngine? _meanwhile;
    private readonly CancellationToken _made;

    /// <summary>Of a program that is compiled.</summary>
    /// <param name="program">The program; constants live in it, so results keep it alive.</param>
    public CompiledEngine(CompiledProgram program) => _program = new(program);

    /// <summary>Of a program that is being compiled from here on.</summary>
    /// <param name="program">The program, without host functions, in a form that gives the same bits.</param>
    /// <param name="compile">Compiles it.</param>
    public CompiledEngine(Lambda program, Func<CompiledProgram> compile)
    {
        var made = new CancellationTokenSource();
        _made = made.Token;
        _meanwhile = new InterpreterEngine(program, ForeignFunctions.None);
        _program = new(() =>
        {
            try
            {
                return compile();
            }
            finally
            {
                made.Cancel();
            }
        });
        _ = FirstUse.Ended.ContinueWith(_ => Program, TaskScheduler.Default);
    }

    /// <summary>The compiled program, once it is there. If no other thread has begun to make it, as in a busy pool, this one does.</summary>
    /// <exception cref="WeldException">What compiling it threw.</exception>
    public CompiledProgram Program => _program.Value;

    public override void Prepare(RunOptions options)
    {
        if (!IsFree(options))
        {
            _ = Program;
        }
    }

    public override void Execute(Run run, RunOptions options, nint arguments, nint result)
    {
        if (_meanwhile is null || _made.IsCancellationRequested || run.Profiler is not null || !IsFree(options) || !_meanwhile.TryExecute(run, arguments, result, _made))
        {
            Program.Run(run, arguments, result);
        }
    }

    private static bool IsFree(RunOptions options) =>
        options is { MemoryLimit: long.MaxValue, Timeout: null, Profile: null, Grain: null } && !options.CancellationToken.CanBeCanceled;
}

/// <summary>The interpreter behind the doors of compiled code, for where no code can be generated.</summary>
/// <param name="program">The program.</param>
/// <param name="functions">The host's functions.</param>
internal sealed class InterpreterEngine(Lambda program, ForeignFunctions functions) : Engine
{
    /// <summary>A run over more scalars is not short.</summary>
    private const long MostScalars = 4_096;

    /// <summary>Nor is one that makes more bytes.</summary>
    private const long MostMemory = 1 << 20;

    private readonly MemoryLayout _arguments = MemoryLayout.Of(new StructType(program.Parameters.To(p => p.Type)));
    private readonly MemoryLayout _result = MemoryLayout.Of(program.Body.Type);

    public override void Execute(Run run, RunOptions options, nint arguments, nint result) =>
        Execute(run, OptionsOf(functions, options), arguments, result);

    /// <summary>Runs the program if it is short; else, or if it ends in an error, nothing has happened.</summary>
    /// <param name="run">The run.</param>
    /// <param name="arguments">Where the arguments stand, laid out as one struct.</param>
    /// <param name="result">Where the result goes.</param>
    /// <param name="enough">After which it is not short.</param>
    public bool TryExecute(Run run, nint arguments, nint result, CancellationToken enough)
    {
        var left = MostScalars;
        if (_arguments.HoldsBuilders || _result.HoldsBuilders || !ValueMarshal.IsWithin(_arguments, arguments, ref left))
        {
            return false;
        }

        try
        {
            Execute(run, new InterpreterOptions { Functions = functions, CancellationToken = enough, MemoryLimit = MostMemory }, arguments, result);
            return true;
        }
        catch (WeldException)
        {
            return false;
        }
    }

    private void Execute(Run run, InterpreterOptions options, nint arguments, nint result)
    {
        var values = (StructValue)ValueMarshal.Read(_arguments, arguments, (_, handle) => (Value)run.TakeBuilder(handle));
        var value = Interpreter.Run(program, values.Fields, options);
        ValueMarshal.Write(run, value, _result, result, (builder, at) => Put(run, builder, at));
    }

    /// <summary>The interpreter's options for a run.</summary>
    public static InterpreterOptions OptionsOf(ForeignFunctions functions, RunOptions options) => new()
    {
        Functions = functions,
        CancellationToken = options.CancellationToken,
        Timeout = options.Timeout,
        MemoryLimit = options.MemoryLimit,
    };

    private static unsafe void Put(Run run, BuilderValue builder, nint at) => *(long*)at = run.AddBuilder(builder);
}
