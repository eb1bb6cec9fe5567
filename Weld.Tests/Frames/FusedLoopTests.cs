using Weld.Frames;

namespace Weld.Tests.Frames;

/// <summary>How many loops run for what is asked for: as many as one would write by hand.</summary>
public sealed class FusedLoopTests
{
    private static readonly Series<double> X = Series.Of(new double[4], "x");
    private static readonly Series<double> Y = Series.Of(new double[4], "y");
    private static readonly Series<int> K = Series.Of(new int[4], "k");

    [Fact]
    public void AChainIsOneLoop() => Loops(1, ((((X + 1) * Y) - X).Exp() / 2).Value);

    [Fact]
    public void AFilteredSumIsOneLoop() => Loops(1, ((X * Y).Filter((X > 1) & (Y < 2)) * 3).Sum().Value);

    [Fact]
    public void ReductionsOfOneSeriesAreOneLoop()
    {
        var z = (X * Y).Filter(X > 0);
        Loops(1, z.Sum().Value, z.Mean().Value, z.Min().Value, z.Max().Value, z.Count().Value);
    }

    [Fact]
    public void FilteredSeriesMeetInOneLoop() => Loops(1, ((X.Filter(X > 0) + Y.Filter(X > 0)) * 2).Value);

    [Fact]
    public void SharedMaskIsOneLoop()
    {
        var mask = X > 0;
        Loops(1, (X.Filter(mask) * Y.Filter(mask)).Sum().Value, X.Filter(mask).Value, mask.Sum().Value);
    }

    [Fact]
    public void AShareOfTheTotalIsTwoLoops() => Loops(2, (X * Y / (X * Y).Sum()).Value);

    [Fact]
    public void GroupsOfAFilterAreOneLoop() => Loops(1, (X * 2).Filter(X > 0).GroupBy(K.Filter(X > 0)).Sum().Value);

    [Fact]
    public void SelectIsOneLoop() => Loops(1, X.Select(X > Y, Y * 2).Sum().Value);

    [Fact]
    public void DotIsOneLoop() => Loops(1, Series.Dot((X, 1), (Y, 2)).Max().Value);

    [Fact]
    public void GroupsMeanIsALoopAndOneOverTheGroups() => Loops(2, X.GroupBy(K).Mean().Value);

    private static void Loops(int expected, params LazyValue[] values)
    {
        var text = Lazy.ExplainAll(values);
        Assert.True(expected == text.Split('\n').Count(l => l.StartsWith("# loop ", StringComparison.Ordinal)), text);
    }
}
