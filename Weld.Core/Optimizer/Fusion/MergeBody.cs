using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Core.Values;

namespace Weld.Core.Optimizer.Fusion;

/// <summary>How the body of a loop's function passes its builder on: the shapes through which other loops can be threaded.</summary>
internal static class MergeBody
{
    /// <summary>The value of a body that merges exactly once on every path, or null: <c>let a = x; if(c, merge(b, a), merge(b, y))</c> is <c>let a = x; if(c, a, y)</c>.</summary>
    public static Expr? Value(Expr body, Symbol builder) => StackGuard.Walk(
        body,
        static a => a.Body switch
        {
            Merge { Builder: Ident i } m when i.Symbol == a.Builder && IsOneElement(m) => m.Value,
            Let let when !let.Value.Type.ContainsBuilder && Value(let.Body, a.Builder) is { } value => let with { Body = value },
            If i when Value(i.Then, a.Builder) is { } then && Value(i.Else, a.Builder) is { } otherwise => (Expr)(i with { Then = then, Else = otherwise }),
            _ => null,
        },
        (Body: body, Builder: builder));

    /// <summary>The places that merge, in a body that does nothing with the builder but bind it, merge into it, choose by <c>if</c> and pass it through loops; −1 for other bodies.</summary>
    public static int Points(Expr body, Symbol builder) => new Places(builder).Of(body);

    /// <summary>The bodies by field, of a body that ends in a struct of which each field uses its own field of the builder only; else null.</summary>
    public static Seq<Expr>? Fields(Expr body, Symbol builder)
    {
        if (body is not StructLiteral s || builder.Type is not StructType)
        {
            return null;
        }

        for (var i = 0; i < s.Fields.Count; i++)
        {
            if (!UsesOnly(s.Fields[i], builder, i))
            {
                return null;
            }
        }

        return s.Fields;
    }

    /// <summary>The body of a field over a builder of its own.</summary>
    public static Expr ToField(Expr body, Symbol builder, Symbol own) => StackGuard.Walk(
        body,
        static a => a.Body is Field { Operand: Ident i } && i.Symbol == a.Builder ? new Ident(a.Own) { Span = a.Body.Span } : a.Body.Map(e => ToField(e, a.Builder, a.Own)),
        (Body: body, Builder: builder, Own: own));

    /// <summary>
    /// Of a body that is ifs around one merge: when it merges, as an i64 that is 1 there and 0 elsewhere, and what. Two loops over the same data with
    /// the same condition make as many elements, side by side.
    /// </summary>
    public static (Expr Condition, Expr Value)? Guarded(Expr body, Symbol builder) => StackGuard.Run(
        static a => Guard(a.Body, a.Builder) is ({ } condition, { } value) ? (condition, value) : ((Expr, Expr)?)null, (Body: body, Builder: builder));

    /// <summary>The body with another builder in the place of its own: <paramref name="atMerge"/> gives what stands for a merge of a value into that builder.</summary>
    public static Expr Thread(Expr body, Symbol builder, Expr other, Func<Expr, Expr, Expr> atMerge) =>
        new Threader(atMerge) { States = { [builder] = other } }.Of(body);

    /// <summary>Whether a variable stands in a tree.</summary>
    public static bool Mentions(Expr expr, Symbol symbol) => StackGuard.Walk(
        expr,
        static a =>
        {
            if (a.Expr is Ident i)
            {
                return i.Symbol == a.Symbol;
            }

            foreach (var child in a.Expr.Children.Span)
            {
                if (Mentions(child, a.Symbol))
                {
                    return true;
                }
            }

            return false;
        },
        (Expr: expr, Symbol: symbol));

    /// <summary>Not the lanes of a simd loop.</summary>
    private static bool IsOneElement(Merge merge) => merge.Builder.Type is BuilderType b && merge.Value.Type == b.MergeType;

    private static bool UsesOnly(Expr expr, Symbol builder, int field) => StackGuard.Walk(
        expr,
        static a =>
        {
            if (a.Expr is Field { Operand: Ident f, Index: var index } && f.Symbol == a.Builder)
            {
                return index == a.Field;
            }

            if (a.Expr is Ident i)
            {
                return i.Symbol != a.Builder;
            }

            foreach (var child in a.Expr.Children.Span)
            {
                if (!UsesOnly(child, a.Builder, a.Field))
                {
                    return false;
                }
            }

            return true;
        },
        (Expr: expr, Builder: builder, Field: field));

