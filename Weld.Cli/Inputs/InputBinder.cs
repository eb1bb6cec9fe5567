using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Core.Values;
using Weld.Frames;
using Weld.Frames.IO;

namespace Weld.Cli.Inputs;

/// <summary>
/// Finds what each parameter of a program is given: <c>--arg x=SOURCE</c>, else column x of the <c>--from</c> file or directory.
/// SOURCE is a JSON literal, <c>@file.npy</c> or <c>@file.csv:column</c>.
/// </summary>
/// <param name="sources">The <c>--arg</c> options as written.</param>
/// <param name="from">A CSV file or a directory of .npy files, or null.</param>
/// <param name="options">How CSV files are written.</param>
internal sealed class InputBinder(IReadOnlyList<string> sources, string? from, CsvOptions options)
{
    private const string ArrayEnding = ".npy";

    /// <summary>The inputs in the order of the program's parameters.</summary>
    /// <exception cref="CommandLineException">A parameter has no source, a source has no parameter or another form.</exception>
    /// <exception cref="DataFileException">A file does not hold what the parameter needs.</exception>
    public Seq<Input> Bind(Seq<Symbol> parameters)
    {
        var given = Sources(parameters);
        var columns = from is not null && !Directory.Exists(from) ? Columns(parameters.Where(p => !given.ContainsKey(p.Name))) : [];
        return parameters.Select(p => given.TryGetValue(p.Name, out var source) ? Source(p, source)
            : columns.TryGetValue(p.Name, out var column) ? Input.Column(column)
            : from is not null ? NpyFile(p, Path.Combine(from, p.Name + ArrayEnding))
            : throw new CommandLineException($"parameter {p.Name}: expected --arg {p.Name}=… or --from FILE for {p.Type}, found neither")).ToSeq();
    }

    private Dictionary<string, string> Sources(Seq<Symbol> parameters)
    {
        var given = new Dictionary<string, string>();
        foreach (var source in sources)
        {
            var equals = source.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? source : source[..equals];
            if (equals < 0)
            {
                throw new CommandLineException($"--arg {source}: expected name=source");
            }

            if (parameters.All(p => p.Name != name))
            {
                throw new CommandLineException($"--arg {name}: expected a parameter of the program, which has {(parameters.Count == 0 ? "none" : string.Join(", ", parameters.Select(p => p.Name)))}");
            }

            if (!given.TryAdd(name, source[(equals + 1)..]))
            {
                throw new CommandLineException($"--arg {name}: expected one source, found two");
            }
        }

        return given;
    }

    private Input Source(Symbol parameter, string source)
    {
        if (source is not ['@', .. var file])
        {
            try
            {
                return Input.Literal(ValueJson.Parse(source, parameter.Type));
            }
            catch (FormatException e)
            {
                throw new CommandLineException($"--arg {parameter.Name}: {e.Message}");
            }
        }

        if (file.EndsWith(ArrayEnding, StringComparison.OrdinalIgnoreCase))
        {
            return NpyFile(parameter, file);
        }

        var colon = file.LastIndexOf(':');
        return colon < 0
            ? throw new CommandLineException($"--arg {parameter.Name}: expected @file.npy or @file.csv:column, found @{file}")
            : Input.Column(Csv.Read(Existing(file[..colon]), [new CsvColumn(file[(colon + 1)..], ElementOf(parameter))], options)[0]);
    }

    /// <summary>All columns wanted of the <c>--from</c> file, read at once.</summary>
    private Dictionary<string, Column> Columns(IEnumerable<Symbol> parameters)
    {
        CsvColumn[] wanted = [.. parameters.Select(p => new CsvColumn(p.Name, ElementOf(p)))];
        return wanted.Length == 0 ? [] : Csv.Read(Existing(from!), wanted, options).ToDictionary(c => c.Name);
    }

    /// <summary>The type of a CSV field for a parameter.</summary>
    private static WeldType ElementOf(Symbol parameter) => parameter.Type switch
    {
        VectorType { Element: ScalarType element } => element,
        VectorType { Element: VectorType { Element: ScalarType { Kind: ScalarKind.I8 or ScalarKind.U8 } } text } => text,
        var type => throw new CommandLineException($"parameter {parameter.Name}: expected a vector of scalars, vec[vec[u8]] or vec[vec[i8]] for a CSV column, or --arg {parameter.Name}=…, found {type}"),
    };

    private static Input NpyFile(Symbol parameter, string path)
    {
        var (element, isMatrix) = parameter.Type switch
        {
            VectorType { Element: ScalarType scalar } => (scalar, false),
            VectorType { Element: VectorType { Element: ScalarType scalar } } => (scalar, true),
            var type => throw new CommandLineException($"parameter {parameter.Name}: expected vec[T] or vec[vec[T]] of a scalar T for a .npy file, or --arg {parameter.Name}=…, found {type}"),
        };
        var array = Npy.Open(Existing(path));
        if (isMatrix && array.Shape.Count != 2)
        {
            throw new DataFileException(path, $"expected an array of two dimensions for parameter {parameter.Name} of type {parameter.Type}, found one");
        }

        try
        {
            var values = array.Values.ConvertTo(element.Kind);
            return isMatrix ? Input.Matrix(values, RowCount(path, array.Shape[0])) : Input.Column(values);
        }
        catch (InvalidCastException e)
        {
            throw new DataFileException(path, $"parameter {parameter.Name}: {e.Message}", e);
        }
    }

    /// <summary>The number of rows; of rows without values a file can claim any number.</summary>
    private static int RowCount(string path, long rows) =>
        rows < Array.MaxLength ? (int)rows : throw new DataFileException(path, $"expected fewer than {Array.MaxLength} rows, found {rows}");

    private static string Existing(string path) => File.Exists(path) ? path : throw new CommandLineException($"{path}: expected a file, found none");
}
