using Weld.Core.Diagnostics;
using Weld.Core.IR;
using Weld.Core.Optimizer;
using Weld.Core.Types;
using Weld.Managed.Layout;
using Weld.Managed.Planning;

namespace Weld.Bench.Peers.Llvm;

/// <summary>Loops: the iterators with their checks, the iterations in chunks with a look between them at whether to go on; the chunks in blocks where those show in the bits.</summary>
internal sealed partial class Lowering
{
    private const int ChunkSize = 4_096;
    private const int SimdBytes = 64;

    /// <summary>A loop while it is lowered.</summary>
    /// <param name="Node">The loop.</param>
    /// <param name="Sources">Its iterators.</param>
    /// <param name="Builders">Its builders as its body sees them, mergers as frames.</param>
    /// <param name="Plan">How it runs in lanes; null if it does not.</param>
    /// <param name="Index">The variable with the number of the iteration.</param>
    private sealed record Loop(For Node, IReadOnlyList<Source> Sources, Lowered Builders, VectorPlan? Plan, string Index)
    {
        /// <summary>Whether an iteration needs no more room in an appender than one element.</summary>
        public bool IsRoomy { get; } = MergeCounts.AppendsAtMostOnce(Node);
    }

    private Lowered LowerFor(For node)
    {
        var builder = Lower(node.Builder);
        var (sources, count) = LowerIters(node);
        ReserveAll(node, node.Builder.Type, builder, new Ident(node.Function.Parameters[0]), count);
        var plan = PlanOf(node);
        var loop = new Loop(node, sources, Enter(node.Builder.Type, builder, ReductionOrder.Lanes(node.Builder.Type), plan), plan, _code.Variable("i64", "0"));
        if (ShowsBlocks(builder, loop.Builders))
        {
            LowerBlocks(loop, builder, count);
        }
        else
        {
            LowerChunks(loop, count);
        }

        Leave(loop.Builders);
        return builder;
    }

    // for (i = 0; i < count;) { begin the block; end = min(i + 65536, count); chunks up to end; end the block }
    private void LowerBlocks(Loop loop, Lowered outer, string count)
    {
        var (block, inside, after) = (_code.Label(), _code.Label(), _code.Label());
        _code.Begin(block);
        var start = _code.Get("i64", loop.Index);
        _code.Branch(_code.Do($"icmp slt i64 {start}, {count}"), inside, after);
        _code.Begin(inside);
        var end = Least(_code.Do($"add i64 {start}, {ReductionOrder.BlockSize}"), count);
        var used = UsedLanes(_code.Do($"sub i64 {end}, {start}"), ReductionOrder.Lanes(loop.Node.Builder.Type));
        BeginBlock(outer, loop.Builders, used);
        LowerChunks(loop, end);
        EndBlock(loop.Builders, used);
        _code.Jump(block);
        _code.Begin(after);
    }

    // for (; i < limit;) { look; end = min(i + 4096, limit); for (; i + step <= end; i += step) body in lanes; for (; i < end; i++) body }
    private void LowerChunks(Loop loop, string limit)
    {
        var (chunk, inside, body, after) = (_code.Label(), _code.Label(), _code.Label(), _code.Label());
        _code.Begin(chunk);
        var start = _code.Get("i64", loop.Index);
        _code.Branch(_code.Do($"icmp slt i64 {start}, {limit}"), inside, after);
        _code.Begin(inside);
        Look();
        var end = Least(_code.Do($"add i64 {start}, {ChunkSize}"), limit);
        var within = loop.IsRoomy ? WithRoom(loop.Node.Builder.Type, loop.Builders, _code.Do($"sub i64 {end}, {start}")) : loop.Builders;
        if (loop.Plan is { } plan)
        {
            LowerSteps(loop, plan, within, end);
            _code.Branch(_code.Do($"icmp slt i64 {_code.Get("i64", loop.Index)}, {end}"), body, chunk);
        }

        _code.Begin(body);
        var i = _code.Get("i64", loop.Index);
        LowerBody(loop, Inside(within, i), new ScalarValue(i), loop.Sources.Select(s => ElementOf(s, i)));
        var next = _code.Do($"add i64 {i}, 1");
        _code.Set("i64", loop.Index, next);
        _code.Branch(_code.Do($"icmp slt i64 {next}, {end}"), body, chunk);
        _code.Begin(after);
    }

    private void LowerBody(Loop loop, Lowered builder, ScalarValue index, IEnumerable<Lowered> elements)
    {
        var (parameters, all) = (loop.Node.Function.Parameters, elements.ToArray());
        _variables[parameters[0]] = builder;
        _variables[parameters[1]] = index;
        _variables[parameters[2]] = all.Length == 1 ? all[0] : new StructValue(all);
        if (!SameBuilder(builder, Lower(loop.Node.Function.Body)))
        {
            throw new NotLoweredException("a loop that replaces its builder");
        }
    }
}
