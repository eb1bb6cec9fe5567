using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Managed.Layout;

namespace Weld.Frames;

/// <summary>What the elements of a series are in Weld.</summary>
internal static class Elements<T>
    where T : notnull
{
    /// <summary>The type: a scalar, or <c>vec[u8]</c> for a text.</summary>
    public static WeldType Type { get; } =
        typeof(T) == typeof(string) ? new VectorType(ScalarType.U8)
        : Scalar(typeof(T)) ?? throw new NotSupportedException($"expected bool, an integer of 8 to 64 bits, float, double or string, found {typeof(T)}");

    /// <summary>The type of a series of them.</summary>
    public static VectorType Vector { get; } = new(Type);

    /// <summary>The kind of a scalar.</summary>
    public static ScalarKind Kind => ((ScalarType)Type).Kind;

    /// <summary>Casts of scalars to it.</summary>
    public static LazyFunction CastScalar { get; } = new("Cast", x => new Cast(Kind, x[0]));

    /// <summary>Casts of series of scalars to it.</summary>
    public static LazyFunction CastVector { get; } = new("Cast", v => Loops.Map(v, x => new Cast(Kind, x[0])));

    private static ScalarType? Scalar(Type type) => !type.IsEnum && type != typeof(char) && ClrShape.Scalar(type) is { } kind ? ScalarType.Of(kind) : null;
}
