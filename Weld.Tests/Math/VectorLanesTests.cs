using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Weld.Core.Operators.Elementary;
using Weld.Core.Types;
using Weld.Managed.Emit;

namespace Weld.Tests.Elementary;

/// <summary>Emitted code at every vector width gives the bits of the interpreter, also where ordinary and special arguments share a vector.</summary>
public class VectorLanesTests
{
    public static IEnumerable<object[]> Functions => ElementaryFunctions.All;

    [Theory]
    [MemberData(nameof(Functions))]
    public void EveryWidthGivesTheBitsOfTheInterpreter(string name, ScalarKind kind)
    {
        var kernel = ElementaryFunctions.Kernel(name, kind);
        var random = new Random(name.Length);
        if (kind == ScalarKind.F64)
        {
            Compare(kernel, Arguments(Inputs.Special64, Inputs.Next64), Arguments(Inputs.Special64, Inputs.Next64), kernel.Evaluate);
        }
        else
        {
            Compare(kernel, Arguments(Inputs.Special32, Inputs.Next32), Arguments(Inputs.Special32, Inputs.Next32), kernel.Evaluate);
        }

        T[] Arguments<T>(T[] special, Func<Random, T> next)
        {
            var values = special.Concat(Enumerable.Range(0, 2048 - special.Length).Select(_ => next(random))).ToArray();
            random.Shuffle(values.AsSpan(512));
            return values;
        }
    }

    internal static void Compare<T>(Kernel kernel, T[] x, T[] y, Func<T, T, T> expected)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        var exact = x.Zip(y, expected).ToArray();
        foreach (var bytes in new[] { 16, 32, 64 })
        {
            Check(bytes, Run(kernel, bytes, x, y));
        }

        void Check(int bytes, T[] actual)
        {
            for (var i = 0; i < x.Length; i++)
            {
                var e = exact[i];
                Assert.True(e.Equals(actual[i]) && (T.IsNaN(e) || T.IsNegative(e) == T.IsNegative(actual[i])), $"({x[i]}, {y[i]}) in {bytes} bytes: expected {e}, found {actual[i]}");
            }
        }
    }

    internal static T[] Run<T>(Kernel kernel, int bytes, T[] x, T[] y)
        where T : unmanaged => bytes switch
        {
            16 => Run<T, Vector128<T>>(kernel, bytes, x, y),
            32 => Run<T, Vector256<T>>(kernel, bytes, x, y),
            _ => Run<T, Vector512<T>>(kernel, bytes, x, y),
        };

    private static T[] Run<T, TVector>(Kernel kernel, int bytes, T[] x, T[] y)
        where T : unmanaged
        where TVector : unmanaged
    {
        var code = ElementaryFunctions.Compile<TVector>(kernel, LaneTarget.Vector(kernel.Kind, bytes));
        var result = new T[x.Length];
        var xs = MemoryMarshal.Cast<T, TVector>(x.AsSpan());
        var ys = MemoryMarshal.Cast<T, TVector>(y.AsSpan());
        var results = MemoryMarshal.Cast<T, TVector>(result.AsSpan());
        for (var i = 0; i < results.Length; i++)
        {
            results[i] = code(xs[i], ys[i]);
        }

        return result;
    }
}
