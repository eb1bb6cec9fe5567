using Weld.Core.IR;
using Weld.Core.Operators;
using Weld.Core.Types;
using Weld.Core.Values;

namespace Weld.Core.Optimizer.Passes;

/// <summary>A loop that goes through the rows of a matrix again and again goes through a block of them again and again, block after block.</summary>
internal static class Tile
{
    public static readonly Pass Pass = new(
        "tile",
        "Loops over all rows for each column go block by block, so that a block stays in the cache, and in products of matrices sixteen rows go together.",
        program => (Lambda)new Rewriter(Effects.Loops, TileMap, TileMerge).Visit(new Rewriter(Effects.Loops, TileRows.Rule).Visit(program)));

    /// <summary>Rows of a block: one line of the cache each is half of the smallest first-level cache.</summary>
    private const long Block = 512;

    /// <summary>Fewer rows stay in the cache anyway.</summary>
    private const long Least = 1_024;

    /// <summary>A larger body is not written twice.</summary>
    public const int MostSize = 200;

    private const string Key = "tile";

    /// <summary>The function of a loop whose body is, after lets, a reduction over rows that are the same for each iteration.</summary>
    private sealed record Nest(Lambda Function, List<Let> Prelude, For Inner, bool IsMap);

    // result(for(v, appender, |b, i, x| merge(b, result(for(rows, merger[T,op], f)))))
    // =>
    // if(len(rows) > 1024L,
    //   result(for(rangeiter(0L, (len(rows) + 511L) / 512L, 1L), vecmerger[T,op](map(v, |x| identity)), |c, k, n|
    //     let part = slice(rows, n * 512L, 512L);
    //     for(v, c, |d, i, x| merge(d, {i, result(for(part, merger[T,op], f))})))),
    //   …)
    // where the elements of rows are vectors. Each element's reduction is cut into blocks that are reduced in order: only rounding differs.
    private static Expr? TileMap(Expr node) =>
        node is Result { Builder: For { Builder: NewBuilder { BuilderType: AppenderType, Argument: null or { Type: ScalarType } } } loop } result && Match(loop, loop.Function) is { IsMap: true } nest
            ? new Tiling(loop, nest).Whole(named => Identities(named, nest), map => result with { Builder = map })
            : null;

    // for(v, b, |c, i, x| for(rows, c, f))
    // =>
    // if(len(rows) > 1024L, for(rangeiter(0L, (len(rows) + 511L) / 512L, 1L), b, |c, k, n| let part = slice(rows, n * 512L, 512L); for(v, c, |d, i, x| for(part, d, f))), …)
    // where b is mergers and vecmergers, in which the order of merges shows in nothing but rounding
    private static Expr? TileMerge(Expr node) =>
        node is For { Builder: Ident or NewBuilder } loop && IsOrderless(loop.Builder.Type) && Match(loop, loop.Function) is { IsMap: false } nest
            ? new Tiling(loop, nest).Whole(named => named.Builder, tiled => tiled)
            : null;

    private static bool IsOrderless(WeldType type) => type is MergerType or VecMergerType || (type is StructType s && s.Fields.All(IsOrderless));

    private static NewBuilder Identities(For loop, Nest nest)
    {
        var merger = (MergerType)nest.Inner.Builder.Type;
        var (builder, parameters) = (new AppenderType(merger.Element), loop.Function.Parameters);
        var symbol = new Symbol("b", builder);
        var function = new Lambda([symbol, parameters[1].Fresh(), parameters[2].Fresh()], new Merge(new Ident(symbol), Contribution.Identity(merger.Element, merger.Operator)));
        return new NewBuilder(new VecMergerType(merger.Element, merger.Operator), new Result(new For(loop.Iters, new NewBuilder(builder), function)));
    }

    private static Nest? Match(For loop, Lambda function)
    {
        if (loop.Said(Key) is not null || loop.Iters is not [{ Kind: IterKind.Scalar or IterKind.Range } iter] || (iter.Kind == IterKind.Scalar && iter.Start is not null)
            || function.Facts.Size > MostSize || function.Facts.Has(Effects.Acts | Effects.Asserts))
        {
            return null;
        }

        var prelude = new List<Let>();
        var body = function.Body;
        for (; body is Let let; body = let.Body)
        {
            if (let.Value.Facts.Has(Effects.Loops | Effects.Builds))
            {
                return null;
            }

            prelude.Add(let);
        }

        var isMap = body is Merge;
        var inner = body switch
        {
            Merge { Builder: Ident b, Value: Result { Builder: For { Builder: NewBuilder { BuilderType: MergerType, Argument: null } } f } } when b.Symbol == function.Parameters[0] => f,
            For { Builder: Ident b } f when b.Symbol == function.Parameters[0] => f,
            _ => null,
        };
        return inner is not null && inner.Said(Key) is null && inner.Function.Body.Facts.Effects is var effects && (effects & Effects.Loops) == 0
            && inner.Iters.Any(i => i.Data?.Type is VectorType { Element: VectorType }) && inner.Iters.All(i => i is { Kind: IterKind.Scalar, Start: null, Data: Ident d } && IsOutside(d.Symbol))
            ? new Nest(function, prelude, inner, isMap) : null;

        bool IsOutside(Symbol symbol) => !function.Parameters.Contains(symbol) && !prelude.Exists(l => l.Symbol == symbol);
    }

