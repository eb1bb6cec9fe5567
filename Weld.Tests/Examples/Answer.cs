using System.Collections;
using System.Runtime.CompilerServices;
using System.Text;
using Weld.Core.Types;
using Weld.Core.Values;

namespace Weld.Tests.Examples;

/// <summary>Holds a Weld value against one of the host: scalars, texts, arrays, and tuples for structs.</summary>
internal static class Answer
{
    /// <summary>Integers, texts and lengths must be equal; a float may lie off by a share of the expected, or must have its bits if that is 0.</summary>
    public static void Equal(object expected, Value found, double tolerance, string place = "the result")
    {
        switch (expected, found)
        {
            case (double e, ScalarValue { Scalar: { Kind: ScalarKind.F64 } f }):
                Assert.True(
                    e.Equals(f.AsDouble) || (tolerance > 0 && Math.Abs(f.AsDouble - e) <= tolerance * Math.Abs(e)),
                    FormattableString.Invariant($"{place}: expected {e:R}, found {f.AsDouble:R}"));
                break;
            case (int or long, ScalarValue { Scalar: { Kind: ScalarKind.I32 or ScalarKind.I64 } f }):
                Assert.True(((IConvertible)expected).ToInt64(null) == f.AsInt64, $"{place}: expected {expected}, found {f.AsInt64}");
                break;
            case (string e, VectorValue f):
                var bytes = f.Elements.ToArray().Select(b => (byte)((ScalarValue)b).Scalar.Bits).ToArray();
                Assert.True(e == Encoding.UTF8.GetString(bytes), $"{place}: expected {e}, found {found}");
                break;
            case (ITuple e, StructValue f):
                All(Enumerable.Range(0, e.Length).Select(i => e[i]!), f.Fields.ToArray(), tolerance, place);
                break;
            case (Array e, VectorValue f):
                All(e.Cast<object>(), f.Elements.ToArray(), tolerance, place);
                break;
            default:
                Assert.Fail($"{place}: expected {expected}, found {found}");
                break;
        }
    }

    private static void All(IEnumerable expected, Value[] found, double tolerance, string place)
    {
        object[] values = [.. expected];
        Assert.True(values.Length == found.Length, $"{place}: expected {values.Length} elements, found {found.Length}");
        for (var i = 0; i < found.Length; i++)
        {
            Equal(values[i], found[i], tolerance, $"{place}[{i}]");
        }
    }
}
