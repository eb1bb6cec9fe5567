using Weld.Frames;

namespace Weld.Tests.Frames;

public sealed class GroupTests
{
    private static readonly string[] States = ["CA", "NY", "CA", "WA", "NY", "CA"];
    private static readonly double[] Values = [1, 2, 3, 4, 5, 6];

    [Fact]
    public void SumsByText() =>
        Assert.Equal([("CA", 10.0), ("NY", 7.0), ("WA", 4.0)], Series.Of(Values).GroupBy(Series.Of(States)).Sum().ToArray());

    [Fact]
    public void EveryReduction()
    {
        var random = new Random(1);
        var keys = Enumerable.Range(0, 10_000).Select(_ => random.Next(100)).ToArray();
        var values = keys.Select(k => random.NextInt64()).ToArray();
        var groups = Series.Of(values).GroupBy(Series.Of(keys));
        var expected = keys.Zip(values).GroupBy(p => p.First, p => p.Second).ToArray();
        Assert.Equal(expected.Select(g => (g.Key, g.Aggregate(0L, (s, x) => unchecked(s + x)))), groups.Sum().ToArray());
        Assert.Equal(expected.Select(g => (g.Key, (long)g.Count())), groups.Count().ToArray());
        Assert.Equal(expected.Select(g => (g.Key, g.Min())), groups.Min().ToArray());
        Assert.Equal(expected.Select(g => (g.Key, g.Max())), groups.Max().ToArray());
        Assert.All(expected.Zip(groups.Mean().ToArray()), p => Assert.Equal(p.First.Average(x => (double)x), p.Second.Value, Math.Abs(p.Second.Value) * 1e-12));
    }

    [Fact]
    public void NaNIsPassedOver()
    {
        var groups = Series.Of([double.NaN, 1, 2, double.NaN]).GroupBy(Series.Of([1, 1, 1, 2]));
        Assert.Equal([(1, 1.0), (2, double.NaN)], groups.Min().ToArray());
        Assert.Equal([(1, 2.0), (2, double.NaN)], groups.Max().ToArray());
        Assert.Equal([(1, double.NaN), (2, double.NaN)], groups.Sum().ToArray());
    }

    [Fact]
    public void KeysAndValuesAreSeries()
    {
        var sums = Series.Of(Values).GroupBy(Series.Of(States)).Sum();
        Assert.Equal(["CA", "NY"], sums.Keys.Filter(sums.Values > 5).ToArray());
        Assert.Equal(21, sums.Values.Sum().Collect());
        var computed = sums.Collect();
        Assert.Equal([10, 7, 4], computed.Values.ToArray());
        Assert.Equal(sums.ToArray(), computed.ToArray());
    }

    [Fact]
    public void FloatKeysAsTheLanguageHasThem() => Assert.Equal(
        [(double.NaN, 3), (0.0, 12)],
        Series.Of([1, 2, 4, 8]).GroupBy(Series.Of([double.NaN, double.NaN, -0.0, 0.0])).Sum().ToArray());

    [Fact]
    public void NothingHasNoGroups() => Assert.Empty(Series.Of(Array.Empty<int>()).GroupBy(Series.Of(Array.Empty<string>())).Mean().ToArray());
}
