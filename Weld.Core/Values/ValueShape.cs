using Weld.Core.IR;
using Weld.Core.Types;

namespace Weld.Core.Values;

/// <summary>Values against types.</summary>
internal static class ValueShape
{
    /// <summary>Whether <paramref name="value"/> is a value of <paramref name="type"/>, all the way down.</summary>
    public static bool Fits(Value value, WeldType type) => (value, type) switch
    {
        (ScalarValue v, ScalarType t) => v.Scalar.Kind == t.Kind,
        (StructValue v, StructType t) => v.Fields.Count == t.Fields.Count && v.Fields.Zip(t.Fields).All(p => Fits(p.First, p.Second)),
        (VectorValue v, VectorType t) => AllFit(v.Elements.Span, t.Element),
        (DictionaryValue v, DictionaryType t) => v.Entries.All(e => Fits(e.Key, t.Key) && Fits(e.Value, t.Value)),
        (BuilderValue v, BuilderType t) => v.Type == t,
        _ => false,
    };

    /// <summary>The zero of a type: zeros, false, no elements, no entries.</summary>
    public static Value Zero(WeldType type) => type switch
    {
        ScalarType s => new ScalarValue(Scalar.Zero(s.Kind)),
        StructType s => new StructValue(s.Fields.To(Zero)),
        VectorType => VectorValue.Empty,
        DictionaryType => DictionaryValue.Empty,
        _ => throw new ArgumentException($"expected a type with a zero, found {type}", nameof(type)),
    };

    private static bool AllFit(ReadOnlySpan<Value> elements, WeldType type)
    {
        foreach (var element in elements)
        {
            if (!Fits(element, type))
            {
                return false;
            }
        }

        return true;
    }
}
