using Weld.Core.Diagnostics;
using Weld.Core.IR;
using Weld.Core.Operators;
using Weld.Core.Types;

namespace Weld.Bench.Peers.Llvm;

/// <summary>Operators, casts, elementary functions.</summary>
internal sealed partial class Lowering
{
    /// <summary>Functions that LLVM knows as intrinsics, which it may vectorise through libmvec; the others are the C library's.</summary>
    private static readonly HashSet<string> Intrinsics = ["exp", "log", "sin", "cos", "exp2", "log2", "log10", "pow"];

    private Lowered LowerScalar(Expr node) => node switch
    {
        Unary u => new ScalarValue(LowerUnary(u.Operator, u.Operand.Type.LaneKind!.Value, Scalar(u.Operand))),
        Binary { Left.Type.LaneKind: { } kind } b => new ScalarValue(LowerBinary(b, kind)),
        Logical l => LowerLogical(l),
        Core.IR.Compare { Left.Type: ScalarType { Kind: var kind } } c => new ScalarValue(TotalOrder(kind, Scalar(c.Left), Scalar(c.Right))),
        Cast c => new ScalarValue(LowerCast(c.Operand.Type.LaneKind!.Value, c.Kind, Scalar(c.Operand))),
        Select s => LowerSelect(s),
        _ => throw new NotLoweredException($"{node.GetType().Name} of {node.Children[0].Type}"),
    };

    // a && b is if(a, b, false); a || b is if(a, true, b)
    private Lowered LowerLogical(Logical node)
    {
        var result = _code.Variable("i1", Scalar(node.Left));
        var (more, after) = (_code.Label(), _code.Label());
        var left = _code.Get("i1", result);
        _code.Branch(left, node.IsAnd ? more : after, node.IsAnd ? after : more);
        _code.Begin(more);
        _code.Set("i1", result, Scalar(node.Right));
        _code.Begin(after);
        return new ScalarValue(_code.Get("i1", result));
    }

    private Lowered LowerSelect(Select node)
    {
        var condition = Scalar(node.Condition);
        return Choose(node.Type, condition, Lower(node.Then), Lower(node.Else));
    }

    private Lowered Choose(WeldType type, string condition, Lowered yes, Lowered no) => (type, yes, no) switch
    {
        (SimdType s, _, _) => Choose(s.Element, condition, yes, no),
        (ScalarType s, ScalarValue x, ScalarValue y) => new ScalarValue(Pick(LlvmTypes.Of(s.Kind), condition, x.Name, y.Name)),
        (VectorType, VectorValue x, VectorValue y) => new VectorValue(Pick("ptr", condition, x.Data, y.Data), Pick("i64", condition, x.Length, y.Length)),
        (DictionaryType, DictionaryValue x, DictionaryValue y) => new DictionaryValue(Pick("ptr", condition, x.Table, y.Table)),
        (StructType s, StructValue x, StructValue y) => new StructValue([.. s.Fields.Select((f, i) => Choose(f, condition, x.Fields[i], y.Fields[i]))]),
        _ => throw new NotLoweredException($"a select of {type}"),
    };

    private string Pick(string type, string condition, string yes, string no) => _code.Do($"select i1 {condition}, {type} {yes}, {type} {no}");

    private string LowerUnary(UnaryOperator op, ScalarKind kind, string x)
    {
        var (type, isFloat) = (LlvmTypes.Of(kind), kind.IsFloat());
        switch (op.Name)
        {
            case "-":
                return _code.Do(isFloat ? $"fneg {_flags}{type} {x}" : $"sub {type} 0, {x}");
            case "!" or "~":
                return _code.Do($"xor {type} {x}, -1");
            case "isnan":
                return _code.Do($"fcmp uno {type} {x}, {x}");
            case "abs" when isFloat:
                return Intrinsic("fabs", kind, x);
            case "abs" when !kind.IsSigned():
                return x;
            case "abs":
                return Pick(type, _code.Do($"icmp slt {type} {x}, 0"), _code.Do($"sub {type} 0, {x}"), x);
            case "sign":
                var (one, minusOne) = (LlvmTypes.Constant(Casts.Apply(Core.Values.Scalar.I32(1), kind)), LlvmTypes.Constant(Casts.Apply(Core.Values.Scalar.I32(-1), kind)));
                var zero = isFloat ? "0.0" : "0";
                var positive = Pick(type, Test(OperatorTable.Greater, kind, x, zero), one, x);
                return kind.IsSigned() || isFloat ? Pick(type, Test(OperatorTable.Less, kind, x, zero), minusOne, positive) : positive;
            case "sqrt" or "floor" or "ceil" or "trunc" or "round":
                return Intrinsic(op.Name, kind, x);
            default:
                return Elementary(op.Name, kind, x);
        }
    }

