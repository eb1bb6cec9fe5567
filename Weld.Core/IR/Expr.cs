using Weld.Core.Diagnostics;
using Weld.Core.Types;

namespace Weld.Core.IR;

/// <summary>A node of a Weld program. Immutable; the type follows from the children; the place does not count in equality.</summary>
public abstract record Expr
{
    private WeldType? _type;
    private ulong _facts;
    private Expr[]? _children;
    private int _settled;

    private protected Expr()
    {
    }

    /// <summary>Copies what <c>with</c> must keep: the place and the annotations, not the type.</summary>
    /// <param name="original">The node copied.</param>
    protected Expr(Expr original)
    {
        ArgumentNullException.ThrowIfNull(original);
        Span = original.Span;
        Annotations = original.Annotations;
    }

    /// <summary>The place in the program's text; <c>default</c> for a node that has none.</summary>
    public SourceSpan Span { get; init; }

    /// <summary>The annotations written before the node (language.md §9).</summary>
    public Seq<Annotation> Annotations { get; init; }

    /// <summary>The type of the value.</summary>
    /// <exception cref="IllTypedException">The children's types do not fit the node.</exception>
    public WeldType Type => _type ??= StackGuard.Run(static e => e.TypeRule(), this);

    /// <summary>What evaluating the tree may do, and its size.</summary>
    internal Facts Facts => Volatile.Read(ref _facts) is not 0 and var word ? new Facts(word) : KnowFacts();

    /// <summary>Whether a set of rules, which has a bit of its own, is known to leave the whole tree as it is.</summary>
    internal bool IsSettled(int rules) => (_settled & rules) != 0;

    /// <summary>Notes that the rules leave the whole tree as it is. What another thread notes at the same time may be lost: it is found out again.</summary>
    internal void Settle(int rules) => _settled |= rules;

    /// <summary>The nodes below, in order of evaluation as written.</summary>
    public Seq<Expr> Children => new(_children ??= ChildrenRule().Array);

    /// <summary>The variables this node binds in some of its children.</summary>
    public virtual Seq<Symbol> Binders => [];

    private Facts KnowFacts()
    {
        var facts = AreKnownBelow() ? Facts.Of(this) : StackGuard.Run(Facts.Of, this);
        Volatile.Write(ref _facts, facts.Word);
        return facts;
    }

    private bool AreKnownBelow()
    {
        foreach (var child in Children.Span)
        {
            if (Volatile.Read(ref child._facts) == 0)
            {
                return false;
            }
        }

        return true;
    }

    private protected abstract WeldType TypeRule();

    private protected abstract Seq<Expr> ChildrenRule();

    /// <summary>The node with each child replaced by <paramref name="f"/> of it; the same node if no child changes identity.</summary>
    internal abstract Expr Map(Func<Expr, Expr> f);

    /// <summary>Structural equality without places: symbols by identity (modulo names, use <see cref="AlphaEquality"/>).</summary>
    /// <param name="other">The other node.</param>
    public virtual bool Equals(Expr? other) =>
        other is not null && EqualityContract == other.EqualityContract && Annotations == other.Annotations;

    /// <inheritdoc/>
    public override int GetHashCode() => EqualityContract.GetHashCode();

    /// <summary>The program text of the node.</summary>
    public sealed override string ToString() => Printer.Print(this);

    private protected IllTypedException Expected(string expected, Expr found) => new(found, $"expected {expected}, found {found.Type}");
}

/// <summary>One <c>key:value</c> of an annotation.</summary>
/// <param name="Key">Such as <c>predicate</c>.</param>
/// <param name="Value">The value as written.</param>
public sealed record Annotation(string Key, string Value);

/// <summary>A node whose children do not fit it: what <see cref="Expr.Type"/> throws. The verifier and the compiler turn it into a diagnostic.</summary>
public sealed class IllTypedException : Exception
{
    internal IllTypedException(Expr node, string message)
        : base(message) => Node = node;

    /// <summary>The node at fault.</summary>
    public Expr Node { get; }
}
