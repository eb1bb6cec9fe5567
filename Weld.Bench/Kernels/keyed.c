// Groups by key. Few keys: a table for each thread that fits the cache. Many: rows partitioned by hash first, a table for each partition.
#include "twin.h"

enum { LOCAL_BITS = 13, LOCAL = 1 << LOCAL_BITS, PART_BITS = 9, PARTS = 1 << PART_BITS };

// ---- two small keys, six aggregates

typedef struct { double sums[5]; int64_t count; } totals_t;
enum { WAYS = 2, KEYS = 65536 };

// Keys are bytes: a byte table numbers the pairs that occur, in two copies of the totals so that equal rows in turn do not wait for each other.
TWIN(q1)
{
    const uint8_t *flag = in[0], *status = in[1];
    const double *quantity = in[2], *price = in[3], *discount = in[4], *tax = in[5];
    const int32_t *day = in[6];
    enum { MOST = 256 };
    static uint8_t number[MAX_THREADS][KEYS];
    static totals_t totals[MAX_THREADS][WAYS][MOST];
    static uint16_t key_of[MAX_THREADS][MOST];
    static int groups[MAX_THREADS];
    PARALLEL
    {
        int me = omp_get_thread_num(), known = 0;
        uint8_t *numbers = number[me];
        memset(numbers, 0, KEYS);
        for (int64_t i = first_row(n[0], me, threads), last = first_row(n[0], me + 1, threads); i < last; i++)
        {
            if (day[i] > 19980902) continue;
            uint16_t key = flag[i] << 8 | status[i];
            int group = numbers[key];
            if (__builtin_expect(group == 0, 0))
            {
                group = numbers[key] = ++known;
                key_of[me][group] = key;
                for (int way = 0; way < WAYS; way++) totals[me][way][group] = (totals_t){{0}, 0};
            }
            totals_t *t = &totals[me][i & 1][group];
            double reduced = price[i] * (1 - discount[i]);
            t->sums[0] += quantity[i];
            t->sums[1] += price[i];
            t->sums[2] += reduced;
            t->sums[3] += reduced * (1 + tax[i]);
            t->sums[4] += discount[i];
            t->count++;
        }
        groups[me] = known;
    }
    int rows = 0;
    int64_t *keys = out[0];
    for (int thread = 0; thread < threads; thread++)
        for (int group = 1; group <= groups[thread]; group++)
        {
            int row = 0;
            while (row < rows && keys[row] != key_of[thread][group]) row++;
            if (row == rows)
            {
                keys[rows++] = key_of[thread][group];
                for (int c = 0; c < 5; c++) ((double *)out[1 + c])[row] = 0;
                ((int64_t *)out[6])[row] = 0;
            }
            for (int way = 0; way < WAYS; way++)
            {
                totals_t *t = &totals[thread][way][group];
                for (int c = 0; c < 5; c++) ((double *)out[1 + c])[row] += t->sums[c];
                ((int64_t *)out[6])[row] += t->count;
            }
        }
    return rows;
}

// ---- partitions

// For each thread, where its rows of each partition go; starts[PARTS] is the number of rows.
static void place(int64_t (*counts)[PARTS], int threads, int64_t *starts)
{
    int64_t at = 0;
    for (int p = 0; p < PARTS; p++)
    {
        starts[p] = at;
        for (int t = 0; t < threads; t++) { int64_t count = counts[t][p]; counts[t][p] = at; at += count; }
    }
    starts[PARTS] = at;
}

// Rows gathered by the line before they go to their partition: a store to each of 512 places in turn would miss the TLB each time.
#define GATHER(ROW) \
    enum { LINE = 128 / sizeof(ROW) }; \
    typedef struct { ROW rows[LINE]; } line_t; \
    static _Thread_local line_t lines[PARTS] __attribute__((aligned(64))); \
    static _Thread_local uint8_t held[PARTS]; \
    memset(held, 0, sizeof held)
#define PUT(target, next, p, ...) do { \
    lines[p].rows[held[p]] = __VA_ARGS__; \
    if (++held[p] == LINE) { memcpy(target + next[p], &lines[p], sizeof(line_t)); next[p] += LINE; held[p] = 0; } } while (0)
#define FLUSH(ROW, target, next) \
    for (int p = 0; p < PARTS; p++) { memcpy(target + next[p], &lines[p], held[p] * sizeof(ROW)); next[p] += held[p]; }

