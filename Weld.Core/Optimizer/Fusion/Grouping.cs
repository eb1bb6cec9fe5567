using Weld.Core.IR;

namespace Weld.Core.Optimizer.Fusion;

/// <summary>Decides for each loop of a region which group it joins, in the order of the region.</summary>
internal sealed partial class Grouping
{
    /// <summary>How many copies of a loop's body may come from loops that merge in several places.</summary>
    private const int MostCopies = 4;

    private readonly List<Statement> _statements;
    private readonly Expr _tail;
    private readonly Dictionary<Symbol, Statement> _owners = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Symbol, (Stage Stage, Expr Value)> _streams = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Stage, Group> _groups = [];
    private readonly Dictionary<SourceKey, List<Group>> _bySource = [];
    private readonly Dictionary<LoopStatement, Group> _groupOf = [];

    public Grouping(List<Statement> statements, Expr tail)
    {
        _statements = statements;
        _tail = tail;
        foreach (var statement in statements)
        {
            foreach (var symbol in statement is LoopStatement s ? s.Outputs : [statement.Symbol])
            {
                _owners.Add(symbol, statement);
            }
        }
    }

    /// <summary>Puts every loop into a group; whether any group holds more than one.</summary>
    public bool Place()
    {
        Schedule();
        var together = false;
        foreach (var statement in _statements)
        {
            if (statement is LoopStatement s)
            {
                together |= Place(s);
            }
            else
            {
                statement.Depth = Depth(statement.Value);
            }
        }

        return together;
    }

    /// <summary>
    /// Says of each loop how long it can wait: until the least depth at which its elements are visited, if they are only visited. Depths are
    /// those that follow if all loops over elements of loops fuse.
    /// </summary>
    private void Schedule()
    {
        var needs = new List<(List<Statement> Waits, List<LoopStatement> Visits)>();
        foreach (var statement in _statements)
        {
            var (waits, visits) = (new List<Statement>(), new List<LoopStatement>());
            if (statement is LoopStatement s)
            {
                foreach (var iter in s.Loop.Iters.Span)
                {
                    if (Producer(iter) is { } producer)
                    {
                        visits.Add(producer);
                    }
                    else
                    {
                        foreach (var operand in iter.Operands.Span)
                        {
                            Collect(operand, waits);
                        }
                    }
                }

                Collect(s.Loop.Builder, waits);
                Collect(s.Loop.Function.Body, waits);
            }
            else
            {
                Collect(statement.Value, waits);
            }

            statement.Depth = statement is LoopStatement ? 1 : 0;
            foreach (var wait in waits)
            {
                statement.Depth = Math.Max(statement.Depth, wait.Depth + (statement is LoopStatement ? 1 : 0));
            }

            foreach (var visit in visits)
            {
                statement.Depth = Math.Max(statement.Depth, visit.Depth);
            }

            needs.Add((waits, visits));
        }

        var tail = new List<Statement>();
        Collect(_tail, tail);
        var latest = new Dictionary<Statement, int>();
        tail.ForEach(Take);
        for (var i = _statements.Count - 1; i >= 0; i--)
        {
            var statement = _statements[i];
            if (statement is LoopStatement s)
            {
                s.Latest = Math.Max(s.Depth, latest.GetValueOrDefault(s));
                foreach (var visit in needs[i].Visits)
                {
                    latest[visit] = latest.TryGetValue(visit, out var known) ? Math.Min(known, s.Latest) : s.Latest;
                }
            }

            needs[i].Waits.ForEach(Take);
        }

        void Take(Statement statement)
        {
            latest[statement] = 0;
            if (statement is LoopStatement s)
            {
                s.IsTaken = true;
            }
        }
    }

    /// <summary>The loop of the region whose elements a source visits one by one.</summary>
    private LoopStatement? Producer(Iter iter) =>
        iter is { Kind: IterKind.Scalar, Start: null, Data: Ident i } && _owners.GetValueOrDefault(i.Symbol) is LoopStatement s && LoopStatement.IsStream(BuilderOf(s, i.Symbol)) ? s : null;

    private static Expr BuilderOf(LoopStatement s, Symbol output) =>
        s.Outputs.Length == 1 ? s.Loop.Builder : ((StructLiteral)s.Loop.Builder).Fields[Array.IndexOf(s.Outputs, output)];

