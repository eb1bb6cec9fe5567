"""numexpr: expressions over arrays, in blocks, on its threads."""
import sys

import numexpr
import numpy as np

VERSION = f"numexpr {numexpr.__version__}, NumPy {np.__version__}"
numexpr.set_num_threads(int(sys.argv[-1]))


def columns(answer):
    return [answer]


def query(expression, **names):
    """Compiled once: what runs is what was evaluated last."""
    numexpr.evaluate(expression, local_dict=names, global_dict={})
    return lambda: numexpr.re_evaluate(local_dict=names)


def sum(v):
    return query("sum(v)", v=v)


def map_filter_sum(v):
    return query("sum(where(v * 2.0 + 1.0 > 2.0, v * 2.0 + 1.0, 0.0))", v=v)


def q6(day, discount, quantity, price):
    keep = "(day >= 19940101) & (day < 19950101) & (discount >= 0.05) & (discount <= 0.07) & (quantity < 24.0)"
    return query(f"sum(where({keep}, price * discount, 0.0))", day=day, discount=discount, quantity=quantity, price=price)


def chain(v):
    additions = "v"
    for k in range(1, 41):
        additions = f"({additions} + {k * 0.1!r})"
    return query(f"sum({additions})", v=v)


def axpy(x, a, b):
    return query("a * x + b", x=x, a=a, b=b)


def haversine(latitude, longitude, here):
    latitude0, longitude0 = np.radians(here)
    a = "sin((latitude * r - latitude0) * 0.5) ** 2 + cos(latitude * r) * cos(latitude0) * sin((longitude * r - longitude0) * 0.5) ** 2"
    names = dict(latitude=latitude, longitude=longitude, latitude0=latitude0, longitude0=longitude0, r=0.017453292519943295)
    return query(f"arcsin(sqrt({a})) * 2.0 * 3959.0", **names)


def filter(v, limit):
    below = query("v < limit", v=v, limit=limit)
    return lambda: v[below()]
