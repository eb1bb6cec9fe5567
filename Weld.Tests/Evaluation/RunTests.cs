using Weld.Core;
using Weld.Core.Diagnostics;
using Weld.Core.Evaluation;
using Weld.Core.IR;
using Weld.Core.Operators;
using Weld.Core.Types;
using Weld.Core.Values;
using static Weld.Tests.Evaluation.Nodes;

namespace Weld.Tests.Evaluation;

/// <summary>What a run promises its host: limits, stopping, builders handed over, host functions, depth.</summary>
public class RunTests
{
    private static readonly Expr Endless = Loop(Range(long.MaxValue), new NewBuilder(Sum), (b, _, x) => new Merge(b, x));

    [Fact]
    public void ARunStopsWhenCancelled()
    {
        using var source = new CancellationTokenSource();
        source.CancelAfter(20);
        Fails(RuntimeCode.Cancelled, new Result(Endless), new InterpreterOptions { CancellationToken = source.Token });
    }

    [Fact]
    public void ARunEndsWhenItsTimeIsOver()
    {
        Fails(RuntimeCode.Timeout, new Result(Endless), new InterpreterOptions { Timeout = TimeSpan.FromMilliseconds(20) });
        var s = new Symbol("s", ScalarType.I64);
        var forever = new Iterate(Int(0), new Lambda([s], new StructLiteral([new Ident(s), new Literal(Scalar.Bool(true))])));
        Fails(RuntimeCode.Timeout, forever, new InterpreterOptions { Timeout = TimeSpan.FromMilliseconds(20) });
    }

    [Theory]
    [InlineData("|n: i64| 1L + result(for(rangeiter(0L, n, 1L), merger[i64,+], |b, i, x| merge(b, x)))", "for(range", RuntimeCode.Timeout)]
    [InlineData("|n: i64| n + iterate(0L, |s| {s, true})", "iterate", RuntimeCode.Timeout)]
    [InlineData("|n: i64| len(result(for(rangeiter(0L, n, 1L), appender[i64], |b, i, x| merge(b, x))))", "merge", RuntimeCode.OutOfMemory)]
    public void WhatEndsARunHasAPlace(string text, string place, RuntimeCode code)
    {
        var options = new InterpreterOptions { Timeout = code == RuntimeCode.Timeout ? TimeSpan.FromMilliseconds(20) : null, MemoryLimit = 1_000_000 };
        var thrown = Assert.Throws<WeldRuntimeException>(() => Interpreter.Run(FrontEnd.Check(new SourceText(text)).Program, [ScalarValue.I64(long.MaxValue)], options));
        Assert.Equal(code, thrown.Code);
        Assert.InRange(thrown.Span.Start, text.IndexOf(place, StringComparison.Ordinal), text.Length - 1);
    }

    [Fact]
    public void ARunKeepsToItsMemory()
    {
        var rows = new Result(Loop(Range(200_000), new NewBuilder(new AppenderType(ScalarType.I64)), (b, _, x) => new Merge(b, x)));
        Fails(RuntimeCode.OutOfMemory, rows, new InterpreterOptions { MemoryLimit = 1_000_000 });
        Assert.Equal(200_000, ((VectorValue)Run(rows, new InterpreterOptions { MemoryLimit = 8_000_000 })).Count);
    }

    [Fact]
    public void MemoryThatNothingHoldsIsUsedAgain()
    {
        var rows = new Length(new Result(Loop(Range(20_000), new NewBuilder(new AppenderType(ScalarType.I64)), (b, _, x) => new Merge(b, x))));
        var total = new Result(Loop(Range(30), new NewBuilder(Sum), (b, _, _) => new Merge(b, rows)));
        Assert.Equal(ScalarValue.I64(600_000), Run(total, new InterpreterOptions { MemoryLimit = 1_500_000 }));
    }

