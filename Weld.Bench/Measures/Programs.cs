using System.Text;

namespace Weld.Bench.Measures;

/// <summary>Program texts of a given size.</summary>
internal static class Programs
{
    /// <summary>A loop whose body has that many operators, in lets of ten.</summary>
    /// <param name="operators">A multiple of ten.</param>
    /// <param name="number">A constant in the program: another one makes another program.</param>
    public static string Operators(int operators, int number)
    {
        var text = new StringBuilder("|v: vec[i64]| result(for(v, appender[i64], |b, i, x|\n");
        for (var line = 0; line < operators / 10; line++)
        {
            var last = line == 0 ? "x" : $"t{line - 1}";
            text.Append($"  let t{line} = ({last} + {line}L) * 3L - ({last} ^ i) / 7L + ({last} & {number}L) - {last} * i + 1L;\n");
        }

        return text.Append($"  merge(b, t{(operators / 10) - 1})))").ToString();
    }

    /// <summary>Lets that each use the one before twice: small as a graph, 2ⁿ as a tree.</summary>
    /// <param name="depth">How many.</param>
    /// <param name="number">A constant in the program: another one makes another program.</param>
    public static string Doubling(int depth, int number)
    {
        var text = new StringBuilder($"|a: i64| let c = a + {number}L;\n");
        for (var i = 0; i < depth; i++)
        {
            text.Append("let c = (c + c) / 2L;\n");
        }

        return text.Append('c').ToString();
    }
}
