using System.Linq.Expressions;
using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Managed.Emit;
using Weld.Managed.Layout;
using Weld.Managed.Runtime;

namespace Weld.Managed.Builders;

/// <summary>Emits the merge of a value into the cell of this number and address.</summary>
internal delegate void CellMerge(ParameterExpression number, ParameterExpression cell, Operand value);

/// <summary>A key that is looked for.</summary>
/// <param name="Word">Its word, if it is one, by which a direct index has it.</param>
/// <param name="Hash">Its hash.</param>
/// <param name="IsEqual">Emits whether it is that of the cell at an address.</param>
internal sealed record KeyProbe(Expression? Word, Expression Hash, Func<Expression, Expression> IsEqual);

/// <summary>A key in variables: its words, or its parts.</summary>
internal sealed record HeldKey(Expression[] Words, KeyParts? Parts)
{
    /// <summary>Its hash, of 64 bits or, by parts, of 32.</summary>
    public Expression Hash => Parts?.Hash ?? KeyWords.EmitHash(Words);
}

/// <summary>How keys of a dictionary type are found by compiled code: those of a few scalars and texts in registers, others in memory.</summary>
internal sealed class KeyCode(DictionaryType type)
{
    private const int RowsAhead = 8;

    private readonly DictionaryShape _shape = DictionaryShape.Of(type);

    /// <summary>Emits the reading of a builder's table and stage, for one merge.</summary>
    public KeyTable OpenBuilder(FunctionEmitter emitter, Expression builder)
    {
        var opened = KeyTable.Enter(emitter, builder);
        emitter.Do(opened.ReadBuilder(builder));
        return opened;
    }

    /// <summary>Emits the reading of a dictionary, for many searches.</summary>
    public DictionaryOperand Open(FunctionEmitter emitter, DictionaryOperand dictionary)
    {
        if (!IsInRegisters || dictionary.Table is not null)
        {
            return dictionary;
        }

        var opened = KeyTable.Declare(emitter);
        emitter.Do(opened.Read(dictionary.Header, _shape.EntrySize));
        return dictionary with { Table = opened };
    }

    /// <summary>Emits a merge in a loop: the row is staged, or its cell is found, and added if its key is new.</summary>
    /// <param name="emitter">Where.</param>
    /// <param name="builder">The <see cref="KeyedBuilder"/>.</param>
    /// <param name="opened">What was read of it.</param>
    /// <param name="layout">How its cells lie.</param>
    /// <param name="pair">The key and the value.</param>
    /// <param name="value">The value's type.</param>
    /// <param name="node">What is merged.</param>
    /// <param name="merge">Emits the merge of a value into the cell of this number and address.</param>
    public void Merge(FunctionEmitter emitter, Expression builder, KeyTable opened, KeyedCell layout, StructOperand pair, WeldType value, Merge node, CellMerge merge)
    {
        if (emitter.Stages is { } stages)
        {
            Emit(stages);
            return;
        }

        emitter.Do(Expression.IfThenElse(Expression.NotEqual(opened.Heads, Clr.Zero), emitter.Scoped(() => Emit(true)), emitter.Scoped(() => Emit(false))));

        void Emit(bool stages)
        {
            if (stages)
            {
                Stage(emitter, builder, opened, layout, pair, value, mark: 0);
                return;
            }

            var (number, cell) = FindOrAdd(emitter, builder, opened, layout, pair.Fields[0], (node.Value as StructLiteral)?.Fields[0], emitter.Stages is null ? null : emitter.IsDirect);
            merge(number, cell, pair.Fields[1]);
        }
    }

    /// <summary>Emits a merge outside of loops.</summary>
    public void MergeApart(FunctionEmitter emitter, Expression builder, KeyTable opened, KeyedCell layout, StructOperand pair, WeldType value, CellMerge merge)
    {
        emitter.Do(Expression.IfThenElse(
            Expression.NotEqual(opened.Heads, Clr.Zero),
            emitter.Scoped(() => Stage(emitter, builder, opened, layout, pair, value, RowStage.Apart)),
            emitter.Scoped(() =>
            {
                var (number, cell) = FindOrAdd(emitter, builder, opened, layout, pair.Fields[0], source: null);
                merge(number, cell, pair.Fields[1]);
            })));
        emitter.Do(opened.Leave(builder));
    }

