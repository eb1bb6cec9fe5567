using Weld.Core.IR;
using Weld.Core.Operators;
using Weld.Core.Types;

namespace Weld.Bench.Peers.Llvm;

/// <summary>Comparisons of structs and vectors: what differs first decides.</summary>
internal sealed partial class Lowering
{
    // x > y is y < x, x >= y is y <= x
    private ScalarValue LowerRelation(Binary node)
    {
        var (type, x, y) = (node.Left.Type, Lower(node.Left), Lower(node.Right));
        var (isMirrored, test) = node.Operator.Name switch
        {
            "==" => (false, "eq"),
            "!=" => (false, "ne"),
            "<" => (false, "slt"),
            "<=" => (false, "sle"),
            ">" => (true, "slt"),
            ">=" => (true, "sle"),
            _ => throw new NotLoweredException($"the operator {node.Operator.Name} of {type}"),
        };
        if (test is "eq" or "ne" && IsBytes(type))
        {
            var same = new ScalarValue(Equal(type, x, y));
            return test == "eq" ? same : Not(same);
        }

        var order = isMirrored ? ThreeWay(type, y, x, isTotal: false) : ThreeWay(type, x, y, isTotal: false);
        return Do($"icmp {test}", "i32", new(order), Zero);
    }

    private static bool IsBytes(WeldType type) => type is VectorType { Element: ScalarType { Kind: ScalarKind.I8 or ScalarKind.U8 } };

    /// <summary>Below 0, 0 or above 0: x is less, equal, or neither; in the total order of <c>compare</c> −1, 0 or 1.</summary>
    private string ThreeWay(WeldType type, Lowered x, Lowered y, bool isTotal)
    {
        switch (type, x, y)
        {
            case (ScalarType { Kind: var kind }, ScalarValue a, ScalarValue b):
                return isTotal ? TotalOrder(kind, a, b).Name : Pick(
                    "i32", Test(OperatorTable.Less, kind, a, b), AllOnes, Pick("i32", Test(OperatorTable.Equal, kind, a, b), Zero, new("1"))).Name;
            case (StructType s, StructValue a, StructValue b):
                var (result, done) = (_code.Variable("i32", "0"), _code.Label());
                for (var i = 0; i < s.Fields.Count; i++)
                {
                    var (field, next) = (ThreeWay(s.Fields[i], a.Fields[i], b.Fields[i], isTotal), _code.Label());
                    _code.Set("i32", result, field);
                    _code.Branch(_code.Do($"icmp eq i32 {field}, 0"), next, done);
                    _code.Begin(next);
                }

                _code.Begin(done);
                return _code.Get("i32", result);
            case (VectorType { Element: ScalarType { Kind: ScalarKind.U8 } }, VectorValue a, VectorValue b):
                return OrderOfBytes(a, b);
            case (VectorType v, VectorValue a, VectorValue b):
                return OrderOfElements(v.Element, a, b, isTotal);
            default:
                throw new NotLoweredException($"a comparison of {type}");
        }
    }

    // for (i = 0; i < min(lengths); i++) if ((order = compare(a[i], b[i])) != 0) return order; return compare(lengths)
    private string OrderOfElements(WeldType element, VectorValue a, VectorValue b, bool isTotal)
    {
        var size = Managed.Layout.MemoryLayout.Of(element).Size;
        var (result, index, least) = (_code.Variable("i32", LengthOrder(a, b)), _code.Variable("i64", "0"), Least(a.Length, b.Length));
        var (top, compare, differ, next, after) = (_code.Label(), _code.Label(), _code.Label(), _code.Label(), _code.Label());
        _code.Begin(top);
        var i = _code.Get("i64", index);
        _code.Branch(_code.Do($"icmp slt i64 {i}, {least}"), compare, after);
        _code.Begin(compare);
        var order = ThreeWay(element, Load(element, Element(a.Data, i, size)), Load(element, Element(b.Data, i, size)), isTotal);
        _code.Branch(_code.Do($"icmp eq i32 {order}, 0"), next, differ);
        _code.Begin(differ);
        _code.Set("i32", result, order);
        _code.Jump(after);
        _code.Begin(next);
        _code.Set("i64", index, _code.Do($"add i64 {i}, 1"));
        _code.Jump(top);
        _code.Begin(after);
        return _code.Get("i32", result);
    }

    private string OrderOfBytes(VectorValue a, VectorValue b)
    {
        Declare("declare i32 @memcmp(ptr, ptr, i64)");
        var order = _code.Do($"call i32 @memcmp(ptr {a.Data}, ptr {b.Data}, i64 {Least(a.Length, b.Length)})");
        return Pick("i32", _code.Do($"icmp eq i32 {order}, 0"), LengthOrder(a, b), TotalOrder(ScalarKind.I32, new(order), Zero).Name);
    }

    private string LengthOrder(VectorValue a, VectorValue b) => TotalOrder(ScalarKind.I64, new(a.Length), new(b.Length)).Name;
}
