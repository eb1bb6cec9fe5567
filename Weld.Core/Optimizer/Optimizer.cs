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

/// <summary>Runs passes over a program. Every pass goes through one gate: it runs to a bounded fixpoint, is timed, and what it changed is verified.</summary>
public static class ProgramOptimizer
{
    /// <summary>The nodes of a program that no pass makes deeper than the stack of any thread allows.</summary>
    private const int SmallProgram = 100;

    /// <summary>Optimises a program.</summary>
    /// <param name="program">A program that the front end accepted.</param>
    /// <param name="passes">The passes in order; null for <see cref="Pipeline.Default"/>.</param>
    /// <exception cref="WeldInternalException">A pass broke the program; the message names it.</exception>
    public static Optimization Optimize(Lambda program, Seq<Pass>? passes = null)
    {
        ArgumentNullException.ThrowIfNull(program);
        return program.Facts.Size > SmallProgram
            ? StackGuard.RunDeep(static a => Run(a.Program, a.Passes), (Program: program, Passes: passes ?? Pipeline.Default))
            : Run(program, passes ?? Pipeline.Default);
    }

    private static Optimization Run(Lambda program, Seq<Pass> passes)
    {
        var runs = new List<PassRun>();
        var current = program;
        foreach (var pass in passes)
        {
            var run = Gate(pass, current);
            runs.Add(run);
            current = run.Program;
        }

        return new Optimization(program, current, runs.ToSeq());
    }

    private static PassRun Gate(Pass pass, Lambda program)
    {
        var (start, rounds, current) = (Stopwatch.GetTimestamp(), 0, program);
        try
        {
            while (rounds < pass.MostRounds && pass.Apply(current) is var next && !ReferenceEquals(next, current))
            {
                (current, rounds) = (next, rounds + 1);
            }
        }
        catch (Exception e) when (e is not (WeldException or OutOfMemoryException))
        {
            throw new WeldInternalException($"pass {pass.Name}", e.Message, e);
        }

        var time = Stopwatch.GetElapsedTime(start);
        if (rounds > 0)
        {
            Check(pass, program, current);
        }

        return new PassRun(pass, rounds, time, current);
    }

    private static void Check(Pass pass, Lambda before, Lambda after)
    {
        if (Verifier.Verify(after) is [var violation, ..])
        {
            throw new WeldInternalException($"pass {pass.Name}", violation.ToString());
        }

        if (before.Type != after.Type)
        {
            throw new WeldInternalException($"pass {pass.Name}", $"expected a program of type {before.Type}, found {after.Type}");
        }
    }
}
