using System.Linq.Expressions;
using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Managed.Emit;

namespace Weld.Managed.Builders;

/// <summary>Dictmergers: the key's cell is found in place, and the reduction is in the cell.</summary>
internal sealed class DictMergerCode : BuilderCode
{
    private readonly DictMergerType _type;
    private readonly Reduction _reduction;
    private readonly KeyCode _key;
    private DictCell? _cell;

    public DictMergerCode(DictMergerType type)
    {
        (_type, _reduction, _key) = (type, new Reduction(type.Value, type.Operator), new KeyCode((DictionaryType)type.ResultType));
    }

    public override Type ObjectType => typeof(DictMerger);

    public override Operand New(FunctionEmitter emitter, NewBuilder node, Operand? argument) => new ObjectOperand(
        emitter.Local(Clr.New(typeof(DictMerger), emitter.Run, Expression.Constant(CellOf(emitter)), argument is DictionaryOperand d ? d.Header : Clr.Zero)),
        InLoop: false);

    public override Operand Merge(FunctionEmitter emitter, Operand builder, Operand value, Merge node)
    {
        var b = ((ObjectOperand)builder).Object;
        var pair = (StructOperand)emitter.Hold(value);
        var cell = CellOf(emitter);
        if (((ObjectOperand)builder).State is KeyTable state)
        {
            _key.Merge(emitter, b, state, cell.Cell, pair, _type.Value, node, (_, at, v) => EmitMerge(emitter, cell, state.Block, at, v));
            return builder;
        }

        var opened = _key.OpenBuilder(emitter, b);
        _key.MergeApart(emitter, b, opened, cell.Cell, pair, _type.Value, (_, at, v) => EmitMergeApart(emitter, cell, at, v));
        return builder;
    }

    public override Operand Enter(FunctionEmitter emitter, Operand outer, LoopScope loop) =>
        outer is ObjectOperand { State: null, Object: var b } ? new ObjectOperand(b, InLoop: true) { State = KeyTable.Enter(emitter, b) } : outer;

    public override Expression? WhetherStages(Operand outer, Operand inner) =>
        outer is ObjectOperand { State: null } ? Expression.NotEqual(((KeyTable)((ObjectOperand)inner).State!).Heads, Clr.Zero) : null;

    public override Expression? WhetherDirect(Operand inner) => _key.WhetherDirect((KeyTable)((ObjectOperand)inner).State!);

    public override Operand Leave(FunctionEmitter emitter, Operand outer, Operand inner)
    {
        if (outer is ObjectOperand { State: null, Object: var b })
        {
            emitter.Do(((KeyTable)((ObjectOperand)inner).State!).Leave(b));
        }

        return outer;
    }

    public override void Refresh(FunctionEmitter emitter, Operand inner)
    {
        var (b, state) = (((ObjectOperand)inner).Object, (KeyTable)((ObjectOperand)inner).State!);
        emitter.Do(state.ReadBuilder(b));
        if (_reduction.IsSensitive)
        {
            emitter.Do(Expression.Assign(state.Block, Clr.Property(b, nameof(KeyedBuilder.Block))));
        }
    }

    public override void BeginBlock(FunctionEmitter emitter, Operand outer, Operand inner, Expression count)
    {
        if (_reduction.IsSensitive && outer is ObjectOperand { State: null, Object: var b })
        {
            var state = (KeyTable)((ObjectOperand)inner).State!;
            emitter.Do(state.Leave(b));
            emitter.Do(Clr.CallOn(b, nameof(KeyedBuilder.BeginBlock)));
            emitter.Do(Expression.Assign(state.Position, Clr.Property(b, nameof(KeyedBuilder.Position))));
        }
    }

    public override Operand Result(FunctionEmitter emitter, Operand builder, DictionaryUse use) =>
        new DictionaryOperand(emitter.Local(Clr.CallOn(((ObjectOperand)builder).Object, nameof(DictMerger.Finish), Expression.Constant(use))));

    private DictCell CellOf(FunctionEmitter emitter)
    {
        if (_cell is null)
        {
            var (program, cell) = (emitter.Program, new DictCell((DictionaryType)_type.ResultType, _reduction));
            cell.Cell.Absorb = program.Later(() => EmitAbsorb(program, cell));
            _cell = cell;
        }

        return _cell;
    }

    // for each row: the cell of its key; value is merged in its block, or, if the row is apart, after what is pending
    private LambdaExpression EmitAbsorb(ProgramEmitter program, DictCell cell)
    {
        var emitter = new FunctionEmitter(program, isMain: false);
        return _key.EmitAbsorb(emitter, cell.Cell, (row, number, _, at, block) =>
        {
            var value = emitter.Load(_type.Value, row, new RowStage(cell.Cell.Shape, cell.Cell.ValueSize).ValueOffset);
            if (cell.Partials is null)
            {
                EmitMerge(emitter, cell, block, at, value);
                return;
            }

            emitter.Do(Expression.IfThenElse(
                Expression.LessThan(number, Clr.Zero),
                emitter.Scoped(() => EmitMergeApart(emitter, cell, at, value)),
                emitter.Scoped(() => EmitMerge(
                    emitter, cell, emitter.Local(Expression.Add(block, Expression.RightShift(number, Expression.Constant(RowStage.CountBits))), "block"), at, value))));
        });
    }

    private void EmitMergeApart(FunctionEmitter emitter, DictCell cell, Expression at, Operand value)
    {
        if (cell.Partials is not null)
        {
            emitter.Do(Clr.CallOn(Expression.Constant(cell), nameof(DictCell.Flush), at));
        }

        _reduction.EmitMerge(emitter, Clr.At(at, cell.Cell.Shape.ValueOffset), value);
    }

    private void EmitMerge(FunctionEmitter emitter, DictCell cell, Expression block, Expression at, Operand value)
    {
        var total = Clr.At(at, cell.Cell.Shape.ValueOffset);
        if (cell.Partials is { } partials)
        {
            partials.EmitMerge(emitter, Clr.At(at, cell.MarkOffset), Clr.At(at, cell.PartialOffset), total, block, value);
        }
        else
        {
            _reduction.EmitMerge(emitter, total, value);
        }
    }
}
