using Weld.Core.IR;

namespace Weld.Core.Optimizer.Passes;

/// <summary>
/// A value that is computed twice is computed once, and one that a loop does not change is computed before it. Variables are bound where they are sure to
/// be needed: what can fail moves only to where it, or its like, is evaluated in any case, and never in a region that calls functions with effects.
/// </summary>
internal static class Cse
{
    public static readonly Pass Pass = new("cse", "What is computed twice, or in a loop that does not change it, is computed once.", Share) { MostRounds = 1 };

    private static Lambda Share(Lambda program)
    {
        var reader = new RegionReader(program.Facts.Size);
        reader.Program(program);
        return reader.FindsAny ? WithoutLeftBuilders(new Sharing(reader).Program(program)) : program;
    }

    // let b = for(v, appender, f); e  =>  e    where b was used in what e now shares: a builder must not be left over
    private static Lambda WithoutLeftBuilders(Lambda program)
    {
        for (var current = program; ; program = current)
        {
            var (before, uses) = (program, (Uses?)null);
            current = (Lambda)new Rewriter(Effects.Builds, e => e is Let { Value.Type.ContainsBuilder: true } let && (uses ??= Uses.Of(before))[let.Symbol].Count == 0 ? let.Body : null).Visit(program);
            if (ReferenceEquals(current, program))
            {
                return program;
            }
        }
    }

    // f(a) + g(a)                       =>  let t = a; f(t) + g(t)
    // if(c, f(a), g(a))                 =>  let t = a; if(c, f(t), g(t))
    // for(v, b, |b, i, x| e(x, a))      =>  let t = a; for(v, b, |b, i, x| e(x, t))    where a does not depend on b, i or x, and cannot fail
    private sealed class Sharing
    {
        private readonly RegionReader _reader;
        private readonly Func<Expr, Expr> _visit;

        /// <summary>The variables that hold values at this place.</summary>
        private readonly Dictionary<int, Symbol> _available = [];

        private readonly HashSet<Symbol> _inScope = new(ReferenceEqualityComparer.Instance);

        public Sharing(RegionReader reader)
        {
            _reader = reader;
            _visit = StackGuard.Guarded<Expr>(Step);
        }

        public Lambda Program(Lambda program) => (Lambda)_visit(program);

        private Expr Step(Expr expr) =>
            expr is Ident i ? _inScope.Contains(i.Symbol) ? i : Held(i, _reader.NumberOf(i)) ?? i
            : _reader.IsShareable(expr) && Held(expr, _reader.NumberOf(expr)) is { } held ? held
            : Below(expr);

        private Ident? Held(Expr expr, int number) => _available.TryGetValue(number, out var symbol) ? new Ident(symbol) { Span = expr.Span } : null;

        private Expr Below(Expr expr)
        {
            switch (expr)
            {
                case Let:
                    return Region(expr);
                case Lambda f:
                    _inScope.UnionWith(f.Parameters);
                    var body = Region(f.Body);
                    _inScope.ExceptWith(f.Parameters);
                    return ReferenceEquals(body, f.Body) ? f : f with { Body = body };
                case If i:
                    var (condition, then, other) = (_visit(i.Condition), Region(i.Then), Region(i.Else));
                    return ReferenceEquals(condition, i.Condition) && ReferenceEquals(then, i.Then) && ReferenceEquals(other, i.Else)
                        ? i : i with { Condition = condition, Then = then, Else = other };
                case Logical l:
                    var (left, right) = (_visit(l.Left), Region(l.Right));
                    return ReferenceEquals(left, l.Left) && ReferenceEquals(right, l.Right) ? l : l with { Left = left, Right = right };
                default:
                    return expr.Map(_visit);
            }
        }