    private static (Expr? Condition, Expr? Value) Guard(Expr body, Symbol builder)
    {
        switch (body)
        {
            case Merge { Builder: Ident i } m when i.Symbol == builder && IsOneElement(m):
                return (new Literal(Scalar.I64(1)), m.Value);
            case Ident i when i.Symbol == builder:
                return (new Literal(Scalar.I64(0)), null);
            case Let let when !let.Value.Type.ContainsBuilder:
                var (condition, value) = Guard(let.Body, builder);
                return condition is null || value is null || Mentions(condition, let.Symbol) ? (null, null) : (condition, let with { Body = value });
            case If i:
                var (then, a) = Guard(i.Then, builder);
                var (otherwise, b) = Guard(i.Else, builder);
                return then is null || otherwise is null || (a is not null && b is not null) ? (null, null) : (new If(i.Condition, then, otherwise), a ?? b);
            default:
                return (null, null);
        }
    }

    private sealed class Places(Symbol builder)
    {
        private readonly HashSet<Symbol> _builders = new(ReferenceEqualityComparer.Instance) { builder };

        public int Of(Expr body) => StackGuard.Walk(body, static a => a.This.Step(a.Body), (This: this, Body: body));

        private int Step(Expr body)
        {
            switch (body)
            {
                case Ident i:
                    return _builders.Contains(i.Symbol) ? 0 : -1;
                case Merge m:
                    return IsOneElement(m) && Of(m.Builder) is >= 0 and var before ? before + 1 : -1;
                case Let let when !let.Value.Type.ContainsBuilder:
                    return Of(let.Body);
                case Let let:
                    if (Of(let.Value) is not (>= 0 and var inValue))
                    {
                        return -1;
                    }

                    _builders.Add(let.Symbol);
                    return Of(let.Body) is >= 0 and var inBody ? inValue + inBody : -1;
                case If i:
                    return Of(i.Then) is >= 0 and var then && Of(i.Else) is >= 0 and var otherwise ? then + otherwise : -1;
                case For f:
                    if (f.Iters[0].IsChunked || Of(f.Builder) is not (>= 0 and var outside))
                    {
                        return -1;
                    }

                    _builders.Add(f.Function.Parameters[0]);
                    return Of(f.Function.Body) is >= 0 and var inside ? outside + inside : -1;
                default:
                    return -1;
            }
        }
    }

    private sealed class Threader(Func<Expr, Expr, Expr> atMerge)
    {
        /// <summary>What stands for each variable that held the builder.</summary>
        public Dictionary<Symbol, Expr> States { get; } = new(ReferenceEqualityComparer.Instance);

        public Expr Of(Expr body) => StackGuard.Walk(body, static a => a.This.Step(a.Body), (This: this, Body: body));

        private Expr Step(Expr body)
        {
            switch (body)
            {
                case Ident i:
                    return States[i.Symbol];
                case Merge m:
                    var before = Of(m.Builder);
                    if (before is Ident or Field)
                    {
                        return atMerge(before, m.Value);
                    }

                    var named = new Symbol("b", before.Type);
                    return new Let(named, before, atMerge(new Ident(named), m.Value));
                case Let let when !let.Value.Type.ContainsBuilder:
                    return let with { Body = Of(let.Body) };
                case Let let:
                    var value = Of(let.Value);
                    var symbol = new Symbol(let.Symbol.Name, value.Type) { Span = let.Symbol.Span };
                    States[let.Symbol] = new Ident(symbol);
                    return let with { Symbol = symbol, Value = value, Body = Of(let.Body) };
                case If i:
                    return i with { Then = Of(i.Then), Else = Of(i.Else) };
                case For f:
                    var builder = Of(f.Builder);
                    var parameters = f.Function.Parameters;
                    var own = new Symbol(parameters[0].Name, builder.Type) { Span = parameters[0].Span };
                    States[parameters[0]] = new Ident(own);
                    return f with { Builder = builder, Function = f.Function with { Parameters = [own, parameters[1], parameters[2]], Body = Of(f.Function.Body) } };
                default:
                    throw new InvalidOperationException($"expected a body that passes its builder on, found {body.GetType().Name}");
            }
        }
    }
}
