using System.Linq.Expressions;
using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Managed.Emit;
using Weld.Managed.Layout;
using Weld.Managed.Runtime;

namespace Weld.Managed.Builders;

/// <summary>Groupmergers: the value and its key's number go to memory.</summary>
internal sealed class GroupMergerCode(GroupMergerType type) : BuilderCode
{
    private readonly DictionaryShape _shape = DictionaryShape.Of((DictionaryType)type.ResultType);
    private readonly KeyCode _key = new((DictionaryType)type.ResultType);
    private readonly int _size = MemoryLayout.Of(type.Value).Size;
    private KeyedCell? _cell;

    public override Type ObjectType => typeof(GroupMerger);

    public override Operand New(FunctionEmitter emitter, NewBuilder node, Operand? argument) => new ObjectOperand(
        emitter.Local(Clr.New(typeof(GroupMerger), emitter.Run, Expression.Constant(CellOf(emitter)), argument is DictionaryOperand d ? d.Header : Clr.Zero)),
        InLoop: false);

    public override Operand Enter(FunctionEmitter emitter, Operand outer, LoopScope loop) =>
        outer is ObjectOperand { State: null, Object: var b } ? new ObjectOperand(b, InLoop: true) { State = GroupState.Declare(emitter, b) } : outer;

    public override Expression? WhetherStages(Operand outer, Operand inner) =>
        outer is ObjectOperand { State: null } ? Expression.NotEqual(((GroupState)((ObjectOperand)inner).State!).Table.Heads, Clr.Zero) : null;

    public override Expression? WhetherDirect(Operand inner) => _key.WhetherDirect(((GroupState)((ObjectOperand)inner).State!).Table);

    public override void Refresh(FunctionEmitter emitter, Operand inner)
    {
        var (b, state) = (((ObjectOperand)inner).Object, (GroupState)((ObjectOperand)inner).State!);
        emitter.Do(state.Read(b));
    }

    public override Operand Merge(FunctionEmitter emitter, Operand builder, Operand value, Merge node)
    {
        var b = ((ObjectOperand)builder).Object;
        var pair = (StructOperand)emitter.Hold(value);
        if (((ObjectOperand)builder).State is GroupState state)
        {
            EmitMerge(state);
            return builder;
        }

        var opened = GroupState.Declare(emitter, b);
        emitter.Do(opened.Read(b));
        EmitMerge(opened);
        emitter.Do(opened.WriteBack(b));
        return builder;

        void EmitMerge(GroupState state) =>
            _key.Merge(emitter, b, state.Table, CellOf(emitter), pair, type.Value, node, (number, cell, v) => EmitAdd(emitter, b, state, number, cell, v));
    }

    public override Operand Leave(FunctionEmitter emitter, Operand outer, Operand inner)
    {
        if (outer is ObjectOperand { State: null, Object: var b })
        {
            emitter.Do(((GroupState)((ObjectOperand)inner).State!).WriteBack(b));
        }

        return outer;
    }

    public override Operand Result(FunctionEmitter emitter, Operand builder, DictionaryUse use) =>
        new DictionaryOperand(emitter.Local(Clr.CallOn(((ObjectOperand)builder).Object, nameof(GroupMerger.Finish), Expression.Constant(use))));

    private KeyedCell CellOf(FunctionEmitter emitter)
    {
        if (_cell is null)
        {
            var (program, cell) = (emitter.Program, new KeyedCell((DictionaryType)type.ResultType, new byte[_shape.EntrySize - _shape.ValueOffset], _size));
            cell.Absorb = program.Later(() => EmitAbsorb(program, cell));
            _cell = cell;
        }

        return _cell;
    }

    // for each row: the cell of its key counts it, and its number is kept in the row
    private LambdaExpression EmitAbsorb(ProgramEmitter program, KeyedCell layout)
    {
        var emitter = new FunctionEmitter(program, isMain: false);
        return _key.EmitAbsorb(emitter, layout, (row, _, number, cell, _) =>
        {
            EmitCount(emitter, cell);
            emitter.Do(Clr.StoreLong(row, number));
        });
    }

    // if (count == capacity) { b.Grow(); restart } cell.length++; numbers[count] = number; values[count] = value; count++;
    private void EmitAdd(FunctionEmitter emitter, Expression b, GroupState state, Expression number, Expression cell, Operand value)
    {
        emitter.Do(Expression.IfThen(Expression.Equal(state.Count, state.Capacity), emitter.Scoped(() =>
        {
            emitter.Do(state.WriteBack(b));
            emitter.Do(Clr.CallOn(b, nameof(GroupMerger.Grow)));
            if (!emitter.Restart())
            {
                emitter.Do(state.Read(b));
            }
        })));
        EmitCount(emitter, cell);
        emitter.Do(Clr.Store(ScalarKind.I32, Clr.Element(state.Numbers, state.Count, sizeof(int)), Expression.Convert(number, typeof(int))));
        emitter.Store(type.Value, value, emitter.Local(Clr.Element(state.Values, state.Count, _size)));
        emitter.Do(Expression.Assign(state.Count, Expression.Add(state.Count, Clr.One)));
    }

    private void EmitCount(FunctionEmitter emitter, Expression cell)
    {
        var length = Clr.At(cell, _shape.ValueOffset + MemoryLayout.LengthOffset);
        emitter.Do(Clr.StoreLong(length, Expression.Add(Clr.LoadLong(length), Clr.One)));
    }
}

/// <summary>The variables in which a loop has a groupmerger's state; it alone changes the count.</summary>
internal sealed record GroupState(KeyTable Table, ParameterExpression Count, ParameterExpression Capacity, ParameterExpression Values, ParameterExpression Numbers) : LoopState
{
    public static GroupState Declare(FunctionEmitter emitter, Expression builder) => new(
        KeyTable.Enter(emitter, builder),
        emitter.Local(Clr.Property(builder, nameof(GroupMerger.Count)), "count"),
        emitter.Local(typeof(long), "capacity"),
        emitter.Local(typeof(long), "values"),
        emitter.Local(typeof(long), "numbers"));

    public Expression Read(Expression builder) => Expression.Block(
        typeof(void),
        Table.ReadBuilder(builder),
        Expression.Assign(Capacity, Clr.Property(builder, nameof(GroupMerger.Capacity))),
        Expression.Assign(Values, Clr.Property(builder, nameof(GroupMerger.Values))),
        Expression.Assign(Numbers, Clr.Property(builder, nameof(GroupMerger.Numbers))));

    /// <summary>Gives the builder what the loop has changed.</summary>
    public Expression WriteBack(Expression builder) => Expression.Block(
        typeof(void),
        Expression.Assign(Clr.Property(builder, nameof(GroupMerger.Count)), Count),
        Table.Leave(builder));
}
