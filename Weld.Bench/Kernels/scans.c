// One pass, one number.
#include "twin.h"

TWIN(sum)
{
    const double *v = in[0];
    double total = 0;
    #pragma omp parallel for simd num_threads(threads) reduction(+ : total)
    for (int64_t i = 0; i < n[0]; i++) total += v[i];
    *(double *)out[0] = total;
    return 1;
}

TWIN(map_filter_sum)
{
    const double *v = in[0];
    double total = 0;
    #pragma omp parallel for simd num_threads(threads) reduction(+ : total)
    for (int64_t i = 0; i < n[0]; i++) { double y = v[i] * 2 + 1; total += y > 2 ? y : 0; }
    *(double *)out[0] = total;
    return 1;
}

TWIN(q6)
{
    const int32_t *day = in[0];
    const double *discount = in[1], *quantity = in[2], *price = in[3];
    double total = 0;
    #pragma omp parallel for simd num_threads(threads) reduction(+ : total)
    for (int64_t i = 0; i < n[0]; i++)
    {
        bool in_year = (day[i] >= 19940101) & (day[i] < 19950101);
        bool counts = in_year & (discount[i] >= 0.05) & (discount[i] <= 0.07) & (quantity[i] < 24);
        total += counts ? price[i] * discount[i] : 0;
    }
    *(double *)out[0] = total;
    return 1;
}

// The same forty additions as the program's, in its order; a compiler that may reassociate adds their sum instead.
TWIN(chain)
{
    const double *v = in[0];
    double total = 0;
    #pragma omp parallel for simd num_threads(threads) reduction(+ : total)
    for (int64_t i = 0; i < n[0]; i++)
    {
        double x = v[i];
        #pragma GCC unroll 40
        for (int k = 1; k <= 40; k++) x += k * 0.1;
        total += x;
    }
    *(double *)out[0] = total;
    return 1;
}
