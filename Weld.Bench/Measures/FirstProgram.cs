using System.Diagnostics;
using System.Globalization;
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
        var answer = result.As<long>();
        var elapsed = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        if (answer != 25)
        {
            throw new InvalidOperationException($"expected 25, found {answer}");
        }

        Console.WriteLine(elapsed.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>The median of several fresh processes, in milliseconds.</summary>
    public static double Measure()
    {
        var times = new double[Processes];
        for (var i = 0; i < Processes; i++)
        {
            var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
            if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet")
            {
                start.ArgumentList.Add(typeof(FirstProgram).Assembly.Location);
            }

            start.ArgumentList.Add("first");
            using var process = Process.Start(start)!;
            times[i] = double.Parse(process.StandardOutput.ReadToEnd(), CultureInfo.InvariantCulture);
            process.WaitForExit();
        }

        return Paired.Median(times);
    }
}
