using Weld.Core.Diagnostics;
using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Core.Values;

namespace Weld.Core.Evaluation;

/// <summary>
/// What a builder has gathered. A builder is used once, so merging changes it in place. Loops that it passes through are told to it, since the order
/// of float reductions follows from them (<see cref="ReductionOrder"/>).
/// </summary>
internal abstract class Accumulator(BuilderType type)
{
    /// <summary>The builder's type.</summary>
    public BuilderType Type { get; } = type;

    /// <summary>An accumulator that starts from the builder's argument.</summary>
    public static Accumulator Create(BuilderType type, Value? argument, MemoryAccount memory) => type switch
    {
        AppenderType t => new AppenderAccumulator(t, argument as VectorValue, memory),
        MergerType t => new MergerAccumulator(t, argument),
        DictMergerType t => new DictMergerAccumulator(t, (DictionaryValue?)argument, memory),
        GroupMergerType t => new GroupMergerAccumulator(t, (DictionaryValue?)argument, memory),
        VecMergerType t => new VecMergerAccumulator(t, (VectorValue)argument!, memory),
        _ => throw new InvalidOperationException($"expected a builder type, found {type}"),
    };

    /// <summary>Takes a value of the type's <see cref="BuilderType.MergeType"/>.</summary>
    public abstract void Merge(Value value, MemoryAccount memory, SourceSpan place);

    /// <summary>The value of everything merged.</summary>
    public abstract Value Finish(Watch watch);

    /// <summary>A loop over this builder starts.</summary>
    /// <param name="lanes">The loop's number of lanes.</param>
    public virtual void EnterLoop(int lanes)
    {
    }

    /// <summary>Iteration <paramref name="i"/> of the innermost loop starts.</summary>
    public virtual void BeginIteration(long i)
    {
    }

    /// <summary>The innermost loop has ended.</summary>
    public virtual void LeaveLoop()
    {
    }
}

/// <summary>A builder as a value of the interpreter.</summary>
internal sealed record AccumulatorValue : BuilderValue
{
    private Accumulator? _accumulator;

    public AccumulatorValue(Accumulator accumulator)
        : base(accumulator.Type) => _accumulator = accumulator;

    /// <inheritdoc/>
    public override bool IsConsumed => Volatile.Read(ref _accumulator) is null;

    /// <summary>What the builder has gathered.</summary>
    public Accumulator Accumulator => _accumulator ?? throw new InvalidOperationException($"expected a builder that can be used, found a consumed {Type}");

    /// <inheritdoc/>
    public bool Equals(AccumulatorValue? other) => ReferenceEquals(this, other);

    /// <inheritdoc/>
    public override int GetHashCode() => base.GetHashCode();

    /// <summary>The arguments of a run with each unfinished builder taken away from the host.</summary>
    /// <exception cref="ArgumentException">A builder is consumed already, stands twice, or is none of the interpreter's; nothing is taken.</exception>
    public static Seq<Value> TakeAll(Seq<Value> arguments)
    {
        var seen = new HashSet<BuilderValue>();
        foreach (var builder in arguments.SelectMany(In))
        {
            if (builder is not AccumulatorValue)
            {
                throw new ArgumentException($"expected a builder that an interpreted program returned, found a {builder.Type} of another kind of run", nameof(arguments));
            }

            if (builder.IsConsumed || !seen.Add(builder))
            {
                throw Consumed(builder);
            }
        }

        return arguments.Map(Take);
    }

    private static IEnumerable<BuilderValue> In(Value value) => value switch
    {
        BuilderValue b => [b],
        StructValue s => s.Fields.SelectMany(In),
        _ => [],
    };

    private static Value Take(Value value) => value switch
    {
        AccumulatorValue b => new AccumulatorValue(Interlocked.Exchange(ref b._accumulator, null) ?? throw Consumed(b)),
        StructValue s when s.Fields.Map(Take) is var fields && !fields.SameAs(s.Fields) => new StructValue(fields),
        _ => value,
    };

    private static ArgumentException Consumed(BuilderValue builder) =>
        new($"expected a builder that no run has taken, found a consumed {builder.Type}", "arguments");
}
