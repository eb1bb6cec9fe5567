using System.Linq.Expressions;
using System.Runtime.CompilerServices;
using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Managed.Emit;
using Weld.Managed.Layout;
using Weld.Managed.Runtime;

namespace Weld.Managed.Builders;

/// <summary>
/// Values with the number of their key's cell, in merge order; the cell counts them. At the end they are scattered into one buffer, of which each key
/// gets a slice: order kept, no growth per key.
/// </summary>
internal sealed class GroupMerger : Builder
{
    private readonly DictionaryShape _shape;
    private readonly int _size;
    private bool _hasJoined;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public GroupMerger(Run run, DictionaryShape shape, int valueSize, long initial)
        : base(run)
    {
        (_shape, _size) = (shape, valueSize);
        Table = new DictionaryTable(run, shape, new byte[shape.EntrySize - shape.ValueOffset], valueSize);
        var (entries, count) = (DictionaryTable.Entries(initial), DictionaryTable.CountOf(initial));
        for (long e = 0; e < count; e++)
        {
            AddGroup(entries + (e * shape.EntrySize));
        }
    }

    /// <summary>The keys, each with the length of its group so far.</summary>
    public DictionaryTable Table { get; }

    /// <summary>The values.</summary>
    public long Values { get; private set; }

    /// <summary>The i32 number of each value's key.</summary>
    public long Numbers { get; private set; }

    /// <summary>How many values there are.</summary>
    public long Count { get; set; }

    /// <summary>How many values there is room for.</summary>
    public long Capacity { get; private set; }

    public override long Rows => Count;

    public override int RowSize => _size;

    public override IEnumerable<long> Buffers => [.. Table.Buffers, Values, Numbers];

    /// <summary>Makes room for at least one more value.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Grow()
    {
        var capacity = Math.Max(32, checked(2 * Capacity));
        Values = Memory.Grow(Run, Values, Count, capacity, _size);
        Numbers = Memory.Grow(Run, Numbers, Count, capacity, sizeof(int));
        Capacity = capacity;
    }

    /// <summary>Adds the rows that wait.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public void Drain()
    {
        if (Table.Ring.Position == 0)
        {
            return;
        }

        foreach (var row in Table.Ring.Waiting)
        {
            var number = Table.FindOrAddRow(row);
            var length = Table.Cell(number) + _shape.ValueOffset + MemoryLayout.LengthOffset;
            Memory.Store(length, Memory.Load<long>(length) + 1);
            Add(number, row + Table.Ring.ValueOffset);
        }

        Table.Ring.Clear();
    }

    /// <summary>Each group's values go where the groups before it end.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public long Finish()
    {
        Drain();
        var next = Memory.AllocateOwned(Run, Table.Count + 1, sizeof(long));
        var grouped = Memory.Allocate(Run, Count, _size);
        var start = grouped;
        for (long number = 1; number <= Table.Count; number++)
        {
            Memory.LookEvery(Run, number);
            var vector = Table.Cell(number) + _shape.ValueOffset;
            Memory.Store(vector, start);
            Memory.Store(next + (number * sizeof(long)), start);
            start += Memory.Load<long>(vector + MemoryLayout.LengthOffset) * _size;
        }

        switch (_size)
        {
            case sizeof(int):
                Scatter<int>(next);
                break;
            case sizeof(long):
                Scatter<long>(next);
                break;
            default:
                Scatter<byte>(next);
                break;
        }

        Memory.Free(Run, next);
        Memory.Free(Run, Values);
        Memory.Free(Run, Numbers);
        return Table.Finish();
    }

    public override Builder? Fork(Run worker) => DictionaryTable.IsForked(Table, ref _hasJoined) ? new GroupMerger(worker, _shape, _size, 0) : null;

    // The fork's values follow, under this table's numbers of their keys.
    public override void Join(Builder part)
    {
        Volatile.Write(ref _hasJoined, true);
        var fork = (GroupMerger)part;
        Drain();
        fork.Drain();
        var numbers = Memory.AllocateOwned(Run, fork.Table.Count + 1, sizeof(int));
        for (long number = 1; number <= fork.Table.Count; number++)
        {
            Memory.LookEvery(Run, number);
            var source = fork.Table.Cell(number);
            var own = Table.FindOrAdd(source);
            var length = Table.Cell(own) + _shape.ValueOffset + MemoryLayout.LengthOffset;
            Memory.Store(length, Memory.Load<long>(length) + Memory.Load<long>(source + _shape.ValueOffset + MemoryLayout.LengthOffset));
            Memory.Store(numbers + (number * sizeof(int)), (int)own);
        }

        while (Capacity - Count < fork.Count)
        {
            Grow();
        }

        Memory.CopyLong(Run, Values + (Count * _size), fork.Values, fork.Count * _size);
        for (long i = 0; i < fork.Count; i++)
        {
            Memory.LookEvery(Run, i);
            Memory.Store(Numbers + ((Count + i) * sizeof(int)), Memory.Load<int>(numbers + (Memory.Load<int>(fork.Numbers + (i * sizeof(int))) * (long)sizeof(int))));
        }

        Count += fork.Count;
        Memory.Free(Run, numbers);
        Memory.Free(Run, fork.Values);
        Memory.Free(Run, fork.Numbers);
        fork.Table.Free();
    }

