using System.Runtime.CompilerServices;
using System.Text;
using Weld.Core.Types;
using Weld.Managed;

namespace Weld.Bench.Compare;

/// <summary>An answer of any type as two columns, in the order in which its parts stand: integers, lengths and hashes of texts; and floats.</summary>
internal sealed class FlatAnswer
{
    private readonly List<long> _integers = [];
    private readonly List<double> _floats = [];

    private Array[] Columns => [_integers.ToArray(), _floats.ToArray()];

    /// <summary>Of a host's value: scalars, texts, arrays, and tuples for structs.</summary>
    public static Array[] Of(object answer)
    {
        var flat = new FlatAnswer();
        flat.Add(answer);
        return flat.Columns;
    }

    /// <summary>Of a result.</summary>
    public static Array[] Of(WeldResult answer)
    {
        var flat = new FlatAnswer();
        flat.Add(answer.Root);
        return flat.Columns;
    }

    private void Add(object value)
    {
        switch (value)
        {
            case double x:
                _floats.Add(x);
                break;
            case int or long:
                _integers.Add(((IConvertible)value).ToInt64(null));
                break;
            case string text:
                _integers.Add(Answers.Hash<byte>(Encoding.UTF8.GetBytes(text)));
                break;
            case double[] all:
                _integers.Add(all.Length);
                _floats.AddRange(all);
                break;
            case Array array:
                _integers.Add(array.Length);
                foreach (var element in array)
                {
                    Add(element);
                }

                break;
            case ITuple tuple:
                for (var i = 0; i < tuple.Length; i++)
                {
                    Add(tuple[i]!);
                }

                break;
            default:
                throw new ArgumentException($"expected numbers, texts, arrays and tuples, found {value.GetType()}");
        }
    }

    private void Add(WeldView value)
    {
        switch (value.Type)
        {
            case ScalarType { Kind: ScalarKind.F64 }:
                _floats.Add(value.As<double>());
                break;
            case ScalarType { Kind: ScalarKind.I64 }:
                _integers.Add(value.As<long>());
                break;
            case ScalarType { Kind: ScalarKind.I32 }:
                _integers.Add(value.As<int>());
                break;
            case VectorType { Element: ScalarType { Kind: ScalarKind.U8 or ScalarKind.I8 } }:
                _integers.Add(Answers.Hash(value.AsSpan<byte>()));
                break;
            case VectorType { Element: ScalarType { Kind: ScalarKind.F64 } }:
                _integers.Add(value.Length);
                _floats.AddRange(value.AsSpan<double>());
                break;
            case VectorType:
                _integers.Add(value.Length);
                Parts(value);
                break;
            case StructType:
                Parts(value);
                break;
            default:
                throw new ArgumentException($"expected numbers, vectors and structs, found {value.Type}");
        }
    }

    private void Parts(WeldView value)
    {
        for (long i = 0; i < value.Length; i++)
        {
            Add(value[i]);
        }
    }
}
