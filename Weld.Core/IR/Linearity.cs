using Weld.Core.Diagnostics;
using Weld.Core.Types;

namespace Weld.Core.IR;

/// <summary>
/// Every builder is used exactly once (language.md §5). The walk follows each builder value, through variables, fields and branches, from where it is made
/// to where it is used up: merged into, finished, looped over, or returned. It also holds simd loops to their rules (§6): no index, only simd merged, no
/// simd value of another loop.
/// </summary>
internal sealed partial class Linearity
{
    private readonly DiagnosticBag _diagnostics;
    private readonly Dictionary<Symbol, Held> _held = new(ReferenceEqualityComparer.Instance);
    private readonly List<BuilderValue> _made = [];

    /// <summary>The values used up so far on this control path, in order.</summary>
    private readonly List<BuilderValue> _used = [];

    /// <summary>How many functions that run many times are around this place.</summary>
    private int _level;

    private Linearity(DiagnosticBag diagnostics) => _diagnostics = diagnostics;

    /// <summary>Adds a diagnostic for every builder of a typed program that is not used exactly once.</summary>
    public static void Check(Lambda program, DiagnosticBag diagnostics)
    {
        var check = new Linearity(diagnostics);
        foreach (var p in program.Parameters)
        {
            check.Bind(p, check.New(p.Type, v => v.Made = p.Span));
        }

        check.UseUp(check.Visit(program.Body), program.Body);
        check.Dropped(0, program.Body);
    }

    private Held? Visit(Expr expr) => StackGuard.Walk(expr, static a => a.This.Step(a.Expr), (This: this, Expr: expr));

    /// <summary>The builders in the value of a node.</summary>
    private Held? Step(Expr expr)
    {
        switch (expr)
        {
            case Literal or StringLiteral:
                return null;
            case Ident i:
                CheckSimd(i);
                return _held.GetValueOrDefault(i.Symbol);
            case Binary b:
                Visit(b.Left);
                Visit(b.Right);
                return null;
            case Let l:
                return LetChain(l);
            case Field f:
                return Visit(f.Operand) is HeldFields fields ? fields.Items[f.Index] : null;
            case StructLiteral s:
                var items = s.Fields.To(Visit);
                return s.Type.ContainsBuilder ? new HeldFields(items) : null;
            case NewBuilder n:
                return Made(n);
            case Merge m:
                return Merged(m);
            case Result r:
                UseUp(Visit(r.Builder), r.Builder);
                return null;
            case If i:
                return Branches(i);
            case Logical l:
                Lazily(l);
                return null;
            case Select s:
                Visit(s.Condition);
                var (then, other) = (Visit(s.Then), Visit(s.Else));
                UseUp(then, s.Then);
                UseUp(other, s.Else);
                return Joined(then, other, s);
            case For f:
                return Loop(f);
            case Iterate i:
                return Repeated(i);
            case Sort s:
                Visit(s.Vector);
                Repeatedly(s.Comparator.Body);
                return null;
            case Apply a:
                for (var i = 0; i < a.Arguments.Count; i++)
                {
                    Bind(a.Function.Parameters[i], Visit(a.Arguments[i]));
                }

                return Visit(a.Function.Body);
            default:
                return Other(expr);
        }
    }

    private Held? Other(Expr expr)
    {
        foreach (var child in expr.Children.Span)
        {
            UseUp(Visit(child), child);
        }

        return expr.Type.ContainsBuilder ? New(expr.Type, v => v.Made = expr.Span) : null;
    }

    private Held? Made(NewBuilder n)
    {
        if (n.Argument is not null)
        {
            Visit(n.Argument);
        }

        return New(n.Type, v => v.Made = n.Span);
    }

    private Held? LetChain(Let first)
    {
        Expr expr = first;
        for (; expr is Let let; expr = let.Body)
        {
            Bind(let.Symbol, Visit(let.Value));
        }

        return Visit(expr);
    }

    private void Bind(Symbol symbol, Held? held)
    {
        if (symbol.Type.ContainsSimd)
        {
            _simdLoopOf[symbol] = _simdLoop;
        }

        if (held is null)
        {
            return;
        }

        Name(held, symbol.Name);
        _held[symbol] = held;
    }

