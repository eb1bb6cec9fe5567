using Weld.Core.IR;
using Weld.Core.Operators;
using Weld.Core.Types;
using Weld.Core.Values;

namespace Weld.Tests.Properties;

/// <summary>Expressions of scalars.</summary>
internal sealed partial class ProgramGenerator
{
    private Expr ScalarTerm(ScalarKind kind, Scope scope) => _random.Choose<Expr>(
        (6, () => Leaf(new ScalarType(kind), scope)),
        (10, () => Operation(_random.Pick(Operations.Giving(kind)), scope)),
        (16, () => Converted(Operation(_random.Pick(Operations.All), scope), kind)),
        (5, () => new Cast(kind, Term(_random.Percent(20) ? new ScalarType(kind) : _types.Scalar(), scope))),
        (5, () => Access(new ScalarType(kind), scope)),
        (3, () => LoopResult(new ScalarType(kind), scope)),
        (kind == ScalarKind.I64 ? 6 : 0, () => new Length(Term(new VectorType(_types.Any(1)), scope))),
        (kind == ScalarKind.I32 ? 6 : 0, () => Comparison(scope, (l, r) => new Compare(l, r))),
        (kind == ScalarKind.Bool ? 12 : 0, () => Truth(scope)));

    /// <summary>An operator on terms of a kind.</summary>
    private Expr Operation((Operator Operator, ScalarKind Kind) operation, Scope scope)
    {
        var type = new ScalarType(operation.Kind);
        var left = Term(type, scope);
        if (operation.Operator is UnaryOperator unary)
        {
            return new Unary(unary, left);
        }

        var binary = (BinaryOperator)operation.Operator;
        var right = Term(type, scope);
        return new Binary(binary, left, binary.ChecksZero && operation.Kind.IsInteger() && !Risk ? NonZero(right, operation.Kind) : right);
    }

    /// <summary>x, or something like it that is not 0.</summary>
    private Expr NonZero(Expr x, ScalarKind kind)
    {
        var one = new Literal(Casts.Apply(Scalar.I32(1), kind));
        if (x is Literal { Value.Bits: not 0 } || _random.Percent(50))
        {
            return x is Literal { Value.Bits: not 0 } ? x : new Binary(OperatorTable.Or, x, one);
        }

        var symbol = Bind(x);
        return new Let(symbol, x, new If(new Binary(OperatorTable.Equal, new Ident(symbol), new Literal(Scalar.Zero(kind))), one, new Ident(symbol)));
    }

    private static Expr Converted(Expr scalar, ScalarKind kind) => scalar.Type == new ScalarType(kind) ? scalar : new Cast(kind, scalar);

    private Expr Truth(Scope scope) => _random.Choose<Expr>(
        (4, () => new Logical(_random.Percent(50), Term(ScalarType.Bool, scope), Term(ScalarType.Bool, scope))),
        (7, () => Comparison(scope, (l, r) => new Binary(_random.Pick(Operations.Comparisons), l, r))),
        (2, () => new Assertion(_risky && _random.Percent(30) ? Term(ScalarType.Bool, scope) : new Logical(false, Term(ScalarType.Bool, scope), new Literal(Scalar.Bool(true))))),
        (3, () => Keyed(scope, (d, k) => new KeyExists(d, k))),
        (1, () => new Field(Keyed(scope, (d, k) => new OptLookup(d, k)), 0)));

    /// <summary>Two structs or vectors compared, now and then equal ones.</summary>
    private Expr? Comparison(Scope scope, Func<Expr, Expr, Expr> make)
    {
        WeldType type;
        do
        {
            type = _types.Key();
        }
        while (type is ScalarType);

        var left = Term(type, scope);
        if (!Affordable(left, scope))
        {
            return null;
        }

        if (_random.Percent(15))
        {
            var symbol = Bind(left);
            return new Let(symbol, left, make(new Ident(symbol), new Ident(symbol)));
        }

        return make(left, Term(type, scope));
    }

    /// <summary>Something done to a dictionary and a key.</summary>
    private Expr Keyed(Scope scope, Func<Expr, Expr, Expr> make)
    {
        var type = Recurring(scope, t => t is DictionaryType) as DictionaryType ?? _types.Dictionary(1);
        return make(Term(type, scope), Term(type.Key, scope));
    }

    /// <summary>The type of a variable in reach, if one will do.</summary>
    private WeldType? Recurring(Scope scope, Func<WeldType, bool> will)
    {
        var types = scope.Variables.Select(v => v.Type).Where(will).ToArray();
        return types.Length == 0 || _random.Percent(15) ? null : _random.Pick(types);
    }
}
