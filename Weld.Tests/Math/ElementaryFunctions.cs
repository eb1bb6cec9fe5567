using System.Linq.Expressions;
using Weld.Core.Operators;
using Weld.Core.Operators.Elementary;
using Weld.Core.Types;
using Weld.Managed.Emit;

namespace Weld.Tests.Elementary;

/// <summary>The elementary functions as the operator table has them, on both kinds, and their compiled code.</summary>
internal static class ElementaryFunctions
{
    public static IEnumerable<string> Names { get; } =
        OperatorTable.Unary.OfType<ElementaryOperator>().Select(o => o.Name)
            .Concat(OperatorTable.Binary.OfType<BinaryElementaryOperator>().Select(o => o.Name));

    public static IEnumerable<object[]> All { get; } = [.. Names.SelectMany(name => new object[][] { [name, ScalarKind.F64], [name, ScalarKind.F32] })];

    public static Kernel Kernel(string name, ScalarKind kind) => OperatorTable.FindUnary(name) is ElementaryOperator unary
        ? unary.Kernel(kind)
        : ((BinaryElementaryOperator)OperatorTable.FindBinary(name)!).Kernel(kind);

    /// <summary>The function as emitted code on scalars of type T.</summary>
    public static Func<T, T, T> Compile<T>(Kernel kernel) => Compile<T>(kernel, LaneTarget.Scalar(kernel.Kind));

    /// <summary>The function as emitted code on the values of a target.</summary>
    public static Func<T, T, T> Compile<T>(Kernel kernel, LaneTarget target)
    {
        var (x, y) = (Expression.Parameter(typeof(T)), Expression.Parameter(typeof(T)));
        var locals = new ScratchLocals();
        var body = KernelEmitter.Emit(kernel, target, x, kernel.Arity == 2 ? y : null, locals);
        return Expression.Lambda<Func<T, T, T>>(Expression.Block(locals.Variables, body), x, y).Compile();
    }
}
