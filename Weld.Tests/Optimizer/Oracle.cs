using Weld.Core;
using Weld.Core.Diagnostics;
using Weld.Core.Evaluation;
using Weld.Core.IR;
using Weld.Core.Optimizer;
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

    /// <summary>It may take so many times the iterations, and some: what a loop does not change leaves it, also if the loop turns out to be empty.</summary>
    private const int MostTimesIterations = 40;
    private const int IterationSlack = 2_000;

    private readonly Seq<Value> _arguments;
    private readonly Outcome _expected;
    private readonly List<long> _calls = [];
    private readonly long _iterations;
    private readonly List<Lambda> _held = [];

    /// <exception cref="WeldCompileException">The program is not valid.</exception>
    public Oracle(RandomProgram p)
    {
        Program = FrontEnd.Check(ExactReductions.Of(p.Program, p.Arguments), HostFunctions.All).Program;
        _arguments = p.Arguments;
        (_expected, _iterations) = Interpreted(Program, _calls);
        _held.Add(Program);
    }

    /// <summary>The program.</summary>
    public Lambda Program { get; }

    /// <summary>Whether it ends with a value.</summary>
    public bool Ends => _expected.Value is not null;

    /// <summary>What the passes make of the program.</summary>
    public Optimization Optimized(PassSet set) => ProgramOptimizer.Optimize(Program, set.Passes);

    /// <summary>What is wrong with the program after passes, or null.</summary>
    public Failure? Check(PassSet set)
    {
        Lambda optimized;
        try
        {
            optimized = Optimized(set).Program;
        }
        catch (WeldInternalException e)
        {
            return new($"{e.Stage} breaks the program", e.Message);
        }

        return Check(optimized);
    }

    /// <summary>What is wrong with an optimised form of the program, or null; one that was looked at before is not run again.</summary>
    public Failure? Check(Lambda optimized)
    {
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
        long iterations;
        try
        {
            (found, iterations) = Interpreted(optimized, calls);
        }
        catch (Exception e)
        {
            return new("the interpreter fails", e.Message);
        }

        return Difference(found, calls)
            ?? (Ends && iterations > (_iterations * MostTimesIterations) + IterationSlack ? new("the loops take more iterations", $"expected about {_iterations}, found {iterations}") : null);
    }

    /// <summary>What is wrong with what compiled code gives after all passes, or null.</summary>
    public Failure? CheckCompiled()
    {
        var calls = new List<long>();
        try
        {
            var module = WeldModule.Compile(Program, new CompileOptions { Functions = HostFunctions.Noting(calls), Backend = Backend.Compiled });
            return Difference(Outcome.Of(() => module.Evaluate(_arguments, new RunOptions { Timeout = Timeout })), calls) is { } f ? f with { Kind = $"compiled, {f.Kind}" } : null;
        }
        catch (Exception e)
        {
            return new("compiled code fails", $"expected {_expected}, found {e.Message}");
        }
    }

    private (Outcome Outcome, long Iterations) Interpreted(Lambda program, List<long> calls)
    {
        var counter = new IterationCounter(HostFunctions.Noting(calls));
        var outcome = Outcome.Of(() => Interpreter.Run(IterationCounter.Counted(program), _arguments, new InterpreterOptions { Functions = counter.Functions, Timeout = Timeout }));
        return (outcome, counter.Count);
    }

    private Failure? Difference(Outcome found, List<long> calls) => (_expected.Value, found.Value) switch
    {
        ({ } value, { } other) when !value.Equals(other) => new("the values differ", $"expected {_expected}\nfound    {found}"),
        ({ }, { }) when !_calls.SequenceEqual(calls) => new("the host is called differently", $"expected {string.Join(' ', _calls)}\nfound    {string.Join(' ', calls)}"),
        ({ }, null) => new("the optimised program raises", $"expected {_expected}\nfound    {found}"),
        (null, { } other) when !UnusedErrors.MayGive(Program, _arguments, other) => new("an error that matters vanishes", $"expected {_expected}\nfound    {found}"),
        (null, null) when !Differential.PossibleCodes(Program).Contains(found.Code!.Value) => new("the optimised program raises what the program cannot", $"expected {_expected}\nfound    {found}"),
        _ => null,
    };
}
