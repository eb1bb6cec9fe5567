using Weld.Core.Diagnostics;
using Weld.Core.IR;
using Weld.Core.Operators;
using Weld.Core.Types;

namespace Weld.Bench.Peers.Llvm;

/// <summary>Operators, casts, elementary functions.</summary>
internal sealed partial class Lowering
{
    private const int LibraryBytes = 32;

    /// <summary>Functions that LLVM knows as intrinsics, which it may vectorise through libmvec; the others are the C library's.</summary>
    private static readonly HashSet<string> Intrinsics = ["exp", "log", "sin", "cos", "exp2", "log2", "log10", "pow"];

    private Lowered LowerScalar(Expr node) => node switch
    {
        Unary u => LowerUnary(u.Operator, u.Operand.Type.LaneKind!.Value, Scalar(u.Operand)),
        Binary { Left.Type.LaneKind: { } kind } b => LowerBinary(b, kind),
        Binary b => LowerRelation(b),
        Logical l => _lanes == 1 ? LowerLogical(l) : LowerLogicalInLanes(l),
        Core.IR.Compare { Left.Type: ScalarType { Kind: var kind } } c => TotalOrder(kind, Scalar(c.Left), Scalar(c.Right)),
        Core.IR.Compare c => new ScalarValue(ThreeWay(c.Left.Type, Lower(c.Left), Lower(c.Right), isTotal: true)),
        Cast c => LowerCast(c.Operand.Type.LaneKind!.Value, c.Kind, Scalar(c.Operand)),
        Select s => LowerSelect(s),
        _ => throw new NotLoweredException($"{node.GetType().Name} of {node.Children[0].Type}"),
    };

    // a && b is if(a, b, false); a || b is if(a, true, b)
    private ScalarValue LowerLogical(Logical node)
    {
        var result = _code.Variable("i1", Scalar(node.Left).Name);
        var (more, after) = (_code.Label(), _code.Label());
        var left = _code.Get("i1", result);
        _code.Branch(left, node.IsAnd ? more : after, node.IsAnd ? after : more);
        _code.Begin(more);
        _code.Set("i1", result, Scalar(node.Right).Name);
        _code.Begin(after);
        return new ScalarValue(_code.Get("i1", result));
    }

    private Lowered LowerSelect(Select node)
    {
        var condition = Scalar(node.Condition);
        return Choose(node.Type, condition, Lower(node.Then), Lower(node.Else));
    }

    private Lowered Choose(WeldType type, ScalarValue condition, Lowered yes, Lowered no) => (type, yes, no) switch
    {
        (SimdType s, _, _) => Choose(s.Element, condition, yes, no),
        (ScalarType s, ScalarValue x, ScalarValue y) => Pick(LlvmTypes.Of(s.Kind), condition, x, y),
        (VectorType, VectorValue x, VectorValue y) => new VectorValue(Pick("ptr", condition.Name, x.Data, y.Data), Pick("i64", condition.Name, x.Length, y.Length)),
        (DictionaryType, DictionaryValue x, DictionaryValue y) => new DictionaryValue(Pick("ptr", condition.Name, x.Table, y.Table)),
        (StructType s, StructValue x, StructValue y) => new StructValue([.. s.Fields.Select((f, i) => Choose(f, condition, x.Fields[i], y.Fields[i]))]),
        _ => throw new NotLoweredException($"a select of {type}"),
    };

    private string Pick(string type, string condition, string yes, string no) => Pick(type, new ScalarValue(condition), new(yes), new(no)).Name;

    private ScalarValue Pick(string type, ScalarValue condition, ScalarValue yes, ScalarValue no)
    {
        var lanes = Math.Max(condition.Lanes, Math.Max(yes.Lanes, no.Lanes));
        var t = LlvmTypes.Of(type, lanes);
        return new(_code.Do($"select {LlvmTypes.Of("i1", condition.Lanes)} {condition.Name}, {t} {Spread(type, yes, lanes)}, {t} {Spread(type, no, lanes)}"), lanes);
    }

    private ScalarValue LowerUnary(UnaryOperator op, ScalarKind kind, ScalarValue x)
    {
        var (type, isFloat) = (LlvmTypes.Of(kind), kind.IsFloat());
        switch (op.Name)
        {
            case "-" when isFloat:
                return new(_code.Do($"fneg{_flags} {LlvmTypes.Of(type, x.Lanes)} {x.Name}"), x.Lanes);
            case "-":
                return Do("sub", type, Zero, x);
            case "!" or "~":
                return Do("xor", type, x, AllOnes);
            case "isnan":
                return Do("fcmp uno", type, x, x);
            case "abs" when isFloat:
                return Intrinsic("fabs", kind, x);
            case "abs" when !kind.IsSigned():
                return x;
            case "abs":
                return Pick(type, Do("icmp slt", type, x, Zero), Do("sub", type, Zero, x), x);
            case "sign":
                var (one, minusOne) = (Constant(Casts.Apply(Core.Values.Scalar.I32(1), kind)), Constant(Casts.Apply(Core.Values.Scalar.I32(-1), kind)));
                var zero = isFloat ? new ScalarValue("0.0") : Zero;
                var positive = Pick(type, Test(OperatorTable.Greater, kind, x, zero), one, x);
                return kind.IsSigned() || isFloat ? Pick(type, Test(OperatorTable.Less, kind, x, zero), minusOne, positive) : positive;
            case "sqrt" or "floor" or "ceil" or "trunc" or "round":
                return Intrinsic(op.Name, kind, x);
            default:
                return Elementary(op.Name, kind, x);
        }
    }

