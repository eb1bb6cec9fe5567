using System.Runtime.CompilerServices;
using Weld.Core.Types;
using Weld.Core.Values;

namespace Weld.Core.Operators;

/// <summary>Algebraic laws that hold for an operator on every kind of its domain, exactly.</summary>
[Flags]
public enum Laws
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>x ∘ y = y ∘ x.</summary>
    Commutative = 1,

    /// <summary>(x ∘ y) ∘ z = x ∘ (y ∘ z) on integers; on floats only where <see cref="Exact"/> holds too.</summary>
    Associative = 2,

    /// <summary>Associative on floats too, bit for bit.</summary>
    Exact = 4,

    /// <summary>x ∘ x = x.</summary>
    Idempotent = 8,
}

/// <summary>A scalar operator: its name, its domain, and its one definition, from which interpreter, folding and emitter work.</summary>
public abstract class Operator
{
    private protected Operator(string name, KindSet domain, bool isInfix)
    {
        Name = name;
        Domain = domain;
        IsInfix = isInfix;
    }

    /// <summary>The name in programs, such as <c>+</c> or <c>min</c>.</summary>
    public string Name { get; }

    /// <summary>The operand kinds it is defined on.</summary>
    public KindSet Domain { get; }

    /// <summary>Written between its operands or before its one operand, not as a call.</summary>
    public bool IsInfix { get; }

    /// <summary>The result is bool whatever the operands are.</summary>
    public virtual bool GivesBool => false;

    /// <summary>The struct whose static <c>Invoke</c> is the definition; null for an operator that is defined by a kernel.</summary>
    internal virtual Type? Definition => null;

    /// <summary>The result's kind.</summary>
    /// <param name="operand">The operands' kind.</param>
    public ScalarKind ResultKind(ScalarKind operand) => GivesBool ? ScalarKind.Bool : operand;

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>The value of a scalar as the CLR type of its kind; a bool is a byte.</summary>
    private protected static T Get<T>(Scalar value)
        where T : unmanaged
    {
        var bits = value.Bits;
        return Unsafe.As<ulong, T>(ref bits);
    }

    /// <summary>The scalar of that kind for a value of the CLR type of the kind; a bool is a byte.</summary>
    private protected static Scalar Make<T>(ScalarKind kind, T value)
        where T : unmanaged
    {
        ulong bits = 0;
        Unsafe.As<ulong, T>(ref bits) = value;
        return Scalar.FromBits(kind, bits);
    }

    private protected InvalidOperationException OutOfDomain(ScalarKind kind) => new($"{Name} is not defined on {kind.Name()}");
}

/// <summary>An operator of one operand.</summary>
public abstract class UnaryOperator : Operator
{
    private protected UnaryOperator(string name, KindSet domain, bool isInfix = false)
        : base(name, domain, isInfix)
    {
    }

    /// <summary>The operator applied to a value.</summary>
    /// <param name="x">A scalar of a kind in the domain.</param>
    /// <exception cref="InvalidOperationException">The kind is not in the domain.</exception>
    public abstract Scalar Apply(Scalar x);
}

/// <summary>An operator of two operands of one kind.</summary>
public abstract class BinaryOperator : Operator
{
    private protected BinaryOperator(string name, KindSet domain, Laws laws, bool isInfix)
        : base(name, domain, isInfix) => Laws = laws;

    /// <summary>The laws that hold.</summary>
    public Laws Laws { get; }

    /// <summary>Integer operands raise <c>DivideByZero</c> when the second is 0; <see cref="Apply"/> expects that it is not.</summary>
    public bool ChecksZero { get; init; }

    /// <summary>Whether builders can reduce with it: it has an identity.</summary>
    public bool Reduces { get; init; }

    /// <summary>Whether the bits of a reduction of that kind depend on the order of the merges: float + and *.</summary>
    /// <param name="kind">The kind reduced.</param>
    public bool IsOrderSensitive(ScalarKind kind) => kind.IsFloat() && !Laws.HasFlag(Laws.Exact);

    /// <summary>The operator applied to two values of one kind.</summary>
    /// <param name="x">The first operand.</param>
    /// <param name="y">The second operand.</param>
    /// <exception cref="InvalidOperationException">The kind is not in the domain.</exception>
    public abstract Scalar Apply(Scalar x, Scalar y);

    /// <summary>The e with e ∘ x = x for all x of that kind.</summary>
    /// <param name="kind">A kind in the domain.</param>
    /// <exception cref="InvalidOperationException">The operator does not reduce.</exception>
    public virtual Scalar Identity(ScalarKind kind) => throw new InvalidOperationException($"{Name} has no identity");
}
