using System.Globalization;
using System.Text;

namespace Weld.Bench.Measures;

/// <summary>A map of as many operators as asked for, each of the one before: half of them additions, half multiplications.</summary>
/// <param name="Operators">How many.</param>
/// <param name="Number">A constant in it: another one makes another program.</param>
internal sealed record ChainProgram(int Operators, int Number)
{
    private const int OperatorsInLine = 10;

    /// <summary>The program.</summary>
    public string Text
    {
        get
        {
            var text = new StringBuilder("|v: vec[f64]| result(for(v, appender[f64], |b, i, x|\n");
            for (var (line, done) = (0, 0); done < Operators; line++)
            {
                var value = line == 0 ? "x" : $"t{line - 1}";
                for (var end = Math.Min(Operators, done + OperatorsInLine); done < end; done++)
                {
                    value = done == 0 ? $"({value} + {Number}.0)" : done % 2 == 0 ? $"({value} + x)" : $"({value} * 0.5)";
                }

                text.Append(CultureInfo.InvariantCulture, $"  let t{line} = {value};\n");
            }

            return text.Append(CultureInfo.InvariantCulture, $"  merge(b, t{(Operators - 1) / OperatorsInLine})))").ToString();
        }
    }

    /// <summary>What it makes of an element.</summary>
    public double Of(double x)
    {
        var value = x + Number;
        for (var done = 1; done < Operators; done++)
        {
            value = done % 2 == 0 ? value + x : value * 0.5;
        }

        return value;
    }
}
