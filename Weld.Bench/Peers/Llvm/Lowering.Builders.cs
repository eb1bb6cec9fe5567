using Weld.Core.Diagnostics;
using Weld.Core.IR;
using Weld.Core.Operators;
using Weld.Core.Optimizer;
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
                return new MergerValue([.. Scalars(m.Element, m.Operator, argument).Select(s => _code.Variable(LlvmTypes.Of(s.Kind), (s.Value ?? Constant(s.Operator.Identity(s.Kind))).Name))]);
            case AppenderType a:
                var size = MemoryLayout.Of(a.Element).Size;
                var appender = EmptyAppender();
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
                return new VecMergerValue(copy, cells.Length) { Partials = MindsOrder(v.Element, v.Operator) ? NewPartials(v.Element, cells.Length) : null };
            case DictMergerType d:
                return NewTable(d, argument as DictionaryValue);
            case GroupMergerType g:
                return NewGroups(g, argument as DictionaryValue);
            default:
                throw new NotLoweredException($"{node.BuilderType}");
        }
    }

    private Partials NewPartials(WeldType type, string count)
    {
        Declare("declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)");
        var bytes = _code.Do($"mul i64 {count}, {PartialSize(type)}");
        var data = Allocate(bytes);
        _code.Line($"call void @llvm.memset.p0.i64(ptr {data}, i8 0, i64 {bytes}, i1 false)");
        return new Partials(data, _code.Variable("i64", "0"));
    }

    private Lowered LowerMerge(Merge node)
    {
        var builder = Lower(node.Builder);
        var value = Lower(node.Value);
        return _lanes == 1 ? Merge(node, builder, value) : MergeInLanes(node, builder, value);
    }

    private Lowered Merge(Merge node, Lowered builder, Lowered value)
    {
        switch (node.Builder.Type, builder)
        {
            case (MergerType m, MergerValue v):
                foreach (var (scalar, total) in Scalars(m.Element, m.Operator, value).Zip(v.Totals))
                {
                    MergeInto(scalar.Kind, scalar.Operator, total, scalar.Value!);
                }

                break;
            case (AppenderType a, AppenderValue v):
                Append(a.Element, v, value);
                break;
            case (VecMergerType m, VecMergerValue v):
                var pair = (StructValue)value;
                var index = (ScalarValue)pair.Fields[0];
                FailUnless(Do("icmp ult", "i64", index, new(v.Length)), RuntimeCode.ArrayOutOfBounds, node, index, new(v.Length));
                var partial = v.Partials is null ? "" : Element(v.Partials.Data!, index.Name, PartialSize(m.Element));
                MergeKeyed(m.Element, m.Operator, v.Partials, Element(v.Data, index.Name, MemoryLayout.Of(m.Element).Size), partial, pair.Fields[1]);
                break;
            case (DictMergerType d, DictMergerValue v):
                MergeEntry(d, v, (StructValue)value);
                break;
            case (GroupMergerType g, GroupMergerValue v):
                MergeGroup(g, v, (StructValue)value);
                break;
            default:
                throw new NotLoweredException($"a merge into {node.Builder.Type}");
        }

        return builder;
    }

    private Lowered LowerResult(WeldType type, Lowered builder)
    {
        switch (type, builder)
        {
            case (MergerType m, MergerValue v):
                return Build(m.Element, new(v.Totals.Zip(Scalars(m.Element, m.Operator, null)).Select(p => new ScalarValue(_code.Get(LlvmTypes.Of(p.Second.Kind), p.First)))));
            case (AppenderType, AppenderValue v):
                return new VectorValue(_code.Get("ptr", v.Data), _code.Get("i64", v.Length));
            case (VecMergerType m, VecMergerValue v):
                if (v.Partials is { } partials)
                {
                    var size = MemoryLayout.Of(m.Element).Size;
                    Repeat(v.Length, i => Settle(m.Element, m.Operator, partials, Element(v.Data, i, size), Element(partials.Data!, i, PartialSize(m.Element))));
                }

                return new VectorValue(v.Data, v.Length);
            case (DictMergerType d, DictMergerValue v):
                SettleTable(d, v);
                return new DictionaryValue(v.Table);
            case (GroupMergerType g, GroupMergerValue v):
                return Distribute(g, v);
            case (StructType s, StructValue v):
                return new StructValue([.. s.Fields.Select((f, i) => LowerResult(f, v.Fields[i]))]);
            default:
                throw new NotLoweredException($"the result of {type}");
        }
    }

    // for (i = 0; i < count; i++) { look; body }
    private void Repeat(string count, Action<string> body)
    {
        var index = _code.Variable("i64", "0");
        var (top, inside, after) = (_code.Label(), _code.Label(), _code.Label());
        _code.Begin(top);
        var i = _code.Get("i64", index);
        _code.Branch(_code.Do($"icmp slt i64 {i}, {count}"), inside, after);
        _code.Begin(inside);
        Look();
        body(i);
        _code.Set("i64", index, _code.Do($"add i64 {i}, 1"));
        _code.Jump(top);
        _code.Begin(after);
    }

    /// <summary>target ∘= value on a value in memory.</summary>
    private void MergeInMemory(WeldType type, MergeOperator op, string target, Lowered value)
    {
        var layout = new Reduction(type, op);
        foreach (var (scalar, place) in Scalars(type, op, value).Zip(layout.Scalars.Select(s => s.Offset)))
        {
            var t = LlvmTypes.Of(scalar.Kind);
            StorePart(t, Operate(scalar.Operator, scalar.Kind, new(LoadPart(t, target, place)), scalar.Value!).Name, target, place);
        }
    }

    private AppenderValue EmptyAppender() => new(_code.Variable("ptr", "null"), _code.Variable("i64", "0"), _code.Variable("i64", "0"));

    private void Append(WeldType element, AppenderValue appender, Lowered value)
    {
        var size = MemoryLayout.Of(element).Size;
        if (!appender.HasRoom)
        {
            Reserve(appender, size, _code.Do($"add i64 {_code.Get("i64", appender.Length)}, 1"));
        }

        var length = _code.Get("i64", appender.Length);
        Store(element, value, Element(_code.Get("ptr", appender.Data), length, size));
        _code.Set("i64", appender.Length, _code.Do($"add i64 {length}, 1"));
    }

    /// <summary>Room in those appenders that a loop gives one element in each iteration.</summary>
    private void ReserveAll(For loop, WeldType type, Lowered builder, Expr own, string count)
    {
        if (type is StructType s)
        {
            for (var i = 0; i < s.Fields.Count; i++)
            {
                ReserveAll(loop, s.Fields[i], ((StructValue)builder).Fields[i], new Field(own, i), count);
            }
        }
        else if (type is AppenderType a && MergeCount.IsOne(loop.Function.Body, own))
        {
            var appender = (AppenderValue)builder;
            Reserve(appender, MemoryLayout.Of(a.Element).Size, _code.Do($"add i64 {_code.Get("i64", appender.Length)}, {count}"));
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
    private static IEnumerable<(ScalarKind Kind, BinaryOperator Operator, ScalarValue? Value)> Scalars(WeldType type, MergeOperator op, Lowered? value) => type is StructType s
        ? s.Fields.SelectMany((f, i) => Scalars(f, op.Field(i), (value as StructValue)?.Fields[i]))
        : [(((ScalarType)type).Kind, ((SingleOperator)op).Operator, value as ScalarValue)];

    private static Lowered Build(WeldType type, Queue<ScalarValue> scalars) => type is StructType s
        ? new StructValue([.. s.Fields.Select(f => Build(f, scalars))])
        : scalars.Dequeue();
}
