using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Managed.Layout;

namespace Weld.Frames;

/// <summary>What the elements of a series are in Weld.</summary>
internal static class Elements<T>
    where T : notnull
{
    private static readonly WeldType? Known = typeof(T) == typeof(string) ? new VectorType(ScalarType.U8) : Scalar(typeof(T));
    private static readonly VectorType? KnownVector = Known is null ? null : new VectorType(Known);

    /// <summary>The type: a scalar, or <c>vec[u8]</c> for a text.</summary>
    /// <exception cref="NotSupportedException">There is none.</exception>
    public static WeldType Type => Known ?? throw Unknown;

    /// <summary>The type of a series of them.</summary>
    /// <exception cref="NotSupportedException">There is none.</exception>
    public static VectorType Vector => KnownVector ?? throw Unknown;

    /// <summary>The kind of a scalar.</summary>
    public static ScalarKind Kind => ((ScalarType)Type).Kind;

    /// <summary>Casts of scalars to it.</summary>
    public static LazyFunction CastScalar { get; } = new("Cast", x => new Cast(Kind, x[0]));

    /// <summary>Casts of series of scalars to it.</summary>
    public static LazyFunction CastVector { get; } = new("Cast", v => Loops.Map(v, x => new Cast(Kind, x[0])));

    private static NotSupportedException Unknown => new($"expected bool, an integer of 8 to 64 bits, float, double or string, found {typeof(T)}");

    private static ScalarType? Scalar(Type type) => !type.IsEnum && type != typeof(char) && ClrShape.Scalar(type) is { } kind ? ScalarType.Of(kind) : null;
}
