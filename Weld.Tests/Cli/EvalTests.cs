using System.Text;
using System.Text.Json;
using Weld.Cli.Commands;

namespace Weld.Tests.Cli;

/// <summary>language.md §8.1, line by line.</summary>
public sealed class EvalTests
{
    [Theory]
    [InlineData("""{"id": 1, "program": "|v: vec[i64]| map(v, |x| x * 2L)", "args": [[1, 2, 3]], "conf": {"weld.threads": "1"}}""", """{"id":1,"type":"vec[i64]","value":[2,4,6]}""")]
    [InlineData("""{"id": "a", "program": "1 + 2"}""", """{"id":"a","type":"i32","value":3}""")]
    [InlineData("""{"program": "1 + 2", "args": []}""", """{"id":null,"type":"i32","value":3}""")]
    [InlineData("""{"id": {"deep": [1.50, "é"]}, "program": "true"}""", """{"id":{"deep": [1.50, "é"]},"type":"bool","value":true}""")]
    [InlineData("""{"id": 1, "program": "18446744073709551615u64"}""", """{"id":1,"type":"u64","value":18446744073709551615}""")]
    [InlineData("""{"id": 1, "program": "|x: u64, y: i64| {x, y}", "args": [18446744073709551615, -9223372036854775808]}""", """{"id":1,"type":"{u64,i64}","value":[18446744073709551615,-9223372036854775808]}""")]
    [InlineData("""{"id": 1, "program": "{0.1, 0.1f, 1e300 * 1e300, -1.0 / 0.0, 0.0 / 0.0, -0.0}"}""", """{"id":1,"type":"{f64,f32,f64,f64,f64,f64}","value":[0.1,0.1,"Infinity","-Infinity","NaN",-0.0]}""")]
    [InlineData("""{"id": 1, "program": "|v: vec[f64]| v", "args": [["NaN", "Infinity", "-Infinity", 1, -0.0]]}""", """{"id":1,"type":"vec[f64]","value":["NaN","Infinity","-Infinity",1,-0.0]}""")]
    [InlineData("""{"id": 1, "program": "|s: vec[u8], t: vec[i8]| {s, t}", "args": ["é", "A"]}""", """{"id":1,"type":"{vec[u8],vec[i8]}","value":[[195,169],[65]]}""")]
    [InlineData("""{"id": 1, "program": "|s: vec[i8]| s", "args": [[-1, 127]]}""", """{"id":1,"type":"vec[i8]","value":[-1,127]}""")]
    [InlineData("""{"id": 1, "program": "|d: dict[i64,f64]| d", "args": [[[3, 1.5], [-1, 2]]]}""", """{"id":1,"type":"dict[i64,f64]","value":[[-1,2],[3,1.5]]}""")]
    [InlineData("""{"id": 1, "program": "|d: dict[f64,i64]| d", "args": [[["NaN", 1], ["Infinity", 2], [0, 3]]]}""", """{"id":1,"type":"dict[f64,i64]","value":[[0,3],["Infinity",2],["NaN",1]]}""")]
    [InlineData("""{"id": 1, "program": "{}"}""", """{"id":1,"type":"{}","value":[]}""")]
    [InlineData("""{"id": 1, "program": "[1,2]", "conf": {"weld.threads": 1, "weld.timeout": "60000", "weld.memory.limit": 1000000}}""", """{"id":1,"type":"vec[i32]","value":[1,2]}""")]
    public void ValuesAreAnswered(string line, string answer) => Assert.Equal(answer, Answer(line));

