using Weld.Core.Diagnostics;
using Weld.Core.IR;
using Weld.Core.Operators;
using Weld.Frames;
using Weld.Managed;
using Weld.Managed.Runtime;

namespace Weld.Tests.Frames;

/// <summary>The graph: how it becomes a program, what is shared, what errors say.</summary>
public sealed class LazyTests
{
    [Fact]
    public void EachOperationIsALoopOfItsOwn()
    {
        double[] price = [1, 2], quantity = [3, 4];
        var total = ((Series.Of(price) * Series.Of(quantity)) + 1).Sum();
        Assert.Equal(
            """
            |price: vec[f64], quantity: vec[f64], constant: f64|
                let v = result(for(zip(price, quantity), appender[f64], |b, i, x| merge(b, x.$0 * x.$1)));
                let v_1 = result(for(v, appender[f64], |b, i, x| merge(b, x + constant)));
                result(for(v_1, merger[f64,+], |b, i, x| merge(b, x)))
            """.ReplaceLineEndings("\n"),
            Printer.PrintProgram(Program(total.Value)));
    }

    [Fact]
    public void AValueUsedOftenIsComputedOnce()
    {
        var x = Series.Of([1.5, 2.5]);
        var y = x + 1;
        Assert.Equal(2, Lets(Program(((y * y) + y).Value)));
    }

    [Fact]
    public void ASharedGraphOfManyPathsIsLinear()
    {
        var x = Series.Of([1L, 2, 3]);
        for (var i = 0; i < 40; i++)
        {
            x += x;
        }

        Assert.Equal(40, Lets(Program(x.Value)) + 1);
        Assert.Equal([1L << 40, 2L << 40, 3L << 40], x.ToArray());
    }

    [Fact]
    public void AChainOfTenThousandIsNoDepth()
    {
        var x = Series.Of([1, 2, 3]);
        for (var i = 0; i < 10_000; i++)
        {
            x += 1;
        }

        Assert.Equal([10_001, 10_002, 10_003], x.ToArray());
        Assert.Equal([10_001, 10_002, 10_003], x.ToArray(new CollectOptions { Compile = new CompileOptions { Backend = Backend.Interpreter } }));
    }

    [Fact]
    public void ManySeriesOverOneInputAreOneLoop()
    {
        var x = Series.Of([1, 2, 3]);
        var all = Enumerable.Range(0, 200).Select(i => (x + i).Filter(x > i % 4).Sum()).ToArray();
        Assert.Equal(Enumerable.Range(0, 200).Select(i => Enumerable.Range(1, 3).Where(v => v > i % 4).Sum(v => v + i)), Lazy.CollectAll(all));
        Assert.Single(Lazy.ExplainAll([.. all.Select(a => a.Value)]).Split('\n'), l => l.StartsWith("# loop ", StringComparison.Ordinal));
    }

    [Fact]
    public void AnotherConstantIsTheSameProgram()
    {
        int[] first = [1, 2, 3], second = [4, 5];
        Assert.Same(Compiled(Pipeline(first, 1)), Compiled(Pipeline(second, 17)));
        Assert.NotSame(Compiled(Pipeline(first, 1)), Compiled((Pipeline(first, 1) + 1)));
        Assert.Equal([4, 6], Pipeline(first, 1).ToArray());
        Assert.Equal([136, 170], Pipeline(second, 17).ToArray());

        static Series<int> Pipeline(int[] values, int constant)
        {
            var x = Series.Of(values);
            return (x * constant).Filter(x != constant) * 2;
        }
    }

    [Fact]
    public void AnotherFunctionOfTheSameMeaningIsTheSameProgram()
    {
        var x = LazyValue.Of(new[] { 1.0 });
        Assert.Same(Compiled(new Series<double>(Square().Apply(x))), Compiled(new Series<double>(Square().Apply(x))));

        static LazyFunction Square() => new("square", "|v: vec[f64]| map(v, |x| x * x)");
    }

    [Fact]
    public void AGraphBuiltAgainIsNotCompiledAgain()
    {
        Assert.Same(Module([1, 2], 3), Module([4], 5));

        static WeldModule Module(int[] values, int limit)
        {
            var x = Series.Of(values);
            return LazyProgram.Of([x.Filter(x > limit).Value, x.Max().Value]).Compile(CompileOptions.Default);
        }
    }

    [Fact]
    public void EqualConstantsStayTwoParameters()
    {
        var x = Series.Of([1, 2]);
        Assert.Same(Compiled((x + 1) * 1), Compiled((x + 2) * 3));
    }

    [Fact]
    public void TheSameStepWrittenTwiceIsOne()
    {
        var (x, y) = (Series.Of([1.0, -2, 3]), Series.Of([4.0, 5, 6]));
        var meet = x.Filter(x > 0) * y.Filter(x > 0);
        Assert.Equal([4, 18], meet.ToArray());
        Assert.Equal((3, 3), (Program(meet.Value).Parameters.Count, Lets(Program(meet.Value))));
        Assert.Equal(4, Program((x.Filter(x > 0) * y.Filter(x > -1)).Value).Parameters.Count);
        Assert.Equal([double.NaN, double.NaN, double.NaN], ((x / 0.0) + (x / -0.0)).ToArray());
        Assert.Equal((2.0, 2.0), Lazy.CollectAll((LazyScalar<double>)2, (LazyScalar<double>)2));
    }

