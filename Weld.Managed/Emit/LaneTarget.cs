using System.Linq.Expressions;
using Weld.Core.Operators.Elementary;
using Weld.Core.Types;

namespace Weld.Managed.Emit;

/// <summary>How the primitives of a kernel are written for one width: one lane, or the lanes of a vector. The walk over the kernel is the same for all.</summary>
internal abstract class LaneTarget
{
    /// <summary>The type that holds the floats of all lanes.</summary>
    public abstract Type Float { get; }

    /// <summary>The type that holds the integers of all lanes.</summary>
    public abstract Type Integer { get; }

    /// <summary>One lane of a kind of float.</summary>
    public static LaneTarget Scalar(ScalarKind kind) => kind == ScalarKind.F64 ? ScalarLanes<double, long>.Instance : ScalarLanes<float, int>.Instance;

    /// <summary>The lanes of a vector of 16, 32 or 64 bytes.</summary>
    public static LaneTarget Vector(ScalarKind kind, int bytes) => kind == ScalarKind.F64 ? VectorLanes<double, long>.Of(bytes) : VectorLanes<float, int>.Of(bytes);

    /// <summary>Whether constants are read from memory.</summary>
    public virtual bool KeepsConstants => false;

    public abstract Expression Constant(Node node);

    /// <summary>A float or integer primitive on the values of its operands, other than <see cref="Select"/>.</summary>
    public abstract Expression Apply(Node node, IReadOnlyList<Expression> operands);

    /// <summary>yes where the mask holds, else no, without a branch. Masks are written again at each use.</summary>
    public abstract Expression Select(Node mask, Func<Node, Expression> value, Expression yes, Expression no);

    /// <summary>Whether the mask holds in any lane, as a bool.</summary>
    public abstract Expression Any(Node mask, Func<Node, Expression> value);

    /// <summary>What a branch assigns on its slow path.</summary>
    public abstract Expression Slow(Node mask, Func<Node, Expression> value, Expression slow, Expression fast);
}
