using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Core.Values;

namespace Weld.Bench.Peers.Llvm;

/// <summary>Operations on scalars, or lane by lane on vectors of them. An operation has as many lanes as its operands; what is the same in all lanes is spread where it meets others.</summary>
internal sealed partial class Lowering
{
    private static readonly ScalarValue Zero = new("0");
    private static readonly ScalarValue AllOnes = new("-1");

    private static ScalarValue Constant(Scalar value) => new(LlvmTypes.Constant(value));

    private ScalarValue Do(string operation, string type, ScalarValue x, ScalarValue y)
    {
        var lanes = Math.Max(x.Lanes, y.Lanes);
        return new(_code.Do($"{operation} {LlvmTypes.Of(type, lanes)} {Spread(type, x, lanes)}, {Spread(type, y, lanes)}"), lanes);
    }

    private ScalarValue Convert(string operation, string from, string to, ScalarValue x) =>
        new(_code.Do($"{operation} {LlvmTypes.Of(from, x.Lanes)} {x.Name} to {LlvmTypes.Of(to, x.Lanes)}"), x.Lanes);

    /// <summary>The name of a value of so many lanes.</summary>
    private string Spread(string type, ScalarValue x, int lanes)
    {
        if (x.Lanes == lanes)
        {
            return x.Name;
        }

        if (!x.Name.StartsWith('%'))
        {
            return $"<{string.Join(", ", Enumerable.Repeat($"{type} {x.Name}", lanes))}>";
        }

        var vector = LlvmTypes.Of(type, lanes);
        var first = _code.Do($"insertelement {vector} poison, {type} {x.Name}, i64 0");
        return _code.Do($"shufflevector {vector} {first}, {vector} poison, <{lanes} x i32> zeroinitializer");
    }

    /// <summary>One lane of a value.</summary>
    private ScalarValue Lane(string type, ScalarValue x, int lane) => x.Lanes == 1 ? x : new(_code.Do($"extractelement {LlvmTypes.Of(type, x.Lanes)} {x.Name}, i64 {lane}"));

    private Lowered Lane(WeldType type, Lowered x, int lane) => (type, x) switch
    {
        (ScalarType s, ScalarValue v) => Lane(LlvmTypes.Of(s.Kind), v, lane),
        (SimdType s, ScalarValue) => Lane(s.Element, x, lane),
        (StructType s, StructValue v) => new StructValue([.. s.Fields.Select((f, i) => Lane(f, v.Fields[i], lane))]),
        _ => throw new NotLoweredException($"{type} in lanes"),
    };

    /// <summary>An operation on so many lanes at a time; <paramref name="compute"/> is given what takes the part of an operand.</summary>
    private ScalarValue InParts(string type, int lanes, int width, Func<Func<string, ScalarValue, ScalarValue>, ScalarValue> compute)
    {
        var all = "poison";
        for (var at = 0; at < lanes; at += width)
        {
            var first = at;
            var part = compute((t, x) => Part(t, x, first, width));
            for (var lane = 0; lane < width; lane++)
            {
                all = _code.Do($"insertelement {LlvmTypes.Of(type, lanes)} {all}, {type} {Lane(type, part, lane).Name}, i64 {at + lane}");
            }
        }

        return new(all, lanes);
    }

    private ScalarValue Part(string type, ScalarValue x, int first, int width)
    {
        if (x.Lanes == 1 || width == 1)
        {
            return Lane(type, x, first);
        }

        var (vector, which) = (LlvmTypes.Of(type, x.Lanes), string.Join(", ", Enumerable.Range(first, width).Select(i => $"i32 {i}")));
        return new(_code.Do($"shufflevector {vector} {x.Name}, {vector} poison, <{width} x i32> <{which}>"), width);
    }

    /// <summary>How intrinsics name a type.</summary>
    private static string Suffix(string type, int lanes) => lanes == 1 ? type : $"v{lanes}{type}";

    // and of masks; null is all lanes
    private ScalarValue Within(ScalarValue? mask, ScalarValue condition) => mask is null ? condition : Do("and", "i1", mask, condition);

    private ScalarValue Not(ScalarValue condition) => Do("xor", "i1", condition, new("true"));

    // a && b: b is asked for where a is true, a || b where it is false
    private ScalarValue LowerLogicalInLanes(Logical node)
    {
        var left = Scalar(node.Left);
        var right = (ScalarValue)Where(node.IsAnd ? left : Not(left), node.Right);
        return Do(node.IsAnd ? "and" : "or", "i1", left, right);
    }

    private Lowered LowerIfInLanes(If node)
    {
        var condition = Scalar(node.Condition);
        var then = Where(condition, node.Then);
        var @else = Where(Not(condition), node.Else);
        return !node.Type.ContainsBuilder ? Choose(node.Type, condition, then, @else)
            : SameBuilder(then, @else) ? then
            : throw new NotLoweredException("branches with builders of their own");
    }

    /// <summary>What only some lanes compute.</summary>
    private Lowered Where(ScalarValue condition, Expr node)
    {
        var outer = _mask;
        _mask = Within(outer, condition);
        var value = Lower(node);
        _mask = outer;
        return value;
    }

    /// <summary>Loads that only some lanes do; the others are zero.</summary>
    private ScalarValue Gather(ScalarKind kind, string data, ScalarValue index)
    {
        var (type, lanes) = (LlvmTypes.InMemory(kind), index.Lanes);
        var (vector, mask) = (LlvmTypes.Of(type, lanes), Spread("i1", _mask ?? new("true"), lanes));
        var places = _code.Do($"getelementptr {type}, ptr {data}, <{lanes} x i64> {index.Name}");
        var name = $"@llvm.masked.gather.{Suffix(kind.IsFloat() ? $"f{kind.Size() * 8}" : type, lanes)}.v{lanes}p0";
        Declare($"declare {vector} {name}(<{lanes} x ptr>, i32, <{lanes} x i1>, {vector})");
        var loaded = new ScalarValue(_code.Do($"call {vector} {name}(<{lanes} x ptr> {places}, i32 1, <{lanes} x i1> {mask}, {vector} zeroinitializer)"), lanes);
        return kind == ScalarKind.Bool ? Do("icmp ne", type, loaded, Zero) : loaded;
    }
}
