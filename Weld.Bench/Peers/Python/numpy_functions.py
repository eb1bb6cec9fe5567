"""NumPy: arrays, an operation at a time; SciPy for erf."""
import sys

import numpy as np
import scipy
from scipy.special import erf

VERSION = f"NumPy {np.__version__}, SciPy {scipy.__version__}"
THREADS = int(sys.argv[-1])


def columns(answer):
    return answer if isinstance(answer, tuple) else (answer,)


def single_threaded(function):
    """Only matrices are shared out to threads, by BLAS."""
    return function if THREADS == 1 else None


@single_threaded
def sum(v):
    return lambda: np.sum(v)


@single_threaded
def map_filter_sum(v):
    def run():
        y = v * 2.0 + 1.0
        return y[y > 2.0].sum()
    return run


@single_threaded
def q6(day, discount, quantity, price):
    def run():
        keep = (day >= 19940101) & (day < 19950101) & (discount >= 0.05) & (discount <= 0.07) & (quantity < 24.0)
        return (price[keep] * discount[keep]).sum()
    return run


@single_threaded
def chain(v):
    def run():
        x = v + 0.1
        for k in range(2, 41):
            x += k * 0.1
        return x.sum()
    return run


@single_threaded
def axpy(x, a, b):
    return lambda: a * x + b


@single_threaded
def black_scholes(price, strike, t, rate, vol):
    def run():
        spread = vol * np.sqrt(t)
        d1 = (np.log(price / strike) + (rate + vol * vol * 0.5) * t) / spread
        d2 = d1 - spread
        normal1 = erf(d1 * 0.7071067811865476) * 0.5 + 0.5
        normal2 = erf(d2 * 0.7071067811865476) * 0.5 + 0.5
        discounted = np.exp(-rate * t) * strike
        return price * normal1 - discounted * normal2, discounted * (1 - normal2) - price * (1 - normal1)
    return run


@single_threaded
def haversine(latitude, longitude, here):
    def run():
        latitude0, longitude0 = np.radians(here)
        latitudes, longitudes = np.radians(latitude), np.radians(longitude)
        a = np.sin((latitudes - latitude0) * 0.5) ** 2 + np.cos(latitudes) * np.cos(latitude0) * np.sin((longitudes - longitude0) * 0.5) ** 2
        return np.arcsin(np.sqrt(a)) * 2.0 * 3959.0
    return run


@single_threaded
def filter(v, limit):
    return lambda: v[v < limit]


@single_threaded
def q1(flag, status, quantity, price, discount, tax, day):
    def run():
        keep = day <= 19980902
        key = flag[keep].astype(np.int64) << 8 | status[keep]
        count = np.bincount(key)
        found = np.flatnonzero(count)
        kept_price, kept_discount = price[keep], discount[keep]
        reduced = kept_price * (1.0 - kept_discount)
        weights = quantity[keep], kept_price, reduced, reduced * (1.0 + tax[keep]), kept_discount
        return found >> 8, found & 255, *(np.bincount(key, w)[found] for w in weights), count[found]
    return run


@single_threaded
def group_sum(k, v):
    def run():
        key, index = np.unique(k, return_inverse=True)
        return key, np.bincount(index, v)
    return run


group_sum_text = group_sum


@single_threaded
def group_values(k, v):
    def run():
        order = np.argsort(k, kind="stable")
        key, count = np.unique(k[order], return_counts=True)
        return key, count, v[order]
    return run


@single_threaded
def histogram(bin, zeros):
    return lambda: np.bincount(bin, minlength=len(zeros))


@single_threaded
def join(build, payload, probe, value):
    def run():
        order = np.argsort(build)
        keys = build[order]
        at = np.minimum(np.searchsorted(keys, probe), len(keys) - 1)
        found = keys[at] == probe
        return value[found], payload[order[at[found]]]
    return run


@single_threaded
def sort(v):
    return lambda: np.sort(v)


sort_i64 = sort_f64 = sort_text = sort


def matrix_vector(m, v):
    return lambda: m @ v


def matrix_product(a, b):
    return lambda: (a @ b).reshape(-1)


def logistic_step(x, y, w, rate):
    def run():
        errors = 1.0 / (1.0 + np.exp(-(x @ w))) - y
        return w - x.T @ errors / len(x) * rate
    return run


@single_threaded
def crime_index(population, adults, robberies, state):
    def run():
        large = population > 500000.0
        exponentials = np.exp((population[large] + 2.0 * adults[large] - 2000.0 * robberies[large]) / 100000.0)
        states, index = np.unique(state[large], return_inverse=True)
        return states, np.bincount(index, exponentials / exponentials.sum())
    return run


@single_threaded
def crime_index_simple(population, adults, robberies):
    def run():
        large = population > 500000.0
        index = (population[large] + 2.0 * adults[large] - 2000.0 * robberies[large]) / 100000.0
        index[index >= 0.02] = 0.032
        index[index < 0.01] = 0.005
        return index.sum()
    return run


@single_threaded
def nyc_filter(latitude, longitude, distance, fare):
    def run():
        outside = (latitude < 40.7) | (latitude > 40.88) | (longitude < -74.02) | (longitude > -73.91)
        return np.count_nonzero(outside & ((fare == 0.0) | (distance == 0.0)))
    return run


tpch_q6 = q6


@single_threaded
def pagerank(rank, degree, source, target):
    def run():
        share = rank / np.maximum(degree, 1)
        ranks = np.bincount(target, share[source], len(rank)) * 0.85 + 0.15 / len(rank)
        return ranks, np.abs(ranks - rank).sum()
    return run


@single_threaded
def n_body(x, y, z, m, vx, vy, vz):
    def run():
        dx, dy, dz = (v - v[:, None] for v in (x, y, z))
        distances = np.maximum(np.sqrt(dx * dx + dy * dy + dz * dz), 1.0)
        pulls = m * 6.67384e-11 / (distances * distances * distances)
        places, velocities = (x, y, z), (vx, vy, vz)
        moved = [v + (d * pulls).sum(axis=1) * 31557600.0 for v, d in zip(velocities, (dx, dy, dz))]
        return *(p + v * 31557600.0 for p, v in zip(places, moved)), *moved
    return run


@single_threaded
def k_means(x, y, cx, cy):
    def run():
        dx, dy = x[:, None] - cx, y[:, None] - cy
        label = (dx * dx + dy * dy).argmin(axis=1)
        counts = np.bincount(label, minlength=len(cx))
        means = (np.where(counts == 0, c, np.bincount(label, v, len(c)) / np.maximum(counts, 1)) for v, c in ((x, cx), (y, cy)))
        return *means, counts
    return run


logistic_regression = logistic_step


@single_threaded
def shallow_water(eta, u, v, gravity, drag):
    spacing = 1.0 / len(eta)
    dt = spacing / 100.0

    def slope(a, axis):
        return (np.roll(a, -1, axis) - np.roll(a, 1, axis)) / (2.0 * spacing)

    def run():
        du = slope(eta, 0) * -gravity - u * drag
        dv = slope(eta, 1) * -gravity - v * drag
        deta = (slope(u * eta, 0) + slope(v * eta, 1)) * -1.0
        return tuple((a + d * dt).reshape(-1) for a, d in ((eta, deta), (u, du), (v, dv)))
    return run
