using Weld.Bench.Compare;
using Weld.Core;
using Weld.Core.Diagnostics;
using Weld.Core.IR;
using Weld.Core.Optimizer;
using Weld.Core.Values;
using Weld.Managed;

namespace Weld.Bench.Peers;

/// <summary>Weld without a pass of its optimizer; it takes part where its program is another than with all passes.</summary>
/// <param name="name">The pass.</param>
/// <param name="passes">The passes that are left, as <see cref="CompileOptions.Passes"/> names them.</param>
internal sealed class WithoutPeer(string name, Seq<string> passes) : Peer
{
    public WithoutPeer(string pass)
        : this(pass, [$"-{pass}"])
    {
    }

    /// <summary>Weld without all of them.</summary>
    public static WithoutPeer AnyPass { get; } = new("any pass", []);

    public override string Name => name;

    public override string? Version => new WeldPeer().Version;

    public override string? Absent => null;

    public override Entry? Enter(Comparison comparison, object[] arguments, int threads)
    {
        var program = FrontEnd.Check(new SourceText(comparison.Program)).Program;
        if (AlphaEquality.Equal(ProgramOptimizer.Optimize(program).Program, ProgramOptimizer.Optimize(program, Pipeline.Of(passes)).Program))
        {
            return null;
        }

        var module = WeldModule.Compile(comparison.Program, new CompileOptions { Backend = Backend.Compiled, Passes = passes });
        return new ModuleEntry(comparison, module, arguments, new RunOptions { Threads = threads });
    }
}
