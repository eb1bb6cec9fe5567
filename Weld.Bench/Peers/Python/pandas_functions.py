"""pandas: frames, on one thread."""
import sys

import numpy as np
import pandas as pd

VERSION = f"pandas {pd.__version__}, NumPy {np.__version__}"
THREADS = int(sys.argv[-1])


def columns(answer):
    """The columns of a frame, its index first if it has a name; lists of numbers as their lengths and all of them."""
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
