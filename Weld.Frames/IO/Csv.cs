using System.IO.Compression;
using System.Text;
using Weld.Core.IR;
using Weld.Core.Types;

namespace Weld.Frames.IO;

/// <summary>A column to read.</summary>
/// <param name="Name">Its name in the header.</param>
/// <param name="ElementType">What each field is: a scalar, or the UTF-8 bytes of the text (<c>vec[u8]</c> or <c>vec[i8]</c>).</param>
public sealed record CsvColumn(string Name, WeldType ElementType);

/// <summary>How a file is written.</summary>
public sealed record CsvOptions
{
    /// <summary>The character between fields, ASCII; null: the one of comma, tab, semicolon and bar that the first line holds most of.</summary>
    public char? Delimiter
    {
        get;
        init => field = value is null or (> '\0' and < '\x7f' and not ('"' or '\r' or '\n'))
            ? value
            : throw new ArgumentException($"expected an ASCII character other than a quote or line break as delimiter, found U+{(int)value:X4}", nameof(value));
    }

    /// <summary>Whether the first record names the columns; without, they are <c>column_1</c>, <c>column_2</c>, ….</summary>
    public bool HasHeader { get; init; } = true;

    internal int BufferSize { get; init; } = 1 << 18;
}

/// <summary>
/// Reads delimited text: UTF-8 with or without byte order mark, fields in quotes where they hold delimiters, line breaks or (doubled) quotes, lines ending with LF or CRLF,
/// compressed with gzip if the name ends with <c>.gz</c>. Every record has as many fields as the first; blank lines are skipped where that is more than one.
/// </summary>
public static class Csv
{
    /// <summary>The names of a file's columns.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How it is written.</param>
    /// <exception cref="DataFileException">The file is not such text.</exception>
    public static Seq<string> ColumnNames(string path, CsvOptions? options = null)
    {
        using var scanner = Scan(Open(path), path, options);
        return Header(scanner, path, options ?? new CsvOptions()).ToSeq();
    }

    /// <summary>Reads columns of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="columns">Which, and as what.</param>
    /// <param name="options">How the file is written.</param>
    /// <returns>The columns in the order asked for.</returns>
    /// <exception cref="DataFileException">The file lacks a column, a record has another number of fields, or a field does not convert.</exception>
    public static Seq<Column> Read(string path, IReadOnlyList<CsvColumn> columns, CsvOptions? options = null) => Read(Open(path), path, columns, options);

    /// <summary>Reads columns of a stream.</summary>
    /// <param name="stream">The text, not compressed; it is disposed.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="columns">Which, and as what.</param>
    /// <param name="options">How it is written.</param>
    /// <returns>The columns in the order asked for.</returns>
    /// <exception cref="DataFileException">A column is absent, a record has another number of fields, or a field does not convert.</exception>
    public static Seq<Column> Read(Stream stream, string name, IReadOnlyList<CsvColumn> columns, CsvOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(columns);
        options ??= new CsvOptions();
        using var scanner = Scan(stream, name, options);
        var names = Header(scanner, name, options);
        ColumnBuilder[] builders = [.. columns.Select(c => ColumnBuilder.Of(c.Name, c.ElementType))];
        int[] places = [.. columns.Select(c => Find(scanner, names, c.Name))];
        for (var more = options.HasHeader ? scanner.Read() : names.Length > 0; more; more = scanner.Read())
        {
            if (scanner.FieldCount != names.Length)
            {
                if (scanner.IsBlank)
                {
                    continue;
                }

                throw scanner.Error(
                    Math.Min(scanner.FieldCount, names.Length),
                    $"expected {names.Length} {(names.Length == 1 ? "field" : "fields")} as in the first record, found {scanner.FieldCount}");
            }

            for (var i = 0; i < places.Length; i++)
            {
                if (builders[i].Add(scanner[places[i]]) is { } problem)
                {
                    throw scanner.Error(places[i], problem);
                }
            }
        }

        return builders.Select(b => b.Build()).ToSeq();
    }

    private static CsvScanner Scan(Stream stream, string name, CsvOptions? options)
    {
        try
        {
            return new CsvScanner(stream, name, (byte?)options?.Delimiter, (options ?? new CsvOptions()).BufferSize);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    private static Stream Open(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        try
        {
            var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
            return path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipStream(file, CompressionMode.Decompress) : file;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new DataFileException(path, $"cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Reads the first record that is not blank; names the columns.</summary>
    private static string[] Header(CsvScanner scanner, string name, CsvOptions options)
    {
        do
        {
            if (!scanner.Read())
            {
                return options.HasHeader ? throw new DataFileException(name, 1, 1, "expected a header that names the columns, found an empty file") : [];
            }
        }
        while (scanner.IsBlank);
        var names = new string[scanner.FieldCount];
        for (var i = 0; i < names.Length; i++)
        {
            names[i] = options.HasHeader ? Encoding.UTF8.GetString(scanner[i]) : $"column_{i + 1}";
        }

        return names;
    }

    private static int Find(CsvScanner scanner, string[] names, string name)
    {
        var index = Array.IndexOf(names, name);
        return index < 0 ? throw scanner.Error(0, $"expected a column named {name}, found {string.Join(", ", names)}")
            : Array.LastIndexOf(names, name) is var last && last != index ? throw scanner.Error(last, $"expected one column named {name}, found another")
            : index;
    }
}
