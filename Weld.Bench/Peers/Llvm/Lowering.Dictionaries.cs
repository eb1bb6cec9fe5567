using Weld.Core.Diagnostics;
using Weld.Core.IR;
using Weld.Core.Operators;
using Weld.Core.Types;
using Weld.Managed.Builders;
using Weld.Managed.Layout;

namespace Weld.Bench.Peers.Llvm;

/// <summary>
/// Dictionaries: dense entries in the order of first merge, and a table of open addressing with linear probing over them (<see cref="NativeTable"/>). The search is emitted
/// for each type of key; growing is a callback.
/// </summary>
internal sealed partial class Lowering
{
    private const string Multiplier = "-7046029254386353131";

    private readonly List<DictionaryType> _dictionaries = [];
    private readonly Dictionary<DictionaryType, string> _finds = [];

    private static int ValueOffset(DictionaryType type) => MemoryLayout.Of(new StructType([type.Key, type.Value])).Offsets[1];

    private static int EntrySize(DictionaryType type) => MemoryLayout.Of(new StructType([type.Key, type.Value])).Size;

    private DictMergerValue NewTable(DictMergerType type, DictionaryValue? initial)
    {
        var builder = new DictMergerValue(EmptyTable()) { Partials = MindsOrder(type.Value, type.Operator) ? new Partials(null, _code.Variable("i64", "0")) : null };
        if (initial is not null)
        {
            var dictionary = (DictionaryType)type.ResultType;
            CopyEntries(dictionary, builder.Table, PartialSize(type, builder), Field(initial.Table, "ptr", NativeTable.EntriesOffset), Field(initial.Table, "i64", NativeTable.CountOffset));
        }

        return builder;
    }

    private static int PartialSize(DictMergerType type, DictMergerValue builder) => builder.Partials is null ? 0 : PartialSize(type.Value);

    private string EmptyTable()
    {
        var table = Allocate(Text(NativeTable.Size));
        for (var offset = 0; offset < NativeTable.Size; offset += sizeof(long))
        {
            StorePart("i64", "0", table, offset);
        }

        return table;
    }

    private string Field(string table, string type, int offset) => LoadPart(type, table, offset);

    private string Entry(DictionaryType type, string table, string index) => Element(Field(table, "ptr", NativeTable.EntriesOffset), index, EntrySize(type));

    private string Partial(string table, string index, int size) => Element(Field(table, "ptr", NativeTable.PartialsOffset), index, size);

    /// <summary>A dictionary that the host hands over becomes a table.</summary>
    private DictionaryValue ReadDictionary(DictionaryType type, string header)
    {
        var table = EmptyTable();
        var entries = _code.Do($"call ptr {Callback(LlvmCallbacks.Entries)}(ptr {header})");
        CopyEntries(type, table, 0, entries, _code.Do($"call i64 {Callback(LlvmCallbacks.EntryCount)}(ptr {header})"));
        return new DictionaryValue(table);
    }

    // for (i = 0; i < count; i++) table[entries[i].key] = entries[i].value
    private void CopyEntries(DictionaryType type, string table, int partialSize, string entries, string count) => Repeat(count, i =>
    {
        var source = Element(entries, i, EntrySize(type));
        var target = Entry(type, table, FindOrAdd(type, table, partialSize, Load(type.Key, source)));
        Store(type.Value, Load(type.Value, source, ValueOffset(type)), target, ValueOffset(type));
    });

    /// <summary>What a host can read of a table that is a result.</summary>
    private string FinishDictionary(DictionaryType type, string table)
    {
        _dictionaries.Add(type);
        var header = _code.Do($"call i64 {Callback(LlvmCallbacks.Finish)}(ptr %call, ptr {table}, i64 {_dictionaries.Count - 1})");
        ReturnIf(_code.Do($"icmp slt i64 {header}, 0"));
        return _code.Do($"inttoptr i64 {header} to ptr");
    }

