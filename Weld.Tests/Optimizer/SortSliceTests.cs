namespace Weld.Tests.Optimizer;

public class SortSliceTests
{
    private const string Pass = "sort-slice";

    [Theory]
    [InlineData("|v: vec[i64], n: i64| ", "slice(sort(v, |a, b| compare(b, a)), n, 10L)")]
    [InlineData("|v: vec[i64], n: i64| ", "slice(sort(v, |a, b| compare(a / n, b / n)), 0L, n)")]
    public void SlicesOfSortsAreMarked(string parameters, string slice) => Rewrites.Optimizes(Pass, parameters + slice, $"{parameters}@(top_k: true) {slice}");

    [Theory]
    [InlineData("|v: vec[i64]| slice(sort(v, |a, b| i32(cudf[note,i64](a - b))), 0L, 10L)")] // the comparator acts
    [InlineData("|v: vec[i64]| slice(sort(v, |a, b| if(assert(a > 0L), 1, 0)), 0L, 10L)")]
    [InlineData("|v: vec[i64]| @(top_k: false) slice(sort(v, |a, b| compare(a, b)), 0L, 10L)")]
    [InlineData("|v: vec[i64]| let s = sort(v, |a, b| compare(a, b)); {slice(s, 0L, 10L), s}")]
    [InlineData("|v: vec[i64]| sort(slice(v, 0L, 10L), |a, b| compare(a, b))")]
    public void OthersAreNot(string program) => Rewrites.Keeps(Pass, program);
}
