using Weld.Bench.Compare;
using Weld.Bench.Peers.Llvm;
using Weld.Core;
using Weld.Core.Diagnostics;
using Weld.Managed;

namespace Weld.Bench.Peers;

/// <summary>The same optimised program, compiled by LLVM, on one thread.</summary>
/// <param name="floats">How floats are computed.</param>
internal sealed class LlvmPeer(LlvmFloats floats) : Peer
{
    /// <summary>Each float operation rounded by itself, sums in the order of the elements.</summary>
    public static LlvmPeer Strict { get; } = new(LlvmFloats.Strict);

    /// <summary>Floats as if they were reals.</summary>
    public static LlvmPeer Fast { get; } = new(LlvmFloats.Fast);

    /// <summary>Each float operation rounded by itself, sums in Weld's order, by Weld's plan of lanes.</summary>
    public static LlvmPeer Lanes { get; } = new(LlvmFloats.Lanes);

    public override string Name => floats switch
    {
        LlvmFloats.Strict => "LLVM",
        LlvmFloats.Fast => "LLVM-fast",
        _ => "LLVM-lanes",
    };

    public override string? Version => !LlvmLibrary.IsPresent ? null : $"{LlvmLibrary.File}, O3, {Manner}, libmvec";

    public override string? Absent => LlvmLibrary.IsPresent ? null : "libLLVM 15 is not on this machine";

    public override bool Rounds => floats != LlvmFloats.Fast;

    private string Manner => floats switch
    {
        LlvmFloats.Strict => "strict floats",
        LlvmFloats.Fast => "fast-math",
        _ => "strict floats, Weld's lanes as vectors",
    };

    public override Entry? Enter(Comparison comparison, object[] arguments, int threads)
    {
        if (!LlvmLibrary.IsPresent || threads > 1 || (floats == LlvmFloats.Fast && !comparison.IsFloat))
        {
            return null;
        }

        try
        {
            return ModuleEntry.Compile(
                comparison, () => new LlvmProgram(FrontEnd.Check(new SourceText(comparison.Program)), floats).Module, arguments, new RunOptions { Threads = threads });
        }
        catch (NotLoweredException e)
        {
            throw new PeerFailedException(e.Message);
        }
    }
}