    // b = builders[0]; again: what is read of b.Table;
    // for (row = start; row < end; row += size) { number = row.number + frame; … cell of row.key, or a new one; merge }
    // give b.Table the new cells
    /// <summary>Emits the function that merges staged rows into a <see cref="PartitionTable"/> (<see cref="KeyedCell.Absorb"/>).</summary>
    /// <param name="emitter">The function's.</param>
    /// <param name="layout">How the cells lie.</param>
    /// <param name="merge">Emits the merge of the row of this address and number into the cell of this number and address, rows' blocks being counted from a block.</param>
    public LambdaExpression EmitAbsorb(FunctionEmitter emitter, KeyedCell layout, Action<Expression, Expression, Expression, Expression, Expression> merge)
    {
        var stage = new RowStage(layout.Shape, layout.ValueSize);
        var (frame, builders) = (Expression.Parameter(typeof(long), "frame"), Expression.Parameter(typeof(Builder[]), "builders"));
        var (start, end) = (Expression.Parameter(typeof(long), "start"), Expression.Parameter(typeof(long), "end"));
        var partition = emitter.Local(Clr.CallGeneric(typeof(LoopDriver), nameof(LoopDriver.Builder), [typeof(PartitionTable)], builders, Expression.Constant(0)));
        var table = Clr.Property(partition, nameof(PartitionTable.Table));
        var opened = KeyTable.Declare(emitter);
        var block = emitter.Local(Clr.Property(partition, nameof(PartitionTable.Block)));
        var row = emitter.Local(start, "row");
        var again = Expression.Label("again");
        var growth = TableGrowth.Declare(emitter);
        emitter.Do(Expression.Label(again));
        emitter.Do(opened.ReadTable(table));
        emitter.Do(growth.Read(table));
        emitter.CountTo(
            row,
            end,
            () =>
            {
                var position = emitter.Local(Expression.Add(Clr.LoadLong(row), frame), "position");
                if (_shape.Words is { } words)
                {
                    var key = Enumerable.Range(0, words.Count).Select(i => emitter.Local(Clr.LoadLong(Clr.At(row, RowStage.KeyOffset + (sizeof(long) * i))), "word")).ToArray();
                    var (number, cell) = Find(emitter, opened, layout.SizeInPartition, Probe(key), place =>
                    {
                        growth.AddInPlace(emitter, opened, layout, key, position, place);
                        emitter.Do(growth.WriteBack(table));
                        emitter.Do(Clr.CallOn(table, nameof(RowTable.AddRow), key[0], key.Length > 1 ? key[1] : Clr.Zero, position));
                        emitter.Do(Expression.Goto(again));
                    });
                    merge(row, position, number, cell, block);
                    return;
                }

                FetchElements(emitter, emitter.Local(Clr.Min(Clr.At(row, RowsAhead * (long)stage.RowSize), Clr.At(end, -stage.RowSize)), "later"));

                var found = emitter.Local(Clr.CallOn(table, nameof(RowTable.FindOrAddRow), row, position), "number");
                merge(row, position, found, emitter.Local(Clr.Element(Clr.Property(table, nameof(KeyIndex.Cells)), found, layout.SizeInPartition), "cell"), block);
            },
            Expression.Constant((long)stage.RowSize));
        if (_shape.Words is not null)
        {
            emitter.Do(growth.WriteBack(table));
        }

        return emitter.Finish(typeof(LoopBody), "weld_absorb", frame, builders, start, end);
    }

