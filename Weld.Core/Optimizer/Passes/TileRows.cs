using Weld.Core.IR;
using Weld.Core.Operators;
using Weld.Core.Types;
using Weld.Core.Values;

namespace Weld.Core.Optimizer.Passes;

/// <summary>A product of matrices: rows that all go through the columns of one matrix go through them sixteen at a time, so that what is read of it serves sixteen.</summary>
internal static class TileRows
{
    /// <summary>The rows that go together: more would take code past the JIT's limits.</summary>
    private const int Rows = 16;

    /// <summary>Fewer rows are not worth the sixteen that are computed for them.</summary>
    private const int LeastRows = 4;

    /// <summary>Fewer columns are not worth what is prepared for them.</summary>
    private const int LeastColumns = 16;

    /// <summary>Shorter rows are not worth a second form of the loop.</summary>
    private const long Least = 64;

    private const string Key = "tile";

    /// <summary>The parts of a product.</summary>
    /// <param name="Outer">The loop over the rows.</param>
    /// <param name="Columns">The loop over the columns in it.</param>
    /// <param name="Inner">The reduction of a row with the rows of the other matrix.</param>
    /// <param name="Row">Which of the reduction's iterators is the row.</param>
    /// <param name="Value">What the reduction merges.</param>
    private sealed record Product(For Outer, For Columns, For Inner, int Row, Expr Value);

    // result(for(a, appender[vec[T]], |b, i, row| merge(b, result(for(columns, appender[T], |c, j, x| merge(c, result(for(zip(row, m), merger[T,op], f)))))))
    // =>
    // if(len(m) >= 64L && len(a) >= 4L && len(columns) >= 16L && all rows are as long as m,
    //   result(for(rangeiter(0L, (len(a) + 15L) / 16L, 1L), appender[vec[T]], |b, k, q|
    //     let r0 = lookup(a, q * 16L); let r1 = lookup(a, min(q * 16L + 1L, len(a) - 1L)); …
    //     let made = result(for(columns, {appender[T], …}, |c, j, x| let s = result(for(zip(r0, …, m), merger[{T, …},op], f')); {merge(c.$0, s.$0), …}));
    //     let b1 = merge(b, made.$0); let b2 = if(q * 16L + 1L < len(a), merge(b1, made.$1), b1); …)),
    //   …)
    // The last sixteen may be fewer: the last row then stands in for those that are not there.
    // A sum of floats has other lanes, since sixteen are reduced at once: only rounding differs.
    public static Expr? Rule(Expr node) => Match(node) is { } product ? Tiled((Result)node, product) : null;

    private static Product? Match(Expr node)
    {
        if (node is not Result { Builder: For { Builder: NewBuilder { BuilderType: AppenderType { Element: VectorType }, Argument: null or { Type: ScalarType } }, Iters: [{ Kind: IterKind.Scalar, Start: null, Data: Ident }] } outer }
            || outer.Said(Key) is not null || outer.Function.Facts.Size > Tile.MostSize || outer.Function.Facts.Has(Effects.Acts | Effects.Asserts)
            || outer.Function is not { Parameters: [var own, var number, var row], Body: Merge { Builder: Ident to, Value: Result { Builder: For { Builder: NewBuilder { BuilderType: AppenderType { Element: ScalarType }, Argument: null or { Type: ScalarType } } } columns } } }
            || to.Symbol != own || columns.Said(Key) is not null || columns.Iters is not [{ Kind: IterKind.Scalar or IterKind.Range } iter] || iter.Kind == IterKind.Scalar && iter.Start is not null
            || columns.Function is not { Parameters: [var cell, _, _], Body: Merge { Builder: Ident into, Value: Result { Builder: For { Builder: NewBuilder { BuilderType: MergerType { Element: ScalarType }, Argument: null } } inner } } }
            || into.Symbol != cell || inner.Function is not { Parameters: [var sum, _, var element], Body: Merge { Builder: Ident last, Value: var value } } || last.Symbol != sum
            || inner.Iters.Count < 2 || inner.Iters.Any(i => i is not { Kind: IterKind.Scalar, Start: null, Data: Ident }))
        {
            return null;
        }

        var at = inner.Iters.ToList().FindIndex(i => ((Ident)i.Data!).Symbol == row);
        var uses = Uses.Of(outer.Function);
        return at >= 0 && uses[row].Count == 1 && uses[number].Count == 0 && !value.Facts.Has(Effects.Loops | Effects.Builds)
            && inner.Iters.Any(i => i.Data!.Type is VectorType { Element: VectorType }) && inner.Iters.Where((_, i) => i != at).All(i => IsOutside(((Ident)i.Data!).Symbol))
            && IsByField(value, element) ? new Product(outer, columns, inner, at, value) : null;

        bool IsOutside(Symbol symbol) => !columns.Function.Parameters.Contains(symbol) && symbol != own;
    }