    private bool Collect(Expr expr, List<Statement> into) => StackGuard.Run(
        static a =>
        {
            if (a.Expr is Ident i && a.This._owners.TryGetValue(i.Symbol, out var owner))
            {
                a.Into.Add(owner);
            }

            foreach (var child in a.Expr.Children.Span)
            {
                a.This.Collect(child, a.Into);
            }

            return true;
        },
        (This: this, Expr: expr, Into: into));

    /// <summary>How many groups must have run before a value can be computed.</summary>
    private int Depth(Expr expr)
    {
        var needs = new List<Statement>();
        Collect(expr, needs);
        return needs.Count == 0 ? 0 : needs.Max(n => n.Depth);
    }

    private bool Place(LoopStatement s)
    {
        var loop = s.Loop;
        var needs = Math.Max(Depth(loop.Function.Body), Depth(loop.Builder));
        var (group, stage, elements) = Below(s, needs) ?? Beside(s, needs) ?? Apart(s, needs);
        group = group.Resolved;
        group.Join(s);
        s.Depth = group.Depth;
        _groupOf.Add(s, group);
        Add(s, group, stage, elements);
        return group.Loops > 1;
    }

    /// <summary>At the merges of one member, which make all the elements that the loop visits.</summary>
    private (Group, Stage, Expr[])? Below(LoopStatement s, int needs)
    {
        Stage? stage = null;
        var elements = new Expr[s.Loop.Iters.Count];
        for (var i = 0; i < elements.Length; i++)
        {
            if (Stream(s.Loop.Iters[i]) is not { Stage: { Parent: not null } at } stream || (stage ??= at) != at)
            {
                return null;
            }

            elements[i] = stream.Value;
        }

        var group = GroupOf(stage!);
        return needs < group.Depth && group.Accepts(s) && !MergeBody.Mentions(s.Loop.Function.Body, s.Loop.Function.Parameters[1]) ? (group, stage!, elements) : null;
    }

    /// <summary>In the loop that makes some of the elements, one each iteration; other data is visited beside it.</summary>
    private (Group, Stage, Expr[])? Beside(LoopStatement s, int needs)
    {
        var deepest = 0;
        foreach (var iter in s.Loop.Iters.Span)
        {
            if (Stream(iter) is { Stage: { Parent: null } at } && GroupOf(at) is var g && g.Accepts(s))
            {
                deepest = Math.Max(deepest, g.Depth);
            }
        }

        if (deepest == 0)
        {
            return null;
        }

        Group? group = null;
        var elements = new Expr[s.Loop.Iters.Count];
        for (var i = 0; i < elements.Length; i++)
        {
            var iter = s.Loop.Iters[i];
            if (Stream(iter) is { Stage: { Parent: null } at } stream && GroupOf(at) is var g && g.Depth == deepest && g.Accepts(s)
                && (group is null || group.Resolved == g || group.Resolved.Accepts(g)))
            {
                group = group is null ? g : Union(group, g);
                elements[i] = stream.Value;
            }
            else
            {
                needs = Math.Max(needs, DepthOf(iter));
            }
        }

        if (needs >= deepest)
        {
            return null;
        }

        return (group!, group!.Resolved.Root, Visit(s, group.Resolved, elements));
    }

    /// <summary>With a loop over some of the same data, or alone.</summary>
    private (Group, Stage, Expr[]) Apart(LoopStatement s, int needs)
    {
        foreach (var iter in s.Loop.Iters.Span)
        {
            needs = Math.Max(needs, DepthOf(iter));
        }

        var least = Math.Max(needs + 1, s.Latest);
        Group? group = null;
        foreach (var iter in s.IsFinished ? s.Loop.Iters : [])
        {
            foreach (var candidate in _bySource.GetValueOrDefault(new SourceKey(iter)) ?? [])
            {
                var g = candidate.Resolved;
                if (g.Depth >= least && (group is null || g.Depth < group.Depth) && g.Accepts(s))
                {
                    group = g;
                }
            }
        }

        if (group is null)
        {
            group = new Group(least);
            _groups.Add(group.Root, group);
        }

        return (group, group.Root, Visit(s, group, new Expr[s.Loop.Iters.Count]));
    }

