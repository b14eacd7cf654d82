# What Python may call. Arrays: contiguous doubles; an array of length 1 stands for all.

def erlang_b(double load, double n):
    """B(n, load) for real n >= 0, load > 0."""
    return loss(n, load)


def erlang_c(double load, double n):
    """C(n, load) and 1 - C(n, load) for real n > load > 0."""
    return delay(n, load), no_delay(n, load)


def erlang_a(double load, double n, double service, double patience, double within):
    """The figures of M/M/n+M, in the order of the record ``Patient``; within < 0: no threshold."""
    cdef Patient p
    with nogil:
        patient(n, load, service, patience, within, True, &p)
    return (
        p.now, p.wait, p.stay, p.leave, p.time, p.time_stay, p.time_leave, p.queue, p.spread,
        p.stay_within, p.leave_within, p.beyond,
    )


def lines_for(double load, double blocked):
    """The least n with B(n, load) at most ``blocked``."""
    return least_loss(load, blocked)


def load_for(double n, double blocked):
    """The load of which a share ``blocked`` is lost."""
    return most_loss(n, blocked)


def halfin_whitt(double beta):
    """P(wait) in the limit of Halfin and Whitt."""
    return halfin_whitt_wait(beta)


def garnett(double beta, double root):
    """P(wait) in the limit of Garnett et al.; root is sqrt(mu / theta)."""
    return garnett_wait(beta, root)


def normal_excess(double x):
    """Density over upper tail of the normal distribution, less x."""
    return excess(x)


def gamma_lower(double s, double x):
    """The regularised incomplete gamma function P(s, x)."""
    return gamma_below(s, x)


def gamma_upper(double s, double x):
    """The regularised incomplete gamma function Q(s, x)."""
    return gamma_above(s, x)


cdef Wanted read_wanted(const double[::1] wanted) noexcept:
    cdef Wanted w
    w.level, w.within, w.counted = wanted[0], wanted[1], <int>wanted[2]
    w.answer, w.wait, w.leave = wanted[3], wanted[4], wanted[5]
    w.delayed, w.busy = wanted[6], wanted[7]
    return w


def least(double load, double service, double patience, const double[::1] wanted):
    """The least n of one queue, -1 beyond 1e9; patience < 0: M/M/n. ``wanted`` as in `minimum`."""
    cdef Wanted w = read_wanted(wanted)
    cdef double found
    with nogil:
        if patience < 0.0:
            found = least_delay(load, service, &w)
        else:
            found = least_patient(load, service, patience, &w)
    return <long long>found if found <= MANY else -1


cdef bint times_fit(double service, double patience, bint patient_too) noexcept nogil:
    """Are times of a size that can be reckoned with? As ``routing.staffing.domain`` has it."""
    if not 1e-30 <= service <= 1e30:
        return False
    return not patient_too or (1e-30 <= patience <= 1e30 and 1e-15 * service <= patience <= service / 1e-15)


def minimum(
    const double[::1] loads,
    const double[::1] services,
    const double[::1] patiences,
    const double[::1] wanted,
    long long[::1] found,
):
    """Write the least n of each element; no patiences: M/M/n. Returns -1, or the place of the first bad element.

    ``wanted`` has the fields of the record ``Wanted`` in their order.
    """
    cdef Wanted w = read_wanted(wanted)
    cdef Py_ssize_t i
    cdef Py_ssize_t bad = -1
    cdef Py_ssize_t one_service = 0 if services.shape[0] == 1 else 1
    cdef Py_ssize_t one_patience = 0 if patiences.shape[0] == 1 else 1
    cdef bint patient_too = patiences.shape[0] > 0
    cdef double load, service, n
    cdef double patience = 1.0
    with nogil:
        for i in range(loads.shape[0]):
            load = loads[i]
            service = services[i * one_service]
            if patient_too:
                patience = patiences[i * one_patience]
            if not ((load == 0.0 or FEW <= load <= MANY) and times_fit(service, patience, patient_too)):
                bad = i
                break
            if load == 0.0:
                found[i] = 0
                continue
            n = least_patient(load, service, patience, &w) if patient_too else least_delay(load, service, &w)
            if n > MANY:
                bad = i
                break
            found[i] = <long long>n
    return bad