    [Fact]
    public void OneArrayIsOneParameter()
    {
        int[] values = [1, 2, 3];
        var sum = Series.Of(values) + Series.Of(values.AsMemory()) + Series.Of(new Column<int>("c", values));
        Assert.Single(Program(sum.Value).Parameters);
        Assert.Equal([3, 6, 9], sum.ToArray());
        Assert.Equal(2, Program((Series.Of(values.AsMemory(1)) + Series.Of(values.AsMemory(0, 2))).Value).Parameters.Count);
        Assert.Single(Program((Series.Of(values.AsMemory(1)) + Series.Of(values.AsMemory(1))).Value).Parameters);
    }

    [Fact]
    public void InputsAreNotCopied()
    {
        int[] values = [1, 2, 3];
        var doubled = Series.Of(values) * 2;
        values[0] = 10;
        Assert.Equal([20, 4, 6], doubled.ToArray());
    }

    [Fact]
    public void SeveralResultsAreOneProgram()
    {
        int[] values = [3, 1, 2];
        var x = Series.Of(values) * 2;
        var (series, sum, groups) = Lazy.CollectAll(x, x.Sum(), x.GroupBy(Series.Of(values)).Sum());
        Assert.Equal([6, 2, 4], series.ToArray());
        Assert.Equal(12, sum);
        Assert.Equal([(3, 6), (1, 2), (2, 4)], groups.ToArray());
        Assert.Equal([12, 2, 6], Lazy.CollectAll([x.Sum(), x.Min(), x.Max()]));
        Assert.Equal([12], Lazy.CollectAll([x.Sum()]));
        Assert.Equal((series.Length, 12), Lazy.CollectAll(Series.Of(values), x.Sum()) is var (same, again) ? (same.Length, again) : default);
    }

    [Fact]
    public void WhatIsComputedIsAnInput()
    {
        var computed = (Series.Of([1, 2, 3]) * 2).Collect();
        Assert.Equal(3, computed.Length);
        Assert.Null(computed.Value.Function);
        Assert.Equal([3, 5, 7], (computed + 1).ToArray());
        Assert.Single(Program((computed + computed).Value).Parameters);
    }

