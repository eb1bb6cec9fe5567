using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Core.Values;

namespace Weld.Tests.Properties;

/// <summary>Reductions over a table, one for each of a few values.</summary>
internal sealed partial class ProgramGenerator
{
    /// <summary>The rows of the table are vectors; now and then there are so many that loops over them go block by block.</summary>
    private Expr Tabulated(Scope scope)
    {
        var isTall = _random.Percent(20);
        var (fold, rows) = (Reduction(), isTall ? _random.Between(1_000, 1_300) : _random.Below(30));
        var cell = (ScalarType)fold.BuilderType.MergeType;
        var row = new VectorType(cell);
        var table = new Result(For([Range(0, rows, 1)], new NewBuilder(new AppenderType(row)), scope, (b, inner) =>
            new Merge(b, new VectorLiteral(cell, [Cheap(cell.Kind, inner, 2), Cheap(cell.Kind, inner, 1)]))));
        var values = new Slice(Data(scope), new Literal(Scalar.I64(0)), new Literal(Scalar.I64(isTall ? 2 : 40)));
        return Named(table, t => _random.Percent(50)
            ? Collected(values, new NewBuilder(new AppenderType(cell)), scope, (b, inner) => new Merge(b, new Result(OverRows(t, fold, inner))))
            : Collected(values, fold, scope, (b, inner) => OverRows(t, b, inner)));

        For OverRows(Expr t, Expr builder, Scope outer) => For([new Iter(t)], builder, outer, (b, inner) =>
            new Merge(b, Operated(new Lookup(new Ident(inner.Variables[^1]), new Literal(Scalar.I64(_random.Below(2)))), Cheap(cell.Kind, inner, 2))));
    }
}
