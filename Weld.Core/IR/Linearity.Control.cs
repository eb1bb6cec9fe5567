using Weld.Core.Diagnostics;
using Weld.Core.Types;

namespace Weld.Core.IR;

/// <summary>Branches, functions that repeat, and simd loops.</summary>
internal sealed partial class Linearity
{
    private readonly Dictionary<Symbol, int> _simdLoopOf = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<Symbol> _simdIndices = new(ReferenceEqualityComparer.Instance);
    private int _simdLoops;

    /// <summary>The number of the simd loop around this place, or 0.</summary>
    private int _simdLoop;

    private Held? Branches(If i)
    {
        Visit(i.Condition);
        var then = Branch(i.Then, out var usedByThen);
        var other = Branch(i.Else, out var usedByElse);
        Rejoin(usedByThen, usedByElse, i.Else);
        Rejoin(usedByElse, usedByThen, i.Then);
        return Joined(then, other, i);
    }

    /// <summary>The right side of a lazy operator is a branch whose other side does nothing.</summary>
    private void Lazily(Logical l)
    {
        Visit(l.Left);
        Branch(l.Right, out var used);
        Rejoin(used, [], l);
    }

    /// <summary>Visits one side of a branch. What it used up of what was there before is undone for the other side, and given back.</summary>
    private Held? Branch(Expr side, out HashSet<BuilderValue> used)
    {
        var (start, made) = (_used.Count, _made.Count);
        var held = Visit(side);
        UseUp(held, side);
        Dropped(made, side);
        used = [];
        for (var i = start; i < _used.Count; i++)
        {
            if (_used[i].Index < made)
            {
                used.Add(_used[i]);
                _used[i].IsUsed = false;
            }
        }

        _used.RemoveRange(start, _used.Count - start);
        return held;
    }

    /// <summary>After both sides, what either used up is used up; what only one did, the other dropped.</summary>
    private void Rejoin(HashSet<BuilderValue> used, HashSet<BuilderValue> usedByOther, Expr other)
    {
        foreach (var value in used)
        {
            if (value.IsMerged && !usedByOther.Contains(value))
            {
                Report(other.Span, $"expected {value} to be used on both sides of the branch, found it dropped here", value.UsedAt);
            }

            if (!value.IsUsed)
            {
                value.IsUsed = true;
                _used.Add(value);
            }
        }
    }

    private Held? Joined(Held? one, Held? other, Expr at)
    {
        if (one is HeldFields f && other is HeldFields g)
        {
            var items = new Held?[f.Items.Count];
            for (var i = 0; i < items.Length; i++)
            {
                items[i] = Joined(f.Items[i], g.Items[i], at);
            }

            return new HeldFields(new Seq<Held?>(items));
        }

        if (one is not BuilderValue a || other is not BuilderValue b)
        {
            return null;
        }

        var joined = Next(a, at);
        joined.IsMerged |= b.IsMerged;
        joined.IsSimd |= b.IsSimd;
        joined.Origin = a.Origin == b.Origin ? a.Origin : null;
        return joined;
    }

    private Held? Loop(For f)
    {
        foreach (var iter in f.Iters.Span)
        {
            foreach (var operand in iter.Operands.Span)
            {
                Visit(operand);
            }
        }

        var initial = Visit(f.Builder);
        UseUp(initial, f.Builder);
        var outerSimdLoop = _simdLoop;
        var isSimd = f.Iters[0].Kind == IterKind.Simd;
        if (isSimd)
        {
            _simdLoop = ++_simdLoops;
            _simdIndices.Add(f.Function.Parameters[1]);
        }

        _level++;
        var start = _made.Count;
        var parameter = f.Function.Parameters[0];
        var own = Reborn(initial, parameter, v => v.IsSimd |= isSimd);
        foreach (var p in f.Function.Parameters.Span)
        {
            Bind(p, p == parameter ? own : null);
        }

        var body = Visit(f.Function.Body);
        Derived(own, body, f);
        UseUp(body, f.Function.Body);
        Dropped(start, f.Function.Body);
        _level--;
        _simdLoop = outerSimdLoop;
        return After(initial, body, f);
    }

    /// <summary>New values for a function's parameter, each its own origin.</summary>
    private Held? Reborn(Held? held, Symbol parameter, Action<BuilderValue> describe)
    {
        switch (held)
        {
            case HeldFields f:
                return new HeldFields(f.Items.To(i => Reborn(i, parameter, describe)));
            case BuilderValue v:
                var value = new BuilderValue { Level = _level, Index = _made.Count, Made = parameter.Span, IsSimd = v.IsSimd };
                value.Origin = value;
                describe(value);
                _made.Add(value);
                return value;
            default:
                return null;
        }
    }

