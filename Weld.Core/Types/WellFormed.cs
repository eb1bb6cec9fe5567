using Weld.Core.IR;

namespace Weld.Core.Types;

/// <summary>Which types there are (language.md §3, §5). Each object is looked at once, so that a chain of types each made of the last is not quadratic.</summary>
internal sealed class WellFormed
{
    private readonly HashSet<WeldType> _seen = new(ReferenceEqualityComparer.Instance);

    /// <summary>What is wrong with a type, or null, also if the type was looked at before. A struct of simd is what a loop over several simditers gives its function, and is legal there only.</summary>
    public string? Violation(WeldType type) => type is ScalarType || !_seen.Add(type) ? null : StackGuard.Run(static a => a.This.Look(a.Type), (This: this, Type: type));

    private string? Look(WeldType type) => type switch
    {
        SimdType s => s.Element is ScalarType ? null : $"expected a scalar in simd, found {s.Element}",
        StructType { ContainsSimd: true } s when s.Fields.All(f => f is SimdType) => First(s),
        _ when Nested(type) is { } violation => violation,
        _ => First(type),
    };

    private static string? Nested(WeldType type)
    {
        foreach (var part in type.Parts)
        {
            if (part.ContainsSimd)
            {
                return $"expected no simd inside another type, found {type}";
            }

            if (part.ContainsBuilder && type is not StructType)
            {
                return $"expected no builder inside a vector, dictionary or builder, found {type}";
            }

            if (part is FunctionType)
            {
                return $"expected no function inside a type, found {type}";
            }
        }

        return type switch
        {
            DictionaryType { Key.IsHashable: false } d => Key(d.Key),
            DictMergerType { Key.IsHashable: false } d => Key(d.Key),
            GroupMergerType { Key.IsHashable: false } g => Key(g.Key),
            DictMergerType d when !d.Operator.Accepts(d.Value) => Reduced(d.Value, d.Operator),
            MergerType m when !m.Operator.Accepts(m.Element) => Reduced(m.Element, m.Operator),
            VecMergerType v when !v.Operator.Accepts(v.Element) => Reduced(v.Element, v.Operator),
            _ => null,
        };
    }

    private string? First(WeldType type)
    {
        foreach (var part in type.Parts)
        {
            if (Violation(part) is { } violation)
            {
                return violation;
            }
        }

        return null;
    }

    private static string Key(WeldType key) => $"expected a key of scalars, structs and vectors, found {key}";

    private static string Reduced(WeldType value, Operators.MergeOperator op) => $"expected a type that {op} reduces, found {value}";
}
