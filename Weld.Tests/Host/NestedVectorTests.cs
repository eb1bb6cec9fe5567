using Weld.Managed;

namespace Weld.Tests.Host;

public sealed class NestedVectorTests
{
    [Fact]
    public void RowsAreVectorsOverOneMemory()
    {
        var rows = new NestedVector<double>(new[] { 1.0, 2, 3, 4 }, new[] { 0, 3, 3, 4 });
        using var result = WeldModule.Compile("|v: vec[vec[f64]]| map(v, |row| sum(row))").Run(rows);
        Assert.Equal([6.0, 0, 4], result.As<double[]>());
    }

    [Fact]
    public void AResultMayPointIntoTheMemory()
    {
        var texts = new NestedVector<byte>("ab€"u8.ToArray(), new[] { 0, 1, 2, 5 });
        using var result = WeldModule.Compile("|v: vec[vec[i8]]| sort(v, |a, b| compare(b, a))").Run(texts);
        Assert.Equal(["b", "a", "€"], result.As<string[]>());
    }

    [Fact]
    public void OneOffsetIsNoVector()
    {
        using var result = WeldModule.Compile("|v: vec[vec[i32]]| len(v)").Run(new NestedVector<int>(new[] { 1 }, new[] { 1 }));
        Assert.Equal(0, result.As<long>());
    }

    [Theory]
    [InlineData]
    [InlineData(0, 5)]
    [InlineData(2, 1)]
    [InlineData(-1, 1)]
    [InlineData(0, 2, 1)]
    public void BadOffsetsAreRefused(params int[] offsets)
    {
        var module = WeldModule.Compile("|v: vec[vec[i32]]| len(v)");
        Assert.Equal("v", Assert.Throws<ArgumentException>(() => module.Run(new NestedVector<int>(new int[4], offsets))).ParamName);
    }

    [Fact]
    public void OtherElementsAreRefused()
    {
        var module = WeldModule.Compile("|v: vec[vec[i32]]| len(v)");
        Assert.Equal("v", Assert.Throws<ArgumentException>(() => module.Run(new NestedVector<long>(new long[4], new[] { 0, 4 }))).ParamName);
    }
}
