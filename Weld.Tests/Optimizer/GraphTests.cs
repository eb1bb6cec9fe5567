using System.Text;
using Weld.Core.Evaluation;
using Weld.Core.IR;
using Weld.Core.Optimizer;
using Weld.Core.Values;

namespace Weld.Tests.Optimizer;

/// <summary>Programs that are small as graphs and huge as trees, or long, are optimised by steps and to sizes that grow as the graph does.</summary>
public class GraphTests
{
    private const int Depth = 40;

    public static TheoryData<string, string, int> Shared => new()
    {
        { "|a: i64| ", "let c = (c + c) / 2L;", 0 },
        { "|a: i64| ", "let c = if(c > 3L, c + c, c * c);", 0 },
        { "|a: i64| ", "let c = {c, c}.$0 + c;", 0 },
        { "|a: vec[i64]| ", "let c = map(zip(c, c), |p| (p.$0 + p.$1) / 2L);", 1 },
        { "|a: vec[i64]| ", "let c = map(zip(map(c, |x| x + 1L), map(c, |x| x * 2L)), |p| p.$0 - p.$1);", 1 },
        { "|a: vec[i64]| ", "let c = result(for(c, appender, |b, i, x| merge(b, x + lookup(c, i))));", 1 },
        { "|a: vec[i64]| ", "let c = map(c, |x| x + len(c));", Depth },
        { "|a: vec[i64]| ", "let s = sum(c); let c = map(c, |x| x + s);", 2 * Depth },
        { "|a: vec[i64]| ", "let c = tovec(result(for(zip(c, c), dictmerger[i64,i64,+], |b, i, p| merge(b, {p.$0 & 7L, p.$1})))); let c = map(c, |p| p.$0 + p.$1);", 2 * Depth },
    };

    [Theory]
    [MemberData(nameof(Shared))]
    public void AGraphOfDepthNIsOptimisedByLinearlyManySteps(string parameters, string step, int mostLoops)
    {
        ProgramOptimizer.Optimize(Repeated(parameters, step, 3));
        var (small, _) = Measured(Repeated(parameters, step, Depth / 2));
        var (large, program) = Measured(Repeated(parameters, step, Depth));
        Assert.True(large < 4 * small, $"expected twice the memory at twice the depth, found {small} bytes and {large}");
        Assert.True(program.Facts.Size < 40 * Depth, $"expected a size linear in {Depth}, found {program.Facts.Size} nodes");
        var loops = Nodes(program).Count(n => n is For);
        Assert.True(loops <= mostLoops, $"expected at most {mostLoops} loops, found {loops}:\n{Printer.PrintProgram(program)}");
    }

    [Fact]
    public void AThousandMapsAreOneLoop()
    {
        var program = Repeated("|a: vec[i64]| ", "let c = map(c, |x| (x * 3L) ^ 5L);", 1_000);
        var optimized = ProgramOptimizer.Optimize(program).Program;
        Assert.Single(Nodes(optimized), n => n is For);
        Assert.True(optimized.Facts.Size < 20_000, $"found {optimized.Facts.Size} nodes");
        Seq<Value> arguments = [new VectorValue(new Value[] { ScalarValue.I64(7), ScalarValue.I64(-1) })];
        Assert.Equal(Interpreter.Run(program, arguments), Interpreter.Run(optimized, arguments));
    }

    [Fact]
    public void TenThousandOperatorsEnd()
    {
        var program = Repeated("|a: i64| ", "let t = (c * 3L + a) ^ (c >> 2L); let c = t - (c & 255L) * t + 1L;", 1_000);
        Assert.True(program.Facts.Size > 10_000);
        var optimized = ProgramOptimizer.Optimize(program).Program;
        Assert.True(optimized.Facts.Size <= program.Facts.Size, $"expected at most {program.Facts.Size} nodes, found {optimized.Facts.Size}");
        Assert.Equal(Interpreter.Run(program, [ScalarValue.I64(12345)]), Interpreter.Run(optimized, [ScalarValue.I64(12345)]));
    }

    private static Lambda Repeated(string parameters, string step, int times)
    {
        var text = new StringBuilder(parameters).Append("let c = a;\n");
        for (var i = 0; i < times; i++)
        {
            text.Append(step).Append('\n');
        }

        return Rewrites.Read(text.Append('c').ToString());
    }

    /// <summary>The bytes that optimising allocates, a measure of its steps that no other load disturbs.</summary>
    private static (long Bytes, Lambda Program) Measured(Lambda program)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var optimized = ProgramOptimizer.Optimize(program).Program;
        return (GC.GetAllocatedBytesForCurrentThread() - before, optimized);
    }

    private static IEnumerable<Expr> Nodes(Expr root)
    {
        var left = new Stack<Expr>([root]);
        while (left.TryPop(out var node))
        {
            yield return node;
            foreach (var child in node.Children)
            {
                left.Push(child);
            }
        }
    }
}
