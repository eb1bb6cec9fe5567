using System.Collections.Concurrent;
using Weld.Core.Diagnostics;
using Weld.Core.IR;
using Weld.Core.Values;
using Weld.Tests.Properties;
using Xunit.Abstractions;

namespace Weld.Tests.Optimizer;

/// <summary>Random programs mean the same after any passes. <c>WELD_FUZZ_SEED</c> and <c>WELD_FUZZ_COUNT</c> choose others and more; a debug build runs fewer.</summary>
public class RandomPassTests(ITestOutputHelper output)
{
    /// <summary>These passes change at least a third of the programs.</summary>
    private static readonly string[] Busy = ["loop-fusion", "cse", "predicate", "group-aggregate"];

    /// <summary>Each kind of pass set is tried on such a part of the programs at least.</summary>
    private const double LeastShare = 0.015;

    [Fact]
    public void ProgramsMeanTheSameAfterAnyPasses()
    {
        var failures = new ConcurrentDictionary<(ulong Seed, string Set), (PassSet? Set, Failure Failure)>();
        var kinds = new ConcurrentDictionary<string, int>();
        var fired = new ConcurrentDictionary<string, int>();
        var ended = 0;
        Parallel.For(0, Effort.Programs, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, (i, loop) =>
        {
            var seed = Effort.FirstSeed + (ulong)i;
            var oracle = new Oracle(RandomProgram.Of(seed));
            _ = oracle.Ends ? Interlocked.Increment(ref ended) : 0;
            foreach (var set in PassSet.Of(seed))
            {
                kinds.AddOrUpdate(set.Kind, 1, (_, n) => n + 1);
                Note(set, oracle.Check(set));
                if (set == PassSet.All)
                {
                    foreach (var name in oracle.Runs.Where(r => r.Changed).Select(r => r.Pass.Name).Distinct())
                    {
                        fired.AddOrUpdate(name, 1, (_, n) => n + 1);
                    }

                    Note(null, oracle.CheckCompiled());
                }
            }

            void Note(PassSet? set, Failure? failure)
            {
                if (failure is not null)
                {
                    failures[(seed, set?.ToString() ?? "compiled")] = (set, failure);
                    if (failures.Count >= 20)
                    {
                        loop.Stop();
                    }
                }
            }
        });
        if (!failures.IsEmpty)
        {
            Assert.Fail(Report(failures));
        }

        output.WriteLine($"{Effort.Programs} programs, {ended} end without an error.");
        foreach (var (name, count) in fired.OrderByDescending(f => f.Value))
        {
            output.WriteLine($"{count * 100.0 / Effort.Programs:F1} % changed by {name}");
        }

        Assert.Empty(PassSet.Kinds.Where(k => kinds.GetValueOrDefault(k) < (int)(Effort.Programs * LeastShare)).Select(k => $"{k}: {kinds.GetValueOrDefault(k)} of {Effort.Programs}"));
        if (Effort.Programs >= Effort.Enough)
        {
            Assert.Empty(Busy.Where(p => fired.GetValueOrDefault(p) < Effort.Programs / 3).Select(p => $"{p} changes {fired.GetValueOrDefault(p)} of {Effort.Programs}"));
        }
    }

    /// <summary>All failures by seed, each kind's first one made small.</summary>
    private static string Report(ConcurrentDictionary<(ulong Seed, string Set), (PassSet? Set, Failure Failure)> failures)
    {
        var lines = failures.OrderBy(f => f.Key).Select(f => $"seed {f.Key.Seed}, {f.Key.Set}: {f.Value.Failure.Kind}").ToList();
        foreach (var ((seed, name), (set, failure)) in failures.OrderBy(f => f.Key).DistinctBy(f => f.Value.Failure.Kind))
        {
            var small = new Shrinker(p => Check(p, set)?.Kind == failure.Kind).Shrink(RandomProgram.Of(seed));
            var oracle = new Oracle(small);
            lines.Add($"""

                WELD_FUZZ_SEED={seed} WELD_FUZZ_COUNT=1: {failure.Kind}
                passes: {name}
                program: {Printer.Print(oracle.Program)}
                after: {After(oracle, set ?? PassSet.All)}
                arguments: {string.Join(" ; ", small.Arguments.Select(ValueText.Print))}
                {Check(small, set)?.Detail}
                """);
        }

        return string.Join('\n', lines);
    }

    private static string After(Oracle oracle, PassSet set)
    {
        try
        {
            return Printer.Print(oracle.Optimized(set));
        }
        catch (WeldInternalException e)
        {
            return e.Message;
        }
    }

    private static Failure? Check(RandomProgram p, PassSet? set)
    {
        try
        {
            var oracle = new Oracle(p);
            return set is null ? oracle.CheckCompiled() : oracle.Check(set);
        }
        catch (WeldCompileException)
        {
            return null;
        }
    }
}
