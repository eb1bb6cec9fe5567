using System.Linq.Expressions;
using Weld.Core.Types;
using Weld.Managed.Emit;

namespace Weld.Managed.Builders;

/// <summary>What a search for a key leaves: where it was found, or where it would have been.</summary>
/// <param name="Number">The number of its cell.</param>
/// <param name="Cell">The cell.</param>
/// <param name="Slot">The slot of a hash table at which the search ended.</param>
/// <param name="Done">Where code goes on that has both number and cell.</param>
internal sealed record KeyPlace(ParameterExpression Number, ParameterExpression Cell, ParameterExpression Slot, LabelTarget Done);

/// <summary>The variables in which a loop adds keys to the hash table of a partition by itself, as long as there is room: one row in few has a new key.</summary>
internal sealed record TableGrowth(ParameterExpression Count, ParameterExpression Room, ParameterExpression Least, ParameterExpression Greatest)
{
    public static TableGrowth Declare(FunctionEmitter emitter) =>
        new(emitter.Local(typeof(long), "count"), emitter.Local(typeof(long), "room"), emitter.Local(typeof(long), "leastKey"), emitter.Local(typeof(long), "greatestKey"));

    /// <summary>Reads a <see cref="RowTable"/>.</summary>
    public Expression Read(Expression table) => Expression.Block(
        typeof(void),
        Expression.Assign(Count, Clr.Property(table, nameof(RowTable.Count))),
        Expression.Assign(Room, Clr.Property(table, nameof(RowTable.Room))),
        Expression.Assign(Least, Clr.Property(table, nameof(RowTable.Least))),
        Expression.Assign(Greatest, Clr.Property(table, nameof(RowTable.Greatest))));

    /// <summary>Gives the table what was added.</summary>
    public Expression WriteBack(Expression table) => Clr.CallOn(table, nameof(RowTable.TakeAdded), Count, Least, Greatest);

    // if (count < room) { number = ++count; slots[slot] = number; least = min(least, word); greatest = max(greatest, word); cell = …; cell.key = …; cell.rest = fresh; cell.row = position; goto done }
    public void AddInPlace(FunctionEmitter emitter, KeyTable opened, KeyedCell layout, Expression[] words, Expression position, KeyPlace place) =>
        emitter.Do(Expression.IfThen(Expression.LessThan(Count, Room), emitter.Scoped(() =>
        {
            emitter.Do(Expression.Assign(Count, Expression.Add(Count, Clr.One)));
            emitter.Do(Expression.Assign(place.Number, Count));
            emitter.Do(Clr.Store(ScalarKind.I32, Clr.Element(opened.Slots, place.Slot, sizeof(int)), Expression.Convert(Count, typeof(int))));
            emitter.Do(Expression.Assign(Least, Clr.Min(Least, words[0])));
            emitter.Do(Expression.Assign(Greatest, Expression.Condition(Expression.GreaterThan(words[0], Greatest), words[0], Greatest)));
            emitter.Do(Expression.Assign(place.Cell, Clr.Element(opened.Cells, place.Number, layout.SizeInPartition)));
            layout.Shape.Words!.EmitWrite(emitter, words, place.Cell);
            EmitBytes(emitter, layout.FreshInPartition, Clr.At(place.Cell, layout.Shape.ValueOffset));
            emitter.Do(Clr.StoreLong(Clr.At(place.Cell, layout.OrderOffset), position));
            emitter.Do(Expression.Goto(place.Done));
        })));

    // Word by word; the last ones may overlap.
    private static void EmitBytes(FunctionEmitter emitter, byte[] bytes, Expression target)
    {
        for (var at = 0; at < bytes.Length; at += sizeof(long))
        {
            at = Math.Min(at, bytes.Length - sizeof(long));
            emitter.Do(Clr.StoreLong(Clr.At(target, at), Expression.Constant(BitConverter.ToInt64(bytes, at))));
        }
    }
}
