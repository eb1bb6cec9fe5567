using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Managed.Layout;

namespace Weld.Bench.Peers.Llvm;

/// <summary>Groupmergers: the rows are gathered with the numbers of their entries, and distributed into one buffer of all groups at the end.</summary>
internal sealed partial class Lowering
{
    private static StructType RowOf(GroupMergerType type) => new([ScalarType.I64, type.Value]);

    private GroupMergerValue NewGroups(GroupMergerType type, DictionaryValue? initial)
    {
        var builder = new GroupMergerValue(EmptyTable(), EmptyAppender());
        if (initial is not null)
        {
            var (dictionary, size) = ((DictionaryType)type.ResultType, MemoryLayout.Of(type.Value).Size);
            Repeat(Field(initial.Table, "i64", NativeTable.CountOffset), i =>
            {
                var source = Entry(dictionary, initial.Table, i);
                var number = EntryOfGroup(type, builder, Load(type.Key, source));
                var values = (VectorValue)Load(dictionary.Value, source, ValueOffset(dictionary));
                Repeat(values.Length, j => AddToGroup(type, builder, number, Load(type.Value, Element(values.Data, j, size))));
            });
        }

        return builder;
    }

    private void MergeGroup(GroupMergerType type, GroupMergerValue builder, StructValue pair) =>
        AddToGroup(type, builder, EntryOfGroup(type, builder, pair.Fields[0]), pair.Fields[1]);

    private string EntryOfGroup(GroupMergerType type, GroupMergerValue builder, Lowered key)
    {
        var dictionary = (DictionaryType)type.ResultType;
        return FindOrAdd(dictionary, builder.Table, 0, key, fresh => Store(dictionary.Value, ZeroOf(dictionary.Value), fresh, ValueOffset(dictionary)));
    }

    // rows[n++] = (entry, value); entry.length++
    private void AddToGroup(GroupMergerType type, GroupMergerValue builder, string entry, Lowered value)
    {
        var (dictionary, row) = ((DictionaryType)type.ResultType, RowOf(type));
        var length = At(Entry(dictionary, builder.Table, entry), ValueOffset(dictionary) + MemoryLayout.LengthOffset);
        StorePart("i64", _code.Do($"add i64 {LoadPart("i64", length, 0)}, 1"), length, 0);
        Append(row, builder.Rows, new StructValue([new ScalarValue(entry), value]));
    }

    // for each entry: { data = all + used; used += length; length = 0 }; for each row: entry.data[entry.length++] = value
    private DictionaryValue Distribute(GroupMergerType type, GroupMergerValue builder)
    {
        var (dictionary, row, size) = ((DictionaryType)type.ResultType, RowOf(type), MemoryLayout.Of(type.Value).Size);
        var (count, rows) = (_code.Get("i64", builder.Rows.Length), _code.Get("ptr", builder.Rows.Data));
        var place = _code.Variable("ptr", Allocate(_code.Do($"mul i64 {count}, {size}")));
        Repeat(Field(builder.Table, "i64", NativeTable.CountOffset), i =>
        {
            var values = At(Entry(dictionary, builder.Table, i), ValueOffset(dictionary));
            var data = _code.Get("ptr", place);
            _code.Set("ptr", place, Element(data, LoadPart("i64", values, MemoryLayout.LengthOffset), size));
            Store(dictionary.Value, new VectorValue(data, "0"), values);
        });
        Repeat(count, i =>
        {
            var merged = (StructValue)Load(row, Element(rows, i, MemoryLayout.Of(row).Size));
            var values = At(Entry(dictionary, builder.Table, ((ScalarValue)merged.Fields[0]).Name), ValueOffset(dictionary));
            var (data, length) = (LoadPart("ptr", values, 0), LoadPart("i64", values, MemoryLayout.LengthOffset));
            Store(type.Value, merged.Fields[1], Element(data, length, size));
            StorePart("i64", _code.Do($"add i64 {length}, 1"), values, MemoryLayout.LengthOffset);
        });
        return new DictionaryValue(builder.Table);
    }
}
