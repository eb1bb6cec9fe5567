using System.Numerics;
using System.Runtime.InteropServices;
using Weld.Core.IR;
using Weld.Core.Types;

namespace Weld.Frames.IO;

/// <summary>Reads arrays of one or two dimensions from <c>.npy</c> files, as <c>numpy.save</c> writes them.</summary>
public static class Npy
{
    /// <summary>
    /// Reads an array into memory. A mapped file would save the copy, but a span over it does not keep it mapped, and who shortens it ends the process.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <exception cref="DataFileException">The file is no such array: the message says what was expected and found.</exception>
    public static NpyArray Open(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1);
            var header = NpyHeader.Read(file, path);
            return new NpyArray(header.Shape, Values(file, path, header, Count(file, path, header)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException or OutOfMemoryException)
        {
            throw new DataFileException(path, $"cannot be read: {e.Message}", e);
        }
    }

    /// <summary>The number of values; their bytes are exactly what the file holds.</summary>
    private static int Count(FileStream file, string path, NpyHeader header)
    {
        if (header.Shape.Count is not (1 or 2))
        {
            throw new DataFileException(path, $"expected an array of one or two dimensions, found {header.Shape.Count}");
        }

        if (header is { ColumnMajor: true, Shape.Count: 2 })
        {
            throw new DataFileException(path, "expected an array in C order, found Fortran order");
        }

        var shape = string.Join(" × ", header.Shape);
        var count = header.Shape.Aggregate(BigInteger.One, (product, extent) => product * extent);
        var bytes = count * header.Kind.Size();
        var found = file.Length - header.DataOffset;
        return bytes != found ? throw new DataFileException(path, $"expected {bytes} bytes for {shape} values of {header.Kind.Name()}, found {found}")
            : count > int.MaxValue ? throw new DataFileException(path, $"expected at most {int.MaxValue} values, found {count}")
            : (int)count;
    }

    private static Column Values(FileStream file, string path, NpyHeader header, int count) => header.Kind switch
    {
        ScalarKind.Bool => new Column<bool>(path, Bools(file, path, header, count)),
        ScalarKind.I8 => new Column<sbyte>(path, Values<sbyte>(file, header, count)),
        ScalarKind.I16 => new Column<short>(path, Values<short>(file, header, count)),
        ScalarKind.I32 => new Column<int>(path, Values<int>(file, header, count)),
        ScalarKind.I64 => new Column<long>(path, Values<long>(file, header, count)),
        ScalarKind.U8 => new Column<byte>(path, Values<byte>(file, header, count)),
        ScalarKind.U16 => new Column<ushort>(path, Values<ushort>(file, header, count)),
        ScalarKind.U32 => new Column<uint>(path, Values<uint>(file, header, count)),
        ScalarKind.U64 => new Column<ulong>(path, Values<ulong>(file, header, count)),
        ScalarKind.F32 => new Column<float>(path, Values<float>(file, header, count)),
        _ => new Column<double>(path, Values<double>(file, header, count)),
    };

    private static ReadOnlyMemory<T> Values<T>(FileStream file, NpyHeader header, int count)
        where T : unmanaged
    {
        if (count == 0)
        {
            return default;
        }

        var size = header.Kind.Size();
        var values = GC.AllocateUninitializedArray<T>(count);
        file.Position = header.DataOffset;
        for (var done = 0; done < count;)
        {
            var part = MemoryMarshal.AsBytes(values.AsSpan(done, Math.Min(count - done, 1 << 20)));
            file.ReadExactly(part);
            for (var i = 0; header.BigEndian && i < part.Length; i += size)
            {
                part.Slice(i, size).Reverse();
            }

            done += part.Length / size;
        }

        return values;
    }

    /// <summary>Copies, since a byte other than 0 and 1 is no bool.</summary>
    private static bool[] Bools(FileStream file, string path, NpyHeader header, int count)
    {
        var values = new bool[count];
        file.Position = header.DataOffset;
        var bytes = MemoryMarshal.AsBytes(values.AsSpan());
        file.ReadExactly(bytes);
        return bytes.IndexOfAnyExcept((byte)0, (byte)1) is >= 0 and var at
            ? throw new DataFileException(path, $"byte {header.DataOffset + at}: expected 0 or 1 for a bool, found {bytes[at]}")
            : values;
    }
}

/// <summary>An array of one or two dimensions.</summary>
/// <param name="Shape">The extents.</param>
/// <param name="Values">The values, row after row.</param>
public sealed record NpyArray(Seq<long> Shape, Column Values);
