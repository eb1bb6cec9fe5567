using System.Text;
using Weld.Core.Types;
using Weld.Frames;
using Weld.Frames.IO;

namespace Weld.Tests.IO;

public sealed class NpyTests
{
    [Theory]
    [InlineData("<f8", ScalarKind.F64)]
    [InlineData("<f4", ScalarKind.F32)]
    [InlineData("<i8", ScalarKind.I64)]
    [InlineData("<u8", ScalarKind.U64)]
    [InlineData("<i4", ScalarKind.I32)]
    [InlineData("<u4", ScalarKind.U32)]
    [InlineData("<i2", ScalarKind.I16)]
    [InlineData("<u2", ScalarKind.U16)]
    [InlineData("|i1", ScalarKind.I8)]
    [InlineData("|u1", ScalarKind.U8)]
    [InlineData("|b1", ScalarKind.Bool)]
    public void EveryScalarTypeIsRead(string descr, ScalarKind kind)
    {
        using var directory = new TemporaryDirectory();
        var bytes = Enumerable.Range(0, 2 * kind.Size()).Select(i => (byte)(i % 2)).ToArray();
        var array = Npy.Open(directory.Write("a.npy", File(descr, "(2,)", bytes)));
        Assert.Equal(new ScalarType(kind), array.Values.ElementType);
        Assert.Equal(2, array.Values.Length);
        Assert.Equal([2L], array.Shape);
    }

