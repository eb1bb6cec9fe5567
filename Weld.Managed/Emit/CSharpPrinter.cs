using System.Globalization;
using System.Linq.Expressions;
using System.Text;

namespace Weld.Managed.Emit;

/// <summary>
/// The C# that an emitted function amounts to, for people to read: <c>weld explain --code</c>. It prints exactly the kinds of expression that the
/// emitter makes. Objects that the code refers to print as <c>/* what they are */</c>.
/// </summary>
internal sealed class CSharpPrinter
{
    private readonly StringBuilder _text = new();
    private readonly Dictionary<ParameterExpression, string> _names = [];
    private readonly Dictionary<LabelTarget, string> _labels = [];
    private readonly HashSet<string> _taken = [];
    private int _indent;

    /// <summary>The text of a function.</summary>
    public static string Print(LambdaExpression function)
    {
        var printer = new CSharpPrinter();
        printer.Line($"static void {function.Name}({string.Join(", ", function.Parameters.Select(p => $"{TypeName(p.Type)} {printer.Name(p)}"))})");
        printer.Braces(() => printer.Statement(function.Body));
        return printer._text.ToString();
    }

    private void Statement(Expression node)
    {
        switch (node)
        {
            case DefaultExpression when node.Type == typeof(void):
                break;
            case BlockExpression block:
                foreach (var group in block.Variables.GroupBy(v => v.Type))
                {
                    Line($"{TypeName(group.Key)} {string.Join(", ", group.Select(Name))};");
                }

                foreach (var statement in block.Expressions)
                {
                    Statement(statement);
                }

                break;
            case ConditionalExpression branch when node.Type == typeof(void):
                Line($"if ({Text(branch.Test)})");
                Braces(() => Statement(branch.IfTrue));
                if (branch.IfFalse is not DefaultExpression)
                {
                    Line("else");
                    Braces(() => Statement(branch.IfFalse));
                }

                break;
            case LoopExpression loop:
                Line("while (true)");
                Braces(() => Statement(loop.Body));
                if (loop.BreakLabel is not null && _labels.ContainsKey(loop.BreakLabel))
                {
                    Line($"{Label(loop.BreakLabel)}:");
                }

                break;
            case LabelExpression label:
                Line($"{Label(label.Target)}:");
                break;
            case GotoExpression jump:
                Line($"goto {Label(jump.Target)};");
                break;
            case BinaryExpression { NodeType: ExpressionType.Assign } assign:
                Assign(Text(assign.Left), assign.Right);
                break;
            default:
                Line($"{Text(node)};");
                break;
        }
    }

    /// <summary>A block on the right of an assignment prints as its statements, the last of them assigned.</summary>
    private void Assign(string target, Expression value)
    {
        if (value is not BlockExpression block)
        {
            Line($"{target} = {Text(value)};");
            return;
        }

        foreach (var statement in block.Expressions.SkipLast(1))
        {
            Statement(statement);
        }

        Assign(target, block.Expressions[^1]);
    }

    private string Text(Expression node) => node switch
    {
        ParameterExpression p => Name(p),
        ConstantExpression c => Constant(c.Value),
        DefaultExpression d => $"default({TypeName(d.Type)})",
        ConditionalExpression c => $"({Text(c.Test)} ? {Text(c.IfTrue)} : {Text(c.IfFalse)})",
        UnaryExpression { NodeType: ExpressionType.Convert } u => $"({TypeName(u.Type)}){Text(u.Operand)}",
        UnaryExpression u => $"{(u.NodeType == ExpressionType.Negate ? "-" : u.Type == typeof(bool) ? "!" : "~")}{Text(u.Operand)}",
        BinaryExpression { NodeType: ExpressionType.ArrayIndex } b => $"{Text(b.Left)}[{Text(b.Right)}]",
        BinaryExpression { NodeType: ExpressionType.Assign } b => $"({Text(b.Left)} = {Text(b.Right)})",
        BinaryExpression b => $"({Text(b.Left)} {Symbol(b)} {Text(b.Right)})",
        MemberExpression m => $"{(m.Expression is null ? TypeName(m.Member.DeclaringType!) : Text(m.Expression))}.{m.Member.Name}",
        MethodCallExpression c => Call(c),
        NewExpression n => $"new {TypeName(n.Type)}({Texts(n.Arguments)})",
        NewArrayExpression a => $"new {TypeName(a.Type.GetElementType()!)}[] {{ {Texts(a.Expressions)} }}",
        InvocationExpression i => $"{Text(i.Expression)}({Texts(i.Arguments)})",
        BlockExpression b => $"{{ {string.Join("; ", b.Expressions.Select(Text))} }}",
        _ => node.ToString(),
    };

