using Weld.Core.IR;
using Weld.Core.Operators;
using Weld.Core.Optimizer;
using Weld.Core.Types;

namespace Weld.Managed.Planning;

/// <summary>What differs from lane to lane in a loop's body, and what that costs.</summary>
internal sealed class LaneFacts
{
    /// <summary>The operators that a division of integers counts for.</summary>
    private const int Division = 8;

    private readonly HashSet<Symbol> _varying = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Expr, bool> _varies = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<object, int> _depths = new(ReferenceEqualityComparer.Instance);
    private readonly Symbol _index;
    private readonly Symbol _element;

    private LaneFacts(Lambda function, WeldType builder)
    {
        WidenBy(builder);
        (_index, _element) = (function.Parameters[1], function.Parameters[2]);
        foreach (var parameter in function.Parameters)
        {
            _varying.Add(parameter);
        }

        Visit(function.Body);
    }

    /// <summary>The bytes of the widest scalar that differs from lane to lane.</summary>
    public int Widest { get; private set; } = 1;

    /// <summary>The operators that are computed for every lane.</summary>
    public int Operators { get; private set; }

    /// <summary>The most of them that wait for each other, one after the other.</summary>
    public int Depth { get; private set; }

    /// <summary>The elementary functions among them.</summary>
    public int Elementary { get; private set; }

    /// <summary>Whether some lanes may merge where others do not.</summary>
    public bool IsMasked { get; private set; }

    /// <summary>Whether there are loops in which every lane reduces the same data.</summary>
    public bool HasLoops { get; private set; }

    /// <summary>Whether the body reads the number of the iteration.</summary>
    public bool UsesIndex { get; private set; }

    /// <summary>The fields of the zipped elements that the body reads; of a single iterator, 0.</summary>
    public HashSet<int> Elements { get; } = [];

    public static LaneFacts Of(For loop) => new(loop.Function, loop.Builder.Type);

    /// <summary>Whether the variable differs from lane to lane.</summary>
    public bool Varies(Symbol symbol) => _varying.Contains(symbol);

    /// <summary>Whether a value of the body is the same in all lanes, and may be computed before the loop.</summary>
    public bool IsUniform(Expr node) => !_varies[node] && (Predication.IsHarmless(node) || IsField(node));

    /// <summary>A field of a variable, which may also hold builders.</summary>
    private static bool IsField(Expr node)
    {
        var isField = node is Field && !node.Type.ContainsBuilder;
        for (; node is Field f; node = f.Operand)
        {
        }

        return isField && node is Ident;
    }

    private bool Visit(Expr node) => StackGuard.Run(static a => a.Facts.Step(a.Node), (Facts: this, Node: node));

    private bool Step(Expr node)
    {
        if (_varies.TryGetValue(node, out var known))
        {
            return known;
        }

        // A chain of lets is a loop here, not a recursion.
        var lets = new List<Let>();
        var inner = node;
        for (; inner is Let let; inner = let.Body)
        {
            lets.Add(let);
            if (VisitBound(let.Value))
            {
                _varying.Add(let.Symbol);
            }

            _depths[let.Symbol] = DepthOf(let.Value);
        }

        var varies = lets.Count == 0 ? Own(node) : Visit(inner);
        foreach (var let in lets)
        {
            _varies[let] = varies |= _varies[let.Value];
        }

        _varies[node] = varies;
        if (lets.Count > 0)
        {
            _depths[node] = DepthOf(inner);
        }
        else if (!IsUniform(node))
        {
            Measure(node);
        }

        return varies;
    }

    private int DepthOf(Expr node) => _depths.GetValueOrDefault(node is Ident i ? i.Symbol : node);

    /// <summary>Whether a variable for a value varies: also one that would be the same in all lanes, but may fail, is computed within the loop.</summary>
    private bool VisitBound(Expr value) => Visit(value) | !IsUniform(value);

    private bool Own(Expr node)
    {
        switch (node)
        {
            case Ident i:
                if (i.Symbol == _element)
                {
                    Elements.UnionWith(i.Type is StructType s ? Enumerable.Range(0, s.Fields.Count) : [0]);
                }

                UsesIndex |= i.Symbol == _index;
                return _varying.Contains(i.Symbol);
            case Field { Operand: Ident { Symbol: var symbol } operand } f when symbol == _element:
                Elements.Add(f.Index);
                return _varies[operand] = true;
            case Apply apply:
                var varies = false;
                for (var i = 0; i < apply.Arguments.Count; i++)
                {
                    if (VisitBound(apply.Arguments[i]))
                    {
                        _varying.Add(apply.Function.Parameters[i]);
                        varies = true;
                    }
                }

                return _varies[apply.Function] = Visit(apply.Function.Body) | varies;
            case For inner:
                _varying.Add(inner.Function.Parameters[0]);
                WidenBy(inner.Builder.Type);
                HasLoops = true;
                goto default;
            default:
                var any = false;
                foreach (var child in node.Children.Span)
                {
                    any |= Visit(child);
                }

                return any;
        }
    }

    /// <summary>Accumulators and what is stored at once are vectors, whatever is merged.</summary>
    private void WidenBy(WeldType builder)
    {
        if (builder is MergerType or AppenderType { Element: ScalarType })
        {
            Widen(builder.Parts[0]);
        }
        else if (builder is StructType s)
        {
            foreach (var field in s.Fields)
            {
                WidenBy(field);
            }
        }
    }

    /// <summary>Values that are the same in all lanes take part as vectors, too.</summary>
    private void Widen(WeldType type)
    {
        if (type is StructType s)
        {
            foreach (var field in s.Fields)
            {
                Widen(field);
            }
        }
        else if (type.LaneKind is { } kind && kind != ScalarKind.Bool)
        {
            Widest = Math.Max(Widest, kind.Size());
        }
    }

    private void Measure(Expr node)
    {
        Widen(node.Type);
        foreach (var operand in node is Field ? default : node.Children.Span)
        {
            Widen(operand.Type);
        }

        IsMasked |= node is If { Type.ContainsBuilder: true };
        var isElementary = node is Unary { Operator: ElementaryOperator } or Binary { Operator: BinaryElementaryOperator };
        Elementary += isElementary ? 1 : 0;
        var own = node is Literal or Ident or Field or StructLiteral or Lambda or Apply ? 0 : node is Binary { Operator.ChecksZero: true, Left.Type.LaneKind: { } kind } && kind.IsInteger() ? Division : 1;
        var depth = own;
        foreach (var child in node.Children.Span)
        {
            depth = Math.Max(depth, own + DepthOf(child));
        }

        Operators += own;
        Depth = Math.Max(Depth, depth);
        if (node is not Ident)
        {
            _depths[node] = depth;
        }
    }
}