    [Fact]
    public void InputsAndResultsLiveAsLongAsTheyAreNeeded()
    {
        var x = Make();
        Collect();
        var computed = x.Collect();
        var sum = computed + 1;
        computed = null;
        Collect();
        Assert.Equal(Enumerable.Range(0, 100_000).Select(i => (2 * i) + 1), sum.ToArray());

        static Series<int> Make() => Series.Of(Enumerable.Range(0, 100_000).ToArray()) * 2;

        static void Collect()
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            GC.Collect();
        }
    }

    [Fact]
    public void ManyThreadsComputeOneGraph()
    {
        var values = Enumerable.Range(0, 1000).ToArray();
        var x = Series.Of(values);
        var shared = (x * x) + x;
        var results = new long[64];
        Parallel.For(0, results.Length, i => results[i] = (shared.Cast<long>() + i).Sum().Collect());
        Assert.Equal(results.Select((_, i) => values.Sum(v => ((long)v * v) + v + i)), results);
    }

    [Fact]
    public void LengthsThatAreKnownMustFitWhereTheyMeet()
    {
        double[] price = [1, 2, 3], tax = [1, 2];
        var error = Assert.Throws<ArgumentException>(() => Series.Of(price) + Series.Of(tax));
        Assert.Equal("+: expected series of one length, found price of 3 and tax of 2", error.Message);
        Assert.Throws<ArgumentException>(() => Series.Of(price).Filter(Series.Of(tax) > 0));
        Assert.Throws<ArgumentException>(() => Series.Of(price).Select(Series.Of(price) > 0, Series.Of(tax)));
        Assert.Throws<ArgumentException>(() => Series.Of(price).GroupBy(Series.Of(tax)));
        Assert.Throws<ArgumentException>(() => Series.Dot((Series.Of(price), 1), (Series.Of(tax), 1)));
    }

    [Fact]
    public void LengthsThatAreNotKnownMustFitWhenItRuns()
    {
        double[] price = [1, 2, 3];
        var x = Series.Of(price);
        for (var i = 0; i < 2; i++)
        {
            var error = Assert.Throws<WeldRuntimeException>(() => (x.Filter(x > i) * x.Filter(x > i + 1)).Sum().Collect());
            Assert.Equal(RuntimeCode.MismatchedZipSize, error.Code);
            Assert.Contains("in *(Filter, Filter)", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void ErrorsNameTheStep()
    {
        int[] divisor = [1, 0];
        var error = Assert.Throws<WeldRuntimeException>(() => (Series.Of([1, 2]) / Series.Of(divisor)).ToArray());
        Assert.Equal(RuntimeCode.DivideByZero, error.Code);
        Assert.EndsWith("in /(series, divisor)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void OptionsReachTheRun()
    {
        var x = Series.Of(new double[10_000]);
        var options = new CollectOptions { Run = new RunOptions { MemoryLimit = 1000 } };
        Assert.Equal(RuntimeCode.OutOfMemory, Assert.Throws<WeldRuntimeException>(() => (x + 1).Collect(options)).Code);
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        options = new CollectOptions { Run = new RunOptions { CancellationToken = cancelled.Token } };
        Assert.Equal(RuntimeCode.Cancelled, Assert.Throws<WeldRuntimeException>(() => (x + 1).ToArray(options)).Code);
    }

    [Fact]
    public void ALibraryBringsItsOwnExpressions()
    {
        var ratio = new LazyFunction("ratio", x => new Binary(OperatorTable.Divide, x[0], x[1]));
        var half = ratio.Apply(LazyValue.Of(3.0), LazyValue.Of(2.0));
        Assert.Equal(2.5, (new LazyScalar<double>(half) + 1).Collect());
        Assert.Equal(3, new LazyScalar<int>(ratio.Apply(LazyValue.Of(7), LazyValue.Of(2))).Collect());
        var error = Assert.Throws<ArgumentException>(() => ratio.Apply(LazyValue.Of(3.0), LazyValue.Of(2)));
        Assert.StartsWith("ratio: Type: expected f64, found i32", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new LazyScalar<int>(half));
        Assert.Throws<ArgumentException>(() => new Series<int>(half));
    }

    [Fact]
    public void ALibraryBringsItsOwnTextForEachType()
    {
        var last = new LazyFunction("last", types => $"|v: {types[0]}| lookup(v, len(v) - 1L)");
        Assert.Equal(3, new LazyScalar<int>(last.Apply(Series.Of([1, 2, 3]).Value)).Collect());
        Assert.Equal("b", new LazyScalar<string>(last.Apply(Series.Of(["a", "b"]).Value)).Collect());
        var error = Assert.Throws<WeldRuntimeException>(() => new LazyScalar<int>(last.Apply(Series.Of(Array.Empty<int>(), "nothing").Value)).Collect());
        Assert.Equal((RuntimeCode.ArrayOutOfBounds, true), (error.Code, error.Message.EndsWith("in last(nothing)", StringComparison.Ordinal)));
    }

    [Fact]
    public void ALibraryBringsItsOwnText()
    {
        var squares = new LazyFunction("squares", "|v: vec[f64], from: f64| map(v, |x| let y = x + from; y * y)");
        var x = LazyValue.Of(new[] { 1.0, 2.0 });
        var twice = squares.Apply(squares.Apply(x, LazyValue.Of(1.0)), LazyValue.Of(0.0));
        Assert.Equal([16.0, 81.0], new Series<double>(twice).ToArray());
        var error = Assert.Throws<ArgumentException>(() => squares.Apply(x, LazyValue.Of(1, "start")));
        Assert.StartsWith("squares: expected f64 for from, found i32, which is start", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => squares.Apply(x));
        Assert.Throws<WeldCompileException>(() => new LazyFunction("bad", "|v: vec[f64]| v +"));
    }

    [Fact]
    public void ExplainsTheProgramAndItsLoops()
    {
        double[] price = [1, 2];
        var sum = (Series.Of(price) + 1).Sum();
        var plain = sum.Explain(new CollectOptions { Compile = new CompileOptions { Passes = [] } });
        Assert.StartsWith("|price: vec[f64], constant: f64|", plain, StringComparison.Ordinal);
        Assert.Contains("# no pass changes it", plain, StringComparison.Ordinal);
        Assert.Contains("# loop 0: for price", plain, StringComparison.Ordinal);
        Assert.Contains("\n#   +(price, constant)\n", plain, StringComparison.Ordinal);
        Assert.Contains("\n#   Sum(+)\n", plain, StringComparison.Ordinal);
        var fused = sum.Explain();
        Assert.StartsWith(plain.Split("\n\n")[0], fused, StringComparison.Ordinal);
        Assert.Contains("loop-fusion", fused, StringComparison.Ordinal);
        Assert.EndsWith("\n#   +(price, constant), Sum(+)\n", fused, StringComparison.Ordinal);
        Assert.DoesNotContain("# loop 1", fused, StringComparison.Ordinal);
    }

    private static Lambda Program(LazyValue value) => LazyProgram.Of([value]).ToFunction();

    private static object Compiled<T>(ILazy<T> lazy) => ((CompiledEngine)LazyProgram.Of([lazy.Value]).Compile(CompileOptions.Default).Engine).Program;

    private static int Lets(Lambda program)
    {
        var count = 0;
        for (var body = program.Body; body is Let let; body = let.Body)
        {
            count++;
        }

        return count;
    }
}