    private ScalarValue LowerBinary(Binary node, ScalarKind kind)
    {
        var (x, y) = (Scalar(node.Left), Scalar(node.Right));
        if (node.Operator is BinaryElementaryOperator)
        {
            return Elementary(node.Operator.Name, kind, x, y);
        }

        if (node.Operator.ChecksZero && kind.IsInteger())
        {
            FailUnless(Do("icmp ne", LlvmTypes.Of(kind), y, Zero), RuntimeCode.DivideByZero, node);
        }

        return Operate(node.Operator, kind, x, y);
    }

    /// <summary>x ∘ y; an integer divisor is not 0.</summary>
    private ScalarValue Operate(BinaryOperator op, ScalarKind kind, ScalarValue x, ScalarValue y)
    {
        var (type, isFloat, sign) = (LlvmTypes.Of(kind), kind.IsFloat(), kind.IsSigned() ? "s" : "u");
        return op.Name switch
        {
            "+" => Do(isFloat ? $"fadd{_flags}" : "add", type, x, y),
            "-" => Do(isFloat ? $"fsub{_flags}" : "sub", type, x, y),
            "*" => Do(isFloat ? $"fmul{_flags}" : "mul", type, x, y),
            "/" when isFloat => Do($"fdiv{_flags}", type, x, y),
            "%" when isFloat => Elementary("fmod", kind, x, y),
            "/" or "%" => Quotient(op.Name == "/", type, kind.IsSigned(), x, y),
            "&" => Do("and", type, x, y),
            "|" => Do("or", type, x, y),
            "^" => Do("xor", type, x, y),
            "<<" => Do("shl", type, x, Shift(kind, y)),
            ">>" => Do(kind.IsSigned() ? "ashr" : "lshr", type, x, Shift(kind, y)),
            "min" or "max" when isFloat => Extreme(op.Name == "min", kind, x, y),
            "min" => Pick(type, Do($"icmp {sign}lt", type, x, y), x, y),
            "max" => Pick(type, Do($"icmp {sign}gt", type, x, y), x, y),
            _ => Test(op, kind, x, y),
        };
    }

    private ScalarValue Shift(ScalarKind kind, ScalarValue y) => Do("and", LlvmTypes.Of(kind), y, new($"{(kind.Size() * 8) - 1}"));

    // y == −1 ? −x : x / y, or y == −1 ? 0 : x % y
    private ScalarValue Quotient(bool isDivision, string type, bool isSigned, ScalarValue x, ScalarValue y)
    {
        // where lanes do not take part, the divisor may be 0
        y = _lanes > 1 ? Pick(type, Do("icmp eq", type, y, Zero), new("1"), y) : y;
        if (!isSigned)
        {
            return Do(isDivision ? "udiv" : "urem", type, x, y);
        }

        var minusOne = Do("icmp eq", type, y, AllOnes);
        var divisor = Pick(type, minusOne, new("1"), y);
        var quotient = Do(isDivision ? "sdiv" : "srem", type, x, divisor);
        return Pick(type, minusOne, isDivision ? Do("sub", type, Zero, x) : Zero, quotient);
    }

    // IEEE 754-2019: NaN wins, −0 is less than +0. Of equal zeros the bits decide: min ors them, max ands them.
    private ScalarValue Extreme(bool isMinimum, ScalarKind kind, ScalarValue x, ScalarValue y)
    {
        var (type, bits) = (LlvmTypes.Of(kind), $"i{kind.Size() * 8}");
        var less = Do(isMinimum ? "fcmp olt" : "fcmp ogt", type, x, y);
        if (_flags.Length > 0)
        {
            return Pick(type, less, x, y);
        }

        var merged = Convert("bitcast", bits, type, Do(isMinimum ? "or" : "and", bits, Convert("bitcast", type, bits, x), Convert("bitcast", type, bits, y)));
        var ordered = Pick(type, Do("fcmp oeq", type, x, y), merged, Pick(type, less, x, y));
        var notX = Pick(type, Do("fcmp uno", type, y, y), y, ordered);
        return Pick(type, Do("fcmp uno", type, x, x), x, notX);
    }

