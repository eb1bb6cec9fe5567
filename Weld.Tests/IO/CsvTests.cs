using System.IO.Compression;
using System.Text;
using Weld.Core.Types;
using Weld.Frames;
using Weld.Frames.IO;

namespace Weld.Tests.IO;

public sealed class CsvTests
{
    private static readonly VectorType Text = new(ScalarType.U8);

    [Fact]
    public void ColumnsAreSelectedByNameAndConvertedToTheirTypes()
    {
        var columns = Read("name,delay,share,late\nORD,-3,0.5,true\nLAX, 14 ,1e-3,0\n", ("share", ScalarType.F64), ("delay", ScalarType.I32), ("late", ScalarType.Bool), ("name", Text));
        Assert.Equal([0.5, 1e-3], Values<double>(columns[0]));
        Assert.Equal([-3, 14], Values<int>(columns[1]));
        Assert.Equal([true, false], Values<bool>(columns[2]));
        Assert.Equal(["ORD", "LAX"], Texts(columns[3]));
    }

    [Fact]
    public void QuotesHoldDelimitersLineBreaksAndDoubledQuotes()
    {
        var columns = Read("\"a\",b\r\n\"x,y\",1\r\n\"say \"\"hi\"\"\",2\r\n\"two\r\nlines\",3\r\n\"\",4\r\nin \"the\" middle,5\r\n", ("a", Text), ("b", ScalarType.I64));
        Assert.Equal(["x,y", "say \"hi\"", "two\r\nlines", "", "in \"the\" middle"], Texts(columns[0]));
        Assert.Equal([1L, 2, 3, 4, 5], Values<long>(columns[1]));
    }

    [Theory]
    [InlineData("a;b\n1;2\n", ';')]
    [InlineData("a\tb\n1\t2\n", '\t')]
    [InlineData("a|b\n1|2\n", '|')]
    [InlineData("a,b\n1,2\n", ',')]
    [InlineData("\"a;;;;\",b\n1,2\n", ',')]
    [InlineData("\uFEFFa,b\n1,2\n", ',')]
    public void TheDelimiterIsTheOneThatTheFirstLineHoldsMostOf(string text, char delimiter)
    {
        Assert.Equal([2], Values<int>(Read(text, ("b", ScalarType.I32))[0]));
        Assert.Equal([2], Values<int>(Read(text, new CsvOptions { Delimiter = delimiter }, ("b", ScalarType.I32))[0]));
    }

    [Fact]
    public void WithoutAHeaderColumnsAreNumbered() =>
        Assert.Equal([2, 4], Values<int>(Read("1,2\n3,4", new CsvOptions { HasHeader = false }, ("column_2", ScalarType.I32))[0]));

    [Fact]
    public void BlankLinesAreSkippedBetweenRecordsOfSeveralFields() =>
        Assert.Equal([1, 2], Values<int>(Read("\n\na,b\n\n1,x\r\n\r\n2,y\n\n", ("a", ScalarType.I32))[0]));

    [Fact]
    public void ABlankLineIsAnEmptyFieldWhereThereIsOneColumn() =>
        Assert.Equal(["x", "", "y"], Texts(Read("a\nx\n\ny", ("a", Text))[0]));

    [Theory]
    [InlineData("1.0", 1L)]
    [InlineData("1e3", 1000L)]
    [InlineData("-9223372036854775808", long.MinValue)]
    [InlineData("+7", 7L)]
    public void WholeNumbersAreIntegersHoweverWritten(string field, long value) =>
        Assert.Equal([value], Values<long>(Read($"a\n{field}\n", ("a", ScalarType.I64))[0]));

    [Theory]
    [InlineData("inf", double.PositiveInfinity)]
    [InlineData("-Infinity", double.NegativeInfinity)]
    [InlineData("NaN", double.NaN)]
    [InlineData("-0", -0.0)]
    public void FloatsHaveTheirSpecialValues(string field, double value) =>
        Assert.Equal(BitConverter.DoubleToInt64Bits(value), BitConverter.DoubleToInt64Bits(Values<double>(Read($"a\n{field}\n", ("a", ScalarType.F64))[0])[0]));

    [Theory]
    [InlineData("a,b\n1,2\n3\n", "f.csv:3:2: expected 2 fields as in the first record, found 1")]
    [InlineData("a,b\n1,2\n3,4,5\n", "f.csv:3:5: expected 2 fields as in the first record, found 3")]
    [InlineData("a,b\n\"1\n2\",2\n3\n", "f.csv:2:1: expected i32 for column a, found '1\n2'")]
    [InlineData("a,b\n1,2\n,4\n", "f.csv:3:1: expected i32 for column a, found an empty field")]
    [InlineData("a,b\n1,2\n3.5,4\n", "f.csv:3:1: expected i32 for column a, found '3.5'")]
    [InlineData("a,b\n1,2\n2147483648,4\n", "f.csv:3:1: expected i32 for column a, found '2147483648'")]
    [InlineData("b,a\n\"x\ny\",two\n", "f.csv:3:4: expected i32 for column a, found 'two'")]
    [InlineData("a,b\n1,\"x\ny", "f.csv:2:3: expected a closing quote, found the end of the file")]
    [InlineData("a,b\n1,\"x\"y\n", "f.csv:2:6: expected a delimiter or the line's end after the closing quote, found 'y'")]
    [InlineData("b,c\n1,2\n", "f.csv:1:1: expected a column named a, found b, c")]
    [InlineData("a,a\n1,2\n", "f.csv:1:3: expected one column named a, found another")]
    [InlineData("", "f.csv:1:1: expected a header that names the columns, found an empty file")]
    public void ErrorsSayWhereWhatWasExpectedAndWhatWasFound(string text, string message) =>
        Assert.Equal(message, Assert.Throws<DataFileException>(() => Read(text, ("a", ScalarType.I32))).Message);

