using Weld.Core.Types;

namespace Weld.Core.IR;

/// <summary>What evaluating a tree may do besides giving its value: the facts on which rewrites rest (language.md §4.14).</summary>
[Flags]
internal enum Effects
{
    /// <summary>Gives a value, always.</summary>
    None = 0,

    /// <summary>May raise an error that matters (<c>OutOfMemory</c>, <c>Cancelled</c> and <c>Timeout</c> depend on how a program runs and do not), or never end.</summary>
    Fails = 1,

    /// <summary>Calls a host function that is registered with effects: exactly once, in order.</summary>
    Acts = 2,

    /// <summary>Holds an <c>assert</c>, which is never dropped.</summary>
    Asserts = 4,

    /// <summary>Runs a loop, sorts, or builds a vector or dictionary: takes time that grows with data.</summary>
    Loops = 8,

    /// <summary>Makes, takes or gives a builder.</summary>
    Builds = 16,

    /// <summary>May take memory that lives on after it.</summary>
    Allocates = 32,
}

/// <summary>Effects and extent of a tree, computed once for each node from its children's, and kept in one word.</summary>
internal readonly struct Facts
{
    /// <summary>The bits of a size and of a depth.</summary>
    private const int ExtentBits = 29;
    private const long MostExtent = (1L << ExtentBits) - 1;

    private readonly ulong _word;

    /// <summary>What another's <see cref="Word"/> says.</summary>
    public Facts(ulong word) => _word = word;

    private Facts(Effects effects, long size, long depth) =>
        _word = (ulong)Math.Min(size, MostExtent) | ((ulong)Math.Min(depth, MostExtent) << ExtentBits) | ((ulong)effects << (2 * ExtentBits));

    /// <summary>All of it; never 0.</summary>
    public ulong Word => _word;

    /// <summary>What evaluating the tree may do, in all its parts, functions included.</summary>
    public Effects Effects => (Effects)(_word >> (2 * ExtentBits));

    /// <summary>Its nodes; at most 2²⁹ − 1.</summary>
    public int Size => (int)(_word & (ulong)MostExtent);

    /// <summary>The most nodes one inside another, also once the values of lets stand where they are used; at most 2²⁹ − 1.</summary>
    public int Depth => (int)((_word >> ExtentBits) & (ulong)MostExtent);

    public bool Has(Effects any) => (Effects & any) != 0;

    /// <summary>The facts of a node from those of its children.</summary>
    public static Facts Of(Expr node)
    {
        var effects = Own(node) | (Allocates(node) ? Effects.Allocates : Effects.None);
        var (size, depth) = (1L, 0L);
        foreach (var child in node.Children.Span)
        {
            var facts = child.Facts;
            effects |= facts.Effects;
            size += facts.Size;
            depth = node is Let ? depth + facts.Depth : Math.Max(depth, facts.Depth + 1L);
        }

        return new Facts(effects, size, depth);
    }

    /// <summary>Whether a node may take memory by itself.</summary>
    private static bool Allocates(Expr node) =>
        node is Result { Builder.Type: not MergerType } or ToVector or Sort or Serialize or Deserialize or VectorLiteral or Zip or ForeignCall or NewBuilder { BuilderType: not MergerType };

    private static Effects Own(Expr node) => node switch
    {
        Ident i => i.Type.ContainsBuilder ? Effects.Builds : Effects.None,
        Literal or Field or Let or Lambda or Binary { Operator.ChecksZero: false } => Effects.None,
        Binary b => b.Right is Literal { Value: var divisor }
            ? divisor.Kind.IsFloat() || divisor.Bits != 0 ? Effects.None : Effects.Fails
            : b.Right.Type.LaneKind is { } kind && kind.IsFloat() ? Effects.None : Effects.Fails,
        Lookup => Effects.Fails,
        Slice { Start: Literal { Value.Bits: 0 }, Count: Literal { Value.AsInt64: >= 0 } } => Effects.None,
        Slice => Effects.Fails,
        Assertion => Effects.Fails | Effects.Asserts,
        Deserialize => Effects.Fails | Effects.Loops,
        Serialize or Sort or ToVector or Zip { Vectors.Count: 1 } => Effects.Loops,
        Zip => Effects.Fails | Effects.Loops,
        ForeignCall f => Effects.Fails | Effects.Loops | (f.HasEffects ? Effects.Acts : Effects.None),
        Iterate => Effects.Fails | Effects.Loops,
        For f => Effects.Loops | Effects.Builds | (f.Iters.Count == 1 && f.Iters[0].Start is null ? Effects.None : Effects.Fails),
        Merge { Builder.Type: VecMergerType } => Effects.Fails | Effects.Builds,
        NewBuilder { BuilderType: VecMergerType } => Effects.Loops | Effects.Builds,
        Merge or NewBuilder => Effects.Builds,
        Result { Builder.Type: MergerType } => Effects.Builds,
        Result => Effects.Loops | Effects.Builds,
        _ => Effects.None,
    };
}
