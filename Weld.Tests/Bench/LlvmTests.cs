using System.Collections.Concurrent;
using Weld.Bench.Peers.Llvm;
using Weld.Core;
using Weld.Core.Diagnostics;
using Weld.Core.Evaluation;
using Weld.Core.IR;
using Weld.Core.Operators;
using Weld.Core.Types;
using Weld.Core.Values;
using Weld.Tests.Properties;
using Xunit.Abstractions;

namespace Weld.Tests.Bench;

/// <summary>A test that needs LLVM's library; skipped by name on machines without it.</summary>
internal sealed class LlvmFactAttribute : FactAttribute
{
    public LlvmFactAttribute() => Skip = LlvmLibrary.IsPresent ? null : "libLLVM 15 is not on this machine";
}

/// <summary>Tests that need LLVM's library; skipped by name on machines without it.</summary>
internal sealed class LlvmTheoryAttribute : TheoryAttribute
{
    public LlvmTheoryAttribute() => Skip = LlvmLibrary.IsPresent ? null : "libLLVM 15 is not on this machine";
}

/// <summary>Programs lowered to LLVM, the peer of the benchmarks, give what the interpreter gives.</summary>
public class LlvmTests(ITestOutputHelper output)
{
    private static readonly int[] Widths = [128, 256, 512];

    /// <summary>A share of the corpus: most time goes into LLVM's passes.</summary>
    private static int Programs => Effort.Programs / 20;

    [LlvmFact]
    public void RandomProgramsMeanTheSame() => CompareRandomPrograms(LlvmFloats.Strict);

    [LlvmFact]
    public void RandomProgramsInLanesHaveTheSameBits() => CompareRandomPrograms(LlvmFloats.Lanes);

    [LlvmTheory]
    [InlineData("f64")]
    [InlineData("f32")]
    public void ZerosAreEqualAndNaNsAfterNumbersInTheTotalOrder(string type)
    {
        double[] numbers = [1.5, double.NaN, -0.0, BitConverter.Int64BitsToDouble(-1), 0, double.NegativeInfinity, double.PositiveInfinity, -2, 5e-300];
        Seq<Value> arguments = [Evaluation.Nodes.Floats(numbers)];
        var text = $"|v: vec[f64]| let w = map(v, |x| {type}(x)); {{map(w, |x| map(w, |y| compare(x, y))), sort(w, |a, b| compare(a, b))}}";
        using var program = new LlvmProgram(FrontEnd.Check(new SourceText(text)), LlvmFloats.Strict, 256);
        Assert.Equal(Interpreter.Run(program.Optimised, arguments), program.Module.Evaluate(arguments));
    }

    private void CompareRandomPrograms(LlvmFloats floats)
    {
        var failures = new ConcurrentBag<string>();
        var without = new ConcurrentDictionary<string, int>();
        var compared = 0;
        Parallel.For(0, Programs, i =>
        {
            var p = RandomProgram.Of(Effort.FirstSeed + 7_000_000 + (ulong)i);
            if (Nodes(p.Program).Any(e => e is Unary { Operator: ElementaryOperator } or Binary { Operator: BinaryElementaryOperator }))
            {
                without.AddOrUpdate("elementary functions, which are the C library's", 1, (_, n) => n + 1);
                return;
            }

            if (floats == LlvmFloats.Strict && Nodes(p.Program).Any(e => e is NewBuilder n && ReducesFloats(n.BuilderType)))
            {
                without.AddOrUpdate("reductions of floats, whose order shows", 1, (_, n) => n + 1);
                return;
            }

            var text = Printer.PrintProgram(p.Program);
            try
            {
                using var program = new LlvmProgram(FrontEnd.Check(p.Program, HostFunctions.All), floats, Widths[i % Widths.Length]);
                var expected = Outcome.Of(() => Interpreter.Run(program.Optimised, p.Arguments, new InterpreterOptions { Functions = HostFunctions.All }));
                var found = Outcome.Of(() => program.Module.Evaluate(p.Arguments));
                Interlocked.Increment(ref compared);
                if (expected.Value is null != found.Value is null || (expected.Value is { } value && !value.Equals(found.Value)))
                {
                    failures.Add($"seed {p.Seed}: expected {expected}, found {found}\n{text}");
                }
            }
            catch (NotLoweredException e)
            {
                without.AddOrUpdate(e.Message, 1, (_, n) => n + 1);
            }
            catch (Exception e) when (e is not WeldException)
            {
                failures.Add($"seed {p.Seed}: {e.Message}\n{text}");
            }
        });
        output.WriteLine($"{compared} compared; {string.Join("; ", without.OrderByDescending(w => w.Value).Select(w => $"{w.Value} {w.Key}"))}");
        Assert.True(failures.IsEmpty, string.Join("\n\n", failures.OrderBy(f => f.Length).Take(5)));
        Assert.True(compared >= Programs * 0.15, $"expected 15 % of the programs to be lowered, found {compared} of {Programs}");
    }

    private static bool ReducesFloats(BuilderType builder) => builder switch
    {
        MergerType m => ReductionOrder.IsSensitive(m.Element, m.Operator),
        DictMergerType d => ReductionOrder.IsSensitive(d.Value, d.Operator),
        VecMergerType v => ReductionOrder.IsSensitive(v.Element, v.Operator),
        _ => false,
    };

    private static IEnumerable<Expr> Nodes(Expr e) => e.Children.SelectMany(Nodes).Prepend(e);
}
