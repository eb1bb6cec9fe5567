using Weld.Core.Diagnostics;
using Weld.Core.IR;
using Weld.Core.Optimizer;
using Weld.Core.Types;
using Weld.Managed.Builders;
using Weld.Managed.Emit;
using Weld.Managed.Layout;
using Weld.Managed.Runtime;

namespace Weld.Managed.Planning;

/// <summary>What was decided for a loop before its code was emitted.</summary>
/// <param name="Span">The loop's place.</param>
/// <param name="Reads">The variables whose elements it visits; <c>range</c> for a range, <c>…</c> for data that has no name.</param>
/// <param name="Builders">The builders it threads through.</param>
/// <param name="Parent">The number of the loop around it; null for an outermost one.</param>
/// <param name="Lanes">The virtual lanes of its float reductions (<see cref="ReductionOrder"/>).</param>
/// <param name="HasFunction">Whether it is a function of its own, called block by block; else it is emitted in place.</param>
/// <param name="HasBlocks">Whether a builder needs to know the blocks.</param>
/// <param name="ReleasesTemporaries">Whether the memory of an iteration's temporaries can be given back after it.</param>
internal sealed record LoopPlan(
    SourceSpan Span, Seq<string> Reads, Seq<BuilderType> Builders, int? Parent, int Lanes, bool HasFunction, bool HasBlocks, bool ReleasesTemporaries)
{
    private string? _text;

    /// <summary>Why the loop runs one element at a time; null if it runs in SIMD.</summary>
    public Obstacle? WhyNot { get; init; }

    /// <summary>Why it runs on one thread; null if it may run on several.</summary>
    public SerialReason? WhySerial { get; init; }

    /// <summary>The bytes of the elements that an iteration visits.</summary>
    public long RowBytes { get; init; }

    /// <summary>What running it in ranges takes to know, but for its frame.</summary>
    public LoopShape Shape { get; init; } = new(false, false, 1, false, 0, [], []);

    /// <summary>How it runs in SIMD; null if it runs one element at a time.</summary>
    public VectorPlan? Vector { get; init; }

    /// <summary>Its elementary functions that go over tiles of iterations in lanes, where the loop itself runs one element at a time; null for none.</summary>
    public FunctionTile? Functions { get; init; }

    /// <summary>The types of the vectors and dictionaries that grow while it runs: those its builders gather.</summary>
    public Seq<WeldType> Grows { get; init; }

    /// <summary>The types of the vectors and dictionaries that each iteration makes, those of inner loops among them.</summary>
    public Seq<WeldType> Allocates { get; init; }

    /// <summary>Whether it is emitted with branches and without, and the data decide.</summary>
    public bool Adapts { get; init; }

    /// <summary>The shape of the loop with its frame.</summary>
    public LoopShape ShapeOf(For loop, Capture capture)
    {
        var mergers = new List<(int, Reduction)>();
        var exact = new List<bool>();
        Walk(loop.Builder.Type, new Ident(loop.Function.Parameters[0]));
        return Shape with { FrameSize = capture.Size, Mergers = mergers.ToSeq(), Exact = exact.ToSeq() };

        void Walk(WeldType type, Expr own)
        {
            switch (type)
            {
                case StructType s:
                    for (var i = 0; i < s.Fields.Count; i++)
                    {
                        Walk(s.Fields[i], new Field(own, i));
                    }

                    break;
                case MergerType m:
                    mergers.Add((capture.Mergers[mergers.Count], new Reduction(m.Element, m.Operator)));
                    break;
                default:
                    exact.Add(type is AppenderType && loop.Iters.All(i => !i.IsChunked) && MergeCount.IsOne(loop.Function.Body, own));
                    break;
            }
        }
    }

    /// <summary>The name of <see cref="WhyNot"/>.</summary>
    public string? Reason => WhyNot?.Name();

    /// <summary>How many loops over data are in a program; a <c>zip</c> outside a loop's first place is one.</summary>
    public static int Count(Expr program) => StackGuard.Run(static e => e.Children.Sum(Count) + (e is For or Zip { Vectors.Count: > 1 } ? 1 : 0), program);

    /// <summary>Decides for a loop.</summary>
    /// <param name="loop">The loop.</param>
    /// <param name="parent">The number of the loop around it.</param>
    /// <param name="isMain">Whether it is an outermost one.</param>
    /// <param name="isLimited">Whether it ends when its appender holds enough.</param>
    /// <param name="bits">The bits of a vector; 0 for none.</param>
    public static LoopPlan Of(For loop, int? parent, bool isMain, bool isLimited, int bits)
    {
        var builders = new List<BuilderType>();
        Collect(loop.Builder.Type, builders);
        var allocates = Allocations.In(loop.Function.Body);
        var lanes = ReductionOrder.Lanes(loop.Builder.Type);
        var obstacle = Obstacles.Of(loop) ?? (loop.Says("vectorize", "true") ? null : Obstacle.Unmarked);
        var (vector, whyNot) = obstacle is null ? VectorPlan.Of(loop, bits, lanes) : (null, obstacle);
        var hasBlocks = builders.Any(IsOrdered);
        var whySerial = SerialReasons.Of(loop, isMain, isLimited);
        var adapts = isMain && vector is null && allocates.Count == 0 && loop.Says("adaptive", "true") && Predication.Of(loop) is { CanSample: true };
        return new LoopPlan(
            loop.Span,
            loop.Iters.To(Name),
            builders.ToSeq(),
            parent,
            lanes,
            HasFunction: isMain,
            hasBlocks,
            allocates.Count > 0 && Allocations.HoldsNoPointerInBuilders(loop.Builder.Type))
        {
            Vector = vector,
            WhyNot = whyNot,
            WhySerial = whySerial,
            RowBytes = loop.Iters.Sum(i => i is { Kind: not IterKind.Range, Data.Type: VectorType v } ? (long)MemoryLayout.Of(v.Element).Size : 0),
            Shape = new LoopShape(hasBlocks, whySerial is null, LoopCost.CyclesOf(loop), LoopCost.Varies(loop), 0, [], []),
            Grows = builders.Where(b => b is not (MergerType or VecMergerType)).Select(b => b.ResultType).ToSeq(),
            Allocates = allocates,
            Adapts = adapts,
            Functions = isMain && vector is null && !adapts && !isLimited ? FunctionTile.Of(loop, bits) : null,
        };
    }

    /// <inheritdoc/>
    public override string ToString() => _text ??= Text();

    private string Text() =>
        $"for {string.Join(", ", Reads)} into {string.Join(", ", Builders)}: {Vector?.ToString() ?? $"scalar ({Reason})"}, {Threads}, {Lanes} lanes"
        + (HasFunction ? ", in blocks" : ", in place")
        + (Functions is not null ? $", functions in lanes over tiles of {FunctionTile.Rows}" : "")
        + (Adapts ? ", with and without branches" : "")
        + (Grows.Count > 0 ? $", grows {string.Join(", ", Grows)}" : "")
        + (Allocates.Count > 0 ? $", each iteration allocates {string.Join(", ", Allocates)}{(ReleasesTemporaries ? " and frees it" : "")}" : "");

    private string Threads => WhySerial is { } reason ? reason == SerialReason.InnerLoop ? "serial" : $"serial ({reason.Name()})" : $"parallel by {Shape.Grain}";

    private static string Name(Iter iter) => iter.Kind == IterKind.Range ? "range" : iter.Data is Ident ident ? ident.Symbol.Name : "…";

    private static void Collect(WeldType type, List<BuilderType> builders)
    {
        if (type is BuilderType builder)
        {
            builders.Add(builder);
            return;
        }

        foreach (var part in type.Parts)
        {
            Collect(part, builders);
        }
    }

    private static bool IsOrdered(BuilderType builder) => builder switch
    {
        MergerType m => ReductionOrder.IsSensitive(m.Element, m.Operator),
        DictMergerType d => ReductionOrder.IsSensitive(d.Value, d.Operator),
        VecMergerType v => ReductionOrder.IsSensitive(v.Element, v.Operator),
        _ => false,
    };
}
