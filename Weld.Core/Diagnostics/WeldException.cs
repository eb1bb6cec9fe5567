using Weld.Core.IR;

namespace Weld.Core.Diagnostics;

/// <summary>The base of all exceptions that compiling or running a program throws.</summary>
public abstract class WeldException : Exception
{
    private protected WeldException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}

/// <summary>A program does not compile.</summary>
public sealed class WeldCompileException : WeldException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="diagnostics">At least one.</param>
    /// <param name="source">The program's text, or null for a program that was not text.</param>
    public WeldCompileException(Seq<Diagnostic> diagnostics, SourceText? source = null)
        : base(Render.All(diagnostics, source))
    {
        Diagnostics = diagnostics;
        SourceText = source;
    }

    /// <summary>Everything wrong with the program, in order of place.</summary>
    public Seq<Diagnostic> Diagnostics { get; }

    /// <summary>The program's text, where it was text.</summary>
    public SourceText? SourceText { get; }
}

/// <summary>A run ended without a value.</summary>
public sealed class WeldRuntimeException : WeldException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="code">Why.</param>
    /// <param name="message">What was expected and what was found.</param>
    /// <param name="span">The failing operation's place, where known.</param>
    /// <param name="inner">What a host function threw.</param>
    public WeldRuntimeException(RuntimeCode code, string message, SourceSpan span = default, Exception? inner = null)
        : base($"{code}: {message}", inner)
    {
        Code = code;
        Span = span;
        Detail = message;
    }

    /// <summary>Why the run ended.</summary>
    public RuntimeCode Code { get; }

    /// <summary>The failing operation's place in the program's text; <c>default</c> where unknown.</summary>
    public SourceSpan Span { get; }

    /// <summary>The message without the code.</summary>
    public string Detail { get; }
}

/// <summary>A defect of this library: never the user's error.</summary>
public sealed class WeldInternalException : WeldException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="stage">The room it happened in, such as <c>emit</c> or a pass's name.</param>
    /// <param name="message">What was expected and what was found.</param>
    /// <param name="inner">What was thrown there.</param>
    public WeldInternalException(string stage, string message, Exception? inner = null)
        : base($"internal error in {stage}: {message}. This is a defect of Weld, not of the program; please report it with the program and this text.", inner) => Stage = stage;

    /// <summary>The room it happened in.</summary>
    public string Stage { get; }
}
