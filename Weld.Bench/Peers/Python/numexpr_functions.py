"""numexpr: expressions over arrays, in blocks, on its threads."""
import sys

import numexpr
import numpy as np

VERSION = f"numexpr {numexpr.__version__}, NumPy {np.__version__}"
numexpr.set_num_threads(int(sys.argv[-1]))


def columns(answer):
    return answer if isinstance(answer, tuple) else (answer,)


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


def crime_index_simple(population, adults, robberies):
    names = dict(population=population, adults=adults, robberies=robberies)
    index = "((population + 2.0 * adults - 2000.0 * robberies) / 100000.0)"
    return query(f"sum(where(population > 500000.0, where({index} >= 0.02, 0.032, where({index} < 0.01, 0.005, {index})), 0.0))", **names)


def crime_index(population, adults, robberies, state):
    weigh = "exp((population + 2.0 * adults - 2000.0 * robberies) / 100000.0)"

    def run():
        large = numexpr.evaluate("population > 500000.0")
        exponentials = numexpr.evaluate(weigh, dict(population=population[large], adults=adults[large], robberies=robberies[large]))
        states, index = np.unique(state[large], return_inverse=True)
        return states, np.bincount(index, exponentials / exponentials.sum())
    return run


def nyc_filter(latitude, longitude, distance, fare):
    outside = "((latitude < 40.7) | (latitude > 40.88) | (longitude < -74.02) | (longitude > -73.91))"
    odd = query(f"{outside} & ((fare == 0.0) | (distance == 0.0))", latitude=latitude, longitude=longitude, distance=distance, fare=fare)
    return lambda: np.count_nonzero(odd())


tpch_q6 = q6


def n_body(x, y, z, m, vx, vy, vz):
    squares = "(x - x0) * (x - x0) + (y - y0) * (y - y0) + (z - z0) * (z - z0)"
    pull = f"m * 6.67384e-11 / where(sqrt({squares}) < 1.0, 1.0, sqrt({squares})) ** 3"
    names = dict(x=x, y=y, z=z, m=m, x0=x[:, None], y0=y[:, None], z0=z[:, None])

    def run():
        pulls = numexpr.evaluate(pull, names)
        forces = (numexpr.evaluate("sum((a - a0) * pulls, axis=1)", dict(a=a, a0=a[:, None], pulls=pulls)) for a in (x, y, z))
        moved = [v + f * 31557600.0 for v, f in zip((vx, vy, vz), forces)]
        return *(p + v * 31557600.0 for p, v in zip((x, y, z), moved)), *moved
    return run


def shallow_water(eta, u, v, gravity, drag):
    spacing = 1.0 / len(eta)
    names = dict(h=2.0 * spacing, dt=spacing / 100.0, g=gravity, drag=drag)

    def moved(axis):
        return np.roll(eta, -1, axis), np.roll(eta, 1, axis)

    def run():
        (below, above), (right, left) = moved(0), moved(1)
        flow_rows, flow_columns = numexpr.evaluate("u * eta"), numexpr.evaluate("v * eta")
        flows = dict(fb=np.roll(flow_rows, -1, 0), fa=np.roll(flow_rows, 1, 0), fr=np.roll(flow_columns, -1, 1), fl=np.roll(flow_columns, 1, 1))
        answer = (
            numexpr.evaluate("eta + ((fb - fa) / h + (fr - fl) / h) * -1.0 * dt", dict(eta=eta, **flows, **names)),
            numexpr.evaluate("u + ((below - above) / h * -g - u * drag) * dt", dict(u=u, below=below, above=above, **names)),
            numexpr.evaluate("v + ((right - left) / h * -g - v * drag) * dt", dict(v=v, right=right, left=left, **names)))
        return tuple(a.reshape(-1) for a in answer)
    return run
