using System.Numerics;
using Weld.Core.Diagnostics;
using Weld.Frames;

namespace Weld.Tests.Frames;

/// <summary>Series against LINQ and plain loops, over random data.</summary>
public sealed class SeriesTests
{
    private static readonly int[] Lengths = [0, 1, 7, 64, 1000];

    [Fact]
    public void ArithmeticOfDoubles() => Arithmetic(Doubles);

    [Fact]
    public void ArithmeticOfFloats() => Arithmetic(r => (float)Doubles(r));

    [Fact]
    public void ArithmeticOfInts() => Arithmetic(r => r.Next(-1000, 1000) is var x && x == 0 ? 1 : x);

    [Fact]
    public void ArithmeticOfLongs() => Arithmetic(r => r.NextInt64(long.MinValue, -1));

    [Fact]
    public void ArithmeticOfBytes() => Arithmetic(r => (byte)r.Next(1, 256));

    [Fact]
    public void ReductionsOfDoubles() => Reductions(Doubles, double.NaN);

    [Fact]
    public void ReductionsOfFloats() => Reductions(r => (float)r.Next(-1000, 1000), float.NaN);

    [Fact]
    public void ReductionsOfInts() => Reductions(r => r.Next(), null);

    [Fact]
    public void ReductionsOfLongs() => Reductions(r => r.NextInt64(), null);

    [Fact]
    public void ReductionsOfShorts() => Reductions(r => (short)r.Next(), null);

    [Fact]
    public void ComparisonsAndMasks() => OverPairs(Doubles, (a, b) =>
    {
        var (x, y) = (Series.Of(a), Series.Of(b));
        Equal(a.Zip(b, (p, q) => p < q), x < y);
        Equal(a.Zip(b, (p, q) => p > q || p == q), (x > y) | (x == y));
        Equal(a.Zip(b, (p, q) => p <= q && !(p != q)), (x <= y) & !(x != y));
        Equal(a.Zip(b, (p, q) => p >= q ^ p > 0), (x >= y) ^ (x > 0));
        Equal(a.Select(p => 0.5 < p), 0.5 < x);
        Equal(a.Select(double.IsNaN), x.IsNaN());
        Assert.Equal(a.Count(p => p > 0), (x > 0).Sum().Collect());
    });

    [Fact]
    public void FilterAndSelect() => OverPairs(Doubles, (a, b) =>
    {
        var (x, y) = (Series.Of(a), Series.Of(b));
        Equal(a.Zip(b).Where(p => p.First > p.Second).Select(p => p.First), x.Filter(x > y));
        Equal(a.Zip(b, (p, q) => p > q ? p : q), x.Select(x > y, y));
        Equal(a.Select(p => p > 0 ? p : -1), x.Select(x > 0, -1.0));
        Assert.Equal(a.Count(p => p > 0), x.Filter(x > 0).Count().Collect());
    });

    [Fact]
    public void ScalarsTakePartInSeries() => OverPairs(Doubles, (a, _) =>
    {
        var x = Series.Of(a.Where(double.IsFinite).ToArray());
        var centred = (x - x.Mean()).ToArray();
        var (sum, max, scaled) = Lazy.CollectAll(x.Sum(), x.Max(), x / (x.Max() - x.Min() + 1));
        Assert.Equal(x.Sum().Collect(), sum);
        Assert.Equal(centred, (x - (sum / a.Count(double.IsFinite))).ToArray());
        Assert.Equal((x / (max - x.Min().Collect() + 1)).ToArray(), scaled.ToArray());
    });

    [Fact]
    public void ScalarsHaveFunctions() => OverPairs(r => r.NextDouble(), (a, _) =>
    {
        var x = Series.Of(a);
        var deviation = (((x - x.Mean()) * (x - x.Mean())).Sum() / (x.Count() - 1L).Cast<double>()).Sqrt();
        var mean = a.DefaultIfEmpty(double.NaN).Average();
        Close(Math.Sqrt(a.Sum(p => (p - mean) * (p - mean)) / (a.Length - 1)), deviation.Collect());
        Close(Math.Abs(Math.Log(Math.Exp(-a.Sum()))), (-x.Sum()).Exp().Log().Abs().Collect());
    });

