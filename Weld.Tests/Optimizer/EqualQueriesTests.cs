using Weld.Core.Evaluation;
using Weld.Core.Types;
using Weld.Core.Values;
using Weld.Tests.Properties;

namespace Weld.Tests.Optimizer;

/// <summary>Equal queries, written differently, end as one plan.</summary>
public class EqualQueriesTests
{
    public static TheoryData<string> Groups => new(EqualQueries.Groups.Keys);

    [Theory]
    [MemberData(nameof(Groups))]
    public void TheyMeanTheSame(string group)
    {
        var programs = EqualQueries.Groups[group].Select(Rewrites.Read).ToArray();
        var random = new RandomSource((ulong)group.Length);
        for (var run = 0; run < 20; run++)
        {
            var values = new RandomValues(random, dyadic: true);
            var arguments = programs[0].Parameters.To(p => values.Of(p.Type, p.Type is VectorType ? run : -1));
            var expected = Outcome.Of(() => Interpreter.Run(programs[0], arguments));
            Assert.All(programs, p => Assert.Equal(expected, Outcome.Of(() => Interpreter.Run(p, arguments))));
        }
    }

    [Theory]
    [MemberData(nameof(Groups))]
    public void TheyEndAsOnePlan(string group) => Rewrites.SamePlan(EqualQueries.Groups[group]);
}