    /// <summary>Whether a variable is used by its fields alone.</summary>
    private static bool IsByField(Expr expr, Symbol symbol) =>
        expr is Field { Operand: Ident i } && i.Symbol == symbol || (expr is not Ident own || own.Symbol != symbol) && expr.Children.All(c => IsByField(c, symbol));

    private static If Tiled(Result node, Product product)
    {
        var (outer, inner) = (product.Outer, product.Inner);
        var rows = outer.Iters[0].Data!;
        var others = inner.Iters.Where((_, i) => i != product.Row).Select(i => i.Data!).ToList();
        var length = new Length(others[0]);
        Expr isTiled = new Binary(OperatorTable.GreaterOrEqual, length, Number(Least));
        foreach (var other in others.Skip(1))
        {
            isTiled = new Logical(true, isTiled, new Binary(OperatorTable.Equal, length, new Length(other)));
        }

        isTiled = new Logical(true, isTiled, new Binary(OperatorTable.GreaterOrEqual, new Length(rows), Number(LeastRows)));
        if (CountOf(product.Columns.Iters[0]) is { } columns)
        {
            isTiled = new Logical(true, isTiled, new Binary(OperatorTable.GreaterOrEqual, columns, Number(LeastColumns)));
        }

        isTiled = new Logical(true, isTiled, AreOfLength(rows, length));
        var count = new Binary(OperatorTable.Divide, new Binary(OperatorTable.Add, new Length(rows), Number(Rows - 1)), Number(Rows));
        var (to, k, q) = (new Symbol("b", outer.Builder.Type), new Symbol("k", ScalarType.I64), new Symbol("q", ScalarType.I64));
        var together = new For([new Iter(IterKind.Range, null, Number(0), count, Number(1))], Substitution.Copy(outer.Builder), new Lambda([to, k, q], Together(product, rows, to, q))) { Span = outer.Span }.With(Key, "false");
        return new If(isTiled, node with { Builder = together }, node with { Builder = outer.With(Key, "false") });
    }

    /// <summary>How many elements an iterator gives, if that is quickly computed. Where it fails, so does the first row.</summary>
    private static Expr? CountOf(Iter iter) => iter switch
    {
        { Kind: IterKind.Scalar, Data: Ident data } => new Length(Substitution.Copy(data)),
        { Kind: IterKind.Range, Start: Literal { Value.Bits: 0 }, End: { Facts.Size: <= 4 } end, Stride: Literal { Value.Bits: 1 } } when (end.Facts.Effects & ~Effects.Fails) == Effects.None => Substitution.Copy(end),
        _ => null,
    };

    // result(for(rows, merger[bool,&], |b, i, row| merge(b, len(row) == length)))
    private static Result AreOfLength(Expr rows, Expr length)
    {
        var type = new MergerType(ScalarType.Bool, new SingleOperator(OperatorTable.And));
        var (b, i, row) = (new Symbol("b", type), new Symbol("i", ScalarType.I64), new Symbol("row", ((VectorType)rows.Type).Element));
        return new Result(new For([new Iter(rows)], new NewBuilder(type), new Lambda([b, i, row], new Merge(new Ident(b), new Binary(OperatorTable.Equal, new Length(new Ident(row)), length)))));
    }

