using Weld.Core.IR;
using Weld.Core.Types;

namespace Weld.Core.Optimizer.Fusion;

/// <summary>The region with each group as one loop.</summary>
internal sealed partial class Grouping
{
    private readonly HashSet<Symbol> _used = new(ReferenceEqualityComparer.Instance);

    /// <summary>The region's expression; null if a loop whose builder is passed on did not end up alone.</summary>
    public Expr? Emit()
    {
        var groups = _groups.Values.Where(g => g.Resolved == g).OrderByDescending(g => g.Depth).ToList();
        var loops = _groupOf.ToLookup(g => g.Value.Resolved, g => g.Key);
        foreach (var statement in _statements)
        {
            if (statement is not LoopStatement)
            {
                Use(statement.Value);
            }
        }

        Use(_tail);
        foreach (var group in groups)
        {
            if (!Mark(group.Root))
            {
                continue;
            }

            if (loops[group].ToList() is [var alone])
            {
                Use(alone.Value);
            }
            else
            {
                foreach (var (iter, _) in group.Sources)
                {
                    foreach (var operand in iter.Operands.Span)
                    {
                        Use(operand);
                    }
                }
            }
        }

        var lets = new List<(int Order, Symbol Symbol, Expr Value, Let? Original)>();
        foreach (var group in groups)
        {
            if (!Emit(group, loops, lets))
            {
                return null;
            }
        }

        foreach (var statement in _statements)
        {
            if (statement is not LoopStatement)
            {
                lets.Add(((statement.Depth * 2) + 1, statement.Symbol, statement.Value, statement.Let));
            }
        }

        var body = _tail;
        foreach (var (_, symbol, value, original) in lets.OrderBy(l => l.Order).Reverse())
        {
            body = body is Ident i && i.Symbol == symbol ? value
                : original is null || original.Symbol != symbol ? new Let(symbol, value, body)
                : original with { Value = value, Body = body };
        }

        return body;
    }

    private static bool Emit(Group group, ILookup<Group, LoopStatement> loops, List<(int Order, Symbol Symbol, Expr Value, Let? Original)> lets)
    {
        var order = group.Depth * 2;
        if (group.Loops == 1)
        {
            var alone = loops[group].Single();
            if (!group.Root.Members.Exists(m => m.IsLive))
            {
                return true;
            }

            lets.Add((order, alone.Symbol, alone.Value, alone.Let));
            for (var i = 0; i < alone.Outputs.Length && alone.Outputs.Length > 1; i++)
            {
                lets.Add((order, alone.Outputs[i], new Field(new Ident(alone.Symbol), i), null));
            }

            return true;
        }

        var live = group.Root.Members.Where(m => m.IsLive).ToList();
        if (live.Count == 0)
        {
            return true;
        }

        var init = Init(live);
        var builder = new Symbol("b", init.Type);
        var body = Body(group.Root, live, new Ident(builder));
        var element = group.Sources[0].Element;
        if (group.Sources.Count > 1)
        {
            element = new Symbol("x", new StructType(group.Sources.Select(s => s.Element.Type).ToSeq()));
            body = Substitution.Replace(body, group.Sources.Select((s, i) => (s.Element, Expr: (Expr)new Field(new Ident(element), i)))
                .ToDictionary(s => s.Element, s => s.Expr, (IEqualityComparer<Symbol>)ReferenceEqualityComparer.Instance));
        }

        Expr loop = new For(group.Sources.Select(s => s.Iter).ToSeq(), init, new Lambda([builder, group.Index, element], body)) { Span = group.Span, Annotations = group.Annotations };
        if (loops[group].FirstOrDefault(s => !s.IsFinished) is { } unfinished)
        {
            lets.Add((order, unfinished.Symbol, loop, null));
            return ReferenceEquals(init, unfinished.Loop.Builder);
        }

        loop = new Result(loop) { Span = group.Span };
        var result = new Symbol("r", loop.Type);
        var names = new List<(Symbol Symbol, Expr Value)>();
        Name(live, new Ident(result), names);
        if (names is [(var only, Ident)])
        {
            lets.Add((order, only, loop, null));
            return true;
        }

        lets.Add((order, result, loop, null));
        lets.AddRange(names.Select(n => (order, n.Symbol, n.Value, (Let?)null)));
        return true;
    }

