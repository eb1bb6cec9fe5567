using Weld.Frames;
using Weld.Managed;
using Weld.Tests.Properties;

namespace Weld.Tests.Frames;

/// <summary>Random graphs of series: what the optimizer makes of them gives what the interpreter gives for the program as the graph wrote it, to the bit.</summary>
public sealed class RandomGraphTests
{
    private const int Batches = 4;
    private static readonly int Graphs = Math.Max(Effort.Programs / 100, 10);

    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, Batches)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void OptimisedGraphsMeanTheSame(int batch)
    {
        var oracle = new CollectOptions { Compile = new CompileOptions { Backend = Backend.Interpreter } };
        for (var seed = batch * Graphs; seed < (batch + 1) * Graphs; seed++)
        {
            var graph = new RandomGraph(new Random(seed + (int)Effort.FirstSeed));
            var values = graph.Make();
            var expected = Read(Lazy.CollectAll(values, oracle));
            Assert.True(expected.SequenceEqual(Read(Lazy.CollectAll(values))), $"seed {seed}:\n{Lazy.ExplainAll(values.Select(v => v.Value).ToArray())}");
        }
    }

    private static string[] Read(Series<long>[] computed) => [.. computed.Select(c => string.Join(',', c.ToArray()))];

    /// <summary>
    /// Series of integers in sets of one length each, so that only those of a set meet. Floats take part where no order of additions shows: element by
    /// element, and in least and greatest values.
    /// </summary>
    private sealed class RandomGraph(Random random)
    {
        private readonly List<List<Series<long>>> _sets = [];

        public Series<long>[] Make()
        {
            var length = random.Next(5) == 0 ? random.Next(2) : random.Next(2, 200);
            _sets.Add([.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Series.Of(Enumerable.Range(0, length).Select(_ => random.NextInt64(-20, 20)).ToArray()))]);
            for (var steps = random.Next(3, 25); steps > 0; steps--)
            {
                Grow();
            }

            return [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Any(Any(_sets)))];
        }

        private void Grow()
        {
            var set = Any(_sets);
            var (x, y) = (Any(set), Any(set));
            switch (random.Next(12))
            {
                case 0:
                    set.Add(x + y);
                    break;
                case 1:
                    set.Add(x * y - random.Next(5));
                    break;
                case 2:
                    set.Add(-x);
                    break;
                case 3:
                    set.Add(x.Select(Mask(set), y));
                    break;
                case 4:
                    set.Add((x.Cast<double>() * 0.25).Floor().Cast<long>());
                    break;
                case 5:
                    set.Add(x + Any(Any(_sets)).Sum());
                    break;
                case 6:
                    set.Add(x % (Any(Any(_sets)).Count() + 1));
                    break;
                case 7:
                    set.Add((x - Any(set).Cast<double>().Max().Cast<long>()) * random.Next(3));
                    break;
                case 8 or 9:
                    var mask = Mask(set);
                    _sets.Add([.. set.Where(_ => random.Next(3) > 0).Append(x).Select(s => s.Filter(mask))]);
                    break;
                case 10:
                    var groups = x.GroupBy(y % 7);
                    var sums = groups.Sum();
                    _sets.Add([sums.Keys, sums.Values, groups.Count().Values, groups.Max().Values]);
                    break;
                default:
                    set.Add(Series.Dot((x, 3), (y, Any(Any(_sets)).Count()), (x, -1)));
                    break;
            }
        }

        private Series<bool> Mask(List<Series<long>> set) => random.Next(3) switch
        {
            0 => Any(set) > random.Next(-10, 10),
            1 => (Any(set) < Any(set)) | (Any(set) == 0),
            _ => !(Any(set) >= random.Next(-10, 10)) & (Any(set) != Any(set)),
        };

        private T Any<T>(List<T> list) => list[random.Next(list.Count)];
    }
}
