using Weld.Core.Types;

namespace Weld.Core.Operators.Elementary;

/// <summary>
/// The one definition of an elementary function on one kind of float: a straight-line program over primitives that give the same bits on every machine and at every vector width.
/// Interpreter and constant folding evaluate it, the emitter writes it out inline.
/// </summary>
internal sealed partial class Kernel
{
    private Kernel(ScalarKind kind, int arity, Node result, Region body)
    {
        Kind = kind;
        Arity = arity;
        Result = result;
        Body = body;
    }

    /// <summary>The kind of the arguments, the result and every float lane.</summary>
    public ScalarKind Kind { get; }

    /// <summary>How many arguments: 1 or 2.</summary>
    public int Arity { get; }

    /// <summary>The node whose value is the function's.</summary>
    public Node Result { get; }

    /// <summary>The nodes in the order of evaluation.</summary>
    public Region Body { get; }

    /// <summary>The kernel of a function of one argument.</summary>
    public static Kernel Of(ScalarKind kind, Func<F, F> formula) => Build(kind, 1, formula(Argument(0)).Node);

    /// <summary>The kernel of a function of two arguments.</summary>
    public static Kernel Of(ScalarKind kind, Func<F, F, F> formula) => Build(kind, 2, formula(Argument(0), Argument(1)).Node);

    private static F Argument(int index) => new(new Node(Primitive.Argument, LaneKind.Float) { Integer = index });

    private static Kernel Build(ScalarKind kind, int arity, Node result) => new(kind, arity, result, Region.Schedule(result));
}
