using System.Numerics;
using System.Numerics.Tensors;

namespace Weld.Bench.Peers.DotNet;

/// <summary>TensorPrimitives: the elementary functions over spans, into an array that was there before. It has no error function.</summary>
internal static class TensorElementary
{
    private delegate void OfOne<T>(ReadOnlySpan<T> x, Span<T> results);

    private delegate void OfTwo<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, Span<T> results);

    public static IEnumerable<KeyValuePair<string, Function>> All => [.. Of<double>("f64"), .. Of<float>("f32")];

    private static IEnumerable<KeyValuePair<string, Function>> Of<T>(string kind)
        where T : IFloatingPointIeee754<T>
    {
        return
        [
            One("exp", TensorPrimitives.Exp), One("exp2", TensorPrimitives.Exp2), One("expm1", TensorPrimitives.ExpM1),
            One("sinh", TensorPrimitives.Sinh), One("cosh", TensorPrimitives.Cosh), One("tanh", TensorPrimitives.Tanh),
            One("log", TensorPrimitives.Log), One("log2", TensorPrimitives.Log2), One("log10", TensorPrimitives.Log10), One("log1p", TensorPrimitives.LogP1),
            One("sin", TensorPrimitives.Sin), One("cos", TensorPrimitives.Cos), One("tan", TensorPrimitives.Tan),
            One("asin", TensorPrimitives.Asin), One("acos", TensorPrimitives.Acos), One("atan", TensorPrimitives.Atan),
            One("cbrt", TensorPrimitives.Cbrt), Two("pow", TensorPrimitives.Pow), Two("atan2", TensorPrimitives.Atan2),
        ];

        KeyValuePair<string, Function> One(string name, OfOne<T> f) => new($"{name}_{kind}", new Function(arguments =>
        {
            var x = (T[])arguments[0];
            var results = new T[x.Length];
            return () =>
            {
                f(x, results);
                return results;
            };
        }));

        KeyValuePair<string, Function> Two(string name, OfTwo<T> f) => new($"{name}_{kind}", new Function(arguments =>
        {
            var (x, y) = ((T[])arguments[0], (T[])arguments[1]);
            var results = new T[x.Length];
            return () =>
            {
                f(x, y, results);
                return results;
            };
        }));
    }
}
