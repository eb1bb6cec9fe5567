using System.Linq.Expressions;
using System.Numerics;
using System.Reflection;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Weld.Core.Operators.Elementary;
using Weld.Managed.Emit.Vector;

namespace Weld.Managed.Emit;

/// <summary>The lanes of a vector: every primitive is one method of the width's class, named in the tree itself, so that values stay in registers; a mask is a vector of all ones or zeros.</summary>
internal sealed class VectorLanes<TFloat, TInteger> : LaneTarget
    where TFloat : unmanaged, IBinaryFloatingPointIeee754<TFloat>
    where TInteger : unmanaged, IBinaryInteger<TInteger>
{
    private static readonly Lazy<VectorLanes<TFloat, TInteger>> Width128 = new(Create128);
    private static readonly Lazy<VectorLanes<TFloat, TInteger>> Width256 = new(Create256);
    private static readonly Lazy<VectorLanes<TFloat, TInteger>> Width512 = new(Create512);

    private readonly int bytes;

    private VectorLanes(Type single, Type integer, int bytes) => (Float, Integer, this.bytes) = (single, integer, bytes);

    public override Type Float { get; }

    public override Type Integer { get; }

    public required MethodInfo Create { get; init; }

    public required MethodInfo CreateInteger { get; init; }

    public required MethodInfo FusedMultiplyAdd { get; init; }

    /// <summary>x · y − z rounded once, where it is one instruction.</summary>
    public MethodInfo? FusedMultiplySubtract { get; init; }

    /// <summary>z − x · y rounded once, where it is one instruction.</summary>
    public MethodInfo? FusedNegatedMultiplyAdd { get; init; }

    public required MethodInfo SquareRoot { get; init; }

    public required MethodInfo Absolute { get; init; }

    public required MethodInfo RoundEven { get; init; }

    public required MethodInfo ToBits { get; init; }

    public required MethodInfo FromBits { get; init; }

    public required MethodInfo Less { get; init; }

    public required MethodInfo LessOrEqual { get; init; }

    public required MethodInfo Equal { get; init; }

    public required MethodInfo IntegerEqual { get; init; }

    public required MethodInfo Choose { get; init; }

    public required MethodInfo ChooseInteger { get; init; }

    public required MethodInfo SignBits { get; init; }

    public required MethodInfo ReadTable { get; init; }

    /// <summary>The lanes of a vector of 16, 32 or 64 bytes.</summary>
    public static VectorLanes<TFloat, TInteger> Of(int bytes) => bytes switch
    {
        16 => Width128.Value,
        32 => Width256.Value,
        64 => Width512.Value,
        _ => throw new ArgumentOutOfRangeException(nameof(bytes), bytes, "expected 16, 32 or 64"),
    };

    public override bool KeepsConstants => true;

    public override Expression Constant(Node node) => node.Kind == LaneKind.Float
        ? Expression.Call(Create, Expression.Constant(TFloat.CreateTruncating(node.Number)))
        : Expression.Call(CreateInteger, Expression.Constant(TInteger.CreateTruncating(node.Integer)));

    public override Expression Apply(Node node, IReadOnlyList<Expression> operands) => (node.Primitive, operands) switch
    {
        (Primitive.Add or Primitive.IntegerAdd, [var x, var y]) => Simd.Call(bytes, "Add", x, y),
        (Primitive.Subtract or Primitive.IntegerSubtract, [var x, var y]) => Simd.Call(bytes, "Subtract", x, y),
        (Primitive.Multiply, [var x, var y]) => Simd.Call(bytes, "Multiply", x, y),
        (Primitive.Divide, [var x, var y]) => Simd.Call(bytes, "Divide", x, y),
        (Primitive.FusedMultiplyAdd, [var x, var y, UnaryExpression { NodeType: ExpressionType.Negate, Operand: var z }]) when FusedMultiplySubtract is { } method => Expression.Call(method, x, y, z),
        (Primitive.FusedMultiplyAdd, [UnaryExpression { NodeType: ExpressionType.Negate, Operand: var x }, var y, var z]) when FusedNegatedMultiplyAdd is { } method => Expression.Call(method, x, y, z),
        (Primitive.FusedMultiplyAdd, [var x, var y, var z]) => Expression.Call(FusedMultiplyAdd, x, y, z),
        (Primitive.SquareRoot, [var x]) => Expression.Call(SquareRoot, x),
        (Primitive.Negate, [var x]) => Simd.Call(bytes, "Negate", x),
        (Primitive.Absolute, [var x]) => Expression.Call(Absolute, x),

        // The runtime's CopySign computes the same, in so many steps that the JIT compiler takes a fifth of a millisecond to inline it.
        (Primitive.CopySign, [var x, var y]) => Expression.Call(Choose, Expression.Call(Create, Expression.Constant(TFloat.NegativeZero)), y, x),
        (Primitive.RoundEven, [var x]) => Expression.Call(RoundEven, x),
        (Primitive.ToBits, [var x]) => Expression.Call(ToBits, x),
        (Primitive.FromBits, [var x]) => Expression.Call(FromBits, x),
        (Primitive.And, [var x, var y]) => Simd.Call(bytes, "BitwiseAnd", x, y),
        (Primitive.Or, [var x, var y]) => Simd.Call(bytes, "BitwiseOr", x, y),
        (Primitive.ExclusiveOr, [var x, var y]) => Simd.Call(bytes, "Xor", x, y),
        (Primitive.ShiftLeft, [var x]) => Simd.Call(bytes, "ShiftLeft", x, Expression.Constant((int)node.Integer)),
        (Primitive.ShiftRight, [var x]) => Simd.Call(bytes, "ShiftRightLogical", x, Expression.Constant((int)node.Integer)),
        (Primitive.Lookup, [var x]) => Expression.Call(ReadTable, Expression.Convert(Expression.Constant((long)KernelTables.Address<TFloat>(node.Table!)), typeof(nint)), x),
        _ => throw new InvalidOperationException($"expected a primitive of floats or integers, found {node.Primitive}"),
    };

    public override Expression Select(Node mask, Func<Node, Expression> value, Expression yes, Expression no) => Expression.Call(Choose, Mask(mask, value), yes, no);

    public override Expression Any(Node mask, Func<Node, Expression> value) =>
        Expression.NotEqual(Expression.Call(SignBits, Mask(mask, value)), Expression.Default(SignBits.ReturnType));

    public override Expression Slow(Node mask, Func<Node, Expression> value, Expression slow, Expression fast) => slow.Type == Float
        ? Select(mask, value, slow, fast)
        : Expression.Call(ChooseInteger, Expression.Call(ToBits, Mask(mask, value)), slow, fast);

    private Expression Mask(Node mask, Func<Node, Expression> value) => mask.Primitive switch
    {
        Primitive.Less => Expression.Call(Less, value(mask.Operands[0]), value(mask.Operands[1])),
        Primitive.LessOrEqual => Expression.Call(LessOrEqual, value(mask.Operands[0]), value(mask.Operands[1])),
        Primitive.Equal => Expression.Call(Equal, value(mask.Operands[0]), value(mask.Operands[1])),
        Primitive.IntegerEqual => Expression.Call(FromBits, Expression.Call(IntegerEqual, value(mask.Operands[0]), value(mask.Operands[1]))),
        Primitive.Both => Simd.Call(bytes, "BitwiseAnd", Mask(mask.Operands[0], value), Mask(mask.Operands[1], value)),
        Primitive.Either => Simd.Call(bytes, "BitwiseOr", Mask(mask.Operands[0], value), Mask(mask.Operands[1], value)),
        Primitive.Not => Simd.Call(bytes, "OnesComplement", Mask(mask.Operands[0], value)),
        _ => throw new InvalidOperationException($"expected a mask, found {mask.Primitive}"),
    };

    private static VectorLanes<TFloat, TInteger> Create128()
    {
        var wide = typeof(TFloat) == typeof(double);
        return new(typeof(Vector128<TFloat>), typeof(Vector128<TInteger>), 16)
        {
            Create = ((Func<TFloat, Vector128<TFloat>>)Vector128.Create).Method,
            CreateInteger = ((Func<TInteger, Vector128<TInteger>>)Vector128.Create).Method,
            FusedMultiplyAdd = wide
                ? ((Func<Vector128<double>, Vector128<double>, Vector128<double>, Vector128<double>>)Vector128.FusedMultiplyAdd).Method
                : ((Func<Vector128<float>, Vector128<float>, Vector128<float>, Vector128<float>>)Vector128.FusedMultiplyAdd).Method,
            FusedMultiplySubtract = !Fma.IsSupported ? null : wide
                ? ((Func<Vector128<double>, Vector128<double>, Vector128<double>, Vector128<double>>)Fma.MultiplySubtract).Method
                : ((Func<Vector128<float>, Vector128<float>, Vector128<float>, Vector128<float>>)Fma.MultiplySubtract).Method,
            FusedNegatedMultiplyAdd = !Fma.IsSupported ? null : wide
                ? ((Func<Vector128<double>, Vector128<double>, Vector128<double>, Vector128<double>>)Fma.MultiplyAddNegated).Method
                : ((Func<Vector128<float>, Vector128<float>, Vector128<float>, Vector128<float>>)Fma.MultiplyAddNegated).Method,
            SquareRoot = ((Func<Vector128<TFloat>, Vector128<TFloat>>)Vector128.Sqrt).Method,
            Absolute = ((Func<Vector128<TFloat>, Vector128<TFloat>>)Vector128.Abs).Method,
            RoundEven = wide ? ((Func<Vector128<double>, Vector128<double>>)Vector128.Round).Method : ((Func<Vector128<float>, Vector128<float>>)Vector128.Round).Method,
            ToBits = ((Func<Vector128<TFloat>, Vector128<TInteger>>)Vector128.As<TFloat, TInteger>).Method,
            FromBits = ((Func<Vector128<TInteger>, Vector128<TFloat>>)Vector128.As<TInteger, TFloat>).Method,
            Less = ((Func<Vector128<TFloat>, Vector128<TFloat>, Vector128<TFloat>>)Vector128.LessThan).Method,
            LessOrEqual = ((Func<Vector128<TFloat>, Vector128<TFloat>, Vector128<TFloat>>)Vector128.LessThanOrEqual).Method,
            Equal = ((Func<Vector128<TFloat>, Vector128<TFloat>, Vector128<TFloat>>)Vector128.Equals).Method,
            IntegerEqual = ((Func<Vector128<TInteger>, Vector128<TInteger>, Vector128<TInteger>>)Vector128.Equals).Method,
            Choose = ((Func<Vector128<TFloat>, Vector128<TFloat>, Vector128<TFloat>, Vector128<TFloat>>)Vector128.ConditionalSelect).Method,
            ChooseInteger = ((Func<Vector128<TInteger>, Vector128<TInteger>, Vector128<TInteger>, Vector128<TInteger>>)Vector128.ConditionalSelect).Method,
            SignBits = ((Func<Vector128<TFloat>, uint>)Vector128.ExtractMostSignificantBits).Method,
            ReadTable = wide ? ((Func<nint, Vector128<long>, Vector128<double>>)KernelTables.Read128).Method : ((Func<nint, Vector128<TInteger>, Vector128<TFloat>>)KernelTables.Read<TFloat, TInteger>).Method,
        };
    }

    private static VectorLanes<TFloat, TInteger> Create256()
    {
        var wide = typeof(TFloat) == typeof(double);
        return new(typeof(Vector256<TFloat>), typeof(Vector256<TInteger>), 32)
        {
            Create = ((Func<TFloat, Vector256<TFloat>>)Vector256.Create).Method,
            CreateInteger = ((Func<TInteger, Vector256<TInteger>>)Vector256.Create).Method,
            FusedMultiplyAdd = wide
                ? ((Func<Vector256<double>, Vector256<double>, Vector256<double>, Vector256<double>>)Vector256.FusedMultiplyAdd).Method
                : ((Func<Vector256<float>, Vector256<float>, Vector256<float>, Vector256<float>>)Vector256.FusedMultiplyAdd).Method,
            FusedMultiplySubtract = !Fma.IsSupported ? null : wide
                ? ((Func<Vector256<double>, Vector256<double>, Vector256<double>, Vector256<double>>)Fma.MultiplySubtract).Method
                : ((Func<Vector256<float>, Vector256<float>, Vector256<float>, Vector256<float>>)Fma.MultiplySubtract).Method,
            FusedNegatedMultiplyAdd = !Fma.IsSupported ? null : wide
                ? ((Func<Vector256<double>, Vector256<double>, Vector256<double>, Vector256<double>>)Fma.MultiplyAddNegated).Method
                : ((Func<Vector256<float>, Vector256<float>, Vector256<float>, Vector256<float>>)Fma.MultiplyAddNegated).Method,
            SquareRoot = ((Func<Vector256<TFloat>, Vector256<TFloat>>)Vector256.Sqrt).Method,
            Absolute = ((Func<Vector256<TFloat>, Vector256<TFloat>>)Vector256.Abs).Method,
            RoundEven = wide ? ((Func<Vector256<double>, Vector256<double>>)Vector256.Round).Method : ((Func<Vector256<float>, Vector256<float>>)Vector256.Round).Method,
            ToBits = ((Func<Vector256<TFloat>, Vector256<TInteger>>)Vector256.As<TFloat, TInteger>).Method,
            FromBits = ((Func<Vector256<TInteger>, Vector256<TFloat>>)Vector256.As<TInteger, TFloat>).Method,
            Less = ((Func<Vector256<TFloat>, Vector256<TFloat>, Vector256<TFloat>>)Vector256.LessThan).Method,
            LessOrEqual = ((Func<Vector256<TFloat>, Vector256<TFloat>, Vector256<TFloat>>)Vector256.LessThanOrEqual).Method,
            Equal = ((Func<Vector256<TFloat>, Vector256<TFloat>, Vector256<TFloat>>)Vector256.Equals).Method,
            IntegerEqual = ((Func<Vector256<TInteger>, Vector256<TInteger>, Vector256<TInteger>>)Vector256.Equals).Method,
            Choose = ((Func<Vector256<TFloat>, Vector256<TFloat>, Vector256<TFloat>, Vector256<TFloat>>)Vector256.ConditionalSelect).Method,
            ChooseInteger = ((Func<Vector256<TInteger>, Vector256<TInteger>, Vector256<TInteger>, Vector256<TInteger>>)Vector256.ConditionalSelect).Method,
            SignBits = ((Func<Vector256<TFloat>, uint>)Vector256.ExtractMostSignificantBits).Method,
            ReadTable = wide ? ((Func<nint, Vector256<long>, Vector256<double>>)KernelTables.Read256).Method : ((Func<nint, Vector256<TInteger>, Vector256<TFloat>>)KernelTables.Read<TFloat, TInteger>).Method,
        };
    }

    private static VectorLanes<TFloat, TInteger> Create512()
    {
        var wide = typeof(TFloat) == typeof(double);
        return new(typeof(Vector512<TFloat>), typeof(Vector512<TInteger>), 64)
        {
            Create = ((Func<TFloat, Vector512<TFloat>>)Vector512.Create).Method,
            CreateInteger = ((Func<TInteger, Vector512<TInteger>>)Vector512.Create).Method,
            FusedMultiplyAdd = wide
                ? ((Func<Vector512<double>, Vector512<double>, Vector512<double>, Vector512<double>>)Vector512.FusedMultiplyAdd).Method
                : ((Func<Vector512<float>, Vector512<float>, Vector512<float>, Vector512<float>>)Vector512.FusedMultiplyAdd).Method,
            FusedMultiplySubtract = !Avx512F.IsSupported ? null : wide
                ? ((Func<Vector512<double>, Vector512<double>, Vector512<double>, Vector512<double>>)Avx512F.FusedMultiplySubtract).Method
                : ((Func<Vector512<float>, Vector512<float>, Vector512<float>, Vector512<float>>)Avx512F.FusedMultiplySubtract).Method,
            FusedNegatedMultiplyAdd = !Avx512F.IsSupported ? null : wide
                ? ((Func<Vector512<double>, Vector512<double>, Vector512<double>, Vector512<double>>)Avx512F.FusedMultiplyAddNegated).Method
                : ((Func<Vector512<float>, Vector512<float>, Vector512<float>, Vector512<float>>)Avx512F.FusedMultiplyAddNegated).Method,
            SquareRoot = ((Func<Vector512<TFloat>, Vector512<TFloat>>)Vector512.Sqrt).Method,
            Absolute = ((Func<Vector512<TFloat>, Vector512<TFloat>>)Vector512.Abs).Method,
            RoundEven = wide ? ((Func<Vector512<double>, Vector512<double>>)Vector512.Round).Method : ((Func<Vector512<float>, Vector512<float>>)Vector512.Round).Method,
            ToBits = ((Func<Vector512<TFloat>, Vector512<TInteger>>)Vector512.As<TFloat, TInteger>).Method,
            FromBits = ((Func<Vector512<TInteger>, Vector512<TFloat>>)Vector512.As<TInteger, TFloat>).Method,
            Less = ((Func<Vector512<TFloat>, Vector512<TFloat>, Vector512<TFloat>>)Vector512.LessThan).Method,
            LessOrEqual = ((Func<Vector512<TFloat>, Vector512<TFloat>, Vector512<TFloat>>)Vector512.LessThanOrEqual).Method,
            Equal = ((Func<Vector512<TFloat>, Vector512<TFloat>, Vector512<TFloat>>)Vector512.Equals).Method,
            IntegerEqual = ((Func<Vector512<TInteger>, Vector512<TInteger>, Vector512<TInteger>>)Vector512.Equals).Method,
            Choose = ((Func<Vector512<TFloat>, Vector512<TFloat>, Vector512<TFloat>, Vector512<TFloat>>)Vector512.ConditionalSelect).Method,
            ChooseInteger = ((Func<Vector512<TInteger>, Vector512<TInteger>, Vector512<TInteger>, Vector512<TInteger>>)Vector512.ConditionalSelect).Method,
            SignBits = ((Func<Vector512<TFloat>, ulong>)Vector512.ExtractMostSignificantBits).Method,
            ReadTable = wide ? ((Func<nint, Vector512<long>, Vector512<double>>)KernelTables.Read512).Method : ((Func<nint, Vector512<TInteger>, Vector512<TFloat>>)KernelTables.Read<TFloat, TInteger>).Method,
        };
    }
}
