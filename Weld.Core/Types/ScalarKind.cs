namespace Weld.Core.Types;

/// <summary>The eleven scalar types.</summary>
public enum ScalarKind
{
    /// <summary>One byte, 0 or 1; false orders before true.</summary>
    Bool,

    /// <summary>Signed, 8 bits.</summary>
    I8,

    /// <summary>Signed, 16 bits.</summary>
    I16,

    /// <summary>Signed, 32 bits.</summary>
    I32,

    /// <summary>Signed, 64 bits.</summary>
    I64,

    /// <summary>Unsigned, 8 bits.</summary>
    U8,

    /// <summary>Unsigned, 16 bits.</summary>
    U16,

    /// <summary>Unsigned, 32 bits.</summary>
    U32,

    /// <summary>Unsigned, 64 bits.</summary>
    U64,

    /// <summary>IEEE 754 binary32.</summary>
    F32,

    /// <summary>IEEE 754 binary64.</summary>
    F64,
}

/// <summary>A set of scalar kinds, such as the domain of an operator.</summary>
[Flags]
public enum KindSet
{
    /// <summary>The empty set.</summary>
    None = 0,

    /// <summary>bool.</summary>
    Bool = 1 << ScalarKind.Bool,

    /// <summary>i8, i16, i32, i64.</summary>
    Signed = (1 << ScalarKind.I8) | (1 << ScalarKind.I16) | (1 << ScalarKind.I32) | (1 << ScalarKind.I64),

    /// <summary>u8, u16, u32, u64.</summary>
    Unsigned = (1 << ScalarKind.U8) | (1 << ScalarKind.U16) | (1 << ScalarKind.U32) | (1 << ScalarKind.U64),

    /// <summary>All integers.</summary>
    Integers = Signed | Unsigned,

    /// <summary>f32 and f64.</summary>
    Floats = (1 << ScalarKind.F32) | (1 << ScalarKind.F64),

    /// <summary>Integers and floats.</summary>
    Numbers = Integers | Floats,

    /// <summary>Every scalar.</summary>
    All = Numbers | Bool,
}

/// <summary>Facts about scalar kinds.</summary>
public static class ScalarKinds
{
    private static readonly string[] Names = ["bool", "i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64", "f32", "f64"];
    private static readonly int[] Sizes = [1, 1, 2, 4, 8, 1, 2, 4, 8, 4, 8];

    /// <summary>All kinds in declaration order.</summary>
    public static IReadOnlyList<ScalarKind> All { get; } = Enum.GetValues<ScalarKind>();

    /// <summary>The name in programs, such as <c>i64</c>.</summary>
    /// <param name="kind">The kind.</param>
    public static string Name(this ScalarKind kind) => Names[(int)kind];

    /// <summary>The size in bytes, which is also the alignment.</summary>
    /// <param name="kind">The kind.</param>
    public static int Size(this ScalarKind kind) => Sizes[(int)kind];

    /// <summary>Whether <paramref name="set"/> contains <paramref name="kind"/>.</summary>
    /// <param name="set">The set.</param>
    /// <param name="kind">The kind.</param>
    public static bool Contains(this KindSet set, ScalarKind kind) => ((int)set & (1 << (int)kind)) != 0;

    /// <summary>Whether the kind is f32 or f64.</summary>
    /// <param name="kind">The kind.</param>
    public static bool IsFloat(this ScalarKind kind) => kind is ScalarKind.F32 or ScalarKind.F64;

    /// <summary>Whether the kind is an integer, signed or not; bool is not.</summary>
    /// <param name="kind">The kind.</param>
    public static bool IsInteger(this ScalarKind kind) => KindSet.Integers.Contains(kind);

    /// <summary>Whether the kind is a signed integer.</summary>
    /// <param name="kind">The kind.</param>
    public static bool IsSigned(this ScalarKind kind) => KindSet.Signed.Contains(kind);

    /// <summary>The kind of that name, or null.</summary>
    /// <param name="name">A name such as <c>i64</c>.</param>
    public static ScalarKind? Parse(string name)
    {
        var index = Array.IndexOf(Names, name);
        return index < 0 ? null : (ScalarKind)index;
    }
}
