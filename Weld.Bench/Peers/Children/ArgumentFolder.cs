using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Weld.Bench.Compare;

namespace Weld.Bench.Peers.Children;

/// <summary>
/// Arguments as files, for processes to load: argument i is <c>i.npy</c>, a scalar without dimensions, a matrix with two; of texts those are the bytes, and
/// <c>i.offsets.npy</c> says where each begins and the last ends. Answers come back in the same form. All who use the same arguments at the same time share one
/// folder, which the last of them deletes.
/// </summary>
internal sealed class ArgumentFolder : IDisposable
{
    private static readonly Dictionary<object[], ArgumentFolder> Folders = new(ReferenceEqualityComparer.Instance);
    private static readonly Lock Sharing = new();

    private readonly object[] _arguments;
    private int _uses;

    private ArgumentFolder(object[] arguments)
    {
        _arguments = arguments;
        Path = TemporaryFolder.Create("weld-arguments-");
        for (var i = 0; i < arguments.Length; i++)
        {
            Write(arguments[i], System.IO.Path.Combine(Path, i.ToString(CultureInfo.InvariantCulture)));
        }
    }

    /// <summary>Where.</summary>
    public string Path { get; }

    /// <summary>The folder of arguments, written if nobody uses it yet; to be disposed of by each who asked for it.</summary>
    /// <param name="arguments">The arguments of a <see cref="Comparison"/>.</param>
    public static ArgumentFolder Of(object[] arguments)
    {
        lock (Sharing)
        {
            if (!Folders.TryGetValue(arguments, out var folder))
            {
                Folders.Add(arguments, folder = new ArgumentFolder(arguments));
            }

            folder._uses++;
            return folder;
        }
    }

    public void Dispose()
    {
        lock (Sharing)
        {
            if (--_uses == 0)
            {
                Folders.Remove(_arguments);
                TemporaryFolder.Delete(Path);
            }
        }
    }

    private static void Write(object argument, string file)
    {
        switch (argument)
        {
            case Texts(var bytes, var offsets):
                Write(bytes, "u1", $"({bytes.Length},)", $"{file}.npy");
                Write(offsets, "i4", $"({offsets.Length},)", $"{file}.offsets.npy");
                break;
            case Matrix(var values, var columns):
                Write(values, "f8", $"({values.Length / columns}, {columns})", $"{file}.npy");
                break;
            case Array array:
                Write(array, Type(array.GetType().GetElementType()!), $"({array.Length},)", $"{file}.npy");
                break;
            default:
                var one = Array.CreateInstance(argument.GetType(), 1);
                one.SetValue(argument, 0);
                Write(one, Type(argument.GetType()), "()", $"{file}.npy");
                break;
        }
    }

    private static string Type(Type type) => System.Type.GetTypeCode(type) switch
    {
        TypeCode.Byte => "u1",
        TypeCode.Int32 => "i4",
        TypeCode.Int64 => "i8",
        TypeCode.Single => "f4",
        TypeCode.Double => "f8",
        _ => throw new ArgumentException($"expected byte, int, long, float or double, found {type}"),
    };

    private static unsafe void Write(Array values, string type, string shape, string file)
    {
        var (order, size) = (type[1] == '1' ? '|' : '<', type[1] - '0');
        var header = $"{{'descr': '{order}{type}', 'fortran_order': False, 'shape': {shape}, }}";
        const int Before = 10;
        header = $"{header.PadRight((((Before + header.Length) / 64) + 1) * 64 - Before - 1)}\n";
        using var stream = File.Create(file);
        stream.Write([0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, (byte)(header.Length >> 8), .. Encoding.ASCII.GetBytes(header)]);
        if (values.Length > 0)
        {
            // Pinned while its bytes are written, a part at a time: all of them may be more than a span can hold.
            var pin = GCHandle.Alloc(values, GCHandleType.Pinned);
            var start = (byte*)pin.AddrOfPinnedObject();
            for (long at = 0, bytes = (long)values.Length * size; at < bytes; at += 1 << 24)
            {
                stream.Write(new ReadOnlySpan<byte>(start + at, (int)Math.Min(1 << 24, bytes - at)));
            }

            pin.Free();
        }
    }
}
