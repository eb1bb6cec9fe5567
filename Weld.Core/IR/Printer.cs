using Weld.Core.Operators;
using Weld.Core.Syntax;
using Weld.Core.Types;

namespace Weld.Core.IR;

/// <summary>Program text of a tree; it parses back to the same tree (<see cref="AlphaEquality"/>), with as few parentheses as that takes.</summary>
public static class Printer
{
    private const int Columns = 100;

    /// <summary>The text of <paramref name="expr"/>, on one line.</summary>
    /// <param name="expr">Any node.</param>
    public static string Print(Expr expr)
    {
        ArgumentNullException.ThrowIfNull(expr);
        return new PrintedTree().Root(expr).Render(null);
    }

    /// <summary>The canonical text of a program, one let a line, broken and indented where a line would be long.</summary>
    /// <param name="expr">A program.</param>
    public static string PrintProgram(Expr expr)
    {
        ArgumentNullException.ThrowIfNull(expr);
        return new PrintedTree().Root(expr).Render(Columns);
    }
}

/// <summary>Lays out one tree.</summary>
internal sealed class PrintedTree
{
    /// <summary>Levels of the grammar, loosest first: 1 to 10 are the infix operators.</summary>
    private const int Anything = 0;
    private const int Infix = 1;
    private const int Prefix = 11;
    private const int Ascribed = 12;
    private const int Postfix = 13;
    private const int Primary = 14;

    private static readonly Dictionary<string, int> InfixLevels = new()
    {
        ["||"] = 1, ["&&"] = 2, ["|"] = 3, ["^"] = 4, ["&"] = 5, ["=="] = 6, ["!="] = 6, ["<"] = 7, [">"] = 7, ["<="] = 7, [">="] = 7,
        ["<<"] = 8, [">>"] = 8, ["+"] = 9, ["-"] = 9, ["*"] = 10, ["/"] = 10, ["%"] = 10,
    };

    private readonly PrintedNames _names = new();

    /// <summary>A whole program; the parameters of a function that is one have types.</summary>
    public Layout Root(Expr expr) => expr is Lambda { Annotations.Count: 0 } f ? Function(f, typed: true) : At(expr, Anything);

    /// <summary>A node where the grammar has a given level: in parentheses if the node is looser.</summary>
    private Layout At(Expr expr, int level) => StackGuard.Run(static a => a.This.Placed(a.Expr, a.Level), (This: this, Expr: expr, Level: level));

    private Layout Placed(Expr expr, int level)
    {
        if (expr.Annotations.Count > 0)
        {
            return Layout.Join($"@({string.Join(", ", expr.Annotations.Select(Annotation))}) ", Bare(expr, Primary));
        }

        return Bare(expr, level);
    }

    private Layout Bare(Expr expr, int level)
    {
        var text = Node(expr, out var own);
        return own >= level ? text : Layout.Group(Layout.Join("(", Layout.Indented(Layout.Join(Layout.SoftLine, text)), Layout.SoftLine, ")"));
    }

    private static string Annotation(Annotation annotation)
    {
        var value = annotation.Value;
        return $"{Word(annotation.Key)}: {(long.TryParse(value, out var n) && n.ToString() == value ? $"{value}{(n is < int.MinValue or > int.MaxValue ? "L" : "")}" : Word(value))}";

        static string Word(string word) =>
            word.Length > 0 && !char.IsAsciiDigit(word[0]) && word.All(c => char.IsAsciiLetterOrDigit(c) || c == '_') ? word : PrintedLiterals.Text(System.Text.Encoding.UTF8.GetBytes(word));
    }

    private Layout Node(Expr expr, out int level)
    {
        level = Primary;
        switch (expr)
        {
            case Literal l:
                var text = PrintedLiterals.Scalar(l.Value);
                level = text[0] == '-' ? Prefix : Primary;
                return text;
            case Ident i:
                return _names.Of(i.Symbol);
            case Let l:
                level = Anything;
                return Lets(l);
            case Lambda f:
                level = Anything;
                return Function(f, typed: false);
            case Binary or Logical:
                var op = Sign(expr);
                if (op is null)
                {
                    return Call(((Binary)expr).Operator.Name, expr.Children);
                }

                level = InfixLevels[op];
                return Chain(expr, level);
            case Unary u when u.Operator.IsInfix:
                level = Prefix;
                return u.Operator == OperatorTable.Negate && u.Operand is Literal { Annotations.Count: 0 } l2 && PrintedLiterals.IsFolded(l2.Value)
                    ? Layout.Join(u.Operator.Name, "(", At(u.Operand, Anything), ")")
                    : Layout.Join(u.Operator.Name, At(u.Operand, Prefix));
            case Field f:
                level = Postfix;
                return Layout.Join(At(f.Operand, Postfix), $".${f.Index}");
            case Apply a:
                level = Postfix;
                return Layout.Join(At(a.Function, Primary), Arguments("(", ")", a.Arguments.To(x => At(x, Infix))));
            case StringLiteral s:
                level = s.Element.Is(ScalarKind.I8) ? Primary : Ascribed;
                return PrintedLiterals.Text(s.Bytes.Span) + (level == Primary ? "" : $": {s.Type}");
            case VectorLiteral { Elements.Count: 0 } v:
                level = Ascribed;
                return $"[]: {v.Type}";
            case VectorLiteral v:
                return Arguments("[", "]", v.Elements.To(x => At(x, Infix)));
            case StructLiteral s:
                return Arguments("{", "}", s.Fields.To(x => At(x, Infix)));
            case For f:
                return Loop(f);
            case NewBuilder n:
                return n.Argument is null ? $"{n.BuilderType}" : Call($"{n.BuilderType}", [n.Argument]);
            case Ascription a:
                level = Ascribed;
                return Layout.Join(At(a.Operand, Ascribed), $": {a.Ascribed}");
            case Call c:
                level = Postfix;
                return Layout.Join(At(c.Callee, Postfix), Arguments("(", ")", c.Arguments.To(x => At(x, Infix))));
            case Hole:
                return "<error>";
            default:
                return Call(Name(expr), expr.Children);
        }
    }

