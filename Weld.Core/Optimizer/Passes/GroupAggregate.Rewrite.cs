using Weld.Core.IR;
using Weld.Core.Operators;
using Weld.Core.Types;

namespace Weld.Core.Optimizer.Passes;

internal static partial class GroupAggregate
{
    /// <summary>Makes the dictionaries that were found hold reductions instead of groups.</summary>
    private sealed class Rewrite
    {
        private readonly Search _search;
        private readonly Dictionary<Symbol, Symbol> _renamed = new(ReferenceEqualityComparer.Instance);
        private readonly Func<Expr, Expr> _visit;

        public Rewrite(Search search)
        {
            _search = search;
            _visit = Visit;
        }

        public Expr Visit(Expr expr) => StackGuard.Walk(expr, static a => a.This.Step(a.Expr), (This: this, Expr: expr));

        private Expr Step(Expr expr)
        {
            switch (expr)
            {
                case Ident i:
                    return _renamed.TryGetValue(i.Symbol, out var symbol) ? i with { Symbol = symbol } : i;
                case Let first:
                    return LetChain(first);
                case Apply a:
                    return Called(a);
                case Sort s when IsPart(s.Comparator.Parameters[0]):
                    return Sorted(s);
                case For f when IsPart(f.Function.Parameters[2]) || _search.Zipped.ContainsKey(f.Function.Parameters[2]):
                    var loop = f with { Iters = f.Iters.Map(i => i.Map(_visit)), Builder = Visit(f.Builder) };
                    var parameters = f.Function.Parameters;
                    return loop with { Function = f.Function with { Parameters = [parameters[0], parameters[1], Rename(parameters[2], loop.ElementType)], Body = Visit(f.Function.Body) } };
                case Result or Length when _search.Reductions.TryGetValue(expr, out var reduction) && reduction.Grouping.IsReduced:
                    var group = Visit(expr is Length l ? l.Vector : ((For)((Result)expr).Builder).Iters[0].Data!);
                    return reduction.Grouping.Reductions.Count == 1 ? group : new Field(group, reduction.Index);
                case Result r when _search.Groupings.TryGetValue(r, out var grouping) && grouping.IsReduced:
                    return r with { Builder = new Gather(this, grouping).Builder(r.Builder) };
                default:
                    return expr.Map(_visit);
            }
        }

        private Apply Called(Apply a)
        {
            var arguments = a.Arguments.Map(_visit);
            var own = a.Function.Parameters.Select((p, i) => p.Type == arguments[i].Type ? p : Rename(p, arguments[i].Type)).ToSeq();
            return a with { Arguments = arguments, Function = a.Function with { Parameters = own, Body = Visit(a.Function.Body) } };
        }

        private Sort Sorted(Sort s)
        {
            var vector = Visit(s.Vector);
            var element = ((VectorType)vector.Type).Element;
            return s with { Vector = vector, Comparator = new Lambda(s.Comparator.Parameters.To(p => Rename(p, element)), Visit(s.Comparator.Body)) };
        }

        private Expr LetChain(Let first)
        {
            var chain = new List<(Let Let, Symbol Symbol, Expr Value)>();
            Expr expr = first;
            for (; expr is Let let; expr = let.Body)
            {
                var value = Visit(let.Value);
                chain.Add((let, value.Type == let.Symbol.Type ? let.Symbol : Rename(let.Symbol, value.Type), value));
            }

            var body = Visit(expr);
            for (var i = chain.Count - 1; i >= 0; i--)
            {
                var (let, symbol, value) = chain[i];
                body = symbol == let.Symbol && ReferenceEquals(value, let.Value) && ReferenceEquals(body, let.Body) ? let : let with { Symbol = symbol, Value = value, Body = body };
            }

            return body;
        }

        private bool IsPart(Symbol symbol) => _search.Parts.TryGetValue(symbol, out var part) && part.Grouping.IsReduced;

        private Symbol Rename(Symbol symbol, WeldType type) => _renamed[symbol] = new Symbol(symbol.Name, type) { Span = symbol.Span };

