// What all twins share. A twin reads its arguments from `in` (n[i] elements of argument i), writes its columns to `out`, whose buffers are reused from call to call,
// and returns how many rows it wrote.
#pragma once
#include <math.h>
#include <omp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#ifdef __x86_64__
#include <immintrin.h>
#endif

#define TWIN(name) int64_t name(void *const *restrict in, const int64_t *restrict n, void *const *restrict out, int threads)
#define PARALLEL _Pragma("omp parallel num_threads(threads)")
#define MAX_THREADS 64

// A vec[vec[T]]'s element.
typedef struct { const void *data; int64_t length; } slice_t;

// Memory that a twin keeps from call to call, by slot; its contents are whatever was there.
void *scratch(int slot, size_t bytes);

// The rows of a thread.
static inline int64_t first_row(int64_t rows, int thread, int threads) { return rows * thread / threads; }

static inline uint64_t hash_i64(uint64_t key) { key ^= key >> 32; key *= 0x9E3779B97F4A7C15u; key ^= key >> 29; return key * 0xBF58476D1CE4E5B9u; }

static inline uint64_t hash_bytes(const uint8_t *data, int64_t length)
{
    uint64_t hash = length, word;
    for (; length >= 8; length -= 8, data += 8) { memcpy(&word, data, 8); hash = (hash ^ word) * 0x9E3779B97F4A7C15u; hash ^= hash >> 32; }
    word = 0;
    for (int i = 0; i < length; i++) word |= (uint64_t)data[i] << (8 * i);
    hash = (hash ^ word) * 0xBF58476D1CE4E5B9u;
    return hash ^ (hash >> 31);
}
