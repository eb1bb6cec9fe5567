using System.Linq.Expressions;
using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Managed.Emit;
using Weld.Managed.Layout;
using Weld.Managed.Runtime;

namespace Weld.Managed.Builders;

/// <summary>How keys of a dictionary type are found by compiled code: those of a few scalars in registers, others in memory.</summary>
internal sealed class KeyCode(DictionaryType type)
{
    private readonly DictionaryShape _shape = DictionaryShape.Of(type);

    /// <summary>Emits the reading of a builder's table, for a loop.</summary>
    public static KeyTable Open(FunctionEmitter emitter, Expression table)
    {
        var opened = KeyTable.Declare(emitter);
        emitter.Do(opened.Read(table));
        return opened;
    }

    /// <summary>Emits the reading of a dictionary, for many searches.</summary>
    public DictionaryOperand Open(FunctionEmitter emitter, DictionaryOperand dictionary)
    {
        if (_shape.Words is null || dictionary.Table is not null)
        {
            return dictionary;
        }

        var opened = KeyTable.Declare(emitter);
        emitter.Do(opened.Read(dictionary.Header, _shape.EntrySize));
        return dictionary with { Table = opened };
    }

    /// <summary>Whether rows may wait for their cells.</summary>
    public bool Delays => _shape.Words is not null;

    /// <summary>Emits the search for a key in a builder's table, where it is added if it is new.</summary>
    /// <param name="emitter">Where.</param>
    /// <param name="table">The <see cref="DictionaryTable"/>.</param>
    /// <param name="opened">What was read of it.</param>
    /// <param name="stride">The distance of its cells.</param>
    /// <param name="key">The key.</param>
    /// <returns>The number and the address of its cell.</returns>
    public (ParameterExpression Number, ParameterExpression Cell) FindOrAdd(FunctionEmitter emitter, Expression table, KeyTable opened, int stride, Operand key)
    {
        if (_shape.Words is not null)
        {
            return FindOrAdd(emitter, table, opened, stride, EmitWords(emitter, key));
        }

        var number = emitter.Local(Clr.CallOn(table, nameof(DictionaryTable.FindOrAdd), emitter.StoreKey(type.Key, key)), "number");
        return (number, emitter.Local(Clr.Element(Clr.Property(table, nameof(KeyIndex.Cells)), number, stride), "cell"));
    }

    /// <summary>
    /// Emits the merge of the row that has waited longest, if there are enough, and puts another in its place, whose slot is asked for now, and whose cell
    /// half way: when its turn comes both are near.
    /// </summary>
    /// <param name="emitter">Where.</param>
    /// <param name="table">The <see cref="DictionaryTable"/>.</param>
    /// <param name="opened">What was read of it.</param>
    /// <param name="stride">The distance of its cells.</param>
    /// <param name="pair">The row that comes: key and value.</param>
    /// <param name="value">The type of the value.</param>
    /// <param name="merge">Emits the merge of a value into the cell of this number and address.</param>
    public void Delay(
        FunctionEmitter emitter, Expression table, KeyTable opened, int stride, StructOperand pair, WeldType value, Action<ParameterExpression, ParameterExpression, Operand> merge)
    {
        // row = ring + (position & 31) * size; if (position >= 32) { merge row }
        var ring = new RowRing(_shape.Words!.Count, MemoryLayout.Of(value).Size);
        var words = EmitWords(emitter, pair.Fields[0]);
        var row = emitter.Local(Row(opened.Position), "row");
        emitter.Do(Expression.IfThen(Expression.GreaterThanOrEqual(opened.Position, Expression.Constant((long)RowRing.Rows)), emitter.Scoped(() =>
        {
            Expression[] waited = [.. words.Select((_, i) => emitter.Local(Clr.LoadLong(Clr.At(row, RowRing.WordsOffset + (sizeof(long) * i))), "word"))];
            var (number, cell) = FindOrAdd(emitter, table, opened, stride, waited);
            merge(number, cell, emitter.Load(value, row, ring.ValueOffset));
        })));

        // row = (slot, words, value); prefetch(slots[slot]); half = ring + ((position − 16) & 31) * size; prefetch(cells + slots[half.slot] * stride); position++;
        var slot = emitter.Local(typeof(long), "slot");
        Expression hashed = Expression.Assign(slot, Expression.And(KeyWords.EmitHash(words), opened.Mask));
        if (words.Length == 1)
        {
            emitter.Do(Expression.Assign(slot, Expression.Subtract(words[0], opened.Base)));
            hashed = Expression.IfThen(FunctionEmitter.OutOfRange(slot, opened.Extent), hashed);
        }

        emitter.Do(hashed);
        emitter.Do(Clr.StoreLong(row, slot));
        for (var i = 0; i < words.Length; i++)
        {
            emitter.Do(Clr.StoreLong(Clr.At(row, RowRing.WordsOffset + (sizeof(long) * i)), words[i]));
        }

        emitter.Store(value, pair.Fields[1], row, ring.ValueOffset);
        emitter.Do(Prefetch(Clr.Element(opened.Slots, slot, sizeof(int))));
        var half = Clr.LoadLong(Row(Expression.Subtract(opened.Position, Expression.Constant(RowRing.Rows / 2L))));
        emitter.Do(Prefetch(Clr.Element(opened.Cells, SlotAt(opened, half), stride)));
        emitter.Do(Expression.Assign(opened.Position, Expression.Add(opened.Position, Clr.One)));

        Expression Row(Expression position) => Clr.Element(opened.Ring, Expression.And(position, Expression.Constant(RowRing.Rows - 1L)), ring.RowSize);
    }

