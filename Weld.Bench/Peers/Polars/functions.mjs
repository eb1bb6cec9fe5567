// The kernels as lazy queries of Polars. Each takes its arguments from the host, makes a frame of them, and gives the query to be collected.
import { programs } from "./programs.mjs";

export function functions(pl) {
    const col = pl.col;
    const real = x => pl.lit(x);
    const types = new Map([
        [Uint8Array, pl.UInt8], [Int32Array, pl.Int32], [BigInt64Array, pl.Int64], [Float32Array, pl.Float32], [Float64Array, pl.Float64], [Array, pl.Utf8],
    ]);
    const frame = columns => pl.DataFrame(Object.entries(columns).map(([name, values]) => pl.Series(name, values, types.get(values.constructor)))).lazy();
    const sort = v => frame({ v }).sort("v");
    const q6 = (day, discount, quantity, price) => frame({ day, discount, quantity, price })
        .filter(col("day").gtEq(19940101).and(col("day").lt(19950101)).and(col("discount").gtEq(0.05)).and(col("discount").ltEq(0.07)).and(col("quantity").lt(24)))
        .select(col("price").mul(col("discount")).sum());
    const groupSum = (k, v) => frame({ k, v }).groupBy("k").agg(col("v").sum());

    return {
        sum: v => frame({ v }).select(col("v").sum()),
        map_filter_sum: v => frame({ v }).select(col("v").mul(2).add(1).alias("y")).filter(col("y").gt(2)).select(col("y").sum()),
        q6,
        tpch_q6: q6,
        chain: v => frame({ v }).select(Array.from({ length: 40 }, (_, i) => (i + 1) * 0.1).reduce((x, term) => x.add(real(term)), col("v")).sum()),
        axpy: (x, a, b) => frame({ x }).select(col("x").mul(real(a).cast(pl.Float32)).add(real(b).cast(pl.Float32))),
        haversine: (latitude, longitude, here) => {
            const radians = Math.PI / 180;
            const [latitude0, longitude0] = [here[0] * radians, here[1] * radians];
            const north = col("latitude").mul(radians).sub(latitude0).mul(0.5).sin();
            const east = col("longitude").mul(radians).sub(longitude0).mul(0.5).sin();
            const a = north.pow(2).add(col("latitude").mul(radians).cos().mul(Math.cos(latitude0)).mul(east.pow(2)));
            return frame({ latitude, longitude }).select(a.pow(0.5).arcsin().mul(2).mul(3959));
        },
        filter: (v, limit) => frame({ v }).filter(col("v").lt(limit)),
        q1: (flag, status, quantity, price, discount, tax, day) => {
            const reduced = col("price").mul(real(1).sub(col("discount")));
            return frame({ flag, status, quantity, price, discount, tax, day }).filter(col("day").ltEq(19980902)).groupBy(["flag", "status"]).agg(
                col("quantity").sum(), col("price").sum(), reduced.sum().alias("reduced"), reduced.mul(real(1).add(col("tax"))).sum().alias("charge"),
                col("discount").sum(), col("day").count().cast(pl.Int64).alias("rows"));
        },
        group_sum: groupSum,
        group_sum_text: groupSum,
        group_values: (k, v) => frame({ k, v }).groupBy("k").agg(col("v")),
        histogram: bin => frame({ bin }).groupBy("bin").agg(pl.count("bin").cast(pl.Int64).alias("count")),
        join: (build, payload, probe, value) =>
            frame({ key: probe, value }).join(frame({ key: build, payload }), { on: "key", how: "inner" }).select(col("value"), col("payload")),
        sort_i64: sort,
        sort_f64: sort,
        sort_text: sort,
        ...programs(pl, frame),
    };
}

/** The columns of a frame, or of several: lists as their lengths and all their values. */
export function columns(pl, answer) {
    return Array.isArray(answer) ? answer.flatMap(frame => columns(pl, frame)) : answer.getColumns().flatMap(column =>
        column.dtype.variant === "List" ? [values(answer.select(pl.col(column.name).lst.lengths().cast(pl.Int64)).getColumns()[0]), values(column.explode())]
        : [values(column)]);
}

const values = column => column.dtype.variant === "String" || column.dtype.variant === "Utf8" ? column.toArray() : column.toTypedArray();
