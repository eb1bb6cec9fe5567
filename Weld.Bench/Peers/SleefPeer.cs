using System.Runtime.Intrinsics.X86;
using Weld.Bench.Compare;

namespace Weld.Bench.Peers;

/// <summary>SLEEF's functions of whole vectors, called from a loop in C (functions.c).</summary>
/// <param name="accuracy">The bound of the error in a name of SLEEF: <c>u10</c> for 1.0 ulp, <c>u35</c> for 3.5.</param>
internal sealed class SleefPeer(string accuracy) : Peer
{
    private static readonly PeerLibrary Library = new("sleef", () => ["libsleef.so.3", "libsleef.so"]);

    /// <summary>The widest vectors of this machine that SLEEF has functions of, as its names and those in C end.</summary>
    private static readonly (string Instructions, int Doubles) Vectors = Avx512F.IsSupported ? ("avx512f", 8) : Avx2.IsSupported ? ("avx2", 4) : default;

    public static SleefPeer U10 { get; } = new("u10");

    public static SleefPeer U35 { get; } = new("u35");

    public override string Name => $"SLEEF {accuracy}";

    public override string? Version => Library.File is { } file ? $"{file}, {Vectors.Instructions}" : null;

    public override string? Absent => !Library.IsPresent ? "libsleef is not on this machine" : Vectors.Doubles == 0 ? "only its functions for x86 with AVX2 are called" : TwinPeer.Plain.Absent;

    public override Entry? Enter(Comparison comparison, object[] arguments, int threads)
    {
        if (Absent is not null || comparison.Twin?.Split('_') is not [var function, ("f64" or "f32") and var kind])
        {
            return null;
        }

        var vector = kind == "f64" ? $"d{Vectors.Doubles}" : $"f{2 * Vectors.Doubles}";
        var address = Library.Find($"Sleef_{function}{vector}_{accuracy}{Vectors.Instructions}");
        return address == 0 ? null : TwinPeer.Plain.Enter(comparison with { Twin = $"{Vectors.Instructions}_{kind}_{arguments.Length}" }, [.. arguments, new long[] { address }], threads);
    }
}
