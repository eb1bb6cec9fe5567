using System.Runtime.CompilerServices;
using Weld.Core.Types;

namespace Weld.Managed.Layout;

/// <summary>Dictionary keys in memory (language.md §4.13): stored with +0 for −0 and one NaN, so that equal keys have equal bits.</summary>
internal static unsafe class KeyMemory
{
    /// <summary>Normalises the key at an address, and all that it points to, in place: the memory must be this run's own.</summary>
    public static void Normalize(MemoryLayout layout, nint at)
    {
        if (!HoldsFloats(layout.Type))
        {
            return;
        }

        switch (layout.Type)
        {
            case ScalarType { Kind: ScalarKind.F32 }:
                ref var single = ref Unsafe.AsRef<float>((void*)at);
                single = float.IsNaN(single) ? BitConverter.UInt32BitsToSingle(Canonical.NaN32) : single + 0f;
                break;
            case ScalarType:
                ref var number = ref Unsafe.AsRef<double>((void*)at);
                number = double.IsNaN(number) ? BitConverter.UInt64BitsToDouble(Canonical.NaN64) : number + 0d;
                break;
            case StructType:
                for (var i = 0; i < layout.Parts.Count; i++)
                {
                    Normalize(layout.Parts[i], at + layout.Offsets[i]);
                }

                break;
            case VectorType:
                var (data, length) = (*(nint*)at, *(long*)(at + MemoryLayout.LengthOffset));
                for (var i = 0L; i < length; i++)
                {
                    Normalize(layout.Parts[0], data + (nint)(i * layout.Parts[0].Size));
                }

                break;
        }
    }

    private static bool HoldsFloats(WeldType type) => type is ScalarType s ? s.Kind.IsFloat() : type.Parts.Any(HoldsFloats);
}

/// <summary>The one NaN of each kind, as bits.</summary>
internal static class Canonical
{
    public const uint NaN32 = 0x7fc00000;
    public const ulong NaN64 = 0x7ff8000000000000;
}
