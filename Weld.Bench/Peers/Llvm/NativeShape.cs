namespace Weld.Bench.Peers.Llvm;

/// <summary>Where the library's <see cref="Managed.Runtime.NdTable"/> keeps what lowered programs read of an n-dimensional iterator.</summary>
internal static class NativeShape
{
    public const int SizeOffset = 8;
    public const int CountOffset = 16;
    public const int RankOffset = 24;

    /// <summary>From here on extent and stride of each dimension.</summary>
    public const int DimensionsOffset = 32;
}