    // prefetch(row.key.data); a text's, if it has more bytes than its digest: bytes > 16 ? row.key.data : row
    private void FetchElements(FunctionEmitter emitter, ParameterExpression row)
    {
        if (_shape.Key.IsText)
        {
            var isLong = Expression.GreaterThan(Clr.LoadLong(Clr.At(row, RowStage.TextOffset + MemoryLayout.LengthOffset)), Expression.Constant((long)TextKey.DigestBytes / _shape.Key.ElementSize));
            Fetch(Clr.CallGeneric(typeof(Memory), nameof(Memory.Pick), [typeof(long)], isLong, Clr.LoadLong(Clr.At(row, RowStage.TextOffset)), row));
            return;
        }

        foreach (var offset in _shape.Key.Vectors)
        {
            Fetch(Clr.LoadLong(Clr.At(row, RowStage.KeyOffset + sizeof(long) + offset)));
        }

        void Fetch(Expression address) => emitter.Do(Clr.Call(typeof(Memory), nameof(Memory.Prefetch), address));
    }

    /// <summary>Emits the search for a key in a finished dictionary.</summary>
    /// <returns>The address of its entry, 0 if it has none.</returns>
    public ParameterExpression Find(FunctionEmitter emitter, DictionaryOperand dictionary, Operand key)
    {
        if (!IsInRegisters)
        {
            var address = emitter.StoreKey(type.Key, key);
            return emitter.Local(Clr.Call(typeof(KeyIndex), nameof(KeyIndex.FindEntry), dictionary.Header, address, Expression.Constant(_shape)));
        }

        var probe = EmitProbe(emitter, key);
        var opened = Open(emitter, dictionary).Table!;
        var (number, entry) = (emitter.Local(typeof(long), "number"), emitter.Local(typeof(long), "entry"));
        var (missing, found, done) = (Expression.Label("missing"), Expression.Label("found"), Expression.Label("done"));
        var atNumber = Expression.Assign(entry, Clr.Element(opened.Cells, number, _shape.EntrySize));
        Search(emitter, probe, opened, new KeyPlace(number, entry, emitter.Local(typeof(long), "slot"), done), atNumber, found, missing, isFinished: true);
        emitter.Do(Expression.Label(missing));
        emitter.Do(Expression.Assign(entry, Clr.Zero));
        emitter.Do(Expression.Goto(done));
        emitter.Do(Expression.Label(found));
        emitter.Do(atNumber);
        emitter.Do(Expression.Label(done));
        return entry;
    }

    /// <summary>Emits what asks for the slot of a key in a finished dictionary ahead of the search.</summary>
    /// <returns>The hash of the key.</returns>
    public Expression FetchSlot(FunctionEmitter emitter, KeyTable opened, Operand key)
    {
        var hash = emitter.Local(EmitProbe(emitter, key).Hash, "hash");
        emitter.Do(Clr.Call(typeof(Memory), nameof(Memory.Prefetch), SlotAddress(hash, opened)));
        return hash;
    }

    // slot = slots[hash]; entry = slot == 0 || tags of slot != tags of hash ? the first entry : that of the slot; prefetch(entry);
    /// <summary>Emits what asks for the entry of the first slot of a hash, unless it is of another one.</summary>
    /// <returns>The address of an entry.</returns>
    public Expression FetchEntry(FunctionEmitter emitter, KeyTable opened, Expression hash)
    {
        var slot = emitter.Local(Expression.Convert(Clr.Load(ScalarKind.U32, SlotAddress(hash, opened)), typeof(long)), "tagged");
        var isOther = Expression.Or(
            Expression.Equal(slot, Clr.Zero), Expression.NotEqual(Expression.And(Expression.ExclusiveOr(slot, hash), opened.Tags), Clr.Zero));
        var number = Clr.CallGeneric(typeof(Memory), nameof(Memory.Pick), [typeof(long)], isOther, Clr.One, Expression.And(slot, Expression.Not(opened.Tags)));
        var entry = emitter.Local(Clr.Element(opened.Cells, number, _shape.EntrySize), "entry");
        emitter.Do(Clr.Call(typeof(Memory), nameof(Memory.Prefetch), entry));
        return entry;
    }

    /// <summary>Emits what asks for the texts of the key of an entry.</summary>
    public void FetchTexts(FunctionEmitter emitter, Expression entry)
    {
        foreach (var text in _shape.Key.Texts)
        {
            emitter.Do(Clr.Call(typeof(Memory), nameof(Memory.Prefetch), Clr.LoadLong(Clr.At(entry, text.Offset))));
        }
    }