    private string LowerBinary(Binary node, ScalarKind kind)
    {
        var (x, y) = (Scalar(node.Left), Scalar(node.Right));
        if (node.Operator is BinaryElementaryOperator)
        {
            return Elementary(node.Operator.Name, kind, x, y);
        }

        if (node.Operator.ChecksZero && kind.IsInteger())
        {
            FailUnless(_code.Do($"icmp ne {LlvmTypes.Of(kind)} {y}, 0"), RuntimeCode.DivideByZero, node);
        }

        return Operate(node.Operator, kind, x, y);
    }

    /// <summary>x ∘ y; an integer divisor is not 0.</summary>
    private string Operate(BinaryOperator op, ScalarKind kind, string x, string y)
    {
        var (type, isFloat, sign) = (LlvmTypes.Of(kind), kind.IsFloat(), kind.IsSigned() ? "s" : "u");
        return op.Name switch
        {
            "+" => _code.Do(isFloat ? $"fadd {_flags}{type} {x}, {y}" : $"add {type} {x}, {y}"),
            "-" => _code.Do(isFloat ? $"fsub {_flags}{type} {x}, {y}" : $"sub {type} {x}, {y}"),
            "*" => _code.Do(isFloat ? $"fmul {_flags}{type} {x}, {y}" : $"mul {type} {x}, {y}"),
            "/" when isFloat => _code.Do($"fdiv {_flags}{type} {x}, {y}"),
            "%" when isFloat => Elementary("fmod", kind, x, y),
            "/" or "%" => Quotient(op.Name == "/", type, kind.IsSigned(), x, y),
            "&" => _code.Do($"and {type} {x}, {y}"),
            "|" => _code.Do($"or {type} {x}, {y}"),
            "^" => _code.Do($"xor {type} {x}, {y}"),
            "<<" => _code.Do($"shl {type} {x}, {Shift(kind, y)}"),
            ">>" => _code.Do($"{(kind.IsSigned() ? "ashr" : "lshr")} {type} {x}, {Shift(kind, y)}"),
            "min" or "max" when isFloat => Extreme(op.Name == "min", kind, x, y),
            "min" => Pick(type, _code.Do($"icmp {sign}lt {type} {x}, {y}"), x, y),
            "max" => Pick(type, _code.Do($"icmp {sign}gt {type} {x}, {y}"), x, y),
            _ => Test(op, kind, x, y),
        };
    }

    private string Shift(ScalarKind kind, string y) => _code.Do($"and {LlvmTypes.Of(kind)} {y}, {(kind.Size() * 8) - 1}");

    // y == −1 ? −x : x / y, or y == −1 ? 0 : x % y
    private string Quotient(bool isDivision, string type, bool isSigned, string x, string y)
    {
        if (!isSigned)
        {
            return _code.Do($"{(isDivision ? "udiv" : "urem")} {type} {x}, {y}");
        }

        var minusOne = _code.Do($"icmp eq {type} {y}, -1");
        var divisor = Pick(type, minusOne, "1", y);
        var quotient = _code.Do($"{(isDivision ? "sdiv" : "srem")} {type} {x}, {divisor}");
        return Pick(type, minusOne, isDivision ? _code.Do($"sub {type} 0, {x}") : "0", quotient);
    }

    // IEEE 754-2019: NaN wins, −0 is less than +0. Of equal zeros the bits decide: min ors them, max ands them.
    private string Extreme(bool isMinimum, ScalarKind kind, string x, string y)
    {
        var (type, bits) = (LlvmTypes.Of(kind), $"i{kind.Size() * 8}");
        var less = _code.Do($"fcmp {(isMinimum ? "olt" : "ogt")} {type} {x}, {y}");
        if (_flags.Length > 0)
        {
            return Pick(type, less, x, y);
        }

        var (a, b) = (_code.Do($"bitcast {type} {x} to {bits}"), _code.Do($"bitcast {type} {y} to {bits}"));
        var merged = _code.Do($"bitcast {bits} {_code.Do($"{(isMinimum ? "or" : "and")} {bits} {a}, {b}")} to {type}");
        var ordered = Pick(type, _code.Do($"fcmp oeq {type} {x}, {y}"), merged, Pick(type, less, x, y));
        var notX = Pick(type, _code.Do($"fcmp uno {type} {y}, {y}"), y, ordered);
        return Pick(type, _code.Do($"fcmp uno {type} {x}, {x}"), x, notX);
    }

