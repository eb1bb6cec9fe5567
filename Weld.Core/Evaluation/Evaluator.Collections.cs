using Weld.Core.Diagnostics;
using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Core.Values;

namespace Weld.Core.Evaluation;

/// <summary>Vectors and dictionaries.</summary>
internal sealed partial class Evaluator
{
    private VectorValue EvaluateVectorLiteral(VectorLiteral node) => NewVector(node.Elements.To(_evaluate).Span.ToArray(), node.Element);

    private VectorValue EvaluateString(StringLiteral node)
    {
        if (!_strings.TryGetValue(node, out var value))
        {
            _strings[node] = value = VectorValue.OfBytes(node.Bytes.Span, ((ScalarType)node.Element).Kind);
        }

        return value;
    }

    private VectorValue EvaluateZip(Zip node)
    {
        var vectors = node.Vectors.To(v => EvaluateVector(v));
        if (vectors.Count == 1)
        {
            return vectors[0];
        }

        var count = vectors[0].Count;
        if (vectors.FirstOrDefault(v => v.Count != count) is { } other)
        {
            throw Error(RuntimeCode.MismatchedZipSize, node, $"expected {count} elements as in the first vector, found {other.Count}");
        }

        var element = ((VectorType)node.Type).Element;
        var owner = _memory.Charge(count, MemoryAccount.SizeOf(element));
        var elements = new Value[count];
        for (var i = 0; i < count; i++)
        {
            _watch.Look();
            _work.Zipped++;
            elements[i] = new StructValue(vectors.To(v => v.Elements.Span[i]));
        }

        return new VectorValue(elements) { Owner = owner };
    }

    private Value EvaluateLookup(Lookup node)
    {
        var collection = Evaluate(node.Collection);
        var key = Evaluate(node.Key);
        if (collection is DictionaryValue dictionary)
        {
            return dictionary.Find(Keys.Normalize(key)) ?? throw Error(RuntimeCode.KeyNotFound, node, $"the dictionary has no key {key}");
        }

        var elements = ((VectorValue)collection).Elements.Span;
        var index = ((ScalarValue)key).Scalar.AsInt64;
        return (ulong)index < (ulong)elements.Length
            ? elements[(int)index]
            : throw Error(RuntimeCode.ArrayOutOfBounds, node, $"index {index} is outside a vector of length {elements.Length}");
    }

    private StructValue EvaluateOptLookup(OptLookup node)
    {
        var found = Find(node.Dictionary, node.Key);
        return new StructValue([Bool(found is not null), found ?? ValueShape.Zero(((DictionaryType)node.Dictionary.Type).Value)]);
    }

    private ScalarValue EvaluateKeyExists(KeyExists node) => Bool(Find(node.Dictionary, node.Key) is not null);

    private Value? Find(Expr dictionary, Expr key)
    {
        var value = (DictionaryValue)Evaluate(dictionary);
        return value.Find(Keys.Normalize(Evaluate(key)));
    }

    private VectorValue EvaluateSlice(Slice node)
    {
        var vector = EvaluateVector(node.Vector);
        var start = EvaluateInteger(node.Start);
        var count = EvaluateInteger(node.Count);
        if (start < 0 || start > vector.Count)
        {
            throw Error(RuntimeCode.ArrayOutOfBounds, node, $"start {start} is outside a vector of length {vector.Count}");
        }

        return count >= 0
            ? new VectorValue(vector.Elements.Slice((int)start, (int)Math.Min(count, vector.Count - start))) { Owner = vector.Owner }
            : throw Error(RuntimeCode.ArrayOutOfBounds, node, $"expected a count of at least 0, found {count}");
    }

    private VectorValue EvaluateSort(Sort node)
    {
        var vector = EvaluateVector(node.Vector);
        var owner = _memory.Charge(vector.Count, MemoryAccount.SizeOf(((VectorType)node.Type).Element));
        var sorted = vector.Elements.ToArray();
        StableSort.Sort(sorted, (x, y) =>
        {
            _watch.Look();
            return ((ScalarValue)Call(node.Comparator, x, y)).Scalar.AsInt64 <= 0;
        });
        return new VectorValue(sorted) { Owner = owner };
    }

    private VectorValue EvaluateToVector(ToVector node)
    {
        var dictionary = (DictionaryValue)Evaluate(node.Dictionary);
        var owner = _memory.Charge(dictionary.Entries.Count, MemoryAccount.SizeOf(((VectorType)node.Type).Element));
        var pairs = new Value[dictionary.Entries.Count];
        for (var i = 0; i < pairs.Length; i++)
        {
            _watch.Look();
            var (key, value) = dictionary.Entries[i];
            pairs[i] = new StructValue([key, value]);
        }

        return new VectorValue(pairs) { Owner = owner };
    }
}
