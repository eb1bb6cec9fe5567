using System.Linq.Expressions;
using System.Runtime.InteropServices;
using Weld.Managed.Emit;
using Weld.Managed.Runtime;

namespace Weld.Managed.Builders;

/// <summary>
/// The variables in which compiled code has what it takes to find keys (<see cref="KeyIndex"/>): reading them again for each key would cost more than the
/// search itself. They change only when a key is added.
/// </summary>
/// <param name="Cells">The first cell less one.</param>
/// <param name="Slots">The slots.</param>
/// <param name="Mask">Of a hash table.</param>
/// <param name="Base">Of a direct index.</param>
/// <param name="Extent">Of a direct index.</param>
/// <param name="Shift">Of the hash table of a finished dictionary.</param>
/// <param name="Tags">Of the hash table of a finished dictionary.</param>
/// <param name="Heads">Of a builder: where rows are staged; 0 where they are not.</param>
/// <param name="Position">The number of the next row that is; only the loop changes it.</param>
/// <param name="Block">The current block.</param>
internal sealed record KeyTable(
    ParameterExpression Cells,
    ParameterExpression Slots,
    ParameterExpression Mask,
    ParameterExpression Base,
    ParameterExpression Extent,
    ParameterExpression Shift,
    ParameterExpression Tags,
    ParameterExpression Heads,
    ParameterExpression Position,
    ParameterExpression Block) : LoopState
{
    private ParameterExpression[] Variables => [Cells, Slots, Mask, Base, Extent, Shift, Tags];

    public static KeyTable Declare(FunctionEmitter emitter)
    {
        return new(Local("cells"), Local("slots"), Local("mask"), Local("least"), Local("extent"), Local("shift"), Local("tags"), Local("heads"), Local("position"), Local("block"));

        ParameterExpression Local(string name) => emitter.Local(typeof(long), name);
    }

    /// <summary>What a loop into a builder has in variables, which it reads before each range.</summary>
    public static KeyTable Enter(FunctionEmitter emitter, Expression builder)
    {
        var state = Declare(emitter);
        emitter.Do(Expression.Assign(state.Position, Clr.Property(builder, nameof(KeyedBuilder.Position))));
        return state;
    }

    /// <summary>Gives a builder what the loop has changed.</summary>
    public Expression Leave(Expression builder) => Expression.Assign(Clr.Property(builder, nameof(KeyedBuilder.Position)), Position);

    /// <summary>Reads a builder's table, and where it stages rows.</summary>
    public Expression ReadBuilder(Expression builder) => Expression.Block(typeof(void), ReadTable(Clr.Property(builder, nameof(KeyedBuilder.Table))), ReadHeads(builder));

    /// <summary>Reads where a builder stages rows.</summary>
    public Expression ReadHeads(Expression builder) =>
        Expression.Assign(Heads, Clr.Property(Clr.Property(builder, nameof(KeyedBuilder.Stage)), nameof(RowStage.Heads)));

    /// <summary>Reads a table.</summary>
    public Expression ReadTable(Expression table) => Expression.Block(
        typeof(void),
        new[] { nameof(KeyIndex.Cells), nameof(KeyIndex.Slots), nameof(KeyIndex.Mask), nameof(KeyIndex.Base), nameof(KeyIndex.Extent) }
            .Zip(Variables, (name, variable) => Expression.Assign(variable, Clr.Property(table, name))));

    /// <summary>Reads a dictionary, which may be empty.</summary>
    public Expression Read(Expression header, int entrySize)
    {
        string[] names = [nameof(DictionaryHeader.Entries), nameof(DictionaryHeader.Slots), nameof(DictionaryHeader.Mask), nameof(DictionaryHeader.Base), nameof(DictionaryHeader.Extent), nameof(DictionaryHeader.Shift), nameof(DictionaryHeader.Tags)];
        var fields = names.Select(name => Clr.LoadLong(Clr.At(header, Marshal.OffsetOf<DictionaryHeader>(name)))).ToArray();
        fields[0] = Expression.Subtract(fields[0], Expression.Constant((long)entrySize));
        return Expression.IfThenElse(
            Expression.Equal(header, Clr.Zero),
            Expression.Block(typeof(void), Variables.Take(fields.Length).Select(v => Expression.Assign(v, Clr.Zero))),
            Expression.Block(typeof(void), Variables.Zip(fields, Expression.Assign)));
    }
}
