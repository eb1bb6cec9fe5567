using System.Linq.Expressions;
using Weld.Core.Diagnostics;
using Weld.Core.IR;
using Weld.Core.Operators;
using Weld.Core.Types;
using Weld.Managed.Planning;

namespace Weld.Managed.Emit;

/// <summary>Loops that run one element at a time, whose elementary functions go over a tile of iterations in lanes.</summary>
internal sealed partial class FunctionEmitter
{
    private readonly Dictionary<Expr, (Expression Tile, ScalarKind Kind)> _tiles = new(ReferenceEqualityComparer.Instance);
    private ParameterExpression? _row;

    // while (index < last) { start = index; end = min(start + 64, last); for (i = start; i < end; i++) x[i - start] = …; f(x, end - start); for (; index < end; index++) body }
    private void EmitTiles(For node, FunctionTile tile, LoopSource[] sources, ParameterExpression index, Expression last, bool releases, Action emitIteration) => Loop(exit =>
    {
        Do(Expression.IfThen(Expression.GreaterThanOrEqual(index, last), Expression.Break(exit)));
        var start = Local(index, "tileStart");
        var end = Local(Clr.Min(Clr.At(start, FunctionTile.Rows), last), "tileEnd");
        var applications = new List<Expression>();
        var computed = new List<(Expr Value, Expression Tile, ScalarKind Kind)>();
        var i = Local(start, "i");
        CountTo(i, end, () =>
        {
            var mark = releases ? EmitMark() : null;
            _row = Local(Expression.Subtract(i, start), "row");
            BindElement(node, sources, i);
            foreach (var (symbol, value) in tile.Lets)
            {
                var operand = Hold(Emit(value));
                Bind(symbol, operand);
                if (tile.Kept.Any(k => ReferenceEquals(k, value)))
                {
                    computed.Add((value, StoreRow(((ScalarType)value.Type).Kind, ((ScalarOperand)operand).Value), ((ScalarType)value.Type).Kind));
                }
            }

            foreach (var function in tile.Functions)
            {
                applications.Add(EmitArguments(function));
            }

            EmitRelease(mark);
        });
        applications.ForEach(Do);
        computed.ForEach(c => _tiles.Add(c.Value, (c.Tile, c.Kind)));
        CountTo(index, end, () =>
        {
            _row = Local(Expression.Subtract(index, start), "row");
            emitIteration();
        });
        _tiles.Clear();

        Expression EmitArguments(Expr function)
        {
            var kind = function.Type.LaneKind!.Value;
            var (kernel, x, y) = function switch
            {
                Unary { Operator: ElementaryOperator f, Operand: var operand } => (f.Kernel(kind), EmitScalar(operand), null),
                Binary { Operator: BinaryElementaryOperator f, Left: var left, Right: var right } => (f.Kernel(kind), HoldScalar(left), EmitScalar(right)),
                _ => throw new WeldInternalException("emit", $"expected an elementary function, found {function.GetType().Name}"),
            };
            var first = StoreRow(kind, x);
            var second = y is null ? Clr.Zero : StoreRow(kind, y);
            computed.Add((function, first, kind));
            return Clr.CallOn(Expression.Constant(TileFunctions.Of(kernel, tile.Bits / 8)), nameof(TileFunction.Invoke), first, second, Clr.Element(first, Expression.Subtract(end, start), kind.Size()));
        }

        // Behind the end is room for a vector.
        Expression StoreRow(ScalarKind kind, Expression value)
        {
            var address = Scratch((FunctionTile.Rows * kind.Size()) + (tile.Bits / 8));
            Do(Clr.Store(kind, Clr.Element(address, _row!, kind.Size()), value));
            return address;
        }
    });

    /// <summary>What was computed for the tile; null if the node was not.</summary>
    private ScalarOperand? Tiled(Expr node) =>
        _tiles.Count > 0 && _tiles.TryGetValue(node, out var tiled) ? new ScalarOperand(Clr.Load(tiled.Kind, Clr.Element(tiled.Tile, _row!, tiled.Kind.Size()))) : null;
}
