using System.Linq.Expressions;
using Weld.Core.Diagnostics;
using Weld.Core.IR;
using Weld.Core.Operators;
using Weld.Core.Types;
using Weld.Managed.Planning;

namespace Weld.Managed.Emit.Vector;

/// <summary>Parts of a body that are computed for a whole tile before the rest of it.</summary>
internal sealed partial class VectorEmitter
{
    private readonly Dictionary<Expr, Func<Operand>> _tiled = new(ReferenceEqualityComparer.Instance);

    /// <summary>Variables of the body that the stage does not bind where they stand.</summary>
    public IReadOnlySet<Symbol> Elsewhere { get; set; } = new HashSet<Symbol>();

    /// <summary>The iteration of the step that the code is in, from the start of the tile.</summary>
    public Expression? Row { get; set; }

    /// <summary>Emits what a stage stores in the tile in one step.</summary>
    /// <returns>What emits the functions over the tile, given the number of its iterations; from then on their results are read there.</returns>
    public Action<Expression> EmitStage(TileStage stage)
    {
        var computed = new List<(Expr Value, Func<Operand> Load)>();
        Elsewhere = stage.Elsewhere;
        foreach (var (symbol, value) in stage.Lets)
        {
            BindValue(symbol, value);
            if (stage.Kept.Any(k => ReferenceEquals(k, value)))
            {
                Keep(value, value.Type.LaneKind!.Value, _variables[symbol]);
            }
        }

        var functions = stage.Functions.Select(EmitArguments).ToList();
        return rows =>
        {
            functions.ForEach(f => f(rows));
            computed.ForEach(c => _tiled[c.Value] = c.Load);
        };

        Action<Expression> EmitArguments(Expr function)
        {
            var kind = function.Type.LaneKind!.Value;
            var (kernel, x, y) = function switch
            {
                Unary { Operator: ElementaryOperator f, Operand: var operand } => (f.Kernel(kind), Emit(operand), null),
                Binary { Operator: BinaryElementaryOperator f, Left: var left, Right: var right } => (f.Kernel(kind), Emit(left), Emit(right)),
                _ => throw new WeldInternalException("emit", $"expected an elementary function, found {function.GetType().Name}"),
            };
            var first = Keep(function, kind, x);
            var second = y is null ? Clr.Zero : Store(kind, y);
            var compiled = Expression.Constant(TileFunctions.Of(kernel, bits / 8));
            return rows => Scalar.Do(Clr.CallOn(compiled, nameof(TileFunction.Invoke), first, second, Clr.Element(first, rows, kind.Size())));
        }

        Expression Keep(Expr value, ScalarKind kind, Operand operand)
        {
            var tile = Store(kind, operand);
            computed.Add((value, () => new LaneOperand(kind, Scalar.Local(Shape.Load(kind, Clr.Element(tile, Row!, kind.Size()))))));
            return tile;
        }

        Expression Store(ScalarKind kind, Operand operand)
        {
            var tile = Scalar.Scratch((VectorPlan.TileSteps * Shape.Lanes * kind.Size()) + (bits / 8));
            Scalar.Do(Shape.Store(kind, Clr.Element(tile, Row!, kind.Size()), Lanes(kind, operand)));
            return tile;
        }
    }
}
