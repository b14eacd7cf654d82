# Special functions to full double precision: the Poisson weight, e^-z - 1 + z, the incomplete gamma function.

cdef double LOG_ROOT_2PI = 0.91893853320467274178
cdef double[8] NODES = [
    0.09501250983763744, 0.2816035507792589, 0.45801677765722737, 0.6178762444026438,
    0.755404408355003, 0.8656312023878318, 0.9445750230732326, 0.9894009349916499,
]
cdef double[8] WEIGHTS = [
    0.18945061045506864, 0.18260341504492364, 0.16915651939500265, 0.1495959888165767,
    0.12462897125553407, 0.0951585116824926, 0.062253523938647456, 0.027152459411754176,
]  # Gauss and Legendre, 16 points on [-1, 1]


cdef double[18] INVERSE = [
    0.0, 1.0, 1.0 / 2, 1.0 / 3, 1.0 / 4, 1.0 / 5, 1.0 / 6, 1.0 / 7, 1.0 / 8, 1.0 / 9, 1.0 / 10, 1.0 / 11, 1.0 / 12,
    1.0 / 13, 1.0 / 14, 1.0 / 15, 1.0 / 16, 1.0 / 17,
]


cdef inline double bend(double z) noexcept nogil:
    """e^-z - 1 + z without cancellation: about z^2/2 near zero."""
    cdef double size = fabs(z)
    cdef double term = 1.0
    cdef int k
    if size > 0.6:
        return expm1(-z) + z
    for k in range(17 if size > 0.1 else 11 if size > 0.003 else 7, 2, -1):
        term = 1.0 - z * INVERSE[k] * term  # the series z^2/2 (1 - z/3 (1 - z/4 (...)))
    return 0.5 * z * z * term


cdef double stirling_error(double x) noexcept nogil:
    """log(x!) less its approximation by Stirling, x > 0."""
    if x < 16.0:
        return lgamma(x + 1.0) - (x + 0.5) * log(x) + x - LOG_ROOT_2PI
    cdef double y = 1.0 / (x * x)
    return (1.0 / 12 - y * (1.0 / 360 - y * (1.0 / 1260 - y * (1.0 / 1680 - y * (
        1.0 / 1188 - y * (691.0 / 360360 - y / 156)))))) / x


cdef double deviance(double x, double mean) noexcept nogil:
    """x log(x / mean) + mean - x, with all its digits where x is near the mean (after Loader 2000)."""
    cdef double v, s, old, term
    cdef int j = 1
    if fabs(x - mean) < 0.1 * (x + mean):
        v = (x - mean) / (x + mean)
        s = (x - mean) * v
        term = 2.0 * x * v
        while j < 1000:
            term *= v * v
            old = s
            s += term / (2 * j + 1)
            if s == old:
                break
            j += 1
        return s
    return x * log(x / mean) + mean - x


cdef double poisson(double x, double mean) noexcept nogil:
    """e^-mean mean^x / x! for real x >= 0, mean > 0."""
    if x == 0.0:
        return exp(-mean)
    if x < 1e-3:  # log x! is tiny there, and Stirling's way round would lose it
        return exp(x * log(mean) - mean - lgamma(x + 1.0))
    return exp(-stirling_error(x) - deviance(x, mean) - LOG_ROOT_2PI) / sqrt(x)


cdef double rising(double x, double mean) noexcept nogil:
    """Sum over k >= 1 of mean^k / ((x+1) ... (x+k)): the Poisson weights above x, in units of the one at x."""
    cdef double term = 1.0
    cdef double total = 0.0
    cdef double at = x
    while True:
        at += 1.0
        term *= mean / at
        total += term
        if term <= total * 1e-17 and at > mean:
            return total


cdef double upper_fraction(double s, double x) noexcept nogil:
    """Gamma(s, x) e^x x^-s by Legendre's continued fraction (Lentz's way), for x not far below s + 1."""
    cdef double tiny = 1e-300
    cdef double b = x + 1.0 - s
    cdef double c, d, h, change, a
    cdef int i
    if fabs(b) < tiny:
        b = tiny
    c = 1.0 / tiny
    d = 1.0 / b
    h = d
    for i in range(1, 100_000):
        a = -i * (i - s)
        b += 2.0
        d = a * d + b
        if fabs(d) < tiny:
            d = tiny
        c = b + a / c
        if fabs(c) < tiny:
            c = tiny
        d = 1.0 / d
        change = d * c
        h *= change
        if fabs(change - 1.0) < 2e-16:
            break
    return h


cdef double gamma_below(double s, double x) noexcept nogil:
    """The regularised P(s, x), s > 0."""
    if x <= 0.0:
        return 0.0
    if x < s + 1.0:
        return poisson(s, x) * (1.0 + rising(s, x))
    return 1.0 - poisson(s, x) * s * upper_fraction(s, x)


cdef double gamma_above(double s, double x) noexcept nogil:
    """The regularised Q(s, x) = 1 - P(s, x), s > 0."""
    if x <= 0.0:
        return 1.0
    if x < s + 1.0:
        return 1.0 - poisson(s, x) * (1.0 + rising(s, x))
    return poisson(s, x) * s * upper_fraction(s, x)
