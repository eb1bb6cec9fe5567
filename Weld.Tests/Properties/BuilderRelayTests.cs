using Weld.Core.Evaluation;
using Weld.Core.IR;
using Weld.Core.Values;
using Weld.Managed;

namespace Weld.Tests.Properties;

/// <summary>A builder that one program returns and the next one takes gives what one program with both their loops gives.</summary>
public class BuilderRelayTests
{
    [Fact]
    public void TwoProgramsGiveWhatOneGives() =>
        Parallel.For(0, Effort.Of(1_000), new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, seed =>
        {
            var (first, second) = new ProgramGenerator(new RandomSource((ulong)seed), risky: seed % 5 == 0).Relay((ulong)seed);
            var (taken, data) = (second.Program.Parameters[0], second.Program.Parameters[1]);
            var both = new Lambda([.. first.Program.Parameters, data], new Let(taken, first.Program.Body, second.Program.Body));
            var options = new InterpreterOptions { Functions = HostFunctions.All };
            var expected = Outcome.Of(() => Interpreter.Run(both, [first.Arguments[0], second.Arguments[0]], options));
            var interpreted = Outcome.Of(() => Interpreter.Run(second.Program, [Interpreter.Run(first.Program, first.Arguments, options), second.Arguments[0]], options));
            var compiled = Outcome.Of(() => Compile(second.Program).Evaluate([Compile(first.Program).Evaluate(first.Arguments), second.Arguments[0]]));
            var text = $"seed {seed}: {Printer.Print(first.Program)} then {Printer.Print(second.Program)}: expected {expected}";
            Assert.True(expected.Equals(interpreted), $"{text}, found {interpreted}, interpreted one after the other");
            Assert.True(expected.Value is null == compiled.Value is null && Equals(expected.Value, compiled.Value), $"{text}, found {compiled}, compiled");
        });

    private static WeldModule Compile(Lambda program) => WeldModule.Compile(program, new CompileOptions { Passes = [], Functions = HostFunctions.All, Backend = Backend.Compiled });
}
