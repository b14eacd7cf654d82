# Attempts in flight: how many of which age, and when a person will be on the line.

cdef struct Ring:  # all of it is saved as it lies here
    long long now  # the present tick
    long long[TICKS] alive  # attempts that ring, by the tick of their dial
    double[TICKS] dialled  # attempts of a tick, ever
    long long known  # the tick up to which exposure is counted
    Rate rate
    double[TICKS] seen_person  # histogram of ages at which a person was there
    double[TICKS] seen_other  # histogram of ages at which an attempt ended otherwise
    double total_person
    double total_other
    double fitted
    double[TICKS + 1] by_person  # P(age at the person <= tick)
    double[TICKS + 1] by_other
    double[TICKS][AHEAD] comes  # P(answered between x and x + instant)
    long long total  # alive
    double p  # the answer rate, as of the last decision
    double p_var


cdef void begin_ring(Ring* r, double ring_s) noexcept nogil:
    """A broad prior: answers after 3 s plus about 9 s, other ends at once or about when the ringing is given up."""
    cdef int i
    cdef double x, y
    memset(r, 0, sizeof(Ring))
    for i in range(TICKS):
        x = (i + 0.5) * TICK
        r.seen_person[i] = exp(-(x - 3.0) / 9.0) if 3.0 < x < ring_s + 1.0 else 0.0
        y = (x - ring_s + 2.0) / 2.5
        r.seen_other[i] = 0.15 * (2.0 < x < 6.0) / 16.0 + 0.85 * exp(-0.5 * y * y) / 25.0
    x = 0.0
    y = 0.0
    for i in range(TICKS):
        x += r.seen_person[i]
        y += r.seen_other[i]
    for i in range(TICKS):
        r.seen_person[i] *= 20.0 / x
        r.seen_other[i] *= 20.0 / y
    r.total_person = 20.0
    r.total_other = 20.0
    fit_ring(r)


cdef void fit_ring(Ring* r) noexcept nogil:
    cdef int i, u, k
    r.fitted = r.total_person + r.total_other
    for i in range(TICKS):
        r.by_person[i + 1] = r.by_person[i] + r.seen_person[i] / r.total_person
        r.by_other[i + 1] = r.by_other[i] + r.seen_other[i] / r.total_other
    for i in range(TICKS):
        for u in range(AHEAD):
            k = i + <int>(INSTANT[u] / TICK)
            r.comes[i][u] = fmax(r.by_person[k if k < TICKS else TICKS] - r.by_person[i], 0.0)


cdef void saw(double* seen, double* total, long long age) noexcept nogil:
    cdef int i
    if total[0] > FORGET:
        total[0] *= 0.5
        for i in range(TICKS):
            seen[i] *= 0.5
    total[0] += 1.0
    seen[0 if age < 0 else TICKS - 1 if age >= TICKS else age] += 1.0


cdef void turn(Ring* r, long long tick) noexcept nogil:
    """Let time pass: attempts that ring beyond what is followed are not counted on any more."""
    cdef long long steps = tick - r.now
    cdef int i
    if steps <= 0:
        return
    if steps > TICKS:
        steps = TICKS
        r.now = tick - TICKS
    while steps:
        r.now += 1
        steps -= 1
        i = r.now & (TICKS - 1)
        r.total -= r.alive[i]
        r.dialled[i] = 0.0
        r.alive[i] = 0


cdef void know(Ring* r, const Tuning* tune) noexcept nogil:
    """The answer rate: persons by attempts, each attempt counted as far as its age lets it have been answered."""
    cdef int age, i
    cdef double fresh = 0.0
    if r.now <= r.known:
        return
    for age in range(TICKS):
        i = (r.now - age) & (TICKS - 1)
        if r.dialled[i] > 0.0:
            if age + 1 <= r.now - r.known:
                fresh += r.dialled[i] * r.by_person[age]
            else:
                fresh += r.dialled[i] * (r.by_person[age] - r.by_person[age - (r.now - r.known)])
    r.rate.new_tried += fresh
    r.rate.new_seconds += (r.now - r.known) * TICK
    r.known = r.now
    if r.rate.new_tried >= 1.0 or r.rate.new_came >= 1.0:
        weigh(&r.rate, tune)
    r.p = fmin(fmax(r.rate.mean + tune.caution * sqrt(r.rate.var), 0.001), 0.98)
    r.p_var = r.rate.var


cdef inline void chance(const Ring* r, int age, double* into) noexcept nogil:
    """P(a person within each instant | rings at that age)."""
    cdef double rest = r.p * (1.0 - r.by_person[age]) + (1.0 - r.p) * (1.0 - r.by_other[age])
    cdef double k = r.p / rest if rest > 1e-9 else 0.0
    cdef int u
    for u in range(AHEAD):
        into[u] = fmin(k * r.comes[age][u], 1.0)
