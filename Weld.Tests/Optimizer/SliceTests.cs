using Weld.Core.Evaluation;
using Weld.Core.IR;
using Weld.Core.Values;
using Weld.Managed;

namespace Weld.Tests.Optimizer;

/// <summary>Slices of sorts and loops give what the interpreter gives for the program as it is written, wherever they start and however long they are.</summary>
public class SliceTests
{
    private static readonly long[] Bounds = [0, 1, 2, 3, 7, 20, 63, 64, 99, 100, 101, 5_000, long.MaxValue - 1, long.MaxValue, -1, long.MinValue];

    [Theory]
    [InlineData("slice(sort(v, |a, b| compare(b, a)), s, n)")]
    [InlineData("slice(sort(v, |a, b| compare(a % 5L, b % 5L)), s, n)")] // ties
    [InlineData("slice(sort(v, |a, b| 1), s, n)")] // contradicts itself
    [InlineData("slice(sort(v, |a, b| i32((a * 7L + b * 3L) % 3L - 1L)), s, n)")]
    [InlineData("slice(result(for(v, appender[i64], |b, i, x| if(x % 3L == 1L, merge(b, x + i), b))), s, n)")]
    [InlineData("slice(result(for(rangeiter(0L, 100L, 1L), appender(v), |b, i, x| merge(merge(b, x), i))), s, n)")]
    [InlineData("slice(map(v, |x| x * x), s, n)")]
    [InlineData("slice(map(sort(v, |a, b| compare(a % 10L, b % 10L)), |x| x + 1L), s, n)")]
    [InlineData("flatten(map(rangeiter(0L, 3L, 1L), |k| slice(filter(v, |x| x % 3L == k), s, n)))")] // in a loop
    [InlineData("flatten(map(rangeiter(0L, 3L, 1L), |k| slice(sort(v, |a, b| compare(a % (k + 2L), b % (k + 2L))), s, n)))")]
    public void SlicesAreTheSame(string body)
    {
        var text = $"|v: vec[i64], s: i64, n: i64| {body}";
        var module = WeldModule.Compile(text, new CompileOptions { Backend = Backend.Compiled });
        var program = Rewrites.Read(text);
        var random = new Random(5);
        var data = new VectorValue(Enumerable.Range(0, 100).Select(_ => (Value)ScalarValue.I64(random.Next(0, 1_000))).ToArray());
        foreach (var start in Bounds)
        {
            foreach (var count in Bounds)
            {
                Seq<Value> arguments = [data, ScalarValue.I64(start), ScalarValue.I64(count)];
                Assert.Equal(Ended(() => Interpreter.Run(program, arguments)), Ended(() => module.Evaluate(arguments)));
            }
        }
    }

    [Fact]
    public void ALoopStopsWhereItHasEnough()
    {
        var calls = 0L;
        var functions = ForeignFunctions.None.Add(new ForeignFunction(
            "count", new Core.Types.FunctionType([Core.Types.ScalarType.I64], Core.Types.ScalarType.I64), false, a => { calls++; return a[0]; }));
        var module = WeldModule.Compile(
            "|n: i64| slice(result(for(rangeiter(0L, n, 1L), appender[i64], |b, i, x| if(cudf[count,i64](x) % 2L == 0L, merge(b, x), b))), 1L, 2L)",
            new CompileOptions { Functions = functions, Backend = Backend.Compiled });
        Assert.Equal([2L, 4L], module.Run(1_000_000L).As<long[]>());
        Assert.InRange(calls, 6, ReductionOrder.BlockSize);
    }

    private static string Ended(Func<Value> run)
    {
        try
        {
            return ValueJson.Print(run());
        }
        catch (Core.Diagnostics.WeldRuntimeException e)
        {
            return $"{e.Code}";
        }
    }
}
