using Weld.Core.IR;
using Weld.Core.Types;

namespace Weld.Core.Values;

/// <summary>The keys of dictionaries (language.md §4.13): −0 is +0, also inside structs and vectors; NaNs are one value already.</summary>
internal static class Keys
{
    /// <summary>The key that a dictionary stores for <paramref name="key"/>.</summary>
    public static Value Normalize(Value key) => key switch
    {
        ScalarValue { Scalar: { Kind: ScalarKind.F64, AsDouble: 0 } or { Kind: ScalarKind.F32, AsSingle: 0 } } s => new ScalarValue(Scalar.Zero(s.Scalar.Kind)),
        StructValue s when s.Fields.Map(Normalize) is var fields && !fields.SameAs(s.Fields) => new StructValue(fields),
        VectorValue v => Normalize(v),
        _ => key,
    };

    private static VectorValue Normalize(VectorValue vector)
    {
        var elements = vector.Elements.Span;
        for (var i = 0; i < elements.Length; i++)
        {
            if (!ReferenceEquals(Normalize(elements[i]), elements[i]))
            {
                return new VectorValue(vector.Elements.ToArray().Select(Normalize).ToArray());
            }
        }

        return vector;
    }
}