    private static Expr Together(Product product, Expr rows, Symbol to, Symbol q)
    {
        var (columns, inner) = (product.Columns, product.Inner);
        var own = Enumerable.Range(0, Rows).Select(r => new Symbol($"row", ((VectorType)rows.Type).Element)).ToArray();
        var cells = new StructType([.. own.Select(_ => columns.Builder.Type)]);
        var (cell, made) = (new Symbol("c", cells), new Symbol("made", new StructType([.. own.Select(_ => ((BuilderType)columns.Builder.Type).ResultType)])));
        var parameters = columns.Function.Parameters;
        var (number, column) = (parameters[1].Fresh(), parameters[2].Fresh());
        var reduced = Reduction(product, own);
        var sums = new Symbol("sums", reduced.Type);
        var merges = new StructLiteral([.. own.Select((_, r) => (Expr)new Merge(new Field(new Ident(cell), r), new Field(new Ident(sums), r)))]);
        var body = Substitution.Replace(
            new Let(sums, reduced, merges), new Dictionary<Symbol, Expr> { [parameters[1]] = new Ident(number), [parameters[2]] = new Ident(column) });
        var loop = new For(columns.Iters.Map(i => i.Map(Substitution.Copy)), new StructLiteral([.. own.Select(_ => Substitution.Copy(columns.Builder))]), new Lambda([cell, number, column], body)) { Span = columns.Span }.With(Key, "false");
        var after = own.Select(_ => new Symbol("b", to.Type)).ToArray();
        Expr all = new Ident(after[^1]);
        for (var r = Rows - 1; r >= 0; r--)
        {
            var before = new Ident(r == 0 ? to : after[r - 1]);
            var merged = new Merge(before, new Field(new Ident(made), r));
            all = new Let(after[r], r == 0 ? merged : new If(new Binary(OperatorTable.Less, Place(r), new Length(rows)), merged, before), all);
        }

        all = new Let(made, new Result(loop), all);
        for (var r = Rows - 1; r >= 0; r--)
        {
            var place = r == 0 ? Place(r) : new Binary(OperatorTable.Minimum, Place(r), new Binary(OperatorTable.Subtract, new Length(rows), Number(1)));
            all = new Let(own[r], new Lookup(rows, place), all);
        }

        return all;

        Expr Place(int r)
        {
            var first = new Binary(OperatorTable.Multiply, new Ident(q), Number(Rows));
            return r == 0 ? first : new Binary(OperatorTable.Add, first, Number(r));
        }
    }

    /// <summary>The reductions of several rows as one, in which what does not depend on the row is computed once.</summary>
    private static Result Reduction(Product product, Symbol[] own)
    {
        var inner = product.Inner;
        var merger = (MergerType)inner.Builder.Type;
        var type = new MergerType(new StructType([.. own.Select(_ => merger.Element)]), merger.Operator);
        var others = inner.Iters.Where((_, i) => i != product.Row).ToList();
        var iters = own.Select(r => new Iter(new Ident(r))).Concat(others).ToSeq();
        var element = new Symbol("e", new StructType([.. iters.Select(i => ((VectorType)i.Data!.Type).Element)]));
        var (sum, index, old) = (new Symbol("s", type), inner.Function.Parameters[1].Fresh(), inner.Function.Parameters[2]);
        var lets = new List<Let>();
        var shared = new Dictionary<Expr, Symbol>(ReferenceEqualityComparer.Instance);
        Share(product.Value);
        Expr body = new Merge(new Ident(sum), new StructLiteral([.. own.Select((_, r) => Substitution.Copy(Value(product.Value, r)))]));
        for (var i = lets.Count - 1; i >= 0; i--)
        {
            body = lets[i] with { Body = body };
        }

        body = Substitution.Replace(body, inner.Function.Parameters[1], new Ident(index));
        return new Result(inner with { Iters = iters, Builder = new NewBuilder(type), Function = new Lambda([sum, index, element], body) });

        bool DependsOnRow(Expr e) => e is Field { Operand: Ident i, Index: var f } && i.Symbol == old ? f == product.Row : e.Children.Any(DependsOnRow);

        void Share(Expr e)
        {
            if (e is If or Logical or Let or Apply or Literal or Ident or Lambda || shared.ContainsKey(e))
            {
                return;
            }

            if (e is not Field && !DependsOnRow(e) && e.Type is ScalarType)
            {
                var symbol = new Symbol("shared", e.Type);
                lets.Add(new Let(symbol, Substitution.Copy(Value(e, 0)), e));
                shared.Add(e, symbol);
                return;
            }

            foreach (var child in e.Children)
            {
                Share(child);
            }
        }

        Expr Value(Expr e, int row) =>
            shared.TryGetValue(e, out var symbol) ? new Ident(symbol)
            : e is Field { Operand: Ident i, Index: var f } && i.Symbol == old ? new Field(new Ident(element), f == product.Row ? row : Rows + f - (f > product.Row ? 1 : 0))
            : e.Map(c => Value(c, row));
    }

    private static Literal Number(long value) => new(Scalar.I64(value));
}