    private static void Name(Held? held, string name)
    {
        switch (held)
        {
            case BuilderValue v:
                v.Name = name;
                break;
            case HeldFields f:
                for (var i = 0; i < f.Items.Count; i++)
                {
                    Name(f.Items[i], $"{name}.${i}");
                }

                break;
        }
    }

    /// <summary>New builder values for all builders in a type.</summary>
    private Held? New(WeldType type, Action<BuilderValue> describe)
    {
        if (!type.ContainsBuilder)
        {
            return null;
        }

        if (type is StructType s)
        {
            return new HeldFields(s.Fields.To(f => New(f, describe)));
        }

        var value = new BuilderValue { Level = _level, Index = _made.Count };
        describe(value);
        _made.Add(value);
        return value;
    }

    private BuilderValue Next(BuilderValue before, Expr at)
    {
        var value = new BuilderValue { Level = _level, Index = _made.Count, Name = before.Name, Made = at.Span, Origin = before.Origin, IsSimd = before.IsSimd, IsMerged = before.IsMerged, IsReported = before.IsReported };
        _made.Add(value);
        return value;
    }

    private BuilderValue? Merged(Merge m)
    {
        var builder = Visit(m.Builder) as BuilderValue;
        UseUp(builder, m.Builder);
        Visit(m.Value);
        if (builder is null)
        {
            return null;
        }

        CheckSimd(m, builder);
        var next = Next(builder, m);
        next.IsMerged = true;
        return next;
    }

    private void UseUp(Held? held, Expr at)
    {
        switch (held)
        {
            case HeldFields fields:
                foreach (var item in fields.Items.Span)
                {
                    UseUp(item, at);
                }

                break;
            case BuilderValue { IsUsed: true } value:
                Report(at.Span, $"expected {value} to be used once, found a second use", value.UsedAt);
                value.IsReported = true;
                break;
            case BuilderValue value when value.Level < _level:
                Report(at.Span, $"expected a builder of the function's own, found {value} from outside, which the function would use each time it runs", value.Made);
                value.IsReported = true;
                break;
            case BuilderValue value:
                value.IsUsed = true;
                value.UsedAt = at.Span;
                _used.Add(value);
                break;
        }
    }

    /// <summary>Reports what was made since <paramref name="start"/>, merged into, and not used up at the end of its scope.</summary>
    private void Dropped(int start, Expr scope)
    {
        for (var i = start; i < _made.Count; i++)
        {
            if (_made[i] is { IsUsed: false, IsMerged: true, IsReported: false } value)
            {
                Report(value.Made, $"expected {value} to be used after its merge, found it dropped", Last(scope).Span);
                value.IsUsed = true;
            }
        }
    }

    private void Report(SourceSpan span, string message, SourceSpan related) => _diagnostics.Add(CompileCode.Linearity, span, message, related);

    /// <summary>The builders in a value: none (null), one, or those of a struct's fields.</summary>
    private abstract class Held;

    private sealed class HeldFields(Seq<Held?> items) : Held
    {
        public Seq<Held?> Items { get; } = items;
    }

    private sealed class BuilderValue : Held
    {
        public string? Name { get; set; }

        public SourceSpan Made { get; set; }

        public SourceSpan UsedAt { get; set; }

        public bool IsUsed { get; set; }

        /// <summary>Whether something may have been merged into it.</summary>
        public bool IsMerged { get; set; }

        /// <summary>Whether a use of it, or of what it came from, was reported: what follows from that is no error of its own.</summary>
        public bool IsReported { get; set; }

        /// <summary>The loop's parameter that it derives from, if it is one.</summary>
        public BuilderValue? Origin { get; set; }

        /// <summary>Whether a simd loop runs it.</summary>
        public bool IsSimd { get; set; }

        public int Level { get; init; }

        /// <summary>Its place in the order of making.</summary>
        public int Index { get; init; }

        public override string ToString() => Name is null ? "the builder" : $"the builder '{Name}'";
    }
}
