using System.Runtime.InteropServices;

namespace Weld.Bench.Peers.DuckDb;

/// <summary>What is used of DuckDB's C API (duckdb.h), from the library that peers.sh installs or the machine's own.</summary>
internal static partial class DuckDbLibrary
{
    private const string Name = "duckdb";

    private static readonly PeerLibrary Library;

    static DuckDbLibrary() => Library = new(Name, Candidates);

    /// <summary>Whether there is a library to call.</summary>
    public static bool IsPresent => Library.IsPresent;

    [LibraryImport(Name)]
    internal static partial nint duckdb_library_version();

    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int duckdb_open(string? path, out nint database);

    [LibraryImport(Name)]
    internal static partial void duckdb_close(ref nint database);

    [LibraryImport(Name)]
    internal static partial int duckdb_connect(nint database, out nint connection);

    [LibraryImport(Name)]
    internal static partial void duckdb_disconnect(ref nint connection);

    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int duckdb_query(nint connection, string sql, out DuckDbResult result);

    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int duckdb_prepare(nint connection, string sql, out nint statement);

    [LibraryImport(Name)]
    internal static partial nint duckdb_prepare_error(nint statement);

    [LibraryImport(Name)]
    internal static partial int duckdb_execute_prepared(nint statement, out DuckDbResult result);

    [LibraryImport(Name)]
    internal static partial void duckdb_destroy_prepare(ref nint statement);

    [LibraryImport(Name)]
    internal static partial nint duckdb_result_error(ref DuckDbResult result);

    [LibraryImport(Name)]
    internal static partial ulong duckdb_column_count(ref DuckDbResult result);

    [LibraryImport(Name)]
    internal static partial DuckDbType duckdb_column_type(ref DuckDbResult result, ulong column);

    [LibraryImport(Name)]
    internal static partial nint duckdb_fetch_chunk(DuckDbResult result);

    [LibraryImport(Name)]
    internal static partial void duckdb_destroy_result(ref DuckDbResult result);

    [LibraryImport(Name)]
    internal static partial ulong duckdb_vector_size();

    [LibraryImport(Name)]
    internal static partial nint duckdb_create_logical_type(DuckDbType type);

    [LibraryImport(Name)]
    internal static partial void duckdb_destroy_logical_type(ref nint type);

    [LibraryImport(Name)]
    internal static partial nint duckdb_create_data_chunk(ReadOnlySpan<nint> types, ulong columns);

    [LibraryImport(Name)]
    internal static partial void duckdb_destroy_data_chunk(ref nint chunk);

    [LibraryImport(Name)]
    internal static partial void duckdb_data_chunk_reset(nint chunk);

    [LibraryImport(Name)]
    internal static partial ulong duckdb_data_chunk_get_size(nint chunk);

    [LibraryImport(Name)]
    internal static partial void duckdb_data_chunk_set_size(nint chunk, ulong rows);

    [LibraryImport(Name)]
    internal static partial nint duckdb_data_chunk_get_vector(nint chunk, ulong column);

    [LibraryImport(Name)]
    internal static partial nint duckdb_vector_get_data(nint vector);

    [LibraryImport(Name)]
    internal static partial void duckdb_vector_assign_string_element_len(nint vector, ulong row, ReadOnlySpan<byte> text, ulong length);

    [LibraryImport(Name)]
    internal static partial nint duckdb_list_vector_get_child(nint vector);

    [LibraryImport(Name, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int duckdb_appender_create(nint connection, string? schema, string table, out nint appender);

    [LibraryImport(Name)]
    internal static partial int duckdb_append_data_chunk(nint appender, nint chunk);

    [LibraryImport(Name)]
    internal static partial int duckdb_appender_destroy(ref nint appender);

    private static IEnumerable<string> Candidates()
    {
        var packages = Path.Combine(PeerFolder.Npm, "node_modules", "@duckdb");
        return [.. Directory.Exists(packages) ? Directory.GetFiles(packages, "libduckdb.*", SearchOption.AllDirectories) : [], "libduckdb.so", "libduckdb.dylib", "duckdb.dll"];
    }
}

/// <summary>A duckdb_result: the library's own, passed back to it as it is.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct DuckDbResult
{
    private readonly ulong _columns;
    private readonly ulong _rows;
    private readonly ulong _changed;
    private readonly nint _data;
    private readonly nint _error;
    private readonly nint _internal;
}

/// <summary>The types that are used, by their numbers in duckdb.h.</summary>
internal enum DuckDbType
{
    Integer = 4,
    BigInt = 5,
    UTinyInt = 6,
    Float = 10,
    Double = 11,
    Varchar = 17,
    List = 24,
}
