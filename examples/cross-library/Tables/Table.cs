using Weld.Frames;

namespace CrossLibrary.Tables;

/// <summary>A small library of tables: named columns of one length, rows kept by a condition, sums by group. It knows nothing of vectors and matrices.</summary>
public sealed class Table
{
    private static readonly LazyFunction Above = new("Above", "|column: vec[f64], limit: f64| map(column, |x| x > limit)");

    private static readonly LazyFunction Kept = new(
        "Where",
        types => $"|column: {types[0]}, keep: vec[bool]| result(for(zip(column, keep), appender, |b, i, row| if(row.$1, merge(b, row.$0), b)))");

    private static readonly LazyFunction SumByKey = new(
        "Sum",
        """
        |keys: vec[vec[u8]], values: vec[f64]|
          tovec(result(for(zip(keys, values), dictmerger[vec[u8], f64, +], |b, i, row| merge(b, {row.$0, row.$1}))))
        """);

    private readonly IReadOnlyDictionary<string, LazyValue> _columns;

    private Table(IReadOnlyDictionary<string, LazyValue> columns) => _columns = columns;

    /// <summary>A table of columns of floats and texts, as they come from a file.</summary>
    public static Table Of(params IEnumerable<Column> columns) => new(columns.ToDictionary(c => c.Name, c => c switch
    {
        TextColumn texts => Series.Of(texts).Value,
        Column<double> numbers => LazyValue.Of(numbers.Values, numbers.Name),
        _ => throw new ArgumentException($"expected a column of f64 or of texts, found {c}"),
    }));

    /// <summary>A column.</summary>
    public LazyValue this[string name] =>
        _columns.TryGetValue(name, out var column) ? column : throw new ArgumentException($"expected a column among {string.Join(", ", _columns.Keys)}, found {name}");

    /// <summary>The table with one more column.</summary>
    public Table With(string name, LazyValue column) => new(new Dictionary<string, LazyValue>(_columns) { [name] = column });

    /// <summary>The rows whose value in a column is above a limit.</summary>
    public Table Where(string name, double above)
    {
        var keep = Above.Apply(this[name], LazyValue.Of(above));
        return new Table(_columns.ToDictionary(c => c.Key, c => Kept.Apply(c.Value, keep)));
    }

    /// <summary>The sum of a column for each value of another.</summary>
    public Grouped<string, double> Sum(string name, string by) => new(SumByKey.Apply(this[by], this[name]));
}