    [Theory]
    [InlineData("""{"id": 2, "program": "|v: vec[i64]| v + 1"}""", "2", "compile", "Type", 1)]
    [InlineData("""{"id": 2, "program": "1 +\n  nowhere"}""", "2", "compile", "Name", 2)]
    [InlineData("""{"id": 2, "program": ""}""", "2", "compile", "Syntax", 1)]
    [InlineData("""{"id": 2, "program": "128c"}""", "2", "compile", "Literal", 1)]
    [InlineData("""{"id": 2, "program": "macro f(x) = x; f(1, 2)"}""", "2", "compile", "Macro", 1)]
    [InlineData("""{"id": 2, "program": "cudf[f,i64](1L)"}""", "2", "compile", "UnknownFunction", 1)]
    [InlineData("""{"id": 2, "program": "|v: vec[i64]| lookup(v, 3L)", "args": [[1]]}""", "2", "run", "ArrayOutOfBounds", 1)]
    [InlineData("""{"id": 2, "program": "|d: dict[i64,i64]| lookup(d, 3L)", "args": [[]]}""", "2", "run", "KeyNotFound", 1)]
    [InlineData("""{"id": 2, "program": "|x: i64|\n1L / x", "args": [0]}""", "2", "run", "DivideByZero", 2)]
    [InlineData("""{"id": 2, "program": "assert(false)"}""", "2", "run", "AssertionError", 1)]
    [InlineData("""{"id": 2, "program": "|v: vec[u8]| deserialize[i64](v)", "args": [[1]]}""", "2", "run", "DeserializationError", 1)]
    [InlineData("""{"id": 2, "program": "|v: vec[i64]| zip(v, [1L])", "args": [[]]}""", "2", "run", "MismatchedZipSize", 1)]
    [InlineData("""{"id": 2, "program": "|v: vec[i64]| sum(iter(v, 0L, 1L, 1L))", "args": [[]]}""", "2", "run", "BadIteratorLength", 1)]
    [InlineData("""{"id": 2, "program": "merge(appender[i64], 1L)"}""", "2", "run", "Unprintable", null)]
    [InlineData("""{"id": 2, "program": "{1, merger[i64,+]}"}""", "2", "run", "Unprintable", null)]
    [InlineData("""{"id": 2, "program": "iterate(0L, |x| {x + 1L, true})", "conf": {"weld.timeout": 50}}""", "2", "run", "Timeout", null)]
    [InlineData("""{"id": 2, "program": "|n: i64| result(for(rangeiter(0L, n, 1L), appender[i64], |b, i, x| merge(b, x)))", "args": [1000000], "conf": {"weld.memory.limit": "1000"}}""", "2", "run", "OutOfMemory", null)]
    [InlineData("nonsense", "null", "request", "BadRequest", null)]
    [InlineData("{\"id\": 2", "null", "request", "BadRequest", null)]
    [InlineData("""{"id": 2, "program": "1"} {}""", "null", "request", "BadRequest", null)]
    [InlineData("[1]", "null", "request", "BadRequest", null)]
    [InlineData("null", "null", "request", "BadRequest", null)]
    [InlineData("""{"id": 2}""", "2", "request", "BadRequest", null)]
    [InlineData("""{"id": 2, "program": 1}""", "2", "request", "BadRequest", null)]
    [InlineData("""{"id": 2, "program": "\ud800"}""", "2", "request", "BadRequest", null)]
    [InlineData("""{"id": 2, "program": "1", "args": {}}""", "2", "request", "BadRequest", null)]
    [InlineData("""{"id": 2, "program": "1", "conf": []}""", "2", "request", "BadRequest", null)]
    [InlineData("""{"id": 2, "program": "1", "conf": {"weld.nonsense": 1}}""", "2", "request", "ConfigurationError", null)]
    [InlineData("""{"id": 2, "program": "1", "conf": {"weld.threads": "many"}}""", "2", "request", "ConfigurationError", null)]
    [InlineData("""{"id": 2, "program": "1", "conf": {"weld.threads": null}}""", "2", "request", "ConfigurationError", null)]
    [InlineData("""{"id": 2, "program": "1", "conf": {"weld.threads": [1]}}""", "2", "request", "ConfigurationError", null)]
    [InlineData("""{"id": 2, "program": "1", "conf": {"weld.compile.dumpCode": true, "weld.compile.dumpCodeDir": "no/such/folder"}}""", "2", "request", "ConfigurationError", null)]
    [InlineData("""{"id": 2, "program": "1", "conf": {"\ud800": 1}}""", "2", "request", "BadRequest", null)]
    [InlineData("""{"id": 2, "program": "1", "conf": {"weld.threads": "\udc00"}}""", "2", "request", "BadRequest", null)]
    [InlineData("""{"id": 2, "\ud800": 1, "program": 1}""", "2", "request", "BadRequest", null)]
    [InlineData("""{"id": 2, "program": "1 + true", "conf": {"weld.nonsense": 1}}""", "2", "request", "ConfigurationError", null)]
    public void ErrorsAreAnswered(string line, string id, string stage, string code, int? place)
    {
        var answer = JsonDocument.Parse(Answer(line)).RootElement;
        Assert.Equal(id, answer.GetProperty("id").GetRawText());
        var error = answer.GetProperty("error");
        Assert.Equal((stage, code), (error.GetProperty("stage").GetString(), error.GetProperty("code").GetString()));
        Assert.NotEqual("", error.GetProperty("message").GetString());
        Assert.Equal(["id", "error"], answer.EnumerateObject().Select(p => p.Name));
        Assert.Equal(
            error.TryGetProperty("line", out var found) ? ["stage", "code", "message", "line", "column"] : ["stage", "code", "message"],
            error.EnumerateObject().Select(p => p.Name));
        if (place is not null)
        {
            Assert.Equal(place, found.GetInt32());
            Assert.InRange(error.GetProperty("column").GetInt32(), 1, 100);
        }
    }

