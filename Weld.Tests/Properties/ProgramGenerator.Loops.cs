using Weld.Core.IR;
using Weld.Core.Operators;
using Weld.Core.Types;
using Weld.Core.Values;

namespace Weld.Tests.Properties;

/// <summary>Loops and what they visit.</summary>
internal sealed partial class ProgramGenerator
{
    private bool CanLoop(long count, Scope scope) => Math.Max(1, count) * scope.Executions <= _iterationLimit;

    /// <summary>The finished builder of a type, after a loop or two.</summary>
    private Expr? LoopResult(WeldType type, Scope scope) =>
        CanLoop(2, scope) && _types.BuilderOf(type) is { } builder ? Built(builder, scope) : null;

    /// <summary>A builder made, filled and finished.</summary>
    private Result Built(WeldType type, Scope scope)
    {
        var (builder, cells) = NewBuilders(type, scope);
        var inner = scope with { Cells = cells };
        if (IsSimdBuilder(type) && _random.Percent(12))
        {
            return new Result(SimdLoops(builder, inner));
        }

        var before = _random.Percent(12) ? Fill(builder, inner) : builder;
        var during = _random.Percent(95) && CanLoop(2, scope) ? Loop(null, before, inner) : before;
        return new Result(_random.Percent(12) ? Fill(during, inner) : during);
    }

    /// <summary>A loop over the program's main vector, into any builder.</summary>
    private Expr OverMain(Symbol main, Scope scope)
    {
        WeldType? type = null;
        while (type is null)
        {
            type = _types.BuilderOf(_types.Any(2));
        }

        var (builder, cells) = NewBuilders(type, scope);
        var length = _extents[main].Length;
        return new Result(Loop([.. Zippable(new Iter(new Ident(main)), length, scope)], builder, scope with { Cells = cells }));
    }

    /// <summary>A loop that fills a builder.</summary>
    private For Loop(Seq<Iter>? source, Expr builder, Scope scope)
    {
        var iters = source ?? Iters(scope);
        return For(iters, builder, scope, Fill);
    }

    /// <summary>A loop that appends one element in each of so many iterations.</summary>
    private For Mapped(Seq<Iter> iters, Expr builder, long count, Scope scope) => For(iters, builder, scope, (b, inner) => new Merge(b, Kept(((AppenderType)b.Type).Element, inner)));

    private For For(Seq<Iter> iters, Expr builder, Scope scope, Func<Expr, Scope, Expr> body)
    {
        var element = iters.Count == 1 ? iters[0].ElementType : new StructType(iters.To(i => i.ElementType));
        var (b, i, e) = (Fresh(builder.Type), Fresh(ScalarType.I64), Fresh(element));
        _extents[b] = new Extent(0, 0, true);
        _extents[e] = iters.Select(x => x.Data is null ? default : _extents.Of(x.Data).Element).Aggregate(Extent.Largest).Inexact;
        var probe = new For(iters, builder, new Lambda([b, i, e], new Ident(b)));
        var inner = scope.With(i, e) with { Executions = scope.Executions * Math.Max(1, _extents.Count(probe).Length) };
        return probe with { Function = new Lambda([b, i, e], body(new Ident(b), inner)) };
    }

    /// <summary>Something of interest: one of the language's rarer forms, on random ingredients.</summary>
    private Expr Feature(Scope scope) => _random.Choose<Expr>(
        (3, () => OfAnyBuilder(scope)),
        (2, () => Sorted(Term(Recurring(scope, t => t is VectorType) ?? new VectorType(_types.Key()), scope), scope)),
        (2, () => Part(Term(Recurring(scope, t => t is VectorType) ?? new VectorType(_types.Any(1)), scope), scope)),
        (2, () => SimdLoop(scope)),
        (2, () => Zipped([_types.Any(1), _types.Any(1)], scope)),
        (1, () => new Zip([Term(new VectorType(_types.Any(1)), scope)])),
        (1, () => Keyed(scope, (d, k) => new OptLookup(d, k))),
        (1, () => Keyed(scope, (d, _) => new ToVector(d))),
        (1, () => Term(Recurring(scope, t => t is DictionaryType) ?? _types.Dictionary(), scope) is var d ? ValueOfKey(d, v => v, () => Constant(((DictionaryType)d.Type).Value), scope) : null),
        (2, () => RoundTrip(Recurring(scope, t => t is not SimdType) ?? _types.Any(), scope)),
        (2, () => Repeated(_types.Any(2), scope)),
        (2, () => Comparison(scope, (l, r) => new Binary(_random.Pick(Operations.Comparisons), l, r))),
        (1, () => Operation(_random.Pick(Operations.All), scope)),
        (1, () => new Cast(_types.Scalar().Kind, Term(_types.Scalar(), scope))));

    private Result? OfAnyBuilder(Scope scope) => _types.BuilderOf(_types.Any(2)) is { } type ? Built(type, scope) : null;

    private Expr SimdLoop(Scope scope)
    {
        var (builder, cells) = NewBuilders(_random.Percent(50) ? LaneBuilder() : new StructType([LaneBuilder(), LaneBuilder()]), scope);
        return new Result(SimdLoops(builder, scope with { Cells = cells }));
    }

    /// <summary>A builder of scalars.</summary>
    private BuilderType LaneBuilder()
    {
        var (op, kind) = _random.Pick(Operations.Reducing);
        return _random.Percent(40) ? new AppenderType(_types.Scalar()) : new MergerType(new ScalarType(kind), new SingleOperator(op));
    }
}
