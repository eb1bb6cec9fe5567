using System.Collections.Concurrent;
using System.Linq.Expressions;
using Weld.Core.Operators.Elementary;
using Weld.Managed.Runtime;

namespace Weld.Managed.Emit;

/// <summary>An elementary function in place: x = f(x), or f(x, y), for the elements from x on, and from y on, before the end of x; whole vectors of them, so behind the end there is room for one.</summary>
internal delegate void TileFunction(long x, long y, long end);

/// <summary>The elementary functions over tiles, each compiled once in a process for a width.</summary>
internal static class TileFunctions
{
    private static readonly ConcurrentDictionary<(Kernel Kernel, int Bytes), Lazy<TileFunction>> Compiled = new();

    /// <summary>The function of a kernel in vectors of 16, 32 or 64 bytes.</summary>
    public static TileFunction Of(Kernel kernel, int bytes) => Compiled.GetOrAdd((kernel, bytes), static k => new(() => Emit(k.Kernel, k.Bytes).Compile())).Value;

    // do { *x = f(*x, *y); x += bytes; y += bytes; } while (x < end);
    private static Expression<TileFunction> Emit(Kernel kernel, int bytes)
    {
        var (x, y, end) = (Expression.Parameter(typeof(long), "x"), Expression.Parameter(typeof(long), "y"), Expression.Parameter(typeof(long), "end"));
        var target = LaneTarget.Vector(kernel.Kind, bytes);
        var locals = new ScratchLocals();
        var result = Expression.Variable(target.Float);
        var top = Expression.Label();
        var body = Expression.Block(
            Expression.Label(top),
            Expression.Assign(result, KernelEmitter.Emit(kernel, target, Load(x), kernel.Arity == 1 ? null : Load(y), locals)),
            Clr.CallGeneric(typeof(Memory), nameof(Memory.Store), [target.Float], x, result),
            Expression.AddAssign(x, Expression.Constant((long)bytes)),
            Expression.AddAssign(y, Expression.Constant((long)bytes)),
            Expression.IfThen(Expression.LessThan(x, end), Expression.Goto(top)));
        return Expression.Lambda<TileFunction>(Expression.Block([result, .. locals.Variables], body), "weld_function", [x, y, end]);

        Expression Load(Expression address) => Clr.CallGeneric(typeof(Memory), nameof(Memory.Load), [target.Float], address);
    }
}