    private void MergeEntry(DictMergerType type, DictMergerValue builder, StructValue pair)
    {
        var (dictionary, size) = ((DictionaryType)type.ResultType, PartialSize(type, builder));
        var index = FindOrAdd(dictionary, builder.Table, size, pair.Fields[0], fresh => Store(type.Value, Identity(type.Value, type.Operator), fresh, ValueOffset(dictionary)));
        var total = At(Entry(dictionary, builder.Table, index), ValueOffset(dictionary));
        MergeKeyed(type.Value, type.Operator, builder.Partials, total, size == 0 ? "" : Partial(builder.Table, index, size), pair.Fields[1]);
    }

    private void SettleTable(DictMergerType type, DictMergerValue builder)
    {
        var (dictionary, size) = ((DictionaryType)type.ResultType, PartialSize(type, builder));
        if (size > 0)
        {
            Repeat(
                Field(builder.Table, "i64", NativeTable.CountOffset),
                i => Settle(type.Value, type.Operator, builder.Partials, At(Entry(dictionary, builder.Table, i), ValueOffset(dictionary)), Partial(builder.Table, i, size)));
        }
    }

    private Lowered LowerDictionary(Expr node)
    {
        if (node is ToVector v)
        {
            var all = ((DictionaryValue)Lower(v.Dictionary)).Table;
            return new VectorValue(Field(all, "ptr", NativeTable.EntriesOffset), Field(all, "i64", NativeTable.CountOffset));
        }

        var (dictionary, key) = (node.Children[0], node.Children[1]);
        var type = (DictionaryType)dictionary.Type;
        var table = ((DictionaryValue)Lower(dictionary)).Table;
        var scalars = Parts(type.Key, Normalised(type.Key, Lower(key)));
        var index = _code.Do($"call i64 {Find(type)}(ptr {table}, {string.Join(", ", scalars)}, i64 {Hash(type.Key, scalars)})");
        var found = _code.Do($"icmp sge i64 {index}, 0");
        switch (node)
        {
            case KeyExists:
                return new ScalarValue(found);
            case Lookup:
                FailUnless(new(found), RuntimeCode.KeyNotFound, node);
                return Load(type.Value, Element(Field(table, "ptr", NativeTable.EntriesOffset), index, EntrySize(type)), ValueOffset(type));
            default:
                var value = Declare(type.Value);
                var (yes, no, after) = (_code.Label(), _code.Label(), _code.Label());
                _code.Branch(found, yes, no);
                _code.Begin(yes);
                Assign(type.Value, value, Load(type.Value, Element(Field(table, "ptr", NativeTable.EntriesOffset), index, EntrySize(type)), ValueOffset(type)));
                _code.Jump(after);
                _code.Begin(no);
                Assign(type.Value, value, ZeroOf(type.Value));
                _code.Begin(after);
                return new StructValue([new ScalarValue(found), Read(type.Value, value)]);
        }
    }

    private static Lowered ZeroOf(WeldType type) => type switch
    {
        ScalarType { Kind: ScalarKind.Bool } => new ScalarValue("false"),
        ScalarType s => new ScalarValue(s.Kind.IsFloat() ? "0.0" : "0"),
        VectorType => new VectorValue("null", "0"),
        StructType s => new StructValue([.. s.Fields.Select(ZeroOf)]),
        _ => throw new NotLoweredException($"the zero of {type}"),
    };

    /// <summary>The number of a key's entry. Of a new one the value is for <paramref name="fresh"/> to set, or for the caller; what goes with it is zeros.</summary>
    private string FindOrAdd(DictionaryType type, string table, int partialSize, Lowered key, Action<string>? fresh = null)
    {
        var normalised = Normalised(type.Key, key);
        var scalars = Parts(type.Key, normalised);
        var hash = Hash(type.Key, scalars);
        var place = _code.Variable("i64", _code.Do($"call i64 {Find(type)}(ptr {table}, {string.Join(", ", scalars)}, i64 {hash})"));
        var (add, after) = (_code.Label(), _code.Label());
        _code.Branch(_code.Do($"icmp slt i64 {_code.Get("i64", place)}, 0"), add, after);
        _code.Begin(add);
        var entry = _code.Do($"call i64 {Callback(LlvmCallbacks.Add)}(ptr %call, ptr {table}, i64 {EntrySize(type)}, i64 {partialSize}, i64 {hash})");
        ReturnIf(_code.Do($"icmp slt i64 {entry}, 0"));
        var address = Entry(type, table, entry);
        Store(type.Key, normalised, address);
        fresh?.Invoke(address);
        _code.Set("i64", place, entry);
        _code.Begin(after);
        return _code.Get("i64", place);
    }

