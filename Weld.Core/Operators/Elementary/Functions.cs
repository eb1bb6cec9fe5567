using Weld.Core.Types;

namespace Weld.Core.Operators.Elementary;

/// <summary>The elementary functions: to each name its formula on f64 and on f32.</summary>
internal static class Functions
{
    private static readonly Dictionary<(string Name, ScalarKind Kind), Lazy<Kernel>> Kernels = [];

    static Functions()
    {
        Add("exp", () => Exponential.F64.Exp, () => Exponential.F32.Exp);
        Add("exp2", () => Exponential.F64.Exp2, () => Exponential.F32.Exp2);
        Add("expm1", () => Exponential.F64.Expm1, () => Exponential.F32.Expm1);
        Add("sinh", () => Exponential.F64.Sinh, () => Exponential.F32.Sinh);
        Add("cosh", () => Exponential.F64.Cosh, () => Exponential.F32.Cosh);
        Add("tanh", () => Exponential.F64.Tanh, () => Exponential.F32.Tanh);
        Add("log", () => Logarithm.F64.Log, () => Logarithm.F32.Log);
        Add("log2", () => Logarithm.F64.Log2, () => Logarithm.F32.Log2);
        Add("log10", () => Logarithm.F64.Log10, () => Logarithm.F32.Log10);
        Add("log1p", () => Logarithm.F64.Log1p, () => Logarithm.F32.Log1p);
        Add("sin", () => Trigonometry.F64.Sin, () => Trigonometry.F32.Sin);
        Add("cos", () => Trigonometry.F64.Cos, () => Trigonometry.F32.Cos);
        Add("tan", () => Trigonometry.F64.Tan, () => Trigonometry.F32.Tan);
        Add("asin", () => InverseTrigonometry.F64.Asin, () => InverseTrigonometry.F32.Asin);
        Add("acos", () => InverseTrigonometry.F64.Acos, () => InverseTrigonometry.F32.Acos);
        Add("atan", () => InverseTrigonometry.F64.Atan, () => InverseTrigonometry.F32.Atan);
        Add("erf", () => ErrorFunction.F64, () => ErrorFunction.F32);
        Add("cbrt", () => CubeRoot.F64.Cbrt, () => CubeRoot.F32.Cbrt);
        AddBinary("pow", () => Power.F64.Pow, () => Power.F32.Pow);
        AddBinary("atan2", () => InverseTrigonometry.F64.Atan2, () => InverseTrigonometry.F32.Atan2);
    }

    /// <summary>The definition of a function on floats of a kind.</summary>
    public static Kernel Kernel(string name, ScalarKind kind) => Kernels[(name, kind)].Value;

    private static void Add(string name, Func<Func<F, F>> f64, Func<Func<F, F>> f32)
    {
        Kernels.Add((name, ScalarKind.F64), new Lazy<Kernel>(() => Elementary.Kernel.Of(ScalarKind.F64, f64())));
        Kernels.Add((name, ScalarKind.F32), new Lazy<Kernel>(() => Elementary.Kernel.Of(ScalarKind.F32, f32())));
    }

    private static void AddBinary(string name, Func<Func<F, F, F>> f64, Func<Func<F, F, F>> f32)
    {
        Kernels.Add((name, ScalarKind.F64), new Lazy<Kernel>(() => Elementary.Kernel.Of(ScalarKind.F64, f64())));
        Kernels.Add((name, ScalarKind.F32), new Lazy<Kernel>(() => Elementary.Kernel.Of(ScalarKind.F32, f32())));
    }
}
