using System.Linq.Expressions;
using Weld.Core.IR;
using Weld.Core.Types;

namespace Weld.Managed.Emit.Vector;

/// <summary>A number that differs from lane to lane. What is the same in all lanes stays a <see cref="ScalarOperand"/>, computed once before the loop.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Value">The vector.</param>
/// <param name="Depth">How deep the expression nests.</param>
internal sealed record LaneOperand(ScalarKind Kind, Expression Value, int Depth = 0) : Operand
{
    /// <summary>The number of the first lane, where each further lane's is greater by one.</summary>
    public Expression? First { get; init; }

    /// <summary>Whether that is known not to be negative.</summary>
    public bool IsNatural { get; init; }
}

/// <summary>A bool that differs from lane to lane.</summary>
/// <param name="Mask">Where it is true.</param>
internal sealed record MaskOperand(Mask Mask) : Operand;

/// <summary>A builder in the body: what this step has to merge into it, in order.</summary>
/// <param name="Target">The builder.</param>
/// <param name="Merges">The merges of every lane.</param>
internal sealed record MergesOperand(LaneBuilder Target, Seq<LaneMerge> Merges) : Operand;

/// <summary>A merge of some lanes.</summary>
/// <param name="Where">The lanes; null for all.</param>
/// <param name="Value">What they merge, which may be evaluated again.</param>
/// <param name="Node">The program's merge.</param>
internal sealed record LaneMerge(Mask? Where, Operand Value, Merge Node);
