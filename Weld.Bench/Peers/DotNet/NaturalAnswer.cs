using System.Runtime.CompilerServices;
using System.Text;
using Weld.Bench.Compare;

namespace Weld.Bench.Peers.DotNet;

/// <summary>What the kernels in C# give, as columns.</summary>
internal static class NaturalAnswer
{
    public static Array[] Columns(object answer) => answer switch
    {
        double number => [new[] { number }],
        string[] texts => [Array.ConvertAll(texts, Hash)],
        long[] or double[] or float[] => [(Array)answer],
        List<double> list => [list.ToArray()],
        List<long> list => [list.ToArray()],
        (double, double)[] pairs => [Array.ConvertAll(pairs, p => p.Item1), Array.ConvertAll(pairs, p => p.Item2)],
        (long, long)[] pairs => [Array.ConvertAll(pairs, p => p.Item1), Array.ConvertAll(pairs, p => p.Item2)],
        ITuple tuple => [.. Enumerable.Range(0, tuple.Length).SelectMany(i => Columns(tuple[i]!))],
        Totals[] rows => Columns(rows),
        Dictionary<long, double> groups => [groups.Keys.ToArray(), groups.Values.ToArray()],
        Dictionary<string, double> groups => [groups.Keys.Select(Hash).ToArray(), groups.Values.ToArray()],
        Dictionary<long, int> counts => [counts.Keys.ToArray(), counts.Values.Select(c => (long)c).ToArray()],
        Dictionary<long, List<long>> groups => [groups.Keys.ToArray(), groups.Values.Select(v => (long)v.Count).ToArray(), groups.Values.SelectMany(v => v).ToArray()],
        ILookup<long, long> groups => [groups.Select(g => g.Key).ToArray(), groups.Select(g => (long)g.Count()).ToArray(), groups.SelectMany(g => g).ToArray()],
        _ => throw new ArgumentException($"expected numbers, texts, arrays, groups and tuples, found {answer.GetType()}"),
    };

    private static Array[] Columns(Totals[] rows) =>
    [
        Array.ConvertAll(rows, r => (long)r.Flag), Array.ConvertAll(rows, r => (long)r.Status), Array.ConvertAll(rows, r => r.Quantity), Array.ConvertAll(rows, r => r.Price),
        Array.ConvertAll(rows, r => r.Reduced), Array.ConvertAll(rows, r => r.Charge), Array.ConvertAll(rows, r => r.Discount), Array.ConvertAll(rows, r => r.Count),
    ];

    private static long Hash(string text) => Answers.Hash<byte>(Encoding.UTF8.GetBytes(text));
}
