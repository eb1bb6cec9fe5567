// Elementary functions, elements for elements.
#include "twin.h"

#define MAP(name, type, arity, value) \
    TWIN(name) \
    { \
        const type *x = in[0], *y = in[arity - 1]; \
        type *restrict result = out[0]; \
        for (int64_t i = 0; i < n[0]; i++) result[i] = value; \
        return n[0]; \
    }

#define OF_ONE(name) MAP(name##_f64, double, 1, name(x[i])) MAP(name##_f32, float, 1, name##f(x[i]))
#define OF_TWO(name) MAP(name##_f64, double, 2, name(x[i], y[i])) MAP(name##_f32, float, 2, name##f(x[i], y[i]))

OF_ONE(exp) OF_ONE(exp2) OF_ONE(expm1) OF_ONE(sinh) OF_ONE(cosh) OF_ONE(tanh)
OF_ONE(log) OF_ONE(log2) OF_ONE(log10) OF_ONE(log1p)
OF_ONE(sin) OF_ONE(cos) OF_ONE(tan) OF_ONE(asin) OF_ONE(acos) OF_ONE(atan)
OF_ONE(erf) OF_ONE(cbrt)
OF_TWO(pow) OF_TWO(atan2)

// Functions of vectors, whose address is the last argument.
#define VECTORS(name, type, vector, arity, parameters, value) \
    TWIN(name) \
    { \
        const type *x = in[0], *y = in[arity - 1]; \
        type *restrict result = out[0]; \
        vector (*f) parameters = *(void *const *)in[arity]; \
        for (int64_t i = 0; i < n[0]; i += sizeof(vector) / sizeof(type)) \
        { \
            size_t left = (n[0] - i) * sizeof(type), bytes = left < sizeof(vector) ? left : sizeof(vector); \
            vector a = {0}, b = {0}; \
            if (__builtin_expect(left >= sizeof(vector), 1)) \
            { \
                memcpy(&a, x + i, sizeof(vector)); memcpy(&b, y + i, sizeof(vector)); \
                a = value; memcpy(result + i, &a, sizeof(vector)); \
            } \
            else \
            { \
                memcpy(&a, x + i, bytes); memcpy(&b, y + i, bytes); \
                a = value; memcpy(result + i, &a, bytes); \
            } \
        } \
        return n[0]; \
    }

#define VECTORS_OF(name, type, vector) \
    VECTORS(name##_1, type, vector, 1, (vector), f(a)) \
    VECTORS(name##_2, type, vector, 2, (vector, vector), f(a, b))

#ifdef __AVX2__
VECTORS_OF(avx2_f64, double, __m256d)
VECTORS_OF(avx2_f32, float, __m256)
#endif
#ifdef __AVX512F__
VECTORS_OF(avx512f_f64, double, __m512d)
VECTORS_OF(avx512f_f32, float, __m512)
#endif
