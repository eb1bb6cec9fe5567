using System.Globalization;
using Weld.Bench.Compare;
using Weld.Core.Types;
using Weld.Frames;
using Weld.Frames.IO;

namespace Weld.Bench.Peers.Children;

/// <summary>A folder for a process to write columns to, in the form of an <see cref="ArgumentFolder"/>.</summary>
internal sealed class AnswerFolder : IDisposable
{
    public string Path { get; } = TemporaryFolder.Create("weld-answer-");

    /// <summary>The columns: integers as long, texts as their hashes.</summary>
    /// <param name="columns">How many were written.</param>
    public Array[] Read(int columns) => [.. Enumerable.Range(0, columns).Select(Read1)];

    public void Dispose() => TemporaryFolder.Delete(Path);

    private Array Read1(int column)
    {
        var file = System.IO.Path.Combine(Path, column.ToString(CultureInfo.InvariantCulture));
        var values = Npy.Open($"{file}.npy").Values;
        if (!File.Exists($"{file}.offsets.npy"))
        {
            return values switch
            {
                Column<double> doubles => doubles.Values.ToArray(),
                Column<float> floats => floats.Values.ToArray(),
                _ => Longs(values),
            };
        }

        var bytes = ((Column<byte>)values).Values.ToArray();
        var offsets = Longs(Npy.Open($"{file}.offsets.npy").Values);
        return Enumerable.Range(0, offsets.Length - 1).Select(i => Answers.Hash<byte>(bytes.AsSpan((int)offsets[i]..(int)offsets[i + 1]))).ToArray();
    }

    private static long[] Longs(Column values) => ((Column<long>)values.ConvertTo(ScalarKind.I64)).Values.ToArray();
}
