using Weld.Core.Types;

namespace Weld.Core.Operators.Elementary;

/// <summary>The elementary functions: to each name its formula on f64 and on f32.</summary>
internal static class Functions
{
    private static readonly Dictionary<(string Name, ScalarKind Kind), Lazy<Kernel>> Kernels = [];

    static Functions()
    {
        Unary("exp", Exponential.F64.Exp);
        Unary("exp2", Exponential.F64.Exp2);
        Unary("expm1", Exponential.F64.Expm1);
        Unary("sinh", Exponential.F64.Sinh);
        Unary("cosh", Exponential.F64.Cosh);
        Unary("tanh", Exponential.F64.Tanh);
        Unary("log", Logarithm.F64.Log);
        Unary("log2", Logarithm.F64.Log2);
        Unary("log10", Logarithm.F64.Log10);
        Unary("log1p", Logarithm.F64.Log1p);
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