    public override void Settle() => _hasJoined = false;

    private protected override void Moved() => Table.MoveTo(Run);

    /// <summary>
    /// Puts each value where its group goes on; <typeparamref name="T"/> is of its size, or a byte. The next places, and then the lines they are in, are asked
    /// for ahead, since each is elsewhere.
    /// </summary>
    private void Scatter<T>(long next)
        where T : unmanaged
    {
        const int Ahead = 32;
        for (long i = 0; i < Count; i++)
        {
            Memory.LookEvery(Run, i);
            if (i < Count - Ahead)
            {
                Memory.Prefetch(Next(i + Ahead));
                Memory.Prefetch(Memory.Load<long>(Next(i + (Ahead / 2))));
            }

            var place = Next(i);
            var target = Memory.Load<long>(place);
            if (Unsafe.SizeOf<T>() > 1)
            {
                Memory.Store(target, Memory.Load<T>(Values + (i * Unsafe.SizeOf<T>())));
            }
            else
            {
                Memory.Copy(target, Values + (i * _size), _size);
            }

            Memory.Store(place, target + _size);
        }

        long Next(long i) => next + (Memory.Load<int>(Numbers + (i * sizeof(int))) * (long)sizeof(long));
    }

    private void AddGroup(long entry)
    {
        var data = Memory.Load<long>(entry + _shape.ValueOffset);
        var length = Memory.Load<long>(entry + _shape.ValueOffset + MemoryLayout.LengthOffset);
        var number = Table.FindOrAdd(entry);
        Memory.Store(Table.Cell(number) + _shape.ValueOffset + MemoryLayout.LengthOffset, length);
        for (long i = 0; i < length; i++)
        {
            Memory.LookEvery(Run, i);
            Add(number, data + (i * _size));
        }
    }

    private void Add(long number, long value)
    {
        if (Count == Capacity)
        {
            Grow();
        }

        Memory.Store(Numbers + (Count * sizeof(int)), (int)number);
        Memory.Copy(Values + (Count * _size), value, _size);
        Count++;
    }
}

/// <summary>Groupmergers: the value and its key's number go to memory.</summary>
internal sealed class GroupMergerCode(GroupMergerType type) : BuilderCode
{
    private readonly DictionaryShape _shape = DictionaryShape.Of((DictionaryType)type.ResultType);
    private readonly KeyCode _key = new((DictionaryType)type.ResultType);
    private readonly int _size = MemoryLayout.Of(type.Value).Size;

    public override Type ObjectType => typeof(GroupMerger);

    public override Operand New(FunctionEmitter emitter, NewBuilder node, Operand? argument) => new ObjectOperand(
        emitter.Local(Clr.New(
            typeof(GroupMerger), emitter.Run, Expression.Constant(_shape), Expression.Constant(_size), argument is DictionaryOperand d ? d.Header : Clr.Zero)),
        InLoop: false);

    public override Operand Enter(FunctionEmitter emitter, Operand outer, LoopScope loop)
    {
        if (outer is not ObjectOperand { State: null, Object: var b })
        {
            return outer;
        }

        if (!loop.Delays)
        {
            emitter.Do(Clr.CallOn(b, nameof(GroupMerger.Drain)));
        }

        return new ObjectOperand(b, InLoop: true) { State = GroupState.Declare(emitter, b) };
    }

    public override Expression? WhetherDelays(Operand outer, Operand inner) => _key.Delays && outer is ObjectOperand { State: null }
        ? Expression.NotEqual(((GroupState)((ObjectOperand)inner).State!).Table.Ring, Clr.Zero)
        : null;

    public override void Refresh(FunctionEmitter emitter, Operand inner)
    {
        var (b, state) = (((ObjectOperand)inner).Object, (GroupState)((ObjectOperand)inner).State!);
        emitter.Do(state.Read(b));
    }