    [Fact]
    public void TextOfAnotherEncodingIsRefused()
    {
        var bytes = new byte[] { 0xFF, 0xFE, (byte)'a', 0 };
        Assert.Contains("UTF-16", Assert.Throws<DataFileException>(() => Csv.Read(new MemoryStream(bytes), "f.csv", [new("a", ScalarType.I32)])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void GzipGoesByTheEndingAndDamageNamesTheFile()
    {
        using var directory = new TemporaryDirectory();
        var rows = string.Concat(Enumerable.Range(0, 20_000).Select(i => $"{i},{i * 7919 % 1000}\n"));
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(Encoding.UTF8.GetBytes($"a,b\n{rows}"));
        }

        var bytes = packed.ToArray();
        var path = directory.Write("f.csv.gz", bytes);
        Assert.Equal(Enumerable.Range(0, 20_000), Values<int>(Csv.Read(path, [new("a", ScalarType.I32)])[0]));
        Assert.Equal(["a", "b"], Csv.ColumnNames(path));

        Assert.Contains("f.csv.gz", Failure(bytes[..(bytes.Length / 2)]).Message, StringComparison.Ordinal);
        var random = new Random(1);
        for (var i = 0; i < 200; i++)
        {
            var damaged = (byte[])bytes.Clone();
            damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            try
            {
                Csv.Read(directory.Write("f.csv.gz", damaged), [new("a", ScalarType.I32)]);
            }
            catch (DataFileException e)
            {
                Assert.Contains("f.csv.gz", e.Message, StringComparison.Ordinal);
            }
        }

        DataFileException Failure(byte[] content) =>
            Assert.Throws<DataFileException>(() => Csv.Read(directory.Write("f.csv.gz", content), [new("a", ScalarType.I32)]));
    }

    [Fact]
    public void AFileThatIsNotThereIsNamed() =>
        Assert.StartsWith("nowhere.csv: cannot be read: ", Assert.Throws<DataFileException>(() => Csv.ColumnNames("nowhere.csv")).Message, StringComparison.Ordinal);

    [Fact]
    public void ADelimiterIsAnAsciiCharacterOtherThanAQuoteOrLineBreak()
    {
        foreach (var delimiter in "\"\r\n\0é")
        {
            Assert.Throws<ArgumentException>(() => new CsvOptions { Delimiter = delimiter });
        }
    }

    [Fact]
    public void TheScannerAgreesWithANaiveReaderAtEveryBufferSize()
    {
        for (var seed = 0; seed < 3_000; seed++)
        {
            var random = new Random(seed);
            var text = RandomText(random);
            var expected = NaiveCsv.Records(text);
            var bufferSize = 8 + random.Next(64);
            List<string[]>? found = null;
            try
            {
                found = Records(text, bufferSize);
            }
            catch (DataFileException)
            {
            }

            Assert.True(
                expected is null == found is null && (expected is null || expected.Zip(found!).All(p => p.First.SequenceEqual(p.Second)) && expected.Count == found!.Count),
                $"seed {seed}: {text}");
        }
    }

    [Fact]
    public void RandomBytesAreRecordsOrAnErrorThatNamesThePlace()
    {
        for (var seed = 0; seed < 3_000; seed++)
        {
            var random = new Random(seed);
            var bytes = new byte[random.Next(200)];
            random.NextBytes(bytes);
            try
            {
                Csv.Read(new MemoryStream(bytes), "f.csv", [new("a", ScalarType.I32)], new CsvOptions { BufferSize = 8 + random.Next(64), HasHeader = random.Next(2) == 0 });
            }
            catch (DataFileException e)
            {
                Assert.StartsWith("f.csv:", e.Message, StringComparison.Ordinal);
            }
        }
    }

    private static string RandomText(Random random)
    {
        const string alphabet = "ab,,\n\n\r\"\"é€";
        var text = new StringBuilder(random.Next(8) == 0 ? "\uFEFF" : "");
        for (var i = random.Next(60); i > 0; i--)
        {
            text.Append(random.Next(6) == 0 ? "\"x,\n\"\"y\"" : random.Next(6) == 0 ? "\r\n" : alphabet[random.Next(alphabet.Length)].ToString());
        }

        return text.ToString();
    }

    private static List<string[]> Records(string text, int bufferSize)
    {
        using var scanner = new CsvScanner(new MemoryStream(Encoding.UTF8.GetBytes(text)), "f.csv", (byte)',', bufferSize);
        var records = new List<string[]>();
        while (scanner.Read())
        {
            var fields = new string[scanner.FieldCount];
            for (var i = 0; i < fields.Length; i++)
            {
                fields[i] = Encoding.UTF8.GetString(scanner[i]);
            }

            records.Add(fields);
        }

        return records;
    }

    private static IReadOnlyList<Column> Read(string text, params (string Name, WeldType Type)[] columns) => Read(text, new CsvOptions { BufferSize = 8 }, columns);

    private static IReadOnlyList<Column> Read(string text, CsvOptions options, params (string Name, WeldType Type)[] columns) =>
        Csv.Read(new MemoryStream(Encoding.UTF8.GetBytes(text)), "f.csv", [.. columns.Select(c => new CsvColumn(c.Name, c.Type))], options);

    private static T[] Values<T>(Column column)
        where T : unmanaged => Assert.IsType<Column<T>>(column).Values.ToArray();

    private static string[] Texts(Column column)
    {
        var texts = Assert.IsType<TextColumn>(column);
        return [.. Enumerable.Range(0, texts.Length).Select(i => Encoding.UTF8.GetString(texts[i].Span))];
    }
}
