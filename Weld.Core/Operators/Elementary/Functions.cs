using Weld.Core.Types;

namespace Weld.Core.Operators.Elementary;

/// <summary>The elementary functions: to each name its formula on f64 and on f32.</summary>
internal static class Functions
{
    private static readonly Dictionary<(string Name, ScalarKind Kind), Lazy<Kernel>> Kernels = [];

    static Functions()
    {
        Unary("exp", Exponential.Double.Exp);
        Unary("exp2", Exponential.Double.Exp2);
        Unary("expm1", Exponential.Double.Expm1);
        Unary("sinh", Exponential.Double.Sinh);
        Unary("cosh", Exponential.Double.Cosh);
        Unary("tanh", Exponential.Double.Tanh);
        Unary("log", Logarithm.Double.Log);
        Unary("log2", Logarithm.Double.Log2);
        Unary("log10", Logarithm.Double.Log10);
        Unary("log1p", Logarithm.Double.Log1p);
        Binary("pow", Power.Pow);
    }

    /// <summary>The definition of a function on floats of a kind.</summary>
    public static Kernel Kernel(string name, ScalarKind kind) => Kernels[(name, kind)].Value;

    private static void Unary(string name, Func<F, F> wide, Func<F, F>? single = null) => Add(
        name,
        () => Elementary.Kernel.Of(ScalarKind.F64, wide),
        single is null ? null : () => Elementary.Kernel.Of(ScalarKind.F32, single));

    private static void Binary(string name, Func<F, F, F> wide) => Add(name, () => Elementary.Kernel.Of(ScalarKind.F64, wide), null);

    private static void Add(string name, Func<Kernel> wide, Func<Kernel>? single)
    {
        var kernel = new Lazy<Kernel>(wide);
        Kernels.Add((name, ScalarKind.F64), kernel);
        Kernels.Add((name, ScalarKind.F32), new Lazy<Kernel>(single ?? (() => kernel.Value.Widened())));
    }
}
