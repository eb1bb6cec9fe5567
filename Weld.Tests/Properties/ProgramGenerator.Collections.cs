using Weld.Core.IR;
using Weld.Core.Operators;
using Weld.Core.Types;
using Weld.Core.Values;

namespace Weld.Tests.Properties;

/// <summary>Expressions of vectors, dictionaries and structs.</summary>
internal sealed partial class ProgramGenerator
{
    private Expr VectorTerm(VectorType type, Scope scope) => _random.Choose<Expr>(
        (6, () => Leaf(type, scope)),
        (10, () => LoopResult(type, scope)),
        (3, () => new VectorLiteral(type.Element, Enumerable.Range(0, _random.Below(4)).Select(_ => Term(type.Element, scope)).ToSeq())),
        (5, () => Sorted(Term(type, scope), scope)),
        (4, () => Part(Term(type, scope), scope)),
        (3, () => Access(type, scope)),
        (type.Element is StructType { Fields: [{ IsHashable: true }, _] } ? 6 : 0, () => new ToVector(Term(PairOf(type), scope))),
        (type.Element is StructType { Fields.Count: > 1 } ? 6 : 0, () => Zipped(((StructType)type.Element).Fields, scope)),
        (1, () => new Zip([Term(type, scope)])),
        (type.Element.Is(ScalarKind.U8) ? 8 : 0, () => Serialized(scope)));

    private Expr DictionaryTerm(DictionaryType type, Scope scope) => _random.Choose<Expr>(
        (6, () => Leaf(type, scope)),
        (10, () => LoopResult(type, scope)),
        (3, () => Access(type, scope)));

    private Expr StructTerm(StructType type, Scope scope) => _random.Choose<Expr>(
        (6, () => new StructLiteral(type.Fields.To(f => Term(f, scope)))),
        (3, () => Leaf(type, scope)),
        (4, () => LoopResult(type, scope)),
        (3, () => Access(type, scope)),
        (type.Fields is [ScalarType { Kind: ScalarKind.Bool }, _] ? 8 : 0, () =>
            new DictionaryType(_types.Key(1), type.Fields[1]) is var d ? new OptLookup(Term(d, scope), Term(d.Key, scope)) : null));

    private static DictionaryType PairOf(VectorType type) => new(((StructType)type.Element).Fields[0], ((StructType)type.Element).Fields[1]);

    /// <summary>An element, and what is made of it, if the vector is long enough: else what <paramref name="otherwise"/> gives.</summary>
    private Expr Element(Expr vector, Func<Expr, Expr> use, Func<Expr> otherwise, Scope scope)
    {
        if (Risk)
        {
            return use(new Lookup(vector, Term(ScalarType.I64, scope)));
        }

        if (_extents.Of(vector) is { Exact: true, Length: var length })
        {
            return length == 0 ? otherwise() : use(new Lookup(vector, _random.Percent(40) ? new Literal(Scalar.I64(_random.OneOf(0, length - 1, length / 2))) : Below(Term(ScalarType.I64, scope), new Literal(Scalar.I64(length)))));
        }

        if (vector is not Ident)
        {
            var symbol = Bind(vector);
            return new Let(symbol, vector, Element(new Ident(symbol), use, otherwise, scope));
        }

        return new If(
            new Binary(OperatorTable.Greater, new Length(vector), new Literal(Scalar.I64(0))),
            use(new Lookup(vector, Below(Term(ScalarType.I64, scope), new Length(vector)))),
            otherwise());
    }

    /// <summary>(x &amp; MAX) % n: from 0 to n − 1.</summary>
    private static Binary Below(Expr x, Expr n) => new(OperatorTable.Remainder, new Binary(OperatorTable.And, x, new Literal(Scalar.I64(long.MaxValue))), n);

    /// <summary>The value of a key, and what is made of it, if there is that key.</summary>
    private Expr ValueOfKey(Expr dictionary, Func<Expr, Expr> use, Func<Expr> otherwise, Scope scope)
    {
        var key = Term(((DictionaryType)dictionary.Type).Key, scope);
        if (Risk)
        {
            return use(new Lookup(dictionary, key));
        }

        if (_random.Percent(50))
        {
            return use(new Field(new OptLookup(dictionary, key), 1));
        }

        var (d, k) = (Bind(dictionary), Bind(key));
        return new Let(d, dictionary, new Let(k, key, new If(new KeyExists(new Ident(d), new Ident(k)), use(new Lookup(new Ident(d), new Ident(k))), otherwise())));
    }

