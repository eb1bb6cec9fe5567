using System.Collections;
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using Weld.Core.Types;
using Weld.Core.Values;

namespace Weld.Managed.Layout;

/// <summary>
/// How CLR types stand for Weld's: numbers for scalars; arrays, memory and strings for vectors; dictionaries; tuples, records and structs for structs.
/// A struct's fields count in order of declaration, a class's in the order of its constructor's parameters.
/// </summary>
[UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "A member that trimming removed is missing from the shape, which then is refused by name.")]
[UnconditionalSuppressMessage("Trimming", "IL2070", Justification = "As above.")]
[UnconditionalSuppressMessage("Trimming", "IL2067", Justification = "As above.")]
[UnconditionalSuppressMessage("Trimming", "IL2075", Justification = "As above.")]
internal sealed class ClrShape
{
    private const BindingFlags AllFields = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
    private const int MaxDepth = 32;
    private static readonly ConcurrentDictionary<Type, ClrShape?> Known = new();

    private readonly Func<object, int, object?> _get;
    private readonly Func<object?[], object> _make;

    private ClrShape(Type[] fields, Func<object, int, object?> get, Func<object?[], object> make)
    {
        Fields = fields;
        _get = get;
        _make = make;
    }

    /// <summary>The types of the fields.</summary>
    public Type[] Fields { get; }

    /// <summary>The shape of a tuple, record or struct; null for a type that is none.</summary>
    public static ClrShape? Of(Type type) => Known.GetOrAdd(type, Make);

    /// <summary>The scalar that a CLR type is; an enum is its numbers, a char is u16.</summary>
    public static ScalarKind? Scalar(Type type) => Type.GetTypeCode(type) switch
    {
        TypeCode.Boolean => ScalarKind.Bool,
        TypeCode.SByte => ScalarKind.I8,
        TypeCode.Int16 => ScalarKind.I16,
        TypeCode.Int32 => ScalarKind.I32,
        TypeCode.Int64 => ScalarKind.I64,
        TypeCode.Byte => ScalarKind.U8,
        TypeCode.UInt16 or TypeCode.Char => ScalarKind.U16,
        TypeCode.UInt32 => ScalarKind.U32,
        TypeCode.UInt64 => ScalarKind.U64,
        TypeCode.Single => ScalarKind.F32,
        TypeCode.Double => ScalarKind.F64,
        _ => null,
    };

    /// <summary>A field of a value of the shape.</summary>
    public object? Get(object value, int index) => _get(value, index);

    /// <summary>A value of the shape.</summary>
    public object Make(object?[] fields) => _make(fields);

    /// <summary>Whether only the values of a CLR type tell what they are.</summary>
    public static bool IsDynamic(Type clr) => clr == typeof(object) || clr == typeof(WeldResult) || clr == typeof(WeldView) || typeof(Value).IsAssignableFrom(clr);

    /// <summary>Whether values of a CLR type can be values of a Weld type.</summary>
    public static bool Fits(Type clr, WeldType type) => IsDynamic(clr) || type switch
    {
        ScalarType s => Scalar(clr) == s.Kind,
        VectorType v => (clr == typeof(string) && IsText(v)) || (Element(clr) is { } element && Fits(element, v.Element)),
        DictionaryType d => KeyAndValue(clr) is var (key, value) && Fits(key, d.Key) && Fits(value, d.Value),
        StructType s => Of(clr) is { } shape && shape.Fields.Length == s.Fields.Count && shape.Fields.Zip(s.Fields).All(p => Fits(p.First, p.Second)),
        _ => false,
    };

    /// <summary>The Weld type that a CLR type stands for by itself, a string being <c>vec[i8]</c>; null if none.</summary>
    public static WeldType? Weld(Type clr) => Weld(clr, MaxDepth);

    /// <summary>Whether a vector may stand for a string: its elements are bytes.</summary>
    public static bool IsText(VectorType type) => type.Element.Is(ScalarKind.I8) || type.Element.Is(ScalarKind.U8);

    /// <summary>The element type of an array, memory or span; null for other types.</summary>
    public static Type? Element(Type clr) =>
        clr.IsArray ? (clr.IsSZArray ? clr.GetElementType() : null)
        : clr.IsGenericType && clr.GetGenericTypeDefinition() is var g
            && (g == typeof(ReadOnlyMemory<>) || g == typeof(Memory<>) || g == typeof(ReadOnlySpan<>) || g == typeof(Span<>)) ? clr.GetGenericArguments()[0]
        : null;

    /// <summary>The types of a dictionary's keys and values; null for other types.</summary>
    public static (Type Key, Type Value)? KeyAndValue(Type clr) =>
        typeof(IDictionary).IsAssignableFrom(clr) && clr.IsGenericType && clr.GetGenericArguments() is [var key, var value] ? (key, value) : null;

