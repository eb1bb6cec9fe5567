using Weld.Frames;
using Weld.Managed;

namespace Weld.Tests.Frames;

/// <summary>The C# that docs/frames.md shows, compiled and run here; <see cref="FramesPageTests"/> holds the two together.</summary>
internal static class FramesPage
{
    public static string Output()
    {
        Console.Lines.Clear();
        Run();
        return string.Concat(Console.Lines.Select(l => l + "\n"));
    }

    private static void Run()
    {
        string[] state = ["CA", "NY", "CA", "WA", "NY"];
        double[] price = [10, 20, 30, 40, double.NaN];
        int[] quantity = [3, 0, 1, 2, 5];

        var (p, q, s) = (Series.Of(price), Series.Of(quantity), Series.Of(state));
        var sold = (q > 0) & !p.IsNaN();
        var revenue = (p * q.Cast<double>()).Filter(sold);
        var share = revenue / revenue.Sum();

        var (shares, best, byState) = Lazy.CollectAll(share, revenue.Max(), revenue.GroupBy(s.Filter(sold)).Sum());
        Console.WriteLine($"{string.Join(' ', shares.ToArray())}, at most {best}");
        foreach (var (key, sum) in byState.ToArray())
        {
            Console.WriteLine($"{key} {sum}");
        }

        var signal = new Signal((Series.Of(price).Filter(sold) * 2.0).Value);
        var steepest = new Series<double>(signal.Difference().Value).Max();
        Console.WriteLine($"{steepest.Collect()}");
    }

    public sealed class Signal(LazyValue value) : ILazy<Signal>
    {
        private static readonly LazyFunction Differences = new("Differences", """
            |v: vec[f64]| result(for(iter(v, 1L, len(v), 1L), appender, |b, i, x| merge(b, x - lookup(v, i))))
            """);

        public LazyValue Value => value;

        public Signal Difference() => new(Differences.Apply(Value));

        public Signal Read(WeldView computed) => new(LazyValue.Of(computed));
    }

    /// <summary>Keeps what the page prints.</summary>
    private static class Console
    {
        public static List<string> Lines { get; } = [];

        public static void WriteLine(FormattableString line) => Lines.Add(FormattableString.Invariant(line));
    }
}