    /// <summary>The name of a node that is written as a call of its children.</summary>
    internal static string Name(Expr expr) => expr switch
    {
        Unary u => u.Operator.Name,
        Cast c => c.Kind.Name(),
        Compare => "compare",
        Select => "select",
        Broadcast => "broadcast",
        If => "if",
        Assertion => "assert",
        ForeignCall c => $"cudf[{c.Name},{c.ResultType}]",
        Zip or IteratorArgument => "zip",
        Length => "len",
        Lookup => "lookup",
        OptLookup => "optlookup",
        KeyExists => "keyexists",
        Slice => "slice",
        Sort => "sort",
        ToVector => "tovec",
        Serialize => "serialize",
        Deserialize d => $"deserialize[{d.ResultType}]",
        Iterate => "iterate",
        Merge => "merge",
        Result => "result",
        _ => throw new ArgumentException($"expected a node with a name, found {expr.GetType().Name}", nameof(expr)),
    };

    private static string? Sign(Expr expr) => expr switch
    {
        Binary { Operator: { IsInfix: true } op } => op.Name,
        Logical l => l.IsAnd ? "&&" : "||",
        _ => null,
    };

    private Layout Call(string name, Seq<Expr> children) =>
        Layout.Join(name, Arguments("(", ")", children.To(c => At(c, c is Lambda { Annotations.Count: 0 } ? Anything : Infix))));

    private static Layout Arguments(string open, string close, Seq<Layout> items)
    {
        var inner = new List<Layout> { Layout.SoftLine };
        for (var i = 0; i < items.Count; i++)
        {
            if (i > 0)
            {
                inner.Add(",");
                inner.Add(Layout.Line);
            }

            inner.Add(items[i]);
        }

        return items.Count == 0 ? $"{open}{close}" : Layout.Group(Layout.Join(open, Layout.Indented(Layout.Join(inner)), Layout.SoftLine, close));
    }

    /// <summary>Operators of one level lean to the left and need no parentheses there, if they chain at all.</summary>
    private Layout Chain(Expr expr, int level)
    {
        var links = new Stack<(string Sign, Expr Right)>();
        var chains = level is not (6 or 7);
        for (var isFirst = true; Sign(expr) is { } sign && InfixLevels[sign] == level && (isFirst || (chains && expr.Annotations.Count == 0)); isFirst = false)
        {
            var (left, right) = expr is Binary b ? (b.Left, b.Right) : (((Logical)expr).Left, ((Logical)expr).Right);
            links.Push((sign, right));
            expr = left;
        }

        var parts = new List<Layout> { At(expr, level + 1) };
        foreach (var (sign, right) in links)
        {
            parts.Add(Layout.Line);
            parts.Add($"{sign} ");
            parts.Add(At(right, level + 1));
        }

        return Layout.Group(Layout.Indented(Layout.Join(parts)));
    }

    private Layout Lets(Let first)
    {
        var parts = new List<Layout>();
        var bound = new List<Symbol>();
        Expr expr = first;
        for (; expr is Let let && (ReferenceEquals(let, first) || let.Annotations.Count == 0); expr = let.Body)
        {
            var value = At(let.Value, Infix);
            bound.Add(let.Symbol);
            parts.Add(Layout.Group(Layout.Join($"let {_names.Bind(let.Symbol)} = ", value, ";")));
            parts.Add(Layout.HardLine);
        }

        parts.Add(At(expr, Anything));
        bound.ForEach(_names.Unbind);
        return Layout.Join(parts);
    }

    private Layout Function(Lambda f, bool typed)
    {
        var names = f.Parameters.To(p => typed ? $"{_names.Bind(p)}: {p.Type}" : _names.Bind(p));
        var body = At(f.Body, Anything);
        foreach (var p in f.Parameters)
        {
            _names.Unbind(p);
        }

        return Layout.Group(Layout.Join($"|{string.Join(", ", names)}|", Layout.Indented(Layout.Join(Layout.Line, body))));
    }

    private Layout Loop(For f)
    {
        var iters = f.Iters.To(Iterator);
        var source = iters.Count == 1 ? iters[0] : Layout.Join("zip", Arguments("(", ")", iters));
        return Layout.Join("for", Arguments("(", ")", [source, At(f.Builder, Infix), At(f.Function, f.Function.Annotations.Count == 0 ? Anything : Infix)]));
    }

    /// <summary>An iterator; a whole vector stands plainly, unless it would read as a zip of iterators.</summary>
    private Layout Iterator(Iter iter)
    {
        if (iter is { Kind: IterKind.Scalar, Start: null, Data: { } data and not Zip { Annotations.Count: 0 } })
        {
            return At(data, Infix);
        }

        var name = iter.Kind switch
        {
            IterKind.Simd => "simditer",
            IterKind.Fringe => "fringeiter",
            IterKind.Range => "rangeiter",
            IterKind.NDimensional => "nditer",
            _ => "iter",
        };
        return Layout.Join(name, Arguments("(", ")", iter.Operands.To(o => At(o, Infix))));
    }
}
