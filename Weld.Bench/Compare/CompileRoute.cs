using System.Diagnostics;
using Weld.Bench.Measures;
using Weld.Bench.Peers;
using Weld.Bench.Peers.Llvm;
using Weld.Core;
using Weld.Core.Diagnostics;
using Weld.Managed;
using Weld.Managed.Runtime;

namespace Weld.Bench.Compare;

/// <summary>A way from a program's text to its first result, or to what runs it.</summary>
/// <param name="Name">What to call it by.</param>
/// <param name="Go">Goes it, with the text and the program's argument, and gives the last element of the answer.</param>
/// <param name="Repeats">Whether the text is the same every time.</param>
internal sealed record CompileRoute(string Name, Func<string, double[], double> Go, bool Repeats = false)
{
    private static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(400);
    private static readonly Pace Pace = new(1, 15, TimeSpan.FromSeconds(10), TimeSpan.Zero, TimeSpan.MaxValue);

    /// <summary>As a user gets it: a short run begins before there is machine code.</summary>
    public static CompileRoute Automatic { get; } = new("Weld", (text, values) => Weld(text, values, Backend.Automatic))
    {
        Settle = text => _ = ((CompiledEngine)Module(text, Backend.Automatic).Engine).Program,
    };

    /// <summary>Machine code first.</summary>
    public static CompileRoute Compiled { get; } = new("Weld, machine code", (text, values) => Weld(text, values, Backend.Compiled));

    /// <summary>A text that was compiled before.</summary>
    public static CompileRoute Known { get; } = new("Weld, the same again", (text, values) => Weld(text, values, Backend.Compiled), Repeats: true);

    /// <summary>The same optimised program through LLVM.</summary>
    public static CompileRoute Llvm { get; } = new(LlvmPeer.Strict.Name, (text, values) =>
    {
        using var program = new LlvmProgram(FrontEnd.Check(new SourceText(text)), LlvmFloats.Strict);
        return Last(program.Module, values, RunOptions.Default);
    });

    /// <summary>Waits for what a route has left to another thread, which would take time from the next one.</summary>
    private Action<string> Settle { get; init; } = _ => { };

    /// <summary>Milliseconds of each route, one for each round, in turn, every time of another program.</summary>
    /// <param name="routes">Which.</param>
    /// <param name="operators">Of how many operators.</param>
    /// <exception cref="AnswersDifferException">An answer is not what it should be.</exception>
    public static double[][] Time(IReadOnlyList<CompileRoute> routes, int operators)
    {
        double[] values = [0.25, 3];
        var (number, times) = (0, routes.Select(_ => new List<double>()).ToArray());
        foreach (var route in routes)
        {
            for (var warm = Stopwatch.StartNew(); warm.Elapsed < WarmUp;)
            {
                Once(route);
            }
        }

        Pace.Run(() =>
        {
            for (var i = 0; i < routes.Count; i++)
            {
                times[i].Add(Once(routes[i]));
            }
        });
        return [.. times.Select(t => t.ToArray())];

        double Once(CompileRoute route)
        {
            var chain = new ChainProgram(operators, route.Repeats ? 0 : ++number);
            var text = chain.Text;
            var start = Stopwatch.GetTimestamp();
            var found = route.Go(text, values);
            var elapsed = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            route.Settle(text);
            var expected = chain.Of(values[^1]);
            return found == expected ? elapsed : throw new AnswersDifferException($"{route.Name}, {operators} operators: expected {expected:R}, found {found:R}");
        }
    }

    private static double Weld(string text, double[] values, Backend backend) => Last(Module(text, backend), values, RunOptions.Default);

    private static WeldModule Module(string text, Backend backend) => WeldModule.Compile(text, new CompileOptions { Backend = backend });

    private static double Last(WeldModule module, double[] values, RunOptions options)
    {
        using var result = module.Run(options, values);
        return result[result.Length - 1].As<double>();
    }
}
