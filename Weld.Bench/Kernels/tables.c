// Groups by text, histograms, joins.
#include "twin.h"

enum { LOCAL = 1 << 13, PART_BITS = 8, PARTS = 1 << PART_BITS };

// ---- sums by texts: as for integers, with the hash kept beside the text

typedef struct { uint64_t hash; const uint8_t *data; int64_t length; double value; } text_t;

static inline bool same(const text_t *a, const text_t *b) { return a->hash == b->hash && a->length == b->length && memcmp(a->data, b->data, a->length) == 0; }

static inline int64_t find(text_t *table, int64_t mask, const text_t *row, int64_t *used)
{
    int64_t at = row->hash & mask;
    while (table[at].data && !same(&table[at], row)) at = (at + 1) & mask;
    if (!table[at].data) { table[at] = *row; table[at].value = 0; ++*used; }
    return at;
}

static int64_t sum_texts(const text_t *rows, int64_t count, int slot, text_t *groups)
{
    int64_t capacity = 1024, used = 0, k = 0;
    text_t *table = scratch(slot, sizeof(text_t) * capacity);
    memset(table, 0, sizeof(text_t) * capacity);
    for (int64_t i = 0; i < count; i++)
    {
        table[find(table, capacity - 1, &rows[i], &used)].value += rows[i].value;
        if (used * 2 > capacity)
        {
            k = 0;
            for (int64_t s = 0; s < capacity; s++) if (table[s].data) groups[k++] = table[s];
            capacity *= 4;
            table = scratch(slot, sizeof(text_t) * capacity);
            memset(table, 0, sizeof(text_t) * capacity);
            int64_t again = 0;
            for (int64_t s = 0; s < k; s++) table[find(table, capacity - 1, &groups[s], &again)].value = groups[s].value;
        }
    }
    k = 0;
    for (int64_t s = 0; s < capacity; s++) if (table[s].data) groups[k++] = table[s];
    return k;
}

static int64_t write_texts(const text_t *groups, int64_t count, int64_t at, void *const *out)
{
    for (int64_t i = 0; i < count; i++) { ((slice_t *)out[0])[at + i] = (slice_t){groups[i].data, groups[i].length}; ((double *)out[1])[at + i] = groups[i].value; }
    return at + count;
}

static inline text_t row_of(const slice_t *keys, const double *values, int64_t i)
{
    return (text_t){hash_bytes(keys[i].data, keys[i].length), keys[i].data, keys[i].length, values[i]};
}

TWIN(group_sum_text)
{
    const slice_t *keys = in[0];
    const double *values = in[1];
    static text_t tables[MAX_THREADS][LOCAL];
    bool fits = true;
    PARALLEL
    {
        int me = omp_get_thread_num();
        int64_t used = 0;
        memset(tables[me], 0, sizeof tables[me]);
        for (int64_t i = first_row(n[0], me, threads), last = first_row(n[0], me + 1, threads); i < last && used < LOCAL / 2; i++)
        {
            text_t row = row_of(keys, values, i);
            tables[me][find(tables[me], LOCAL - 1, &row, &used)].value += row.value;
        }
        if (used == LOCAL / 2) fits = false;
    }
    text_t *rows = scratch(0, sizeof(text_t) * (n[0] + LOCAL * threads)), *groups = scratch(1, sizeof(text_t) * (n[0] + LOCAL * threads));
    if (fits)
    {
        int64_t count = 0;
        for (int t = 0; t < threads; t++) for (int i = 0; i < LOCAL; i++) if (tables[t][i].data) rows[count++] = tables[t][i];
        return write_texts(groups, sum_texts(rows, count, 2, groups), 0, out);
    }
    static int64_t next[MAX_THREADS][PARTS], starts[PARTS + 1], counts[PARTS];
    memset(next, 0, sizeof next);
    text_t *hashed = scratch(20, sizeof(text_t) * n[0]);
    int64_t found = 0;
    PARALLEL
    {
        int me = omp_get_thread_num();
        int64_t first = first_row(n[0], me, threads), last = first_row(n[0], me + 1, threads);
        for (int64_t i = first; i < last; i++) { hashed[i] = row_of(keys, values, i); next[me][hashed[i].hash >> (64 - PART_BITS)]++; }
        #pragma omp barrier
        #pragma omp single
        {
            int64_t at = 0;
            for (int p = 0; p < PARTS; p++)
            {
                starts[p] = at;
                for (int t = 0; t < threads; t++) { int64_t count = next[t][p]; next[t][p] = at; at += count; }
            }
            starts[PARTS] = at;
        }
        for (int64_t i = first; i < last; i++) rows[next[me][hashed[i].hash >> (64 - PART_BITS)]++] = hashed[i];
        #pragma omp barrier
        #pragma omp for schedule(dynamic, 4)
        for (int p = 0; p < PARTS; p++) counts[p] = sum_texts(rows + starts[p], starts[p + 1] - starts[p], 2 + me, groups + starts[p]);
        #pragma omp single
        for (int p = 0; p < PARTS; p++) { int64_t count = counts[p]; counts[p] = found; found += count; }
        #pragma omp for schedule(dynamic, 4)
        for (int p = 0; p < PARTS; p++) write_texts(groups + starts[p], (p + 1 < PARTS ? counts[p + 1] : found) - counts[p], counts[p], out);
    }
    return found;
}

