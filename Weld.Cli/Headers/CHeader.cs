using System.Text;
using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Managed.Layout;

namespace Weld.Cli.Headers;

/// <summary>The types of a program's arguments and result in C.</summary>
internal sealed class CHeader
{
    private static readonly HashSet<string> Keywords = new(
        ("auto break case char const continue default do double else enum extern float for goto if inline int long register restrict return short signed sizeof static struct switch "
         + "typedef union unsigned void volatile while bool true false").Split(' '));

    private readonly NamedTypes _types;
    private readonly StringBuilder _text = new();
    private readonly HashSet<string> _declared = [];

    private CHeader(NamedTypes types) => _types = types;

    /// <summary>The header of a program.</summary>
    public static string Of(Lambda program, Seq<string> columns)
    {
        var header = new CHeader(NamedTypes.Of(program, columns));
        header._text.Append("/* The arguments and result of a Weld program, as they lie in memory. */\n#pragma once\n#include <stdbool.h>\n#include <stdint.h>\n");
        foreach (var declared in header._types.Structs)
        {
            header.Declare(declared);
        }

        if (program.Body.Type is not StructType)
        {
            var type = header.Name(program.Body.Type);
            header._text.Append($"\ntypedef {type} {NamedTypes.Result};\n");
        }

        return header._text.ToString();
    }

    private void Declare(NamedStruct declared)
    {
        var fields = declared.Fields.Select(f => $"    {Name(f.Type)}{(f.Type is DictionaryType ? "" : " ")}{Identifier(f.Name)};\n").ToList();
        _text.Append($"\n/* {declared.Type} */\ntypedef struct {{\n{(fields.Count == 0 ? "    char empty;\n" : string.Concat(fields))}}} {declared.Name};\n");
        _text.Append($"_Static_assert(sizeof({declared.Name}) == {MemoryLayout.Of(declared.Type).Size}, \"{declared.Name}\");\n");
    }

    /// <summary>The C type; what is needed for it and not yet declared is declared first.</summary>
    private string Name(WeldType type)
    {
        switch (type)
        {
            case ScalarType s:
                return Scalar(s.Kind);
            case StructType s:
                return _types[s];
            case VectorType v:
                var vector = Word(v);
                var element = Name(v.Element);
                if (_declared.Add(vector))
                {
                    _text.Append($"\n/* {v} */\ntypedef struct {{\n    {element} *data;\n    int64_t length;\n}} {vector};\n");
                }

                return vector;
            case DictionaryType d:
                var dictionary = Word(d);
                var entry = Name(new StructType([d.Key, d.Value]));
                if (_declared.Add(dictionary))
                {
                    _text.Append($"\n/* {d}; a null pointer is an empty one */\ntypedef struct {{\n    {entry} *entries;\n    int64_t count;\n    int32_t *slots;\n    int64_t slot_mask;\n    uint32_t *hashes;\n}} {dictionary};\n");
                }

                return $"{dictionary} *";
            default:
                return "int64_t /* handle of a builder */";
        }
    }

    /// <summary>A type as a part of a name.</summary>
    private string Word(WeldType type) => type switch
    {
        ScalarType s => s.Kind.Name(),
        StructType s => _types[s],
        VectorType v => $"vec_{Word(v.Element)}",
        DictionaryType d => $"dict_{Word(d.Key)}_{Word(d.Value)}",
        _ => "builder",
    };

    private static string Scalar(ScalarKind kind) => kind switch
    {
        ScalarKind.Bool => "bool",
        ScalarKind.F32 => "float",
        ScalarKind.F64 => "double",
        _ => $"{(kind.IsSigned() ? "" : "u")}int{8 * kind.Size()}_t",
    };

    private static string Identifier(string name) => Keywords.Contains(name) ? $"{name}_" : name;
}