    // head = heads + (hash >>> 56) * 16; row = head.next; if (row == head.end) { position = b.MoreRoom(hash >>> 56, position); restart }
    // row.number = position++; row.key = …; row.value = …; head.next = row + size;
    private void Stage(FunctionEmitter emitter, Expression builder, KeyTable opened, KeyedCell layout, StructOperand pair, WeldType value, long mark)
    {
        var stage = new RowStage(layout.Shape, layout.ValueSize);
        var held = EmitHeld(emitter, pair.Fields[0]);
        var key = _shape.Words is null && !IsText ? emitter.StoreKey(type.Key, pair.Fields[0]) : null;
        var hash = held?.Hash ?? Expression.Convert(Clr.CallOn(Expression.Constant(_shape.Key), nameof(KeyShape.Hash), key!), typeof(long));
        var bits = emitter.Local(Expression.Convert(hash, typeof(ulong)), "hash");
        var highest = (_shape.Words is null ? sizeof(uint) * 8 : sizeof(ulong) * 8) - RowStage.PartitionBits;
        var partition = emitter.Local(Expression.Convert(Expression.RightShift(bits, Expression.Constant(highest)), typeof(long)), "partition");
        var head = emitter.Local(Clr.Element(opened.Heads, partition, RowStage.HeadSize), "head");
        var row = emitter.Local(Clr.LoadLong(head), "row");
        emitter.Do(Expression.IfThen(Expression.Equal(row, Clr.LoadLong(Clr.At(head, sizeof(long)))), emitter.Scoped(() =>
        {
            emitter.Do(Expression.Assign(opened.Position, Clr.CallOn(builder, nameof(KeyedBuilder.MoreRoom), partition, opened.Position)));
            if (!emitter.Restart())
            {
                emitter.Do(Expression.Assign(row, Clr.LoadLong(head)));
            }
        })));
        emitter.Do(Clr.StoreLong(row, mark == 0 ? opened.Position : Expression.Or(opened.Position, Expression.Constant(mark))));
        emitter.Do(Expression.Assign(opened.Position, Expression.Add(opened.Position, Clr.One)));
        Expression[] longs = key is not null ? [Expression.Convert(bits, typeof(long))]
            : held!.Parts is { Texts: [var text] } ? [text.First, text.Last, text.Data, text.Length]
            : held.Words;
        for (var i = 0; i < longs.Length; i++)
        {
            emitter.Do(Clr.StoreLong(Clr.At(row, RowStage.KeyOffset + (sizeof(long) * i)), longs[i]));
        }

        if (key is not null)
        {
            emitter.Do(Clr.Call(typeof(Memory), nameof(Memory.Copy), Clr.At(row, RowStage.KeyOffset + sizeof(long)), key, Expression.Constant(_shape.KeySize)));
        }

        emitter.Store(value, pair.Fields[1], row, stage.ValueOffset);
        emitter.Do(Clr.StoreLong(head, Clr.At(row, stage.RowSize)));
    }