        /// <summary>The loops that fill one dictionary.</summary>
        private sealed class Gather
        {
            private readonly Rewrite _rewrite;
            private readonly Grouping _grouping;
            private readonly DictMergerType _type;
            private readonly Expr[] _contributions;

            public Gather(Rewrite rewrite, Grouping grouping)
            {
                (_rewrite, _grouping) = (rewrite, grouping);
                var all = grouping.Reductions;
                _contributions = [.. all.Select(r => rewrite.Visit(r.Contribution))];
                _type = all.Count == 1 ? new DictMergerType(grouping.Type.Key, all[0].Type, all[0].Operator)
                    : new DictMergerType(grouping.Type.Key, new StructType(all.Select(r => r.Type).ToSeq()), MergeOperator.OfFields(all.Select(r => r.Operator).ToSeq()));
            }

            /// <summary>A builder of groups as a builder of their reductions.</summary>
            public Expr Builder(Expr expr) => StackGuard.Walk(expr, static a => a.This.Step(a.Expr), (This: this, Expr: expr));

            private Expr Step(Expr expr)
            {
                switch (expr)
                {
                    case NewBuilder b:
                        return b with { BuilderType = _type };
                    case Ident or Field:
                        return _rewrite.Visit(expr);
                    case StructLiteral s:
                        return s with { Fields = s.Fields.To(f => f.Type is GroupMergerType ? Builder(f) : _rewrite.Visit(f)) };
                    case If i:
                        return new If(_rewrite.Visit(i.Condition), Builder(i.Then), Builder(i.Else)) { Span = i.Span, Annotations = i.Annotations };
                    case Let l when Search.IsGathering(l.Value.Type):
                        var builder = Builder(l.Value);
                        return l with { Symbol = _rewrite.Rename(l.Symbol, builder.Type), Value = builder, Body = Builder(l.Body) };
                    case Let l:
                        var value = _rewrite.Visit(l.Value);
                        return l with { Symbol = value.Type == l.Symbol.Type ? l.Symbol : _rewrite.Rename(l.Symbol, value.Type), Value = value, Body = Builder(l.Body) };
                    case For f:
                        var loop = f with { Iters = f.Iters.Map(i => i.Map(_rewrite._visit)), Builder = Builder(f.Builder) };
                        var (parameters, element) = (f.Function.Parameters, loop.ElementType);
                        var symbol = element == parameters[2].Type ? parameters[2] : _rewrite.Rename(parameters[2], element);
                        return loop with { Function = f.Function with { Parameters = [_rewrite.Rename(parameters[0], loop.Builder.Type), parameters[1], symbol], Body = Builder(f.Function.Body) } };
                    case Merge m:
                        return m with { Builder = Builder(m.Builder), Value = Reductions(_rewrite.Visit(m.Value)) };
                    default:
                        throw new InvalidOperationException($"expected a groupmerger on its way, found {expr}");
                }
            }

            // {k, e}  =>  {k, let y = e; {c(y), …}}
            private Expr Reductions(Expr pair)
            {
                if (pair is StructLiteral { Fields: [var key, var value] } s)
                {
                    return s with { Fields = [key, Of(value)] };
                }

                var whole = new Symbol("entry", pair.Type);
                return new Let(whole, pair, new StructLiteral([new Field(new Ident(whole), 0), Of(new Field(new Ident(whole), 1))]));
            }

            private Expr Of(Expr value)
            {
                var element = new Symbol("value", _grouping.Type.Value);
                var fields = new Expr[_contributions.Length];
                for (var i = 0; i < fields.Length; i++)
                {
                    var copy = Substitution.Copy(_contributions[i]);
                    fields[i] = _grouping.Reductions[i].Function is { } f ? Substitution.Replace(copy, f.Parameters[2], value is Ident ? value : new Ident(element)) : copy;
                }

                var all = fields.Length == 1 ? fields[0] : new StructLiteral(fields.ToSeq());
                return value is Ident ? all : new Let(element, value, all);
            }
        }
    }
}