    [Fact]
    public void ABuilderGoesFromOneRunToTheNext()
    {
        var half = Interpreter.Run(Program(Loop(Range(10), new NewBuilder(Sum), (b, _, x) => new Merge(b, x))), []);
        var p = new Symbol("p", Sum);
        var rest = Program(new Result(new Merge(new Ident(p), Int(100))), p);
        Assert.False(((BuilderValue)half).IsConsumed);
        Assert.Equal(ScalarValue.I64(145), Interpreter.Run(rest, [half]));
        Assert.True(((BuilderValue)half).IsConsumed);
        Assert.Contains("consumed merger[i64,+]", Assert.Throws<ArgumentException>(() => Interpreter.Run(rest, [half])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ABuilderIsConsumedAlsoIfTheRunFails()
    {
        var (p, q) = (new Symbol("p", Sum), new Symbol("q", Sum));
        var first = Run(new NewBuilder(Sum));
        var failing = Program(new Result(new Merge(new Ident(p), new Binary(OperatorTable.Divide, Int(1), Int(0)))), p);
        Assert.Equal(RuntimeCode.DivideByZero, Assert.Throws<WeldRuntimeException>(() => Interpreter.Run(failing, [first])).Code);
        Assert.True(((BuilderValue)first).IsConsumed);

        var second = Run(new NewBuilder(Sum));
        var both = Program(Add(new Result(new Ident(p)), new Result(new Ident(q))), p, q);
        Assert.Throws<ArgumentException>(() => Interpreter.Run(both, [second, second]));
        Assert.Throws<ArgumentException>(() => Interpreter.Run(both, [second, first]));
        Assert.False(((BuilderValue)second).IsConsumed);
    }

    [Fact]
    public void ArgumentsAreCheckedBeforeAnythingRuns()
    {
        var v = new Symbol("v", new VectorType(ScalarType.F64));
        var program = Program(new Length(new Ident(v)), v);
        Assert.StartsWith("expected 1 arguments, found 0", Assert.Throws<ArgumentException>(() => Interpreter.Run(program, [])).Message, StringComparison.Ordinal);
        Assert.StartsWith(
            "parameter 'v': expected a value of type vec[f64], found [1L]",
            Assert.Throws<ArgumentException>(() => Interpreter.Run(program, [new VectorValue(new Value[] { ScalarValue.I64(1) })])).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void HostFunctionsRunOnceEachInOrder()
    {
        var seen = new List<long>();
        var options = With("note", a =>
        {
            seen.Add(((ScalarValue)a[0]).Scalar.AsInt64);
            return a[0];
        });
        var loop = Loop(Range(5), new NewBuilder(Sum), (b, _, x) => new Merge(b, new ForeignCall("note", ScalarType.I64, [x])));
        Assert.Equal(ScalarValue.I64(10), Run(new Result(loop), options));
        Assert.Equal([0, 1, 2, 3, 4], seen);
    }

    [Fact]
    public void WhatAHostFunctionThrowsIsTheInnerException()
    {
        var thrown = new InvalidTimeZoneException("no");
        var call = new ForeignCall("f", ScalarType.I64, [Int(1)]);
        Assert.Same(thrown, Fails(RuntimeCode.ForeignFunctionError, call, With("f", _ => throw thrown)).InnerException);
        Fails(RuntimeCode.ForeignFunctionError, call, With("f", _ => ScalarValue.True));
        Fails(RuntimeCode.ForeignFunctionError, call, With("f", _ => null!));
        Fails(RuntimeCode.ForeignFunctionError, call, new InterpreterOptions());
    }

    [Fact]
    public void DeepProgramsRun()
    {
        Expr sum = Int(0);
        for (var i = 0; i < 20_000; i++)
        {
            sum = i % 2 == 0 ? Add(sum, Int(1)) : Add(Int(1), sum);
        }

        Assert.Equal(ScalarValue.I64(20_000), Run(sum));
        var s = Enumerable.Range(0, 20_000).Select(_ => new Symbol("s", ScalarType.I64)).ToArray();
        Expr chain = new Ident(s[^1]);
        for (var i = s.Length - 1; i >= 0; i--)
        {
            chain = new Let(s[i], i == 0 ? Int(1) : Add(new Ident(s[i - 1]), Int(1)), chain);
        }

        Assert.Equal(ScalarValue.I64(20_000), Run(chain));
    }

    [Fact]
    public void AnInconsistentComparatorGivesAPermutation()
    {
        var v = new Symbol("v", new VectorType(ScalarType.F64));
        var (x, y) = (new Symbol("x", ScalarType.F64), new Symbol("y", ScalarType.F64));
        var data = Floats(Enumerable.Range(0, 1_000).Select(i => (double)i));
        foreach (var answer in new[] { -1, 0, 1 })
        {
            var sorted = (VectorValue)Interpreter.Run(Program(new Sort(new Ident(v), new Lambda([x, y], new Literal(Scalar.I32(answer)))), v), [data]);
            Assert.Equal(data.Elements.ToArray().ToHashSet(), sorted.Elements.ToArray().ToHashSet());
        }
    }

    private static InterpreterOptions With(string name, Func<Seq<Value>, Value> f) => new()
    {
        Functions = ForeignFunctions.None.Add(new ForeignFunction(name, new FunctionType([ScalarType.I64], ScalarType.I64), true, f)),
    };

    private static WeldRuntimeException Fails(RuntimeCode code, Expr body, InterpreterOptions options)
    {
        var thrown = Assert.Throws<WeldRuntimeException>(() => Run(body, options));
        Assert.Equal(code, thrown.Code);
        return thrown;
    }
}
