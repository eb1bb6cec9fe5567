namespace Weld.Bench.Peers.DuckDb;

/// <summary>The programs of examples/programs in SQL.</summary>
internal static class DuckDbPrograms
{
    private static readonly Dictionary<string, DuckDbQuery> Cities = new()
    {
        ["crime_index"] = new(
            ["cities(population, adults, robberies, state)"],
            """
            SELECT state, index / sum(index) OVER () FROM (
                SELECT state, sum(exp((population + 2 * adults - 2000 * robberies) / 100000)) AS index
                FROM cities WHERE population > 500000 GROUP BY state)
            ORDER BY state
            """),
        ["crime_index_simple"] = new(
            ["cities(population, adults, robberies)"],
            """
            SELECT sum(CASE WHEN index >= 0.02 THEN 0.032 WHEN index < 0.01 THEN 0.005 ELSE index END)
            FROM (SELECT (population + 2 * adults - 2000 * robberies) / 100000 AS index FROM cities WHERE population > 500000)
            """),
    };

    private static readonly Dictionary<string, DuckDbQuery> Tables = new()
    {
        ["data_cleaning"] = new(
            ["requests(code)"],
            """
            SELECT DISTINCT CASE WHEN short = '00000' THEN 'nan' ELSE short END
            FROM (SELECT CASE WHEN code IN ('NO CLUE', 'N/A', '0') THEN 'nan' ELSE left(code, 5) END AS short FROM requests)
            """),
        ["nyc_filter"] = new(
            ["rides(latitude, longitude, distance, fare)"],
            """
            SELECT count(*) FROM rides
            WHERE (latitude < 40.7 OR latitude > 40.88 OR longitude < -74.02 OR longitude > -73.91) AND (fare = 0 OR distance = 0)
            """),
        ["flight_delays"] = new(
            ["flights(delay, distance, plane, carrier)"],
            "SELECT avg(delay), count(DISTINCT plane), count(DISTINCT carrier), count(*) FROM flights WHERE delay > 15 AND distance > 500"),
        ["birth_analysis"] = new(
            ["names(year, name, sex, births)", "$top"],
            """
            WITH frequent AS (FROM names QUALIFY row_number() OVER (PARTITION BY year, sex ORDER BY births DESC, rowid) <= $top)
            SELECT year, coalesce(sum(births) FILTER (sex = 'F'), 0) / sum(births), coalesce(sum(births) FILTER (sex = 'M'), 0) / sum(births)
            FROM frequent WHERE contains(lower(name), 'lesl') GROUP BY year ORDER BY year
            """),
        ["movielens"] = new(
            ["ratings(user_id, movie_id, rating)", "users(user_id, gender, age)", "movies(movie_id, title)", "$least"],
            """
            CREATE OR REPLACE TEMP TABLE active AS
            SELECT title, coalesce(avg(rating) FILTER (gender = 'F'), 'NaN') AS women, coalesce(avg(rating) FILTER (gender = 'M'), 'NaN') AS men,
                sum(rating) AS total, sum(rating * rating) AS squares, count(*) AS n
            FROM ratings JOIN users USING (user_id) JOIN movies USING (movie_id) WHERE age > 45 GROUP BY title HAVING n >= $least;
            SELECT title, women, men, men - women AS difference FROM active ORDER BY difference, title;
            SELECT title, sqrt((squares - total * total / n) / (n - 1)) AS deviation FROM active ORDER BY deviation DESC, title LIMIT 10
            """),
    };

    private static readonly Dictionary<string, DuckDbQuery> Tpch = new()
    {
        ["tpch_q1"] = new(
            ["items(flag, status, quantity, price, discount, tax, shipped)"],
            """
            SELECT flag, status, sum(quantity), sum(price), sum(price * (1 - discount)), sum(price * (1 - discount) * (1 + tax)),
                avg(quantity), avg(price), avg(discount), count(*)
            FROM items WHERE shipped <= 19980902 GROUP BY flag, status ORDER BY flag, status
            """),
        ["tpch_q3"] = new(
            ["items(l_order, price, discount, shipped)", "orders(o_order, o_customer, ordered, priority)", "customers(c_customer, segment)"],
            """
            SELECT o_order, sum(price * (1 - discount)) AS revenue, ordered, priority
            FROM customers JOIN orders ON o_customer = c_customer JOIN items ON l_order = o_order
            WHERE segment = 'BUILDING' AND ordered < 19950315 AND shipped > 19950315
            GROUP BY o_order, ordered, priority ORDER BY revenue DESC, ordered, o_order LIMIT 10
            """),
        ["tpch_q6"] = new(
            ["items(shipped, discount, quantity, price)"],
            "SELECT sum(price * discount) FROM items WHERE shipped >= 19940101 AND shipped < 19950101 AND discount BETWEEN 0.05 AND 0.07 AND quantity < 24"),
        ["tpch_q12"] = new(
            ["items(l_order, shipped, committed, received, mode)", "orders(o_order, priority)"],
            """
            SELECT mode, count(*) FILTER (priority IN ('1-URGENT', '2-HIGH')), count(*) FILTER (priority NOT IN ('1-URGENT', '2-HIGH'))
            FROM items JOIN orders ON l_order = o_order
            WHERE mode IN ('MAIL', 'SHIP') AND shipped < committed AND committed < received AND received >= 19940101 AND received < 19950101
            GROUP BY mode ORDER BY mode
            """),
        ["tpch_q14"] = new(
            ["items(l_part, price, discount, shipped)", "parts(p_part, type)"],
            """
            SELECT 100 * sum(price * (1 - discount)) FILTER (type LIKE 'PROMO%') / sum(price * (1 - discount))
            FROM items JOIN parts ON l_part = p_part WHERE shipped >= 19950901 AND shipped < 19951001
            """),
        ["tpch_q19"] = new(
            ["items(l_part, quantity, price, discount, mode, instructions)", "parts(p_part, brand, size, container)"],
            """
            SELECT sum(price * (1 - discount)) FROM items JOIN parts ON l_part = p_part
            WHERE mode IN ('AIR', 'AIR REG') AND instructions = 'DELIVER IN PERSON' AND (
                (brand = 'Brand#12' AND container IN ('SM CASE', 'SM BOX', 'SM PACK', 'SM PKG') AND quantity BETWEEN 1 AND 11 AND size BETWEEN 1 AND 5)
                OR (brand = 'Brand#23' AND container IN ('MED BAG', 'MED BOX', 'MED PKG', 'MED PACK') AND quantity BETWEEN 10 AND 20 AND size BETWEEN 1 AND 10)
                OR (brand = 'Brand#34' AND container IN ('LG CASE', 'LG BOX', 'LG PACK', 'LG PKG') AND quantity BETWEEN 20 AND 30 AND size BETWEEN 1 AND 15))
            """),
    };

    public static IEnumerable<KeyValuePair<string, DuckDbQuery>> All => [.. Cities, .. Tables, .. Tpch];
}
