# Attempts in flight: how many of which age, and when a person will be on the line. An attempt rings; something picks up
# and may be examined (answering-machine detection) before it is known to be a person.

cdef double FADE = 3000.0  # observations; then all count half

cdef struct Stage:
    long long[TICKS] alive  # attempts in it, by the tick at which they entered
    double[TICKS] seen_person  # histogram of ages at which those left that proved a person
    double[TICKS] seen_other
    double total_person
    double total_other
    double[TICKS + 1] by_person  # P(age at leaving <= tick | person), as of the last fit
    double[TICKS + 1] by_other

cdef struct Ring:  # all of it is saved as it lies here
    long long now  # the present tick
    long long known  # the tick up to which exposure is counted
    long long total  # in either stage
    Stage rings
    Stage detects
    Rate rate
    double[TICKS] dialled  # attempts begun, by tick
    double fitted  # observations at the last fit
    double[TICKS + 1] by_total  # P(known to be a person by that age | person)
    double[TICKS][AHEAD] comes  # P(rings beyond that age, and is a person within the instant | person)
    double p  # the answer rate, as of the last decision
    double p_var
    double q  # P(a person | something picked up and is examined)
    double q_person  # of which it is learned
    double q_other


cdef void begin_ring(Ring* r, double ring_s, const Tuning* tune) noexcept nogil:
    """A broad prior: answers after 3 s plus about 9 s, other ends at once or about when the ringing is given up."""
    cdef int i
    cdef double x, y
    memset(r, 0, sizeof(Ring))
    begin_rate(&r.rate, tune.rate, tune.rate_weight)
    for i in range(TICKS):
        x = (i + 0.5) * TICK
        r.rings.seen_person[i] = exp(-(x - 3.0) / 9.0) if 3.0 < x < ring_s + 1.0 else 0.0
        y = (x - ring_s + 2.0) / 2.5
        r.rings.seen_other[i] = (0.15 / 16.0 if 2.0 < x < 6.0 else 0.0) + 0.85 * exp(-0.5 * y * y) / 25.0
    x = 1e-9
    y = 1e-9
    for i in range(TICKS):
        x += r.rings.seen_person[i]
        y += r.rings.seen_other[i]
    for i in range(TICKS):
        r.rings.seen_person[i] *= 20.0 / x
        r.rings.seen_other[i] *= 20.0 / y
    r.rings.total_person = 20.0
    r.rings.total_other = 20.0
    r.detects.seen_person[0] = 5.0
    r.detects.total_person = 5.0
    for i in range(16):
        r.detects.seen_other[i] = 5.0 / 16.0
    r.detects.total_other = 5.0
    r.q_person = 5.0
    r.q_other = 5.0
    r.q = 0.5
    r.p = tune.rate
    fit_ring(r)


cdef void add_up(Stage* s) noexcept nogil:
    cdef int i
    s.by_person[0] = 0.0
    s.by_other[0] = 0.0
    for i in range(TICKS):
        s.by_person[i + 1] = s.by_person[i] + s.seen_person[i] / s.total_person
        s.by_other[i + 1] = s.by_other[i] + s.seen_other[i] / s.total_other


cdef inline double by_then(const double* below, int tick) noexcept nogil:
    return below[tick if tick < TICKS else TICKS] if tick > 0 else 0.0


cdef double joined(const Ring* r, int age, int ahead, int longest) noexcept nogil:
    """P(picks up after ``age``, and is a person by ``age + ahead``)."""
    cdef double found = 0.0
    cdef int j, k
    for j in range(ahead):
        k = age + j
        if k >= TICKS:
            break
        if ahead - j >= longest:  # whatever it takes, detection is done
            continue
        found += r.rings.seen_person[k] * by_then(r.detects.by_person, ahead - j)
    if ahead >= longest:
        k = ahead - longest + 1
        found += r.rings.total_person * (by_then(r.rings.by_person, age + k) - by_then(r.rings.by_person, age))
    return found / r.rings.total_person