    /// <summary>Which loops of a stage run, and what they use; the last values first.</summary>
    private bool Mark(Stage stage)
    {
        var any = false;
        foreach (var member in stage.Members)
        {
            member.IsNeeded = member.IsPinned || Array.Exists(member.Outputs, _used.Contains);
            member.IsLive = (member.Child is { } child && Mark(child)) | member.IsNeeded;
            any |= member.IsLive;
            if (member.IsLive)
            {
                Use(member.Body);
                Use(member.Init);
            }
        }

        for (var i = stage.Lets.Count - 1; i >= 0; i--)
        {
            var (symbol, value) = stage.Lets[i];
            if (any && (_used.Contains(symbol) || value.Facts.Has(Effects.Asserts)))
            {
                Use(value);
            }
            else
            {
                stage.Lets.RemoveAt(i);
            }
        }

        return any;
    }

    private bool Use(Expr expr) => StackGuard.Walk(
        expr,
        static a =>
        {
            if (a.Expr is Ident i)
            {
                a.This._used.Add(i.Symbol);
            }

            foreach (var child in a.Expr.Children.Span)
            {
                a.This.Use(child);
            }

            return true;
        },
        (This: this, Expr: expr));

    /// <summary>The builders of loops at one stage: one, or a struct of them.</summary>
    private static Expr Init(List<Member> live) => Together(live.Select(InitOf));

    private static Expr InitOf(Member member) => member.Child is { } child && child.Members.Exists(m => m.IsLive)
        ? Together([.. member.IsNeeded ? [member.Init] : Array.Empty<Expr>(), .. child.Members.Where(m => m.IsLive).Select(InitOf)])
        : member.Init;

    private static Expr Together(IEnumerable<Expr> fields) => fields.ToSeq() is var all && all is [var only] ? only : new StructLiteral(all);

    /// <summary>The values of a stage, then the bodies of its loops, each over its field of the builder.</summary>
    private static Expr Body(Stage stage, List<Member> live, Expr builder)
    {
        var body = Together(live.Select((m, i) => BodyOf(m, live.Count == 1 ? builder : new Field(builder, i))));
        return InLets(stage, body);
    }

    private static Expr InLets(Stage stage, Expr body)
    {
        for (var i = stage.Lets.Count - 1; i >= 0; i--)
        {
            body = new Let(stage.Lets[i].Symbol, stage.Lets[i].Value, body);
        }

        return body;
    }

    private static Expr BodyOf(Member member, Expr builder)
    {
        var live = member.Child?.Members.Where(m => m.IsLive).ToList();
        if (live is null or [])
        {
            return Substitution.Replace(member.Body, member.Builder, builder);
        }

        var isFirst = true;
        return MergeBody.Thread(member.Body, member.Builder, builder, (state, value) =>
        {
            var items = live.Count + (member.IsNeeded ? 1 : 0);
            var at = 0;
            var fields = new List<Expr>();
            if (member.IsNeeded)
            {
                fields.Add(new Merge(Next(), new Ident(member.Child!.Element!)));
            }

            foreach (var m in live)
            {
                fields.Add(BodyOf(m, Next()));
            }

            Expr merged = new Let(member.Child!.Element!, value, InLets(member.Child, Together(fields)));
            merged = isFirst ? merged : Substitution.Copy(merged);
            isFirst = false;
            return merged;

            Expr Next() => items == 1 ? state : new Field(state, at++);
        });
    }

    /// <summary>Gives the results the names that the region uses.</summary>
    private static void Name(List<Member> live, Expr result, List<(Symbol Symbol, Expr Value)> names)
    {
        for (var i = 0; i < live.Count; i++)
        {
            var own = live.Count == 1 ? result : new Field(result, i);
            var member = live[i];
            var below = member.Child?.Members.Where(m => m.IsLive).ToList() ?? [];
            if (below.Count == 0)
            {
                NameOf(member, own, names);
                continue;
            }

            if (member.IsNeeded)
            {
                NameOf(member, new Field(own, 0), names);
            }

            var items = below.Count + (member.IsNeeded ? 1 : 0);
            for (var k = 0; k < below.Count; k++)
            {
                Name([below[k]], items == 1 ? own : new Field(own, k + (member.IsNeeded ? 1 : 0)), names);
            }
        }
    }

    private static void NameOf(Member member, Expr result, List<(Symbol Symbol, Expr Value)> names)
    {
        for (var k = 0; k < member.Outputs.Length; k++)
        {
            names.Add((member.Outputs[k], member.Outputs.Length == 1 ? result : new Field(result, k)));
        }
    }
}
