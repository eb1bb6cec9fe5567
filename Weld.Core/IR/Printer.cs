namespace Weld.Core.IR;

/// <summary>Program text of a tree; it parses back to the same tree.</summary>
public static class Printer
{
    /// <summary>The text of <paramref name="expr"/>.</summary>
    /// <param name="expr">Any node.</param>
    public static string Print(Expr expr) => throw new NotSupportedException(expr?.GetType().Name);
}
