// The programs of examples/programs as lazy queries of Polars, in the order of their arguments.

export function programs(pl, frame) {
    const { col, lit, when } = pl;
    const revenue = col("price").mul(lit(1).sub(col("discount")));
    const cities = { index: col("population").add(col("adults").mul(2)).sub(col("robberies").mul(2000)).div(100000), large: col("population").gt(500000) };

    return {
        crime_index: (population, adults, robberies, state) => frame({ population, adults, robberies, state })
            .filter(cities.large)
            .select(col("state"), cities.index.exp().alias("exponential"))
            .groupBy("state").agg(col("exponential").sum())
            .select(col("state"), col("exponential").div(col("exponential").sum()))
            .sort("state"),
        crime_index_simple: (population, adults, robberies) => frame({ population, adults, robberies })
            .filter(cities.large)
            .select(cities.index.alias("index"))
            .select(when(col("index").gtEq(0.02)).then(lit(0.032)).when(col("index").lt(0.01)).then(lit(0.005)).otherwise(col("index")).sum()),
        data_cleaning: code => frame({ code })
            .select(when(col("code").isIn(["NO CLUE", "N/A", "0"])).then(lit("nan")).otherwise(col("code").str.slice(0, 5)).alias("short"))
            .select(when(col("short").eq(lit("00000"))).then(lit("nan")).otherwise(col("short")).alias("clean"))
            .unique(),
        nyc_filter: (latitude, longitude, distance, fare) => frame({ latitude, longitude, distance, fare })
            .select(
                col("latitude").lt(40.7).or(col("latitude").gt(40.88)).or(col("longitude").lt(-74.02)).or(col("longitude").gt(-73.91))
                    .and(col("fare").eq(0).or(col("distance").eq(0))).sum().cast(pl.Int64)),
        flight_delays: (delay, distance, plane, carrier) => frame({ delay, distance, plane, carrier })
            .filter(col("delay").gt(15).and(col("distance").gt(500)))
            .select(col("delay").mean(), col("plane").nUnique().cast(pl.Int64), col("carrier").nUnique().cast(pl.Int64), col("delay").count().cast(pl.Int64).alias("flights")),
        tpch_q1: (flag, status, quantity, price, discount, tax, shipped) => frame({ flag, status, quantity, price, discount, tax, shipped })
            .filter(col("shipped").ltEq(19980902))
            .groupBy(["flag", "status"])
            .agg(
                col("quantity").sum(), col("price").sum(), revenue.sum().alias("reduced"), revenue.mul(lit(1).add(col("tax"))).sum().alias("charge"),
                col("quantity").mean().alias("mean_quantity"), col("price").mean().alias("mean_price"), col("discount").mean(),
                col("shipped").count().cast(pl.Int64).alias("rows"))
            .sort(["flag", "status"]),
        tpch_q3: (item, price, discount, shipped, order, buyer, date, priority, customer, segment) => {
            const builders = frame({ customer, segment }).filter(col("segment").eq(lit("BUILDING")));
            const orders = frame({ order, customer: buyer, date, priority }).filter(col("date").lt(19950315)).join(builders, { on: "customer", how: "inner" });
            return frame({ order: item, price, discount, shipped }).filter(col("shipped").gt(19950315))
                .join(orders, { on: "order", how: "inner" })
                .groupBy(["order", "date", "priority"]).agg(revenue.sum().alias("revenue"))
                .sort(["revenue", "date", "order"], [true, false, false]).limit(10)
                .select(col("order"), col("revenue"), col("date"), col("priority"));
        },
        tpch_q12: (item, shipped, committed, received, mode, order, priority) => frame({ order: item, shipped, committed, received, mode })
            .filter(
                col("mode").isIn(["MAIL", "SHIP"]).and(col("shipped").lt(col("committed"))).and(col("committed").lt(col("received")))
                    .and(col("received").gtEq(19940101)).and(col("received").lt(19950101)))
            .join(frame({ order, priority }), { on: "order", how: "inner" })
            .select(col("mode"), col("priority").isIn(["1-URGENT", "2-HIGH"]).alias("high"))
            .groupBy("mode").agg(col("high").sum().cast(pl.Int64), col("high").not().sum().cast(pl.Int64).alias("low"))
            .sort("mode"),
        tpch_q14: (item, price, discount, shipped, part, kind) => frame({ part: item, price, discount, shipped })
            .filter(col("shipped").gtEq(19950901).and(col("shipped").lt(19951001)))
            .join(frame({ part, kind }), { on: "part", how: "inner" })
            .select(when(col("kind").str.startsWith("PROMO")).then(revenue).otherwise(lit(0)).sum().mul(100).div(revenue.sum())),
        tpch_q19: (item, quantity, price, discount, mode, instructions, part, brand, size, container) => {
            const wanted = [
                ["Brand#12", ["SM CASE", "SM BOX", "SM PACK", "SM PKG"], 1, 5],
                ["Brand#23", ["MED BAG", "MED BOX", "MED PKG", "MED PACK"], 10, 10],
                ["Brand#34", ["LG CASE", "LG BOX", "LG PACK", "LG PKG"], 20, 15],
            ].map(([name, containers, least, largest]) =>
                col("brand").eq(lit(name)).and(col("container").isIn(containers)).and(col("quantity").gtEq(least)).and(col("quantity").ltEq(least + 10))
                    .and(col("size").gtEq(1)).and(col("size").ltEq(largest)));
            return frame({ part: item, quantity, price, discount, mode, instructions })
                .filter(col("mode").isIn(["AIR", "AIR REG"]).and(col("instructions").eq(lit("DELIVER IN PERSON"))))
                .join(frame({ part, brand, size, container }), { on: "part", how: "inner" })
                .filter(wanted[0].or(wanted[1]).or(wanted[2]))
                .select(revenue.sum());
        },
        birth_analysis: (year, name, sex, births, top) => {
            const of = value => when(col("sex").eq(lit(value))).then(col("births")).otherwise(lit(0)).sum().div(col("births").sum());
            return frame({ year, name, sex, births })
                .sort("births", true, false, true)
                .groupBy(["year", "sex"]).head(Number(top))
                .filter(col("name").str.toLowerCase().str.contains("lesl", true))
                .groupBy("year").agg(of("F").alias("girls"), of("M").alias("boys"))
                .sort("year");
        },
        movielens: (user, movie, rating, user_id, gender, age, movie_id, title, least) => {
            const mean = value => col("rating").filter(col("gender").eq(lit(value))).mean().fillNull(lit(NaN));
            const count = col("count").cast(pl.Float64);
            const active = frame({ user, movie, rating })
                .join(frame({ user: user_id, gender, age }).filter(col("age").gt(45)), { on: "user", how: "inner" })
                .join(frame({ movie: movie_id, title }), { on: "movie", how: "inner" })
                .groupBy("title").agg(
                    col("rating").count().alias("count"), mean("F").alias("women"), mean("M").alias("men"), col("rating").sum().alias("total"),
                    col("rating").mul(col("rating")).sum().alias("squares"))
                .filter(col("count").gtEq(Number(least)));
            return {
                collectSync() {
                    const titles = active.collectSync().lazy();
                    const deviation = col("squares").sub(col("total").mul(col("total")).div(count)).div(count.sub(1)).pow(0.5);
                    return [
                        titles.select(col("title"), col("women"), col("men"), col("men").sub(col("women")).alias("difference")).sort(["difference", "title"]).collectSync(),
                        titles.select(col("title"), deviation.alias("deviation")).sort(["deviation", "title"], [true, false]).limit(10).collectSync(),
                    ];
                },
            };
        },
    };
}
