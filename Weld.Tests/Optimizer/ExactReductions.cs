using Weld.Core.IR;
using Weld.Core.Operators;
using Weld.Core.Types;
using Weld.Core.Values;

namespace Weld.Tests.Optimizer;

/// <summary>
/// Makes a program's float sums and products the same in every order, since optimisations may change it: what is added is first rounded to a small integer, unless it is a
/// small dyadic number anyway, and of what is multiplied the sign is taken. All else stays as it is.
/// </summary>
internal sealed class ExactReductions
{
    private const double Most = 8;

    private readonly HashSet<Symbol> _exact = [];
    private int _symbols;

    private ExactReductions()
    {
    }

    /// <summary>The program with exact reductions.</summary>
    /// <param name="program">A program.</param>
    /// <param name="arguments">Its arguments; which of them are dyadic decides what must be rounded.</param>
    public static Lambda Of(Lambda program, Seq<Value> arguments)
    {
        var exact = new ExactReductions();
        exact._exact.UnionWith(program.Parameters.Where((_, i) => IsDyadic(arguments[i])));
        return (Lambda)exact.Visit(program);
    }

    private static bool IsDyadic(Value value) => value switch
    {
        ScalarValue s => IsDyadic(s.Scalar),
        StructValue s => s.Fields.All(IsDyadic),
        VectorValue v => v.Elements.ToArray().All(IsDyadic),
        DictionaryValue d => d.Entries.All(e => IsDyadic(e.Key) && IsDyadic(e.Value)),
        _ => false,
    };

    /// <summary>Whether a number is no float, or a multiple of ¼ of at most <see cref="Most"/>.</summary>
    private static bool IsDyadic(Scalar s) => s.Kind switch
    {
        ScalarKind.F32 => IsDyadic(s.AsSingle),
        ScalarKind.F64 => IsDyadic(s.AsDouble),
        _ => true,
    };

    private static bool IsDyadic(double x) => Math.Abs(x) <= Most && x * 4 == Math.Round(x * 4) && !(x == 0 && double.IsNegative(x));

    private Expr Visit(Expr e)
    {
        switch (e)
        {
            case Let l:
                var value = Visit(l.Value);
                if (IsExact(l.Value))
                {
                    _exact.Add(l.Symbol);
                }

                return l with { Value = value, Body = Visit(l.Body) };
            case For f:
                if (f.Iters.All(i => i.Data is null || IsExact(i.Data)))
                {
                    _exact.Add(f.Function.Parameters[2]);
                }

                return f.Map(Visit);
            case Merge m:
                var merge = (Merge)m.Map(Visit);
                return merge with { Value = Merged((BuilderType)m.Builder.Type, merge.Value) };
            case NewBuilder { Argument: not null } n:
                return Started((NewBuilder)n.Map(Visit));
            default:
                return e.Map(Visit);
        }
    }

    private bool IsExact(Expr e) => e switch
    {
        Ident i => _exact.Contains(i.Symbol),
        Literal l => IsDyadic(l.Value),
        Field f => IsExact(f.Operand),
        Lookup l => IsExact(l.Collection),
        Slice s => IsExact(s.Vector),
        Sort s => IsExact(s.Vector),
        Broadcast b => IsExact(b.Operand),
        StructLiteral s => s.Fields.All(IsExact),
        VectorLiteral v => v.Elements.All(IsExact),
        If i => IsExact(i.Then) && IsExact(i.Else),
        Select s => IsExact(s.Then) && IsExact(s.Else),
        { Type: ScalarType s } => s.Kind.IsInteger() || s.Kind == ScalarKind.Bool,
        _ => false,
    };

    private Expr Merged(BuilderType builder, Expr value) => builder switch
    {
        MergerType m => Exact(value, m.Element, m.Operator),
        DictMergerType d => Second(value, d.Value, d.Operator),
        VecMergerType v => Second(value, v.Element, v.Operator),
        _ => value,
    };

    private Expr Second(Expr pair, WeldType type, MergeOperator op) => IsSafe(pair, type, op) ? pair
        : pair is StructLiteral s ? s with { Fields = [s.Fields[0], Exact(s.Fields[1], type, op)] }
        : Named(pair, p => new StructLiteral([new Field(p, 0), Exact(new Field(p, 1), type, op)]));

    /// <summary>The builder with an argument that sums can go on from.</summary>
    private NewBuilder Started(NewBuilder n)
    {
        switch (n.BuilderType)
        {
            case MergerType m:
                return n with { Argument = Exact(n.Argument!, m.Element, m.Operator) };
            case DictMergerType d when !IsSafe(n.Argument!, d.Value, d.Operator):
                return n with { Argument = null };
            case VecMergerType v when !IsSafe(n.Argument!, v.Element, v.Operator):
                var (b, i, x) = (Fresh(new AppenderType(v.Element)), Fresh(ScalarType.I64), Fresh(v.Element));
                var body = new Merge(new Ident(b), Exact(new Ident(x), v.Element, v.Operator));
                return n with { Argument = new Result(new For([new Iter(n.Argument!)], new NewBuilder(new AppenderType(v.Element)), new Lambda([b, i, x], body))) };
            default:
                return n;
        }
    }

    private bool IsSafe(Expr value, WeldType type, MergeOperator op) => (type, op) switch
    {
        (StructType s, _) => s.Fields.Select((f, i) => IsSafe(value, f, op.Field(i))).All(safe => safe),
        (ScalarType { Kind: ScalarKind.F32 or ScalarKind.F64 }, SingleOperator o) => (o.Operator == OperatorTable.Add && IsExact(value)) || (o.Operator != OperatorTable.Add && o.Operator != OperatorTable.Multiply),
        _ => true,
    };

    private Expr Exact(Expr value, WeldType type, MergeOperator op)
    {
        if (IsSafe(value, type, op))
        {
            return value;
        }

        if (type is StructType s)
        {
            return value is StructLiteral literal
                ? literal with { Fields = literal.Fields.Select((f, i) => Exact(f, s.Fields[i], op.Field(i))).ToSeq() }
                : Named(value, v => new StructLiteral(s.Fields.Select((f, i) => Exact(new Field(v, i), f, op.Field(i))).ToSeq()));
        }

        return ((SingleOperator)op).Operator == OperatorTable.Multiply
            ? new Unary(OperatorTable.Sign, value)
            : new Binary(OperatorTable.Add, Clamped(new Unary(OperatorTable.FindUnary("round")!, value)), Constant(0, value.Type));
    }

    private static Binary Clamped(Expr x) =>
        new(OperatorTable.Minimum, new Binary(OperatorTable.Maximum, x, Constant(-Most, x.Type)), Constant(Most, x.Type));

    private static Expr Constant(double value, WeldType type) => type is SimdType { Element: ScalarType lane }
        ? new Broadcast(Constant(value, lane))
        : new Literal(type.Is(ScalarKind.F32) ? Scalar.F32((float)value) : Scalar.F64(value));

    private Let Named(Expr value, Func<Expr, Expr> use)
    {
        var symbol = Fresh(value.Type);
        return new Let(symbol, value, use(new Ident(symbol)));
    }

    private Symbol Fresh(WeldType type) => new($"exact{_symbols++}", type);
}