cdef void fit_ring(Ring* r) noexcept nogil:
    cdef int i, u
    cdef int longest = TICKS
    r.fitted = r.rings.total_person + r.rings.total_other
    add_up(&r.rings)
    add_up(&r.detects)
    while longest > 1 and r.detects.by_person[longest - 1] >= 0.9999:
        longest -= 1
    for i in range(TICKS):
        r.by_total[i + 1] = joined(r, 0, i + 1, longest)
        for u in range(AHEAD):
            r.comes[i][u] = fmax(joined(r, i, <int> (INSTANT[u] / TICK), longest), 0.0)


cdef void saw(double* seen, double* total, long long age) noexcept nogil:
    cdef int i
    if total[0] > FADE:
        total[0] *= 0.5
        for i in range(TICKS):
            seen[i] *= 0.5
    total[0] += 1.0
    seen[0 if age < 0 else TICKS - 1 if age >= TICKS else age] += 1.0


cdef void turn(Ring* r, long long tick) noexcept nogil:
    """Let time pass: attempts that are older than is followed are not counted on any more."""
    cdef long long last
    cdef int i
    if tick <= r.now:
        return
    last = tick if tick < r.now + TICKS else r.now + TICKS
    while r.now < last:
        r.now += 1
        i = r.now & (TICKS - 1)
        if r.dialled[i] > 0.0:  # what of their exposure was not counted yet
            r.rate.new_tried += r.dialled[i] * (1.0 - by_then(r.by_total, <int> (r.known - r.now + TICKS)))
        r.total -= r.rings.alive[i] + r.detects.alive[i]
        r.dialled[i] = 0.0
        r.rings.alive[i] = 0
        r.detects.alive[i] = 0
    r.now = tick


cdef bint leave(Ring* r, Stage* s, long long tick) noexcept nogil:
    """Take an attempt that entered at that tick out of a stage, if it is still followed."""
    cdef int i = tick & (TICKS - 1)
    if tick > r.now or r.now - tick >= TICKS or s.alive[i] <= 0:
        return False
    s.alive[i] -= 1
    r.total -= 1
    return True


cdef void know(Ring* r, const Tuning* tune) noexcept nogil:
    """Bring the answer rate up to date: each attempt is exposed as far as its age lets it have been answered.

    An attempt of age x counts as F(x) of one, whatever became of it: else quick failures would look like few answers.
    """
    cdef long long passed = r.now - r.known
    cdef int age, i
    cdef double fresh = 0.0
    if passed > 0:
        for age in range(TICKS):
            i = (r.now - age) & (TICKS - 1)
            if r.dialled[i] > 0.0:
                fresh += r.dialled[i] * (r.by_total[age] - by_then(r.by_total, <int> (age - passed)))
        r.rate.new_tried += fresh
        r.rate.new_seconds += passed * TICK
        r.known = r.now
    if r.rate.new_tried >= 1.0 or r.rate.new_came >= 1.0:
        weigh(&r.rate, tune)
    r.p = fmin(fmax(r.rate.mean + tune.caution * sqrt(r.rate.var), 0.001), 0.98)
    r.p_var = r.rate.var
    r.q = r.q_person / (r.q_person + r.q_other)


cdef inline void chance(const Ring* r, int age, double* into) noexcept nogil:
    """P(a person within each instant | rings at that age)."""
    cdef double rest = r.p * (1.0 - r.rings.by_person[age]) + (1.0 - r.p) * (1.0 - r.rings.by_other[age])
    cdef double k = r.p / rest if rest > 1e-9 else 0.0
    cdef int u
    for u in range(AHEAD):
        into[u] = fmin(k * r.comes[age][u], 1.0)


cdef inline void examined(const Ring* r, int age, double* into) noexcept nogil:
    """P(a person within each instant | examined for that long)."""
    cdef double base = r.detects.by_person[age]
    cdef double rest = r.q * (1.0 - base) + (1.0 - r.q) * (1.0 - r.detects.by_other[age])
    cdef double k = r.q / rest if rest > 1e-9 else 0.0
    cdef int u
    for u in range(AHEAD):
        into[u] = fmin(k * (by_then(r.detects.by_person, age + <int> (INSTANT[u] / TICK)) - base), 1.0)
