using Weld.Core.Operators.Elementary;
using Weld.Core.Types;
using Weld.Core.Values;

namespace Weld.Core.Operators;

/// <summary>An elementary function of one float, defined by a kernel for each kind.</summary>
internal sealed class ElementaryOperator(string name) : UnaryOperator(name, KindSet.Floats)
{
    /// <summary>The function's definition on floats of that kind.</summary>
    public Kernel Kernel(ScalarKind kind) => Functions.Kernel(Name, kind);

    public override Scalar Apply(Scalar x) => x.Kind switch
    {
        ScalarKind.F32 => Scalar.F32(Kernel(x.Kind).Evaluate(x.AsSingle)),
        ScalarKind.F64 => Scalar.F64(Kernel(x.Kind).Evaluate(x.AsDouble)),
        _ => throw OutOfDomain(x.Kind),
    };
}

/// <summary>An elementary function of two floats, defined by a kernel for each kind.</summary>
internal sealed class BinaryElementaryOperator(string name) : BinaryOperator(name, KindSet.Floats, Laws.None, isInfix: false)
{
    /// <summary>The function's definition on floats of that kind.</summary>
    public Kernel Kernel(ScalarKind kind) => Functions.Kernel(Name, kind);

    public override Scalar Apply(Scalar x, Scalar y) => x.Kind switch
    {
        ScalarKind.F32 => Scalar.F32(Kernel(x.Kind).Evaluate(x.AsSingle, y.AsSingle)),
        ScalarKind.F64 => Scalar.F64(Kernel(x.Kind).Evaluate(x.AsDouble, y.AsDouble)),
        _ => throw OutOfDomain(x.Kind),
    };
}
