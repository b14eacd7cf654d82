# Erlang A: integrals over the offered wait (Baccelli and Hebuterne 1981; Zeltyn and Mandelbaum 2005).
#
# With arrivals lam, all servers together cap = n mu, and leaving at rate th, the offered wait has the density
# v(x) = const e^h(x), h(x) = lam (1 - e^(-th x)) / th - cap x, and an atom at 0. h is concave. Around any place, with
# z = th (x - place) and rate = lam e^(-th place): h(x) - h(place) = (rate - cap) z / th - rate / th (e^-z - 1 + z),
# whose two parts have the same sign when place is where h is largest.

cdef double DEEP = 46.0  # e^-46 is beyond the digits of a double
cdef double DROP = 6.0  # of the exponent within a panel; 16 points give all digits of that

cdef struct Moments:
    double mass  # of e^(h(x) - h(place)), and so all others
    double stay  # times the share S(x) that stays
    double leave  # times 1 - S(x)
    double wait  # times H(x), the integral of S from 0 to x
    double wait_stay  # times x S(x)
    double wait_leave  # times H(x) - x S(x)
    double spread  # times (lam H(x) - centre)^2
    double place  # where h is largest between the ends

cdef struct Patient:
    double now  # P(wait = 0)
    double wait  # P(wait > 0), offered
    double stay  # P(served after a wait)
    double leave  # P(abandon)
    double time  # E[W]
    double time_stay  # E[W; served]
    double time_leave  # E[W; abandons]
    double queue  # E[Q]
    double spread  # Var(Q)
    double stay_within  # P(served after a wait of at most T)
    double leave_within  # P(abandons within T)
    double beyond  # P(W > T)


cdef void panel(
    double a, double b, double lam, double cap, double th, double centre, bint whole, Moments* m
) noexcept nogil:
    """Add the panel from place + a to place + b."""
    cdef double half = 0.5 * (b - a)
    cdef double mid = 0.5 * (a + b)
    cdef double far = exp(-th * m.place)
    cdef double rate = lam * far
    cdef double slope = rate - cap
    cdef double d, z, x, y, f, stay, leave, held, small, bent
    cdef int i
    if m.place > 0.0 and m.place < INFINITY and fabs(slope) < 1e-14 * cap:
        slope = 0.0
    for i in range(16):
        d = mid + half * (NODES[i >> 1] if i & 1 else -NODES[i >> 1])
        z = th * d
        x = m.place + d
        bent = bend(z)
        small = bent - z if fabs(z) <= 0.6 else expm1(-z)
        f = half * WEIGHTS[i >> 1] * exp(slope * d - rate / th * bent)
        stay = far * (1.0 + small)
        m.mass += f
        m.stay += f * stay
        if not whole:
            continue
        leave = 1.0 - stay
        if leave < 0.5:
            leave = -expm1(-th * x)
        y = th * x
        held = leave / th
        m.leave += f * leave
        m.wait += f * held
        m.wait_stay += f * x * stay
        m.wait_leave += f * (stay * bend(-y) / th if y < 1.0 else held - x * stay)
        m.spread += f * (lam * held - centre) * (lam * held - centre)


cdef double depth(double d, double lam, double cap, double th, double place) noexcept nogil:
    """How far h has fallen at place + d."""
    cdef double rate = lam * exp(-th * place)
    cdef double slope = cap - rate
    if place > 0.0 and fabs(slope) < 1e-14 * cap:  # at the peak, but for rounding
        slope = 0.0
    return slope * d + rate / th * bend(th * d)


