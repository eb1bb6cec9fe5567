namespace Weld.Bench.Workloads;

/// <summary>Ranks of pages and how many links each has; the pages from which and to which each link leads, about eight from each page.</summary>
internal sealed class PageRank : Workload
{
    public override string Name => "pagerank";

    public override long SampleRows => 400;

    public override double Tolerance => Rounding;

    public override object[] Arguments(long rows)
    {
        var pages = (rows / 8) + 1;
        var source = Draw(81, rows, r => r.NextInt64(pages));
        var target = Draw(82, rows, r => Math.Min(r.NextInt64(pages), r.NextInt64(pages)));
        var degree = new long[pages];
        foreach (var page in source)
        {
            degree[page]++;
        }

        return [Draw(83, pages, r => r.Next(1, 1_000) / 1000.0), degree, source, target];
    }

    public override object Expected(object[] arguments)
    {
        var (rank, degree, source, target) = ((double[])arguments[0], (long[])arguments[1], (long[])arguments[2], (long[])arguments[3]);
        var received = new double[rank.Length];
        for (var i = 0; i < source.Length; i++)
        {
            received[target[i]] += rank[source[i]] / degree[source[i]];
        }

        var next = received.Select(r => (0.85 * r) + (0.15 / rank.Length)).ToArray();
        return (next, next.Zip(rank, (n, r) => Math.Abs(n - r)).Sum());
    }
}