    /// <summary>A key with −0 as +0 and every NaN as one.</summary>
    private Lowered Normalised(WeldType type, Lowered key)
    {
        switch (type, key)
        {
            case (ScalarType { Kind: ScalarKind.F32 or ScalarKind.F64 } s, ScalarValue x):
                var t = LlvmTypes.Of(s.Kind);
                var positive = _code.Do($"fadd {t} {x.Name}, 0.0");
                return new ScalarValue(Pick(t, _code.Do($"fcmp uno {t} {positive}, {positive}"), "0x7FF8000000000000", positive));
            case (StructType s, StructValue x):
                return new StructValue([.. s.Fields.Select((f, i) => Normalised(f, x.Fields[i]))]);
            default:
                return key;
        }
    }

    /// <summary>A key as arguments with their types: scalars as they are, bytes as pointer and length.</summary>
    private static List<string> Parts(WeldType type, Lowered key) => (type, key) switch
    {
        (ScalarType s, ScalarValue x) => [$"{LlvmTypes.Of(s.Kind)} {x.Name}"],
        (StructType s, StructValue x) => [.. s.Fields.SelectMany((f, i) => Parts(f, x.Fields[i]))],
        (VectorType { Element: ScalarType { Kind: ScalarKind.I8 or ScalarKind.U8 } }, VectorValue v) => [$"ptr {v.Data}", $"i64 {v.Length}"],
        _ => throw new NotLoweredException($"a key of type {type}"),
    };

    private string Hash(WeldType type, List<string> parts)
    {
        var hash = "0";
        for (var i = 0; i < parts.Count; i++)
        {
            var (t, name) = (parts[i].Split(' ')[0], parts[i].Split(' ')[1]);
            var bits = t switch
            {
                "i64" => name,
                "ptr" => HashBytes(name, parts[++i].Split(' ')[1]),
                "double" => _code.Do($"bitcast double {name} to i64"),
                "float" => _code.Do($"zext i32 {_code.Do($"bitcast float {name} to i32")} to i64"),
                _ => _code.Do($"zext {t} {name} to i64"),
            };
            hash = _code.Do($"mul i64 {_code.Do($"xor i64 {hash}, {bits}")}, {Multiplier}");
            hash = _code.Do($"xor i64 {hash}, {_code.Do($"lshr i64 {hash}, 32")}");
        }

        return _code.Do($"and i64 {hash}, 4294967295");
    }

    private string HashBytes(string data, string length)
    {
        Declare($$"""
            define internal i64 @hash_bytes(ptr %data, i64 %length) nounwind {
            entry:
              br label %top
            top:
              %i = phi i64 [ 0, %entry ], [ %next, %body ]
              %h = phi i64 [ %length, %entry ], [ %mixed, %body ]
              %more = icmp slt i64 %i, %length
              br i1 %more, label %body, label %done
            body:
              %p = getelementptr i8, ptr %data, i64 %i
              %b = load i8, ptr %p
              %w = zext i8 %b to i64
              %x = xor i64 %h, %w
              %m = mul i64 %x, {{Multiplier}}
              %s = lshr i64 %m, 29
              %mixed = xor i64 %m, %s
              %next = add i64 %i, 1
              br label %top
            done:
              ret i64 %h
            }
            """);
        return _code.Do($"call i64 @hash_bytes(ptr {data}, i64 {length})");
    }

    /// <summary>The name of <c>i64 (ptr table, key…, i64 hash)</c>, which gives a key's number or −1.</summary>
    private string Find(DictionaryType type)
    {
        if (_finds.TryGetValue(type, out var name))
        {
            return name;
        }

        _finds.Add(type, name = $"@find{_finds.Count}");
        var outer = _code;
        _code = new IrWriter();
        var count = 0;
        var key = Parameters(type.Key, ref count);
        FindBody(type, key);
        _module.Append($"define internal i64 {name}(ptr %table, {string.Join(", ", Parts(type.Key, key))}, i64 %hash) nounwind {{\n{_code.Text}}}\n");
        _code = outer;
        return name;
    }

