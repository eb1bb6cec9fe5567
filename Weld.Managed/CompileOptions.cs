using System.Linq.Expressions;
using Weld.Core.IR;
using Weld.Core.Values;

namespace Weld.Managed;

/// <summary>What runs a program.</summary>
public enum Backend
{
    /// <summary>
    /// Compiled code where the runtime can generate it, else the interpreter. Short runs need not wait until another thread has made the machine code: until then they are interpreted.
    /// </summary>
    Automatic,

    /// <summary>Machine code from the first run on.</summary>
    Compiled,

    /// <summary>The interpreter: the same results, slowly.</summary>
    Interpreter,
}

/// <summary>How a program is compiled.</summary>
public sealed record CompileOptions
{
    /// <summary>Everything as it is by itself.</summary>
    public static CompileOptions Default { get; } = new();

    /// <summary>The functions that the program may call with <c>cudf</c>.</summary>
    public ForeignFunctions Functions { get; init; } = ForeignFunctions.None;

    /// <summary>Makes a delegate of an expression; null for <see cref="LambdaExpression.Compile()"/>.</summary>
    public Func<LambdaExpression, Delegate>? ExpressionCompiler { get; init; }

    /// <summary>What runs the program.</summary>
    public Backend Backend { get; init; }

    /// <summary>The optimizer's passes, in order; null for all of them.</summary>
    public Seq<string>? Passes { get; init; }

    /// <summary>Whether transforms marked experimental take part; none is today.</summary>
    public bool ApplyExperimentalTransforms { get; init; }

    /// <summary>The bits of the vectors of loops in SIMD: 128, 256 or 512, on any machine; 0 for one element at a time; null for what the machine has. It changes speed, never results.</summary>
    public int? VectorWidth { get; init; }

    /// <summary>A folder that the program is written to when it is compiled, as text; null for none.</summary>
    public string? DumpDirectory { get; init; }

    /// <summary>The name of the files written to <see cref="DumpDirectory"/>, without an ending; null for one made of the time.</summary>
    public string? DumpName { get; init; }
}