    private string Test(BinaryOperator op, ScalarKind kind, string x, string y)
    {
        var type = LlvmTypes.Of(kind);
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
        return _code.Do(kind.IsFloat() ? $"fcmp {ofFloats} {type} {x}, {y}" : $"icmp {ofIntegers} {type} {x}, {y}");
    }

    // −1, 0 or 1. Of floats the order is that of their bits as signed numbers, with those below the sign bit flipped where it is set.
    private string TotalOrder(ScalarKind kind, string x, string y)
    {
        var type = LlvmTypes.Of(kind);
        if (kind.IsFloat())
        {
            type = $"i{kind.Size() * 8}";
            (x, y) = (Ordered(kind, type, x), Ordered(kind, type, y));
        }

        var sign = kind.IsSigned() || kind.IsFloat() ? "s" : "u";
        var greater = _code.Do($"zext i1 {_code.Do($"icmp {sign}gt {type} {x}, {y}")} to i32");
        var less = _code.Do($"zext i1 {_code.Do($"icmp {sign}lt {type} {x}, {y}")} to i32");
        return _code.Do($"sub i32 {greater}, {less}");
    }

    private string Ordered(ScalarKind kind, string bits, string x)
    {
        var raw = _code.Do($"bitcast {LlvmTypes.Of(kind)} {x} to {bits}");
        var mask = _code.Do($"lshr {bits} {_code.Do($"ashr {bits} {raw}, {(kind.Size() * 8) - 1}")}, 1");
        return _code.Do($"xor {bits} {raw}, {mask}");
    }

    private string LowerCast(ScalarKind from, ScalarKind to, string x)
    {
        var (source, target) = (LlvmTypes.Of(from), LlvmTypes.Of(to));
        return (from.IsFloat(), to.IsFloat()) switch
        {
            _ when from == to => x,
            (true, true) => _code.Do($"{(to == ScalarKind.F64 ? "fpext" : "fptrunc")} {source} {x} to {target}"),
            (false, true) => _code.Do($"{(from.IsSigned() ? "sitofp" : "uitofp")} {source} {x} to {target}"),
            (true, false) when to == ScalarKind.Bool => _code.Do($"fcmp une {source} {x}, 0.0"),
            (true, false) => Saturated(from, to, x),
            _ when to == ScalarKind.Bool => _code.Do($"icmp ne {source} {x}, 0"),
            _ when from == ScalarKind.Bool || to.Size() > from.Size() => _code.Do($"{(from.IsSigned() ? "sext" : "zext")} {source} {x} to {target}"),
            _ when to.Size() < from.Size() => _code.Do($"trunc {source} {x} to {target}"),
            _ => x,
        };
    }

    private string Saturated(ScalarKind from, ScalarKind to, string x)
    {
        var name = $"@llvm.fpto{(to.IsSigned() ? "s" : "u")}i.sat.i{to.Size() * 8}.f{from.Size() * 8}";
        Declare($"declare {LlvmTypes.Of(to)} {name}({LlvmTypes.Of(from)})");
        return _code.Do($"call {LlvmTypes.Of(to)} {name}({LlvmTypes.Of(from)} {x})");
    }

    private string Intrinsic(string name, ScalarKind kind, params string[] arguments) => Call($"@llvm.{name}.f{kind.Size() * 8}", kind, arguments);

    private string Elementary(string name, ScalarKind kind, params string[] arguments) =>
        Intrinsics.Contains(name) ? Intrinsic(name, kind, arguments) : Call($"@{name}{(kind == ScalarKind.F32 ? "f" : "")}", kind, arguments);

    private string Call(string function, ScalarKind kind, string[] arguments)
    {
        var type = LlvmTypes.Of(kind);
        Declare($"declare {type} {function}({string.Join(", ", arguments.Select(_ => type))}) nounwind readnone willreturn");
        return _code.Do($"call {_flags}{type} {function}({string.Join(", ", arguments.Select(a => $"{type} {a}"))})");
    }
}
