// Rows of matrices are slices, as the programs have them.
#include "twin.h"

static inline double dot(const double *restrict x, const double *restrict y, int64_t count)
{
    double sum = 0;
    #pragma omp simd reduction(+ : sum)
    for (int64_t j = 0; j < count; j++) sum += x[j] * y[j];
    return sum;
}

TWIN(matrix_vector)
{
    const slice_t *rows = in[0];
    const double *v = in[1];
    double *products = out[0];
    #pragma omp parallel for num_threads(threads)
    for (int64_t i = 0; i < n[0]; i++) products[i] = dot(rows[i].data, v, rows[i].length);
    return n[0];
}

// 4 rows of a by 2 vectors of b at a time, which stay in registers; the 256 rows of those columns of b are copied to one place, which stays in the cache.
TWIN(matrix_product)
{
    typedef double vector_t __attribute__((vector_size(__BIGGEST_ALIGNMENT__), aligned(8)));
    enum { ROWS = 4, WIDE = sizeof(vector_t) / sizeof(double), PANEL = 256 };
    const slice_t *a = in[0], *b = in[1];
    const int64_t rows = n[0], inner = n[1], columns = b[0].length;
    double *restrict c = out[0];
    #pragma omp parallel for num_threads(threads) schedule(static)
    for (int64_t j = 0; j < columns; j += 2 * WIDE)
        for (int64_t from = 0; from < inner; from += PANEL)
        {
            vector_t panel[PANEL][2];
            for (int64_t k = 0; k < PANEL; k++) memcpy(panel[k], (const double *)b[from + k].data + j, sizeof panel[k]);
            for (int64_t i = 0; i < rows; i += ROWS)
            {
                const double *x0 = a[i].data, *x1 = a[i + 1].data, *x2 = a[i + 2].data, *x3 = a[i + 3].data;
                vector_t sums[ROWS][2] = {0};
                for (int64_t k = 0; k < PANEL; k++)
                {
                    vector_t left = panel[k][0], right = panel[k][1];
                    double y0 = x0[from + k], y1 = x1[from + k], y2 = x2[from + k], y3 = x3[from + k];
                    sums[0][0] += left * y0; sums[0][1] += right * y0;
                    sums[1][0] += left * y1; sums[1][1] += right * y1;
                    sums[2][0] += left * y2; sums[2][1] += right * y2;
                    sums[3][0] += left * y3; sums[3][1] += right * y3;
                }
                for (int r = 0; r < ROWS; r++)
                    for (int v = 0; v < 2; v++)
                    {
                        vector_t *to = (vector_t *)(c + (i + r) * columns + j) + v;
                        *to = from == 0 ? sums[r][v] : *to + sums[r][v];
                    }
            }
        }
    return rows * columns;
}

TWIN(logistic_step)
{
    const slice_t *x = in[0];
    const double *y = in[1], *w = in[2], rate = *(const double *)in[3];
    const int64_t features = n[2];
    double *next = out[0], *gradients = scratch(0, sizeof(double) * features * threads);
    PARALLEL
    {
        int me = omp_get_thread_num();
        double *restrict gradient = gradients + features * me;
        memset(gradient, 0, sizeof(double) * features);
        for (int64_t i = first_row(n[0], me, threads), last = first_row(n[0], me + 1, threads); i < last; i++)
        {
            const double *restrict row = x[i].data;
            double error = 1 / (1 + exp(-dot(row, w, features))) - y[i];
            for (int64_t j = 0; j < features; j++) gradient[j] += row[j] * error;
        }
    }
    for (int64_t j = 0; j < features; j++)
    {
        double sum = 0;
        for (int t = 0; t < threads; t++) sum += gradients[t * features + j];
        next[j] = w[j] - sum / n[0] * rate;
    }
    return features;
}