    private (ParameterExpression Number, ParameterExpression Cell) FindOrAdd(FunctionEmitter emitter, Expression builder, KeyTable opened, KeyedCell layout, Operand key, Expr? source, bool? isDirect = null)
    {
        // of tables into which the same keys are merged, each has a key under the same number
        var table = Clr.Property(builder, nameof(KeyedBuilder.Table));
        var (hint, isFirst) = source is null || _shape.Words is not null ? (null, true) : emitter.HintOf(source);
        var held = isFirst ? EmitHeld(emitter, key) : null;
        var (number, cell) = held is null ? FindOrAddInMemory() : Find(emitter, opened, layout.Size, Probe(held, layout.DigestOffset), place =>
        {
            emitter.Do(Expression.Assign(place.Number, Add(held)));
            if (!emitter.Restart())
            {
                emitter.Do(opened.ReadBuilder(builder));
            }
        }, isDirect);
        if (hint is not null)
        {
            emitter.Do(Expression.Assign(hint, number));
        }

        return (number, cell);

        Expression Add(HeldKey held) => held switch
        {
            { Parts: null } => Clr.CallOn(table, nameof(DictionaryTable.Add), held.Words[0], held.Words.Length > 1 ? held.Words[1] : Clr.Zero),
            { Parts.Texts: [var text] } when IsText => Clr.CallOn(table, nameof(DictionaryTable.AddText), text.Data, text.Length, text.Hash, text.First, text.Last),
            _ => Clr.CallOn(table, nameof(DictionaryTable.AddHashed), emitter.StoreKey(type.Key, key), held.Hash),
        };

        (ParameterExpression Number, ParameterExpression Cell) FindOrAddInMemory()
        {
            var address = emitter.StoreKey(type.Key, key);
            var found = emitter.Local(isFirst ? Clr.CallOn(table, nameof(DictionaryTable.FindOrAdd), address) : Clr.CallOn(table, nameof(DictionaryTable.FindOrAddAt), address, hint!), "number");
            emitter.Do(IsText || HasParts ? opened.ReadBuilder(builder) : opened.ReadHeads(builder));
            return (found, emitter.Local(Clr.Element(Clr.Property(table, nameof(KeyIndex.Cells)), found, layout.Size), "cell"));
        }
    }

    /// <summary>Whether a table is a direct index, or empty; null for keys that never are in one.</summary>
    public Expression? WhetherDirect(KeyTable opened) => _shape.Words?.Count == 1 ? Expression.Equal(opened.Mask, Clr.Zero) : null;

    /// <summary>Emits the search for a key; where there is none, a statement that leaves or gives a number.</summary>
    private (ParameterExpression Number, ParameterExpression Cell) Find(
        FunctionEmitter emitter, KeyTable opened, int stride, KeyProbe probe, Action<KeyPlace> add, bool? isDirect = null)
    {
        var (number, cell) = (emitter.Local(typeof(long), "number"), emitter.Local(typeof(long), "cell"));
        var atNumber = Expression.Assign(cell, Clr.Element(opened.Cells, number, stride));
        var (missing, found, done) = (Expression.Label("missing"), Expression.Label("found"), Expression.Label("done"));
        var place = new KeyPlace(number, cell, emitter.Local(typeof(long), "slot"), done);
        Search(emitter, probe, opened, place, atNumber, found, missing, isFinished: false, isDirect);
        emitter.Do(Expression.Label(missing));
        add(place);
        emitter.Do(Expression.Label(found));
        emitter.Do(atNumber);
        emitter.Do(Expression.Label(done));
        return (number, cell);
    }

    /// <summary>Whether keys' hashes can be computed ahead of a search: nothing is copied for it.</summary>
    public bool CanFetch => _shape.Words is not null || (IsInRegisters && !KeyShape.HoldsFloats(type.Key));

    /// <summary>Whether the keys of entries have texts, which are elsewhere.</summary>
    public bool HasTexts => _shape.Key.Texts.Length > 0;

    private bool IsInRegisters => _shape.Words is not null || IsText || HasParts;

    private bool IsText => _shape.Words is null && _shape.Key.IsText;

    // Floats have to be normalised in memory.
    private bool HasParts => _shape.Key.Parts.Length > 0 && !KeyShape.HoldsFloats(type.Key);

    private KeyProbe Probe(Expression[] words) => Probe(new HeldKey(words, null), digests: null);

    private KeyProbe Probe(HeldKey key, int? digests) => key.Parts is { } parts
        ? new(null, key.Hash, cell => parts.EmitEqual(cell, _shape.Key, digests))
        : new(key.Words is [var only] ? only : null, key.Hash, cell => _shape.Words!.EmitEqual(key.Words, cell));

    // A hash of 32 bits has those of the slot above and those of the tag below.
    private KeyProbe EmitProbe(FunctionEmitter emitter, Operand key)
    {
        var probe = Probe(EmitHeld(emitter, key)!, digests: null);
        return _shape.Words is not null ? probe : probe with { Hash = Expression.Or(Expression.LeftShift(probe.Hash, Expression.Constant(32)), probe.Hash) };
    }