    private string Call(MethodCallExpression call)
    {
        var generic = call.Method.IsGenericMethod ? $"<{string.Join(", ", call.Method.GetGenericArguments().Select(TypeName))}>" : "";
        return $"{(call.Object is null ? TypeName(call.Method.DeclaringType!) : Text(call.Object))}.{call.Method.Name}{generic}({Texts(call.Arguments)})";
    }

    private string Texts(IEnumerable<Expression> nodes) => string.Join(", ", nodes.Select(Text));

    private static string Symbol(BinaryExpression node) => node.NodeType switch
    {
        ExpressionType.Add => "+",
        ExpressionType.Subtract => "-",
        ExpressionType.Multiply => "*",
        ExpressionType.Divide => "/",
        ExpressionType.And => "&",
        ExpressionType.Or => "|",
        ExpressionType.ExclusiveOr => "^",
        ExpressionType.AndAlso => "&&",
        ExpressionType.OrElse => "||",
        ExpressionType.Equal => "==",
        ExpressionType.NotEqual => "!=",
        ExpressionType.LessThan => "<",
        ExpressionType.LessThanOrEqual => "<=",
        ExpressionType.GreaterThan => ">",
        ExpressionType.GreaterThanOrEqual => ">=",
        ExpressionType.LeftShift => "<<",
        ExpressionType.RightShift => node.Method?.Name == "op_UnsignedRightShift" ? ">>>" : ">>",
        _ => node.NodeType.ToString(),
    };

    private static string Constant(object? value) => value switch
    {
        null => "null",
        bool b => b ? "true" : "false",
        long l => $"{l.ToString(CultureInfo.InvariantCulture)}L",
        ulong u => $"{u.ToString(CultureInfo.InvariantCulture)}UL",
        float f => $"{f.ToString("R", CultureInfo.InvariantCulture)}f",
        double d => d.ToString("R", CultureInfo.InvariantCulture) is var t && t.AsSpan().IndexOfAny(".EN∞") < 0 ? t + ".0" : t,
        IFormattable n => n.ToString(null, CultureInfo.InvariantCulture),
        Delegate d => d.Method.Name,
        _ => $"/* {TypeName(value.GetType())} */",
    };

    private static string TypeName(Type type) => Type.GetTypeCode(type) switch
    {
        _ when type.IsArray => TypeName(type.GetElementType()!) + "[]",
        TypeCode.Boolean => "bool",
        TypeCode.SByte => "sbyte",
        TypeCode.Int16 => "short",
        TypeCode.Int32 => "int",
        TypeCode.Int64 => "long",
        TypeCode.Byte => "byte",
        TypeCode.UInt16 => "ushort",
        TypeCode.UInt32 => "uint",
        TypeCode.UInt64 => "ulong",
        TypeCode.Single => "float",
        TypeCode.Double => "double",
        _ when type == typeof(nint) => "nint",
        _ when type.IsGenericType => $"{type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]}<{string.Join(", ", type.GetGenericArguments().Select(TypeName))}>",
        _ => type.Name,
    };

    private string Name(ParameterExpression variable)
    {
        if (!_names.TryGetValue(variable, out var name))
        {
            var stem = variable.Name ?? "t";
            name = stem;
            for (var i = 1; !_taken.Add(name); i++)
            {
                name = stem + i.ToString(CultureInfo.InvariantCulture);
            }

            _names.Add(variable, name);
        }

        return name;
    }

    private string Label(LabelTarget target)
    {
        if (!_labels.TryGetValue(target, out var name))
        {
            _labels.Add(target, name = $"L{_labels.Count}");
        }

        return name;
    }

    private void Braces(Action body)
    {
        Line("{");
        _indent++;
        body();
        _indent--;
        Line("}");
    }

    private void Line(string line) => _text.Append(' ', 4 * _indent).Append(line).Append('\n');
}