    /// <summary>What C# has for a Weld type, for messages.</summary>
    public static string Suggest(WeldType type) => type switch
    {
        ScalarType s => Names[(int)s.Kind],
        VectorType v when IsText(v) => $"string or {Suggest(v.Element)}[]",
        VectorType { Element: VectorType v } when IsText(v) => $"string[] or {Suggest(v.Element)}[][]",
        VectorType v => $"{Suggest(v.Element)}[]",
        DictionaryType d => $"Dictionary<{Suggest(d.Key)}, {Suggest(d.Value)}>",
        StructType { Fields.Count: 0 } => "ValueTuple",
        StructType { Fields: [var field] } => $"ValueTuple<{Suggest(field)}>",
        StructType s => $"({string.Join(", ", s.Fields.Select(Suggest))})",
        _ => "the result of another run",
    };

    private static readonly string[] Names = ["bool", "sbyte", "short", "int", "long", "byte", "ushort", "uint", "ulong", "float", "double"];

    // A class may contain itself, so that its type never ends.
    private static WeldType? Weld(Type clr, int depth)
    {
        if (Scalar(clr) is { } kind)
        {
            return new ScalarType(kind);
        }

        if (clr == typeof(string) || depth == 0)
        {
            return depth == 0 ? null : VectorType.Text;
        }

        if (Element(clr) is { } element)
        {
            return Weld(element, depth - 1) is { } e ? new VectorType(e) : null;
        }

        if (KeyAndValue(clr) is var (key, value))
        {
            return Weld(key, depth - 1) is { IsHashable: true } k && Weld(value, depth - 1) is { } v ? new DictionaryType(k, v) : null;
        }

        var fields = new List<WeldType>();
        foreach (var field in Of(clr)?.Fields ?? [typeof(object)])
        {
            if (Weld(field, depth - 1) is not { } f)
            {
                return null;
            }

            fields.Add(f);
        }

        return new StructType([.. fields]);
    }

    private static ClrShape? Make(Type type)
    {
        if (type.IsPrimitive || type.IsEnum || type.IsPointer || type.IsByRefLike || type.IsArray || type.IsAbstract || type == typeof(string) || type == typeof(decimal) || KeyAndValue(type) is not null
            || Element(type) is not null || Nullable.GetUnderlyingType(type) is not null || type.IsDefined(typeof(InlineArrayAttribute)))
        {
            return null;
        }

        return typeof(ITuple).IsAssignableFrom(type) && type.Namespace == "System" ? Tuple(type)
            : type.IsValueType ? Struct(type)
            : Class(type);
    }

    // Tuples of more than seven items keep the rest in an eighth field that is a tuple again.
    private static ClrShape Tuple(Type type)
    {
        var arguments = type.GetGenericArguments();
        var rest = arguments.Length == 8 ? Of(arguments[7])! : null;
        var own = rest is null ? arguments.Length : 7;
        var constructor = type.GetConstructor(arguments);
        return new ClrShape(
            [.. arguments[..own], .. rest?.Fields ?? []],
            static (value, index) => ((ITuple)value)[index],
            fields =>
            {
                object?[] parts = rest is null ? fields : [.. fields[..own], rest.Make(fields[own..])];
                return constructor is null ? RuntimeHelpers.GetUninitializedObject(type) : constructor.Invoke(parts);
            });
    }

    // Fields that are nobody's business but the type's, as those of a date are, make no shape.
    private static ClrShape? Struct(Type type)
    {
        var fields = FieldsOf(type);
        return !fields.All(f => f.IsPublic || f.Name.StartsWith('<')) ? null : new ClrShape(
            [.. fields.Select(f => f.FieldType)],
            (value, index) => fields[index].GetValue(value),
            values =>
            {
                var made = RuntimeHelpers.GetUninitializedObject(type);
                for (var i = 0; i < fields.Length; i++)
                {
                    fields[i].SetValue(made, values[i]);
                }

                return made;
            });
    }

    /// <summary>A value type's fields in order of declaration.</summary>
    internal static FieldInfo[] FieldsOf(Type type) => [.. type.GetFields(AllFields).OrderBy(f => f.MetadataToken)];

    private static ClrShape? Class(Type type)
    {
        foreach (var constructor in type.GetConstructors().OrderByDescending(c => c.GetParameters().Length))
        {
            var parameters = constructor.GetParameters();
            var properties = parameters
                .Select(p => type.GetProperty(p.Name!, BindingFlags.Instance | BindingFlags.Public | BindingFlags.IgnoreCase))
                .ToArray();
            if (parameters.Length > 0 && properties.Zip(parameters).All(p => p.First?.PropertyType == p.Second.ParameterType && p.First.CanRead))
            {
                return new ClrShape([.. parameters.Select(p => p.ParameterType)], (value, index) => properties[index]!.GetValue(value), constructor.Invoke);
            }
        }

        return null;
    }
}
