namespace Weld.Core.IR;

/// <summary>Reading and setting annotations. Of two with one key the first counts.</summary>
internal static class Annotations
{
    /// <summary>The value of an annotation, or null.</summary>
    public static string? Said(this Expr expr, string key)
    {
        foreach (var annotation in expr.Annotations.Span)
        {
            if (annotation.Key == key)
            {
                return annotation.Value;
            }
        }

        return null;
    }

    /// <summary>Whether an annotation has that value.</summary>
    public static bool Says(this Expr expr, string key, string value) => expr.Annotations.Count > 0 && expr.Said(key) == value;

    /// <summary>The node with an annotation, which counts before others of its key.</summary>
    public static TExpr With<TExpr>(this TExpr expr, string key, string value)
        where TExpr : Expr => expr with { Annotations = [new Annotation(key, value), .. expr.Annotations.Where(a => a.Key != key)] };
}
