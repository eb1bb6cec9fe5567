using System.Collections.Concurrent;
using Weld.Core.IR;
using Weld.Core.Values;
using Xunit.Abstractions;

namespace Weld.Tests.Properties;

/// <summary>Random programs over the whole language mean the same in every room. <c>WELD_FUZZ_SEED</c> and <c>WELD_FUZZ_COUNT</c> choose others and more; a debug build runs fewer.</summary>
public class RandomProgramTests(ITestOutputHelper output)
{
    [Fact]
    public void ProgramsMeanTheSameInterpretedAndCompiled()
    {
        var census = new Census();
        var failures = new ConcurrentDictionary<ulong, Failure>();
        var (ended, long100, long200K) = (0, 0, 0);
        Parallel.For(0, Effort.Programs, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, (i, loop) =>
        {
            var p = RandomProgram.Of(Effort.FirstSeed + (ulong)i);
            census.Count(p.Program);
            var failure = Differential.Check(p, (outcome, iterations) =>
            {
                _ = outcome.Value is null ? 0 : Interlocked.Increment(ref ended);
                _ = iterations <= 100 ? 0 : Interlocked.Increment(ref long100);
                _ = iterations <= 200_000 ? 0 : Interlocked.Increment(ref long200K);
            });
            if (failure is not null)
            {
                failures[p.Seed] = failure;
                if (failures.Count >= 20)
                {
                    loop.Stop();
                }
            }
        });
        if (!failures.IsEmpty)
        {
            Assert.Fail(Report(failures));
        }

        output.WriteLine($"{Effort.Programs} programs: {ended} end without an error, {long100} iterate more than 100 times, {long200K} more than 200,000 times.");
        if (Effort.Programs < Effort.Enough)
        {
            return;
        }

        Assert.True(ended >= Effort.Programs * 0.8, $"expected 80 % to end without an error, found {ended} of {Effort.Programs}");
        Assert.True(long100 >= Effort.Programs * 0.5, $"expected half to iterate more than 100 times, found {long100} of {Effort.Programs}");
        Assert.True(long200K >= Effort.Programs * 0.005, $"expected 0.5 % to iterate more than 200,000 times, found {long200K} of {Effort.Programs}");
        foreach (var thing in Census.Everything.OrderBy(t => census[t]))
        {
            output.WriteLine($"{census[thing] * 100.0 / Effort.Programs:F2} %  {thing}");
        }

        Assert.Empty(Census.Everything.Where(thing => census[thing] < Effort.Programs * 0.005).Select(thing => $"{thing}: {census[thing]} of {Effort.Programs}"));
    }

    [Fact]
    public void OneSeedGivesOneProgram()
    {
        for (var seed = 0UL; seed < 50; seed++)
        {
            var (a, b) = (RandomProgram.Of(seed), RandomProgram.Of(seed));
            Assert.True(AlphaEquality.Equal(a.Program, b.Program));
            Assert.Equal(a.Arguments, b.Arguments);
        }
    }

    [Fact]
    public void ShrinkingKeepsWhatFailsAndDropsTheRest()
    {
        for (var (seed, found) = (0UL, 0); found < 5; seed++)
        {
            var p = RandomProgram.Of(seed);
            if (Sorts(p))
            {
                found++;
                var small = new Shrinker(Sorts).Shrink(p);
                Assert.True(Sorts(small));
                Assert.True(Nodes(small.Program).Count() <= 8, Printer.Print(small.Program));
            }
        }

        static bool Sorts(RandomProgram p) => Nodes(p.Program).Any(e => e is Sort);
        static IEnumerable<Expr> Nodes(Expr e) => e.Children.SelectMany(Nodes).Prepend(e);
    }

    /// <summary>All failures by seed, each kind's first one made small.</summary>
    private static string Report(ConcurrentDictionary<ulong, Failure> failures)
    {
        var lines = failures.OrderBy(f => f.Key).Select(f => $"seed {f.Key}: {f.Value.Kind}").ToList();
        foreach (var (seed, failure) in failures.OrderBy(f => f.Key).DistinctBy(f => f.Value.Kind))
        {
            var limit = TimeSpan.FromSeconds(5);
            var small = new Shrinker(p => Differential.Check(p, timeout: limit)?.Kind == failure.Kind).Shrink(RandomProgram.Of(seed));
            lines.Add($"""

                WELD_FUZZ_SEED={seed} WELD_FUZZ_COUNT=1: {failure.Kind}
                program: {Printer.Print(small.Program)}
                arguments: {string.Join(" ; ", small.Arguments.Select(ValueText.Print))}
                {Differential.Check(small, timeout: limit)?.Detail}
                """);
        }

        return string.Join('\n', lines);
    }
}
