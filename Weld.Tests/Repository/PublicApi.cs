using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace Weld.Tests.Repository;

/// <summary>The public surface of an assembly as text: a line for each type, and one for each member that it declares itself.</summary>
internal static class PublicApi
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly NullabilityInfoContext Nullability = new();

    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(void)] = "void", [typeof(object)] = "object", [typeof(string)] = "string", [typeof(bool)] = "bool", [typeof(char)] = "char",
        [typeof(sbyte)] = "sbyte", [typeof(short)] = "short", [typeof(int)] = "int", [typeof(long)] = "long", [typeof(nint)] = "nint", [typeof(float)] = "float",
        [typeof(byte)] = "byte", [typeof(ushort)] = "ushort", [typeof(uint)] = "uint", [typeof(ulong)] = "ulong", [typeof(nuint)] = "nuint", [typeof(double)] = "double",
    };

    /// <summary>The surface of an assembly.</summary>
    /// <param name="assembly">The assembly.</param>
    public static string Of(Assembly assembly)
    {
        var text = new StringBuilder();
        foreach (var type in assembly.GetExportedTypes().Where(t => !t.FullName!.Contains('<', StringComparison.Ordinal)).OrderBy(t => t.FullName, StringComparer.Ordinal))
        {
            text.Append(Head(type)).Append('\n');
            foreach (var member in Members(type).Order(StringComparer.Ordinal))
            {
                text.Append("    ").Append(member).Append('\n');
            }
        }

        return text.ToString();
    }

    private static string Head(Type type)
    {
        var kind = type.IsEnum ? "enum" : type.IsInterface ? "interface" : type.IsSubclassOf(typeof(Delegate)) ? "delegate"
            : (IsRecord(type) ? "record " : string.Empty) + (type.IsValueType ? "struct" : "class");
        var modifiers = type.IsValueType || type.IsInterface || kind == "delegate" ? string.Empty
            : type is { IsAbstract: true, IsSealed: true } ? "static " : type.IsAbstract ? "abstract " : type.IsSealed ? "sealed " : string.Empty;
        var bases = type.IsEnum || kind == "delegate" ? []
            : new[] { type.BaseType }.Where(b => b is not null && b != typeof(object) && b != typeof(ValueType)).Concat(OwnInterfaces(type)).Select(b => Name(b!)).ToArray();
        return $"{modifiers}{kind} {type.Namespace}.{Name(type)}{(bases.Length == 0 ? string.Empty : " : " + string.Join(", ", bases))}";
    }

    private static IEnumerable<string> Members(Type type)
    {
        if (type.IsEnum)
        {
            return type.GetFields(BindingFlags.Public | BindingFlags.Static)
                .Select(f => $"{f.Name} = {Convert.ToInt64(f.GetRawConstantValue(), CultureInfo.InvariantCulture)}");
        }

        if (type.IsSubclassOf(typeof(Delegate)))
        {
            return [Method(type.GetMethod("Invoke")!)];
        }

        return type.GetConstructors(Declared).Where(c => IsVisible(c) && !IsMade(c)).Select(c => $"new({Parameters(c)})")
            .Concat(type.GetMethods(Declared).Where(m => IsVisible(m) && !IsMade(m) && (!m.IsSpecialName || m.Name.StartsWith("op_", StringComparison.Ordinal))).Select(Method))
            .Concat(type.GetProperties(Declared).Where(p => p.Name != "EqualityContract" && p.GetAccessors(true).Any(IsVisible)).Select(Property))
            .Concat(type.GetFields(Declared).Where(f => f.IsPublic || f.IsFamily).Select(f => $"{(f.IsLiteral ? "const " : f.IsStatic ? "static " : string.Empty)}{Name(f.FieldType)} {f.Name}"))
            .Concat(type.GetEvents(Declared).Where(e => IsVisible(e.AddMethod!)).Select(e => $"event {Name(e.EventHandlerType!)} {e.Name}"));
    }

    private static string Method(MethodInfo method)
    {
        var generic = method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(a => a.Name))}>" : string.Empty;
        return $"{Modifiers(method)}{Annotated(method.ReturnType, Nullability.Create(method.ReturnParameter))} {method.Name}{generic}({Parameters(method)})";
    }

    private static string Property(PropertyInfo property)
    {
        var accessors = property.GetAccessors(true).Where(IsVisible).ToArray();
        var set = property.SetMethod is { } s && IsVisible(s)
            ? s.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ? " init;" : " set;"
            : string.Empty;
        var index = property.GetIndexParameters() is { Length: > 0 } parameters ? $"[{string.Join(", ", parameters.Select(Parameter))}]" : string.Empty;
        return $"{Modifiers(accessors[0])}{Annotated(property.PropertyType, Nullability.Create(property))} {property.Name}{index} {{{(property.CanRead ? " get;" : string.Empty)}{set} }}";
    }

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(Parameter));

    private static string Parameter(ParameterInfo parameter)
    {
        var prefix = parameter.IsDefined(typeof(ParamArrayAttribute), false) ? "params " : parameter.IsOut ? "out " : parameter.IsIn ? "in "
            : parameter.ParameterType.IsByRef ? "ref " : string.Empty;
        var fallback = parameter.HasDefaultValue ? $" = {Default(parameter.RawDefaultValue)}" : string.Empty;
        return $"{prefix}{Annotated(parameter.ParameterType, Nullability.Create(parameter))} {parameter.Name}{fallback}";
    }

    private static string Default(object? value) => value switch
    {
        null => "default",
        string s => $"\"{s}\"",
        bool b => b ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static string Annotated(Type type, NullabilityInfo info) =>
        Name(type) + (!type.IsValueType && !type.IsGenericParameter && info.ReadState == NullabilityState.Nullable ? "?" : string.Empty);

    private static string Name(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } value)
        {
            return Name(value) + "?";
        }

        if (type.HasElementType)
        {
            return Name(type.GetElementType()!) + (type.IsArray ? $"[{new string(',', type.GetArrayRank() - 1)}]" : type.IsPointer ? "*" : string.Empty);
        }

        var outer = type is { IsNested: true, IsGenericParameter: false } ? Name(type.DeclaringType!) + "." : string.Empty;
        var name = Keywords.TryGetValue(type, out var keyword) ? keyword : type.Name.Split('`')[0];
        return outer + name + (type.IsGenericType && type.Name.Contains('`', StringComparison.Ordinal) ? $"<{string.Join(", ", type.GetGenericArguments().Select(Name))}>" : string.Empty);
    }

    private static IEnumerable<Type> OwnInterfaces(Type type) => type.GetInterfaces()
        .Except(type.BaseType?.GetInterfaces() ?? []).Except(type.GetInterfaces().SelectMany(i => i.GetInterfaces()))
        .Where(i => i.IsVisible && !(IsRecord(type) && i.Name == "IEquatable`1")).OrderBy(i => i.Name, StringComparer.Ordinal);

    private static string Modifiers(MethodBase method) =>
        (method.IsFamily || method.IsFamilyOrAssembly ? "protected " : string.Empty)
        + (method.IsStatic ? "static " : method.DeclaringType!.IsInterface ? string.Empty
            : method.IsAbstract ? "abstract "
            : method is MethodInfo m && m.IsVirtual && m.GetBaseDefinition() != m ? "override "
            : method is { IsVirtual: true, IsFinal: false } && !method.DeclaringType.IsSealed ? "virtual " : string.Empty);

    private static bool IsVisible(MethodBase method) =>
        method.IsPublic || ((method.IsFamily || method.IsFamilyOrAssembly) && !method.DeclaringType!.IsSealed);

    private static bool IsMade(MethodBase method) =>
        method.IsDefined(typeof(CompilerGeneratedAttribute), false) || method.Name.StartsWith('<')
        || (method.Name == "Finalize" && method.IsFamily)
        || (IsRecord(method.DeclaringType!) && method.IsConstructor && method.GetParameters() is [var only] && only.ParameterType == method.DeclaringType);

    private static bool IsRecord(Type type) =>
        type.GetMethod("<Clone>$") is not null
        || (type.IsValueType && type.GetMethod("PrintMembers", Declared) is { } print && print.IsDefined(typeof(CompilerGeneratedAttribute), false));
}
