using Weld.Bench.Compare;
using Weld.Bench.Peers.DotNet;

namespace Weld.Tests.Bench;

/// <summary>The kernels as Weld programs and in C# as it is written today.</summary>
public sealed class ManagedPeerTests
{
    private static readonly ManagedPeer[] Peers = [ManagedPeer.Loops, ManagedPeer.Linq, ManagedPeer.ParallelLinq, ManagedPeer.Tensors];

    public static TheoryData<string> Kernels => [.. CompareCommand.Comparisons.Where(c => c.Twin is not null && !c.IsFixed).Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(Kernels))]
    public void PeersAgree(string name)
    {
        var comparison = CompareCommand.Comparisons.Single(c => c.Name == name);
        var arguments = comparison.Arguments(5_000);
        using var weld = new WeldPeer().Enter(comparison, arguments, 1);
        var expected = Rows(comparison, weld);
        var compared = 0;
        foreach (var (peer, threads) in Peers.SelectMany(p => new[] { (p, 1), (p, 2) }))
        {
            using var entry = peer.Enter(comparison, arguments, threads);
            if (entry is not null)
            {
                Assert.Null(Answers.Difference(expected, Rows(comparison, entry), comparison.Tolerance));
                compared++;
            }
        }

        Assert.True(compared >= 2, $"expected two peers or more, found {compared}");
    }

    private static Array[] Rows(Comparison comparison, Entry entry) => comparison.Unordered ? Answers.ByKey(entry.Answer()) : entry.Answer();
}