// ---- histogram: four tables in turn where they fit the cache, so that equal bins in turn do not wait for each other

TWIN(histogram)
{
    const int64_t *bin = in[0], bins = n[1];
    int64_t *total = out[0];
    int ways = bins <= 1024 ? 4 : 1;
    int64_t *tables = scratch(0, sizeof(int64_t) * bins * ways * threads);
    PARALLEL
    {
        int me = omp_get_thread_num();
        int64_t *table = threads == 1 && ways == 1 ? total : tables + bins * ways * me, i = first_row(n[0], me, threads), last = first_row(n[0], me + 1, threads);
        memset(table, 0, sizeof(int64_t) * bins * ways);
        if (ways == 4) for (; i + 4 <= last; i += 4) { table[bin[i]]++; table[bins + bin[i + 1]]++; table[2 * bins + bin[i + 2]]++; table[3 * bins + bin[i + 3]]++; }
        for (; i < last; i++) table[bin[i]]++;
    }
    if (threads > 1 || ways > 1)
    {
        #pragma omp parallel for num_threads(threads)
        for (int64_t b = 0; b < bins; b++) { int64_t sum = 0; for (int w = 0; w < ways * threads; w++) sum += tables[w * bins + b]; total[b] = sum; }
    }
    return bins;
}

// ---- join: one table of the small side, probed in groups whose slots are fetched ahead where the table is large

TWIN(join)
{
    enum { AHEAD = 16 };
    typedef struct { int64_t key, payload; } slot_t;
    const int64_t *build = in[0], *payload = in[1], *probe = in[2], *value = in[3], none = INT64_MIN;
    int64_t capacity = 16, parts[MAX_THREADS], *out_value = out[0], *out_payload = out[1];
    while (capacity < 2 * n[0]) capacity *= 2;
    slot_t *table = scratch(0, sizeof(slot_t) * capacity);
    for (int64_t s = 0; s < capacity; s++) table[s].key = none;
    for (int64_t i = 0; i < n[0]; i++)
    {
        int64_t at = hash_i64(build[i]) >> 8 & (capacity - 1);
        while (table[at].key != none) at = (at + 1) & (capacity - 1);
        table[at] = (slot_t){build[i], payload[i]};
    }
    PARALLEL
    {
        int me = omp_get_thread_num();
        int64_t first = first_row(n[2], me, threads), last = first_row(n[2], me + 1, threads), k = first;
        for (int64_t i = first; i < last; i += AHEAD)
        {
            int64_t at[AHEAD], count = last - i < AHEAD ? last - i : AHEAD;
            for (int64_t j = 0; j < count; j++)
            {
                at[j] = hash_i64(probe[i + j]) >> 8 & (capacity - 1);
                __builtin_prefetch(&table[at[j]]);
            }
            for (int64_t j = 0; j < count; j++)
            {
                int64_t key = probe[i + j], s = at[j];
                while (table[s].key != key && table[s].key != none) s = (s + 1) & (capacity - 1);
                out_value[k] = value[i + j];
                out_payload[k] = table[s].payload;
                k += table[s].key == key;
            }
        }
        parts[me] = k - first;
    }
    int64_t rows = parts[0];
    for (int t = 1; t < threads; t++)
    {
        memmove(out_value + rows, out_value + first_row(n[2], t, threads), sizeof(int64_t) * parts[t]);
        memmove(out_payload + rows, out_payload + first_row(n[2], t, threads), sizeof(int64_t) * parts[t]);
        rows += parts[t];
    }
    return rows;
}
