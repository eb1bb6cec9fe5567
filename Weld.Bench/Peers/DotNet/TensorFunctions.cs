using System.Numerics.Tensors;

namespace Weld.Bench.Peers.DotNet;

/// <summary>TensorPrimitives: spans, an operation at a time.</summary>
internal static class TensorFunctions
{
    public static IReadOnlyDictionary<string, Function> All { get; } = new Dictionary<string, Function>(TensorElementary.All)
    {
        ["sum"] = Function.Of((double[] v) => TensorPrimitives.Sum<double>(v)),
        ["chain"] = Function.Of((double[] v) =>
        {
            var x = new double[v.Length];
            TensorPrimitives.Add(v, 1 * 0.1, x);
            for (var k = 2; k <= 40; k++)
            {
                TensorPrimitives.Add(x, k * 0.1, x);
            }

            return TensorPrimitives.Sum<double>(x);
        }),
        ["axpy"] = Function.Of((float[] x, float a, float b) =>
        {
            var y = new float[x.Length];
            TensorPrimitives.Multiply(x, a, y);
            TensorPrimitives.Add(y, b, y);
            return y;
        }),
        ["haversine"] = Function.Of((double[] latitude, double[] longitude, double[] here) =>
        {
            var (north, east, miles) = (new double[latitude.Length], new double[latitude.Length], new double[latitude.Length]);
            Halved(latitude, here[0], north);
            Halved(longitude, here[1], east);
            TensorPrimitives.DegreesToRadians<double>(latitude, miles);
            TensorPrimitives.Cos<double>(miles, miles);
            TensorPrimitives.Multiply(miles, Math.Cos(double.DegreesToRadians(here[0])), miles);
            TensorPrimitives.MultiplyAdd<double>(miles, east, north, miles);
            TensorPrimitives.Sqrt<double>(miles, miles);
            TensorPrimitives.Asin<double>(miles, miles);
            TensorPrimitives.Multiply(miles, 2.0 * 3959.0, miles);
            return miles;

            // sin² of half of what lies between.
            static void Halved(double[] degrees, double from, double[] squares)
            {
                TensorPrimitives.Subtract(degrees, from, squares);
                TensorPrimitives.DegreesToRadians<double>(squares, squares);
                TensorPrimitives.Multiply(squares, 0.5, squares);
                TensorPrimitives.Sin<double>(squares, squares);
                TensorPrimitives.Multiply<double>(squares, squares, squares);
            }
        }),
        ["matrix_vector"] = Function.Of((double[][] m, double[] v) => Array.ConvertAll(m, row => TensorPrimitives.Dot<double>(row, v))),
        ["matrix_product"] = Function.Of((double[][] a, double[][] b) =>
        {
            var columns = b[0].Length;
            var product = new double[a.Length * columns];
            for (var i = 0; i < a.Length; i++)
            {
                var row = product.AsSpan(i * columns, columns);
                for (var k = 0; k < b.Length; k++)
                {
                    TensorPrimitives.MultiplyAdd(b[k], a[i][k], row, row);
                }
            }

            return product;
        }),
        ["logistic_step"] = Function.Of((double[][] x, double[] y, double[] w, double rate) =>
        {
            var (errors, next) = (Array.ConvertAll(x, row => TensorPrimitives.Dot<double>(row, w)), new double[w.Length]);
            TensorPrimitives.Sigmoid<double>(errors, errors);
            TensorPrimitives.Subtract<double>(errors, y, errors);
            for (var i = 0; i < x.Length; i++)
            {
                TensorPrimitives.MultiplyAdd(x[i], errors[i], next, next);
            }

            TensorPrimitives.Multiply(next, -rate / x.Length, next);
            TensorPrimitives.Add<double>(next, w, next);
            return next;
        }),
    };
}
