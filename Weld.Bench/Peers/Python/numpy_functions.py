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
