using System.Globalization;
using System.Text.Json;
using Weld.Core;
using Weld.Core.Diagnostics;
using Weld.Core.Evaluation;
using Weld.Core.IR;
using Weld.Core.Optimizer;
using Weld.Core.Values;
using Weld.Managed;
using Weld.Tests.Repository;

namespace Weld.Tests.Goldens;

/// <summary>Every golden program gives the outcome it states: interpreted and compiled; and it prints to text that parses back.</summary>
public class GoldenTests
{
    private static readonly Dictionary<string, GoldenCase> Cases = GoldenCase.All.ToDictionary(c => c.Place);

    public static TheoryData<string> Places => new(GoldenCase.All.Select(c => c.Place));

    public static TheoryData<string> OptimizedPlaces => new(GoldenCase.All.Where(c => c.Get("optimize").Any()).Select(c => c.Place));

    [Theory]
    [MemberData(nameof(Places))]
    public void TheInterpreterGivesTheOutcome(string place) => Check(place, Interpreted);

    [Theory]
    [MemberData(nameof(Places))]
    public void TheCompiledProgramGivesTheOutcome(string place) => Check(place, Compiled);

    [Theory]
    [MemberData(nameof(Places))]
    public void TheCompiledProgramGivesTheOutcomeOnAnyNumberOfThreads(string place)
    {
        foreach (var (threads, grain) in ((int, long)[])[(2, 1), (3, 2), (8, 5)])
        {
            Check(place, g => Compiled(g, new RunOptions { Threads = threads, Grain = grain }));
        }
    }

    [Theory]
    [MemberData(nameof(Places))]
    public void ThePrintedProgramIsTheSame(string place)
    {
        var golden = Cases[place];
        if (TryCheck(golden.Program, out var program, out _))
        {
            foreach (var text in new[] { Printer.Print(program.Program), Printer.PrintProgram(program.Program) })
            {
                Assert.True(TryCheck(text, out var again, out var diagnostics), $"{text}\n{Render.All(diagnostics, new SourceText(text))}");
                Assert.True(AlphaEquality.Equal(program.Program, again.Program), $"{text}\n{Printer.Print(again.Program)}");
                Assert.Equal(text, text.Contains('\n', StringComparison.Ordinal) ? Printer.PrintProgram(again.Program) : Printer.Print(again.Program));
            }
        }
    }

    [Theory]
    [MemberData(nameof(OptimizedPlaces))]
    public void TheOptimizerGivesTheProgram(string place)
    {
        var golden = Cases[place];
        var found = Optimized(golden);
        Assert.True(
            golden.Get("optimized").FirstOrDefault() is { } stated && TryCheck(stated, out var expected, out _) && AlphaEquality.Equal(expected.Program, found),
            $"{place}: expected {golden.Get("optimized").FirstOrDefault()}\nfound    {Printer.Print(found)}");
    }

    [Fact]
    public void TheGoldensAreBlessed()
    {
        if (Checkout.Bless)
        {
            foreach (var file in GoldenCase.All.GroupBy(c => c.File))
            {
                GoldenCase.Write(file.Key, file.Select(c => Difference(c, Interpreted(c)) is null ? c : c.With(Interpreted(c))).Select(c => c.Get("optimize").Any() ? c.WithOptimized(Printer.Print(Optimized(c))) : c));
            }
        }

        Assert.True(GoldenCase.All.Count > 500, $"found {GoldenCase.All.Count} golden programs");
    }

    private static void Check(string place, Func<GoldenCase, Outcome> run)
    {
        var golden = Cases[place];
        if (Difference(golden, run(golden)) is { } difference)
        {
            Assert.Fail($"{place}: {difference}\n\n{string.Join('\n', golden.Header)}\n{golden.Body}");
        }
    }

    private static bool TryCheck(string text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out CheckedProgram? program, out Seq<Diagnostic> diagnostics) =>
        FrontEnd.TryCheck(new SourceText(text), new HostFunctions().All, out program, out diagnostics);

    /// <summary>The program after the passes that the case names, or after all.</summary>
    private static Lambda Optimized(GoldenCase golden)
    {
        var program = FrontEnd.Check(new SourceText(golden.Program), new HostFunctions().All).Program;
        var names = golden.Get("optimize").Single().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return ProgramOptimizer.Optimize(program, names is ["all"] ? null : Pipeline.Of(names.ToSeq())).Program;
    }

