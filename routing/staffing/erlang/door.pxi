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


def normal_hazard(double x):
    """Density over upper tail of the normal distribution."""
    return hazard(x)


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
    """The least n of one queue; patience < 0: M/M/n. ``wanted`` as in `minimum`."""
    cdef Wanted w = read_wanted(wanted)
    cdef double found
    with nogil:
        if patience < 0.0:
            found = least_delay(load, service, &w)
        else:
            found = least_patient(load, service, patience, &w)
    return <long long>found


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
    cdef double load, service
    cdef double patience = 1.0
    with nogil:
        for i in range(loads.shape[0]):
            load = loads[i]
            service = services[i * one_service]
            if patient_too:
                patience = patiences[i * one_patience]
            if not (
                0.0 <= load <= 1e9 and 0.0 < service and isfinite(service) and 0.0 < patience and isfinite(patience)
            ):
                bad = i
                break
            if load == 0.0:
                found[i] = 0
            elif patient_too:
                found[i] = <long long>least_patient(load, service, patience, &w)
            else:
                found[i] = <long long>least_delay(load, service, &w)
    return bad


def blockings(const double[::1] loads, const double[::1] servers, double[::1] found):
    """Write B of each pair. Returns -1, or the place of the first bad element."""
    cdef Py_ssize_t i
    cdef Py_ssize_t bad = -1
    cdef Py_ssize_t one = 0 if servers.shape[0] == 1 else 1
    with nogil:
        for i in range(loads.shape[0]):
            if not (0.0 < loads[i] <= 1e9 and 0.0 <= servers[i * one] <= 1e9):
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
            if not (
                0.0 < load <= 1e9 and 0.0 < n <= 1e9 and 0.0 < service and isfinite(service)
                and 0.0 < patience and isfinite(patience)
            ):
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
