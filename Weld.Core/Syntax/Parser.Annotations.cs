using System.Globalization;
using Weld.Core.Diagnostics;
using Weld.Core.IR;
using Weld.Core.Values;

namespace Weld.Core.Syntax;

internal sealed partial class Parser
{
    private Expr Annotated()
    {
        var annotations = new List<Annotation>();
        while (TryTake(TokenKind.At) && Expect(TokenKind.LeftParenthesis))
        {
            annotations.AddRange(Items(TokenKind.RightParenthesis, OneAnnotation));
        }

        var node = Nested(static p => p.Primary());
        return Annotate(node, annotations);
    }

    /// <summary>On what a standard macro gives, annotations mean its loop; on an ascription, what is ascribed.</summary>
    private static Expr Annotate(Expr node, List<Annotation> annotations) => node switch
    {
        Result { Builder: For loop } r when r.Span == loop.Span => r with { Builder = Annotate(loop, annotations) },
        Ascription a => a with { Operand = Annotate(a.Operand, annotations) },
        _ => node with { Annotations = [.. annotations, .. node.Annotations] },
    };

    private Annotation OneAnnotation()
    {
        var start = Current.Start;
        var key = Word();
        Expect(TokenKind.Colon);
        var value = Word();
        var annotation = new Annotation(key, value);
        if (!_panic && AnnotationRules.Check(annotation) is { } warning)
        {
            _warnings.Add(new Diagnostic(CompileCode.Syntax, From(start), warning));
        }

        return annotation;
    }

    /// <summary>A key or value: a name, a keyword (true and false among them), a number or a string.</summary>
    private string Word()
    {
        var negative = At(TokenKind.Minus);
        if (negative)
        {
            Take();
        }

        var token = Current;
        if (_panic || token.Kind is not (TokenKind.Identifier or TokenKind.Keyword or TokenKind.Number or TokenKind.Text) || (negative && token.Kind != TokenKind.Number))
        {
            Unexpected("a name, number, bool or string");
            return "";
        }

        Take();
        return token.Value switch
        {
            Scalar s => string.Create(CultureInfo.InvariantCulture, $"{(negative ? "-" : "")}{s}"),
            Seq<byte> bytes => System.Text.Encoding.UTF8.GetString(bytes.Span),
            _ => token.Name,
        };
    }
}

/// <summary>The annotations and their values (language.md §9).</summary>
internal static class AnnotationRules
{
    /// <summary>What is wrong with an annotation, or null.</summary>
    public static string? Check(Annotation annotation)
    {
        var expected = annotation.Key switch
        {
            "predicate" or "vectorize" or "parallel" or "top_k" or "limit" or "adaptive" or "tile" => annotation.Value is "true" or "false" ? null : "true or false",
            "loopsize" or "grain_size" or "size" or "num_keys" => Number(annotation.Value) is >= 0 ? null : "an i64 of at least 0",
            "branch_selectivity" => Number(annotation.Value) is >= 0 and <= 10_000 ? null : "a number from 0 to 10,000",
            "impl" => annotation.Value is "local" or "global" ? null : "local or global",
            _ => "",
        };
        return expected switch
        {
            null => null,
            "" => $"expected an annotation of the language, found '{annotation.Key}'; it is ignored",
            _ => $"expected {expected} as the value of {annotation.Key}, found '{annotation.Value}'; it is ignored",
        };
    }

    private static long? Number(string value) => long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;
}