    // restart: if (count == capacity) { b.Grow(); goto restart; } (number, cell) = …; cell.length++; numbers[count] = number; values[count] = value; count++;
    public override Operand Merge(FunctionEmitter emitter, Operand builder, Operand value, Merge node)
    {
        var b = ((ObjectOperand)builder).Object;
        var pair = (StructOperand)emitter.Hold(value);
        var state = ((ObjectOperand)builder).State as GroupState;
        var isOutside = state is null;
        if (state is null)
        {
            emitter.Do(Clr.CallOn(b, nameof(GroupMerger.Drain)));
            state = GroupState.Declare(emitter, b);
            emitter.Do(state.Read(b));
        }

        emitter.Do(Expression.IfThen(Expression.Equal(state.Count, state.Capacity), emitter.Scoped(() =>
        {
            emitter.Do(state.WriteBack(b));
            emitter.Do(Clr.CallOn(b, nameof(GroupMerger.Grow)));
            if (!emitter.Restart())
            {
                emitter.Do(state.Read(b));
            }
        })));
        var table = Clr.Property(b, nameof(GroupMerger.Table));
        if (emitter.IsDelayed)
        {
            _key.Delay(emitter, table, state.Table, _shape.EntrySize, pair, type.Value, (number, cell, v) => EmitAdd(emitter, state, number, cell, v));
        }
        else
        {
            var (number, cell) = _key.FindOrAdd(emitter, table, state.Table, _shape.EntrySize, pair.Fields[0]);
            EmitAdd(emitter, state, number, cell, pair.Fields[1]);
        }

        if (isOutside)
        {
            emitter.Do(state.WriteBack(b));
        }

        return builder;
    }

    public override Operand Leave(FunctionEmitter emitter, Operand outer, Operand inner)
    {
        if (outer is ObjectOperand { State: null, Object: var b })
        {
            emitter.Do(((GroupState)((ObjectOperand)inner).State!).WriteBack(b));
        }

        return outer;
    }

    public override Operand Result(FunctionEmitter emitter, Operand builder) =>
        new DictionaryOperand(emitter.Local(Clr.CallOn(((ObjectOperand)builder).Object, nameof(GroupMerger.Finish))));

    private void EmitAdd(FunctionEmitter emitter, GroupState state, Expression number, Expression cell, Operand value)
    {
        var length = Clr.At(cell, _shape.ValueOffset + MemoryLayout.LengthOffset);
        emitter.Do(Clr.StoreLong(length, Expression.Add(Clr.LoadLong(length), Clr.One)));
        emitter.Do(Clr.Store(ScalarKind.I32, Clr.Element(state.Numbers, state.Count, sizeof(int)), Expression.Convert(number, typeof(int))));
        emitter.Store(type.Value, value, emitter.Local(Clr.Element(state.Values, state.Count, _size)));
        emitter.Do(Expression.Assign(state.Count, Expression.Add(state.Count, Clr.One)));
    }
}

/// <summary>The variables in which a loop has a groupmerger's state; it alone changes the count.</summary>
internal sealed record GroupState(KeyTable Table, ParameterExpression Count, ParameterExpression Capacity, ParameterExpression Values, ParameterExpression Numbers) : LoopState
{
    public static GroupState Declare(FunctionEmitter emitter, Expression builder)
    {
        var table = KeyTable.Declare(emitter);
        emitter.Do(Expression.Assign(table.Position, KeyTable.RowsOf(Clr.Property(builder, nameof(GroupMerger.Table)))));
        return new(
            table,
            emitter.Local(Clr.Property(builder, nameof(GroupMerger.Count)), "count"),
            emitter.Local(typeof(long), "capacity"),
            emitter.Local(typeof(long), "values"),
            emitter.Local(typeof(long), "numbers"));
    }

    public Expression Read(Expression builder) => Expression.Block(
        typeof(void),
        Table.Read(Clr.Property(builder, nameof(GroupMerger.Table))),
        Expression.Assign(Capacity, Clr.Property(builder, nameof(GroupMerger.Capacity))),
        Expression.Assign(Values, Clr.Property(builder, nameof(GroupMerger.Values))),
        Expression.Assign(Numbers, Clr.Property(builder, nameof(GroupMerger.Numbers))));

    /// <summary>Gives the builder what the loop has changed.</summary>
    public Expression WriteBack(Expression builder) => Expression.Block(
        typeof(void),
        Expression.Assign(Clr.Property(builder, nameof(GroupMerger.Count)), Count),
        Expression.Assign(KeyTable.RowsOf(Clr.Property(builder, nameof(GroupMerger.Table))), Table.Position));
}
