using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;
using System.Reflection;
using System.Runtime.Intrinsics;
using Weld.Core.Types;
using Weld.Managed.Runtime;

namespace Weld.Managed.Emit.Vector;

/// <summary>The runtime's vector types and their methods, found by name once; naming the methods in the tree itself keeps values in registers.</summary>
[UnconditionalSuppressMessage("Trimming", "IL2026", Justification = Kept)]
[UnconditionalSuppressMessage("Trimming", "IL2060", Justification = Kept)]
[UnconditionalSuppressMessage("Trimming", "IL2055", Justification = Kept)]
[UnconditionalSuppressMessage("Trimming", "IL2065", Justification = Kept)]
[UnconditionalSuppressMessage("Trimming", "IL2070", Justification = Kept)]
[UnconditionalSuppressMessage("Trimming", "IL2075", Justification = Kept)]
[UnconditionalSuppressMessage("AOT", "IL3050", Justification = "Code is emitted only where RuntimeFeature.IsDynamicCodeSupported; elsewhere programs are interpreted.")]
internal static class Simd
{
    private const string Kept = "The methods of the vector classes are kept by the dynamic dependencies of ProgramCompiler.";

    private static readonly ConcurrentDictionary<MethodKey, MethodInfo> Methods = new();
    private static readonly ConcurrentDictionary<MethodKey, MethodInfo> Generics = new();

    /// <summary>The methods that only call an operator of the vector type: the JIT compiler would inline each call, which takes it longer than all else that it does with one.</summary>
    private static readonly Dictionary<string, (ExpressionType Node, string Method)> Operators = new()
    {
        ["Add"] = (ExpressionType.Add, "op_Addition"),
        ["Subtract"] = (ExpressionType.Subtract, "op_Subtraction"),
        ["Multiply"] = (ExpressionType.Multiply, "op_Multiply"),
        ["Divide"] = (ExpressionType.Divide, "op_Division"),
        ["BitwiseAnd"] = (ExpressionType.And, "op_BitwiseAnd"),
        ["BitwiseOr"] = (ExpressionType.Or, "op_BitwiseOr"),
        ["Xor"] = (ExpressionType.ExclusiveOr, "op_ExclusiveOr"),
        ["ShiftLeft"] = (ExpressionType.LeftShift, "op_LeftShift"),
        ["ShiftRightArithmetic"] = (ExpressionType.RightShift, "op_RightShift"),
        ["ShiftRightLogical"] = (ExpressionType.RightShift, "op_UnsignedRightShift"),
        ["Negate"] = (ExpressionType.Negate, "op_UnaryNegation"),
        ["OnesComplement"] = (ExpressionType.Not, "op_OnesComplement"),
    };

    /// <summary>The bits of the machine's vectors; 0 where it has none worth using.</summary>
    public static int MachineBits =>
        Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : Vector128.IsHardwareAccelerated ? 128 : 0;

    /// <summary>The vector of so many bytes of an element.</summary>
    public static Type Of(Type element, int bytes) => Open(bytes).MakeGenericType(element);

    public static Type ElementOf(Type vector) => vector.GenericTypeArguments[0];

    public static int BytesOf(Type vector) => vector.GetGenericTypeDefinition() is var open && open == typeof(Vector128<>) ? 16 : open == typeof(Vector256<>) ? 32 : 64;

    /// <summary>A method of Vector128, Vector256 or Vector512, or the operator that it is.</summary>
    public static Expression Call(int bytes, string name, params Expression[] arguments)
    {
        var isOperator = Operators.TryGetValue(name, out var op);
        var key = new MethodKey(Class(bytes), name, Type(0), Type(1), Type(2), Count: arguments.Length);
        if (!Methods.TryGetValue(key, out var method))
        {
            Type[] types = [.. arguments.Select(a => a.Type)];
            Methods[key] = method = isOperator ? types[0].GetMethod(op.Method, types) ?? throw Missing(types[0], op.Method, types) : Find(key.Class, name, types);
        }

        return !isOperator ? Expression.Call(method, arguments)
            : arguments.Length == 1 ? Expression.MakeUnary(op.Node, arguments[0], arguments[0].Type, method)
            : Expression.MakeBinary(op.Node, arguments[0], arguments[1], liftToNull: false, method);

        Type? Type(int index) => index < arguments.Length ? arguments[index].Type : null;
    }

    /// <summary>A call of one of <see cref="Lanewise"/>'s methods.</summary>
    public static MethodCallExpression CallLanewise(string name, Type[] types, params Expression[] arguments)
    {
        var key = new MethodKey(typeof(Lanewise), name, types[0], types[1], types[^1], types.Length > 3 ? types[2] : types[^1]);
        if (!Generics.TryGetValue(key, out var method))
        {
            Generics[key] = method = typeof(Lanewise).GetMethod(name)!.MakeGenericMethod(types);
        }

        return Expression.Call(method, arguments);
    }

