using Weld.Core.IR;
using Weld.Core.Values;

namespace Weld.Core.Optimizer.Passes;

/// <summary>What a dictionary has under the key of an entry that a loop visits is the entry's value.</summary>
internal static class InlineEntries
{
    public static readonly Pass Pass = new("inline-entries", "A lookup of the key of the entry that a loop visits is its value.", Effects.Loops, OwnKeys);

    // for(tovec(d), b, |b, i, x| … lookup(d, x.$0) … optlookup(d, x.$0) … keyexists(d, x.$0) …)  =>  for(tovec(d), b, |b, i, x| … x.$1 … {true, x.$1} … true …)
    // Also among zipped data. All NaNs are one key, so that each key is found.
    private static For? OwnKeys(Expr node)
    {
        if (node is not For loop)
        {
            return null;
        }

        var function = loop.Function;
        for (var i = 0; i < loop.Iters.Count; i++)
        {
            if (loop.Iters[i] is { Kind: IterKind.Scalar, Data: ToVector { Dictionary: Ident or Field { Operand: Ident } } entries })
            {
                function = WithEntries(function, entries.Dictionary, loop.Iters.Count == 1 ? null : i);
            }
        }

        return ReferenceEquals(function, loop.Function) ? null : loop with { Function = function };
    }

    private static Lambda WithEntries(Lambda function, Expr dictionary, int? place)
    {
        var element = function.Parameters[2];
        Func<Expr, Expr> visit = null!;
        visit = StackGuard.Guarded<Expr>(Step);
        var body = visit(function.Body);
        return ReferenceEquals(body, function.Body) ? function : function with { Body = body };

        Expr Step(Expr e) => e switch
        {
            Lookup l when IsOwn(l.Collection, l.Key) => new Field(Entry(), 1),
            OptLookup o when IsOwn(o.Dictionary, o.Key) => new StructLiteral([new Literal(Scalar.Bool(true)), new Field(Entry(), 1)]),
            KeyExists k when IsOwn(k.Dictionary, k.Key) => new Literal(Scalar.Bool(true)),
            _ => e.Map(visit),
        };

        bool IsOwn(Expr searched, Expr key) => key is Field { Index: 0, Operand: var entry } && IsEntry(entry) && AlphaEquality.Equal(searched, dictionary);

        bool IsEntry(Expr entry) => place is null ? entry is Ident i && i.Symbol == element : entry is Field { Operand: Ident all, Index: var at } && all.Symbol == element && at == place;

        Expr Entry() => place is { } at ? new Field(new Ident(element), at) : new Ident(element);
    }
}
