using System.Runtime.InteropServices;
using Weld.Core.Diagnostics;
using Weld.Core.IR;
using Weld.Core.Types;

namespace Weld.Core.Optimizer.Fusion;

/// <summary>Loops over the same data that will run as one.</summary>
/// <param name="depth">How many groups must run before this one, counting itself.</param>
internal sealed class Group(int depth)
{
    private readonly List<(Iter Iter, Symbol Element)> _sources = [];
    private readonly List<Annotation> _annotations = [];
    private Group? _mergedInto;
    private bool _keeps;
    private bool _releases;
    private bool _isZipped;

    public int Depth { get; } = depth;

    public Stage Root { get; } = new();

    /// <summary>The number of the iteration.</summary>
    public Symbol Index { get; } = new("i", ScalarType.I64);

    /// <summary>How many loops of the region it holds.</summary>
    public int Loops { get; set; }

    /// <summary>The place of the first loop that visits several sources, whose lengths may differ; else of the first loop.</summary>
    public SourceSpan Span { get; private set; }

    public IReadOnlyList<(Iter Iter, Symbol Element)> Sources => _sources;

    /// <summary>This group, or the one it went into.</summary>
    public Group Resolved => _mergedInto is null ? this : _mergedInto = _mergedInto.Resolved;

    /// <summary>The variable for the elements of a source, which the loop visits from now on.</summary>
    public Symbol Visit(Iter iter)
    {
        foreach (var (known, element) in _sources)
        {
            if (SourceKey.Same(known, iter))
            {
                return element;
            }
        }

        var symbol = new Symbol("x", iter.ElementType);
        _sources.Add((iter, symbol));
        return symbol;
    }

    /// <summary>
    /// Whether a loop may join: no annotation says otherwise, and no loop that gives its temporaries back after each element comes together with one
    /// whose results may point to them.
    /// </summary>
    public bool Accepts(LoopStatement s) => Agrees(s.Loop.Annotations.Span) && Fits(s.KeepsTemporaries, s.ReleasesTemporaries);

    public bool Accepts(Group other) => Agrees(CollectionsMarshal.AsSpan(other._annotations)) && Fits(other._keeps, other._releases);

    public void Join(LoopStatement s)
    {
        var loop = s.Loop;
        if (Loops++ == 0 || (loop.Iters.Count > 1 && !_isZipped))
        {
            Span = loop.Span;
        }

        _isZipped |= loop.Iters.Count > 1;
        foreach (var annotation in loop.Annotations.Span)
        {
            if (!_annotations.Contains(annotation))
            {
                _annotations.Add(annotation);
            }
        }

        _keeps |= s.KeepsTemporaries;
        _releases |= s.ReleasesTemporaries;
    }

    /// <summary>Takes in a group of the same depth over data of the same length.</summary>
    public void Absorb(Group other)
    {
        foreach (var (iter, element) in other._sources)
        {
            var own = Visit(iter);
            if (own != element)
            {
                Root.Lets.Add((element, new Ident(own)));
            }
        }

        Root.Lets.Add((other.Index, new Ident(Index)));
        Root.Absorb(other.Root);
        _annotations.AddRange(other._annotations.Where(a => !_annotations.Contains(a)));
        Loops += other.Loops;
        _keeps |= other._keeps;
        _releases |= other._releases;
        other._mergedInto = this;
    }

    public Seq<Annotation> Annotations => _annotations.ToSeq();

    private bool Agrees(ReadOnlySpan<Annotation> annotations)
    {
        foreach (var annotation in annotations)
        {
            foreach (var own in _annotations)
            {
                if (own.Key == annotation.Key && own.Value != annotation.Value)
                {
                    return false;
                }
            }
        }

        return true;
    }

    private bool Fits(bool keeps, bool releases) => !(keeps || _keeps) || !(releases || _releases);
}

/// <summary>A source of elements, equal to another that visits the same elements.</summary>
/// <param name="Iter">The source.</param>
internal sealed record SourceKey(Iter Iter)
{
    public bool Equals(SourceKey? other) => other is not null && Same(Iter, other.Iter);

    public override int GetHashCode()
    {
        var hash = (ulong)Iter.Kind;
        foreach (var operand in Iter.Operands.Span)
        {
            hash = (hash * 31) + AlphaEquality.Hash(operand);
        }

        return hash.GetHashCode();
    }

    /// <summary>Whether two sources visit the same elements.</summary>
    public static bool Same(Iter left, Iter right)
    {
        if (left.Kind != right.Kind)
        {
            return false;
        }

        var (a, b) = (left.Operands, right.Operands);
        if (a.Count != b.Count)
        {
            return false;
        }

        for (var i = 0; i < a.Count; i++)
        {
            if (!AlphaEquality.Equal(a[i], b[i]))
            {
                return false;
            }
        }

        return true;
    }
}