    [Theory]
    [InlineData("|v: vec[i64], w: i8| w", "[[1]]", "parameter w: expected 2 arguments, found 1")]
    [InlineData("|v: vec[i64], w: i8| w", "[[1], 2, 3]", "expected 2 arguments (v, w), found 3")]
    [InlineData("1", "[1]", "expected 0 arguments (), found 1")]
    [InlineData("|v: vec[i64], w: i8| w", "[[1], 128]", "parameter w: expected i8, found 128")]
    [InlineData("|v: vec[i64], w: i8| w", "[[1, 2.5], 1]", "parameter v[1]: expected i64, found 2.5")]
    [InlineData("|v: vec[{i64,vec[f32]}]| v", "[[[1, [1]], [2, [1, true]]]]", "parameter v[1].$1[1]: expected f32, found true")]
    [InlineData("|v: {i64,i64}| v", "[[1]]", "parameter v: expected an array of 2 fields of {i64,i64}, found [1]")]
    [InlineData("|b: bool| b", "[1]", "parameter b: expected bool, found 1")]
    [InlineData("|d: dict[i64,i64]| d", "[[[1, 2], [1, 3]]]", "parameter d[1]: expected each key once, found 1 again")]
    [InlineData("|d: dict[f64,i64]| d", "[[[0.0, 2], [-0.0, 3]]]", "parameter d[1]: expected each key once, found -0.0 again")]
    [InlineData("|s: vec[i32]| s", "[\"text\"]", "parameter s: expected an array for vec[i32], found \"text\"")]
    [InlineData("|s: vec[u8]| s", "[\"\\ud800\"]", "parameter s: expected a string of whole characters, found half a surrogate pair")]
    [InlineData("|x: f64| x", "[1e400]", "parameter x: expected f64, found 1e400")]
    [InlineData("|x: u64| x", "[-1]", "parameter x: expected u64, found -1")]
    [InlineData("|b: appender[i64]| result(b)", "[[]]", "parameter b: expected a type that JSON can show, found appender[i64]")]
    public void ArgumentErrorsNameTheParameter(string program, string arguments, string message)
    {
        var error = JsonDocument.Parse(Answer($$"""{"id": 2, "program": "{{program}}", "args": {{arguments}}}""")).RootElement.GetProperty("error");
        Assert.Equal(("request", "BadArgument"), (error.GetProperty("stage").GetString(), error.GetProperty("code").GetString()));
        Assert.Equal(message, error.GetProperty("message").GetString());
    }

    [Fact]
    public void WarningsGoWithTheValue() =>
        Assert.Matches("""^{"id":1,"type":"i32","value":1,"warnings":\["1:.*nonsense.*"\]}$""", Answer("""{"id": 1, "program": "@(nonsense: 1) (1)"}"""));

    [Fact]
    public void BlankLinesAreSkippedAndEveryOtherLineIsAnsweredInOrder()
    {
        var answers = Answers("\uFEFF{\"id\": 1, \"program\": \"1\"}\r\n\n  \t\r\nnonsense\n{\"id\": 3, \"program\": \"3\"}");
        Assert.Equal(["1", "null", "3"], answers.Select(a => JsonDocument.Parse(a).RootElement.GetProperty("id").GetRawText()));
    }

    [Fact]
    public void EachAnswerIsFlushedBeforeTheNextLineIsRead()
    {
        var output = new FlushedStream();
        EvalCommand.Answer(new LinesOnDemand(output, ["""{"id": 1, "program": "1"}""", "nonsense", """{"id": 2, "program": "2"}"""]), output, EvalCommand.LongestLine);
        Assert.Equal(3, output.Lines);
    }

    [Fact]
    public void ALineBeyondTheLimitIsAnErrorAndTheNextIsRead()
    {
        using var output = new MemoryStream();
        var input = $"{{\"id\": 1, \"program\": \"{new string(' ', 300_000)}1\"}}\n{{\"id\": 2, \"program\": \"2\"}}\n{new string('x', 200_000)}";
        EvalCommand.Answer(new MemoryStream(Encoding.UTF8.GetBytes(input)), output, 100_000);
        var answers = Encoding.UTF8.GetString(output.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["BadRequest", "2", "BadRequest"], answers.Select(a => JsonDocument.Parse(a).RootElement is var r && r.TryGetProperty("error", out var e) ? e.GetProperty("code").GetString() : r.GetProperty("value").GetRawText()));
    }

