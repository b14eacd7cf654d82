# Durations: a histogram on bins that widen with time, drawn towards a lognormal curve fitted to the same observations
# (talk times are close to lognormal: Brown, Gans, Mandelbaum et al., J. Amer. Statist. Assoc. 100, 2005).

cdef enum:
    BINS = 336

cdef double FINE = 25.0  # seconds of bins half a second wide; beyond they grow by a fiftieth
cdef double FORGET = 3000.0  # observations; then all count half
cdef double[BINS + 1] EDGE
cdef unsigned short[14401] PLACE  # the bin of a duration in half seconds

cdef void lay_out() noexcept:
    cdef int i
    cdef int k = 0
    for i in range(BINS + 1):
        EDGE[i] = 0.5 * i if i <= 50 else EDGE[i - 1] * 1.02
    for i in range(14401):
        while k < BINS - 1 and EDGE[k + 1] <= 0.5 * i:
            k += 1
        PLACE[i] = k

lay_out()

cdef inline int bin_of(double x) noexcept nogil:
    return 0 if x <= 0.0 else PLACE[<int>(2.0 * x)] if x < 7200.0 else PLACE[14400]

cdef struct Spans:
    double total  # weight of the observations
    double sum1  # of logarithms
    double sum2  # of their squares
    double mean0  # the prior's mean logarithm
    double spread0  # its variance
    double doubt  # observations that the prior is worth
    double[BINS] seen
    double[BINS + 1] below  # the cumulative distribution at the edges, as of the last fit


cdef void start(Spans* s, double mean, double cv, double doubt) noexcept nogil:
    memset(s, 0, sizeof(Spans))
    s.spread0 = log(1.0 + cv * cv)
    s.mean0 = log(mean) - 0.5 * s.spread0
    s.doubt = doubt


cdef void observe(Spans* s, double x) noexcept nogil:
    cdef double y = log(fmax(x, 0.25))
    cdef int i
    if s.total >= FORGET:
        s.total *= 0.5
        s.sum1 *= 0.5
        s.sum2 *= 0.5
        for i in range(BINS):
            s.seen[i] *= 0.5
    s.total += 1.0
    s.sum1 += y
    s.sum2 += y * y
    s.seen[bin_of(x)] += 1.0


cdef void fit(Spans* s, double weight) noexcept nogil:
    """Fit the curve and mix it with the histogram; ``weight`` is what the curve is worth in observations."""
    cdef double n = s.total + s.doubt
    cdef double mean = (s.sum1 + s.doubt * s.mean0) / n
    cdef double square = s.sum2 + s.doubt * (s.spread0 + s.mean0 * s.mean0)
    cdef double sd = sqrt(fmax(square / n - mean * mean, 0.0025))
    cdef double share = weight / (s.total + weight)
    cdef double run = 0.0
    cdef int i
    s.below[0] = 0.0
    for i in range(1, BINS + 1):
        run += s.seen[i - 1]
        s.below[i] = share * 0.5 * erfc((mean - log(EDGE[i])) / (sd * 1.4142135623730951)) + (
            (1.0 - share) * run / s.total if s.total > 0.0 else 0.0
        )
    for i in range(BINS + 1):
        s.below[i] = fmin(s.below[i], 1.0)


cdef double at_most(const Spans* s, double x) noexcept nogil:
    """Return the probability of a duration up to ``x``: between edges, in proportion."""
    cdef int k
    if x <= 0.0:
        return 0.0
    k = bin_of(x)
    if x >= EDGE[BINS]:
        return s.below[BINS]
    if x >= EDGE[k + 1]:
        k += 1
    return s.below[k] + (s.below[k + 1] - s.below[k]) * (x - EDGE[k]) / (EDGE[k + 1] - EDGE[k])