// ---- sums by integers

typedef struct { int64_t key; double value; } pair_t;

// Sums rows into a table that doubles when it is half full; empty slots have key `none`, which is no row's.
static int64_t sum_partition(const pair_t *rows, int64_t count, int64_t none, int slot, pair_t *groups)
{
    int bits = 10;
    pair_t *table = scratch(slot, sizeof(pair_t) << bits);
    for (int64_t i = 0; i < 1 << bits; i++) table[i] = (pair_t){none, 0};
    int64_t used = 0;
    for (int64_t i = 0; i < count; i++)
    {
        uint64_t mask = (1ull << bits) - 1, at = hash_i64(rows[i].key) >> 8 & mask;
        while (table[at].key != rows[i].key)
        {
            if (table[at].key == none)
            {
                table[at].key = rows[i].key;
                used++;
                break;
            }
            at = (at + 1) & mask;
        }
        table[at].value += rows[i].value;
        if (used * 2 > 1ll << bits)
        {
            int64_t k = 0;
            for (int64_t s = 0; s < 1ll << bits; s++) if (table[s].key != none) groups[k++] = table[s];
            bits += 2;
            table = scratch(slot, sizeof(pair_t) << bits);
            mask = (1ull << bits) - 1;
            for (int64_t s = 0; s < 1ll << bits; s++) table[s] = (pair_t){none, 0};
            for (int64_t s = 0; s < k; s++)
            {
                at = hash_i64(groups[s].key) >> 8 & mask;
                while (table[at].key != none) at = (at + 1) & mask;
                table[at] = groups[s];
            }
        }
    }
    int64_t k = 0;
    for (int64_t s = 0; s < 1ll << bits; s++) if (table[s].key != none) groups[k++] = table[s];
    return k;
}

static int64_t write_pairs(const pair_t *groups, int64_t count, int64_t at, void *const *out)
{
    for (int64_t i = 0; i < count; i++) { ((int64_t *)out[0])[at + i] = groups[i].key; ((double *)out[1])[at + i] = groups[i].value; }
    return at + count;
}

// Whether all rows' keys fitted the local tables, whose groups then are in `out`.
static bool sum_locally(const int64_t *keys, const double *values, int64_t rows, int64_t none, int threads, void *const *out, int64_t *found)
{
    static pair_t tables[MAX_THREADS][LOCAL];
    bool fits = true;
    PARALLEL
    {
        int me = omp_get_thread_num();
        pair_t *table = tables[me];
        int used = 0;
        for (int i = 0; i < LOCAL; i++) table[i] = (pair_t){none, 0};
        for (int64_t i = first_row(rows, me, threads), last = first_row(rows, me + 1, threads); i < last && used < LOCAL / 2; i++)
        {
            int64_t at = hash_i64(keys[i]) >> 8 & (LOCAL - 1);
            while (table[at].key != keys[i])
            {
                if (table[at].key == none) { table[at].key = keys[i]; used++; break; }
                at = (at + 1) & (LOCAL - 1);
            }
            table[at].value += values[i];
        }
        if (used == LOCAL / 2) fits = false;
    }
    if (!fits) return false;
    pair_t *all = scratch(0, sizeof(pair_t) * LOCAL * threads), *groups = scratch(1, sizeof(pair_t) * LOCAL * threads);
    int64_t count = 0;
    for (int t = 0; t < threads; t++) for (int i = 0; i < LOCAL; i++) if (tables[t][i].key != none) all[count++] = tables[t][i];
    *found = write_pairs(groups, sum_partition(all, count, none, 2, groups), 0, out);
    return true;
}

