using Weld.Core;
using Weld.Core.Diagnostics;
using Weld.Core.IR;
using Weld.Core.Operators;
using Weld.Core.Optimizer;
using Weld.Core.Values;

namespace Weld.Tests.Optimizer;

public sealed class GateTests
{
    private static readonly Pass Idle = new("idle", "Does nothing.", program => program);

    // 1  =>  2, once: what is sound
    private static readonly Pass Count = new("count", "Counts.", e => e is Literal { Value.AsInt64: 1 } ? new Literal(Scalar.I64(2)) : null);

    // e  =>  x, which is bound nowhere
    private static readonly Pass Escape = new("escape", "Uses a variable out of scope.", program => program with { Body = new Ident(new Symbol("x", program.Body.Type)) }) { MostRounds = 1 };

    // e  =>  0.5
    private static readonly Pass Retype = new("retype", "Gives another type.", program => program with { Body = new Literal(Scalar.F64(0.5)) }) { MostRounds = 1 };

    private static readonly Pass Throw = new("throw", "Fails.", _ => throw new InvalidOperationException("expected nothing"));

    private static Lambda Program => FrontEnd.Check(new SourceText("|v: i64| v + 1L")).Program;

    [Fact]
    public void FirstPassThatBrokeTheProgramIsNamed()
    {
        Assert.Equal("pass escape", Guilty(Idle, Count, Escape, Retype));
        Assert.Equal("pass retype", Guilty(Count, Retype, Idle));
    }

    [Fact]
    public void PassThatFailsIsNamedUnlessOneBeforeItBrokeTheProgram()
    {
        Assert.Equal("pass throw", Guilty(Count, Throw));
        Assert.Equal("pass escape", Guilty(Escape, Throw));
    }

    [Fact]
    public void PassRunsNotAgainOnWhatItLeftAsItIs()
    {
        var calls = 0;
        var counted = new Pass("counted", "Counts its calls.", program =>
        {
            calls++;
            return program;
        });
        ProgramOptimizer.Optimize(Program, [counted, Idle, counted, Count, counted, counted]);
        Assert.Equal(2, calls);
    }

    private static string Guilty(params Pass[] passes) => Assert.Throws<WeldInternalException>(() => ProgramOptimizer.Optimize(Program, passes.ToSeq())).Stage;
}
