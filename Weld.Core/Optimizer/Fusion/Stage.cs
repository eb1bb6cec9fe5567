using Weld.Core.IR;
using Weld.Core.Types;

namespace Weld.Core.Optimizer.Fusion;

/// <summary>A loop in a group: the builder it adds, and the body it adds at its stage.</summary>
/// <param name="Outputs">What the region calls its result, by field where it has several.</param>
/// <param name="Init">The new builder.</param>
/// <param name="Builder">What the body calls the builder.</param>
/// <param name="Body">The body, over the values of the stage.</param>
internal sealed record Member(Symbol[] Outputs, Expr Init, Symbol Builder, Expr Body)
{
    /// <summary>What loops over its elements do, at the places where it merges; null if no loop can join there.</summary>
    public Stage? Child { get; set; }

    /// <summary>Whether it must run even if nothing uses the result: it holds an assert.</summary>
    public bool IsPinned { get; init; }

    /// <summary>Whether something outside the group uses the result.</summary>
    public bool IsNeeded { get; set; }

    /// <summary>Whether its body runs: the result is needed, or that of a loop that hangs on it.</summary>
    public bool IsLive { get; set; }
}

/// <summary>A place in a group's loop where elements pass one by one: the loop itself, or the merges of one of its members.</summary>
internal sealed class Stage
{
    private readonly Dictionary<ulong, List<(Expr Value, Symbol Symbol)>> _numbered = [];
    private readonly Dictionary<ulong, (Expr Condition, Stage Stage)> _guarded = [];

    /// <summary>The stage of a group's loop.</summary>
    public Stage() => Multiplicity = 1;

    /// <summary>The stage at the merges of a member.</summary>
    public Stage(Stage parent, Member producer, int multiplicity)
    {
        (Parent, Multiplicity) = (parent, multiplicity);
        Element = new Symbol("x", ((BuilderType)producer.Init.Type).MergeType);
        if (MergeBody.Guarded(producer.Body, producer.Builder) is var (condition, _))
        {
            parent._guarded.TryAdd(AlphaEquality.Hash(condition), (condition, this));
        }
    }

    public Stage? Parent { get; }

    /// <summary>The merged element, where the stage is that of a member.</summary>
    public Symbol? Element { get; }

    /// <summary>How many copies of what hangs here the loop's text holds.</summary>
    public int Multiplicity { get; }

    /// <summary>Values computed for every element, in order.</summary>
    public List<(Symbol Symbol, Expr Value)> Lets { get; } = [];

    public List<Member> Members { get; } = [];

    /// <summary>A name for a value at this stage: the one of an equal value, if there is one.</summary>
    public Expr Name(Symbol symbol, Expr value)
    {
        if (value is Ident or Literal)
        {
            return value;
        }

        var hash = AlphaEquality.Hash(value);
        if (Find(hash, value) is { } known)
        {
            return new Ident(known) { Span = value.Span };
        }

        Add(hash, value, symbol);
        Lets.Add((symbol, value));
        return new Ident(symbol) { Span = value.Span };
    }

    /// <summary>The stage below this one where elements pass under a condition (<see cref="MergeBody.Guarded"/>), if there is one.</summary>
    public Stage? Guarded(Expr condition) =>
        _guarded.TryGetValue(AlphaEquality.Hash(condition), out var known) && AlphaEquality.Equal(known.Condition, condition) ? known.Stage : null;

    /// <summary>Takes in what another loop over the same data computes.</summary>
    public void Absorb(Stage other)
    {
        Lets.AddRange(other.Lets);
        Members.AddRange(other.Members);
        foreach (var (hash, guarded) in other._guarded)
        {
            _guarded.TryAdd(hash, guarded);
        }

        foreach (var (hash, values) in other._numbered)
        {
            foreach (var (value, symbol) in values)
            {
                Add(hash, value, symbol);
            }
        }
    }

    private void Add(ulong hash, Expr value, Symbol symbol)
    {
        if (!_numbered.TryGetValue(hash, out var same))
        {
            _numbered.Add(hash, same = []);
        }

        same.Add((value, symbol));
    }

    private Symbol? Find(ulong hash, Expr value)
    {
        for (var stage = this; stage is not null; stage = stage.Parent)
        {
            if (stage._numbered.TryGetValue(hash, out var same))
            {
                foreach (var (known, symbol) in same)
                {
                    if (AlphaEquality.Equal(known, value))
                    {
                        return symbol;
                    }
                }
            }
        }

        return null;
    }
}
