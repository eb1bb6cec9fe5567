using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;
using System.Reflection;
using Weld.Core.Types;
using Weld.Core.Values;
using Weld.Managed.Runtime;

namespace Weld.Managed.Emit;

/// <summary>Scalars as the CLR has them: their types, constants, loads and stores. Addresses are <see cref="long"/> in compiled code, since expression trees have no arithmetic on pointers.</summary>
[UnconditionalSuppressMessage("Trimming", "IL2026", Justification = Kept)]
[UnconditionalSuppressMessage("Trimming", "IL2060", Justification = Kept)]
[UnconditionalSuppressMessage("Trimming", "IL2070", Justification = Kept)]
[UnconditionalSuppressMessage("Trimming", "IL2075", Justification = Kept)]
[UnconditionalSuppressMessage("Trimming", "IL2080", Justification = Kept)]
[UnconditionalSuppressMessage("AOT", "IL3050", Justification = "Code is emitted only where RuntimeFeature.IsDynamicCodeSupported; elsewhere programs are interpreted.")]
internal static class Clr
{
    private const string Kept = "The members that compiled code calls are kept by the dynamic dependencies of ProgramCompiler.";


    private static readonly Type[] Types =
    [
        typeof(bool), typeof(sbyte), typeof(short), typeof(int), typeof(long), typeof(byte), typeof(ushort), typeof(uint), typeof(ulong), typeof(float), typeof(double),
    ];

    private static readonly MethodInfo LoadMethod = typeof(Memory).GetMethod(nameof(Memory.Load))!;
    private static readonly MethodInfo StoreMethod = typeof(Memory).GetMethod(nameof(Memory.Store))!;
    private static readonly MethodInfo[] Loads = [.. Types.Select(t => t == typeof(bool) ? typeof(Memory).GetMethod(nameof(Memory.LoadBool))! : LoadMethod.MakeGenericMethod(t))];
    private static readonly MethodInfo[] Stores = [.. Types.Select(t => t == typeof(bool) ? typeof(Memory).GetMethod(nameof(Memory.StoreBool))! : StoreMethod.MakeGenericMethod(t))];

    private static readonly ConcurrentDictionary<MethodKey, MethodInfo> Methods = new();
    private static readonly ConcurrentDictionary<MethodKey, MethodInfo> Instances = new();

    public static Expression Zero { get; } = Expression.Constant(0L);

    public static Expression One { get; } = Expression.Constant(1L);

    public static Type Of(ScalarKind kind) => Types[(int)kind];

    /// <summary>The type that arithmetic sees: a bool takes part as a byte.</summary>
    public static Type Numeric(ScalarKind kind) => kind == ScalarKind.Bool ? typeof(byte) : Types[(int)kind];

    public static Expression Constant(Scalar value) => Expression.Constant(value.Kind switch
    {
        ScalarKind.Bool => value.AsBool,
        ScalarKind.I8 => (sbyte)value.AsInt64,
        ScalarKind.I16 => (short)value.AsInt64,
        ScalarKind.I32 => (int)value.AsInt64,
        ScalarKind.I64 => value.AsInt64,
        ScalarKind.U8 => (byte)value.Bits,
        ScalarKind.U16 => (ushort)value.Bits,
        ScalarKind.U32 => (uint)value.Bits,
        ScalarKind.U64 => value.Bits,
        ScalarKind.F32 => value.AsSingle,
        _ => (object)value.AsDouble,
    });

    public static Expression Load(ScalarKind kind, Expression address) => Expression.Call(Loads[(int)kind], address);

    public static Expression Store(ScalarKind kind, Expression address, Expression value) => Expression.Call(Stores[(int)kind], address, value);

    public static Expression LoadLong(Expression address) => Load(ScalarKind.I64, address);

    public static Expression StoreLong(Expression address, Expression value) => Store(ScalarKind.I64, address, value);

    /// <summary>address + offset.</summary>
    public static Expression At(Expression address, long offset) => offset == 0 ? address : Expression.Add(address, Expression.Constant(offset));

    /// <summary>address + index · size.</summary>
    public static Expression Element(Expression address, Expression index, int size) =>
        Expression.Add(address, size == 1 ? index : Expression.Multiply(index, Expression.Constant((long)size)));

    public static Expression Min(Expression x, Expression y) => Expression.Call(typeof(Math).GetMethod(nameof(Math.Min), [typeof(long), typeof(long)])!, x, y);

    public static Expression Property(Expression target, string name) => Expression.Property(target, target.Type.GetProperty(name)!);

    /// <summary>An object made by the constructor that takes these arguments.</summary>
    public static Expression New(Type type, params Expression[] arguments) => Expression.New(type.GetConstructor([.. arguments.Select(a => a.Type)])!, arguments);

    public static Expression Array(Type element, IEnumerable<Expression> items) => Expression.NewArrayInit(element, items);

    /// <summary>A call of a static method by name.</summary>
    public static Expression Call(Type type, string name, params Expression[] arguments) => Expression.Call(Method(type, name), arguments);

    /// <summary>A call of an instance method by name.</summary>
    public static Expression CallOn(Expression target, string name, params Expression[] arguments) => Expression.Call(target, Method(target.Type, name), arguments);

    /// <summary>A call of a generic static method by name.</summary>
    public static Expression CallGeneric(Type type, string name, Type[] typeArguments, params Expression[] arguments) =>
        Expression.Call(Instances.GetOrAdd(new(type, name, typeArguments[0], typeArguments[^1]), static k => Method(k.Class, k.Name).MakeGenericMethod(
            Method(k.Class, k.Name).GetGenericArguments().Length == 1 ? [k.First!] : [k.First!, k.Second!])), arguments);

    public static MethodInfo Method(Type type, string name) => Methods.GetOrAdd(new(type, name), static k =>
        k.Class.GetMethod(k.Name, BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
        ?? throw new MissingMethodException(k.Class.Name, k.Name));
}

/// <summary>What a method that code calls was looked up by. No struct: the runtime has code for dictionaries of objects, and would have to make it for each kind of struct.</summary>
internal sealed record MethodKey(Type Class, string Name, Type? First = null, Type? Second = null, Type? Third = null, Type? Fourth = null, int Count = 0);
