# The answer rate, which jumps: a mixture over when it last did (Adams and MacKay, Bayesian online changepoint
# detection, 2007), persons being Poisson in the exposure of attempts and the rate of each hypothesis gamma.

cdef enum:
    RUNS = 32  # hypotheses that are kept

cdef struct Rate:  # all of it is saved as it lies here
    long long runs
    double[RUNS] share  # P(the rate has been the same since then)
    double[RUNS] came  # persons since, and the prior's
    double[RUNS] tried  # exposure since, and the prior's
    double all_came  # over the whole campaign, fading slowly: where a new rate is likely to be
    double all_tried
    double new_came  # not yet taken in
    double new_tried
    double new_seconds
    double mean
    double var


cdef void begin_rate(Rate* r, double rate, double doubt) noexcept nogil:
    memset(r, 0, sizeof(Rate))
    r.runs = 1
    r.share[0] = 1.0
    r.all_came = rate * doubt
    r.all_tried = doubt
    r.came[0] = rate * doubt
    r.tried[0] = doubt
    r.mean = rate
    r.var = rate / doubt


cdef void weigh(Rate* r, const Tuning* tune) noexcept nogil:
    """Take in what is new: weigh the hypotheses by it, and add one that the rate has changed just before."""
    cdef double change = fmin(r.new_seconds / tune.change, 0.5)
    cdef double total = 0.0
    cdef double least = 2.0
    cdef double x, both
    cdef int best = 0
    cdef int i, k
    if r.runs == RUNS:  # the two neighbours that matter least become one
        for i in range(RUNS - 1):
            both = r.share[i] + r.share[i + 1]
            if both < least:
                least = both
                best = i
        both = fmax(r.share[best] + r.share[best + 1], 1e-300)
        x = r.share[best] / both
        r.came[best] = x * r.came[best] + (1.0 - x) * r.came[best + 1]
        r.tried[best] = x * r.tried[best] + (1.0 - x) * r.tried[best + 1]
        r.share[best] = both
        for i in range(best + 1, RUNS - 1):
            r.share[i] = r.share[i + 1]
            r.came[i] = r.came[i + 1]
            r.tried[i] = r.tried[i + 1]
        r.runs -= 1
    k = <int> r.runs
    r.came[k] = tune.change_weight
    r.tried[k] = tune.change_weight * r.all_tried / r.all_came
    r.share[k] = change
    for i in range(k):
        r.share[i] *= 1.0 - change
    r.runs += 1
    for i in range(<int> r.runs):
        # negative binomial, without what all have in common
        x = r.came[i] * log(r.tried[i] / (r.tried[i] + r.new_tried)) - r.new_came * log(r.tried[i] + r.new_tried)
        k = 0
        while k + 0.5 < r.new_came:
            x += log(r.came[i] + k)
            k += 1
        r.share[i] *= exp(x)
        total += r.share[i]
        r.came[i] += r.new_came
        r.tried[i] += r.new_tried
    if not total > 1e-280:
        r.runs = 1
        total = 1.0
        r.share[0] = 1.0
        r.came[0] = tune.change_weight
        r.tried[0] = tune.change_weight * r.all_tried / r.all_came
    r.mean = 0.0
    r.var = 0.0
    for i in range(<int> r.runs):
        r.share[i] /= total
        x = r.came[i] / r.tried[i]
        r.mean += r.share[i] * x
        r.var += r.share[i] * (x * x + x / r.tried[i])
    r.var = fmax(r.var - r.mean * r.mean, 1e-12)
    r.all_came += r.new_came
    r.all_tried += r.new_tried
    if r.all_tried > 20000.0:
        r.all_came *= 0.5
        r.all_tried *= 0.5
    r.new_came = 0.0
    r.new_tried = 0.0
    r.new_seconds = 0.0
