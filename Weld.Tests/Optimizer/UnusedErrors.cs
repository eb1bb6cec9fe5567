using Weld.Core.Diagnostics;
using Weld.Core.Evaluation;
using Weld.Core.IR;
using Weld.Core.Operators;
using Weld.Core.Types;
using Weld.Core.Values;
using Weld.Tests.Properties;

namespace Weld.Tests.Optimizer;

/// <summary>
/// Whether the errors of a program are in values that nothing uses, the only ones that may vanish (language.md §4.14): what fails is made to give something instead, and what it gives
/// makes no difference to the result. What is part of the result by the program's text alone is used even if it makes no difference, as <c>x</c> in <c>0 * x</c>. Asserts stay.
/// </summary>
internal static class UnusedErrors
{
    private const int MostReplaced = 40;

    /// <summary>Whether a program that raises may end with a value instead.</summary>
    /// <param name="program">The program as written.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="found">The value.</param>
    public static bool MayGive(Lambda program, Seq<Value> arguments, Value found) => Enumerable.Range(0, 2).All(variant => found.Equals(Recovered(program, arguments, variant)));

    /// <summary>The value of the program if what fails gives this or that; null if an assert fails, or too much.</summary>
    private static Value? Recovered(Lambda program, Seq<Value> arguments, int variant)
    {
        for (var replaced = 0; replaced < MostReplaced; replaced++)
        {
            program = Numbered(program);
            try
            {
                return Interpreter.Run(program, arguments, new InterpreterOptions { Functions = HostFunctions.All, Timeout = TimeSpan.FromSeconds(10) });
            }
            catch (WeldRuntimeException e) when (!e.Span.IsNone && e.Code is not (RuntimeCode.AssertionError or RuntimeCode.ForeignFunctionError))
            {
                var path = Path(program, e.Span);
                if (ReachesResult(path))
                {
                    return null;
                }

                var failing = path[^1];
                program = (Lambda)Replaced(program, failing, Total(failing, variant));
            }
            catch (WeldRuntimeException)
            {
                return null;
            }
        }

        return null;
    }

    /// <summary>The program with a place of its own for each node.</summary>
    private static Lambda Numbered(Lambda program)
    {
        var number = 0;
        return (Lambda)Visit(program);

        Expr Visit(Expr e) => e.Map(Visit) with { Span = new SourceSpan(++number, 1) };
    }

    /// <summary>The nodes from the root to a place.</summary>
    private static List<Expr> Path(Expr root, SourceSpan span)
    {
        var path = new List<Expr> { root };
        return Find(root) ? path : throw new ArgumentException($"expected a node at {span}", nameof(span));

        bool Find(Expr e)
        {
            if (e.Span == span)
            {
                return true;
            }

            foreach (var child in e.Children)
            {
                path.Add(child);
                if (Find(child))
                {
                    return true;
                }

                path.RemoveAt(path.Count - 1);
            }

            return false;
        }
    }

    /// <summary>Whether what fails makes the result, or a part of it, fail by the text alone: no variable and no choice of a part lies between.</summary>
    private static bool ReachesResult(List<Expr> path)
    {
        var isPart = false;
        for (var i = path.Count - 2; i >= 0; i--)
        {
            var (parent, child) = (path[i], path[i + 1]);
            isPart |= parent is StructLiteral or VectorLiteral || (parent is Merge { Builder.Type: not MergerType } m && ReferenceEquals(m.Value, child));
            if ((parent is Let let && ReferenceEquals(let.Value, child)) || (parent is Apply or Iterate && child is not Lambda) || (isPart && !KeepsParts(parent, child)))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether the parts of the child's value are parts of the parent's.</summary>
    private static bool KeepsParts(Expr parent, Expr child) => parent switch
    {
        If i => !ReferenceEquals(i.Condition, child),
        For f => f.Iters.All(x => !x.Operands.Any(o => ReferenceEquals(o, child))),
        Merge { Builder.Type: MergerType } m => ReferenceEquals(m.Builder, child),
        StructLiteral or VectorLiteral or Merge or Result or Let or Lambda or Apply => true,
        _ => false,
    };

    private static Expr Replaced(Expr e, Expr old, Expr by) => ReferenceEquals(e, old) ? by : e.Map(c => Replaced(c, old, by));

    /// <summary>The operation where it can be done, else a constant; an operation whose condition is not written down here is a constant always, and a loop or merge leaves its builder as it is.</summary>
    private static Expr Total(Expr node, int variant)
    {
        if (node is For or Merge)
        {
            return node is For f ? f.Builder : ((Merge)node).Builder;
        }

        var constant = Constant(node.Type, variant);
        return node switch
        {
            Binary { Operator.ChecksZero: true, Type: ScalarType { Kind: var kind } } b => Named(b.Left, x => Named(b.Right, y =>
                new If(new Binary(OperatorTable.Equal, y, new Literal(Scalar.Zero(kind))), constant, b with { Left = x, Right = y }))),
            Lookup { Collection.Type: VectorType } l => Named(l.Collection, v => Named(l.Key, i => new If(
                new Logical(true, new Binary(OperatorTable.GreaterOrEqual, i, Integer(0)), new Binary(OperatorTable.Less, i, new Length(v))), l with { Collection = v, Key = i }, constant))),
            Lookup l => Named(l.Collection, d => Named(l.Key, k => new If(new KeyExists(d, k), l with { Collection = d, Key = k }, constant))),
            _ => constant,
        };
    }

    private static Let Named(Expr value, Func<Ident, Expr> use)
    {
        var symbol = new Symbol("total", value.Type);
        return new Let(symbol, value, use(new Ident(symbol)));
    }

    private static Literal Integer(long value) => new(Scalar.I64(value));

    /// <summary>One of two constants of a type, which differ if the type has more than one value and is no dictionary.</summary>
    private static Expr Constant(WeldType type, int variant) => type switch
    {
        ScalarType s => new Literal(variant == 0 ? Scalar.Zero(s.Kind) : Casts.Apply(Scalar.I32(7), s.Kind)),
        SimdType { Element: var lane } => new Broadcast(Constant(lane, variant)),
        VectorType v => new VectorLiteral(v.Element, variant == 0 ? [] : [Constant(v.Element, variant)]),
        StructType s => new StructLiteral(s.Fields.To(f => Constant(f, variant))),
        DictionaryType => new Deserialize(type, new VectorLiteral(ScalarType.U8, Enumerable.Repeat<Expr>(new Literal(Scalar.Zero(ScalarKind.U8)), 8).ToSeq())),
        _ => throw new ArgumentException($"expected the type of a value, found {type}", nameof(type)),
    };
}
