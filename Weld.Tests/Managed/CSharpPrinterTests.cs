using Weld.Core;
using Weld.Core.Diagnostics;
using Weld.Core.Optimizer;
using Weld.Managed.Emit;
using Weld.Tests.Examples;
using Weld.Tests.Repository;

namespace Weld.Tests.Managed;

public sealed class CSharpPrinterTests
{
    [Fact]
    public void ALoopReadsAsALoop()
    {
        var code = ProgramCompiler.Code(FrontEnd.Check(new SourceText("|v: vec[i64]| result(for(v, merger[i64,+], |b, i, x| if(x > 3L, merge(b, x * 2L), b)))")).Program);
        var x = code.IndexOf("Memory.Load<long>((", StringComparison.Ordinal);
        Assert.True(x > 0, code);
        Assert.Contains("static void weld_loop_0(Run run, long frame, Builder[] builders, long start, long end)", code, StringComparison.Ordinal);
        Assert.Contains("static void weld_main(Run run, nint arguments, nint result)", code, StringComparison.Ordinal);
        Assert.Contains("> 3L)", code, StringComparison.Ordinal);
        Assert.Contains("* 2L)", code, StringComparison.Ordinal);
        Assert.Contains("LoopDriver.Run(run, 0, ", code, StringComparison.Ordinal);
    }
    [Theory]
    [MemberData(nameof(ExamplePlanTests.Programs), MemberType = typeof(ExamplePlanTests))]
    public void EveryExampleReadsAsCode(string path)
    {
        var program = ProgramOptimizer.Optimize(FrontEnd.Check(new SourceText(Checkout.Read(path))).Program).Program;
        var code = ProgramCompiler.Code(program, vectorBits: 256);
        Assert.Contains("static void weld_main(Run run, nint arguments, nint result)", code, StringComparison.Ordinal);
        Assert.DoesNotContain('`', code);
    }
}
