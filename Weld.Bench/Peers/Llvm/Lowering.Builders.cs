using Weld.Core.Diagnostics;
using Weld.Core.IR;
using Weld.Core.Operators;
using Weld.Core.Types;
using Weld.Managed.Builders;
using Weld.Managed.Layout;

namespace Weld.Bench.Peers.Llvm;

/// <summary>Builders. Their state is in variables, which loops and branches change in place: a builder is used once, so there is never another to keep.</summary>
internal sealed partial class Lowering
{
    private const int MaxHint = 1 << 16;

    private Lowered LowerNewBuilder(NewBuilder node)
    {
        var argument = node.Argument is null ? null : Lower(node.Argument);
        switch (node.BuilderType)
        {
            case MergerType m:
                return new MergerValue([.. Scalars(m.Element, m.Operator, argument).Select(s => _code.Variable(LlvmTypes.Of(s.Kind), s.Value ?? LlvmTypes.Constant(s.Operator.Identity(s.Kind))))]);
            case AppenderType a:
                var size = MemoryLayout.Of(a.Element).Size;
                var appender = new AppenderValue(_code.Variable("ptr", "null"), _code.Variable("i64", "0"), _code.Variable("i64", "0"));
                if (argument is ScalarValue hint)
                {
                    Reserve(appender, size, Least(Pick("i64", _code.Do($"icmp slt i64 {hint.Name}, 0"), "0", hint.Name), Text(MaxHint)));
                }
                else if (argument is VectorValue first)
                {
                    Reserve(appender, size, first.Length);
                    Copy(_code.Get("ptr", appender.Data), first.Data, first.Length, size);
                    _code.Set("i64", appender.Length, first.Length);
                }

                return appender;
            case VecMergerType v:
                var (cells, bytes) = ((VectorValue)argument!, MemoryLayout.Of(v.Element).Size);
                var copy = Allocate(_code.Do($"mul i64 {cells.Length}, {bytes}"));
                Copy(copy, cells.Data, cells.Length, bytes);
                return new VecMergerValue(copy, cells.Length);
            case DictMergerType d:
                return NewTable(d, argument as DictionaryValue);
            default:
                throw new NotLoweredException($"{node.BuilderType}");
        }
    }

    private Lowered LowerMerge(Merge node)
    {
        var builder = Lower(node.Builder);
        var value = Lower(node.Value);
        switch (node.Builder.Type, builder)
        {
            case (MergerType m, MergerValue v):
                foreach (var (scalar, total) in Scalars(m.Element, m.Operator, value).Zip(v.Totals))
                {
                    var type = LlvmTypes.Of(scalar.Kind);
                    _code.Set(type, total, Operate(scalar.Operator, scalar.Kind, _code.Get(type, total), scalar.Value!));
                }

                break;
            case (AppenderType a, AppenderValue v):
                var size = MemoryLayout.Of(a.Element).Size;
                if (!v.HasRoom)
                {
                    Reserve(v, size, _code.Do($"add i64 {_code.Get("i64", v.Length)}, 1"));
                }

                var length = _code.Get("i64", v.Length);
                Store(a.Element, value, Element(_code.Get("ptr", v.Data), length, size));
                _code.Set("i64", v.Length, _code.Do($"add i64 {length}, 1"));
                break;
            case (VecMergerType m, VecMergerValue v):
                var pair = (StructValue)value;
                var index = ((ScalarValue)pair.Fields[0]).Name;
                FailUnless(_code.Do($"icmp ult i64 {index}, {v.Length}"), RuntimeCode.ArrayOutOfBounds, node, index, v.Length);
                MergeInMemory(m.Element, m.Operator, Element(v.Data, index, MemoryLayout.Of(m.Element).Size), pair.Fields[1]);
                break;
            case (DictMergerType d, DictMergerValue v):
                MergeEntry(d, v, (StructValue)value);
                break;
            default:
                throw new NotLoweredException($"a merge into {node.Builder.Type}");
        }

        return builder;
    }

