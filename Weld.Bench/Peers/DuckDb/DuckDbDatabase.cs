using System.Globalization;
using System.Runtime.InteropServices;
using Weld.Bench.Compare;
using static Weld.Bench.Peers.DuckDb.DuckDbLibrary;

namespace Weld.Bench.Peers.DuckDb;

/// <summary>
/// A database in memory and a connection to it. Unsafe: a vector's data are read and written where the library has them, only within the chunk's rows
/// (at most <c>duckdb_vector_size</c>), only as the type of the column, and only until the chunk is reset or destroyed. No value is null.
/// </summary>
internal sealed unsafe class DuckDbDatabase : IDisposable
{
    private nint _database;
    private nint _connection;
    private nint _prepared;
    private string[] _queries = [];

    /// <summary>Opens an empty database.</summary>
    /// <param name="threads">How many it uses.</param>
    public DuckDbDatabase(int threads)
    {
        if (duckdb_open(null, out _database) != 0 || duckdb_connect(_database, out _connection) != 0)
        {
            throw new PeerFailedException("expected a database in memory to open");
        }

        Finish(string.Create(CultureInfo.InvariantCulture, $"SET threads = {threads}"));
    }

    /// <summary>
    /// Takes the query that is run from here on, parsed and planned; or several, each planned when it is run: a planned query does not survive that a table it reads is made anew.
    /// </summary>
    public void Prepare(string sql)
    {
        _queries = sql.Split(";\n");
        if (_queries is [var only] && duckdb_prepare(_connection, only, out _prepared) != 0)
        {
            throw new PeerFailedException($"{Marshal.PtrToStringUTF8(duckdb_prepare_error(_prepared))} in {only}");
        }
    }

    /// <summary>Runs the queries to their ends and lets go of what they gave.</summary>
    public void Run() => Array.ForEach(_queries, Finish);

    /// <summary>Makes a table of columns.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="columns">The columns' names and values, which are arrays of numbers or <see cref="Texts"/>.</param>
    public void Load(string name, IReadOnlyList<(string Name, object Values)> columns)
    {
        var types = columns.Select(c => Type(c.Values)).ToArray();
        Finish($"CREATE TABLE {name} ({string.Join(", ", columns.Zip(types, (c, type) => $"{c.Name} {type}"))})");
        var logical = Array.ConvertAll(types, duckdb_create_logical_type);
        var chunk = duckdb_create_data_chunk(logical, (ulong)logical.Length);
        if (duckdb_appender_create(_connection, null, name, out var appender) != 0)
        {
            throw new PeerFailedException($"expected to append to {name}");
        }

        var (rows, most) = (Rows(columns[0].Values), checked((int)duckdb_vector_size()));
        for (var start = 0; start < rows; start += most)
        {
            var count = Math.Min(most, rows - start);
            duckdb_data_chunk_reset(chunk);
            for (var c = 0; c < columns.Count; c++)
            {
                Write(duckdb_data_chunk_get_vector(chunk, (ulong)c), columns[c].Values, start, count);
            }

            duckdb_data_chunk_set_size(chunk, (ulong)count);
            if (duckdb_append_data_chunk(appender, chunk) != 0)
            {
                throw new PeerFailedException($"expected {count} rows to be appended to {name}");
            }
        }

        duckdb_destroy_data_chunk(ref chunk);
        for (var c = 0; c < logical.Length; c++)
        {
            duckdb_destroy_logical_type(ref logical[c]);
        }

        if (duckdb_appender_destroy(ref appender) != 0)
        {
            throw new PeerFailedException($"expected all rows to be appended to {name}");
        }
    }

    /// <summary>
    /// The columns that the queries give, but for what creates tables: integers as long, texts as their hashes, lists of integers as two columns, their lengths and all their values.
    /// </summary>
    public Array[] Read()
    {
        var columns = new List<Array>();
        foreach (var query in _queries)
        {
            if (query.StartsWith("CREATE", StringComparison.Ordinal))
            {
                Finish(query);
            }
            else
            {
                columns.AddRange(Read(query));
            }
        }

        return [.. columns];
    }

    public void Dispose()
    {
        duckdb_destroy_prepare(ref _prepared);
        duckdb_disconnect(ref _connection);
        duckdb_close(ref _database);
    }

    private static DuckDbType Type(object values) => values switch
    {
        byte[] => DuckDbType.UTinyInt,
        int[] => DuckDbType.Integer,
        long[] => DuckDbType.BigInt,
        float[] => DuckDbType.Float,
        double[] => DuckDbType.Double,
        Texts => DuckDbType.Varchar,
        _ => throw new ArgumentException($"expected a column, found {values.GetType()}"),
    };

    private static int Rows(object values) => values is Texts texts ? texts.Offsets.Length - 1 : ((Array)values).Length;

    private static void Write(nint vector, object values, int start, int count)
    {
        switch (values)
        {
            case Texts(var bytes, var offsets):
                for (var i = 0; i < count; i++)
                {
                    var text = bytes.AsSpan(offsets[start + i]..offsets[start + i + 1]);
                    duckdb_vector_assign_string_element_len(vector, (ulong)i, text, (ulong)text.Length);
                }

                break;
            case byte[] bytes:
                Copy(bytes);
                break;
            case int[] ints:
                Copy(ints);
                break;
            case long[] longs:
                Copy(longs);
                break;
            case float[] floats:
                Copy(floats);
                break;
            case double[] doubles:
                Copy(doubles);
                break;
        }

        void Copy<T>(T[] column)
            where T : unmanaged => column.AsSpan(start, count).CopyTo(new Span<T>((void*)duckdb_vector_get_data(vector), count));
    }

    private IEnumerable<Array> Read(string query)
    {
        var result = Execute(query);
        var columns = Enumerable.Range(0, (int)duckdb_column_count(ref result)).Select(c => ColumnReader.Of(duckdb_column_type(ref result, (ulong)c))).ToArray();
        while (duckdb_fetch_chunk(result) is not 0 and var chunk)
        {
            var rows = (int)duckdb_data_chunk_get_size(chunk);
            for (var c = 0; c < columns.Length; c++)
            {
                columns[c].Read(duckdb_data_chunk_get_vector(chunk, (ulong)c), rows);
            }

            duckdb_destroy_data_chunk(ref chunk);
        }

        duckdb_destroy_result(ref result);
        return columns.SelectMany(c => c.Columns);
    }

    private void Finish(string query)
    {
        var result = Execute(query);
        duckdb_destroy_result(ref result);
    }

    private DuckDbResult Execute(string query)
    {
        var failed = (_prepared != 0 ? duckdb_execute_prepared(_prepared, out var result) : duckdb_query(_connection, query, out result)) != 0;
        if (!failed)
        {
            return result;
        }

        var message = Marshal.PtrToStringUTF8(duckdb_result_error(ref result));
        duckdb_destroy_result(ref result);
        throw new PeerFailedException($"{message} in {query}");
    }
}
