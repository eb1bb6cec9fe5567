using Weld.Core.Types;

namespace Weld.Core.IR;

/// <summary>The value of a variable.</summary>
/// <param name="Symbol">The variable.</param>
public sealed record Ident(Symbol Symbol) : Expr
{
    private protected override Seq<Expr> ChildrenRule() => [];

    private protected override WeldType TypeRule() => Symbol.Type;

    internal override Expr Map(Func<Expr, Expr> f) => this;
}

/// <summary>Binds a variable in a body. The value is never a function.</summary>
/// <param name="Symbol">The variable.</param>
/// <param name="Value">Its value, evaluated once.</param>
/// <param name="Body">The scope.</param>
public sealed record Let(Symbol Symbol, Expr Value, Expr Body) : Expr
{
    private protected override Seq<Expr> ChildrenRule() => [Value, Body];

    /// <inheritdoc/>
    public override Seq<Symbol> Binders => [Symbol];

    /// <summary>How many lets follow each other, this one counted.</summary>
    internal int Length
    {
        get
        {
            var length = 0;
            for (Expr expr = this; expr is Let let; expr = let.Body)
            {
                length++;
            }

            return length;
        }
    }

    private protected override WeldType TypeRule() => Value.Type == Symbol.Type ? Body.Type : throw Expected($"{Symbol.Type}", Value);

    internal override Expr Map(Func<Expr, Expr> f) =>
        f(Value) is var v && f(Body) is var b && ReferenceEquals(v, Value) && ReferenceEquals(b, Body) ? this : this with { Value = v, Body = b };
}

/// <summary>A function: the program itself, or the function of a <see cref="For"/>, <see cref="Sort"/>, <see cref="Iterate"/> or <see cref="Apply"/>; it stands nowhere else.</summary>
/// <param name="Parameters">The parameters.</param>
/// <param name="Body">The result.</param>
public sealed record Lambda(Seq<Symbol> Parameters, Expr Body) : Expr
{
    private protected override Seq<Expr> ChildrenRule() => [Body];

    /// <inheritdoc/>
    public override Seq<Symbol> Binders => Parameters;

    private protected override WeldType TypeRule() => new FunctionType(Parameters.To(p => p.Type), Body.Type);

    internal override Expr Map(Func<Expr, Expr> f) => f(Body) is var b && ReferenceEquals(b, Body) ? this : this with { Body = b };
}

/// <summary>A literal function applied to arguments, each evaluated once.</summary>
/// <param name="Function">The function.</param>
/// <param name="Arguments">One for each parameter.</param>
public sealed record Apply(Lambda Function, Seq<Expr> Arguments) : Expr
{
    private protected override Seq<Expr> ChildrenRule() => [Function, .. Arguments];

    private protected override WeldType TypeRule()
    {
        if (Function.Parameters.Count != Arguments.Count)
        {
            throw new IllTypedException(this, $"expected {Function.Parameters.Count} arguments, found {Arguments.Count}");
        }

        for (var i = 0; i < Arguments.Count; i++)
        {
            if (Arguments[i].Type != Function.Parameters[i].Type)
            {
                throw Expected($"{Function.Parameters[i].Type}", Arguments[i]);
            }
        }

        return Function.Body.Type;
    }

    internal override Expr Map(Func<Expr, Expr> f) => f(Function) is var g && Arguments.Map(f) is var a
        && ReferenceEquals(g, Function) && a.SameAs(Arguments) ? this : this with { Function = (Lambda)g, Arguments = a };
}

/// <summary>A call of a function that the host registered: <c>cudf[name,T](…)</c>.</summary>
/// <param name="Name">The registered name.</param>
/// <param name="ResultType">What it gives.</param>
/// <param name="Arguments">What it takes.</param>
public sealed record ForeignCall(string Name, WeldType ResultType, Seq<Expr> Arguments) : Expr
{
    /// <summary>Whether the function is registered with effects: then it is called exactly once each time the program says so, in order. Until the front end knows, it is.</summary>
    public bool HasEffects { get; init; } = true;

    private protected override Seq<Expr> ChildrenRule() => Arguments;

    private protected override WeldType TypeRule() => ResultType;

    internal override Expr Map(Func<Expr, Expr> f) => Arguments.Map(f) is var a && a.SameAs(Arguments) ? this : this with { Arguments = a };
}

/// <summary>One of two values; only that one is evaluated.</summary>
/// <param name="Condition">bool.</param>
/// <param name="Then">The value if true.</param>
/// <param name="Else">The value if false, of the same type.</param>
public sealed record If(Expr Condition, Expr Then, Expr Else) : Expr
{
    private protected override Seq<Expr> ChildrenRule() => [Condition, Then, Else];

    private protected override WeldType TypeRule() =>
        !Condition.Type.Is(ScalarKind.Bool) ? throw Expected("bool", Condition)
        : Then.Type != Else.Type ? throw Expected($"{Then.Type}", Else)
        : Then.Type;

    internal override Expr Map(Func<Expr, Expr> f) => f(Condition) is var c && f(Then) is var t && f(Else) is var e
        && ReferenceEquals(c, Condition) && ReferenceEquals(t, Then) && ReferenceEquals(e, Else) ? this : this with { Condition = c, Then = t, Else = e };
}

/// <summary>true, or the run-time error <c>AssertionError</c>.</summary>
/// <param name="Condition">bool.</param>
public sealed record Assertion(Expr Condition) : Expr
{
    private protected override Seq<Expr> ChildrenRule() => [Condition];

    private protected override WeldType TypeRule() => Condition.Type.Is(ScalarKind.Bool) ? ScalarType.Bool : throw Expected("bool", Condition);

    internal override Expr Map(Func<Expr, Expr> f) => f(Condition) is var c && ReferenceEquals(c, Condition) ? this : this with { Condition = c };
}
