using Weld.Core.IR;

namespace Weld.Core.Optimizer;

/// <summary>A step of the optimizer that users can name: a set of rules, or one transformation of the whole program. The result means the same (language.md §4.14).</summary>
public sealed class Pass
{
    private readonly Func<Lambda, Lambda> _transform;

    /// <summary>A pass over the whole program.</summary>
    /// <param name="name">The users' name, such as <c>loop-fusion</c>.</param>
    /// <param name="meaning">What it does, in one sentence.</param>
    /// <param name="transform">The program after it; the same object if nothing changed.</param>
    internal Pass(string name, string meaning, Func<Lambda, Lambda> transform)
    {
        Name = name;
        Meaning = meaning;
        _transform = transform;
    }

    /// <summary>A pass that applies rules to every node.</summary>
    internal Pass(string name, string meaning, params Rule[] rules)
        : this(name, meaning, Effects.None, rules)
    {
    }

    /// <summary>A pass that applies rules to every node with one of some effects.</summary>
    internal Pass(string name, string meaning, Effects about, params Rule[] rules)
        : this(name, meaning, Rewriter.Lasting(about, rules))
    {
    }

    private Pass(string name, string meaning, Rewriter rewriter)
        : this(name, meaning, program => (Lambda)rewriter.Visit(program))
    {
    }

    /// <summary>The users' name.</summary>
    public string Name { get; }

    /// <summary>What it does, in one sentence.</summary>
    public string Meaning { get; }

    /// <summary>How often it may be applied in a row until nothing changes.</summary>
    internal int MostRounds { get; init; } = 8;

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>A pass that applies rules to every node, some of which leave out values that are used.</summary>
    internal static Pass Omitting(string name, string meaning, Func<Soundness, Rule[]> rules)
    {
        var set = Rewriter.Lasting(Effects.None);
        return new(name, meaning, program => (Lambda)set.With(rules(new Soundness(program))).Visit(program));
    }

    /// <summary>The program after one application; the same object if nothing changed.</summary>
    internal Lambda Apply(Lambda program) => _transform(program);
}
