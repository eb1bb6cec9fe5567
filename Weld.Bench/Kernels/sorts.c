// Radix sorts of 8-byte keys, most significant bits first until the rows of a bucket fit the cache, there two digits least first, then what they leave equal.
// Texts by their first eight bytes, ties by comparison.
#include "twin.h"

enum { WIDE_BITS = 10, WIDE = 1 << WIDE_BITS, BITS = 8, RADIX = 1 << BITS, FEW = 24, CACHED = 1 << 14 };

typedef struct { uint64_t key; uint64_t payload; } entry_t;

// The lowest bit of a digit of that many bits that starts with the highest bit in which keys differ.
static inline int digit_below(uint64_t differ, int bits) { int top = 64 - __builtin_clzll(differ); return top > bits ? top - bits : 0; }

// The same lines for bare keys and for keys with a payload.
#define RADIX_SORT(T, KEY) \
static void T##_insert(T *a, int64_t rows) \
{ \
    for (int64_t i = 1; i < rows; i++) \
    { \
        T x = a[i]; \
        int64_t j = i; \
        for (; j > 0 && KEY(a[j - 1]) > KEY(x); j--) a[j] = a[j - 1]; \
        a[j] = x; \
    } \
} \
\
static void T##_cached(T *restrict a, T *restrict b, int64_t rows) \
{ \
    if (rows <= FEW) { T##_insert(a, rows); return; } \
    uint64_t differ = 0; \
    for (int64_t i = 1; i < rows; i++) differ |= KEY(a[i]) ^ KEY(a[0]); \
    if (!differ) return; \
    int shift = digit_below(differ, 2 * BITS); \
    int32_t low[RADIX] = {0}, high[RADIX] = {0}; \
    for (int64_t i = 0; i < rows; i++) { uint64_t k = KEY(a[i]) >> shift; low[k & (RADIX - 1)]++; high[k >> BITS & (RADIX - 1)]++; } \
    for (int r = 0, l = 0, h = 0; r < RADIX; r++) { int32_t x = low[r], y = high[r]; low[r] = l; high[r] = h; l += x; h += y; } \
    for (int64_t i = 0; i < rows; i++) b[low[KEY(a[i]) >> shift & (RADIX - 1)]++] = a[i]; \
    for (int64_t i = 0; i < rows; i++) a[high[KEY(b[i]) >> (shift + BITS) & (RADIX - 1)]++] = b[i]; \
    if (shift == 0) return; \
    for (int64_t i = 0; i < rows;) \
    { \
        int64_t last = i + 1; \
        while (last < rows && KEY(a[last]) >> shift == KEY(a[i]) >> shift) last++; \
        if (last > i + 1) T##_cached(a + i, b + i, last - i); \
        i = last; \
    } \
} \
\
/* Sorts rows from `a`, with room in `b`, into one of them. */ \
static void T##_sort(T *a, T *b, int64_t rows, bool into_b, int threads) \
{ \
    uint64_t differ = 0; \
    if (rows > CACHED) \
    { \
        _Pragma("omp parallel for num_threads(threads) reduction(| : differ)") \
        for (int64_t i = 1; i < rows; i++) differ |= KEY(a[i]) ^ KEY(a[0]); \
    } \
    if (!differ) \
    { \
        if (rows <= CACHED) T##_cached(a, b, rows); \
        if (into_b) memcpy(b, a, rows * sizeof(T)); \
        return; \
    } \
    int shift = digit_below(differ, WIDE_BITS); \
    int64_t (*next)[WIDE] = calloc(threads, sizeof *next), starts[WIDE + 1], at = 0; \
    PARALLEL \
    { \
        int me = omp_get_thread_num(); \
        for (int64_t i = first_row(rows, me, threads), last = first_row(rows, me + 1, threads); i < last; i++) next[me][KEY(a[i]) >> shift & (WIDE - 1)]++; \
    } \
    for (int r = 0; r < WIDE; r++) { starts[r] = at; for (int t = 0; t < threads; t++) { int64_t count = next[t][r]; next[t][r] = at; at += count; } } \
    starts[WIDE] = rows; \
    PARALLEL \
    { \
        int me = omp_get_thread_num(); \
        int64_t *to = next[me]; \
        for (int64_t i = first_row(rows, me, threads), last = first_row(rows, me + 1, threads); i < last; i++) b[to[KEY(a[i]) >> shift & (WIDE - 1)]++] = a[i]; \
    } \
    free(next); \
    _Pragma("omp parallel for num_threads(threads) schedule(dynamic, 8)") \
    for (int r = 0; r < WIDE; r++) T##_sort(b + starts[r], a + starts[r], starts[r + 1] - starts[r], !into_b, 1); \
}

#define WHOLE(x) (x)
#define FIELD(x) ((x).key)
RADIX_SORT(uint64_t, WHOLE)
RADIX_SORT(entry_t, FIELD)

TWIN(sort_i64)
{
    const uint64_t *v = in[0], sign = 1ull << 63;
    uint64_t *a = scratch(0, 8 * n[0]), *result = out[0];
    #pragma omp parallel for num_threads(threads)
    for (int64_t i = 0; i < n[0]; i++) a[i] = v[i] ^ sign;
    uint64_t_sort(a, result, n[0], true, threads);
    #pragma omp parallel for num_threads(threads)
    for (int64_t i = 0; i < n[0]; i++) result[i] ^= sign;
    return n[0];
}

TWIN(sort_f64)
{
    const uint64_t *v = in[0], sign = 1ull << 63;
    uint64_t *a = scratch(0, 8 * n[0]), *result = out[0];
    #pragma omp parallel for num_threads(threads)
    for (int64_t i = 0; i < n[0]; i++) a[i] = v[i] ^ (sign | (uint64_t)((int64_t)v[i] >> 63));
    uint64_t_sort(a, result, n[0], true, threads);
    #pragma omp parallel for num_threads(threads)
    for (int64_t i = 0; i < n[0]; i++) result[i] ^= sign | (uint64_t)~((int64_t)result[i] >> 63);
    return n[0];
}

static const slice_t *texts;

static int by_rest(const void *x, const void *y)
{
    const slice_t *a = &texts[((const entry_t *)x)->payload], *b = &texts[((const entry_t *)y)->payload];
    int64_t shorter = a->length < b->length ? a->length : b->length;
    int order = shorter > 8 ? memcmp((const char *)a->data + 8, (const char *)b->data + 8, shorter - 8) : 0;
    if (order == 0) order = (a->length > b->length) - (a->length < b->length);
    return order ? order : ((const entry_t *)x)->payload < ((const entry_t *)y)->payload ? -1 : 1;
}

TWIN(sort_text)
{
    texts = in[0];
    entry_t *a = scratch(0, sizeof(entry_t) * n[0]), *b = scratch(1, sizeof(entry_t) * n[0]);
    slice_t *result = out[0];
    #pragma omp parallel for num_threads(threads)
    for (int64_t i = 0; i < n[0]; i++)
    {
        uint64_t prefix = 0;
        memcpy(&prefix, texts[i].data, texts[i].length < 8 ? texts[i].length : 8);
        a[i] = (entry_t){__builtin_bswap64(prefix), i};
    }
    entry_t_sort(a, b, n[0], false, threads);
    #pragma omp parallel for num_threads(threads) schedule(dynamic, 4096)
    for (int64_t i = 0; i < n[0]; i++)
    {
        if (i > 0 && a[i - 1].key == a[i].key) continue;
        int64_t last = i + 1;
        while (last < n[0] && a[last].key == a[i].key) last++;
        if (last > i + 1) qsort(a + i, last - i, sizeof(entry_t), by_rest);
    }
    #pragma omp parallel for num_threads(threads)
    for (int64_t i = 0; i < n[0]; i++) result[i] = texts[a[i].payload];
    return n[0];
}