    /// <summary>Emits the reading of a key into variables; null where it is hashed and compared in memory.</summary>
    private HeldKey? EmitHeld(FunctionEmitter emitter, Operand key) =>
        _shape.Words is not null ? new(EmitWords(emitter, key), null)
        : IsText ? new([], KeyParts.Of(EmitText(emitter, key)))
        : HasParts ? new([], KeyParts.Emit(emitter, key, _shape.Key))
        : null;

    private TextVariables EmitText(FunctionEmitter emitter, Operand key)
    {
        var text = KeyShape.HoldsFloats(type.Key) ? emitter.Load(type.Key, emitter.StoreKey(type.Key, key)) : key;
        return TextVariables.Emit(emitter, VectorOf(text)!, _shape.Key.ElementSize);
    }

    // A text may be in a struct, with nothing else that counts.
    private static VectorOperand? VectorOf(Operand key) => key is StructOperand s ? s.Fields.Select(VectorOf).FirstOrDefault(v => v is not null) : key as VectorOperand;

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
        FunctionEmitter emitter, KeyProbe probe, KeyTable opened, KeyPlace place, BinaryExpression atNumber, LabelTarget found, LabelTarget missing, bool isFinished, bool? isDirect = null)
    {
        var (number, slot) = (place.Number, place.Slot);
        if (probe.Word is { } word && isDirect != false)
        {
            var offset = emitter.Local(Expression.Subtract(word, opened.Base), "offset");
            emitter.Do(Expression.IfThen(FunctionEmitter.InRange(offset, opened.Extent), emitter.Scoped(() =>
            {
                ReadSlot(emitter, opened, number, offset);
                emitter.Do(Expression.IfThen(Expression.NotEqual(number, Clr.Zero), Expression.Goto(found)));
                emitter.Do(Expression.Goto(missing));
            })));
        }

        switch (isDirect)
        {
            case true:
                emitter.Do(Expression.Goto(missing));
                return;
            case null:
                emitter.Do(Expression.IfThen(Expression.Equal(opened.Mask, Clr.Zero), Expression.Goto(missing)));
                break;
        }

        var hash = isFinished ? emitter.Local(probe.Hash, "hash") : probe.Hash;
        emitter.Do(Expression.Assign(slot, isFinished ? SlotOf(hash, opened) : Expression.And(hash, opened.Mask)));
        var next = Expression.Label("next");
        emitter.Do(Expression.Label(next));
        ReadSlot(emitter, opened, number, slot);
        emitter.Do(Expression.IfThen(Expression.Equal(number, Clr.Zero), Expression.Goto(missing)));
        var isEqual = Expression.Block(atNumber, probe.IsEqual(atNumber.Left));
        emitter.Do(Expression.IfThen(
            isFinished
                ? Expression.AndAlso(
                    Expression.Equal(Expression.And(Expression.ExclusiveOr(number, hash), opened.Tags), Clr.Zero),
                    Expression.Block(Expression.Assign(number, Expression.And(number, Expression.Not(opened.Tags))), isEqual))
                : isEqual,
            Expression.Goto(place.Done)));
        emitter.Do(Expression.Assign(slot, Expression.And(Expression.Add(slot, Clr.One), opened.Mask)));
        emitter.Do(Expression.Goto(next));
    }

    // (hash >>> shift) & mask
    private static Expression SlotOf(Expression hash, KeyTable opened)
    {
        var shifted = Expression.RightShift(Expression.Convert(hash, typeof(ulong)), Expression.Convert(opened.Shift, typeof(int)));
        return Expression.And(Expression.Convert(shifted, typeof(long)), opened.Mask);
    }

    private static Expression SlotAddress(Expression hash, KeyTable opened) => Clr.Element(opened.Slots, SlotOf(hash, opened), sizeof(int));

    private static void ReadSlot(FunctionEmitter emitter, KeyTable opened, ParameterExpression number, Expression slot) =>
        emitter.Do(Expression.Assign(number, SlotAt(opened, slot)));

    private static Expression SlotAt(KeyTable opened, Expression slot) =>
        Expression.Convert(Clr.Load(ScalarKind.U32, Clr.Element(opened.Slots, slot, sizeof(int))), typeof(long));
}
