using System.Text;
using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Managed.Layout;

namespace Weld.Cli.Headers;

/// <summary>The types of a program's arguments and result in C#.</summary>
internal sealed class CSharpHeader
{
    private readonly NamedTypes _types;
    private readonly StringBuilder _text = new();

    private CSharpHeader(NamedTypes types) => _types = types;

    /// <summary>The declarations of a program.</summary>
    public static string Of(Lambda program, Seq<string> columns)
    {
        var header = new CSharpHeader(NamedTypes.Of(program, columns));
        var text = header._text.Append("// The arguments and result of a Weld program, as they lie in memory.\nusing System.Runtime.InteropServices;\n");
        if (program.Body.Type is not StructType)
        {
            text.Append($"using {(program.Body.Type is DictionaryType ? "unsafe " : "")}Result = {header.Name(program.Body.Type)};\n");
        }

        var all = program.Parameters.Select(p => p.Type).Append(program.Body.Type).ToSeq();
        if (all.Any(Contains<VectorType>))
        {
            text.Append("\n/// <summary>A vector: its elements, one after the other, and their number.</summary>\n[StructLayout(LayoutKind.Sequential)]\n"
                + "public unsafe struct Vec<T>\n    where T : unmanaged\n{\n    public T* Data;\n    public long Length;\n}\n");
        }

        if (all.Any(Contains<DictionaryType>))
        {
            text.Append("\n/// <summary>What a dictionary points to: its entries in the order of first merge; a null pointer is an empty one.</summary>\n[StructLayout(LayoutKind.Sequential)]\n"
                + "public unsafe struct Dict<TEntry>\n    where TEntry : unmanaged\n{\n    public TEntry* Entries;\n    public long Count;\n    public int* Slots;\n    public long SlotMask;\n    public uint* Hashes;\n}\n");
        }

        foreach (var declared in header._types.Structs)
        {
            header.Declare(declared);
        }

        return text.ToString();
    }

    private static bool Contains<T>(WeldType type)
        where T : WeldType => type is T || type.Parts.Any(Contains<T>);

    private void Declare(NamedStruct declared)
    {
        _text.Append($"\n/// <summary>{declared.Type}, {MemoryLayout.Of(declared.Type).Size} bytes.</summary>\n[StructLayout(LayoutKind.Sequential)]\npublic unsafe struct {Pascal(declared.Name)}\n{{\n");
        var taken = new HashSet<string> { Pascal(declared.Name) };
        foreach (var field in declared.Fields)
        {
            var name = Pascal(field.Name);
            for (var i = 2; !taken.Add(name); i++)
            {
                name = $"{Pascal(field.Name)}{i}";
            }

            _text.Append($"    public {Name(field.Type)} {name};\n");
        }

        _text.Append("}\n");
    }

    private string Name(WeldType type) => type switch
    {
        ScalarType s => Scalar(s.Kind),
        StructType s => Pascal(_types[s]),
        VectorType { Element: DictionaryType } => "Vec<nint>",
        VectorType v => $"Vec<{Name(v.Element)}>",
        DictionaryType d => $"Dict<{Name(new StructType([d.Key, d.Value]))}>*",
        _ => "long",
    };

    private static string Scalar(ScalarKind kind) => kind switch
    {
        ScalarKind.Bool => "bool",
        ScalarKind.I8 => "sbyte",
        ScalarKind.I16 => "short",
        ScalarKind.I32 => "int",
        ScalarKind.I64 => "long",
        ScalarKind.U8 => "byte",
        ScalarKind.U16 => "ushort",
        ScalarKind.U32 => "uint",
        ScalarKind.U64 => "ulong",
        ScalarKind.F32 => "float",
        _ => "double",
    };

    private static string Pascal(string name) =>
        string.Concat(name.Split('_', StringSplitOptions.RemoveEmptyEntries).Select(w => $"{char.ToUpperInvariant(w[0])}{w[1..]}")) is var pascal
        && pascal.Length > 0 && !char.IsAsciiDigit(pascal[0]) ? pascal : $"Field{pascal}";
}