    private static Lowered Parameters(WeldType type, ref int count)
    {
        switch (type)
        {
            case ScalarType:
                return new ScalarValue($"%k{count++}");
            case StructType s:
                var fields = new Lowered[s.Fields.Count];
                for (var i = 0; i < fields.Length; i++)
                {
                    fields[i] = Parameters(s.Fields[i], ref count);
                }

                return new StructValue(fields);
            case VectorType:
                return new VectorValue($"%k{count++}", $"%k{count++}");
            default:
                throw new NotLoweredException($"a key of type {type}");
        }
    }

    // for (slot = hash & mask;; slot = (slot + 1) & mask) { n = slots[slot]; if (n == 0) return −1; if (entries[n − 1].key == key) return n − 1; }
    private void FindBody(DictionaryType type, Lowered key)
    {
        var (none, search, top, used, next, found) = (_code.Label(), _code.Label(), _code.Label(), _code.Label(), _code.Label(), _code.Label());
        var slots = Field("%table", "ptr", NativeTable.SlotsOffset);
        _code.Branch(_code.Do($"icmp eq ptr {slots}, null"), none, search);
        _code.Begin(none);
        _code.Return("-1");
        _code.Begin(search);
        var (mask, entries) = (Field("%table", "i64", NativeTable.MaskOffset), Field("%table", "ptr", NativeTable.EntriesOffset));
        var slot = _code.Variable("i64", _code.Do($"and i64 %hash, {mask}"));
        _code.Begin(top);
        var number = _code.Do($"sext i32 {_code.Do($"load i32, ptr {Element(slots, _code.Get("i64", slot), sizeof(int))}")} to i64");
        _code.Branch(_code.Do($"icmp eq i64 {number}, 0"), none, used);
        _code.Begin(used);
        var index = _code.Do($"sub i64 {number}, 1");
        if (!type.Key.IsFlat)
        {
            var compare = _code.Label();
            var stored = _code.Do($"load i32, ptr {Element(Field("%table", "ptr", NativeTable.HashesOffset), index, sizeof(int))}");
            _code.Branch(_code.Do($"icmp eq i32 {stored}, {_code.Do("trunc i64 %hash to i32")}"), compare, next);
            _code.Begin(compare);
        }

        _code.Branch(Equal(type.Key, key, Load(type.Key, Element(entries, index, EntrySize(type)))), found, next);
        _code.Begin(found);
        _code.Return(index);
        _code.Begin(next);
        _code.Set("i64", slot, _code.Do($"and i64 {_code.Do($"add i64 {_code.Get("i64", slot)}, 1")}, {mask}"));
        _code.Jump(top);
    }

    /// <summary>Whether two normalised keys have the same bits.</summary>
    private string Equal(WeldType type, Lowered x, Lowered y)
    {
        switch (type, x, y)
        {
            case (ScalarType s, ScalarValue a, ScalarValue b):
                var (t, bits) = (LlvmTypes.Of(s.Kind), s.Kind == ScalarKind.Bool ? "i1" : $"i{s.Kind.Size() * 8}");
                return s.Kind.IsFloat()
                    ? _code.Do($"icmp eq {bits} {_code.Do($"bitcast {t} {a.Name} to {bits}")}, {_code.Do($"bitcast {t} {b.Name} to {bits}")}")
                    : _code.Do($"icmp eq {bits} {a.Name}, {b.Name}");
            case (StructType s, StructValue a, StructValue b):
                var all = "true";
                for (var i = 0; i < s.Fields.Count; i++)
                {
                    all = _code.Do($"and i1 {all}, {Equal(s.Fields[i], a.Fields[i], b.Fields[i])}");
                }

                return all;
            case (VectorType, VectorValue a, VectorValue b):
                Declare("declare i32 @memcmp(ptr, ptr, i64)");
                var same = _code.Do($"icmp eq i64 {a.Length}, {b.Length}");
                var length = Pick("i64", same, a.Length, "0");
                return _code.Do($"and i1 {same}, {_code.Do($"icmp eq i32 {_code.Do($"call i32 @memcmp(ptr {a.Data}, ptr {b.Data}, i64 {length})")}, 0")}");
            default:
                throw new NotLoweredException($"a key of type {type}");
        }
    }
}