    [Fact]
    public void DeepLinesAreAnswered()
    {
        const int depth = 200_000;
        string Deep(string open, string close, int n) => string.Concat(Enumerable.Repeat(open, n)) + string.Concat(Enumerable.Repeat(close, n));
        string[] lines =
        [
            Deep("[", "]", depth),
            new string('{', depth),
            $$"""{"id": 1, "program": "|x: i64| x", "args": [{{Deep("[", "]", depth)}}]}""",
            $$"""{"id": 1, "program": "|x: i64| x", "args": [{{Deep("[", "]", 900)}}]}""",
            $$"""{"id": {{Deep("[", "]", 900)}}, "program": "1"}""",
            $$"""{"id": 1, "program": "{{Deep("(", ")", depth)}}"}""",
            $$"""{"id": 1, "program": "{{string.Concat(Enumerable.Repeat("let x = 1; ", 20_000))}}2"}""",
            $$"""{"id": 1, "program": "|x: {{string.Concat(Enumerable.Repeat("vec[", 900))}}i64{{new string(']', 900)}}| x", "args": [{{Deep("[", "]", 900)}}]}""",
            $$"""{"id": 1, "program": "|x: {{new string('{', 900)}}i64{{new string('}', 900)}}| x", "args": [{{string.Concat(Enumerable.Repeat("[", 900))}}7{{new string(']', 900)}}]}""",
            $$"""{"id": 1, "program": "{{string.Join(" + ", Enumerable.Repeat("1", 20_000))}}"}""",
        ];
        var answers = Answers(string.Join('\n', lines));
        Assert.Equal(lines.Length, answers.Length);
        Assert.DoesNotContain(answers, a => a.Contains("\"Internal\"", StringComparison.Ordinal));
        Assert.Contains("\"value\":20000}", answers[^1], StringComparison.Ordinal);
        Assert.All(answers[6..], a => Assert.Contains("\"value\":", a, StringComparison.Ordinal));
    }

    [Fact]
    public void MutationsOfLinesAreAlwaysAnswered()
    {
        string[] seeds =
        [
            """{"id": 1, "program": "|v: vec[i64], d: dict[f64,vec[u8]]| {map(v, |x| x / 2L), optlookup(d, 1.0)}", "args": [[1, 2, 3], [[1, "abc"]]], "conf": {"weld.threads": 1}}""",
            """{"id": "x", "program": "let a = [1.5, 2.5]; result(for(zip(a, a), dictmerger[f64,{f64,i64},{+,max}], |b, i, e| merge(b, {e.$0, {e.$1, i}})))"}""",
            """{"id": [1], "program": "|s: vec[i8], t: {f32,bool}| if(t.$1, sort(s, |a, b| compare(a, b)), slice(s, 0L, 2L))", "args": ["hello", [1e3, true]]}""",
        ];
        for (var seed = 0; seed < 2_000; seed++)
        {
            var random = new Random(seed);
            var bytes = Encoding.UTF8.GetBytes(seeds[random.Next(seeds.Length)]).ToList();
            for (var i = 1 + random.Next(4); i > 0; i--)
            {
                var at = random.Next(bytes.Count);
                switch (random.Next(3))
                {
                    case 0:
                        bytes.RemoveAt(at);
                        break;
                    case 1:
                        bytes.Insert(at, bytes[random.Next(bytes.Count)]);
                        break;
                    default:
                        bytes[at] = random.Next(3) == 0 ? (byte)random.Next(256) : bytes[random.Next(bytes.Count)];
                        break;
                }
            }

            using var output = new MemoryStream();
            EvalCommand.Answer(new MemoryStream([.. bytes.Where(b => b != '\n')]), output, EvalCommand.LongestLine);
            var text = Encoding.UTF8.GetString(output.ToArray());
            var answer = JsonDocument.Parse(text).RootElement;
            Assert.True(answer.TryGetProperty("value", out _) || answer.GetProperty("error").GetProperty("code").GetString() != "Internal", $"seed {seed}: {Encoding.UTF8.GetString([.. bytes])}\n{text}");
        }
    }

    private static string Answer(string line) => Assert.Single(Answers(line));

    private static string[] Answers(string input)
    {
        var command = Command.RunWith(input, "eval");
        Assert.Equal((0, ""), (command.ExitCode, command.Error));
        return command.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>Counts the lines that have been flushed.</summary>
    private sealed class FlushedStream : MemoryStream
    {
        public int Lines { get; private set; }

        public override void Flush() => Lines = ToArray().Count(b => b == '\n');
    }

    /// <summary>Gives a line only when all before it are answered.</summary>
    private sealed class LinesOnDemand(FlushedStream answers, string[] lines) : MemoryStream
    {
        private int _given;

        public override int Read(Span<byte> buffer)
        {
            Assert.Equal(_given, answers.Lines);
            return _given == lines.Length ? 0 : Encoding.UTF8.GetBytes($"{lines[_given++]}\n", buffer);
        }
    }
}
