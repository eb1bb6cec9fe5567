using Weld.Core;
using Weld.Core.Diagnostics;
using Weld.Core.IR;
using Weld.Core.Optimizer;

namespace Weld.Tests.Optimizer;

/// <summary>One line for each thing that a pass does, or must not do. Programs are text, compared modulo names; the host functions of the golden programs are there.</summary>
internal static class Rewrites
{
    /// <summary>The pass alone, run through the gate until it changes nothing more, makes the one program of the other.</summary>
    /// <param name="pass">The users' name of the pass.</param>
    /// <param name="input">A program.</param>
    /// <param name="output">What becomes of it.</param>
    public static void Optimizes(string pass, string input, string output)
    {
        var (before, expected) = (Read(input), Read(output));
        var run = Run(pass, before);
        Assert.True(AlphaEquality.Equal(expected, run.Program), Text($"{pass} makes another program", ("of", before), ("expected", expected), ("found", run.Program)));
        Assert.True(run.Changed, $"{pass} changes nothing of {Printer.Print(before)}: expected another program as output than as input");
    }

    /// <summary>The pass alone leaves the program as it is: the same object.</summary>
    /// <param name="pass">The users' name of the pass.</param>
    /// <param name="input">A program.</param>
    public static void Keeps(string pass, string input)
    {
        var before = Read(input);
        var run = Run(pass, before);
        Assert.True(AlphaEquality.Equal(before, run.Program), Text($"{pass} changes a program that it must keep", ("from", before), ("to", run.Program)));
        Assert.False(run.Changed, Text($"{pass} gives another tree of the same meaning, expected the same object", ("from", before), ("to", run.Program)));
    }

    /// <summary>The whole pipeline makes one program of all of these, modulo names.</summary>
    /// <param name="inputs">Programs of one meaning, written differently.</param>
    public static void SamePlan(params IReadOnlyList<string> inputs)
    {
        var plans = inputs.Select(i => ProgramOptimizer.Optimize(Read(i)).Program).ToArray();
        for (var i = 1; i < plans.Length; i++)
        {
            Assert.True(AlphaEquality.Equal(plans[0], plans[i]), Text("the plans differ", ("of", Read(inputs[0])), ("plan", plans[0]), ("of", Read(inputs[i])), ("plan", plans[i])));
        }
    }

    /// <summary>The checked program of a text.</summary>
    public static Lambda Read(string text)
    {
        try
        {
            return FrontEnd.Check(new SourceText(text), new Goldens.HostFunctions().All).Program;
        }
        catch (WeldCompileException e)
        {
            throw new ArgumentException($"the front end refuses {text}\n{e.Message}", nameof(text), e);
        }
    }

    /// <summary>What a pass does to a program, alone.</summary>
    public static PassRun Run(string pass, Lambda program) => ProgramOptimizer.Optimize(program, Pipeline.Of([pass])).Runs[0];

    private static string Text(string message, params ReadOnlySpan<(string Role, Lambda Program)> programs)
    {
        foreach (var (role, program) in programs)
        {
            message += $"\n{role}:\n{Printer.PrintProgram(program)}";
        }

        return message;
    }
}
