using System.Globalization;

namespace Weld.Bench.Peers.DuckDb;

/// <summary>A kernel in SQL.</summary>
/// <param name="Tables">What the arguments are, in order: the columns of tables such as <c>t(k, v)</c>, and scalars such as <c>$limit</c>.</param>
/// <param name="Sql">The query; or several, each on lines of its own, of which those that create a table are for the others to read.</param>
internal sealed record DuckDbQuery(string[] Tables, string Sql)
{
    private const string Haversine = """
        SELECT asin(sqrt(a * a + cos(radians(latitude)) * cos(radians(latitude0)) * (b * b))) * 2 * 3959
        FROM (
            SELECT latitude, latitude0, sin((radians(latitude) - radians(latitude0)) * 0.5) AS a, sin((radians(longitude) - radians(longitude0)) * 0.5) AS b
            FROM t, (SELECT min(place) FILTER (rowid = 0) AS latitude0, min(place) FILTER (rowid = 1) AS longitude0 FROM here))
        """;

    /// <summary>Whether lists have the rows' order on one thread alone: SQL promises it to none.</summary>
    public bool InOrderOnOneThread { get; private init; }

    /// <summary>By the name of the function in the other languages.</summary>
    public static IReadOnlyDictionary<string, DuckDbQuery> All { get; } = new Dictionary<string, DuckDbQuery>
    {
        ["sum"] = new(["t(v)"], "SELECT sum(v) FROM t"),
        ["map_filter_sum"] = new(["t(v)"], "SELECT sum(v * 2 + 1) FROM t WHERE v * 2 + 1 > 2"),
        ["q6"] = new(
            ["t(day, discount, quantity, price)"],
            "SELECT sum(price * discount) FROM t WHERE day >= 19940101 AND day < 19950101 AND discount BETWEEN 0.05 AND 0.07 AND quantity < 24"),
        ["chain"] = new(["t(v)"], $"SELECT sum({Enumerable.Range(1, 40).Aggregate("v", (x, k) => string.Create(CultureInfo.InvariantCulture, $"({x} + {k * 0.1:R}e0)"))}) FROM t"),
        ["axpy"] = new(["t(x)", "$a", "$b"], "SELECT $a * x + $b FROM t"),
        ["haversine"] = new(["t(latitude, longitude)", "here(place)"], Haversine),
        ["filter"] = new(["t(v)", "$limit"], "SELECT v FROM t WHERE v < $limit"),
        ["q1"] = new(
            ["t(flag, status, quantity, price, discount, tax, day)"],
            """
            SELECT flag, status, sum(quantity), sum(price), sum(price * (1 - discount)), sum(price * (1 - discount) * (1 + tax)), sum(discount), count(*)
            FROM t WHERE day <= 19980902 GROUP BY flag, status
            """),
        ["group_sum"] = new(["t(k, v)"], "SELECT k, sum(v) FROM t GROUP BY k"),
        ["group_sum_text"] = new(["t(k, v)"], "SELECT k, sum(v) FROM t GROUP BY k"),
        ["group_values"] = new(["t(k, v)"], "SELECT k, list(v) FROM t GROUP BY k") { InOrderOnOneThread = true },
        ["histogram"] = new(["t(bin)", "zeros(zero)"], "SELECT bin, count(*) FROM t GROUP BY bin"),
        ["join"] = new(["small(k, payload)", "large(k, value)"], "SELECT value, payload FROM large JOIN small USING (k)"),
        ["sort_i64"] = new(["t(v)"], "SELECT v FROM t ORDER BY v"),
        ["sort_f64"] = new(["t(v)"], "SELECT v FROM t ORDER BY v"),
        ["sort_text"] = new(["t(v)"], "SELECT v FROM t ORDER BY v"),
    }.Concat(DuckDbPrograms.All).ToDictionary();

    /// <summary>Makes the tables; the query with its scalars in place.</summary>
    /// <param name="database">Where.</param>
    /// <param name="arguments">The arguments.</param>
    public string Load(DuckDbDatabase database, object[] arguments)
    {
        var (sql, next) = (Sql, 0);
        foreach (var table in Tables)
        {
            if (table[0] == '$')
            {
                sql = sql.Replace(table, Literal(arguments[next++]), StringComparison.Ordinal);
                continue;
            }

            var parts = table.Split('(', ')');
            var names = parts[1].Split(", ");
            database.Load(parts[0], [.. names.Zip(arguments[next..])]);
            next += names.Length;
        }

        return sql;
    }

    private static string Literal(object scalar) => scalar switch
    {
        long n => string.Create(CultureInfo.InvariantCulture, $"{n}"),
        float f => string.Create(CultureInfo.InvariantCulture, $"{f:R}::FLOAT"),
        double d => string.Create(CultureInfo.InvariantCulture, $"{d:R}::DOUBLE"),
        _ => throw new ArgumentException($"expected a long or a float, found {scalar.GetType()}"),
    };
}