    private Lowered LowerResult(WeldType type, Lowered builder) => (type, builder) switch
    {
        (MergerType m, MergerValue v) => Build(m.Element, new(v.Totals.Zip(Scalars(m.Element, m.Operator, null)).Select(p => _code.Get(LlvmTypes.Of(p.Second.Kind), p.First)))),
        (AppenderType, AppenderValue v) => new VectorValue(_code.Get("ptr", v.Data), _code.Get("i64", v.Length)),
        (VecMergerType, VecMergerValue v) => new VectorValue(v.Data, v.Length),
        (DictMergerType, DictMergerValue v) => new DictionaryValue(v.Table),
        (StructType s, StructValue v) => new StructValue([.. s.Fields.Select((f, i) => LowerResult(f, v.Fields[i]))]),
        _ => throw new NotLoweredException($"the result of {type}"),
    };

    /// <summary>target ∘= value on a value in memory.</summary>
    private void MergeInMemory(WeldType type, MergeOperator op, string target, Lowered value)
    {
        var layout = new Reduction(type, op);
        foreach (var (scalar, place) in Scalars(type, op, value).Zip(layout.Scalars.Select(s => s.Offset)))
        {
            var t = LlvmTypes.Of(scalar.Kind);
            StorePart(t, Operate(scalar.Operator, scalar.Kind, LoadPart(t, target, place), scalar.Value!), target, place);
        }
    }

    /// <summary>The builders of a loop with room for that many more elements in each appender.</summary>
    private Lowered WithRoom(WeldType type, Lowered builder, string more)
    {
        switch (type, builder)
        {
            case (AppenderType a, AppenderValue v):
                Reserve(v, MemoryLayout.Of(a.Element).Size, _code.Do($"add i64 {_code.Get("i64", v.Length)}, {more}"));
                return v with { HasRoom = true };
            case (StructType s, StructValue v):
                return new StructValue([.. s.Fields.Select((f, i) => WithRoom(f, v.Fields[i], more))]);
            default:
                return builder;
        }
    }

    // if (wanted > capacity) { capacity = max(wanted, 2 · capacity, 16); data = grow(data, length · size, capacity · size) }
    private void Reserve(AppenderValue appender, int size, string wanted)
    {
        var capacity = _code.Get("i64", appender.Capacity);
        var (grow, after) = (_code.Label(), _code.Label());
        _code.BranchUnlikely(_code.Do($"icmp sgt i64 {wanted}, {capacity}"), grow, after);
        _code.Begin(grow);
        var twice = _code.Do($"shl i64 {capacity}, 1");
        var more = Pick("i64", _code.Do($"icmp sgt i64 {wanted}, {twice}"), wanted, twice);
        more = Pick("i64", _code.Do($"icmp sgt i64 {more}, 16"), more, "16");
        var (used, bytes) = (_code.Do($"mul i64 {_code.Get("i64", appender.Length)}, {size}"), _code.Do($"mul i64 {more}, {size}"));
        var data = _code.Do($"call noalias ptr {Callback(LlvmCallbacks.Grow)}(ptr %call, ptr {_code.Get("ptr", appender.Data)}, i64 {used}, i64 {bytes})");
        ReturnIf(_code.Do($"icmp eq ptr {data}, null"));
        _code.Set("ptr", appender.Data, data);
        _code.Set("i64", appender.Capacity, more);
        _code.Begin(after);
    }

    private void Copy(string target, string source, string count, int size)
    {
        Declare("declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)");
        _code.Line($"call void @llvm.memcpy.p0.p0.i64(ptr {target}, ptr {source}, i64 {_code.Do($"mul i64 {count}, {size}")}, i1 false)");
    }

    /// <summary>The scalars of a reduced value, with their operators.</summary>
    private static IEnumerable<(ScalarKind Kind, BinaryOperator Operator, string? Value)> Scalars(WeldType type, MergeOperator op, Lowered? value) => type is StructType s
        ? s.Fields.SelectMany((f, i) => Scalars(f, op.Field(i), (value as StructValue)?.Fields[i]))
        : [(((ScalarType)type).Kind, ((SingleOperator)op).Operator, (value as ScalarValue)?.Name)];

    private static Lowered Build(WeldType type, Queue<string> scalars) => type is StructType s
        ? new StructValue([.. s.Fields.Select(f => Build(f, scalars))])
        : new ScalarValue(scalars.Dequeue());
}
