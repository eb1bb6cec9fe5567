namespace Weld.Core.Diagnostics;

/// <summary>A stretch of program text; <c>default</c> where a node has no place in one.</summary>
/// <param name="Start">0-based offset in UTF-16 units.</param>
/// <param name="Length">Length in UTF-16 units.</param>
public readonly record struct SourceSpan(int Start, int Length)
{
    /// <summary>The offset after the last unit.</summary>
    public int End => Start + Length;

    /// <summary>Whether there is no place.</summary>
    public bool IsNone => this == default;

    /// <summary>The smallest span that covers both; a span of no place is ignored.</summary>
    /// <param name="other">The other span.</param>
    public SourceSpan To(SourceSpan other)
    {
        if (IsNone || other.IsNone)
        {
            return IsNone ? other : this;
        }

        var start = Math.Min(Start, other.Start);
        return new SourceSpan(start, Math.Max(End, other.End) - start);
    }
}
