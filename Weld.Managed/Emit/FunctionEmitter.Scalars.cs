using System.Linq.Expressions;
using Weld.Core.Diagnostics;
using Weld.Core.IR;
using Weld.Core.Operators;
using Weld.Core.Types;
using Weld.Managed.Runtime;

namespace Weld.Managed.Emit;

/// <summary>The dispatch, and literals and operators.</summary>
internal sealed partial class FunctionEmitter
{
    private Operand Dispatch(Expr node) => Tiled(node) ?? node switch
    {
        Literal e => new ScalarOperand(Clr.Constant(e.Value)),
        Ident e => _variables.TryGetValue(e.Symbol, out var operand)
            ? operand : throw new WeldInternalException("emit", $"expected {e.Symbol} to be bound, found it free"),
        Unary e => EmitUnary(e),
        Binary e => EmitBinary(e),
        Logical e => EmitLogical(e),
        Compare e => EmitCompare(e),
        Cast e => new ScalarOperand(OperatorEmitter.Cast(e.Operand.Type.LaneKind!.Value, e.Kind, EmitScalar(e.Operand))),
        Select e => EmitSelect(e),
        Broadcast e => Emit(e.Operand),
        Let or Apply => EmitLets(node),
        If e => EmitIf(e),
        Iterate e => EmitIterate(e),
        Assertion e => EmitAssertion(e),
        ForeignCall e => EmitForeignCall(e),
        VectorLiteral e => EmitVectorLiteral(e),
        StringLiteral e => EmitStringLiteral(e),
        StructLiteral e => new StructOperand([.. e.Fields.Select(Emit)]),
        Field e => ((StructOperand)Emit(e.Operand)).Fields[e.Index],
        Zip e => EmitZip(e),
        Length e => new ScalarOperand(((VectorOperand)Emit(e.Vector)).Length),
        Lookup e => e.Collection.Type is VectorType ? EmitVectorLookup(e) : EmitDictionaryLookup(e),
        OptLookup e => EmitOptLookup(e),
        KeyExists e => EmitKeyExists(e),
        Slice e => EmitSlice(e),
        Sort e => EmitSort(e),
        ToVector e => EmitToVector(e),
        Serialize e => EmitSerialize(e),
        Deserialize e => EmitDeserialize(e),
        For e => EmitFor(e),
        NewBuilder e => CodeOf(e.BuilderType).New(this, e, e.Argument is null ? null : Hold(Emit(e.Argument))),
        Merge e => CodeOf((BuilderType)e.Builder.Type).Merge(this, Emit(e.Builder), Emit(e.Value), e),
        Result e => EmitResult(e.Builder.Type, Emit(e.Builder)),
        _ => throw new WeldInternalException("emit", $"expected a node that lives at run time, found {node.GetType().Name}"),
    };

    private Operand EmitUnary(Unary node)
    {
        var x = (ScalarOperand)Emit(node.Operand);
        var kind = node.Operand.Type.LaneKind!.Value;
        return node.Operator is ElementaryOperator f
            ? EmitElementary(f.Kernel(kind), x.Value, null)
            : Cut(new ScalarOperand(OperatorEmitter.Unary(node.Operator, kind, x.Value), x.Depth + 1));
    }

    private Operand EmitBinary(Binary node)
    {
        if (node.Left.Type is not (ScalarType or SimdType))
        {
            return new ScalarOperand(EmitLiftedComparison(node.Operator, node.Left.Type, Hold(Emit(node.Left)), Hold(Emit(node.Right))));
        }

        if (InTurn(node) is { } turns)
        {
            return EmitLogical(turns);
        }

        var (x, y) = ((ScalarOperand)Emit(node.Left), (ScalarOperand)Emit(node.Right));
        var kind = node.Left.Type.LaneKind!.Value;
        if (node.Operator is BinaryElementaryOperator f)
        {
            return EmitElementary(f.Kernel(kind), x.Value, y.Value);
        }

        if (node.Operator.ChecksZero && kind.IsInteger())
        {
            var divisor = Hold(y.Value);
            if (divisor is not ConstantExpression { Value: var constant } || Convert.ToDecimal(constant) == 0)
            {
                FailIf(Expression.Equal(divisor, Expression.Default(divisor.Type)), nameof(Fail.DivideByZero), node);
            }

            return Cut(new ScalarOperand(OperatorEmitter.Quotient(node.Operator, kind, Hold(x.Value), divisor), 1));
        }

        return Cut(new ScalarOperand(OperatorEmitter.Binary(node.Operator, kind, x.Value, y.Value), Math.Max(x.Depth, y.Depth) + 1));
    }

    private Operand EmitLogical(Logical node)
    {
        var left = (ScalarOperand)Emit(node.Left);
        var outer = Open();
        var right = (ScalarOperand)Emit(node.Right);
        if (_scope.Statements.Count == 0)
        {
            Close(outer);
            return Cut(new ScalarOperand(
                node.IsAnd ? Expression.AndAlso(left.Value, right.Value) : Expression.OrElse(left.Value, right.Value), Math.Max(left.Depth, right.Depth) + 1));
        }

        // result = left; if (result [or not]) result = right;
        var result = Expression.Variable(typeof(bool));
        Do(Expression.Assign(result, right.Value));
        var block = Close(outer);
        _scope.Locals.Add(result);
        Do(Expression.Assign(result, left.Value));
        Do(Expression.IfThen(node.IsAnd ? result : Expression.Not(result), block));
        return new ScalarOperand(result);
    }

    private Operand EmitSelect(Select node)
    {
        var condition = EmitScalar(node.Condition);
        var (then, @else) = (Emit(node.Then), Emit(node.Else));
        if (then is ScalarOperand x && @else is ScalarOperand y)
        {
            return Cut(new ScalarOperand(Clr.CallGeneric(typeof(Memory), nameof(Memory.Pick), [x.Value.Type], condition, x.Value, y.Value), Math.Max(x.Depth, y.Depth) + 1));
        }

        var held = Hold(condition);
        var (a, b) = (Hold(then), Hold(@else));
        var result = DeclareJoin(node.Type, a, b);
        Do(Expression.IfThenElse(held, Scoped(() => Assign(result, a)), Scoped(() => Assign(result, b))));
        return result;
    }

    private Operand EmitCompare(Compare node)
    {
        if (node.Left.Type is ScalarType { Kind: var kind })
        {
            return new ScalarOperand(OperatorEmitter.TotalOrder(kind, EmitScalar(node.Left), EmitScalar(node.Right)));
        }

        return new ScalarOperand(EmitOrder(node.Left.Type, Hold(Emit(node.Left)), Hold(Emit(node.Right)), total: true));
    }

    private Operand EmitAssertion(Assertion node)
    {
        FailIf(Expression.Not(EmitScalar(node.Condition)), nameof(Fail.AssertionFailed), node);
        return new ScalarOperand(Expression.Constant(true));
    }

    /// <summary>The same value, held by a variable if its expression grew deep.</summary>
    private ScalarOperand Cut(ScalarOperand operand) => operand.Depth < MaxDepth ? operand : new ScalarOperand(Local(operand.Value));
}
