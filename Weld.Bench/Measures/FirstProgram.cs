using System.Diagnostics;
using System.Globalization;
using Weld.Bench.Pages;
using Weld.Managed;

namespace Weld.Bench.Measures;

/// <summary>What a user waits for the first time: a fresh process compiles and runs one program.</summary>
internal static class FirstProgram
{
    private const int Processes = 11;
    private const string Text = "|v: vec[i64]| result(for(v, merger[i64, +], |b, i, x| if(x > 2L, merge(b, x * x), b)))";

    /// <summary>Runs the program and prints the milliseconds since <paramref name="start"/>.</summary>
    /// <param name="start">When Main began.</param>
    public static void Run(long start)
    {
        using var result = WeldModule.Compile(Text).Run(new long[] { 1, 2, 3, 4 });
        Print(start, result.As<long>(), 25L);
    }

    /// <summary>The same with a chain of operators.</summary>
    /// <param name="start">When Main began.</param>
    /// <param name="operators">How many.</param>
    public static void Run(long start, int operators)
    {
        var chain = new ChainProgram(operators, 1);
        using var result = WeldModule.Compile(chain.Text).Run(new[] { 1.0, 2.0 });
        Print(start, result[1].As<double>(), chain.Of(2));
    }

    /// <summary>The median of several fresh processes with the usual program, in milliseconds.</summary>
    public static double Measure() => Quartiles.Of([.. Enumerable.Range(0, Processes).Select(_ => Time())]).Median;

    /// <summary>The milliseconds of several fresh processes for each number of operators, in turn, so that what else the machine does falls on all.</summary>
    /// <param name="sizes">The numbers.</param>
    public static double[][] Times(IReadOnlyList<int> sizes)
    {
        var rounds = Enumerable.Range(0, Processes).Select(_ => sizes.Select(s => Time(s.ToString(CultureInfo.InvariantCulture))).ToArray()).ToArray();
        return [.. sizes.Select((_, i) => rounds.Select(r => r[i]).ToArray())];
    }

    private static double Time(params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet")
        {
            start.ArgumentList.Add(typeof(FirstProgram).Assembly.Location);
        }

        foreach (var argument in (string[])["first", .. arguments])
        {
            start.ArgumentList.Add(argument);
        }

        using var process = Process.Start(start)!;
        var time = double.Parse(process.StandardOutput.ReadToEnd(), CultureInfo.InvariantCulture);
        process.WaitForExit();
        return time;
    }

    private static void Print<T>(long start, T answer, T expected)
    {
        var elapsed = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        if (!Equals(answer, expected))
        {
            throw new InvalidOperationException($"expected {expected}, found {answer}");
        }

        Console.WriteLine(elapsed.ToString(CultureInfo.InvariantCulture));
    }
}
