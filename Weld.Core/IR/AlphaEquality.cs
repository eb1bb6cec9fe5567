using System.Runtime.CompilerServices;
using Weld.Core.Types;

namespace Weld.Core.IR;

/// <summary>Equality of programs modulo the names of bound variables, places excluded and annotations included.</summary>
public static class AlphaEquality
{
    /// <summary>Whether two trees are the same but for the identity of the variables they bind; free variables must be the same.</summary>
    /// <param name="left">A tree in which every variable is bound in one place.</param>
    /// <param name="right">Another.</param>
    public static bool Equal(Expr left, Expr right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return new Comparer().Same(left, right);
    }

    /// <summary>A hash that equal trees share; of a tree without free variables, which hash as the objects they are, the same in every process.</summary>
    /// <param name="expr">A tree in which every variable is bound in one place.</param>
    public static ulong Hash(Expr expr)
    {
        ArgumentNullException.ThrowIfNull(expr);
        return new Hasher().Of(expr);
    }

    /// <summary>A tree of at most this size is gone through again where it stands again; of larger ones the outcome is kept, so that the work is linear in the graph.</summary>
    private const int SmallTree = 32;

    /// <summary>Compares what a node holds besides its children and variables.</summary>
    private static bool SameHead(Expr left, Expr right) => (left, right) switch
    {
        (Literal a, Literal b) => a.Value == b.Value,
        (Unary a, Unary b) => a.Operator == b.Operator,
        (Binary a, Binary b) => a.Operator == b.Operator,
        (Logical a, Logical b) => a.IsAnd == b.IsAnd,
        (Cast a, Cast b) => a.Kind == b.Kind,
        (Field a, Field b) => a.Index == b.Index,
        (VectorLiteral a, VectorLiteral b) => a.Element == b.Element,
        (StringLiteral a, StringLiteral b) => a.Element == b.Element && a.Bytes == b.Bytes,
        (NewBuilder a, NewBuilder b) => a.BuilderType == b.BuilderType,
        (Deserialize a, Deserialize b) => a.ResultType == b.ResultType,
        (ForeignCall a, ForeignCall b) => a.Name == b.Name && a.ResultType == b.ResultType,
        (For a, For b) => SameShape(a.Iters, b.Iters),
        _ => true,
    };

