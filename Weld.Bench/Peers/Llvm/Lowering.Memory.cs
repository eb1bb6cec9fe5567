using Weld.Core.Diagnostics;
using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Managed.Layout;

namespace Weld.Bench.Peers.Llvm;

/// <summary>Loads, stores, vectors.</summary>
internal sealed partial class Lowering
{
    private string At(string address, long offset) => offset == 0 ? address : _code.Do($"getelementptr i8, ptr {address}, i64 {offset}");

    private string Element(string data, string index, int size) =>
        _code.Do($"getelementptr i8, ptr {data}, i64 {(size == 1 ? index : _code.Do($"mul i64 {index}, {size}"))}");

    private string LoadPart(string type, string address, long offset) => _code.Do($"load {type}, ptr {At(address, offset)}, align 1");

    private void StorePart(string type, string value, string address, long offset) => _code.Line($"store {type} {value}, ptr {At(address, offset)}, align 1");

    private Lowered Load(WeldType type, string address, long offset = 0)
    {
        switch (type)
        {
            case ScalarType { Kind: ScalarKind.Bool }:
                return new ScalarValue(_code.Do($"icmp ne i8 {LoadPart("i8", address, offset)}, 0"));
            case ScalarType s:
                return new ScalarValue(LoadPart(LlvmTypes.Of(s.Kind), address, offset));
            case SimdType s:
                return Load(s.Element, address, offset);
            case VectorType:
                return new VectorValue(LoadPart("ptr", address, offset), LoadPart("i64", address, offset + MemoryLayout.LengthOffset));
            case StructType s:
                var layout = MemoryLayout.Of(s);
                return new StructValue([.. s.Fields.Select((f, i) => Load(f, address, offset + layout.Offsets[i]))]);
            default:
                throw new NotLoweredException($"{type} within a vector, a dictionary or a table");
        }
    }

    private void Store(WeldType type, Lowered value, string address, long offset = 0)
    {
        switch (type, value)
        {
            case (ScalarType { Kind: ScalarKind.Bool }, ScalarValue v):
                StorePart("i8", _code.Do($"zext i1 {v.Name} to i8"), address, offset);
                break;
            case (ScalarType s, ScalarValue v):
                StorePart(LlvmTypes.Of(s.Kind), v.Name, address, offset);
                break;
            case (SimdType s, _):
                Store(s.Element, value, address, offset);
                break;
            case (VectorType, VectorValue v):
                StorePart("ptr", v.Data, address, offset);
                StorePart("i64", v.Length, address, offset + MemoryLayout.LengthOffset);
                break;
            case (StructType s, StructValue v):
                var layout = MemoryLayout.Of(s);
                for (var i = 0; i < s.Fields.Count; i++)
                {
                    Store(s.Fields[i], v.Fields[i], address, offset + layout.Offsets[i]);
                }

                break;
            default:
                throw new NotLoweredException($"{type} within a vector, a dictionary or a table");
        }
    }

    /// <summary>An argument; dictionaries, which hosts hand over as finished, become tables.</summary>
    private Lowered LoadArgument(WeldType type, string address, long offset)
    {
        switch (type)
        {
            case BuilderType:
                throw new NotLoweredException("a builder as an argument");
            case DictionaryType d:
                return ReadDictionary(d, LoadPart("ptr", address, offset));
            case StructType s:
                var layout = MemoryLayout.Of(s);
                return new StructValue([.. s.Fields.Select((f, i) => LoadArgument(f, address, offset + layout.Offsets[i]))]);
            default:
                return Load(type, address, offset);
        }
    }

    private void StoreResult(WeldType type, Lowered value, string address, long offset)
    {
        switch (type, value)
        {
            case (BuilderType, _):
                throw new NotLoweredException("a builder as a result");
            case (DictionaryType d, DictionaryValue v):
                StorePart("ptr", FinishDictionary(d, v.Table), address, offset);
                break;
            case (StructType s, StructValue v):
                var layout = MemoryLayout.Of(s);
                for (var i = 0; i < s.Fields.Count; i++)
                {
                    StoreResult(s.Fields[i], v.Fields[i], address, offset + layout.Offsets[i]);
                }

                break;
            default:
                Store(type, value, address, offset);
                break;
        }
    }

    private VectorValue LowerVectorLiteral(VectorLiteral node)
    {
        if (node.Elements.Count == 0)
        {
            return new VectorValue("null", "0");
        }

        var size = MemoryLayout.Of(node.Element).Size;
        var values = node.Elements.Select(Lower).ToArray();
        var data = Allocate(Text((long)values.Length * size));
        for (var i = 0; i < values.Length; i++)
        {
            Store(node.Element, values[i], data, (long)i * size);
        }

        return new VectorValue(data, Text(values.Length));
    }

    private Lowered LowerVectorLookup(Lookup node)
    {
        var vector = (VectorValue)Lower(node.Collection);
        var index = Scalar(node.Key);
        index = _mask is null ? index : new ScalarValue(Spread("i64", index, _lanes), _lanes);
        FailUnless(Do("icmp ult", "i64", index, new(vector.Length)), RuntimeCode.ArrayOutOfBounds, node, index, new(vector.Length));
        return index.Lanes == 1
            ? Load(node.Type, Element(vector.Data, index.Name, MemoryLayout.Of(node.Type).Size))
            : Gather(node.Type.LaneKind!.Value, vector.Data, index);
    }

    private VectorValue LowerSlice(Slice node)
    {
        var vector = (VectorValue)Lower(node.Vector);
        var (start, count, length) = (Scalar(node.Start), Scalar(node.Count), new ScalarValue(vector.Length));
        FailUnless(Do("and", "i1", Do("icmp ule", "i64", start, length), Do("icmp sge", "i64", count, Zero)), RuntimeCode.ArrayOutOfBounds, node, start, count, length);
        var rest = _code.Do($"sub i64 {vector.Length}, {start.Name}");
        return new VectorValue(Element(vector.Data, start.Name, MemoryLayout.Of(((VectorType)node.Type).Element).Size), Least(count.Name, rest));
    }

    private string Least(string x, string y) => Pick("i64", _code.Do($"icmp slt i64 {x}, {y}"), x, y);

    // zip(a, b) is result(for(zip(a, b), appender, |b, i, x| merge(b, x)))
    private Lowered LowerZip(Zip node)
    {
        var element = ((VectorType)node.Type).Element;
        var (builder, value) = (new Symbol("b", new AppenderType(element)), new Symbol("x", element));
        var function = new Lambda([builder, new Symbol("i", ScalarType.I64), value], new Merge(new Ident(builder), new Ident(value)));
        return Lower(new Result(new For(node.Vectors.To(v => new Iter(v)), new NewBuilder(new AppenderType(element)), function) { Span = node.Span }));
    }
}
