namespace Weld.Core.Diagnostics;

/// <summary>One thing wrong with a program: what, where, what was expected and what was found.</summary>
/// <param name="Code">The kind of error.</param>
/// <param name="Span">Where; <c>default</c> where the program has no text.</param>
/// <param name="Message">What was expected and what was found.</param>
public sealed record Diagnostic(CompileCode Code, SourceSpan Span, string Message)
{
    /// <summary>A second place that the message speaks of, such as the first use of a builder that is used twice.</summary>
    public SourceSpan Related { get; init; }
}