    [Fact]
    public void TypesWithoutACounterpartAreRefused()
    {
        var error = Assert.Throws<NotSupportedException>(() => Series.Of(new decimal[1]));
        Assert.Contains("expected bool, an integer", error.Message, StringComparison.Ordinal);
        Assert.Throws<NotSupportedException>(() => Series.Of("text".ToCharArray()));
        Assert.Throws<NotSupportedException>(() => Series.Of([DayOfWeek.Friday]));
    }

    [Fact]
    public void Functions() => OverPairs(r => r.NextDouble(), (a, b) =>
    {
        var (x, y) = (Series.Of(a), Series.Of(b));
        Equal(a.Select(Math.Sqrt), x.Sqrt());
        Equal(a.Select(p => Math.Floor(8 * p)), (8 * x).Floor());
        Equal(a.Select(p => Math.Abs(-p)), (-x).Abs());
        Near(a.Select(Math.Exp), x.Exp());
        Near(a.Select(p => Math.Log(1 + p)), x.Log1p());
        Near(a.Select(Math.Tanh), x.Tanh());
        Near(a.Zip(b, Math.Pow), x.Pow(y));
        Near(a.Zip(b, Math.Atan2), x.ArcTan2(y));
    });

    [Fact]
    public void Casts()
    {
        double[] a = [0, -1.9, 2.5, double.NaN, double.PositiveInfinity, -1e300];
        var x = Series.Of(a);
        Equal([0, -1, 2, 0, int.MaxValue, int.MinValue], x.Cast<int>());
        Equal([false, true, true, true, true, true], x.Cast<bool>());
        Equal<byte>([0, 255, 2], Series.Of([0, -1, 2]).Cast<byte>());
        Equal([1f, 0f], Series.Of([true, false]).Cast<float>());
        Assert.Equal(-1, (x.Min().Cast<float>() / 1e30f).Cast<double>().Cast<int>().Collect() < 0 ? -1 : 1);
    }

    [Fact]
    public void Dot() => OverPairs(Doubles, (a, b) =>
    {
        var (x, y) = (Series.Of(a), Series.Of(b));
        Equal(a.Zip(b, (p, q) => (p * 1) + (q * -2.5) + (p * 3)), Series.Dot((x, 1), (y, -2.5), (x, 3)));
        Equal(a.Select(p => p * a.Length), Series.Dot((x, x.Count().Cast<double>())));
    });

