using Weld.Core.IR;

namespace Weld.Managed.Emit;

/// <summary>Iterations that may begin again: they merge at most once and do nothing else that shows.</summary>
internal static class Restarts
{
    /// <summary>Larger bodies have so much to compute that a call in the middle does not show.</summary>
    private const int MostNodes = 500;

    /// <summary>Whether an iteration with this body may begin again.</summary>
    public static bool Allowed(Expr body) => body.Facts.Size <= MostNodes && Merges(body) <= 1;

    /// <summary>The most merges on any path; 2 also where there is something that must not happen twice.</summary>
    private static int Merges(Expr node) => node switch
    {
        If i => Math.Min(2, Merges(i.Condition) + Math.Max(Merges(i.Then), Merges(i.Else))),
        Merge m => Math.Min(2, 1 + m.Children.Sum(Merges)),
        Slice s when s.Says("limit", "true") || s.Says("top_k", "true") => 2,
        Ident or Literal or StringLiteral or Let or Unary or Binary or Logical or Compare or Cast or Select or Broadcast or StructLiteral or Field or Length or Lookup
            or OptLookup or KeyExists or Slice => Math.Min(2, node.Children.Sum(Merges)),
        _ => 2,
    };
}
