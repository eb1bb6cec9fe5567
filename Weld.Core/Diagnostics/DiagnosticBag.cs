using Weld.Core.IR;

namespace Weld.Core.Diagnostics;

/// <summary>Collects what is wrong with one program: each thing once, and not without end.</summary>
internal sealed class DiagnosticBag
{
    private const int Most = 100;

    private readonly List<Diagnostic> _all = [];

    public int Count => _all.Count;

    /// <summary>Everything, in order of place.</summary>
    public Seq<Diagnostic> All => _all.OrderBy(d => d.Span.Start).ToSeq();

    public void Add(CompileCode code, SourceSpan span, string message, SourceSpan related = default)
    {
        var diagnostic = new Diagnostic(code, span, message) { Related = related };
        if (_all.Count < Most && !_all.Contains(diagnostic))
        {
            _all.Add(diagnostic);
        }
    }
}

/// <summary>A program beyond a limit: ends the work at once.</summary>
internal sealed class LimitException(SourceSpan span, string message) : Exception(message)
{
    public SourceSpan Span { get; } = span;
}