        private Expr Region(Expr start)
        {
            var region = _reader.RegionAt(start)!;
            var chosen = Choose(region, start);
            var lets = new List<(Let? Original, Symbol Symbol, Expr Value)>();
            var made = new List<int>();
            var (next, statement, expr) = (0, 0, start);
            for (; expr is Let let; expr = let.Body, statement++)
            {
                var number = _reader.NumberOf(let.Value);
                next = Bind(chosen, next, statement, but: number, lets, made);
                var value = _visit(let.Value);
                var isShareable = _reader.IsShareable(let.Value);
                if (isShareable && value is Ident)
                {
                    continue;
                }

                lets.Add((let, let.Symbol, value));
                _inScope.Add(let.Symbol);
                if (isShareable)
                {
                    _available[number] = let.Symbol;
                    made.Add(number);
                }
            }

            Bind(chosen, next, statement, but: -1, lets, made);
            var body = _visit(expr);
            for (var i = lets.Count - 1; i >= 0; i--)
            {
                var (original, symbol, value) = lets[i];
                _inScope.Remove(symbol);
                body = original is null ? new Let(symbol, value, body)
                    : ReferenceEquals(value, original.Value) && ReferenceEquals(body, original.Body) ? original : original with { Value = value, Body = body };
            }

            foreach (var number in made)
            {
                _available.Remove(number);
            }

            return body;
        }

        /// <summary>Binds the chosen values that a statement is the first to need, operands first.</summary>
        private int Bind(List<(int Number, Occurrence At)> chosen, int next, int statement, int but, List<(Let? Original, Symbol Symbol, Expr Value)> lets, List<int> made)
        {
            for (; next < chosen.Count && chosen[next].At.Statement == statement; next++)
            {
                var (number, at) = chosen[next];
                if (number != but && !_available.ContainsKey(number) && MayStandHere(at.Tree))
                {
                    var symbol = new Symbol("t", at.Tree.Type) { Span = at.Tree.Span };
                    lets.Add((null, symbol, Below(at.Tree)));
                    _inScope.Add(symbol);
                    _available[number] = symbol;
                    made.Add(number);
                }
            }

            return next;
        }

        /// <summary>The values to bind in a region, by statement and number: those computed twice or by a loop, but no operand that only they need.</summary>
        private List<(int Number, Occurrence At)> Choose(Region region, Expr start)
        {
            var chosen = new List<(int Number, Occurrence At)>();
            foreach (var (number, at) in region.Occurrences)
            {
                if (at.Runs && (at.Repeats || at.Count > 1))
                {
                    chosen.Add((number, at));
                }
            }

            if (chosen.Count == 0)
            {
                return chosen;
            }

            chosen.Sort(static (a, b) => b.Number.CompareTo(a.Number));
            var acts = start.Facts.Has(Effects.Acts);
            var taken = new HashSet<int>();
            chosen.RemoveAll(c =>
            {
                var (number, at) = c;
                var isOperand = at.Parent >= 0 && taken.Contains(at.Parent) && region.Occurrences[at.Parent].Count == at.Count;
                var isWanted = !isOperand && _reader.IsShareable(at.Tree) && !(acts && at.Tree.Facts.Has(Effects.Fails));
                if (isOperand || isWanted)
                {
                    taken.Add(number);
                }

                return !isWanted || _available.ContainsKey(number);
            });
            chosen.Sort(static (a, b) => (a.At.Statement, a.Number).CompareTo((b.At.Statement, b.Number)));
            return chosen;
        }

        /// <summary>Whether all that an expression needs is in scope here, or held by a variable that is.</summary>
        private bool MayStandHere(Expr expr)
        {
            var bound = new HashSet<Symbol>(ReferenceEqualityComparer.Instance);
            Func<Expr, bool> visit = null!;
            visit = StackGuard.Guarded<bool>(Check);
            return visit(expr);

            bool Check(Expr e)
            {
                if (e is Ident i)
                {
                    return _inScope.Contains(i.Symbol) || bound.Contains(i.Symbol) || _available.ContainsKey(_reader.NumberOf(i));
                }

                if (!ReferenceEquals(e, expr) && _reader.IsShareable(e) && _available.ContainsKey(_reader.NumberOf(e)))
                {
                    return true;
                }

                bound.UnionWith(e.Binders);
                foreach (var child in e.Children.Span)
                {
                    if (!visit(child))
                    {
                        return false;
                    }
                }

                return true;
            }
        }
    }
}