    /// <summary>The loop block by block, beside the loop as it is.</summary>
    private sealed class Tiling(For loop, Nest nest)
    {
        private readonly List<(Symbol Symbol, Expr Value)> _lets = [];

        /// <param name="builder">What the blocks are merged into.</param>
        /// <param name="finish">What is made of the loops.</param>
        public Expr Whole(Func<For, Expr> builder, Func<Expr, Expr> finish)
        {
            var named = loop with { Iters = loop.Iters.Map(i => i.Map(Named)), Builder = loop.Builder.Map(Named) };
            var tiled = Blocks(named, builder(named));
            Expr whole = new If(IsLarge(), nest.IsMap ? new Result(tiled) : tiled, finish(named.With(Key, "false"))) { Span = loop.Span };
            for (var i = _lets.Count - 1; i >= 0; i--)
            {
                whole = new Let(_lets[i].Symbol, _lets[i].Value, whole);
            }

            return whole;
        }

        /// <summary>A bound or data of the outer loop, or its builder's argument, which both forms use.</summary>
        private Expr Named(Expr expr)
        {
            if (expr is Ident or Literal)
            {
                return expr;
            }

            var symbol = new Symbol("bound", expr.Type);
            _lets.Add((symbol, expr));
            return new Ident(symbol);
        }

        private Expr IsLarge()
        {
            var length = new Length(Data(0));
            Expr large = new Binary(OperatorTable.Greater, length, Number(Least));
            for (var i = 1; i < nest.Inner.Iters.Count; i++)
            {
                large = new Logical(true, large, new Binary(OperatorTable.Equal, length, new Length(Data(i))));
            }

            return large;
        }

        private Expr Data(int iter) => nest.Inner.Iters[iter].Data!;

        private For Blocks(For named, Expr builder)
        {
            var copy = Match(loop, Substitution.Copy(nest.Function))!;
            var (outer, number, block) = (new Symbol("c", builder.Type), new Symbol("k", ScalarType.I64), new Symbol("n", ScalarType.I64));
            var from = new Symbol("from", ScalarType.I64);
            var parts = nest.Inner.Iters.Select((_, i) => new Symbol("part", Data(i).Type)).ToArray();

            var (own, index) = (new Symbol("d", builder.Type), copy.Function.Parameters[1]);
            var inner = copy.Inner with { Iters = parts.Select(p => new Iter(new Ident(p))).ToSeq(), Function = Shifted(copy.Inner.Function, from) };
            Expr body = nest.IsMap
                ? new Merge(new Ident(own), new StructLiteral([new Ident(index), new Result(inner)]))
                : inner with { Builder = new Ident(own) };
            for (var i = copy.Prelude.Count - 1; i >= 0; i--)
            {
                body = copy.Prelude[i] with { Body = body };
            }

            Expr step = new For(named.Iters, new Ident(outer), new Lambda([own, index, copy.Function.Parameters[2]], body)) { Span = loop.Span }.With(Key, "false");
            for (var i = parts.Length - 1; i >= 0; i--)
            {
                step = new Let(parts[i], new Slice(Data(i), new Ident(from), Number(Block)), step);
            }

            step = new Let(from, new Binary(OperatorTable.Multiply, new Ident(block), Number(Block)), step);
            var blocks = new Binary(OperatorTable.Divide, new Binary(OperatorTable.Add, new Length(Data(0)), Number(Block - 1)), Number(Block));
            return new For([new Iter(IterKind.Range, null, Number(0), blocks, Number(1))], builder, new Lambda([outer, number, block], step)) { Span = loop.Span }.With(Key, "false");
        }

        // |b, i, x| e  =>  |b, j, x| let i = j + from; e
        private static Lambda Shifted(Lambda function, Symbol from)
        {
            var parameters = function.Parameters;
            if (Uses.Of(function.Body)[parameters[1]].Count == 0)
            {
                return function;
            }

            var index = parameters[1].Fresh();
            return function with
            {
                Parameters = [parameters[0], index, parameters[2]],
                Body = new Let(parameters[1], new Binary(OperatorTable.Add, new Ident(index), new Ident(from)), function.Body),
            };
        }

        private static Literal Number(long value) => new(Scalar.I64(value));
    }
}