    private static Outcome Interpreted(GoldenCase golden)
    {
        var source = new SourceText(golden.Program);
        var host = new HostFunctions();
        return FrontEnd.TryCheck(source, host.All, out var program, out var diagnostics)
            ? Outcome.Of(program, host, () => Interpreter.Run(program.Program, Arguments(golden, program.Program), Options(golden, host)))
            : Outcome.Of(diagnostics, source);
    }

    private static Outcome Compiled(GoldenCase golden) => Compiled(golden, RunOptions.Default);

    private static Outcome Compiled(GoldenCase golden, RunOptions ways)
    {
        var source = new SourceText(golden.Program);
        var host = new HostFunctions();
        if (!FrontEnd.TryCheck(source, host.All, out var program, out var diagnostics))
        {
            return Outcome.Of(diagnostics, source);
        }

        var module = WeldModule.Compile(source, new CompileOptions { Functions = host.All, Backend = Backend.Compiled });
        var limits = Options(golden, host);
        var options = ways with { MemoryLimit = limits.MemoryLimit, Timeout = limits.Timeout, CancellationToken = limits.CancellationToken };
        return Outcome.Of(program, host, () => module.Evaluate(Arguments(golden, program.Program), options));
    }

    private static Seq<Value> Arguments(GoldenCase golden, Lambda program)
    {
        using var json = JsonDocument.Parse($"[{string.Join(',', golden.Get("args"))}]");
        Assert.Equal(program.Parameters.Count, json.RootElement.GetArrayLength());
        return json.RootElement.EnumerateArray().Zip(program.Parameters, (value, parameter) => ValueJson.Read(value, parameter.Type)).ToSeq();
    }

    private static InterpreterOptions Options(GoldenCase golden, HostFunctions host)
    {
        var options = new InterpreterOptions { Functions = host.All };
        foreach (var limit in golden.Get("limit").Select(l => l.Split(' ')))
        {
            options = limit[0] switch
            {
                "memory" => options with { MemoryLimit = long.Parse(limit[1], CultureInfo.InvariantCulture) },
                "timeout" => options with { Timeout = TimeSpan.FromMilliseconds(int.Parse(limit[1], CultureInfo.InvariantCulture)) },
                "cancelled" => options with { CancellationToken = new CancellationToken(true) },
                _ => throw new InvalidDataException($"{golden.Place}: unknown limit {limit[0]}"),
            };
        }

        return options;
    }

    /// <summary>How an outcome differs from what the case states, or null. Of an error as much must agree as is stated.</summary>
    private static string? Difference(GoldenCase golden, Outcome outcome)
    {
        var expected = golden.Get("error").ToArray();
        if (expected.Length != outcome.Errors.Count || !expected.Zip(outcome.Errors).All(p => Agrees(p.First, p.Second)))
        {
            return $"expected {Listed(expected)}, found {(outcome.Errors.Count > 0 ? Listed(outcome.Errors) : $"{outcome.Value}")}";
        }

        var warnings = golden.Get("warning").ToArray();
        if (warnings.Length != outcome.Warnings.Count || !warnings.Zip(outcome.Warnings).All(p => Agrees(p.First, p.Second)))
        {
            return $"expected the warnings {Listed(warnings)}, found {Listed(outcome.Warnings)}";
        }

        if ((golden.Get("calls").FirstOrDefault() ?? "") != outcome.Calls)
        {
            return $"expected the calls {golden.Get("calls").FirstOrDefault()}, found {outcome.Calls}";
        }

        if (golden.Get("type").FirstOrDefault() is { } type && type != outcome.Type?.ToString())
        {
            return $"expected the type {type}, found {outcome.Type}";
        }

        if (outcome.Value is null)
        {
            return expected.Length > 0 ? null : "expected a result or an error, found neither";
        }

        var stated = golden.Get("result").FirstOrDefault() is { } json ? ValueJson.Print(ValueJson.Parse(json, outcome.Type!)) : "no result";
        return stated == ValueJson.Print(outcome.Value) ? null : $"expected {stated}, found {ValueJson.Print(outcome.Value)}";
    }

    private static bool Agrees(string stated, string found)
    {
        var words = stated.Split(' ');
        var rest = found;
        foreach (var word in words)
        {
            var at = rest.IndexOf(word, StringComparison.Ordinal);
            if (at < 0 || (at + word.Length < rest.Length && char.IsAsciiDigit(rest[at + word.Length]) && char.IsAsciiDigit(word[^1])))
            {
                return false;
            }

            rest = rest[(at + word.Length)..];
        }

        return true;
    }

    private static string Listed(IEnumerable<string> items) => $"[{string.Join(" | ", items)}]";
}
