using System.Linq.Expressions;
using System.Runtime.InteropServices;
using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Managed.Emit;
using Weld.Managed.Runtime;

namespace Weld.Managed.Builders;

/// <summary>How keys of a dictionary type are found by compiled code: those of a few scalars in registers, others in memory.</summary>
internal sealed class KeyCode(DictionaryType type)
{
    private readonly DictionaryShape _shape = DictionaryShape.Of(type);

    /// <summary>Emits the search for a key in a builder's table, where it is added if it is new.</summary>
    /// <param name="emitter">Where.</param>
    /// <param name="table">A <see cref="DictionaryTable"/>, a variable.</param>
    /// <param name="stride">The distance of its cells.</param>
    /// <param name="key">The key.</param>
    /// <returns>The number and the address of its cell.</returns>
    public (ParameterExpression Number, ParameterExpression Cell) FindOrAdd(FunctionEmitter emitter, ParameterExpression table, int stride, Operand key)
    {
        var (number, cell) = (emitter.Local(typeof(long), "number"), emitter.Local(typeof(long), "cell"));
        var atNumber = Expression.Assign(cell, Clr.Element(Clr.Property(table, nameof(KeyIndex.Cells)), number, stride));
        if (_shape.Words is null)
        {
            emitter.Do(Expression.Assign(number, Clr.CallOn(table, nameof(DictionaryTable.FindOrAdd), emitter.StoreKey(type.Key, key))));
            emitter.Do(atNumber);
            return (number, cell);
        }

        var words = EmitWords(emitter, key);
        var (add, found, done) = (Expression.Label("add"), Expression.Label("found"), Expression.Label("done"));
        Search(
            emitter,
            words,
            new Index(
                Clr.Property(table, nameof(KeyIndex.Slots)),
                Clr.Property(table, nameof(KeyIndex.Mask)),
                Clr.Property(table, nameof(KeyIndex.Base)),
                Clr.Property(table, nameof(KeyIndex.Extent))),
            number,
            atNumber,
            found,
            done,
            add);
        emitter.Do(Expression.Label(add));
        emitter.Do(Expression.Assign(number, Clr.CallOn(table, nameof(DictionaryTable.Add), words[0], words.Length > 1 ? words[1] : Clr.Zero)));
        emitter.Do(Expression.Label(found));
        emitter.Do(atNumber);
        emitter.Do(Expression.Label(done));
        return (number, cell);
    }

    /// <summary>Emits the search for a key in a finished dictionary.</summary>
    /// <returns>The address of its entry, 0 if it has none.</returns>
    public ParameterExpression Find(FunctionEmitter emitter, Expression header, Operand key)
    {
        if (_shape.Words is null)
        {
            var address = emitter.StoreKey(type.Key, key);
            return emitter.Local(Clr.Call(typeof(KeyIndex), nameof(KeyIndex.FindEntry), header, address, Expression.Constant(_shape)));
        }

        var words = EmitWords(emitter, key);
        var (number, entry) = (emitter.Local(Clr.Zero, "number"), emitter.Local(Clr.Zero, "entry"));
        var (missing, found, done) = (Expression.Label("missing"), Expression.Label("found"), Expression.Label("done"));
        var atNumber = Expression.Assign(
            entry, Clr.Element(Expression.Subtract(Field(nameof(DictionaryHeader.Entries)), Expression.Constant((long)_shape.EntrySize)), number, _shape.EntrySize));
        emitter.Do(Expression.IfThen(Expression.Equal(header, Clr.Zero), Expression.Goto(done)));
        Search(
            emitter,
            words,
            new Index(Field(nameof(DictionaryHeader.Slots)), Field(nameof(DictionaryHeader.Mask)), Field(nameof(DictionaryHeader.Base)), Field(nameof(DictionaryHeader.Extent))),
            number,
            atNumber,
            found,
            done,
            missing);
        emitter.Do(Expression.Label(missing));
        emitter.Do(Expression.Assign(entry, Clr.Zero));
        emitter.Do(Expression.Goto(done));
        emitter.Do(Expression.Label(found));
        emitter.Do(atNumber);
        emitter.Do(Expression.Label(done));
        return entry;

        Expression Field(string name) => Clr.LoadLong(Clr.At(header, Marshal.OffsetOf<DictionaryHeader>(name)));
    }

    private Expression[] EmitWords(FunctionEmitter emitter, Operand key) => _shape.Words!.Emit(emitter, Normal(emitter.Hold(key)));

    private static Operand Normal(Operand key) => key switch
    {
        StructOperand s => new StructOperand(Array.ConvertAll(s.Fields, Normal)),
        ScalarOperand { Value: var x } when x.Type == typeof(double) || x.Type == typeof(float) =>
            new ScalarOperand(Expression.Call(typeof(KeyWords).GetMethod(nameof(KeyWords.Normal), [x.Type])!, x)),
        _ => key,
    };

    // offset = word − base; if (offset < extent) { number = slots[offset]; if (number != 0) goto found; goto missing; }
    // if (mask == 0) goto missing;
    // for (slot = hash & mask;; slot = (slot + 1) & mask) { number = slots[slot]; if (number == 0) goto missing; cell = …; if (cell.key == key) goto done; }
    private void Search(
        FunctionEmitter emitter, Expression[] words, Index index, ParameterExpression number, Expression atNumber, LabelTarget found, LabelTarget done, LabelTarget missing)
    {
        if (words.Length == 1)
        {
            var offset = emitter.Local(Expression.Subtract(words[0], index.Base), "offset");
            emitter.Do(Expression.IfThen(FunctionEmitter.InRange(offset, index.Extent), emitter.Scoped(() =>
            {
                ReadSlot(emitter, index, number, offset);
                emitter.Do(Expression.IfThen(Expression.NotEqual(number, Clr.Zero), Expression.Goto(found)));
                emitter.Do(Expression.Goto(missing));
            })));
        }

        var mask = emitter.Local(index.Mask, "mask");
        emitter.Do(Expression.IfThen(Expression.Equal(mask, Clr.Zero), Expression.Goto(missing)));
        var slot = emitter.Local(Expression.And(KeyWords.EmitHash(words), mask), "slot");
        var next = Expression.Label("next");
        emitter.Do(Expression.Label(next));
        ReadSlot(emitter, index, number, slot);
        emitter.Do(Expression.IfThen(Expression.Equal(number, Clr.Zero), Expression.Goto(missing)));
        emitter.Do(atNumber);
        emitter.Do(Expression.IfThen(_shape.Words!.EmitEqual(words, ((BinaryExpression)atNumber).Left), Expression.Goto(done)));
        emitter.Do(Expression.Assign(slot, Expression.And(Expression.Add(slot, Clr.One), mask)));
        emitter.Do(Expression.Goto(next));
    }

    private static void ReadSlot(FunctionEmitter emitter, Index index, ParameterExpression number, Expression slot) =>
        emitter.Do(Expression.Assign(number, Expression.Convert(Clr.Load(ScalarKind.I32, Clr.Element(index.Slots, slot, sizeof(int))), typeof(long))));

    private sealed record Index(Expression Slots, Expression Mask, Expression Base, Expression Extent);
}
