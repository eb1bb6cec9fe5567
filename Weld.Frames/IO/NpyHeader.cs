using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Weld.Core.IR;
using Weld.Core.Types;

namespace Weld.Frames.IO;

/// <summary>
/// What stands before the data of a <c>.npy</c> file: the bytes <c>93 4E 55 4D 50 59</c>, a version (1.0, 2.0 or 3.0), the length of the text that follows
/// (two bytes in version 1.0, else four), and as text a Python dictionary of exactly <c>descr</c>, <c>fortran_order</c> and <c>shape</c>.
/// </summary>
/// <param name="Kind">The type of the values.</param>
/// <param name="BigEndian">Whether their highest byte stands first.</param>
/// <param name="ColumnMajor">Whether the first index varies fastest.</param>
/// <param name="Shape">The extents, none negative.</param>
/// <param name="DataOffset">Where the values start.</param>
internal sealed record NpyHeader(ScalarKind Kind, bool BigEndian, bool ColumnMajor, Seq<long> Shape, int DataOffset)
{
    private const int LongestText = 1 << 16;

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Reads the header at the start of a stream.</summary>
    /// <param name="stream">The file.</param>
    /// <param name="name">The file's name, for messages.</param>
    public static NpyHeader Read(Stream stream, string name)
    {
        var start = Bytes(8);
        if (!start.AsSpan().StartsWith(Magic))
        {
            throw new DataFileException(name, "expected a .npy file, found a file that starts otherwise");
        }

        if (start[6] is < 1 or > 3 || start[7] != 0)
        {
            throw new DataFileException(name, $"expected version 1.0, 2.0 or 3.0 of the .npy format, found {start[6]}.{start[7]}");
        }

        long length = start[6] == 1 ? BinaryPrimitives.ReadUInt16LittleEndian(Bytes(2)) : BinaryPrimitives.ReadUInt32LittleEndian(Bytes(4));
        var offset = start[6] == 1 ? 10 : 12;
        if (length > LongestText)
        {
            throw new DataFileException(name, $"expected a header of at most {LongestText} bytes, found {length}");
        }

        var text = Encoding.UTF8.GetString(Bytes((int)length));
        return new Text(text, name, offset).Parse() with { DataOffset = offset + (int)length };

        byte[] Bytes(int count)
        {
            var bytes = new byte[count];
            var read = stream.ReadAtLeast(bytes, count, throwOnEndOfStream: false);
            return read == count ? bytes : throw new DataFileException(name, "expected the header of a .npy file, found the end of the file");
        }
    }

    /// <summary>The type of a <c>descr</c> such as <c>&lt;f8</c>.</summary>
    private static (ScalarKind Kind, bool BigEndian)? Type(string descr)
    {
        ScalarKind? kind = descr.Length != 3 || !"<>|=".Contains(descr[0]) ? null : descr[1..] switch
        {
            "b1" or "?1" => ScalarKind.Bool,
            "i1" => ScalarKind.I8,
            "i2" => ScalarKind.I16,
            "i4" => ScalarKind.I32,
            "i8" => ScalarKind.I64,
            "u1" => ScalarKind.U8,
            "u2" => ScalarKind.U16,
            "u4" => ScalarKind.U32,
            "u8" => ScalarKind.U64,
            "f4" => ScalarKind.F32,
            "f8" => ScalarKind.F64,
            _ => null,
        };
        return kind is not { } k || (descr[0] == '|' && k.Size() > 1) ? null : (k, descr[0] == '>' && k.Size() > 1);
    }

    /// <summary>The dictionary: a small part of Python's literals.</summary>
    private sealed class Text(string text, string file, int offset)
    {
        private int _at;

        public NpyHeader Parse()
        {
            (ScalarKind, bool)? type = null;
            bool? columnMajor = null;
            Seq<long>? shape = null;
            Expect('{');
            while (!Accept('}'))
            {
                var place = _at;
                var key = Quoted();
                Expect(':');
                switch (key)
                {
                    case "descr" when type is null:
                        Space();
                        place = _at;
                        var descr = At is '\'' or '"' ? Quoted() : throw Error(place, "a scalar type such as '<f8'", "a structured type");
                        type = Type(descr) ?? throw Error(place, "bool, an integer of 1 to 8 bytes or a float of 4 or 8 bytes, such as '<f8'", $"'{descr}'");
                        break;
                    case "fortran_order" when columnMajor is null:
                        columnMajor = Word() switch { "True" => true, "False" => false, var other => throw Error(place, "True or False", other) };
                        break;
                    case "shape" when shape is null:
                        shape = Shape();
                        break;
                    default:
                        throw Error(place, "descr, fortran_order and shape, each once", $"'{key}'");
                }

                if (!Accept(','))
                {
                    Expect('}');
                    break;
                }
            }

            Space();
            return _at < text.Length ? throw Error(_at, "nothing after the dictionary", $"'{text[_at]}'")
                : type is not var (kind, bigEndian) || columnMajor is null || shape is null ? throw Error(0, "descr, fortran_order and shape", "a dictionary without one of them")
                : new NpyHeader(kind, bigEndian, columnMajor.Value, shape.Value, 0);
        }

        private char At => _at < text.Length ? text[_at] : '\0';

        private Seq<long> Shape()
        {
            var extents = new List<long>();
            Expect('(');
            while (!Accept(')'))
            {
                Space();
                var place = _at;
                var digits = Word();
                extents.Add(long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var extent) ? extent : throw Error(place, "an extent that is not negative", digits));
                if (!Accept(','))
                {
                    Expect(')');
                    break;
                }
            }

            return extents.ToSeq();
        }

        private string Quoted()
        {
            Space();
            var quote = At;
            var end = quote is '\'' or '"' ? text.IndexOf(quote, _at + 1) : -1;
            if (end < 0)
            {
                throw Error(_at, "a quoted string", "something else");
            }

            var value = text[(_at + 1)..end];
            _at = end + 1;
            return value;
        }

        private string Word()
        {
            Space();
            var start = _at;
            while (char.IsAsciiLetterOrDigit(At) || At == '-')
            {
                _at++;
            }

            return text[start.._at];
        }

        private void Expect(char c)
        {
            if (!Accept(c))
            {
                throw Error(_at, $"'{c}'", _at < text.Length ? $"'{text[_at]}'" : "the header's end");
            }
        }

        private bool Accept(char c)
        {
            Space();
            var accepted = At == c;
            _at += accepted ? 1 : 0;
            return accepted;
        }

        private void Space()
        {
            while (At is ' ' or '\n' or '\t' or '\r')
            {
                _at++;
            }
        }

        private DataFileException Error(int place, string expected, string found) =>
            new(file, $"byte {offset + place} of the header: expected {expected}, found {found}");
    }
}
