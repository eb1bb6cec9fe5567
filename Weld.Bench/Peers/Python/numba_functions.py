"""Numba: loops that LLVM compiles, for the types of their arguments; with the word `fast`, floats as if they were reals."""
import math
import sys

import numba
import numpy as np
from numba import prange

VERSION = f"Numba {numba.__version__}, NumPy {np.__version__}"
COMPILES = True
THREADS = int(sys.argv[-1])
FAST = "fast" in sys.argv


def columns(answer):
    return answer if isinstance(answer, tuple) else (answer,)


def loop(function):
    """A loop; its prange is shared out to threads where there are several."""
    compiled = numba.njit(function, parallel=THREADS > 1, fastmath=FAST)

    def enter(*arguments):
        compiled.compile(tuple(numba.typeof(a) for a in arguments))
        return lambda: compiled(*arguments)
    return enter


def serial_loop(function):
    """A loop that has no prange."""
    return loop(function) if THREADS == 1 else None


@loop
def sum(v):
    total = 0.0
    for i in prange(len(v)):
        total += v[i]
    return total


@loop
def map_filter_sum(v):
    total = 0.0
    for i in prange(len(v)):
        y = v[i] * 2.0 + 1.0
        if y > 2.0:
            total += y
    return total


@loop
def q6(day, discount, quantity, price):
    total = 0.0
    for i in prange(len(day)):
        if 19940101 <= day[i] < 19950101 and 0.05 <= discount[i] <= 0.07 and quantity[i] < 24.0:
            total += price[i] * discount[i]
    return total


@loop
def chain(v):
    total = 0.0
    for i in prange(len(v)):
        x = v[i]
        for k in range(1, 41):
            x += k * 0.1
        total += x
    return total


@loop
def axpy(x, a, b):
    y = np.empty_like(x)
    for i in prange(len(x)):
        y[i] = a * x[i] + b
    return y


@loop
def black_scholes(price, strike, t, rate, vol):
    call, put = np.empty_like(price), np.empty_like(price)
    for i in prange(len(price)):
        spread = vol[i] * math.sqrt(t[i])
        d1 = (math.log(price[i] / strike[i]) + (rate[i] + vol[i] * vol[i] * 0.5) * t[i]) / spread
        d2 = d1 - spread
        normal1 = math.erf(d1 * 0.7071067811865476) * 0.5 + 0.5
        normal2 = math.erf(d2 * 0.7071067811865476) * 0.5 + 0.5
        discounted = math.exp(-rate[i] * t[i]) * strike[i]
        call[i] = price[i] * normal1 - discounted * normal2
        put[i] = discounted * (1.0 - normal2) - price[i] * (1.0 - normal1)
    return call, put


@loop
def haversine(latitude, longitude, here):
    miles = np.empty_like(latitude)
    latitude0, longitude0 = math.radians(here[0]), math.radians(here[1])
    for i in prange(len(latitude)):
        north = math.sin((math.radians(latitude[i]) - latitude0) * 0.5)
        east = math.sin((math.radians(longitude[i]) - longitude0) * 0.5)
        a = north * north + math.cos(math.radians(latitude[i])) * math.cos(latitude0) * (east * east)
        miles[i] = math.asin(math.sqrt(a)) * 2.0 * 3959.0
    return miles


@serial_loop
def filter(v, limit):
    kept = np.empty_like(v)
    count = 0
    for x in v:
        if x < limit:
            kept[count] = x
            count += 1
    return kept[:count]


@serial_loop
def q1(flag, status, quantity, price, discount, tax, day):
    sums = np.zeros((65536, 5))
    counts = np.zeros(65536, np.int64)
    for i in range(len(day)):
        if day[i] <= 19980902:
            key = flag[i] << 8 | status[i]
            reduced = price[i] * (1.0 - discount[i])
            sums[key, 0] += quantity[i]
            sums[key, 1] += price[i]
            sums[key, 2] += reduced
            sums[key, 3] += reduced * (1.0 + tax[i])
            sums[key, 4] += discount[i]
            counts[key] += 1
    keys = np.nonzero(counts)[0]
    return keys >> 8, keys & 255, sums[keys, 0], sums[keys, 1], sums[keys, 2], sums[keys, 3], sums[keys, 4], counts[keys]


