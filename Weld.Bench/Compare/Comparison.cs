using System.Text;
using Weld.Managed;

namespace Weld.Bench.Compare;

/// <summary>One computation, the same for all peers: a Weld program, its arguments, and how to read the answers that must agree.</summary>
internal sealed record Comparison
{
    /// <summary>What to call it by.</summary>
    public required string Name { get; init; }

    /// <summary>The Weld program.</summary>
    public required string Program { get; init; }

    /// <summary>The arguments for a number of rows: scalars, arrays of them, <see cref="Texts"/> and <see cref="Matrix"/>.</summary>
    public required Func<long, object[]> Arguments { get; init; }

    /// <summary>The columns of the answer that the program gave.</summary>
    public required Func<WeldResult, Array[]> Read { get; init; }

    /// <summary>The name of the function that computes it in C; null for none.</summary>
    public string? Twin { get; init; }

    /// <summary>The name of what computes it in the other peers' languages: that in C, where there is one; null for none.</summary>
    public string? Function { get => field ?? Twin; init; }

    /// <summary>Buffers for the columns that the C function writes, for the arguments: long, double, float, or 16 bytes for each text.</summary>
    public Func<object[], Array[]> Buffers { get; init; } = _ => [];

    /// <summary>The columns of the answer that the C function gave: its buffers, and how many rows are in them.</summary>
    public Func<Array[], int, Array[]> ReadTwin { get; init; } = (buffers, rows) => [.. buffers.Select(b => Answers.First(b, rows))];

    /// <summary>The columns of the answer that a system of columns gave: integers as long, texts as their hashes.</summary>
    public Func<Array[], Array[]> ReadColumns { get; init; } = columns => columns;

    /// <summary>The same in plain C#: of the arguments, an answer of numbers, texts, arrays and tuples; null for none.</summary>
    public Func<object[], object>? Loops { get; init; }

    /// <summary>How many rows by default.</summary>
    public long Rows { get; init; } = 10_000_000;

    /// <summary>Whether the rows stay as many at every scale.</summary>
    public bool IsFixed { get; init; }

    /// <summary>How many rows at a share of the usual.</summary>
    public long RowsAt(double scale) => IsFixed ? Rows : Math.Max(1, (long)(Rows * scale));

    /// <summary>Whether the answer's rows may come in any order; the first column then is their key.</summary>
    public bool Unordered { get; init; }

    /// <summary>Whether tables may give the answer's rows in any order; the first column then is their key.</summary>
    public bool UnorderedInTables { get; init; }

    /// <summary>How far floats may lie apart, as a share of the larger of 1 and the value: reductions in another order, functions of another accuracy.</summary>
    public double Tolerance { get; init; }

    /// <summary>Whether fast-math may change what the C function does for the better, other than by adding up the program's constants beforehand.</summary>
    public bool IsFloat { get; init; }
}

/// <summary>Texts in one memory: text i is the bytes from offset i up to offset i + 1.</summary>
/// <param name="Bytes">The bytes of all.</param>
/// <param name="Offsets">One more than texts.</param>
internal sealed record Texts(byte[] Bytes, int[] Offsets)
{
    public static Texts Of(string[] texts)
    {
        var offsets = new int[texts.Length + 1];
        for (var i = 0; i < texts.Length; i++)
        {
            offsets[i + 1] = offsets[i] + Encoding.UTF8.GetByteCount(texts[i]);
        }

        var bytes = new byte[offsets[^1]];
        for (var i = 0; i < texts.Length; i++)
        {
            Encoding.UTF8.GetBytes(texts[i], bytes.AsSpan(offsets[i]));
        }

        return new Texts(bytes, offsets);
    }

    /// <summary>Each as a string of its own.</summary>
    public string[] ToStrings()
    {
        var texts = new string[Offsets.Length - 1];
        for (var i = 0; i < texts.Length; i++)
        {
            texts[i] = Encoding.UTF8.GetString(Bytes, Offsets[i], Offsets[i + 1] - Offsets[i]);
        }

        return texts;
    }
}

/// <summary>A matrix by rows.</summary>
/// <param name="Values">The elements.</param>
/// <param name="Columns">How many in a row.</param>
internal sealed record Matrix(double[] Values, int Columns);