    /// <summary>Emits the search for a key in a finished dictionary.</summary>
    /// <returns>The address of its entry, 0 if it has none.</returns>
    public ParameterExpression Find(FunctionEmitter emitter, DictionaryOperand dictionary, Operand key)
    {
        if (_shape.Words is null)
        {
            var address = emitter.StoreKey(type.Key, key);
            return emitter.Local(Clr.Call(typeof(KeyIndex), nameof(KeyIndex.FindEntry), dictionary.Header, address, Expression.Constant(_shape)));
        }

        var words = EmitWords(emitter, key);
        var opened = Open(emitter, dictionary).Table!;
        var (number, entry) = (emitter.Local(typeof(long), "number"), emitter.Local(typeof(long), "entry"));
        var (missing, found, done) = (Expression.Label("missing"), Expression.Label("found"), Expression.Label("done"));
        var atNumber = Expression.Assign(entry, Clr.Element(opened.Cells, number, _shape.EntrySize));
        Search(emitter, words, opened, number, atNumber, found, done, missing);
        emitter.Do(Expression.Label(missing));
        emitter.Do(Expression.Assign(entry, Clr.Zero));
        emitter.Do(Expression.Goto(done));
        emitter.Do(Expression.Label(found));
        emitter.Do(atNumber);
        emitter.Do(Expression.Label(done));
        return entry;
    }

    private (ParameterExpression Number, ParameterExpression Cell) FindOrAdd(FunctionEmitter emitter, Expression table, KeyTable opened, int stride, Expression[] words)
    {
        var (number, cell) = (emitter.Local(typeof(long), "number"), emitter.Local(typeof(long), "cell"));
        var atNumber = Expression.Assign(cell, Clr.Element(opened.Cells, number, stride));
        var (missing, found, done) = (Expression.Label("missing"), Expression.Label("found"), Expression.Label("done"));
        Search(emitter, words, opened, number, atNumber, found, done, missing);
        emitter.Do(Expression.Label(missing));
        emitter.Do(Expression.Assign(number, Clr.CallOn(table, nameof(DictionaryTable.Add), words[0], words.Length > 1 ? words[1] : Clr.Zero)));
        if (!emitter.Restart())
        {
            emitter.Do(opened.Read(table));
        }

        emitter.Do(Expression.Label(found));
        emitter.Do(atNumber);
        emitter.Do(Expression.Label(done));
        return (number, cell);
    }

    private Expression[] EmitWords(FunctionEmitter emitter, Operand key) => _shape.Words!.Emit(emitter, Normal(emitter.Hold(key)));

    private static Operand Normal(Operand key) => key switch
    {
        StructOperand s => new StructOperand(Array.ConvertAll(s.Fields, Normal)),
        ScalarOperand { Value: var x } when x.Type == typeof(double) || x.Type == typeof(float) =>
            new ScalarOperand(Expression.Call(typeof(KeyWords).GetMethod(nameof(KeyWords.Normal), [x.Type])!, x)),
        _ => key,
    };

    // offset = word − least; if (offset < extent) { number = slots[offset]; if (number != 0) goto found; goto missing; }
    // if (mask == 0) goto missing;
    // for (slot = hash & mask;; slot = (slot + 1) & mask) { number = slots[slot]; if (number == 0) goto missing; cell = …; if (cell.key == key) goto done; }
    private void Search(
        FunctionEmitter emitter, Expression[] words, KeyTable opened, ParameterExpression number, BinaryExpression atNumber, LabelTarget found, LabelTarget done, LabelTarget missing)
    {
        if (words.Length == 1)
        {
            var offset = emitter.Local(Expression.Subtract(words[0], opened.Base), "offset");
            emitter.Do(Expression.IfThen(FunctionEmitter.InRange(offset, opened.Extent), emitter.Scoped(() =>
            {
                ReadSlot(emitter, opened, number, offset);
                emitter.Do(Expression.IfThen(Expression.NotEqual(number, Clr.Zero), Expression.Goto(found)));
                emitter.Do(Expression.Goto(missing));
            })));
        }

        emitter.Do(Expression.IfThen(Expression.Equal(opened.Mask, Clr.Zero), Expression.Goto(missing)));
        var slot = emitter.Local(Expression.And(KeyWords.EmitHash(words), opened.Mask), "slot");
        var next = Expression.Label("next");
        emitter.Do(Expression.Label(next));
        ReadSlot(emitter, opened, number, slot);
        emitter.Do(Expression.IfThen(Expression.Equal(number, Clr.Zero), Expression.Goto(missing)));
        emitter.Do(atNumber);
        emitter.Do(Expression.IfThen(_shape.Words!.EmitEqual(words, atNumber.Left), Expression.Goto(done)));
        emitter.Do(Expression.Assign(slot, Expression.And(Expression.Add(slot, Clr.One), opened.Mask)));
        emitter.Do(Expression.Goto(next));
    }

    private static void ReadSlot(FunctionEmitter emitter, KeyTable opened, ParameterExpression number, Expression slot) =>
        emitter.Do(Expression.Assign(number, SlotAt(opened, slot)));

    private static Expression SlotAt(KeyTable opened, Expression slot) =>
        Expression.Convert(Clr.Load(ScalarKind.I32, Clr.Element(opened.Slots, slot, sizeof(int))), typeof(long));

    private static Expression Prefetch(Expression address) => Clr.Call(typeof(Memory), nameof(Memory.Prefetch), address);
}
