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

    [MethodImpl(MethodImplOptions.NoInlining)]
    public GroupMerger(Run run, DictionaryShape shape, int valueSize, long initial)
        : base(run)
    {
        (_shape, _size) = (shape, valueSize);
        Table = new DictionaryTable(run, shape, new byte[shape.EntrySize - shape.ValueOffset]);
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

    /// <summary>
    /// Each group's values go where the groups before it end. The places are read ahead, since each is in another line of the cache.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public long Finish()
    {
        var next = Memory.AllocateOwned(Run, Table.Count + 1, sizeof(long));
        var grouped = Memory.Allocate(Run, Count, _size);
        var start = grouped;
        for (long number = 1; number <= Table.Count; number++)
        {
            LookAt(number);
            var vector = Table.Cell(number) + _shape.ValueOffset;
            Memory.Store(vector, start);
            Memory.Store(next + (number * sizeof(long)), start);
            start += Memory.Load<long>(vector + MemoryLayout.LengthOffset) * _size;
        }

        for (long i = 0; i < Count; i++)
        {
            LookAt(i);
            var place = next + (Memory.Load<int>(Numbers + (i * sizeof(int))) * (long)sizeof(long));
            var target = Memory.Load<long>(place);
            Memory.Copy(target, Values + (i * _size), _size);
            Memory.Store(place, target + _size);
        }

        Memory.Free(Run, next);
        Memory.Free(Run, Values);
        Memory.Free(Run, Numbers);
        return Table.Finish();
    }

    private protected override void Moved() => Table.MoveTo(Run);

    private void AddGroup(long entry)
    {
        var data = Memory.Load<long>(entry + _shape.ValueOffset);
        var length = Memory.Load<long>(entry + _shape.ValueOffset + MemoryLayout.LengthOffset);
        var number = Table.FindOrAdd(entry);
        Memory.Store(Table.Cell(number) + _shape.ValueOffset + MemoryLayout.LengthOffset, length);
        for (long i = 0; i < length; i++)
        {
            LookAt(i);
            if (Count == Capacity)
            {
                Grow();
            }

            Memory.Store(Numbers + (Count * sizeof(int)), (int)number);
            Memory.Copy(Values + (Count * _size), data + (i * _size), _size);
            Count++;
        }
    }

    private void LookAt(long i)
    {
        if (i % 4096 == 0)
        {
            Memory.Look(Run);
        }
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

    // (number, cell) = …; cell.length++; if (count == b.Capacity) b.Grow(); b.Numbers[count] = number; b.Values[count] = value; b.Count = count + 1;
    public override Operand Merge(FunctionEmitter emitter, Operand builder, Operand value, Merge node)
    {
        var b = ((ObjectOperand)builder).Object;
        var pair = (StructOperand)emitter.Hold(value);
        var table = emitter.Local(Clr.Property(b, nameof(GroupMerger.Table)), "table");
        var (number, cell) = _key.FindOrAdd(emitter, table, _shape.EntrySize, pair.Fields[0]);
        var length = Clr.At(cell, _shape.ValueOffset + MemoryLayout.LengthOffset);
        emitter.Do(Clr.StoreLong(length, Expression.Add(Clr.LoadLong(length), Clr.One)));
        var count = emitter.Local(Clr.Property(b, nameof(GroupMerger.Count)), "count");
        emitter.Do(Expression.IfThen(Expression.Equal(count, Clr.Property(b, nameof(GroupMerger.Capacity))), Clr.CallOn(b, nameof(GroupMerger.Grow))));
        emitter.Do(Clr.Store(ScalarKind.I32, Clr.Element(Clr.Property(b, nameof(GroupMerger.Numbers)), count, sizeof(int)), Expression.Convert(number, typeof(int))));
        emitter.Store(type.Value, pair.Fields[1], emitter.Local(Clr.Element(Clr.Property(b, nameof(GroupMerger.Values)), count, _size)));
        emitter.Do(Expression.Assign(Clr.Property(b, nameof(GroupMerger.Count)), Expression.Add(count, Clr.One)));
        return builder;
    }

    public override Operand Result(FunctionEmitter emitter, Operand builder) =>
        new DictionaryOperand(emitter.Local(Clr.CallOn(((ObjectOperand)builder).Object, nameof(GroupMerger.Finish))));
}
