using System.Text;
using Weld.Core;
using Weld.Core.Diagnostics;
using Weld.Core.IR;
using Weld.Core.Syntax;

namespace Weld.Tests.Syntax;

/// <summary>Random and mutated texts: whatever stands in them, the front end gives a program or diagnostics, and its programs are sound.</summary>
public class MutationTests
{
    private static readonly string[] Programs =
    [
        "|v: vec[i64]| result(for(v, merger[i64,+], |b, i, x| if(x > 0L, merge(b, x), b)))",
        "type p = {i64, f64}; macro sq(x) = x * x; |a: p, v: vec[p]| map(v, |x| {sq(x.$0), x.$1 + a.$1})",
        "let f = |x| x + x; let s = \"a\\x41\\u{1F600}\"; {f(1c), f(2.5f), len(s), -128c, 0xffu8, !true, ~5}",
        "|v: vec[f64], w: vec[i32]| for(zip(v, iter(w, 0L, 4L, 2L)), {appender[f64], merger[i32,{+}]}, |b, i, x| {merge(b.$0, x.$0), b.$1})",
        "|d: dict[i64,f64]| iterate({0L, appender}, |s| {{s.$0 + 1L, merge(s.$1, lookup(d, s.$0))}, keyexists(d, s.$0) && s.$0 < 10L})",
        "|k: vec[{i64,vec[u8]}]| tovec(result(for(k, groupmerger[i64,vec[u8]], |b, i, x| merge(b, x))))",
        "@(loopsize: 100, impl: local) sort([3, 1, 2], |a, b| compare(b, a))",
        "|v: vec[f32]| result(for(simditer(v), merger[f32,max], |b, i, x| merge(b, sqrt(x) * broadcast(2.0f))))",
        "let x = slice([1, 2, 3] : vec[i32], 0L, 2L); select(x == [1], optlookup(result(dictmerger[i32,i32,+]), 1), {false, 0})",
        "deserialize[vec[{i64,bool}]](serialize(cudf[twice,i64](5L << 2L >> 1L % 3L ^ 7L | 1L & 2L)))",
    ];

    private static readonly string[] Pieces =
    [
        .. Words.Keywords, "map", "filter", "flatten", "sum", "compare", "x", "y", "f", "v", "0", "1L", "2.5", "1e400", "999999999999", "\"s\"", "$0", "$9", "(", ")", "[", "]",
        "{", "}", ",", ";", ":", ".", "@", "?", "=", "!", "~", "+", "-", "*", "/", "%", "|", "||", "&", "&&", "^", "==", "<", ">=", "<<", " ", "#", "\n", "\"", "\\", "é", "\uD800", "\0",
    ];

    [Fact]
    public void A_hundred_thousand_texts_give_a_program_or_diagnostics()
    {
        Parallel.For(0, 100, block =>
        {
            var random = new Random(block);
            for (var i = 0; i < 1_000; i++)
            {
                Check(Text(random));
            }
        });
    }

    private static string Text(Random random)
    {
        var text = new StringBuilder();
        if (random.Next(4) == 0)
        {
            for (var n = random.Next(40); n > 0; n--)
            {
                text.Append(Pieces[random.Next(Pieces.Length)]).Append(random.Next(2) == 0 ? " " : "");
            }

            return text.ToString();
        }

        text.Append(Programs[random.Next(Programs.Length)]);
        for (var n = 1 + random.Next(3); n > 0; n--)
        {
            var at = random.Next(text.Length + 1);
            var length = Math.Min(random.Next(8), text.Length - at);
            switch (random.Next(4))
            {
                case 0:
                    text.Remove(at, length);
                    break;
                case 1:
                    text.Insert(at, Pieces[random.Next(Pieces.Length)]);
                    break;
                case 2:
                    text.Insert(at, text.ToString(at, length));
                    break;
                default:
                    text.Remove(at, length).Insert(at, Pieces[random.Next(Pieces.Length)]);
                    break;
            }
        }

        return text.ToString();
    }

    private static void Check(string text)
    {
        try
        {
            var source = new SourceText(text);
            if (FrontEnd.TryCheck(source, Syntax.Programs.Functions, out var program, out var diagnostics))
            {
                Assert.Empty(Verifier.Verify(program.Program));
                var again = Syntax.Programs.Checked(Printer.PrintProgram(program.Program)).Program;
                Assert.True(AlphaEquality.Equal(program.Program, again), $"{program.Program}\n{again}");
                return;
            }

            Assert.NotEmpty(diagnostics);
            Assert.NotEqual("", Render.All(diagnostics, source));
            Assert.All(diagnostics, d => Assert.True(d.Code != CompileCode.Internal && d.Message.StartsWith("expected ", StringComparison.Ordinal) && d.Span.End <= text.Length + 1, d.ToString()));
        }
        catch (Exception e)
        {
            Assert.Fail($"{text}\n{e}");
        }
    }
}
