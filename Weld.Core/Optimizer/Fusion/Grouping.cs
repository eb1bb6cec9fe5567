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

    /// <summary>Whether two loops may come together: one visits what another makes, or both visit the same data.</summary>
    public bool MayFuse()
    {
        var sources = new HashSet<SourceKey>();
        foreach (var statement in _statements)
        {
            if (statement is not LoopStatement { Loop: var loop })
            {
                continue;
            }

            foreach (var iter in loop.Iters.Span)
            {
                if (Producer(iter) is not null || !sources.Add(new SourceKey(iter)))
                {
                    return true;
                }
            }
        }

        return false;
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
                statement.Depth = 0;
                foreach (var wait in statement.Waits)
                {
                    statement.Depth = Math.Max(statement.Depth, wait.Depth);
                }
            }
        }

        return together;
    }

    /// <summary>
    /// Says of each loop how long it can wait: until the least depth at which its elements are visited, if nothing else needs it before. Depths are
    /// those that follow if all loops over elements of loops fuse.
    /// </summary>
    private void Schedule()
    {
        var needs = _statements.ConvertAll(Needs);
        for (var i = 0; i < _statements.Count; i++)
        {
            _statements[i].Waits = needs[i].Waits;
        }

        var filtered = new HashSet<LoopStatement>();
        var deepest = 0;
        for (var i = 0; i < _statements.Count; i++)
        {
            var (statement, (waits, visits)) = (_statements[i], needs[i]);
            var s = statement as LoopStatement;
            if (s is not null)
            {
                var isBelow = visits.Exists(filtered.Contains);
                if (isBelow && (visits.Count < s.Loop.Iters.Count || MergeBody.Mentions(s.Loop.Function.Body, s.Loop.Function.Parameters[1])))
                {
                    waits.AddRange(visits);
                    visits.Clear();
                    isBelow = false;
                }

                if (isBelow || MergeBody.Value(s.Loop.Function.Body, s.Loop.Function.Parameters[0]) is null)
                {
                    filtered.Add(s);
                }
            }

            var own = s is null ? 0 : 1;
            statement.Depth = own;
            foreach (var wait in waits)
            {
                statement.Depth = Math.Max(statement.Depth, wait.Depth + own);
            }

            foreach (var visit in visits)
            {
                statement.Depth = Math.Max(statement.Depth, visit.Depth);
            }

            foreach (var visit in visits)
            {
                visit.MustLast = Math.Max(visit.MustLast, statement.Depth);
            }

            deepest = Math.Max(deepest, statement.Depth);
        }

        var tail = new List<Statement>();
        Collect(_tail, tail);

        // Once as if all that is visited could wait too; then without what would have to be made for a loop only because that loop waits.
        Wait(needs, tail, deepest, Wait(needs, tail, deepest, null));
    }

    /// <summary>From the last statement to the first: the depth at which each loop is wanted. Gives the first visit of each loop.</summary>
    private Dictionary<LoopStatement, int> Wait(
        List<(List<Statement> Waits, List<LoopStatement> Visits)> needs, List<Statement> tail, int deepest, Dictionary<LoopStatement, int>? firstVisits)
    {
        var needed = new Dictionary<Statement, int>();
        var visited = new Dictionary<LoopStatement, int>();
        tail.ForEach(t => Take(t, deepest));
        for (var i = _statements.Count - 1; i >= 0; i--)
        {
            var depth = needed.GetValueOrDefault(_statements[i], deepest);
            if (_statements[i] is LoopStatement s)
            {
                s.Latest = visited.TryGetValue(s, out var visit) && visit <= depth && (firstVisits is null || needs[i].Visits.TrueForAll(v => v.IsTaken || v.MustLast >= visit || firstVisits[v] >= visit))
                    ? Math.Max(visit, s.Depth)
                    : s.Depth;
                s.Deadline = Math.Max(s.Latest, Math.Min(depth, visited.GetValueOrDefault(s, int.MaxValue)));
                s.LastVisit = 0;
                foreach (var producer in needs[i].Visits)
                {
                    visited[producer] = Math.Min(visited.GetValueOrDefault(producer, int.MaxValue), s.Latest);
                }

                depth = s.Latest - 1;
            }

            foreach (var wait in needs[i].Waits)
            {
                Take(wait, depth);
            }
        }

        for (var i = 0; i < _statements.Count; i++)
        {
            foreach (var producer in needs[i].Visits)
            {
                producer.LastVisit = Math.Max(producer.LastVisit, ((LoopStatement)_statements[i]).Latest);
            }
        }

        return visited;

        void Take(Statement statement, int before)
        {
            needed[statement] = Math.Min(needed.GetValueOrDefault(statement, int.MaxValue), before);
            if (statement is LoopStatement s)
            {
                s.IsTaken = true;
            }
        }
    }

    /// <summary>What a statement waits for, and the loops whose elements it visits.</summary>
    private (List<Statement> Waits, List<LoopStatement> Visits) Needs(Statement statement)
    {
        var (waits, visits) = (new List<Statement>(), new List<LoopStatement>());
        if (statement is not LoopStatement { Loop: var loop })
        {
            Collect(statement.Value, waits);
            return (waits, visits);
        }

        foreach (var iter in loop.Iters.Span)
        {
            if (Producer(iter) is { } producer)
            {
                visits.Add(producer);
                continue;
            }

            foreach (var operand in iter.Operands.Span)
            {
                Collect(operand, waits);
            }
        }

        Collect(loop.Builder, waits);
        Collect(loop.Function.Body, waits);
        return (waits, visits);
    }

    /// <summary>The loop of the region whose elements a source visits one by one.</summary>
    private LoopStatement? Producer(Iter iter) =>
        iter is { Kind: IterKind.Scalar, Start: null, Data: Ident i } && _owners.GetValueOrDefault(i.Symbol) is LoopStatement s && LoopStatement.IsStream(BuilderOf(s, i.Symbol)) ? s : null;

    private static Expr BuilderOf(LoopStatement s, Symbol output) =>
        s.Outputs.Length == 1 ? s.Loop.Builder : ((StructLiteral)s.Loop.Builder).Fields[Array.IndexOf(s.Outputs, output)];

    private bool Collect(Expr expr, List<Statement> into) => StackGuard.Walk(
        expr,
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
        var needs = 0;
        foreach (var wait in s.Waits)
        {
            needs = Math.Max(needs, wait.Depth);
        }

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
        return needs < group.Depth && group.Accepts(s) && !CanWait(s, group) && !MergeBody.Mentions(s.Loop.Function.Body, s.Loop.Function.Parameters[1]) ? (group, stage!, elements) : null;
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

        if (needs >= deepest || CanWait(s, group!.Resolved))
        {
            return null;
        }

        return (group!, group!.Resolved.Root, Visit(s, group.Resolved, elements));
    }

    /// <summary>Whether a loop is better placed in a deeper group: what it visits has to be made anyway, and its own result only if it does not wait.</summary>
    private bool CanWait(LoopStatement s, Group group)
    {
        if (s.Latest <= group.Depth)
        {
            return false;
        }

        foreach (var iter in s.Loop.Iters.Span)
        {
            if (Producer(iter)?.IsMadeAt(group.Depth) == false)
            {
                return false;
            }
        }

        return true;
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
                if (g.Depth >= least && g.Depth <= Math.Max(least, s.Deadline) && (group is null || g.Depth < group.Depth) && g.Accepts(s))
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
        if (iter is { Start: null, Shape: null, Data: Ident i })
        {
            return _owners.GetValueOrDefault(i.Symbol)?.Depth ?? 0;
        }

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
                Add(new Member([s.Outputs[i]], ((StructLiteral)init).Fields[i], own, MergeBody.ToField(bodies[i], builder, own)) { IsPinned = IsPinned(s) }, stage);
            }
        }
        else
        {
            Add(new Member(s.Outputs, init, builder, body) { IsPinned = IsPinned(s) }, stage);
        }
    }

    /// <summary>Whether a loop stays even if nothing uses it: it asserts, or uses up a builder of the region, which would be left over.</summary>
    private static bool IsPinned(LoopStatement s) =>
        s.Value.Facts.Has(Effects.Asserts) || Takes(s.Loop.Builder) || s.Loop.Iters.Array.Any(i => i is not { Start: null, Shape: null, Data: Ident { Type.ContainsBuilder: false } } && i.Operands.Any(Consumes));

    private static bool Takes(Expr init) => init switch
    {
        NewBuilder { Argument: { } argument } => Consumes(argument),
        StructLiteral s => s.Fields.Any(Takes),
        _ => false,
    };

    private static bool Consumes(Expr operand) => operand.Facts.Has(Effects.Builds) && Dropping.TakesBuilder(operand, static _ => true);

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
