using Weld.Core.IR;
using Weld.Core.Types;

namespace Weld.Managed.Emit;

/// <summary>Where a region of memory can be released: what may allocate, and what may keep a pointer to it.</summary>
internal static class Allocations
{
    /// <summary>The types of the buffers that evaluating the node may leave behind and that are no builder's.</summary>
    public static Seq<WeldType> In(Expr node)
    {
        var types = new List<WeldType>();
        Collect(node, types);
        return types.ToSeq();
    }

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

    private static void Collect(Expr node, List<WeldType> types) => StackGuard.Run(static a => Step(a.Node, a.Types), (Node: node, Types: types));

    private static bool Step(Expr node, List<WeldType> types)
    {
        for (; node is Let let; node = let.Body)
        {
            Collect(let.Value, types);
        }

        if (node is Result or ToVector or Sort or Serialize or Deserialize or VectorLiteral or Zip or ForeignCall)
        {
            Add(node.Type, types);
        }
        else if (node is NewBuilder n)
        {
            Add(n.BuilderType.ResultType, types);
        }

        foreach (var child in node.Children.Span)
        {
            Collect(child, types);
        }

        return true;
    }

    private static void Add(WeldType type, List<WeldType> types)
    {
        if (type is StructType)
        {
            foreach (var part in type.Parts.Span)
            {
                Add(part, types);
            }
        }
        else if (type is VectorType or DictionaryType && !types.Contains(type))
        {
            types.Add(type);
        }
    }
}
