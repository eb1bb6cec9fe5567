"""pandas: frames, on one thread."""
import sys

import numpy as np
import pandas as pd

VERSION = f"pandas {pd.__version__}, NumPy {np.__version__}"
THREADS = int(sys.argv[-1])


def columns(answer):
    """The columns of a frame, its index first if it has a name; lists of numbers as their lengths and all of them; the columns of each of a tuple."""
    if isinstance(answer, tuple):
        return [column for part in answer for column in columns(part)]
    if np.isscalar(answer):
        return [answer]
    frame = answer.to_frame(answer.name or "value") if isinstance(answer, pd.Series) else answer
    frame = frame.reset_index() if frame.index.names != [None] else frame
    return [part for name in frame for part in parts(frame[name].to_numpy())]


def parts(column):
    if column.dtype != object:
        return [column]
    if isinstance(column[0], list):
        return [np.array([len(values) for values in column]), np.concatenate(column)]
    return [np.array(column, dtype="S")]


def frame(**columns):
    """A frame; texts are Python's, as pandas reads them."""
    return pd.DataFrame({name: texts(c) if c.dtype.kind == "S" else c for name, c in columns.items()})


def texts(column):
    return pd.Series([text.decode() for text in column.tolist()], dtype=object)


def query(function):
    """pandas has one thread."""
    return function if THREADS == 1 else None


@query
def sum(v):
    v = pd.Series(v)
    return lambda: v.sum()


@query
def map_filter_sum(v):
    v = pd.Series(v)

    def run():
        y = v * 2.0 + 1.0
        return y[y > 2.0].sum()
    return run


@query
def chain(v):
    v = pd.Series(v)

    def run():
        x = v
        for k in range(1, 41):
            x = x + k * 0.1
        return x.sum()
    return run


@query
def q6(day, discount, quantity, price):
    t = frame(day=day, discount=discount, quantity=quantity, price=price)

    def run():
        kept = t[(t.day >= 19940101) & (t.day < 19950101) & (t.discount >= 0.05) & (t.discount <= 0.07) & (t.quantity < 24.0)]
        return (kept.price * kept.discount).sum()
    return run


@query
def filter(v, limit):
    t = frame(v=v)
    return lambda: t[t.v < limit].reset_index(drop=True)


@query
def q1(flag, status, quantity, price, discount, tax, day):
    t = frame(flag=flag, status=status, quantity=quantity, price=price, discount=discount, tax=tax, day=day)

    def run():
        kept = t[t.day <= 19980902]
        reduced = kept.price * (1.0 - kept.discount)
        return kept.assign(reduced=reduced, charge=reduced * (1.0 + kept.tax)).groupby(["flag", "status"]).agg(
            quantity=("quantity", "sum"), price=("price", "sum"), reduced=("reduced", "sum"), charge=("charge", "sum"), discount=("discount", "sum"),
            rows=("day", "count"))
    return run


@query
def group_sum(k, v):
    t = frame(k=k, v=v)
    return lambda: t.groupby("k", sort=False)["v"].sum()


group_sum_text = group_sum


@query
def group_values(k, v):
    t = frame(k=k, v=v)
    return lambda: t.groupby("k", sort=False)["v"].agg(list)


@query
def histogram(bin, zeros):
    bins = pd.Series(bin)
    return lambda: bins.value_counts(sort=False).rename_axis("bin")


@query
def join(build, payload, probe, value):
    small, large = frame(key=build, payload=payload), frame(key=probe, value=value)
    return lambda: large.merge(small, on="key")[["value", "payload"]]


@query
def sort_i64(v):
    v = pd.Series(v)
    return lambda: v.sort_values(ignore_index=True)


sort_f64 = sort_i64


@query
def sort_text(v):
    v = texts(v)
    return lambda: v.sort_values(ignore_index=True)


@query
def crime_index(population, adults, robberies, state):
    t = frame(population=population, adults=adults, robberies=robberies, state=state)

    def run():
        large = t[t.population > 500000.0]
        exponentials = np.exp((large.population + 2.0 * large.adults - 2000.0 * large.robberies) / 100000.0)
        return (exponentials / exponentials.sum()).groupby(large.state).sum()
    return run


@query
def crime_index_simple(population, adults, robberies):
    t = frame(population=population, adults=adults, robberies=robberies)

    def run():
        large = t[t.population > 500000.0]
        index = (large.population + 2.0 * large.adults - 2000.0 * large.robberies) / 100000.0
        index[index >= 0.02] = 0.032
        index[index < 0.01] = 0.005
        return index.sum()
    return run


@query
def data_cleaning(zip_code):
    codes = texts(zip_code)

    def run():
        short = codes.mask(codes.isin(["NO CLUE", "N/A", "0"]), "nan").str.slice(0, 5)
        return short.mask(short == "00000", "nan").drop_duplicates().reset_index(drop=True)
    return run


@query
def nyc_filter(latitude, longitude, distance, fare):
    t = frame(latitude=latitude, longitude=longitude, distance=distance, fare=fare)

    def run():
        outside = (t.latitude < 40.7) | (t.latitude > 40.88) | (t.longitude < -74.02) | (t.longitude > -73.91)
        return (outside & ((t.fare == 0.0) | (t.distance == 0.0))).sum()
    return run


@query
def flight_delays(delay, distance, plane, carrier):
    t = frame(delay=delay, distance=distance, plane=plane, carrier=carrier)

    def run():
        late = t[(t.delay > 15.0) & (t.distance > 500)]
        return late.delay.mean(), late.plane.nunique(), late.carrier.nunique(), len(late)
    return run


