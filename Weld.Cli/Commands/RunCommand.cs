using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Weld.Cli.Inputs;
using Weld.Cli.Output;
using Weld.Core.Diagnostics;
using Weld.Frames.IO;
using Weld.Managed;

namespace Weld.Cli.Commands;

/// <summary><c>weld run FILE</c>: a program on real data.</summary>
internal sealed class RunCommand
{
    private const int DefaultHead = 50;

    private readonly Argument<string> _file = ProgramFile.Argument();
    private readonly Option<string[]> _arguments = new("--arg")
    {
        Description = "What a parameter is given: a JSON literal, @file.npy or @file.csv:column.", HelpName = "NAME=SOURCE", DefaultValueFactory = _ => [],
    };

    private readonly Option<string?> _from = new("--from") { Description = "A CSV file, or a directory of .npy files, with a column for each other parameter.", HelpName = "FILE" };
    private readonly Option<string?> _delimiter = new("--delimiter") { Description = "The character between CSV fields; by default the one of comma, tab, ; and | that the first line holds most of." };
    private readonly Option<string?> _columns = new("--columns") { Description = "Titles of the result's fields, with commas; by default those of the program's comment '# columns: …'.", HelpName = "NAMES" };
    private readonly Option<int> _repeat = new("--repeat") { Description = "How often the program runs.", HelpName = "N", DefaultValueFactory = _ => 1 };
    private readonly Option<string[]> _configuration = new("--conf") { Description = "A configuration key, such as weld.memory.limit.", HelpName = "KEY=VALUE", DefaultValueFactory = _ => [] };
    private readonly Option<double?> _timeout = new("--timeout") { Description = "After how many seconds a run ends with Timeout.", HelpName = "S" };
    private readonly Option<int> _head = new("--head") { Description = "How many rows are shown.", HelpName = "N", DefaultValueFactory = _ => DefaultHead };
    private readonly Option<bool> _profile = new("--profile") { Description = "Shows what each loop did in the last run." };
    private readonly Option<bool> _json = new("--json") { Description = "Writes one JSON document." };
    private readonly Terminal _terminal;

    private RunCommand(Terminal terminal) => _terminal = terminal;

    public static Command Create(Terminal terminal)
    {
        var run = new RunCommand(terminal);
        var command = new Command("run", "Runs a program on real data and prints the result as a table or value.")
        {
            run._file, run._arguments, run._from, run._delimiter, run._columns, run._repeat, run._configuration, run._timeout, run._head, run._profile, run._json,
        };
        command.SetAction(run.Invoke);
        return command;
    }

    private int Invoke(ParseResult line)
    {
        var repeat = AtLeast(line, _repeat, 1);
        var head = AtLeast(line, _head, 0);
        var configuration = WeldConfiguration.Parse(Settings.Of(line.GetRequiredValue(_configuration), line.GetValue(_timeout)));
        var source = ProgramFile.Read(line.GetRequiredValue(_file), _terminal);
        var clock = Stopwatch.StartNew();
        var module = WeldModule.Compile(source, configuration.Compile);
        var compile = clock.Elapsed;
        DiagnosticWriter.WriteWarnings(_terminal, module.Warnings, source);
        var inputs = new InputBinder(line.GetRequiredValue(_arguments), line.GetValue(_from), CsvOptions(line)).Bind(module.Parameters);
        object?[] arguments = [.. inputs.Select(i => i.Argument)];
        WeldResult? result = null;
        RunProfile? profile = null;
        var options = line.GetValue(_profile) ? configuration.Run with { Profile = p => profile = p } : configuration.Run;
        try
        {
            var runs = new TimeSpan[repeat];
            for (var i = 0; i < repeat; i++)
            {
                result?.Dispose();
                clock.Restart();
                result = module.Run(options, arguments);
                runs[i] = clock.Elapsed;
            }

            if (result!.Type.ContainsBuilder)
            {
                throw new WeldRuntimeException(RuntimeCode.Unprintable, $"expected a result that can be shown, found an unfinished builder in {result.Type}");
            }

            var rows = inputs.Select(i => i.Rows).DefaultIfEmpty().Max();
            if (line.GetValue(_json))
            {
                WriteJson(result, compile, runs, rows, profile, source);
                return WeldCommand.Done;
            }

            var titles = line.GetValue(_columns) is { } names ? ProgramFile.Names(names) : ProgramFile.Columns(source);
            new ResultTable(_terminal, titles, head).Show(result.Root);
            _terminal.Output.Flush();
            _terminal.Error.WriteLine(FormattableString.Invariant(
                $"{rows} rows; compiled in {compile.TotalMilliseconds:0.0} ms, ran in {string.Join(", ", runs.Select(r => r.TotalMilliseconds.ToString("0.0", CultureInfo.InvariantCulture)))} ms"));
            ProfileText.Write(_terminal, profile, source);
            return WeldCommand.Done;
        }
        catch (WeldRuntimeException e)
        {
            DiagnosticWriter.Write(_terminal, e, source);
            return WeldCommand.Failed;
        }
        finally
        {
            result?.Dispose();
        }
    }

    private void WriteJson(WeldResult result, TimeSpan compile, TimeSpan[] runs, long rows, RunProfile? profile, SourceText source)
    {
        using var json = new Utf8JsonWriter(_terminal.OutputBytes, JsonText.Options);
        json.WriteStartObject();
        json.WriteString("type", result.Type.ToString());
        json.WriteNumber("compile_ms", Math.Round(compile.TotalMilliseconds, 3));
        json.WriteStartArray("run_ms");
        foreach (var run in runs)
        {
            json.WriteNumberValue(Math.Round(run.TotalMilliseconds, 3));
        }

        json.WriteEndArray();
        json.WriteNumber("rows", rows);
        ResultJson.WriteSummary(json, result.Root);
        ProfileText.Write(json, profile, source);
        json.WriteEndObject();
        json.Flush();
        _terminal.OutputBytes.WriteByte((byte)'\n');
    }

    private static int AtLeast(ParseResult line, Option<int> option, int least) =>
        line.GetValue(option) is var value && value >= least ? value : throw new CommandLineException($"{option.Name}: expected a number of at least {least}, found {value}");

    private CsvOptions CsvOptions(ParseResult line)
    {
        var delimiter = line.GetValue(_delimiter) switch
        {
            null => (char?)null,
            "\\t" => '\t',
            [var c] => c,
            var other => throw new CommandLineException($"--delimiter: expected one character, found {other}"),
        };
        try
        {
            return new CsvOptions { Delimiter = delimiter };
        }
        catch (ArgumentException e)
        {
            throw new CommandLineException($"--delimiter: {e.Message}");
        }
    }
}