    [Fact]
    public void ValuesAreReadRowAfterRowAndStayWhenTheFileIsShortened()
    {
        using var directory = new TemporaryDirectory();
        var array = Npy.Open(directory.Write("a.npy", File("<f8", "(2, 3)", Bytes(1.0, 2.0, 3.0, 4.0, 5.0, 6.0))));
        directory.Write("a.npy", []);
        Assert.Equal([2L, 3L], array.Shape);
        Assert.Equal([1.0, 2, 3, 4, 5, 6], Assert.IsType<Column<double>>(array.Values).Values.ToArray());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void EveryVersionIsRead(byte version)
    {
        using var directory = new TemporaryDirectory();
        var array = Npy.Open(directory.Write("a.npy", File("<f8", "(1,)", Bytes(7.5), version)));
        Assert.Equal([7.5], ((Column<double>)array.Values).Values.ToArray());
    }

    [Fact]
    public void BigEndianAndUnalignedValuesAreCopied()
    {
        using var directory = new TemporaryDirectory();
        var reversed = Bytes(1.5, -2.0);
        Array.Reverse(reversed, 0, 8);
        Array.Reverse(reversed, 8, 8);
        Assert.Equal([1.5, -2.0], ((Column<double>)Npy.Open(directory.Write("a.npy", File(">f8", "(2,)", reversed))).Values).Values.ToArray());
        Assert.Equal([1.5], ((Column<double>)Npy.Open(directory.Write("b.npy", File("<f8", "(1,)", Bytes(1.5), padding: 3))).Values).Values.ToArray());
    }

    [Fact]
    public void AnEmptyArrayIsRead()
    {
        using var directory = new TemporaryDirectory();
        Assert.Equal(0, Npy.Open(directory.Write("a.npy", File("<f8", "(0,)", []))).Values.Length);
        Assert.Equal([3L, 0L], Npy.Open(directory.Write("b.npy", File("<f8", "(3, 0)", []))).Shape);
    }

    [Theory]
    [InlineData("{'descr': '<f2', 'fortran_order': False, 'shape': (1,)}", "byte 20 of the header: expected bool, an integer of 1 to 8 bytes or a float of 4 or 8 bytes, such as '<f8', found '<f2'")]
    [InlineData("{'descr': '<f8', 'fortran_order': True, 'shape': (1,1)}", "expected an array in C order, found Fortran order")]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': ()}", "expected an array of one or two dimensions, found 0")]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (1,1,1)}", "expected an array of one or two dimensions, found 3")]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (2,)}", "expected 16 bytes for 2 values of f64, found 8")]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (9223372036854775807,9223372036854775807)}", "expected 680564733841876926")]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (-1,)}", "expected an extent that is not negative, found -1")]
    [InlineData("{'descr': [('x', '<f8')], 'fortran_order': False, 'shape': (1,)}", "expected a scalar type such as '<f8', found a structured type")]
    [InlineData("{'descr': '<f8', 'fortran_order': 0, 'shape': (1,)}", "expected True or False, found 0")]
    [InlineData("{'descr': '<f8', 'fortran_order': False}", "expected descr, fortran_order and shape, found a dictionary without one of them")]
    [InlineData("{'descr': '<f8', 'descr': '<f8', 'fortran_order': False, 'shape': (1,)}", "expected descr, fortran_order and shape, each once, found 'descr'")]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (1,)} x", "expected nothing after the dictionary, found 'x'")]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (1", "expected ')', found the header's end")]
    [InlineData("", "byte 10 of the header: expected '{', found the header's end")]
    public void HeadersAreChecked(string header, string message)
    {
        using var directory = new TemporaryDirectory();
        var error = Assert.Throws<DataFileException>(() => Npy.Open(directory.Write("a.npy", WithHeader(header, Bytes(1.0), 1))));
        Assert.Contains("a.npy: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AByteThatIsNoBoolIsRefused()
    {
        using var directory = new TemporaryDirectory();
        var error = Assert.Throws<DataFileException>(() => Npy.Open(directory.Write("a.npy", File("|b1", "(2,)", [1, 2]))));
        Assert.Contains("expected 0 or 1 for a bool, found 2", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void DamagedFilesAreErrorsThatNameTheFile()
    {
        using var directory = new TemporaryDirectory();
        var good = File("<f8", "(2,)", Bytes(1.0, 2.0));
        for (var seed = 0; seed < 1_000; seed++)
        {
            var random = new Random(seed);
            var damaged = good[..(random.Next(4) == 0 ? random.Next(good.Length) : good.Length)];
            for (var i = random.Next(4); i > 0 && damaged.Length > 0; i--)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            }

            try
            {
                Npy.Open(directory.Write($"{seed}.npy", damaged));
            }
            catch (DataFileException e)
            {
                Assert.Contains($"{seed}.npy: ", e.Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void ConversionKeepsValuesOrSaysWhichHasNoCounterpart()
    {
        Assert.Equal([1, -2], ((Column<int>)new Column<double>("x", new[] { 1.0, -2.0 }).ConvertTo(ScalarKind.I32)).Values.ToArray());
        Assert.Equal([1.5f], ((Column<float>)new Column<double>("x", new[] { 1.5 }).ConvertTo(ScalarKind.F32)).Values.ToArray());
        Assert.Equal([true, false], ((Column<bool>)new Column<long>("x", new[] { 1L, 0 }).ConvertTo(ScalarKind.Bool)).Values.ToArray());
        Assert.Equal([1, 0], ((Column<byte>)new Column<bool>("x", new[] { true, false }).ConvertTo(ScalarKind.U8)).Values.ToArray());
        Assert.Equal("value 1 of column x: expected i32, found 0.5", Fails(new Column<double>("x", new[] { 1.0, 0.5 }), ScalarKind.I32));
        Assert.Equal("value 0 of column x: expected i64, found 9.223372036854776E+18", Fails(new Column<double>("x", new[] { 9223372036854775808.0 }), ScalarKind.I64));
        Assert.Equal("value 0 of column x: expected i64, found NaN", Fails(new Column<double>("x", new[] { double.NaN }), ScalarKind.I64));
        Assert.Equal("value 0 of column x: expected u8, found -1", Fails(new Column<int>("x", new[] { -1 }), ScalarKind.U8));
        Assert.Equal("value 0 of column x: expected bool, found 2", Fails(new Column<int>("x", new[] { 2 }), ScalarKind.Bool));

        static string Fails(Column column, ScalarKind kind) => Assert.Throws<InvalidCastException>(() => column.ConvertTo(kind)).Message;
    }

    internal static byte[] File(string descr, string shape, byte[] data, byte version = 1, int padding = 0)
    {
        var text = $"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}";
        var start = version == 1 ? 10 : 12;
        return WithHeader(text.PadRight(((start + text.Length + 64) / 64 * 64) - start - 1 + padding) + "\n", data, version);
    }

    private static byte[] WithHeader(string text, byte[] data, byte version)
    {
        var file = new MemoryStream();
        using var writer = new BinaryWriter(file);
        writer.Write([0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', version, 0]);
        if (version == 1)
        {
            writer.Write((ushort)text.Length);
        }
        else
        {
            writer.Write(text.Length);
        }

        writer.Write(Encoding.ASCII.GetBytes(text));
        writer.Write(data);
        return file.ToArray();
    }

    internal static byte[] Bytes(params double[] values) => [.. values.SelectMany(BitConverter.GetBytes)];
}
