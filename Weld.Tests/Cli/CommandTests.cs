using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Weld.Core;
using Weld.Core.Diagnostics;
using Weld.Core.IR;
using Weld.Core.Syntax;
using Weld.Managed.Layout;
using Weld.Tests.IO;
using Weld.Tests.Repository;

namespace Weld.Tests.Cli;

public sealed class CommandTests
{
    private const string Doubled = "# columns: x, twice\n|x: vec[i64], y: vec[f64]| map(zip(x, y), |e| {e.$0, e.$1 * 2.0})\n";

    [Fact]
    public void RunShowsStructsAsATableWithTheTitlesOfTheProgram()
    {
        using var directory = new TemporaryDirectory();
        var result = Command.Run("run", directory.Write("p.weld", Doubled), "--arg", "x=[1, -20]", "--arg", "y=[0.5, \"NaN\"]");
        Assert.Equal(0, result.ExitCode);
        Assert.Equal("╭─────┬───────╮\n│   x │ twice │\n├─────┼───────┤\n│   1 │     1 │\n│ -20 │   NaN │\n╰─────┴───────╯\n", result.Output);
        Assert.StartsWith("2 rows; compiled in ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void RunShowsWhatLoopsDid()
    {
        const string program = "|v: vec[i64]|\n  filter(v, |x| x > 2L)";
        var text = Command.RunWith(program, "run", "-", "--arg", "v=[1, 2, 3, 4]", "--profile").Error;
        Assert.Contains("\n2:3: for v into appender[i64]: ", text, StringComparison.Ordinal);
        Assert.Contains("4 rows of 32 bytes in, 2 of 16 bytes out; 50.0 % of the rows pass", text, StringComparison.Ordinal);
        var loop = JsonDocument.Parse(Command.RunWith(program, "run", "-", "--arg", "v=[1, 2, 3, 4]", "--profile", "--json").Output).RootElement.GetProperty("profile")[0];
        Assert.Equal(["span", "plan", "storage", "runs", "ms", "thread_ms", "result_ms", "threads", "rows_in", "bytes_in", "rows_out", "bytes_out", "selectivity"], loop.EnumerateObject().Select(p => p.Name));
        Assert.Equal((4, 2), (loop.GetProperty("rows_in").GetInt64(), loop.GetProperty("rows_out").GetInt64()));
    }

    [Fact]
    public void RunTakesTitlesAndTheNumberOfRowsFromTheCommandLine()
    {
        using var directory = new TemporaryDirectory();
        var result = Command.Run("run", directory.Write("p.weld", Doubled), "--arg", "x=[1, 2]", "--arg", "y=[0.5, 1]", "--columns", "a", "--head", "1");
        Assert.Equal("╭───┬────╮\n│ a │ $1 │\n├───┼────┤\n│ 1 │  1 │\n╰───┴────╯\n", result.Output);
        Assert.StartsWith("1 of 2 rows; --head N shows more\n", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1 + 2", "3\n")]
    [InlineData("{1.5, \"text\", [1, 2]}", "{1.5, text, [1, 2]}\n")]
    [InlineData("[1, 2, 3]", "[1, 2, 3]\n")]
    [InlineData("1.0 / 3.0", "0.333333\n")]
    [InlineData("result(for([\"b\", \"a\", \"b\"], dictmerger[vec[i8],i64,+], |b, i, x| merge(b, {x, 1L})))", "╭─────┬───────╮\n│ key │ value │\n├─────┼───────┤\n│ b   │     2 │\n│ a   │     1 │\n╰─────┴───────╯\n")]
    public void RunShowsValues(string program, string output)
    {
        var result = Command.RunWith(program, "run", "-");
        Assert.Equal((0, output), (result.ExitCode, result.Output));
    }

    [Fact]
    public void RunReadsColumnsOfFiles()
    {
        using var directory = new TemporaryDirectory();
        var program = directory.Write("p.weld", "|a: vec[f64], name: vec[vec[i8]], k: i64| {sum(a) * f64(k), lookup(name, 1L)}");
        var csv = directory.Write("t.csv", "name;a\nx;1.5\n\"y;z\";2\n");
        Assert.Equal("{7, y;z}\n", Command.Run("run", program, "--from", csv, "--arg", "k=2").Output);
        Assert.Equal("{2, other}\n", Command.Run("run", program, "--from", csv, "--arg", "k=1", "--arg", "a=[2]", "--arg", "name=[\"\", \"other\"]").Output);
        Assert.Equal("{3.5, y;z}\n", Command.Run("run", program, "--arg", $"a=@{csv}:a", "--arg", $"name=@{csv}:name", "--arg", "k=1").Output);
        Assert.Equal("{3.5, y;z}\n", Command.Run("run", program, "--delimiter", ";", "--from", csv, "--arg", "k=1").Output);
    }

    [Fact]
    public void RunReadsArrays()
    {
        using var directory = new TemporaryDirectory();
        directory.Write("x.npy", NpyTests.File("<f8", "(2, 3)", NpyTests.Bytes(1, 2, 3, 4, 5, 6)));
        var rows = directory.Write("rows.weld", "|x: vec[vec[f64]]| map(x, |row| sum(row))");
        var flat = directory.Write("flat.weld", "|x: vec[i32]| sum(x)");
        Assert.Equal("[6, 15]\n", Command.Run("run", rows, "--from", directory.Path).Output);
        Assert.Equal("21\n", Command.Run("run", flat, "--arg", $"x=@{Path.Combine(directory.Path, "x.npy")}").Output);
    }

    [Fact]
    public void RunWritesJson()
    {
        using var directory = new TemporaryDirectory();
        var program = directory.Write("p.weld", Doubled);
        var value = JsonDocument.Parse(Command.Run("run", program, "--arg", "x=[1, 2]", "--arg", "y=[0.5, 1]", "--json", "--repeat", "3").Output).RootElement;
        Assert.Equal(["type", "compile_ms", "run_ms", "rows", "value"], value.EnumerateObject().Select(p => p.Name));
        Assert.Equal(("vec[{i64,f64}]", 3, 2, "[[1,1],[2,2]]"), (value.GetProperty("type").GetString(), value.GetProperty("run_ms").GetArrayLength(), value.GetProperty("rows").GetInt32(), value.GetProperty("value").GetRawText()));

        var many = JsonDocument.Parse(Command.RunWith("|n: i64| result(for(rangeiter(0L, n, 1L), appender[{i64,f64}], |b, i, x| merge(b, {x, 0.5})))", "run", "-", "--arg", "n=1001", "--json").Output).RootElement;
        Assert.Equal(["type", "compile_ms", "run_ms", "rows", "summary"], many.EnumerateObject().Select(p => p.Name));
        Assert.Equal("""{"count":1001,"first":[0,0.5],"last":[1000,0.5],"sum":501000.5}""", many.GetProperty("summary").GetRawText());
        Assert.Equal(0, many.GetProperty("rows").GetInt32());
    }

    [Theory]
    [InlineData("1 +", 1, "(standard input):1:4: Syntax: expected an expression, found the end of the program\n  1 +\n     ^\n")]
    [InlineData("merge(appender[i64], 1L)", 1, "Unprintable: expected a result that can be shown, found an unfinished builder in appender[i64]\n")]
    [InlineData("|x: i64| x", 2, "parameter x: expected --arg x=… or --from FILE for i64, found neither\n")]
    [InlineData("|x: i64| x", 2, "--arg x: expected i64, found 2.5\n", "--arg", "x=2.5")]
    [InlineData("|x: i64| x", 2, "--arg x: expected one source, found two\n", "--arg", "x=2", "--arg", "x=3")]
    [InlineData("|x: i64| x", 2, "--arg y: expected a parameter of the program, which has x\n", "--arg", "y=2")]
    [InlineData("|x: i64| x", 2, "--arg x: expected name=source\n", "--arg", "x")]
    [InlineData("|x: vec[i64]| x", 2, "nowhere.csv: expected a file, found none\n", "--from", "nowhere.csv")]
    [InlineData("|x: vec[i64]| x", 2, "--arg x: expected @file.npy or @file.csv:column, found @file\n", "--arg", "x=@file")]
    [InlineData("1", 2, "--repeat: expected a number of at least 1, found 0\n", "--repeat", "0")]
    [InlineData("1", 2, "--delimiter: expected one character, found ab\n", "--delimiter", "ab")]
    public void RunSaysWhatIsWrong(string program, int exitCode, string error, params string[] options)
    {
        var result = Command.RunWith(program, ["run", "-", .. options]);
        Assert.Equal((exitCode, "", error), (result.ExitCode, result.Output, result.Error));
    }

    [Fact]
    public void AFailingOperationIsShown()
    {
        var result = Command.RunWith("let a = 1;\n{a, assert(a == 2)}", "run", "-");
        Assert.Equal((1, ""), (result.ExitCode, result.Output));
        Assert.StartsWith("(standard input):2:5: AssertionError: ", result.Error, StringComparison.Ordinal);
        Assert.EndsWith("\n  {a, assert(a == 2)}\n      ^^^^^^^^^^^^^^\n", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void DataThatDoesNotConvertIsNamed()
    {
        using var directory = new TemporaryDirectory();
        var csv = directory.Write("t.csv", "x\n1\ntwo\n");
        var result = Command.RunWith("|x: vec[i64]| x", "run", "-", "--from", csv);
        Assert.Equal((1, $"{csv}:3:1: expected i64 for column x, found 'two'\n"), (result.ExitCode, result.Error));
    }

    [Theory]
    [InlineData]
    [InlineData("nonsense")]
    [InlineData("run")]
    [InlineData("run", "nowhere.weld")]
    [InlineData("run", "-", "--nonsense")]
    [InlineData("run", "-", "--repeat", "x")]
    [InlineData("run", "-", "--conf", "weld.nonsense=1")]
    [InlineData("run", "-", "--conf", "weld.threads=many")]
    [InlineData("run", "-", "--conf", "weld.threads")]
    [InlineData("eval", "extra")]
    [InlineData("fmt", "-", "--write")]
    public void AWrongCommandLineEndsWithTwo(params string[] arguments)
    {
        var result = Command.RunWith("1", arguments);
        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.NotEqual("", result.Error);
    }

    [Fact]
    public void HelpNamesTheCommands()
    {
        var result = Command.Run("--help");
        Assert.Equal(0, result.ExitCode);
        Assert.All(["run", "eval", "check", "fmt", "explain", "header"], c => Assert.Contains($"  {c} ", result.Output, StringComparison.Ordinal));
    }

    [Fact]
    public void CheckReportsEveryErrorWithItsLineAndCaret()
    {
        var result = Command.RunWith("|v: vec[i64]|\n  let a = nowhere;\n  v + 1", "check", "-");
        Assert.Equal(1, result.ExitCode);
        Assert.Equal("(standard input):2:11: Name: expected a name in scope, found 'nowhere', which is not defined\n    let a = nowhere;\n            ^^^^^^^\n", result.Error);
        Assert.Equal((0, "", ""), (Command.RunWith("1", "check", "-") is var good ? good.ExitCode : 0, good.Output, good.Error));
        Assert.StartsWith("warning: (standard input):1:", Command.RunWith("@(nonsense: 1) (1)", "check", "-").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void ExplainListsTheLoopsInOrderOfExecution()
    {
        const string program = "|v: vec[vec[i64]], w: vec[i64]| {result(for(v, merger[i64,+], |b, i, row| for(row, b, |c, j, x| merge(c, x)))), len(result(for(zip(w, w), {appender[i64], merger[i64,+]}, |b, i, e| {merge(b.$0, e.$0), merge(b.$1, e.$1)})).$0)}";
        var json = JsonDocument.Parse(Command.RunWith(program, "explain", "-", "--json", "--conf", "weld.optimization.passes=").Output).RootElement;
        Assert.Equal(["before", "after", "passes", "loops_before", "loops"], json.EnumerateObject().Select(p => p.Name));
        var loops = json.GetProperty("loops").EnumerateArray().ToList();
        Assert.Equal(3, loops.Count);
        Assert.All(loops, l => Assert.Equal(["span", "reads", "builders", "grows", "allocates", "parent", "vector", "lanes", "parallel", "grain", "why_serial", "why_not"], l.EnumerateObject().Select(p => p.Name)));
        Assert.Equal(["""["v"]""", """["row"]""", """["w","w"]"""], loops.Select(l => l.GetProperty("reads").GetRawText()));
        Assert.Equal(["null", "0", "null"], loops.Select(l => l.GetProperty("parent").GetRawText()));
        Assert.Equal("""["appender[i64]","merger[i64,+]"]""", loops[2].GetProperty("builders").GetRawText());
        var before = FrontEnd.Check(new SourceText(json.GetProperty("before").GetString()!)).Program;
        Assert.True(AlphaEquality.Equal(FrontEnd.Check(new SourceText(program)).Program, before));
    }

    [Fact]
    public void ExplainShowsEachPassAndWhatLoopsGrowAllocateAndWhyTheyAreScalar()
    {
        const string program = "|v: vec[i64], d: dict[i64,i64]| {result(for(v, appender[i64], |b, i, x| let w = [x, i]; merge(b, (|y| y + lookup(w, 0L))(x)))), result(for(v, merger[i64,+], |b, i, x| merge(b, x * 2L))), result(for(v, merger[i64,+], |b, i, x| merge(b, lookup(d, x))))}";
        var json = JsonDocument.Parse(Command.RunWith(program, "explain", "-", "--json", "--passes", "--conf", "weld.optimization.passes=inline-apply,vectorize", "--conf", "weld.vector.width=256").Output).RootElement;
        var passes = json.GetProperty("passes").EnumerateArray().ToList();
        Assert.Equal(["inline-apply", "vectorize"], passes.Select(p => p.GetProperty("name").GetString()));
        Assert.All(passes, p => Assert.True(p.GetProperty("changed").GetBoolean() && p.GetProperty("rounds").GetInt32() > 0 && p.GetProperty("ms").GetDouble() >= 0));
        Assert.Equal(json.GetProperty("after").GetString(), passes[1].GetProperty("program").GetString());
        Assert.Equal(3, json.GetProperty("loops_before").GetInt32());
        var loops = json.GetProperty("loops").EnumerateArray().ToList();
        Assert.Equal([1, 4, 1], loops.Select(l => l.GetProperty("lanes").GetInt32()));
        Assert.Equal(["compound-value", null, "dictionary-lookup"], loops.Select(l => l.GetProperty("why_not").GetString()));
        Assert.Equal(["""["vec[i64]"]""", "[]", "[]"], loops.Select(l => l.GetProperty("grows").GetRawText()));
        Assert.Equal(["""["vec[i64]"]""", "[]", "[]"], loops.Select(l => l.GetProperty("allocates").GetRawText()));
        var text = Command.RunWith(program, "explain", "-", "--conf", "weld.optimization.passes=").Output;
        Assert.Contains("# loops: 3 before, 3 after\n", text, StringComparison.Ordinal);
        Assert.Contains("for v into merger[i64,+]: scalar (unmarked), parallel by ", text, StringComparison.Ordinal);
    }

    [Fact]
    public void ExplainShowsTheMachineCodeOfEachFunction()
    {
        const string program = "|v: vec[i64]| {result(for(v, merger[i64,+], |b, i, x| merge(b, x * 3L))), result(for(v, appender[i64], |b, i, x| merge(b, x - 1L)))}";
        var json = JsonDocument.Parse(Command.RunWith(program, "explain", "-", "--json", "--asm", "--conf", "weld.optimization.passes=").Output).RootElement;
        var code = json.GetProperty("asm").GetString()!;
        Assert.All(["weld_main", "weld_loop_0", "weld_loop_1"], f => Assert.Single(Regex.Matches(code, $@"Assembly listing for method \S*\b{f}\(")));
        Assert.Contains("; Assembly listing for method ", Command.RunWith(program, "explain", "-", "--asm").Output, StringComparison.Ordinal);
    }

    [Fact]
    public void HeaderDeclaresTypesOfTheSizesInMemory()
    {
        const string program = "# columns: key, total\n|flags: vec[bool], price: f64, table: dict[i64,{i8,f64}]| {lookup(flags, 0L), {1.5f, 2L}, table, {}}";
        var c = Command.RunWith(program, "header", "-", "--c").Output;
        var checkedProgram = FrontEnd.Check(new SourceText(program)).Program;
        Assert.Contains($"_Static_assert(sizeof(result) == {MemoryLayout.Of(checkedProgram.Body.Type).Size}, \"result\");", c, StringComparison.Ordinal);
        Assert.Contains("typedef struct {\n    vec_bool flags;\n    double price;\n    dict_i64_result_field2_entry_value *table;\n} arguments;", c, StringComparison.Ordinal);
        var cSharp = Command.RunWith(program, "header", "-").Output;
        Assert.Contains("public unsafe struct Arguments\n{\n    public Vec<bool> Flags;\n    public double Price;\n    public Dict<ResultField2Entry>* Table;\n}", cSharp, StringComparison.Ordinal);
        Assert.Contains("    public bool Key;\n    public ResultTotal Total;\n", cSharp, StringComparison.Ordinal);
    }

    [Fact]
    public void FormattingKeepsTheProgramAndItsCommentsAndIsDoneOnce()
    {
        foreach (var path in Checkout.Files().Where(f => f.EndsWith(".weld", StringComparison.Ordinal)))
        {
            var text = Checkout.Read(path);
            if (!FrontEnd.TryCheck(new SourceText(text), null, out var program, out _))
            {
                continue;
            }

            var formatted = Formatter.Format(new SourceText(text));
            Assert.True(AlphaEquality.Equal(program.Program, FrontEnd.Check(new SourceText(formatted)).Program), path);
            Assert.Equal(formatted, Formatter.Format(new SourceText(formatted)));
            Assert.Equal(text.Count(c => c == '#'), formatted.Count(c => c == '#'));
        }
    }

    [Fact]
    public void FormatBreaksLongLinesAndLeavesCommentsInPlace()
    {
        const string text = "# head\n\n|v:vec[i64] , w:vec[i64],| let  a=map(v,|x|x*2L) ; # behind\n\n\n# own\nlet b = result(for(zip(v,w),dictmerger[i64,{i64,bool},{+,|}],|b,i,e|merge(b,{e.$0,{-e.$1,!(e.$0==1L)}})));(a,)";
        const string expected = """
            # head

            |v: vec[i64], w: vec[i64]|
                let a = map(v, |x| x * 2L); # behind

                # own
                let b = result(
                    for(
                        zip(v, w),
                        dictmerger[i64, {i64, bool}, {+, |}],
                        |b, i, e| merge(b, {e.$0, {-e.$1, !(e.$0 == 1L)}})
                    )
                );
                (a)

            """;
        Assert.Equal(expected, Command.RunWith(text.Replace("(a,)", "(a)", StringComparison.Ordinal), "fmt", "-").Output);
    }

    [Fact]
    public void FormatWritesInPlace()
    {
        using var directory = new TemporaryDirectory();
        var path = directory.Write("p.weld", "1+2");
        Assert.Equal((0, ""), (Command.Run("fmt", path, "--write") is var result ? result.ExitCode : 0, result.Output));
        Assert.Equal("1 + 2\n", File.ReadAllText(path));
    }

    [Fact]
    public void TheProcessAnswersAndEndsWithTheCode()
    {
        var (exitCode, output) = Start("{\"id\": 1, \"program\": \"1 + 2\"}\nnonsense\n", "eval");
        Assert.Equal(0, exitCode);
        Assert.StartsWith("{\"id\":1,\"type\":\"i32\",\"value\":3}\n{\"id\":null,\"error\":", output, StringComparison.Ordinal);
        Assert.Equal(1, Start("1 +", "check", "-").ExitCode);
        Assert.Equal(2, Start("", "run").ExitCode);
    }

    private static (int ExitCode, string Output) Start(string input, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "weld.dll"), .. arguments])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        error.Wait();
        return (process.ExitCode, output);
    }
}
