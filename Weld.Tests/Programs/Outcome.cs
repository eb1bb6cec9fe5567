using Weld.Core;
using Weld.Core.Diagnostics;
using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Core.Values;

namespace Weld.Tests.Goldens;

/// <summary>What comes out of a program: a value or errors, and what it asked of the host.</summary>
internal sealed record Outcome
{
    /// <summary>The result's type; null where there is none.</summary>
    public WeldType? Type { get; init; }

    /// <summary>The result; null where there is none.</summary>
    public Value? Value { get; init; }

    /// <summary>Each as <c>stage Code line:column message</c>.</summary>
    public Seq<string> Errors { get; init; }

    /// <summary>Each as <c>line:column message</c>.</summary>
    public Seq<string> Warnings { get; init; }

    /// <summary>The host functions with effects that were called, as <c>name(value)</c>.</summary>
    public string Calls { get; init; } = "";

    /// <summary>The outcome as header lines of a golden case.</summary>
    public IEnumerable<string> Lines =>
    [
        .. Calls.Length == 0 ? (string[])[] : [$"# calls: {Calls}"],
        .. Warnings.Select(w => $"# warning: {w}"),
        .. Type is null ? (string[])[] : [$"# type: {Type}"],
        .. Value is null ? (string[])[] : [$"# result: {ValueJson.Print(Value)}"],
        .. Errors.Select(e => $"# error: {e}"),
    ];

    /// <summary>Runs a checked program in one way and tells what came of it.</summary>
    public static Outcome Of(CheckedProgram program, HostFunctions host, Func<Value> run)
    {
        var outcome = new Outcome { Type = program.Program.Body.Type, Warnings = program.Warnings.Select(w => $"{Place(w.Span, program.Source)}{w.Message}").ToSeq() };
        try
        {
            var value = run();
            ValueJson.Print(value);
            return outcome with { Value = value, Calls = host.Calls };
        }
        catch (WeldRuntimeException e)
        {
            return outcome with { Type = null, Errors = [$"run {e.Code} {Place(e.Span, program.Source)}{e.Detail}"], Calls = host.Calls };
        }
    }

    /// <summary>The outcome of a program that does not compile.</summary>
    public static Outcome Of(Seq<Diagnostic> diagnostics, SourceText source) =>
        new() { Errors = diagnostics.To(d => $"compile {d.Code} {Place(d.Span, source)}{d.Message}{(d.Related.IsNone ? "" : $" also {Place(d.Related, source)}")}") };

    private static string Place(SourceSpan span, SourceText? source) =>
        span.IsNone || source is null ? "" : source.Locate(span.Start) is var (line, column) ? $"{line}:{column} " : "";
}
