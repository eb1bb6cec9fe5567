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
    /// <summary>Runs the program.</summary>
    /// <param name="run">The run.</param>
    /// <param name="options">The run's options.</param>
    /// <param name="arguments">Where the arguments stand, laid out as one struct.</param>
    /// <param name="result">Where the result goes.</param>
    public abstract void Execute(Run run, RunOptions options, nint arguments, nint result);
}

/// <summary>Compiled code.</summary>
/// <param name="program">The program; constants live in it, so results keep it alive.</param>
internal sealed class CompiledEngine(CompiledProgram program) : Engine
{
    public CompiledProgram Program => program;

    public override void Execute(Run run, RunOptions options, nint arguments, nint result) => program.Run(run, arguments, result);
}

/// <summary>The interpreter behind the doors of compiled code, for where no code can be generated.</summary>
/// <param name="program">The program.</param>
/// <param name="functions">The host's functions.</param>
internal sealed class InterpreterEngine(Lambda program, ForeignFunctions functions) : Engine
{
    private readonly MemoryLayout _arguments = MemoryLayout.Of(new StructType(program.Parameters.To(p => p.Type)));
    private readonly MemoryLayout _result = MemoryLayout.Of(program.Body.Type);

    public override void Execute(Run run, RunOptions options, nint arguments, nint result)
    {
        var values = (StructValue)ValueMarshal.Read(_arguments, arguments, (_, handle) => (Value)run.TakeBuilder(handle));
        var value = Interpreter.Run(program, values.Fields, OptionsOf(functions, options));
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