    /// <summary>A loop's body gives back what derives from its own parameter, field by field.</summary>
    private void Derived(Held? own, Held? body, For f)
    {
        switch (own, body)
        {
            case (HeldFields a, HeldFields b):
                for (var i = 0; i < a.Items.Count; i++)
                {
                    Derived(a.Items[i], b.Items[i], f);
                }

                break;
            case (BuilderValue a, BuilderValue b) when b.Origin != a && !b.IsReported:
                Report(Last(f.Function.Body).Span, $"expected a builder that derives from the loop's own parameter, {a}, found {(b.Name == a.Name ? "another" : b)}", a.Made);
                break;
        }
    }

    private static Expr Last(Expr body)
    {
        while (body is Let let)
        {
            body = let.Body;
        }

        return body;
    }

    /// <summary>What comes out of a loop: the builders that went in, with the body's merges.</summary>
    private Held? After(Held? initial, Held? body, Expr at)
    {
        switch (initial)
        {
            case HeldFields f:
                var items = new Held?[f.Items.Count];
                for (var i = 0; i < items.Length; i++)
                {
                    items[i] = After(f.Items[i], body is HeldFields b ? b.Items[i] : null, at);
                }

                return new HeldFields(new Seq<Held?>(items));
            case BuilderValue v:
                var after = Next(v, at);
                after.IsMerged |= body is BuilderValue { IsMerged: true };
                return after;
            default:
                return null;
        }
    }

    /// <summary>The state of an iterate may drop a builder only if no turn merges into it.</summary>
    private Held? Repeated(Iterate i)
    {
        var initial = Visit(i.Initial);
        UseUp(initial, i.Initial);
        _level++;
        var start = _made.Count;
        var parameter = i.Function.Parameters[0];
        var own = Reborn(initial, parameter, static _ => { });
        Bind(parameter, own);
        var body = Visit(i.Function.Body);
        var next = body is HeldFields { Items: [var state, _] } ? state : null;
        UseUp(body, i.Function.Body);
        MarkMerged(own, initial, next);
        Dropped(start, i.Function.Body);
        _level--;
        return Kept(own, next, After(initial, next, i));
    }

    /// <summary>What comes out of an iterate derives from what went in only if each turn hands its own state's builder on.</summary>
    private static Held? Kept(Held? own, Held? next, Held? after)
    {
        switch (own, after)
        {
            case (HeldFields a, HeldFields b):
                for (var i = 0; i < a.Items.Count; i++)
                {
                    Kept(a.Items[i], next is HeldFields n ? n.Items[i] : null, b.Items[i]);
                }

                break;
            case (BuilderValue a, BuilderValue b) when next is not BuilderValue n || n.Origin != a:
                b.Origin = null;
                break;
        }

        return after;
    }

    private static void MarkMerged(Held? own, Held? initial, Held? next)
    {
        switch (own)
        {
            case HeldFields f:
                for (var i = 0; i < f.Items.Count; i++)
                {
                    MarkMerged(f.Items[i], initial is HeldFields a ? a.Items[i] : null, next is HeldFields b ? b.Items[i] : null);
                }

                break;
            case BuilderValue v:
                v.IsMerged |= initial is BuilderValue { IsMerged: true } || next is BuilderValue { IsMerged: true };
                break;
        }
    }

    private void Repeatedly(Expr body)
    {
        _level++;
        var start = _made.Count;
        Visit(body);
        Dropped(start, body);
        _level--;
    }

    private void CheckSimd(Ident i)
    {
        if (_simdIndices.Contains(i.Symbol))
        {
            _diagnostics.Add(CompileCode.Type, i.Span, $"expected no use of the index in a simd loop, found '{i.Symbol.Name}'");
        }
        else if (_simdLoopOf.TryGetValue(i.Symbol, out var loop) && loop != 0 && loop != _simdLoop)
        {
            _diagnostics.Add(CompileCode.Type, i.Span, $"expected simd values of this simd loop, found '{i.Symbol.Name}' of another");
        }
    }

    private void CheckSimd(Merge m, BuilderValue builder)
    {
        var isSimd = m.Value.Type is SimdType;
        if (isSimd != builder.IsSimd)
        {
            _diagnostics.Add(CompileCode.Type, m.Value.Span, isSimd
                ? $"expected a value that is not simd outside a simd loop's own builder, found {m.Value.Type}"
                : $"expected a simd value in a simd loop, found {m.Value.Type}");
        }
    }
}