TWIN(group_sum)
{
    const int64_t *keys = in[0];
    const double *values = in[1];
    const int64_t none = INT64_MIN;
    int64_t found;
    if (sum_locally(keys, values, n[0], none, threads, out, &found)) return found;
    pair_t *rows = scratch(0, sizeof(pair_t) * n[0]), *groups = scratch(1, sizeof(pair_t) * n[0]);
    static int64_t next[MAX_THREADS][PARTS], starts[PARTS + 1], counts[PARTS];
    memset(next, 0, sizeof next);
    PARALLEL
    {
        int me = omp_get_thread_num();
        int64_t first = first_row(n[0], me, threads), last = first_row(n[0], me + 1, threads);
        for (int64_t i = first; i < last; i++) next[me][hash_i64(keys[i]) >> (64 - PART_BITS)]++;
        #pragma omp barrier
        #pragma omp single
        place(next, threads, starts);
        GATHER(pair_t);
        for (int64_t i = first; i < last; i++) { int p = hash_i64(keys[i]) >> (64 - PART_BITS); PUT(rows, next[me], p, (pair_t){keys[i], values[i]}); }
        FLUSH(pair_t, rows, next[me]);
        #pragma omp barrier
        #pragma omp for schedule(dynamic, 4)
        for (int p = 0; p < PARTS; p++) counts[p] = sum_partition(rows + starts[p], starts[p + 1] - starts[p], none, 2 + me, groups + starts[p]);
        #pragma omp single
        for (int p = 0, at = 0; p < PARTS; p++) { int64_t count = counts[p]; counts[p] = at; at += count; found = at; }
        #pragma omp for schedule(dynamic, 4)
        for (int p = 0; p < PARTS; p++) write_pairs(groups + starts[p], (p + 1 < PARTS ? counts[p + 1] : found) - counts[p], counts[p], out);
    }
    return found;
}

// ---- values by key, in order: count, then scatter

TWIN(group_values)
{
    const int64_t *keys = in[0], *values = in[1], none = INT64_MIN;
    typedef struct { int64_t key, value; } row_t;
    typedef struct { int64_t key, group; } slot_t;
    row_t *rows = scratch(0, sizeof(row_t) * n[0]);
    int32_t *group_of = scratch(1, sizeof(int32_t) * n[0]);
    int64_t *out_key = out[0], *out_start = out[1], *out_value = out[2];
    static int64_t next[MAX_THREADS][PARTS], starts[PARTS + 1], counts[PARTS];
    int64_t found = 0, *group_key = scratch(2, sizeof(int64_t) * n[0]), *group_count = scratch(3, sizeof(int64_t) * n[0]);
    memset(next, 0, sizeof next);
    PARALLEL
    {
        int me = omp_get_thread_num();
        int64_t first = first_row(n[0], me, threads), last = first_row(n[0], me + 1, threads);
        for (int64_t i = first; i < last; i++) next[me][hash_i64(keys[i]) >> (64 - PART_BITS)]++;
        #pragma omp barrier
        #pragma omp single
        place(next, threads, starts);
        GATHER(row_t);
        for (int64_t i = first; i < last; i++) { int p = hash_i64(keys[i]) >> (64 - PART_BITS); PUT(rows, next[me], p, (row_t){keys[i], values[i]}); }
        FLUSH(row_t, rows, next[me]);
        #pragma omp barrier
        #pragma omp for schedule(dynamic, 4)
        for (int p = 0; p < PARTS; p++)
        {
            int64_t count = starts[p + 1] - starts[p], base = starts[p], groups = 0, capacity = 1024;
            while (capacity < 2 * count) capacity *= 2;
            slot_t *table = scratch(4 + me, sizeof(slot_t) * capacity);
            for (int64_t s = 0; s < capacity; s++) table[s].key = none;
            for (int64_t i = base; i < base + count; i++)
            {
                int64_t at = hash_i64(rows[i].key) >> 8 & (capacity - 1);
                while (table[at].key != rows[i].key)
                {
                    if (table[at].key == none)
                    {
                        table[at] = (slot_t){rows[i].key, groups};
                        group_key[base + groups] = rows[i].key;
                        group_count[base + groups++] = 0;
                        break;
                    }
                    at = (at + 1) & (capacity - 1);
                }
                group_of[i] = table[at].group;
                group_count[base + table[at].group]++;
            }
            counts[p] = groups;
        }
        #pragma omp single
        for (int p = 0; p < PARTS; p++) { int64_t count = counts[p]; counts[p] = found; found += count; }
        #pragma omp for schedule(dynamic, 4)
        for (int p = 0; p < PARTS; p++)
        {
            int64_t base = starts[p], at = base, groups = (p + 1 < PARTS ? counts[p + 1] : found) - counts[p];
            for (int64_t g = 0; g < groups; g++)
            {
                int64_t count = group_count[base + g];
                out_key[counts[p] + g] = group_key[base + g];
                out_start[counts[p] + g] = group_count[base + g] = at;
                at += count;
            }
            for (int64_t i = base; i < starts[p + 1]; i++) out_value[group_count[base + group_of[i]]++] = rows[i].value;
        }
    }
    return found;
}
