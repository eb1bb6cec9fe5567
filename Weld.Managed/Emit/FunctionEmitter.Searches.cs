using System.Linq.Expressions;
using Weld.Core.IR;
using Weld.Core.Types;
using Weld.Managed.Builders;

namespace Weld.Managed.Emit;

/// <summary>
/// Searches in large dictionaries. Their keys are often known ahead: then a batch of iterations has its slots asked for, then its entries, and these entries' texts, before the first of
/// them runs, so that all are on their way from memory at once. Nothing of the iterations themselves moves.
/// </summary>
internal sealed partial class FunctionEmitter
{
    private const long Batch = 32;

    /// <summary>A table of fewer slots is near enough.</summary>
    private const long NearSlots = 1 << 14;

    private const int MostBodyNodes = 500;
    private const int MostKeyNodes = 32;
    private const int MostSearches = 4;

    // while (index < last) { end = last; if (a table is large) { end = min(index + 32, last); ask for what iterations up to end look at } iterations up to end }
    private void EmitInBatches(For node, LoopSource[] sources, ParameterExpression index, Expression last, Action<Expression> emitIterations)
    {
        var searches = Searches(node, sources);
        if (searches.Count == 0)
        {
            emitIterations(last);
            return;
        }

        Loop(exit =>
        {
            Do(Expression.IfThen(Expression.GreaterThanOrEqual(index, last), Expression.Break(exit)));
            var end = Local(last, "batchEnd");
            var isLarge = searches.Select(s => (Expression)Expression.GreaterThan(s.Table.Mask, Expression.Constant(NearSlots))).Aggregate(Expression.AndAlso);
            Do(Expression.IfThen(isLarge, Scoped(() =>
            {
                Do(Expression.Assign(end, Clr.Min(Expression.Add(index, Expression.Constant(Batch)), last)));
                EmitFetches(node, sources, searches, index, end);
            })));
            emitIterations(end);
        });
    }

    private void EmitFetches(For node, LoopSource[] sources, List<Search> searches, ParameterExpression index, ParameterExpression end)
    {
        var hashes = Scratch(checked((int)Batch * sizeof(long) * searches.Count));
        var (ahead, place) = (Local(index, "ahead"), Local(hashes, "place"));
        CountTo(ahead, end, () =>
        {
            BindElement(node, sources, ahead);
            for (var i = 0; i < searches.Count; i++)
            {
                var (code, table, key, lets) = searches[i];
                foreach (var let in lets)
                {
                    Bind(let.Symbol, Hold(Emit(let.Value)));
                }

                Do(Clr.StoreLong(Clr.At(place, sizeof(long) * i), code.FetchSlot(this, table, Emit(key))));
            }

            Do(Expression.Assign(place, Expression.Add(place, Expression.Constant((long)sizeof(long) * searches.Count))));
        });
        ForEachPlace("read", (search, at) =>
        {
            var entry = search.Code.FetchEntry(this, search.Table, Local(Clr.LoadLong(at), "hash"));
            if (search.Code.HasTexts)
            {
                Do(Clr.StoreLong(at, entry));
            }
        });
        if (searches.Exists(s => s.Code.HasTexts))
        {
            ForEachPlace("found", (search, at) => search.Code.FetchTexts(this, Local(Clr.LoadLong(at), "entry")));
        }

        void ForEachPlace(string name, Action<Search, Expression> emit)
        {
            var read = Local(hashes, name);
            CountTo(
                read,
                place,
                () =>
                {
                    for (var i = 0; i < searches.Count; i++)
                    {
                        emit(searches[i], Clr.At(read, sizeof(long) * i));
                    }
                },
                Expression.Constant((long)sizeof(long) * searches.Count));
        }
    }

    /// <summary>The searches for keys, in dictionaries from outside the loop, that can be computed from an iteration's element by what neither fails nor allocates.</summary>
    private List<Search> Searches(For node, LoopSource[] sources)
    {
        var found = new List<Search>();
        var body = node.Function.Body;
        if (body.Facts.Size > MostBodyNodes || sources.Any(s => s.Kind == IterKind.NDimensional))
        {
            return found;
        }

        var known = new HashSet<Symbol>(FreeVariables.Of(node.Function), ReferenceEqualityComparer.Instance) { node.Function.Parameters[1], node.Function.Parameters[2] };
        var lets = new Dictionary<Symbol, Let>(ReferenceEqualityComparer.Instance);
        Visit(body);
        return found;

        void Visit(Expr at)
        {
            switch (at)
            {
                case Let let:
                    lets[let.Symbol] = let;
                    break;
                case For:
                    return;
                case OptLookup o:
                    Take(o.Dictionary, o.Key);
                    break;
                case KeyExists k:
                    Take(k.Dictionary, k.Key);
                    break;
                case Lookup { Collection.Type: DictionaryType } l:
                    Take(l.Collection, l.Key);
                    break;
            }

            foreach (var child in at.Children)
            {
                Visit(child);
            }
        }

        void Take(Expr dictionary, Expr key)
        {
            var needed = new List<Let>();
            if (found.Count < MostSearches && dictionary is Ident { Symbol: var symbol } && _variables.TryGetValue(symbol, out var operand)
                && operand is DictionaryOperand { Table: { } table } && new KeyCode((DictionaryType)dictionary.Type) is { CanFetch: true } code && IsKnown(key, needed)
                && !found.Any(f => f.Table == table && f.Key.Equals(key)))
            {
                found.Add(new Search(code, table, key, needed));
            }
        }

        // Whether an expression can be computed ahead; the lets that it needs, in order.
        bool IsKnown(Expr at, List<Let> needed)
        {
            if (at.Facts.Effects != Effects.None || at.Facts.Size > MostKeyNodes || SearchesItself(at))
            {
                return false;
            }

            foreach (var symbol in FreeVariables.Of(at).Where(s => !known.Contains(s) && !needed.Any(l => ReferenceEquals(l.Symbol, s))))
            {
                if (!lets.TryGetValue(symbol, out var let) || !IsKnown(let.Value, needed))
                {
                    return false;
                }

                needed.Add(let);
            }

            return true;
        }
    }

    private static bool SearchesItself(Expr at) => at is OptLookup or KeyExists || at.Children.Any(SearchesItself);

    /// <summary>A search whose key is known ahead.</summary>
    private sealed record Search(KeyCode Code, KeyTable Table, Expr Key, List<Let> Lets);
}
