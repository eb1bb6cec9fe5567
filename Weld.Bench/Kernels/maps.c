// One pass, elements for elements.
#include "twin.h"

TWIN(axpy)
{
    const float *x = in[0], a = *(const float *)in[1], b = *(const float *)in[2];
    float *y = out[0];
    #pragma omp parallel for simd num_threads(threads)
    for (int64_t i = 0; i < n[0]; i++) y[i] = a * x[i] + b;
    return n[0];
}

TWIN(black_scholes)
{
    const double *price = in[0], *strike = in[1], *t = in[2], *rate = in[3], *vol = in[4];
    double *restrict call = out[0], *restrict put = out[1];
    const double inverse_root_of_2 = 0.7071067811865476;
    #pragma omp parallel for simd num_threads(threads)
    for (int64_t i = 0; i < n[0]; i++)
    {
        double spread = vol[i] * sqrt(t[i]);
        double d1 = (log(price[i] / strike[i]) + (rate[i] + vol[i] * vol[i] * 0.5) * t[i]) / spread, d2 = d1 - spread;
        double normal1 = erf(d1 * inverse_root_of_2) * 0.5 + 0.5, normal2 = erf(d2 * inverse_root_of_2) * 0.5 + 0.5;
        double discounted = exp(-rate[i] * t[i]) * strike[i];
        call[i] = price[i] * normal1 - discounted * normal2;
        put[i] = discounted * (1 - normal2) - price[i] * (1 - normal1);
    }
    return n[0];
}

TWIN(haversine)
{
    const double *latitude = in[0], *longitude = in[1], *here = in[2];
    double *restrict miles = out[0];
    const double radians = 0.017453292519943295, latitude0 = here[0] * radians, longitude0 = here[1] * radians, cosine0 = cos(latitude0);
    #pragma omp parallel for simd num_threads(threads)
    for (int64_t i = 0; i < n[0]; i++)
    {
        double north = sin((latitude[i] * radians - latitude0) * 0.5), east = sin((longitude[i] * radians - longitude0) * 0.5);
        double a = north * north + cos(latitude[i] * radians) * cosine0 * (east * east);
        miles[i] = asin(sqrt(a)) * 2 * 3959;
    }
    return n[0];
}

#if defined(__AVX2__) && !defined(__AVX512F__)
// For each mask of four lanes, which halves of them go where.
static int32_t moves[16][8] __attribute__((aligned(32)));

__attribute__((constructor)) static void fill_moves(void)
{
    for (int mask = 0; mask < 16; mask++)
        for (int lane = 0, k = 0; lane < 4; lane++)
            if (mask >> lane & 1) { moves[mask][2 * k] = 2 * lane; moves[mask][2 * k++ + 1] = 2 * lane + 1; }
}
#endif

// Stores whole vectors while there is room for them.
static int64_t keep(const double *restrict v, int64_t rows, double limit, double *restrict kept, int64_t room)
{
    int64_t i = 0, k = 0;
#if defined(__AVX512F__)
    for (; i + 8 <= rows && k + 8 <= room; i += 8)
    {
        __m512d x = _mm512_loadu_pd(v + i);
        __mmask8 mask = _mm512_cmp_pd_mask(x, _mm512_set1_pd(limit), _CMP_LT_OQ);
        _mm512_storeu_pd(kept + k, _mm512_maskz_compress_pd(mask, x));
        k += __builtin_popcount(mask);
    }
#elif defined(__AVX2__)
    for (; i + 4 <= rows && k + 4 <= room; i += 4)
    {
        __m256d x = _mm256_loadu_pd(v + i);
        int mask = _mm256_movemask_pd(_mm256_cmp_pd(x, _mm256_set1_pd(limit), _CMP_LT_OQ));
        _mm256_storeu_si256((__m256i *)(kept + k), _mm256_permutevar8x32_epi32(_mm256_castpd_si256(x), *(__m256i *)moves[mask]));
        k += __builtin_popcount(mask);
    }
#endif
    for (; i < rows; i++) if (v[i] < limit) kept[k++] = v[i];
    return k;
}

// Several threads count first, so that each knows where its rows go.
TWIN(filter)
{
    const double *v = in[0], limit = *(const double *)in[1];
    if (threads == 1) return keep(v, n[0], limit, out[0], n[0]);
    int64_t counts[MAX_THREADS] = {0}, total = 0;
    PARALLEL
    {
        int me = omp_get_thread_num();
        int64_t first = first_row(n[0], me, threads), last = first_row(n[0], me + 1, threads), count = 0, start = 0;
        for (int64_t i = first; i < last; i++) count += v[i] < limit;
        counts[me] = count;
        #pragma omp barrier
        for (int t = 0; t < me; t++) start += counts[t];
        keep(v + first, last - first, limit, (double *)out[0] + start, count);
        #pragma omp atomic
        total += count;
    }
    return total;
}