cdef void integrate(
    double low, double high, double lam, double cap, double th, double centre, bint whole, Moments* m
) noexcept nogil:
    """Integrate from low to high (which may be infinite), outwards from where h is largest."""
    cdef double peak = log1p((lam - cap) / cap) / th if lam > cap else 0.0
    cdef double d, step, slope, bent, limit, rate
    m.mass = m.stay = m.leave = m.wait = m.wait_stay = m.wait_leave = m.spread = 0.0
    m.place = low if peak < low else high if peak > high else peak
    rate = lam * exp(-th * m.place)
    d = 0.0
    limit = high - m.place
    while d < limit and depth(d, lam, cap, th, m.place) < DEEP:
        bent = rate * th * exp(-th * d)
        slope = cap - rate * exp(-th * d)
        if slope < 0.0:
            slope = 0.0
        step = 2.0 * DROP / (slope + sqrt(slope * slope + 2.0 * bent * DROP))
        if th * d < 50.0 and step * th > 2.0:
            step = 2.0 / th
        if d + step > limit:
            step = limit - d
        panel(d, d + step, lam, cap, th, centre, whole, m)
        if d + step == d:
            break
        d += step
    d = 0.0
    limit = m.place - low
    while d < limit and depth(-d, lam, cap, th, m.place) < DEEP:
        bent = rate * th * exp(th * d)
        slope = rate * exp(th * d) - cap
        if slope < 0.0:
            slope = 0.0
        bent *= 2.72  # it rises on the way, over at most one mean patience
        step = 2.0 * DROP / (slope + sqrt(slope * slope + 2.0 * bent * DROP))
        if step * th > 1.0:
            step = 1.0 / th
        if d + step > limit:
            step = limit - d
        panel(-d - step, -d, lam, cap, th, centre, whole, m)
        if d + step == d:
            break
        d += step


cdef void patient(
    double n, double load, double service, double patience, double within, bint whole, Patient* out
) noexcept nogil:
    """Everything about M/M/n+M; ``within`` below 0 for no threshold, ``whole`` false for what a service level needs."""
    cdef double lam = load / service
    cdef double cap = n / service
    cdef double th = 1.0 / patience
    cdef double lost = loss(n - 1.0, load)
    cdef double peak, base, unit, first, second, gone, total
    cdef Moments early, late
    cdef bint ended = within > 750.0 * patience  # by then everybody has left, to the last 1e-308
    if ended:
        within = -1.0
    early.mass = early.stay = early.leave = early.wait = early.wait_stay = early.wait_leave = 0.0
    first = 0.0
    if lam > cap:
        peak = log1p((lam - cap) / cap) * patience
        base = exp(-cap * patience * bend(-peak * th)) / lost  # the states with a free server
    else:
        peak = 0.0
        base = 1.0 / lost
    if within > 0.0:
        integrate(0.0, within, lam, cap, th, 0.0, whole, &early)
        first = scale(early.place, peak, lam, cap, th)
    integrate(within if within > 0.0 else 0.0, INFINITY, lam, cap, th, 0.0, whole, &late)
    second = scale(late.place, peak, lam, cap, th)
    total = lam * (first * early.mass + second * late.mass)
    if base < 1e300:
        out.now = base / (base + total)
        unit = lam / (base + total)
    else:  # so few wait that only the logarithm would hold it
        out.now = 1.0
        unit = lam * lost
    first *= unit
    second *= unit
    gone = -expm1(-th * within) if within > 0.0 else 0.0
    out.wait = fmin(first * early.mass + second * late.mass, 1.0)
    out.stay = first * early.stay + second * late.stay
    out.stay_within = first * early.stay
    out.beyond = (1.0 - gone if gone < 0.5 else exp(-th * within)) * second * late.mass
    if ended:
        out.stay_within = out.stay
        out.beyond = 0.0
    if not whole:
        return
    out.leave = first * early.leave + second * late.leave
    out.time = first * early.wait + second * late.wait
    out.time_stay = first * early.wait_stay + second * late.wait_stay
    out.time_leave = first * early.wait_leave + second * late.wait_leave
    out.leave_within = first * early.leave + gone * second * late.mass
    if ended:
        out.leave_within = out.leave
    out.queue = lam * out.time
    integrate(0.0, INFINITY, lam, cap, th, out.queue, True, &late)
    out.spread = out.queue + out.now * out.queue * out.queue
    out.spread += late.spread * unit * scale(late.place, peak, lam, cap, th)


cdef double scale(double place, double peak, double lam, double cap, double th) noexcept nogil:
    """e^(h(place) - h(peak))."""
    return 1.0 if place == peak else exp(-depth(place - peak, lam, cap, th, peak) if lam <= cap else
                                         -cap / th * bend(th * (place - peak)))