    private static bool SameShape(Seq<Iter> left, Seq<Iter> right)
    {
        if (left.Count != right.Count)
        {
            return false;
        }

        for (var i = 0; i < left.Count; i++)
        {
            if (left[i].Kind != right[i].Kind || Shape(left[i]) != Shape(right[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static (bool, bool, bool, bool, bool, bool) Shape(Iter i) =>
        (i.Data is null, i.Start is null, i.End is null, i.Stride is null, i.Shape is null, i.Strides is null);

    private sealed class Comparer
    {
        private Dictionary<Symbol, Symbol>? _rightOf;
        private Dictionary<Symbol, Symbol>? _leftOf;
        private Dictionary<Expr, Expr>? _equal;

        public bool Same(Expr left, Expr right) => StackGuard.Run(static a => a.This.Step(a.Left, a.Right), (This: this, Left: left, Right: right));

        private bool Step(Expr left, Expr right)
        {
            // A chain of lets is a loop here, not a recursion.
            while (left is Let l && right is Let r)
            {
                if (l.Annotations != r.Annotations || !Same(l.Value, r.Value) || !Bind(l.Binders, r.Binders))
                {
                    return false;
                }

                (left, right) = (l.Body, r.Body);
            }

            if (left is Ident a && right is Ident b)
            {
                return Paired(a.Symbol, b.Symbol) && a.Annotations == b.Annotations;
            }

            if (left.GetType() != right.GetType() || left.Annotations != right.Annotations || !SameHead(left, right))
            {
                return false;
            }

            var (children, others) = (left.Children, right.Children);
            if (children.Count != others.Count || left.Binders.Count != right.Binders.Count)
            {
                return false;
            }

            if (children.Count == 0)
            {
                return true;
            }

            var isLarge = left.Facts.Size > SmallTree;
            if (isLarge && _equal is not null && _equal.TryGetValue(left, out var known) && ReferenceEquals(known, right))
            {
                return true;
            }

            if (!Bind(left.Binders, right.Binders))
            {
                return false;
            }

            for (var i = 0; i < children.Count; i++)
            {
                if (!Same(children[i], others[i]))
                {
                    return false;
                }
            }

            if (isLarge)
            {
                (_equal ??= new(ReferenceEqualityComparer.Instance))[left] = right;
            }

            return true;
        }

        private bool Paired(Symbol left, Symbol right) => _rightOf is null || _leftOf is null ? left == right
            : _rightOf.TryGetValue(left, out var paired) ? paired == right
            : !_leftOf.ContainsKey(right) && left == right;

        private bool Bind(Seq<Symbol> left, Seq<Symbol> right)
        {
            for (var i = 0; i < left.Count; i++)
            {
                if (left[i].Type != right[i].Type)
                {
                    return false;
                }

                (_rightOf ??= new(ReferenceEqualityComparer.Instance))[left[i]] = right[i];
                (_leftOf ??= new(ReferenceEqualityComparer.Instance))[right[i]] = left[i];
            }

            return true;
        }
    }

    /// <summary>Variables are numbered in the order in which the tree binds them.</summary>
    private sealed class Hasher
    {
        private Dictionary<Symbol, int>? _numbers;
        private Dictionary<Expr, ulong>? _known;

        public ulong Of(Expr expr)
        {
            if (expr is Ident)
            {
                return Own(expr);
            }

            if (expr.Facts.Size <= SmallTree)
            {
                return Compute(expr);
            }

            if (_known is null || !_known.TryGetValue(expr, out var hash))
            {
                hash = StackGuard.Run(static a => a.This.Compute(a.Expr), (This: this, Expr: expr));
                (_known ??= new(ReferenceEqualityComparer.Instance))[expr] = hash;
            }

            return hash;
        }

        private ulong Compute(Expr expr)
        {
            var hash = 5UL;
            for (; expr is Let let; expr = let.Body)
            {
                hash = With(With(hash, Own(let)), Of(let.Value));
            }

            hash = With(hash, Own(expr));
            foreach (var child in expr.Children.Span)
            {
                hash = With(hash, Of(child));
            }

            return hash;
        }

        /// <summary>What a node holds besides its children; its variables are bound after that.</summary>
        private ulong Own(Expr expr)
        {
            var hash = expr is Ident i ? With(7, _numbers is not null && _numbers.TryGetValue(i.Symbol, out var n) ? (ulong)n : (ulong)RuntimeHelpers.GetHashCode(i.Symbol)) : Head(expr);
            foreach (var annotation in expr.Annotations.Span)
            {
                hash = Text(Text(hash, annotation.Key), annotation.Value);
            }

            foreach (var symbol in expr.Binders.Span)
            {
                _numbers ??= new(ReferenceEqualityComparer.Instance);
                _numbers.TryAdd(symbol, _numbers.Count);
                hash = With(hash, Type(symbol.Type));
            }

            return hash;
        }

        private ulong Head(Expr expr)
        {
            var hash = Text(1, expr.GetType().Name);
            return expr switch
            {
                Literal l => With(With(hash, (ulong)l.Value.Kind), l.Value.Bits),
                Unary u => Text(hash, u.Operator.Name),
                Binary b => Text(hash, b.Operator.Name),
                Logical l => With(hash, l.IsAnd ? 1UL : 2),
                Cast c => With(hash, (ulong)c.Kind),
                Field f => With(hash, (ulong)f.Index),
                VectorLiteral v => With(hash, Type(v.Element)),
                StringLiteral s => Bytes(With(hash, Type(s.Element)), s.Bytes.Span),
                NewBuilder n => With(hash, Type(n.BuilderType)),
                Deserialize d => With(hash, Type(d.ResultType)),
                ForeignCall c => With(Text(hash, c.Name), Type(c.ResultType)),
                For f => Iters(hash, f.Iters),
                _ => hash,
            };
        }

        private static ulong Iters(ulong hash, Seq<Iter> iters)
        {
            foreach (var iter in iters.Span)
            {
                hash = With(With(hash, (ulong)iter.Kind), (ulong)iter.OperandCount);
            }

            return hash;
        }

        private static ulong Type(WeldType type) => type is ScalarType s ? (ulong)s.Kind + 1 : Text(3, type.ToString());

        private static ulong Text(ulong hash, string text)
        {
            foreach (var c in text)
            {
                hash = With(hash, c);
            }

            return With(hash, (ulong)text.Length);
        }

        private static ulong Bytes(ulong hash, ReadOnlySpan<byte> bytes)
        {
            foreach (var b in bytes)
            {
                hash = With(hash, b);
            }

            return With(hash, (ulong)bytes.Length);
        }

        private static ulong With(ulong hash, ulong value)
        {
            hash = (hash ^ value) * 0x9E3779B97F4A7C15;
            return hash ^ (hash >> 29);
        }
    }
}
