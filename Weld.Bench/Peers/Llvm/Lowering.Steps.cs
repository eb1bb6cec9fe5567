using System.Runtime.Intrinsics;
using Weld.Core.IR;
using Weld.Core.Optimizer;
using Weld.Core.Types;
using Weld.Managed.Layout;
using Weld.Managed.Planning;

namespace Weld.Bench.Peers.Llvm;

/// <summary>
/// Loops in lanes: as the library's own plan says, so many iterations at once as vectors of LLVM's, so many vectors in a step. The iterations that are left over run one by one
/// and merge into the same lanes.
/// </summary>
internal sealed partial class Lowering
{
    /// <summary>The bits of a vector of this machine.</summary>
    public static readonly int MachineBits = Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128;

    private int _lanes = 1;
    private ScalarValue? _mask;

    private VectorPlan? PlanOf(For node) =>
        _isOrdered && Obstacles.Of(node) is null && node.Says("vectorize", "true")
        && VectorPlan.Of(node, _bits, ReductionOrder.Lanes(node.Builder.Type)).Plan is { Facts.HasLoops: false } plan && MergeCounts.MergesOnce(node)
            ? plan : null;

    // for (; i + step <= end; i += step) body of lanes i … i + step − 1
    private void LowerSteps(Loop loop, VectorPlan plan, Lowered within, string end)
    {
        var (top, body, after) = (_code.Label(), _code.Label(), _code.Label());
        var step = plan.Lanes * plan.Copies;
        _code.Begin(top);
        var i = _code.Get("i64", loop.Index);
        var next = _code.Do($"add i64 {i}, {step}");
        _code.Branch(_code.Do($"icmp sle i64 {next}, {end}"), body, after);
        _code.Begin(body);
        for (var copy = 0; copy < plan.Copies; copy++)
        {
            var first = copy == 0 ? i : _code.Do($"add i64 {i}, {copy * plan.Lanes}");
            _lanes = plan.Lanes;
            LowerBody(loop, InLanes(within, first, copy, plan), From(first), loop.Sources.Select(s => ElementsOf(s, first)));
            _lanes = 1;
        }

        _code.Set("i64", loop.Index, next);
        _code.Jump(top);
        _code.Begin(after);
    }

    /// <summary>first, first + 1, …</summary>
    private ScalarValue From(string first) => Do("add", "i64", new(first), new($"<{string.Join(", ", Enumerable.Range(0, _lanes).Select(j => $"i64 {j}"))}>", _lanes));

    private Lowered ElementsOf(Source source, string first)
    {
        if (source.Kind == IterKind.Range)
        {
            return From(_code.Do($"add i64 {source.First}, {first}"));
        }

        var kind = source.Element.LaneKind!.Value;
        var type = LlvmTypes.InMemory(kind);
        var loaded = new ScalarValue(_code.Do($"load {LlvmTypes.Of(type, _lanes)}, ptr {AddressOf(source, first)}, align 1"), _lanes);
        return kind == ScalarKind.Bool ? Do("icmp ne", type, loaded, Zero) : loaded;
    }

    private Lowered MergeInLanes(Merge node, Lowered builder, Lowered value)
    {
        switch (node.Builder.Type, builder)
        {
            case (MergerType m, MergerValue v):
                foreach (var (scalar, total) in Scalars(m.Element, m.Operator, value).Zip(v.Totals))
                {
                    var type = LlvmTypes.Of(scalar.Kind);
                    var vector = LlvmTypes.Of(type, _lanes);
                    var old = new ScalarValue(_code.Get(vector, total), _lanes);
                    var merged = Operate(scalar.Operator, scalar.Kind, old, scalar.Value!);
                    _code.Set(vector, total, _mask is null ? merged.Name : Pick(type, _mask, merged, old).Name);
                }

                break;
            case (AppenderType { Element: ScalarType element }, AppenderValue v):
                AppendLanes(element, v, (ScalarValue)value);
                break;
            default:
                LaneByLane(node, builder, value);
                break;
        }

        return builder;
    }

    private void AppendLanes(ScalarType element, AppenderValue appender, ScalarValue value)
    {
        var (type, stored, size) = (LlvmTypes.Of(element.Kind), LlvmTypes.InMemory(element.Kind), element.Kind.Size());
        if (!appender.HasRoom)
        {
            Reserve(appender, size, _code.Do($"add i64 {_code.Get("i64", appender.Length)}, {_lanes}"));
        }

        var (data, length) = (_code.Get("ptr", appender.Data), _code.Get("i64", appender.Length));
        var values = new ScalarValue(Spread(type, value, _lanes), _lanes);
        values = element.Kind == ScalarKind.Bool ? Convert("zext", type, stored, values) : values;
        if (_mask is null)
        {
            _code.Line($"store {LlvmTypes.Of(stored, _lanes)} {values.Name}, ptr {Element(data, length, size)}, align 1");
            _code.Set("i64", appender.Length, _code.Do($"add i64 {length}, {_lanes}"));
            return;
        }

        // data[length] = lane; length += mask of the lane. What is stored in vain is overwritten, or lies behind the end.
        for (var lane = 0; lane < _lanes; lane++)
        {
            _code.Line($"store {stored} {Lane(stored, values, lane).Name}, ptr {Element(data, length, size)}, align 1");
            length = _code.Do($"add i64 {length}, {_code.Do($"zext i1 {Lane("i1", _mask, lane).Name} to i64")}");
        }

        _code.Set("i64", appender.Length, length);
    }

    /// <summary>Merges the lanes in order, those that are to merge.</summary>
    private void LaneByLane(Merge node, Lowered builder, Lowered value)
    {
        var (lanes, mask) = (_lanes, _mask);
        (_lanes, _mask) = (1, null);
        for (var lane = 0; lane < lanes; lane++)
        {
            var (merge, after) = (_code.Label(), _code.Label());
            if (mask is not null)
            {
                _code.Branch(Lane("i1", mask, lane).Name, merge, after);
            }

            _code.Begin(merge);
            Merge(node, builder, Lane(node.Value.Type, value, lane));
            _code.Begin(after);
        }

        (_lanes, _mask) = (lanes, mask);
    }
}
