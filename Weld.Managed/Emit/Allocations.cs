using Weld.Core.IR;
using Weld.Core.Types;

namespace Weld.Managed.Emit;

/// <summary>Where a region of memory can be released: what may allocate, and what may keep a pointer to it.</summary>
internal static class Allocations
{
    /// <summary>Whether evaluating the node may leave a buffer behind that is no builder's.</summary>
    public static bool MayAllocate(Expr node) =>
        node is Result { Builder.Type: not MergerType } or ToVector or Sort or Serialize or Deserialize or VectorLiteral or Zip or ForeignCall or NewBuilder { BuilderType: not MergerType }
        || StackGuard.Run(static n => AnyMayAllocate(n), node);

    /// <summary>Whether what is merged into the builders of a state cannot point into memory.</summary>
    public static bool HoldsNoPointerInBuilders(WeldType type) =>
        type is BuilderType ? type.Parts.All(p => p.IsFlat) : type.Parts.All(HoldsNoPointerInBuilders);

    /// <summary>The value without its builders, and the type of what is left.</summary>
    public static (WeldType Type, Operand Value) WithoutBuilders(WeldType type, Operand value)
    {
        if (type is BuilderType)
        {
            return (new StructType([]), new StructOperand([]));
        }

        if (type is not StructType s)
        {
            return (type, value);
        }

        var fields = s.Fields.Select((f, i) => WithoutBuilders(f, ((StructOperand)value).Fields[i])).ToArray();
        return (new StructType(fields.Select(f => f.Type).ToSeq()), new StructOperand([.. fields.Select(f => f.Value)]));
    }

    private static bool AnyMayAllocate(Expr node)
    {
        foreach (var child in node.Children)
        {
            if (MayAllocate(child))
            {
                return true;
            }
        }

        return false;
    }
}
