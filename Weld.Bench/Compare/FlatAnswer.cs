using System.Collections;
using System.Runtime.CompilerServices;
using System.Text;
using Weld.Core.Types;
using Weld.Managed;

namespace Weld.Bench.Compare;

/// <summary>An answer of any type as columns: one for each scalar or text of its type, in the order in which they stand there, with a row for each that there is.</summary>
internal sealed class FlatAnswer
{
    private readonly List<IList> _columns = [];

    private Array[] Columns => [.. _columns.Select(c => c is List<double> doubles ? (Array)doubles.ToArray() : ((List<long>)c).ToArray())];

    /// <summary>Of a host's value: scalars, texts, arrays, and tuples for structs.</summary>
    public static Array[] Of(object answer)
    {
        var flat = new FlatAnswer();
        flat.Plan(answer.GetType());
        flat.Add(answer, 0);
        return flat.Columns;
    }

    /// <summary>Of a result.</summary>
    public static Array[] Of(WeldResult answer)
    {
        var flat = new FlatAnswer();
        flat.Plan(answer.Root.Type);
        flat.Add(answer.Root, 0);
        return flat.Columns;
    }

    private static IEnumerable<Type> Parts(Type type) => type.IsArray ? [type.GetElementType()!] : typeof(ITuple).IsAssignableFrom(type) ? type.GetGenericArguments() : [];

    private static IEnumerable<WeldType> Parts(WeldType type) => type switch
    {
        VectorType { Element: not ScalarType { Kind: ScalarKind.U8 or ScalarKind.I8 } } vector => [vector.Element],
        StructType structure => structure.Fields,
        _ => [],
    };

    private static int Count(Type type) => Parts(type).ToArray() is { Length: > 0 } parts ? parts.Sum(Count) : 1;

    private static int Count(WeldType type) => Parts(type).ToArray() is { Length: > 0 } parts ? parts.Sum(Count) : 1;

    private void Plan(Type type)
    {
        if (Parts(type).ToArray() is { Length: > 0 } parts)
        {
            Array.ForEach(parts, Plan);
        }
        else
        {
            _columns.Add(type == typeof(double) ? new List<double>() : new List<long>());
        }
    }

    private void Plan(WeldType type)
    {
        if (Parts(type).ToArray() is { Length: > 0 } parts)
        {
            Array.ForEach(parts, Plan);
        }
        else
        {
            _columns.Add(type is ScalarType { Kind: ScalarKind.F64 } ? new List<double>() : new List<long>());
        }
    }

    /// <summary>Adds a value to the columns from a number on; the number of the next.</summary>
    private int Add(object value, int at)
    {
        switch (value)
        {
            case double x:
                Floats(at).Add(x);
                return at + 1;
            case int or long:
                Integers(at).Add(((IConvertible)value).ToInt64(null));
                return at + 1;
            case string text:
                Integers(at).Add(Answers.Hash<byte>(Encoding.UTF8.GetBytes(text)));
                return at + 1;
            case double[] all:
                Floats(at).AddRange(all);
                return at + 1;
            case Array array:
                foreach (var element in array)
                {
                    Add(element, at);
                }

                return at + Count(array.GetType());
            case ITuple tuple:
                for (var i = 0; i < tuple.Length; i++)
                {
                    at = Add(tuple[i]!, at);
                }

                return at;
            default:
                throw new ArgumentException($"expected numbers, texts, arrays and tuples, found {value.GetType()}");
        }
    }

    private int Add(WeldView value, int at)
    {
        switch (value.Type)
        {
            case ScalarType { Kind: ScalarKind.F64 }:
                Floats(at).Add(value.As<double>());
                return at + 1;
            case ScalarType { Kind: ScalarKind.I64 }:
                Integers(at).Add(value.As<long>());
                return at + 1;
            case ScalarType { Kind: ScalarKind.I32 }:
                Integers(at).Add(value.As<int>());
                return at + 1;
            case VectorType { Element: ScalarType { Kind: ScalarKind.U8 or ScalarKind.I8 } }:
                Integers(at).Add(Answers.Hash(value.AsSpan<byte>()));
                return at + 1;
            case VectorType { Element: ScalarType { Kind: ScalarKind.F64 } }:
                Floats(at).AddRange(value.AsSpan<double>());
                return at + 1;
            case VectorType:
                for (long i = 0; i < value.Length; i++)
                {
                    Add(value[i], at);
                }

                return at + Count(value.Type);
            case StructType:
                for (long i = 0; i < value.Length; i++)
                {
                    at = Add(value[i], at);
                }

                return at;
            default:
                throw new ArgumentException($"expected numbers, vectors and structs, found {value.Type}");
        }
    }

    private List<double> Floats(int column) => (List<double>)_columns[column];

    private List<long> Integers(int column) => (List<long>)_columns[column];
}