def blockings(const double[::1] loads, const double[::1] servers, double[::1] found):
    """Write B of each pair. Returns -1, or the place of the first bad element."""
    cdef Py_ssize_t i
    cdef Py_ssize_t bad = -1
    cdef Py_ssize_t one = 0 if servers.shape[0] == 1 else 1
    with nogil:
        for i in range(loads.shape[0]):
            if not (FEW <= loads[i] <= MANY and 0.0 <= servers[i * one] <= MANY):
                bad = i
                break
            found[i] = loss(servers[i * one], loads[i])
    return bad


def levels(
    const double[::1] loads,
    const double[::1] servers,
    const double[::1] services,
    const double[::1] patiences,
    double within,
    int counted,
    double[::1] found,
):
    """Write the service level of each element; no patiences: M/M/n. Returns -1, or the place of the first bad one."""
    cdef Patient p
    cdef Py_ssize_t i
    cdef Py_ssize_t bad = -1
    cdef Py_ssize_t one_server = 0 if servers.shape[0] == 1 else 1
    cdef Py_ssize_t one_service = 0 if services.shape[0] == 1 else 1
    cdef Py_ssize_t one_patience = 0 if patiences.shape[0] == 1 else 1
    cdef bint patient_too = patiences.shape[0] > 0
    cdef double load, service, n
    cdef double patience = 1.0
    with nogil:
        for i in range(loads.shape[0]):
            load, n, service = loads[i], servers[i * one_server], services[i * one_service]
            if patient_too:
                patience = patiences[i * one_patience]
            if not (FEW <= load <= MANY and FEW <= n <= MANY and times_fit(service, patience, patient_too)):
                bad = i
                break
            if patient_too:
                patient(n, load, service, patience, within, counted == 2, &p)
                found[i] = level_of(&p, counted)
            elif n <= load:
                bad = i
                break
            else:
                found[i] = 1.0 - delay(n, load) * exp(-(n - load) * within / service)
    return bad


def steps(
    double arrivals,
    double served,
    double top,
    double centre,
    const double[::1] times,
    const double[::1] shares,
    const double[::1] areas,
    double rate,
    const double[::1] edges,
):
    """Integrals against e^(h - top) for patience that falls in steps, every one of which is among the edges.

    ``areas`` is H at each time; beyond the last the share falls at ``rate`` (infinite: nobody is left). Returns those
    of 1, S, 1 - S, H, x S, H - x S and (arrivals H - centre)^2.
    """
    cdef double[7] sums
    cdef Py_ssize_t i, k
    cdef Py_ssize_t step = -1  # the last one that is past
    cdef Py_ssize_t last = times.shape[0] - 1
    cdef double low, high, half, x, stay, held, weight, begin, share, area, fade
    cdef int part, parts, node
    for k in range(7):
        sums[k] = 0.0
    with nogil:
        for i in range(edges.shape[0] - 1):
            low, high = edges[i], edges[i + 1]
            while step < last and times[step + 1] <= 0.5 * (low + high):
                step += 1
            begin = times[step] if step >= 0 else 0.0
            share = shares[step] if step >= 0 else 1.0
            area = areas[step] if step >= 0 else 0.0
            parts = 1
            if step == last and share > 0.0:
                parts = <int>ceil(fmin(2.0 * rate * (high - low), 200.0)) + 1
            half = 0.5 * (high - low) / parts
            for part in range(parts):
                for node in range(16):
                    x = low + half * (2 * part + 1 + (NODES[node >> 1] if node & 1 else -NODES[node >> 1]))
                    stay = share
                    held = area + share * (x - begin)
                    if step == last:
                        fade = expm1(-rate * (x - begin)) if share > 0.0 else 0.0
                        stay = share * (1.0 + fade)
                        held = area - share / rate * fade
                    weight = half * WEIGHTS[node >> 1] * exp(arrivals * held - served * x - top)
                    sums[0] += weight
                    sums[1] += weight * stay
                    sums[2] += weight * (1.0 - stay)
                    sums[3] += weight * held
                    sums[4] += weight * x * stay
                    sums[5] += weight * (held - x * stay)
                    sums[6] += weight * (arrivals * held - centre) * (arrivals * held - centre)
    return sums[0], sums[1], sums[2], sums[3], sums[4], sums[5], sums[6]
