using System.Text;
using Weld.Frames;

namespace CrossLibrary;

/// <summary>Cities made up by a fixed rule: the same on every machine.</summary>
/// <param name="State">Each city's state.</param>
/// <param name="Population">Evenly between 10,000 and 1,000,000.</param>
/// <param name="Adults">Evenly between 0 and the population.</param>
/// <param name="Robberies">Evenly between 0 and 1,000.</param>
public sealed record Cities(string[] State, double[] Population, double[] Adults, double[] Robberies)
{
    private static readonly string[] States = ["CA", "FL", "GA", "IL", "MI", "NY", "OH", "PA", "TX", "WA"];

    /// <summary>That many cities.</summary>
    public static Cities Make(int count)
    {
        var cities = new Cities(new string[count], new double[count], new double[count], new double[count]);
        var state = 88172645463325252UL;
        for (var i = 0; i < count; i++)
        {
            cities.State[i] = States[Next(States.Length)];
            cities.Population[i] = 10_000 + Next(990_001);
            cities.Adults[i] = Next((int)cities.Population[i] + 1);
            cities.Robberies[i] = Next(1_001);
        }

        return cities;

        // Marsaglia's xorshift; the upper half has the better bits.
        int Next(int below)
        {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            return (int)((state >> 32) * (ulong)below >> 32);
        }
    }

    /// <summary>The same as columns.</summary>
    public IReadOnlyList<Column> Columns()
    {
        var offsets = new int[State.Length + 1];
        for (var i = 0; i < State.Length; i++)
        {
            offsets[i + 1] = offsets[i] + Encoding.UTF8.GetByteCount(State[i]);
        }

        return
        [
            new TextColumn("state", Encoding.UTF8.GetBytes(string.Concat(State)), offsets),
            new Column<double>("population", Population),
            new Column<double>("adults", Adults),
            new Column<double>("robberies", Robberies),
        ];
    }
}
