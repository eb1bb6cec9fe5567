using System.Diagnostics;
using Weld.Core.Diagnostics;
using Weld.Core.IR;

namespace Weld.Core.Optimizer;

/// <summary>What a pass did when its turn came.</summary>
/// <param name="Pass">The pass.</param>
/// <param name="Rounds">How often it changed the program.</param>
/// <param name="Time">How long it took, the gate's checks excluded.</param>
/// <param name="Program">The program after it.</param>
public sealed record PassRun(Pass Pass, int Rounds, TimeSpan Time, Lambda Program)
{
    /// <summary>Whether it changed the program.</summary>
    public bool Changed => Rounds > 0;
}

/// <summary>A program after the optimizer.</summary>
/// <param name="Before">The program as the front end gave it.</param>
/// <param name="Program">The program to plan and emit.</param>
/// <param name="Runs">Each pass in order.</param>
public sealed record Optimization(Lambda Before, Lambda Program, Seq<PassRun> Runs);

/// <summary>
/// Runs passes over a program. Every pass goes through one gate: it runs to a bounded fixpoint and is timed, not again on what it left as it is; and what
/// all of them made of the program is verified. If that is unsound, each pass's own outcome is, so that the first which broke something is named.
/// </summary>
public static class ProgramOptimizer
{
    /// <summary>Optimises a program.</summary>
    /// <param name="program">A program that the front end accepted.</param>
    /// <param name="passes">The passes in order; null for <see cref="Pipeline.Default"/>.</param>
    /// <exception cref="WeldInternalException">A pass broke the program; the message names it.</exception>
    public static Optimization Optimize(Lambda program, Seq<Pass>? passes = null)
    {
        ArgumentNullException.ThrowIfNull(program);
        return program.Facts.Depth > StackGuard.HostSteps
            ? StackGuard.RunDeep(static a => Run(a.Program, a.Passes), (Program: program, Passes: passes ?? Pipeline.Default))
            : StackGuard.Run(static a => Run(a.Program, a.Passes), (Program: program, Passes: passes ?? Pipeline.Default));
    }

    private static Optimization Run(Lambda program, Seq<Pass> passes)
    {
        var runs = new List<PassRun>(passes.Count);
        var settled = new Dictionary<Pass, Lambda>(passes.Count);
        var current = program;
        foreach (var pass in passes.Span)
        {
            PassRun run;
            if (settled.TryGetValue(pass, out var known) && ReferenceEquals(known, current))
            {
                run = new PassRun(pass, 0, TimeSpan.Zero, current);
            }
            else
            {
                run = Gate(pass, program, current, runs);
                if (run.Rounds < pass.MostRounds)
                {
                    settled[pass] = run.Program;
                }
            }

            runs.Add(run);
            current = run.Program;
        }

        if (!ReferenceEquals(current, program) && Fault(program, current) is { } fault)
        {
            ThrowIfBroken(program, runs);
            throw new WeldInternalException("optimizer", fault);
        }

        return new Optimization(program, current, runs.ToSeq());
    }

    private static PassRun Gate(Pass pass, Lambda program, Lambda before, List<PassRun> runs)
    {
        var (start, rounds, current) = (Stopwatch.GetTimestamp(), 0, before);
        try
        {
            while (rounds < pass.MostRounds && pass.Apply(current) is var next && !ReferenceEquals(next, current))
            {
                (current, rounds) = (next, rounds + 1);
            }
        }
        catch (Exception e) when (e is not (WeldException or OutOfMemoryException))
        {
            ThrowIfBroken(program, runs);
            throw new WeldInternalException($"pass {pass.Name}", e.Message, e);
        }

        return new PassRun(pass, rounds, Stopwatch.GetElapsedTime(start), current);
    }

    /// <summary>Names the first pass that broke the program.</summary>
    private static void ThrowIfBroken(Lambda program, List<PassRun> runs)
    {
        foreach (var run in runs)
        {
            if (run.Changed && Fault(program, run.Program) is { } fault)
            {
                throw new WeldInternalException($"pass {run.Pass.Name}", fault);
            }
        }
    }

    /// <summary>What is wrong with a program that another became; null if nothing is.</summary>
    private static string? Fault(Lambda before, Lambda after) =>
        Verifier.Verify(after) is [var violation, ..] ? violation.ToString()
        : before.Type != after.Type ? $"expected a program of type {before.Type}, found {after.Type}"
        : null;
}