    /// <summary>The elements of a loop in a group, which visits the data that it does not make; groups of the same depth over that data go into it.</summary>
    private Expr[] Visit(LoopStatement s, Group group, Expr[] elements)
    {
        for (var i = 0; i < elements.Length; i++)
        {
            if (elements[i] is not null)
            {
                continue;
            }

            var key = new SourceKey(s.Loop.Iters[i]);
            if (!_bySource.TryGetValue(key, out var groups))
            {
                _bySource.Add(key, groups = []);
            }

            foreach (var candidate in s.IsFinished ? groups : [])
            {
                var g = candidate.Resolved;
                if (g != group && g.Depth == group.Depth && g.Accepts(s) && group.Accepts(g))
                {
                    Union(group, g);
                }
            }

            if (!groups.Exists(g => g.Resolved == group))
            {
                groups.Add(group);
            }

            elements[i] = new Ident(group.Visit(s.Loop.Iters[i]));
        }

        return elements;
    }

    private static Group Union(Group group, Group other)
    {
        var (into, from) = (group.Resolved, other.Resolved);
        if (into != from)
        {
            into.Absorb(from);
        }

        return into;
    }

    private int DepthOf(Iter iter)
    {
        var depth = 0;
        foreach (var operand in iter.Operands.Span)
        {
            depth = Math.Max(depth, Depth(operand));
        }

        return depth;
    }

    private (Stage Stage, Expr Value)? Stream(Iter iter) =>
        iter is { Kind: IterKind.Scalar, Start: null, Data: Ident i } && _streams.TryGetValue(i.Symbol, out var stream) ? stream : null;

    private Group GroupOf(Stage stage)
    {
        while (stage.Parent is { } parent)
        {
            stage = parent;
        }

        return _groups[stage].Resolved;
    }

    /// <summary>Adds a loop's body at a stage, over the elements there.</summary>
    private void Add(LoopStatement s, Group group, Stage stage, Expr[] elements)
    {
        var (f, init) = (s.Loop.Function, s.Loop.Builder);
        var names = new ElementNames(f.Parameters[2], elements) { [f.Parameters[1]] = new Ident(group.Index) };
        var body = f.Body;
        for (; body is Let let && !let.Value.Type.ContainsBuilder; body = let.Body)
        {
            names[let.Symbol] = stage.Name(let.Symbol, names.In(let.Value));
        }

        body = names.In(body);
        var builder = f.Parameters[0];
        if (s.Outputs.Length > 1 && MergeBody.Fields(body, builder) is { } bodies)
        {
            for (var i = 0; i < bodies.Count; i++)
            {
                var own = new Symbol(builder.Name, ((StructLiteral)init).Fields[i].Type);
                Add(new Member([s.Outputs[i]], ((StructLiteral)init).Fields[i], own, MergeBody.ToField(bodies[i], builder, own)) { IsPinned = s.Value.Facts.Has(Effects.Asserts) }, stage);
            }
        }
        else
        {
            Add(new Member(s.Outputs, init, builder, body) { IsPinned = s.Value.Facts.Has(Effects.Asserts) }, stage);
        }
    }

    private void Add(Member member, Stage stage)
    {
        if (LoopStatement.IsStream(member.Init) && member.Outputs is [var output])
        {
            if (MergeBody.Value(member.Body, member.Builder) is { } value)
            {
                var element = stage.Name(new Symbol("y", value.Type), value);
                member = member with { Body = new Merge(new Ident(member.Builder), element) { Span = member.Body.Span } };
                _streams[output] = (stage, element);
            }
            else if (MergeBody.Guarded(member.Body, member.Builder) is var (condition, merged) && stage.Guarded(condition) is { } like)
            {
                Add(member with { Body = new Merge(new Ident(member.Builder), merged) }, like);
                return;
            }
            else if (MergeBody.Points(member.Body, member.Builder) is > 0 and var points && stage.Multiplicity * points <= MostCopies)
            {
                member.Child = new Stage(stage, member, stage.Multiplicity * points);
                _streams[output] = (member.Child, new Ident(member.Child.Element!));
            }
        }

        stage.Members.Add(member);
    }
}
