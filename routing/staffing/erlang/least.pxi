# The least number of servers that meets targets, and the most load.

cdef double MANY = 1e9  # loads and servers; the searches end there
cdef double FEW = 1e-12

cdef struct Wanted:
    double level  # share within the threshold, at least; below 0: not asked (so for all that follow)
    double within  # that threshold
    int counted  # the level is of: 0 offered, 1 served, 2 offered without quick leavers, 3 offered, and leavers count
    double answer  # mean wait of the served, at most
    double wait  # mean wait of all, at most
    double leave  # share that abandons, at most
    double delayed  # share that waits, at most
    double busy  # occupancy, at most


cdef double level_of(const Patient* p, int counted) noexcept nogil:
    """The service level in one of its definitions."""
    cdef double served = p.now + p.stay_within
    if counted == 1:
        served /= p.now + p.stay
    elif counted == 2:  # 1 - P(abandons within T), without its cancellation
        served = served / (served + p.beyond) if served > 0.0 else 0.0
    elif counted == 3:
        served = 1.0 - p.beyond
    return fmin(fmax(served, 0.0), 1.0)  # rounding may leave a last digit beyond


cdef bint meets_patient(double n, double load, double service, double patience, const Wanted* w) noexcept nogil:
    """Does M/M/n+M meet the targets?"""
    cdef Patient p
    cdef double served
    cdef bint whole = (
        w.answer >= 0.0 or w.wait >= 0.0 or w.leave >= 0.0 or (w.level >= 0.0 and w.counted == 2)
    )
    patient(n, load, service, patience, w.within if w.level >= 0.0 else -1.0, whole, &p)
    if w.level >= 0.0 and level_of(&p, w.counted) < w.level:
        return False
    served = p.now + p.stay
    if w.answer >= 0.0 and p.time_stay > w.answer * served:
        return False
    if w.wait >= 0.0 and p.time > w.wait:
        return False
    if w.leave >= 0.0 and p.leave > w.leave:
        return False
    if w.delayed >= 0.0 and p.wait > w.delayed:
        return False
    return not (w.busy >= 0.0 and served * load > w.busy * n)


cdef double least_patient(double load, double service, double patience, const Wanted* w) noexcept nogil:
    """The least whole n of M/M/n+M: from a guess outwards in steps that double, then by halves."""
    cdef double low, high, middle, step
    step = ceil(0.5 * sqrt(load))
    high = floor(load * (1.0 - w.leave) if w.leave >= 0.0 else load + guess(load, service, patience, w) * sqrt(load))
    if high < 1.0:
        high = 1.0
    if w.level >= 0.0:
        step = ceil(0.05 * sqrt(load))
    if meets_patient(high, load, service, patience, w):
        while True:
            low = high - step
            if low < 1.0:
                low = 0.0
                break
            if not meets_patient(low, load, service, patience, w):
                break
            high = low
            step *= 2.0
    else:
        while True:
            low = high
            high = low + step
            if high > MANY:
                return INFINITY
            if meets_patient(high, load, service, patience, w):
                break
            step *= 2.0
    while high - low > 1.0:
        middle = floor(0.5 * (low + high))
        if meets_patient(middle, load, service, patience, w):
            high = middle
        else:
            low = middle
    return high


cdef double guess(double load, double service, double patience, const Wanted* w) noexcept nogil:
    """The beta of n = load + beta sqrt(load) at which the limit of Garnett et al. meets the level, roughly."""
    cdef double low = -4.0
    cdef double high = 4.0
    cdef double root = sqrt(patience / service)
    cdef double beta, wait, far
    cdef int i
    if w.level < 0.0:
        return 0.0
    for i in range(8):
        beta = 0.5 * (low + high)
        far = beta * root + w.within * sqrt(load / (service * patience))
        wait = 0.5 * erfc(far / 1.4142135623730951) / (0.5 * erfc(beta * root / 1.4142135623730951) + 1e-300)
        wait *= garnett_wait(beta, root)
        if 1.0 - wait < w.level:
            low = beta
        else:
            high = beta
    return 0.5 * (low + high)


cdef double hazard(double x) noexcept nogil:
    """Density over upper tail of the standard normal distribution."""
    if x < 8.0:
        return exp(-0.5 * x * x - LOG_ROOT_2PI) / (0.5 * erfc(x / 1.4142135623730951))
    return x + excess(x)


cdef double excess(double x) noexcept nogil:
    """``hazard`` less x, with its digits where x is large."""
    cdef double f = x
    cdef int k
    if x < 8.0:
        return hazard(x) - x
    for k in range(60, 1, -1):
        f = x + k / f
    return 1.0 / f


cdef double garnett_wait(double beta, double root) noexcept nogil:
    """P(wait > 0) in the limit of Garnett, Mandelbaum and Reiman 2002; root = sqrt(mu / theta)."""
    return 1.0 / (1.0 + hazard(beta * root) / (root * hazard(-beta)))


cdef double halfin_whitt_wait(double beta) noexcept nogil:
    """P(wait > 0) in the limit of Halfin and Whitt 1981, beta > 0."""
    return 1.0 / (1.0 + beta / hazard(-beta))


cdef double least_delay(double load, double service, const Wanted* w) noexcept nogil:
    """The least whole n of M/M/n: upwards from the first above the load. O(sqrt(load) + answer - load)."""
    cdef double n = floor(load) + 1.0
    cdef double lost, inverse, delayed, spare
    if w.busy > 0.0 and n * w.busy < load:
        if load > MANY * w.busy:
            return INFINITY
        n = ceil(load / w.busy)
        while n * w.busy < load:
            n += 1.0
    lost = loss(n - 1.0, load)
    inverse = 1.0 / lost if lost > 0.0 else INFINITY
    while True:
        spare = n - load
        delayed = load / (load + spare * inverse)
        if not (
            (w.delayed >= 0.0 and delayed > w.delayed)
            or (w.answer >= 0.0 and delayed * service > w.answer * spare)
            or (w.wait >= 0.0 and delayed * service > w.wait * spare)
            or (w.level >= 0.0 and 1.0 - delayed * exp(-spare * w.within / service) < w.level)
        ):
            return n
        inverse = 1.0 + n / load * inverse
        n += 1.0
        if n > MANY:
            return INFINITY


cdef double least_loss(double load, double blocked) noexcept nogil:
    """The least whole n with B(n, load) at most ``blocked``."""
    cdef double n = floor(load * (1.0 - blocked))
    cdef double lost = loss(n, load)
    while lost > blocked:
        n += 1.0
        lost = load * lost / (n + load * lost)
    return n


cdef double most_loss(double n, double blocked) noexcept nogil:
    """The load at which B(n, load) is ``blocked``, to the last digit but one."""
    cdef double low = 0.0
    cdef double high = n + 1.0
    cdef double middle
    cdef int i
    while loss(n, high) < blocked:
        low = high
        high *= 2.0
    if low == 0.0:
        low = high
        while loss(n, low) >= blocked:
            high = low
            low *= 0.5
            if low < 1e-300:
                return 0.0
    for i in range(200):
        middle = 0.5 * (low + high)
        if middle <= low or middle >= high:
            break
        if loss(n, middle) < blocked:
            low = middle
        else:
            high = middle
    return low
