using System.Runtime.InteropServices;
using Weld.Bench.Compare;
using static Weld.Bench.Peers.DuckDb.DuckDbLibrary;

namespace Weld.Bench.Peers.DuckDb;

/// <summary>A column of an answer, chunk by chunk. Unsafe: as <see cref="DuckDbDatabase"/> says; a list's child has as many values as its entries name.</summary>
internal abstract unsafe class ColumnReader
{
    /// <summary>What was read: one column, or two for lists.</summary>
    public abstract Array[] Columns { get; }

    public static ColumnReader Of(DuckDbType type) => type switch
    {
        DuckDbType.UTinyInt => new Numbers<byte, long>(x => x),
        DuckDbType.Integer => new Numbers<int, long>(x => x),
        DuckDbType.BigInt => new Numbers<long, long>(x => x),
        DuckDbType.Float => new Numbers<float, float>(x => x),
        DuckDbType.Double => new Numbers<double, double>(x => x),
        DuckDbType.Varchar => new Numbers<Slice, long>(text => text.Hash()),
        DuckDbType.List => new Lists(),
        _ => throw new PeerFailedException($"expected a column of numbers, texts or lists, found type {type}"),
    };

    /// <summary>Reads the rows of a chunk.</summary>
    public abstract void Read(nint vector, int rows);

    private sealed class Numbers<TFrom, TTo>(Func<TFrom, TTo> convert) : ColumnReader
        where TFrom : unmanaged
    {
        private readonly List<TTo> _values = [];

        public override Array[] Columns => [_values.ToArray()];

        public override void Read(nint vector, int rows)
        {
            var data = (TFrom*)duckdb_vector_get_data(vector);
            for (var i = 0; i < rows; i++)
            {
                _values.Add(convert(data[i]));
            }
        }
    }

    private sealed class Lists : ColumnReader
    {
        private readonly List<long> _lengths = [];
        private readonly List<long> _values = [];

        public override Array[] Columns => [_lengths.ToArray(), _values.ToArray()];

        public override void Read(nint vector, int rows)
        {
            var entries = (ListEntry*)duckdb_vector_get_data(vector);
            var values = (long*)duckdb_vector_get_data(duckdb_list_vector_get_child(vector));
            for (var i = 0; i < rows; i++)
            {
                _lengths.Add((long)entries[i].Length);
                _values.AddRange(new ReadOnlySpan<long>(values + entries[i].Offset, (int)entries[i].Length));
            }
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct ListEntry(ulong Offset, ulong Length);

    /// <summary>A duckdb_string_t: a length, and up to 12 bytes in place, or their address after four of them.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Slice(int Length, int Prefix, nint Address)
    {
        private const int Inlined = 12;

        public long Hash()
        {
            var slice = this;
            return Answers.Hash(new ReadOnlySpan<byte>(Length <= Inlined ? (byte*)&slice + sizeof(int) : (byte*)Address, Length));
        }
    }
}
