using System.Globalization;
using Weld.Core.Types;
using Weld.Core.Values;

namespace Weld.Bench.Peers.Llvm;

/// <summary>A value while it is lowered: names of temporaries and constants.</summary>
internal abstract record Lowered;

/// <summary>A scalar; a bool is an i1. In a loop that runs in lanes it may be one for each lane: a vector of LLVM's.</summary>
internal sealed record ScalarValue(string Name, int Lanes = 1) : Lowered;

/// <summary>A vector: where its elements are, and how many.</summary>
internal sealed record VectorValue(string Data, string Length) : Lowered;

/// <summary>A dictionary: where its table is.</summary>
internal sealed record DictionaryValue(string Table) : Lowered;

/// <summary>A struct, taken apart.</summary>
internal sealed record StructValue(Lowered[] Fields) : Lowered;

/// <summary>A merger: for each scalar a variable, or in a loop the address of the iteration's lane.</summary>
internal sealed record MergerValue(string[] Totals) : Lowered
{
    /// <summary>Whether a loop passes it through.</summary>
    public bool InLoop { get; init; }
}

/// <summary>An appender: variables for the elements, their number, and for how many there is room.</summary>
internal sealed record AppenderValue(string Data, string Length, string Capacity) : Lowered
{
    /// <summary>Whether there surely is room for one more.</summary>
    public bool HasRoom { get; init; }
}

/// <summary>A vecmerger: its cells and their number.</summary>
internal sealed record VecMergerValue(string Data, string Length) : Lowered
{
    /// <summary>What the blocks of a loop have gathered; null if their order does not show.</summary>
    public Partials? Partials { get; init; }
}

/// <summary>A dictmerger: its table.</summary>
internal sealed record DictMergerValue(string Table) : Lowered
{
    /// <summary>What the blocks of a loop have gathered; null if their order does not show. They lie in the table.</summary>
    public Partials? Partials { get; init; }
}

/// <summary>A groupmerger: a table, whose values have but lengths, and the rows merged: each the number of its entry, and its value.</summary>
internal sealed record GroupMergerValue(string Table, AppenderValue Rows) : Lowered;

/// <summary>For each key of a builder what the merges of one block come to, and the number of that block; 0 for none.</summary>
/// <param name="Data">Where they lie; null if in the builder's table.</param>
/// <param name="Block">The variable with the number of the present block.</param>
/// <param name="InLoop">Whether there is one.</param>
internal sealed record Partials(string? Data, string Block, bool InLoop = false);

/// <summary>A program, or a part of it, that is not lowered to LLVM.</summary>
/// <param name="what">What it is.</param>
internal sealed class NotLoweredException(string what) : Exception($"not lowered to LLVM: {what}");

/// <summary>LLVM's types of scalars.</summary>
internal static class LlvmTypes
{
    /// <summary>A type for as many lanes.</summary>
    public static string Of(string type, int lanes) => lanes == 1 ? type : $"<{lanes} x {type}>";

    /// <summary>As a value.</summary>
    public static string Of(ScalarKind kind) => kind switch
    {
        ScalarKind.Bool => "i1",
        ScalarKind.F32 => "float",
        ScalarKind.F64 => "double",
        _ => $"i{kind.Size() * 8}",
    };

    /// <summary>In memory.</summary>
    public static string InMemory(ScalarKind kind) => kind == ScalarKind.Bool ? "i8" : Of(kind);

    /// <summary>A constant. Floats are written as the bits of a double, also those of 32 bits.</summary>
    public static string Constant(Scalar value) => value.Kind switch
    {
        ScalarKind.Bool => value.AsBool ? "true" : "false",
        ScalarKind.F32 => $"0x{BitConverter.DoubleToInt64Bits(value.AsSingle):X16}",
        ScalarKind.F64 => $"0x{BitConverter.DoubleToInt64Bits(value.AsDouble):X16}",
        _ => value.AsInt64.ToString(CultureInfo.InvariantCulture),
    };
}
