using System.Text;
using Weld.Managed;

namespace Weld.Bench.Workloads;

/// <summary>A program of examples/programs with data of any size, the same every time, and its answer by plain loops.</summary>
internal abstract class Workload
{
    /// <summary>The same sums in another order, and elementary functions within the language's errors of each other.</summary>
    private protected const double Rounding = 1e-12;

    public static IReadOnlyList<Workload> All { get; } =
    [
        new CrimeIndex(), new SimpleCrimeIndex(), new DataCleaning(), new NycFilter(), new FlightDelays(), new BlackScholes(), new Haversine(),
        new PricingSummary(), new ShippingPriority(), new ForecastRevenue(), new ShippingModes(), new PromotionEffect(), new DiscountedRevenue(),
        new BirthAnalysis(), new MovieLens(), new PageRank(), new LogisticRegression(), new NBody(), new KMeans(), new ShallowWater(),
    ];

    /// <summary>The name of the program.</summary>
    public abstract string Name { get; }

    /// <summary>Where the program stands, from the repository's top folder.</summary>
    public string Path => $"examples/programs/{Name}.weld";

    /// <summary>How many rows the data in examples/programs/data has.</summary>
    public virtual long SampleRows => 200;

    /// <summary>How far a float may lie from the expected, as a share of it; 0 is the same bits.</summary>
    public virtual double Tolerance => 0;

    /// <summary>Whether floats taken for reals give the same answer.</summary>
    public virtual bool IsFloat => Tolerance > 0;

    /// <summary>Whether the answer's rows are in the order of where each is first found, which is none that one would ask for.</summary>
    public virtual bool IsSet => false;

    /// <summary>The program's arguments: scalars, arrays of them, of texts (<c>vec[vec[u8]]</c>) and of rows (<c>vec[vec[f64]]</c>).</summary>
    /// <param name="rows">How many elements the work grows with.</param>
    public abstract object[] Arguments(long rows);

    /// <summary>The answer by plain loops: scalars, texts, arrays, and tuples for structs.</summary>
    /// <param name="arguments">What <see cref="Arguments"/> made, or others of its types.</param>
    public abstract object Expected(object[] arguments);

    /// <summary>The same answer as one writes it for speed, to be timed.</summary>
    /// <param name="arguments">What <see cref="Arguments"/> made.</param>
    public virtual object Loops(object[] arguments) => Expected(arguments);

    /// <summary>The arguments in the form that a run takes without copying their elements.</summary>
    public static object[] Bind(object[] arguments) => [.. arguments.Select(Bind)];

    /// <summary>A column of drawn values.</summary>
    private protected static T[] Draw<T>(int seed, long rows, Func<Random, T> draw)
    {
        var random = new Random(seed);
        var values = new T[rows];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = draw(random);
        }

        return values;
    }

    /// <summary>The number of the first row of each key.</summary>
    private protected static Dictionary<long, int> Rows(long[] keys)
    {
        var rows = new Dictionary<long, int>();
        for (var i = 0; i < keys.Length; i++)
        {
            rows.TryAdd(keys[i], i);
        }

        return rows;
    }

    private static object Bind(object argument) => argument switch
    {
        string[] texts => Nested([.. texts.Select(Encoding.UTF8.GetBytes)]),
        double[][] rows => Nested(rows),
        _ => argument,
    };

    private static NestedVector<T> Nested<T>(T[][] vectors)
        where T : unmanaged
    {
        var offsets = new int[vectors.Length + 1];
        for (var i = 0; i < vectors.Length; i++)
        {
            offsets[i + 1] = offsets[i] + vectors[i].Length;
        }

        var values = new T[offsets[^1]];
        for (var i = 0; i < vectors.Length; i++)
        {
            vectors[i].CopyTo(values, offsets[i]);
        }

        return new NestedVector<T>(values, offsets);
    }
}
