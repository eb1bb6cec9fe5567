using Weld.Core.IR;
using Weld.Core.Optimizer;
using Weld.Core.Types;
using Weld.Managed.Emit.Vector;

namespace Weld.Managed.Planning;

/// <summary>How a loop runs in SIMD.</summary>
/// <param name="Bits">The bits of a vector.</param>
/// <param name="Lanes">The iterations that are computed at once.</param>
/// <param name="Copies">How often a step computes the body, for as many iterations each time: so many accumulators a reduction has.</param>
/// <param name="IsMasked">Whether some lanes may merge where others do not.</param>
/// <param name="Facts">What is known of the body.</param>
internal sealed record VectorPlan(int Bits, int Lanes, int Copies, bool IsMasked, LaneFacts Facts)
{
    /// <summary>The steps of a tile: what its stages hand on stays in the first-level cache.</summary>
    public const int TileSteps = 64;

    /// <summary>The vectors that loops in the body may reduce into at once: with what they are computed from, as many as a machine has registers.</summary>
    public const int MostSums = 8;

    /// <summary>The steps that go through a loop in the body together.</summary>
    public const int MostTogether = 4;

    /// <summary>Iterations of each virtual lane of such a loop that go before the other lanes' where all read from where the data lie: they share lines, which stay in the caches from lane to lane.</summary>
    public const int UnpackedPerLane = 16;

    /// <summary>Iterations that go so where there is one lane.</summary>
    public const int ChunkOfOne = 1_024;

    /// <summary>More elementary functions than this would take the function past the JIT's limits.</summary>
    private const int MostElementary = 20;

    /// <summary>More operators than this would, too.</summary>
    private const int MostOperators = 400;

    /// <summary>A body of more operators is not written once more for the rest of a range.</summary>
    private const int MostOperatorsOfRest = 100;

    /// <summary>The operators, elementary functions counted as many, that a step is to have in all its copies: with these the machine is busy while an accumulator is added to.</summary>
    private const int StepOperators = 24;

    /// <summary>The computations of a body that go together, operation by operation, where most of its operations wait for the one before: the machine does not see far enough ahead to overlap them.</summary>
    private const int Chains = 4;

    /// <summary>More operators than this, in all computations of a body together, are not overlapped so.</summary>
    private const int MostOfChains = 400;

    /// <summary>Fewer operators than this are computed one element at a time as fast, where the lanes are merged one by one.</summary>
    private const int LeastOperators = 8;

    /// <summary>Accumulators of a scalar: more would not stay in registers.</summary>
    private const int MostCopies = 8;

    /// <summary>The parts of the body that run in loops of their own over tiles of <see cref="TileSteps"/> steps, the body itself last; none if it is computed whole.</summary>
    public Seq<TileStage> Stages { get; private init; }

    /// <summary>Whether a step's computations of the body go together, operation by operation.</summary>
    public bool Interleaves { get; private init; }

    /// <summary>How deep expressions nest before a variable cuts them: of several computations that go together, so many operations of each follow each other.</summary>
    public int MostDepth => Interleaves ? 4 : VectorEmitter.UsualDepth;

    /// <summary>Whether elements can be read and values merged in some lanes alone.</summary>
    private bool CanMask { get; init; }

    /// <summary>
    /// Whether the rest of a range runs in lanes of which the last do not take part. It stands in for steps of one computation of the body; where there are none, only a loop within another is
    /// worth the code.
    /// </summary>
    public bool MasksRest(bool isNested) => CanMask && (Copies > 1 || (isNested && Facts.Operators + (40 * Facts.Elementary) <= MostOperatorsOfRest));

    /// <summary>Decides for a loop that may run in SIMD.</summary>
    public static (VectorPlan? Plan, Obstacle? WhyNot) Of(For loop, int bits, int reductionLanes)
    {
        if (bits == 0)
        {
            return (null, Obstacle.Width);
        }

        var facts = LaneFacts.Of(loop);
        if (facts.Elementary > MostElementary || facts.Operators > MostOperators)
        {
            return (null, Obstacle.Size);
        }

        if (!facts.HasLoops && facts.Operators + facts.Elementary * 40 < LeastOperators && !MergesInLanes(loop.Builder.Type) && !MergesNeighbours(loop))
        {
            return (null, Obstacle.LittleComputation);
        }

        var scalars = new List<bool>();
        Reductions(loop.Builder.Type, scalars);
        var isSensitive = scalars.Contains(true);
        var lanes = Math.Min(bits / 8 / facts.Widest, isSensitive ? reductionLanes : int.MaxValue);
        var cost = Math.Max(1, facts.Operators + (40 * facts.Elementary));
        var isChain = !facts.HasLoops && facts.Elementary == 0 && cost > StepOperators / 2 && 2 * facts.Depth > facts.Operators && Chains * facts.Operators <= MostOfChains;
        var most = facts.HasLoops ? 1 : isChain ? Chains : Math.Clamp(StepOperators / cost, 1, MostCopies);
        var whole = reductionLanes / lanes;
        var copies = isSensitive && whole <= most ? whole : 1 << int.Log2(Math.Min(most, 4));
        var stages = TileStage.Of(loop, facts);
        var canMask = stages.Count == 0 && facts.Widest >= sizeof(int) && MergesInPlace(loop.Builder.Type) && facts.Elements.All(i => IsReadInPart(loop.Iters[i], lanes));
        return (new VectorPlan(bits, lanes, copies, facts.IsMasked, facts) { Stages = stages, CanMask = canMask, Interleaves = isChain }, null);
    }

    /// <inheritdoc/>
    public override string ToString() => $"vector of {Bits} bits, {Lanes} lanes{(Copies > 1 ? $" × {Copies}" : "")}{(IsMasked ? ", masked" : "")}{(Stages.Count > 0 ? $", {Stages.Count} stages over tiles of {TileSteps * Lanes}" : "")}";

    /// <summary>Whether a builder takes the lanes as they are.</summary>
    private static bool MergesInLanes(WeldType type) => type is MergerType or AppenderType { Element: ScalarType } || (type is StructType s && s.Fields.Any(MergesInLanes));

    /// <summary>Whether a builder merges some of the lanes without touching memory beside its own.</summary>
    private static bool MergesInPlace(WeldType type) => type is MergerType || (type is VecMergerType v && LaneVecMerger.Takes(v)) || (type is StructType s && s.Fields.All(MergesInPlace));

    private static bool IsReadInPart(Iter iter, int lanes) =>
        iter.Kind == IterKind.Range || (iter.Data is { Type: VectorType { Element: ScalarType { Kind: var kind } } } && PartialLoad.Takes(kind, lanes));

    /// <summary>Whether each iteration merges into the cell of its own number.</summary>
    private static bool MergesNeighbours(For loop)
    {
        var body = loop.Function.Body;
        for (; body is Let let; body = let.Body)
        {
        }

        return loop.Builder.Type is VecMergerType type && LaneVecMerger.Takes(type)
            && body is Merge { Value: StructLiteral { Fields: [Ident { Symbol: var place }, _] } } && place == loop.Function.Parameters[1];
    }

    private static void Reductions(WeldType type, List<bool> scalars)
    {
        if (type is MergerType m)
        {
            scalars.Add(ReductionOrder.IsSensitive(m.Element, m.Operator));
        }
        else if (type is StructType s)
        {
            foreach (var field in s.Fields)
            {
                Reductions(field, scalars);
            }
        }
    }
}