@serial_loop
def group_sum(k, v):
    sums = dict()
    for i in range(len(k)):
        if k[i] in sums:
            sums[k[i]] += v[i]
        else:
            sums[k[i]] = v[i]
    keys, values = np.empty(len(sums), np.int64), np.empty(len(sums))
    row = 0
    for key, value in sums.items():
        keys[row], values[row] = key, value
        row += 1
    return keys, values


@serial_loop
def group_values(k, v):
    groups = dict()
    group_of = np.empty(len(k), np.int64)
    count = 0
    for i in range(len(k)):
        if k[i] not in groups:
            groups[k[i]] = count
            count += 1
        group_of[i] = groups[k[i]]
    keys, counts = np.empty(count, np.int64), np.zeros(count, np.int64)
    for key, group in groups.items():
        keys[group] = key
    for group in group_of:
        counts[group] += 1
    at = np.cumsum(counts) - counts
    values = np.empty_like(v)
    for i in range(len(v)):
        values[at[group_of[i]]] = v[i]
        at[group_of[i]] += 1
    return keys, counts, values


@serial_loop
def histogram(bin, zeros):
    counts = zeros.copy()
    for b in bin:
        counts[b] += 1
    return counts


@serial_loop
def join(build, payload, probe, value):
    table = dict()
    for i in range(len(build)):
        table[build[i]] = payload[i]
    values, payloads = np.empty_like(value), np.empty_like(value)
    count = 0
    for i in range(len(probe)):
        if probe[i] in table:
            values[count], payloads[count] = value[i], table[probe[i]]
            count += 1
    return values[:count], payloads[:count]


@serial_loop
def sort_i64(v):
    return np.sort(v)


sort_f64 = sort_i64


@loop
def matrix_vector(m, v):
    products = np.empty(len(m))
    for i in prange(len(m)):
        total = 0.0
        for j in range(len(v)):
            total += m[i, j] * v[j]
        products[i] = total
    return products


@loop
def matrix_product(a, b):
    c = np.zeros((a.shape[0], b.shape[1]))
    for i in prange(a.shape[0]):
        for k in range(a.shape[1]):
            for j in range(b.shape[1]):
                c[i, j] += a[i, k] * b[k, j]
    return c.reshape(-1)


@serial_loop
def logistic_step(x, y, w, rate):
    gradient = np.zeros_like(w)
    for i in range(len(x)):
        score = 0.0
        for j in range(len(w)):
            score += x[i, j] * w[j]
        error = 1.0 / (1.0 + math.exp(-score)) - y[i]
        for j in range(len(w)):
            gradient[j] += x[i, j] * error
    return w - gradient / len(x) * rate


@loop
def crime_index_simple(population, adults, robberies):
    total = 0.0
    for i in prange(len(population)):
        if population[i] > 500000.0:
            index = (population[i] + 2.0 * adults[i] - 2000.0 * robberies[i]) / 100000.0
            total += 0.032 if index >= 0.02 else 0.005 if index < 0.01 else index
    return total


@loop
def nyc_filter(latitude, longitude, distance, fare):
    count = 0
    for i in prange(len(latitude)):
        outside = latitude[i] < 40.7 or latitude[i] > 40.88 or longitude[i] < -74.02 or longitude[i] > -73.91
        if outside and (fare[i] == 0.0 or distance[i] == 0.0):
            count += 1
    return count


tpch_q6 = q6


@serial_loop
def pagerank(rank, degree, source, target):
    share = rank / np.maximum(degree, 1)
    ranks = np.zeros_like(rank)
    for i in range(len(source)):
        ranks[target[i]] += share[source[i]]
    moved = 0.0
    for i in range(len(rank)):
        ranks[i] = ranks[i] * 0.85 + 0.15 / len(rank)
        moved += abs(ranks[i] - rank[i])
    return ranks, moved


