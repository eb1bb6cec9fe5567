using Weld.Core;
using Weld.Core.Diagnostics;
using Weld.Core.Evaluation;
using Weld.Core.IR;
using Weld.Core.Optimizer;
using Weld.Core.Optimizer.Passes;
using Weld.Core.Values;
using Weld.Managed;
using Weld.Tests.Properties;
using HostFunctions = Weld.Tests.Properties.HostFunctions;

namespace Weld.Tests.Optimizer;

/// <summary>A program as it is written, interpreted: what its optimised forms are held against.</summary>
internal sealed class Oracle
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    /// <summary>An optimised program may be so many times the size, and some.</summary>
    private const int MostTimesSize = 4;
    private const int SizeSlack = 1_000;

    /// <summary>Its loops and zips may visit so many times the elements, and some.</summary>
    private const int MostTimesVisited = 2;
    private const int VisitedSlack = 500;

    /// <summary>So many times, if cse is to blame: what a loop does not change leaves it, also if the loop turns out to be empty.</summary>
    private const int MostTimesShared = 40;

    private readonly ulong _seed;
    private readonly Seq<Value> _arguments;
    private readonly Outcome _expected;
    private readonly List<long> _calls = [];
    private readonly long _visited;
    private readonly List<Lambda> _held = [];

    /// <exception cref="WeldCompileException">The program is not valid.</exception>
    public Oracle(RandomProgram p)
    {
        Program = FrontEnd.Check(ExactReductions.Of(p.Program, p.Arguments), HostFunctions.All).Program;
        (_seed, _arguments) = (p.Seed, p.Arguments);
        (_expected, _visited) = Interpreted(Program, _calls);
        _held.Add(Program);
        Runs = UsualRuns();
    }

    /// <summary>The program.</summary>
    public Lambda Program { get; }

    /// <summary>What each of the usual passes makes of the program; nothing if one breaks it.</summary>
    public Seq<PassRun> Runs { get; }

    /// <summary>Whether it ends with a value.</summary>
    public bool Ends => _expected.Value is not null;

    /// <summary>What passes make of the program. They start where they part from the usual passes: so far it is known.</summary>
    public Lambda Optimized(PassSet set)
    {
        var (program, done) = (Program, 0);
        foreach (var run in Runs)
        {
            if (done < set.Passes.Count && set.Passes[done] == run.Pass)
            {
                (program, done) = (run.Program, done + 1);
            }
            else if (run.Changed)
            {
                break;
            }
        }

        return done == set.Passes.Count ? program : ProgramOptimizer.Optimize(program, set.Passes.Skip(done).ToSeq()).Program;
    }

    /// <summary>What is wrong with the program after passes, or null; a form that was looked at before is not run again.</summary>
    public Failure? Check(PassSet set)
    {
        Lambda optimized;
        try
        {
            optimized = Optimized(set);
        }
        catch (WeldInternalException e)
        {
            return new($"{e.Stage} breaks the program", e.Message);
        }

        if (_held.Exists(p => AlphaEquality.Equal(p, optimized)))
        {
            return null;
        }

        _held.Add(optimized);
        if (optimized.Facts.Size > ((long)Program.Facts.Size * MostTimesSize) + SizeSlack)
        {
            return new("the program grows", $"expected about {Program.Facts.Size} nodes, found {optimized.Facts.Size}");
        }

        var calls = new List<long>();
        Outcome found;
        long visited;
        try
        {
            (found, visited) = Interpreted(optimized, calls);
        }
        catch (Exception e)
        {
            return new("the interpreter fails", e.Message);
        }

        return Difference(found, calls)
            ?? (Ends && VisitsMore(set, visited) ? new("the program visits more", $"expected about {_visited} elements, found {visited}") : null);
    }

    /// <summary>What is wrong with what compiled code gives after all passes, or null.</summary>
    public Failure? CheckCompiled()
    {
        var calls = new List<long>();
        try
        {
            var module = WeldModule.Compile(Optimized(PassSet.All), new CompileOptions { Passes = [], VectorWidth = Differential.WidthOf(_seed), Functions = HostFunctions.Noting(calls), Backend = Backend.Compiled });
            return Difference(Outcome.Of(() => module.Evaluate(_arguments, Differential.WayOf(_seed) with { Timeout = Timeout })), calls) is { } f ? f with { Kind = $"compiled, {f.Kind}" } : null;
        }
        catch (Exception e)
        {
            return new("compiled code fails", $"expected {_expected}, found {e.Message}");
        }
    }

    private Seq<PassRun> UsualRuns()
    {
        try
        {
            return ProgramOptimizer.Optimize(Program).Runs;
        }
        catch (WeldInternalException)
        {
            return [];
        }
    }

    private (Outcome Outcome, long Visited) Interpreted(Lambda program, List<long> calls)
    {
        var work = new Work();
        var outcome = Outcome.Of(() => Interpreter.Run(program, _arguments, new InterpreterOptions { Functions = HostFunctions.Noting(calls), Timeout = Timeout, Work = work }));
        return (outcome, work.Iterations + work.Zipped);
    }

    private bool VisitsMore(PassSet set, long visited)
    {
        if (visited <= (_visited * MostTimesVisited) + VisitedSlack)
        {
            return false;
        }

        var unshared = set with { Passes = set.Passes.Where(p => p != Cse.Pass).ToSeq() };
        return unshared == set || visited > (_visited * MostTimesShared) + VisitedSlack || VisitsMore(unshared, Interpreted(Optimized(unshared), []).Visited);
    }

    private Failure? Difference(Outcome found, List<long> calls) => (_expected.Value, found.Value) switch
    {
        ({ } value, { } other) when !value.Equals(other) => new("the values differ", $"expected {_expected}\nfound    {found}"),
        ({ }, { }) when !_calls.SequenceEqual(calls) => new("the host is called differently", $"expected {string.Join(' ', _calls)}\nfound    {string.Join(' ', calls)}"),
        ({ }, null) => new("the optimised program raises", $"expected {_expected}\nfound    {found}"),
        (null, _) when _expected.Code == RuntimeCode.Timeout => null,
        (null, { } other) when !UnusedErrors.MayGive(Program, _arguments, other) => new("an error that matters vanishes", $"expected {_expected}\nfound    {found}"),
        (null, null) when !Differential.PossibleCodes(Program).Contains(found.Code!.Value) => new("the optimised program raises what the program cannot", $"expected {_expected}\nfound    {found}"),
        _ => null,
    };
}
