using System.Linq.Expressions;
using System.Numerics;
using Weld.Core.Operators.Elementary;
using Weld.Core.Types;
using Weld.Managed.Emit;

namespace Weld.Tests.Elementary;

public class KernelEmitterTests
{
    public static IEnumerable<object[]> Functions => ElementaryFunctions.All;

    [Theory]
    [MemberData(nameof(Functions))]
    public void EmittedCodeGivesTheBitsOfTheInterpreter(string name, ScalarKind kind)
    {
        var kernel = ElementaryFunctions.Kernel(name, kind);
        var random = new Random(name.Length);
        if (kind == ScalarKind.F64)
        {
            Compare(Inputs.Special64, Inputs.Next64, random, kernel.Arity, kernel.Evaluate, ElementaryFunctions.Compile<double>(kernel));
        }
        else
        {
            Compare(Inputs.Special32, Inputs.Next32, random, kernel.Arity, kernel.Evaluate, ElementaryFunctions.Compile<float>(kernel));
        }
    }

    [Fact]
    public void ArgumentsMayBeKernelsThatShareTheLocals()
    {
        var (a, b) = (Expression.Parameter(typeof(double)), Expression.Parameter(typeof(double)));
        var (pow, exp, log) = (Kernel("pow"), Kernel("exp"), Kernel("log"));
        var locals = new ScratchLocals();
        var body = KernelEmitter.Emit(pow, KernelEmitter.Emit(exp, a, null, locals), KernelEmitter.Emit(log, KernelEmitter.Emit(exp, b, null, locals), null, locals), locals);
        var code = Expression.Lambda<Func<double, double, double>>(Expression.Block(locals.Variables, body), a, b).Compile();
        foreach (var (x, y) in new[] { (0.5, 3.0), (-2.0, 0.25), (1.0, -7.5), (700.0, 0.125) })
        {
            Assert.Equal(pow.Evaluate(exp.Evaluate(x), log.Evaluate(exp.Evaluate(y))), code(x, y));
        }

        static Kernel Kernel(string name) => ElementaryFunctions.Kernel(name, ScalarKind.F64);
    }

    private static void Compare<T>(T[] special, Func<Random, T> next, Random random, int arity, Func<T, T, T> expected, Func<T, T, T> actual)
        where T : struct, IFloatingPointIeee754<T>
    {
        var few = arity == 1 ? [default] : special;
        foreach (var x in special)
        {
            foreach (var y in few)
            {
                Check(x, y);
            }
        }

        for (var i = 0; i < 5000; i++)
        {
            Check(next(random), next(random));
        }

        void Check(T x, T y)
        {
            var (e, a) = (expected(x, y), actual(x, y));
            Assert.True(e.Equals(a) && (T.IsNaN(e) || T.IsNegative(e) == T.IsNegative(a)), $"({x}, {y}): expected {e}, found {a}");
        }
    }
}