    /// <summary>The same bits as lanes of another element of any size.</summary>
    public static Expression As(Expression vector, Type element) =>
        ElementOf(vector.Type) == element ? vector : Call(BytesOf(vector.Type), $"As{element.Name}", vector);

    /// <summary>The bytes of a vector of 16 from some place on, at its start: 1, 2, 4 or 8. What stands behind them does not matter.</summary>
    public static Expression ShiftDown(Expression vector, int bytes)
    {
        var words = As(vector, typeof(long));
        return As(bytes == 8 ? Call(16, "Shuffle", words, Create(Expression.Constant(1L), 16)) : Call(16, "ShiftRightLogical", words, Expression.Constant(8 * bytes)), ElementOf(vector.Type));
    }

    /// <summary>A scalar in every lane.</summary>
    public static Expression Create(Expression scalar, int bytes) => Call(bytes, "Create", scalar);

    /// <summary>The lanes 0, 1, 2, … as numbers.</summary>
    public static Expression Indices(Type element, int bytes) => Expression.Property(null, Of(element, bytes).GetProperty("Indices")!);

    /// <summary>The signed integer of a size.</summary>
    public static Type Integer(int size) => size switch
    {
        1 => typeof(sbyte),
        2 => typeof(short),
        4 => typeof(int),
        _ => typeof(long),
    };

    /// <summary>The kind of <see cref="Integer"/>.</summary>
    public static ScalarKind IntegerKind(int size) => size switch
    {
        1 => ScalarKind.I8,
        2 => ScalarKind.I16,
        4 => ScalarKind.I32,
        _ => ScalarKind.I64,
    };

    /// <summary>The bits of a whole vector at an address, or of its low bytes.</summary>
    public static Expression Load(Type element, int bytes, int used, Expression address)
    {
        if (used >= 16)
        {
            return Clr.CallGeneric(typeof(Memory), nameof(Memory.Load), [Of(element, bytes)], address);
        }

        var part = Part(used);
        return As(Call(16, "CreateScalar", Clr.CallGeneric(typeof(Memory), nameof(Memory.Load), [part], address)), element);
    }

    /// <summary>Stores a whole vector, or its low bytes.</summary>
    public static Expression Store(Expression address, Expression vector, int used)
    {
        if (used >= 16)
        {
            return Clr.CallGeneric(typeof(Memory), nameof(Memory.Store), [vector.Type], address, vector);
        }

        var part = Part(used);
        return Clr.CallGeneric(typeof(Memory), nameof(Memory.Store), [part], address, Call(16, "ToScalar", As(vector, part)));
    }

    /// <summary>Stores a vector at a multiple of its size, past the caches.</summary>
    public static Expression StoreFar(Expression address, Expression vector)
    {
        var method = BytesOf(vector.Type) switch
        {
            16 => nameof(Memory.StoreFar128),
            32 => nameof(Memory.StoreFar256),
            _ => nameof(Memory.StoreFar512),
        };
        return Clr.CallGeneric(typeof(Memory), method, [ElementOf(vector.Type)], address, vector);
    }

    private static Type Part(int bytes) => bytes switch
    {
        1 => typeof(byte),
        2 => typeof(ushort),
        4 => typeof(uint),
        _ => typeof(ulong),
    };

    private static Type Open(int bytes) => bytes switch
    {
        16 => typeof(Vector128<>),
        32 => typeof(Vector256<>),
        64 => typeof(Vector512<>),
        _ => throw new ArgumentOutOfRangeException(nameof(bytes), bytes, "expected 16, 32 or 64"),
    };

    private static Type Class(int bytes) => bytes switch
    {
        16 => typeof(Vector128),
        32 => typeof(Vector256),
        _ => typeof(Vector512),
    };

    private static MethodInfo Find(Type type, string name, Type[] arguments)
    {
        foreach (var candidate in type.GetMethods(BindingFlags.Public | BindingFlags.Static))
        {
            if (candidate.Name != name || candidate.GetParameters().Length != arguments.Length || (candidate.IsGenericMethodDefinition && candidate.GetGenericArguments().Length > 1))
            {
                continue;
            }

            var method = candidate.IsGenericMethodDefinition
                ? candidate.MakeGenericMethod(arguments[0].IsGenericType ? ElementOf(arguments[0]) : arguments[0]) : candidate;
            if (method.GetParameters().Select(p => p.ParameterType).SequenceEqual(arguments))
            {
                return method;
            }
        }

        throw Missing(type, name, arguments);
    }

    private static MissingMethodException Missing(Type type, string name, Type[] arguments) => new(type.Name, $"{name}({string.Join(", ", arguments.Select(a => a.ToString()))})");
}
