using Weld.Core.Types;
using Weld.Core.Values;

namespace Weld.Core.Operators;

/// <summary>An elementary function of one float.</summary>
internal sealed class ElementaryOperator(string name) : UnaryOperator(name, KindSet.Floats)
{
    public override Scalar Apply(Scalar x) => throw new NotSupportedException(Name);
}

/// <summary>An elementary function of two floats.</summary>
internal sealed class BinaryElementaryOperator(string name) : BinaryOperator(name, KindSet.Floats, Laws.None, isInfix: false)
{
    public override Scalar Apply(Scalar x, Scalar y) => throw new NotSupportedException(Name);
}