@loop
def n_body(x, y, z, m, vx, vy, vz):
    x1, y1, z1 = np.empty_like(x), np.empty_like(x), np.empty_like(x)
    vx1, vy1, vz1 = np.empty_like(x), np.empty_like(x), np.empty_like(x)
    for i in prange(len(x)):
        fx = fy = fz = 0.0
        for j in range(len(x)):
            dx, dy, dz = x[j] - x[i], y[j] - y[i], z[j] - z[i]
            distance = max(math.sqrt(dx * dx + dy * dy + dz * dz), 1.0)
            pull = m[j] * 6.67384e-11 / (distance * distance * distance)
            fx += dx * pull
            fy += dy * pull
            fz += dz * pull
        vx1[i], vy1[i], vz1[i] = vx[i] + fx * 31557600.0, vy[i] + fy * 31557600.0, vz[i] + fz * 31557600.0
        x1[i], y1[i], z1[i] = x[i] + vx1[i] * 31557600.0, y[i] + vy1[i] * 31557600.0, z[i] + vz1[i] * 31557600.0
    return x1, y1, z1, vx1, vy1, vz1


@serial_loop
def k_means(x, y, cx, cy):
    sum_x, sum_y, count = np.zeros_like(cx), np.zeros_like(cy), np.zeros(len(cx), np.int64)
    for i in range(len(x)):
        nearest, least = 0, np.inf
        for c in range(len(cx)):
            distance = (x[i] - cx[c]) ** 2 + (y[i] - cy[c]) ** 2
            if distance < least:
                nearest, least = c, distance
        sum_x[nearest] += x[i]
        sum_y[nearest] += y[i]
        count[nearest] += 1
    for c in range(len(cx)):
        if count[c] == 0:
            sum_x[c], sum_y[c] = cx[c], cy[c]
        else:
            sum_x[c] /= count[c]
            sum_y[c] /= count[c]
    return sum_x, sum_y, count


logistic_regression = logistic_step


@loop
def shallow_water(eta, u, v, gravity, drag):
    side = len(eta)
    spacing = 1.0 / side
    dt = spacing / 100.0
    eta1, u1, v1 = np.empty_like(eta), np.empty_like(u), np.empty_like(v)
    for i in prange(side):
        below, above = (i + 1) % side, (i - 1) % side
        for j in range(side):
            right, left = (j + 1) % side, (j - 1) % side
            flow = (u[below, j] * eta[below, j] - u[above, j] * eta[above, j]) / (2.0 * spacing) \
                + (v[i, right] * eta[i, right] - v[i, left] * eta[i, left]) / (2.0 * spacing)
            eta1[i, j] = eta[i, j] + flow * -1.0 * dt
            u1[i, j] = u[i, j] + ((eta[below, j] - eta[above, j]) / (2.0 * spacing) * -gravity - u[i, j] * drag) * dt
            v1[i, j] = v[i, j] + ((eta[i, right] - eta[i, left]) / (2.0 * spacing) * -gravity - v[i, j] * drag) * dt
    return eta1.reshape(-1), u1.reshape(-1), v1.reshape(-1)


def __getattr__(name):
    """operators_N: a map of N operators, each of the one before, as in ChainProgram.cs; another function every time, so that it is compiled every time."""
    if not name.startswith("operators_"):
        raise AttributeError(name)
    steps = ["x + 1.0" if k == 0 else "t + x" if k % 2 == 0 else "t * 0.5" for k in range(int(name.removeprefix("operators_")))]
    body = "".join(f"        t = {step}\n" for step in steps)
    scope = {"np": np, "prange": prange}
    exec(f"def operators(v):\n    y = np.empty_like(v)\n    for i in prange(len(v)):\n        x = v[i]\n{body}        y[i] = t\n    return y\n", scope)
    return loop(scope["operators"])