    private ScalarValue Test(BinaryOperator op, ScalarKind kind, ScalarValue x, ScalarValue y)
    {
        var sign = kind.IsSigned() ? "s" : "u";
        var (ofFloats, ofIntegers) = op.Name switch
        {
            "==" => ("oeq", "eq"),
            "!=" => ("une", "ne"),
            "<" => ("olt", $"{sign}lt"),
            "<=" => ("ole", $"{sign}le"),
            ">" => ("ogt", $"{sign}gt"),
            ">=" => ("oge", $"{sign}ge"),
            _ => throw new NotLoweredException($"the operator {op.Name}"),
        };
        return Do(kind.IsFloat() ? $"fcmp {ofFloats}" : $"icmp {ofIntegers}", LlvmTypes.Of(kind), x, y);
    }

    // −1, 0 or 1. Of floats the order is that of their bits as signed numbers, with those below the sign bit flipped where it is set; the zeros are equal, and so are all NaNs, after every number.
    private ScalarValue TotalOrder(ScalarKind kind, ScalarValue x, ScalarValue y)
    {
        var type = LlvmTypes.Of(kind);
        if (kind.IsFloat())
        {
            type = $"i{kind.Size() * 8}";
            (x, y) = (Ordered(kind, type, x), Ordered(kind, type, y));
        }

        var sign = kind.IsSigned() || kind.IsFloat() ? "s" : "u";
        var greater = Convert("zext", "i1", "i32", Do($"icmp {sign}gt", type, x, y));
        var less = Convert("zext", "i1", "i32", Do($"icmp {sign}lt", type, x, y));
        return Do("sub", "i32", greater, less);
    }

    private ScalarValue Ordered(ScalarKind kind, string bits, ScalarValue x)
    {
        var raw = Convert("bitcast", LlvmTypes.Of(kind), bits, (ScalarValue)Normalised(new ScalarType(kind), x));
        var mask = Do("lshr", bits, Do("ashr", bits, raw, new($"{(kind.Size() * 8) - 1}")), new("1"));
        return Do("xor", bits, raw, mask);
    }

    private ScalarValue LowerCast(ScalarKind from, ScalarKind to, ScalarValue x)
    {
        var (source, target) = (LlvmTypes.Of(from), LlvmTypes.Of(to));
        return (from.IsFloat(), to.IsFloat()) switch
        {
            _ when from == to => x,
            (true, true) => Convert(to == ScalarKind.F64 ? "fpext" : "fptrunc", source, target, x),
            (false, true) => Convert(from.IsSigned() ? "sitofp" : "uitofp", source, target, x),
            (true, false) when to == ScalarKind.Bool => Do("fcmp une", source, x, new("0.0")),
            (true, false) => Saturated(from, to, x),
            _ when to == ScalarKind.Bool => Do("icmp ne", source, x, Zero),
            _ when from == ScalarKind.Bool || to.Size() > from.Size() => Convert(from.IsSigned() ? "sext" : "zext", source, target, x),
            _ when to.Size() < from.Size() => Convert("trunc", source, target, x),
            _ => x,
        };
    }

    private ScalarValue Saturated(ScalarKind from, ScalarKind to, ScalarValue x)
    {
        var name = $"@llvm.fpto{(to.IsSigned() ? "s" : "u")}i.sat.{Suffix($"i{to.Size() * 8}", x.Lanes)}.{Suffix($"f{from.Size() * 8}", x.Lanes)}";
        var (source, target) = (LlvmTypes.Of(LlvmTypes.Of(from), x.Lanes), LlvmTypes.Of(LlvmTypes.Of(to), x.Lanes));
        Declare($"declare {target} {name}({source})");
        return new(_code.Do($"call {target} {name}({source} {x.Name})"), x.Lanes);
    }

    private ScalarValue Intrinsic(string name, ScalarKind kind, params ScalarValue[] arguments)
    {
        var lanes = arguments.Max(a => a.Lanes);
        return Call($"@llvm.{name}.{Suffix($"f{kind.Size() * 8}", lanes)}", kind, lanes, arguments);
    }

    /// <summary>A function of the C library; of lanes in as many at a time as libmvec has, or one by one.</summary>
    private ScalarValue Elementary(string name, ScalarKind kind, params ScalarValue[] arguments)
    {
        var (lanes, isIntrinsic) = (arguments.Max(a => a.Lanes), Intrinsics.Contains(name));
        var width = isIntrinsic ? Math.Min(lanes, LibraryBytes / kind.Size()) : 1;
        return lanes > width
            ? InParts(LlvmTypes.Of(kind), lanes, width, part => Elementary(name, kind, [.. arguments.Select(a => part(LlvmTypes.Of(kind), a))]))
            : isIntrinsic ? Intrinsic(name, kind, arguments) : Call($"@{name}{(kind == ScalarKind.F32 ? "f" : "")}", kind, lanes, arguments);
    }

    private ScalarValue Call(string function, ScalarKind kind, int lanes, ScalarValue[] arguments)
    {
        var scalar = LlvmTypes.Of(kind);
        var type = LlvmTypes.Of(scalar, lanes);
        Declare($"declare {type} {function}({string.Join(", ", arguments.Select(_ => type))}) nounwind readnone willreturn");
        return new(_code.Do($"call{_flags} {type} {function}({string.Join(", ", arguments.Select(a => $"{type} {Spread(scalar, a, lanes)}"))})"), lanes);
    }
}
