using Weld.Core.IR;
using Weld.Core.Types;

namespace Weld.Cli.Headers;

/// <summary>A field of a declared struct.</summary>
/// <param name="Name">Its name, in lower case with underscores.</param>
/// <param name="Type">Its type.</param>
internal sealed record NamedField(string Name, WeldType Type);

/// <summary>A struct to declare.</summary>
/// <param name="Name">Its name, in lower case with underscores.</param>
/// <param name="Type">Its type.</param>
/// <param name="Fields">Its fields.</param>
internal sealed record NamedStruct(string Name, WeldType Type, Seq<NamedField> Fields);

/// <summary>Names for the types that a program takes and gives: <c>arguments</c>, <c>result</c>, and the structs within, each declared before it is used.</summary>
internal sealed class NamedTypes
{
    private readonly Dictionary<WeldType, string> _names = [];
    private readonly List<NamedStruct> _structs = [];
    private readonly HashSet<string> _taken = [Arguments];

    /// <summary>The name of the result's type.</summary>
    public const string Result = "result";

    /// <summary>The name of the struct of the arguments.</summary>
    public const string Arguments = "arguments";

    private NamedTypes()
    {
    }

    /// <summary>The structs in order of declaration, <c>arguments</c> the last.</summary>
    public IReadOnlyList<NamedStruct> Structs => _structs;

    /// <summary>The name of a struct type.</summary>
    public string this[WeldType type] => _names[type];

    /// <summary>The types of a program.</summary>
    /// <param name="program">The program.</param>
    /// <param name="columns">Names for the fields of the result, or of its elements; empty for none.</param>
    public static NamedTypes Of(Lambda program, Seq<string> columns)
    {
        var types = new NamedTypes();
        types.Declare(program.Body.Type is StructType ? Result : $"{Result}_item", program.Body.Type, columns);
        types._taken.Add(Result);
        foreach (var parameter in program.Parameters)
        {
            types.Declare($"{parameter.Name}_item", parameter.Type, []);
        }

        types._structs.Add(new NamedStruct(
            Arguments, new StructType(program.Parameters.Select(p => p.Type).ToSeq()), program.Parameters.Select(p => new NamedField(p.Name, p.Type)).ToSeq()));
        return types;
    }

    private void Declare(string name, WeldType type, Seq<string> columns)
    {
        switch (type)
        {
            case StructType s when !_names.ContainsKey(s):
                for (var i = 0; i < s.Fields.Count; i++)
                {
                    Declare($"{name}_{Column(columns, i)}", s.Fields[i], []);
                }

                name = Free(name);
                _names.Add(s, name);
                _structs.Add(new NamedStruct(name, s, Enumerable.Range(0, s.Fields.Count).Select(i => new NamedField(Column(columns, i), s.Fields[i])).ToSeq()));
                break;
            case VectorType v:
                Declare(name, v.Element, columns);
                break;
            case DictionaryType d:
                Declare($"{name}_entry", new StructType([d.Key, d.Value]), ["key", "value"]);
                break;
        }
    }

    private static string Column(Seq<string> columns, int index) =>
        index < columns.Count && columns[index].Length > 0 && !char.IsAsciiDigit(columns[index][0]) && columns[index].All(c => char.IsAsciiLetterOrDigit(c) || c == '_') ? columns[index] : $"field{index}";

    private string Free(string name)
    {
        var free = name;
        for (var i = 2; !_taken.Add(free); i++)
        {
            free = $"{name}{i}";
        }

        return free;
    }
}