    [Fact]
    public void NaNAndNothing()
    {
        var nothing = Series.Of(Array.Empty<double>());
        Assert.Equal(0, nothing.Sum().Collect());
        Assert.Equal(double.NaN, nothing.Mean().Collect());
        Assert.Equal(double.NaN, nothing.Min().Collect());
        Assert.Equal(double.NaN, Series.Of(new[] { double.NaN, double.NaN }).Max().Collect());
        Assert.Equal(double.PositiveInfinity, Series.Of(new[] { double.NaN, double.PositiveInfinity }).Min().Collect());
        Assert.Equal(double.NaN, Series.Of(new[] { 1, double.NaN }).Sum().Collect());
        Assert.Empty((nothing + 1).Exp().ToArray());

        int[] none = [];
        Assert.Equal(0, Series.Of(none).Sum().Collect());
        Assert.Equal(double.NaN, Series.Of(none).Mean().Collect());
        var error = Assert.Throws<WeldRuntimeException>(() => Series.Of(none).Min().Collect());
        Assert.Equal(RuntimeCode.AssertionError, error.Code);
        Assert.Contains("Min", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Texts()
    {
        string[] states = ["CA", "NY", "CA", "", "Žižkov", "ca"];
        var x = Series.Of(states);
        Assert.Equal(states, x.ToArray());
        Equal(states.Select(s => s == "CA"), x == "CA");
        Equal(states.Select(s => string.CompareOrdinal(s, "CA") > 0), x > "CA");
        Assert.Equal(["CA", "CA"], x.Filter(x == "CA").ToArray());
        Assert.Equal(["-", "NY", "-", "", "Žižkov", "ca"], x.Select(x != "CA", "-").ToArray());
        Assert.Equal(6, x.Count().Collect());
    }

    [Fact]
    public void Columns()
    {
        var price = new Column<float>("price", new[] { 1f, 2, 3 }.AsMemory(1));
        Assert.Equal([3f, 5], (Series.Of(price) + Series.Of(price.Values[..2]) - 1).ToArray());
        Assert.Equal("price: vec[f32] of 2", Series.Of(price).ToString());
        var text = new TextColumn("name", "abc"u8.ToArray(), new[] { 0, 1, 3 });
        Assert.Equal(["a", "bc"], Series.Of(text).ToArray());
    }

    [Fact]
    public void AnEnumerationComputes()
    {
        var seen = new List<int>();
        foreach (var x in Series.Of([1, 2, 3]) * 2)
        {
            seen.Add(x);
        }

        Assert.Equal([2, 4, 6], seen);
    }

    private static void Arithmetic<T>(Func<Random, T> next)
        where T : unmanaged, INumber<T> => OverPairs(next, (a, b) =>
        {
            var (x, y) = (Series.Of(a), Series.Of(b));
            var three = T.CreateChecked(3);
            Equal(a.Zip(b, (p, q) => unchecked(p + q)), x + y);
            Equal(a.Zip(b, (p, q) => unchecked((p * q) - p)), (x * y) - x);
            Equal(a.Zip(b, (p, q) => p / q), x / y);
            Equal(a.Zip(b, (p, q) => p % q), x % y);
            Equal(a.Select(p => unchecked(three - p)), three - x);
            Equal(a.Select(p => unchecked(-p * three)), -x * three);
        });

    private static void Reductions<T>(Func<Random, T> next, T? ofNothing)
        where T : unmanaged, INumber<T> => OverPairs(next, (a, _) =>
        {
            var x = Series.Of(a);
            var sum = a.Aggregate(T.Zero, (s, p) => unchecked(s + p));
            Close(double.CreateChecked(sum), double.CreateChecked(x.Sum().Collect()));
            Close(a.Aggregate(0.0, (s, p) => s + double.CreateChecked(p)) / a.Length, x.Mean().Collect());
            var numbers = a.Where(p => !T.IsNaN(p)).ToArray();
            if (numbers.Length > 0 || ofNothing is not null)
            {
                Assert.Equal(numbers.Length == 0 ? ofNothing!.Value : numbers.Min(), x.Min().Collect());
                Assert.Equal(numbers.Length == 0 ? ofNothing!.Value : numbers.Max(), x.Max().Collect());
            }
        });

    private static double Doubles(Random random) => random.Next(20) switch
    {
        0 => double.NaN,
        1 => 0.0,
        2 => -0.0,
        _ => (random.NextDouble() - 0.5) * 100,
    };

    private static void OverPairs<T>(Func<Random, T> next, Action<T[], T[]> check)
    {
        foreach (var length in Lengths)
        {
            var random = new Random(length);
            check([.. Enumerable.Range(0, length).Select(_ => next(random))], [.. Enumerable.Range(0, length).Select(_ => next(random))]);
        }
    }

    private static void Equal<T>(IEnumerable<T> expected, Series<T> series)
        where T : notnull => Assert.Equal(expected, series.ToArray());

    private static void Near(IEnumerable<double> expected, Series<double> series) => Assert.All(expected.Zip(series.ToArray()), p => Close(p.First, p.Second));

    private static void Close(double expected, double found) => Assert.True(expected.Equals(found) || Math.Abs(expected - found) <= 1e-9 * Math.Abs(expected) + 1e-9, $"expected {expected}, found {found}");
}