    private Expr Part(Expr vector, Scope scope)
    {
        Expr count = _random.Percent(80) ? new Literal(Scalar.I64(_random.OneOf(0, 1, 2, 5, 150, long.MaxValue))) : Below(Term(ScalarType.I64, scope), new Literal(Scalar.I64(20)));
        if (Risk)
        {
            return new Slice(vector, Term(ScalarType.I64, scope), Term(ScalarType.I64, scope));
        }

        if (_extents.Of(vector) is { Exact: true, Length: var length })
        {
            return new Slice(vector, new Literal(Scalar.I64(_random.OneOf(0, length, length / 2, Math.Min(length, 1)))), count);
        }

        var symbol = Bind(vector);
        var start = _random.Percent(50) ? (Expr)new Literal(Scalar.I64(0)) : Below(Term(ScalarType.I64, scope), new Binary(OperatorTable.Add, new Length(new Ident(symbol)), new Literal(Scalar.I64(1))));
        return new Let(symbol, vector, new Slice(new Ident(symbol), start, count));
    }

    /// <summary>A sort: by the total order, by one key of the elements, by a captured variable, or by a comparator that contradicts itself.</summary>
    private Expr? Sorted(Expr vector, Scope scope)
    {
        var length = Math.Max(1, _extents.Of(vector).Length);
        if (length * scope.Executions * 10 > _iterationLimit * 2)
        {
            return null;
        }

        var element = ((VectorType)vector.Type).Element;
        var (a, b) = (Fresh(element), Fresh(element));
        _extents[a] = _extents[b] = _extents.Of(vector).Element;
        var inner = scope with { Executions = scope.Executions * length * 10 };
        var comparator = _random.Choose<Expr>(
            (3, () => element.IsHashable ? _random.Percent(50) ? new Compare(new Ident(a), new Ident(b)) : new Compare(new Ident(b), new Ident(a)) : null),
            (3, () => new Compare(Below(new Cast(ScalarKind.I64, Term(_types.Scalar(), inner.With(a))), new Literal(Scalar.I64(5))), Term(ScalarType.I64, inner.With(b)))),
            (2, () => Term(ScalarType.I32, inner.With(a, b))),
            (1, () => new Literal(_values.Scalar(ScalarKind.I32))));
        return new Sort(vector, new Lambda([a, b], comparator));
    }

    /// <summary>Vectors of one length side by side.</summary>
    private Zip? Zipped(Seq<WeldType> elements, Scope scope)
    {
        if (Risk)
        {
            return new Zip(elements.To(e => Term(new VectorType(e), scope)));
        }

        var first = Term(new VectorType(elements[0]), scope);
        if (_extents.Of(first) is not { Exact: true, Length: var length } || length > 300)
        {
            return null;
        }

        return new Zip([first, .. elements.Skip(1).Select(e => OfLength(e, (int)length, scope))]);
    }

    /// <summary>A vector of just that length: a variable, a slice of one, or a loop that makes one.</summary>
    private Expr OfLength(WeldType element, int length, Scope scope)
    {
        var type = new VectorType(element);
        var variables = scope.Variables.Where(v => v.Type == type && _extents[v] is { Exact: true } x && x.Length >= length).ToArray();
        if (variables.Length > 0 && _random.Percent(80))
        {
            var v = Recent(variables);
            return _extents[v].Length == length ? new Ident(v) : new Slice(new Ident(v), new Literal(Scalar.I64(0)), new Literal(Scalar.I64(length)));
        }

        if (length < 4 || !CanLoop(length, scope))
        {
            return new VectorLiteral(element, Enumerable.Range(0, length).Select(_ => length < 4 ? Leaf(element, scope) : Constant(element)).ToSeq());
        }

        return new Result(Mapped([Range(0, length, 1)], new NewBuilder(new AppenderType(element)), length, scope));
    }

    private Serialize? Serialized(Scope scope)
    {
        var value = Term(Recurring(scope, t => t is not (ScalarType or SimdType)) ?? _types.Any(2), scope);
        return Affordable(value, scope) ? new Serialize(value) : null;
    }
}