@query
def tpch_q1(flag, status, quantity, price, discount, tax, shipped):
    t = frame(flag=flag, status=status, quantity=quantity, price=price, discount=discount, tax=tax, shipped=shipped)

    def run():
        kept = t[t.shipped <= 19980902]
        reduced = kept.price * (1.0 - kept.discount)
        return kept.assign(reduced=reduced, charge=reduced * (1.0 + kept.tax)).groupby(["flag", "status"]).agg(
            quantity=("quantity", "sum"), price=("price", "sum"), reduced=("reduced", "sum"), charge=("charge", "sum"),
            mean_quantity=("quantity", "mean"), mean_price=("price", "mean"), mean_discount=("discount", "mean"), rows=("shipped", "count"))
    return run


@query
def tpch_q3(item, price, discount, shipped, order, buyer, date, priority, customer, segment):
    items = frame(order=item, price=price, discount=discount, shipped=shipped)
    orders, customers = frame(order=order, customer=buyer, date=date, priority=priority), frame(customer=customer, segment=segment)

    def run():
        builders = customers[customers.segment == "BUILDING"]
        early = orders[orders.date < 19950315]
        joined = items[items.shipped > 19950315].merge(early[early.customer.isin(builders.customer)], on="order")
        revenues = joined.assign(revenue=joined.price * (1.0 - joined.discount)).groupby(["order", "date", "priority"], sort=False, as_index=False).revenue.sum()
        return revenues.sort_values(["revenue", "date", "order"], ascending=[False, True, True]).head(10)[["order", "revenue", "date", "priority"]]
    return run


tpch_q6 = q6


@query
def tpch_q12(item, shipped, committed, received, mode, order, priority):
    items = frame(order=item, shipped=shipped, committed=committed, received=received, ship_mode=mode)
    orders = frame(order=order, priority=priority)

    def run():
        late = items[items.ship_mode.isin(["MAIL", "SHIP"]) & (items.shipped < items.committed) & (items.committed < items.received)
                     & (items.received >= 19940101) & (items.received < 19950101)]
        joined = late.merge(orders, on="order")
        high = joined.priority.isin(["1-URGENT", "2-HIGH"])
        return joined.assign(high=high, low=~high).groupby("ship_mode")[["high", "low"]].sum()
    return run


@query
def tpch_q14(item, price, discount, shipped, part, kind):
    items, parts = frame(part=item, price=price, discount=discount, shipped=shipped), frame(part=part, kind=kind)

    def run():
        joined = items[(items.shipped >= 19950901) & (items.shipped < 19951001)].merge(parts, on="part")
        revenue = joined.price * (1.0 - joined.discount)
        return 100.0 * revenue[joined.kind.str.startswith("PROMO")].sum() / revenue.sum()
    return run


@query
def tpch_q19(item, quantity, price, discount, mode, instructions, part, brand, size, container):
    items = frame(part=item, quantity=quantity, price=price, discount=discount, ship_mode=mode, instructions=instructions)
    parts = frame(part=part, brand=brand, part_size=size, container=container)

    def run():
        sent = items[items.ship_mode.isin(["AIR", "AIR REG"]) & (items.instructions == "DELIVER IN PERSON")]
        j = sent.merge(parts, on="part")
        wanted = [(j.brand == brand) & j.container.isin(containers) & j.quantity.between(least, least + 10) & j.part_size.between(1, largest) for brand, containers, least, largest in [
            ("Brand#12", ["SM CASE", "SM BOX", "SM PACK", "SM PKG"], 1, 5),
            ("Brand#23", ["MED BAG", "MED BOX", "MED PKG", "MED PACK"], 10, 10),
            ("Brand#34", ["LG CASE", "LG BOX", "LG PACK", "LG PKG"], 20, 15)]]
        kept = j[wanted[0] | wanted[1] | wanted[2]]
        return (kept.price * (1.0 - kept.discount)).sum()
    return run


@query
def birth_analysis(year, name, sex, births, top):
    names = frame(year=year, name=name, sex=sex, births=births)

    def run():
        frequent = names.sort_values("births", ascending=False, kind="stable").groupby(["year", "sex"]).head(top)
        distinct = pd.Series(frequent.name.unique())
        wanted = frequent[frequent.name.isin(distinct[distinct.str.lower().str.contains("lesl", regex=False)])]
        table = wanted.pivot_table("births", index="year", columns="sex", aggfunc="sum", fill_value=0).reindex(columns=["F", "M"], fill_value=0)
        return table.div(table.sum(axis=1), axis=0)
    return run


@query
def movielens(user, movie, rating, user_id, gender, age, movie_id, title, least):
    ratings, users, movies = frame(user=user, movie=movie, rating=rating), frame(user=user_id, gender=gender, age=age), frame(movie=movie_id, title=title)

    def run():
        rated = ratings.merge(users[users.age > 45], on="user").merge(movies, on="movie")
        titles = rated.assign(square=rated.rating * rated.rating).groupby("title").agg(count=("rating", "size"), total=("rating", "sum"), squares=("square", "sum"))
        active = titles[titles["count"] >= least]
        means = rated.pivot_table("rating", index="title", columns="gender", aggfunc="mean").reindex(columns=["F", "M"]).loc[active.index]
        deviations = np.sqrt((active.squares - active.total * active.total / active["count"]) / (active["count"] - 1.0)).rename("deviation")
        return (means.assign(difference=means.M - means.F).sort_values(["difference", "title"]),
                deviations.reset_index().sort_values(["deviation", "title"], ascending=[False, True]).head(10))
    return run
