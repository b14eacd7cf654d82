# Erlang's loss formula for a real number of servers, and the delay formula made of it.

cdef double loss(double x, double load) noexcept nogil:
    """B(x, load) for real x > -1: 1 / B is load times the integral of e^(-load t) (1 + t)^x (Jagerman 1974).

    O(sqrt(x)).
    """
    cdef double weight, term, total
    if x == 0.0:
        return 1.0
    if x < 0.0:
        if load >= 1.0:
            return 1.0 / (load * upper_fraction(x + 1.0, load))
        weight = loss(x + 1.0, load)  # 1/B(x+1) = 1 + (x+1)/load /B(x)
        return (x + 1.0) * weight / (load * (1.0 - weight))
    if load <= x or (load < 2.0 and x != floor(x)):
        if x <= 40.0 and x == floor(x):
            total = 1.0
            term = 1.0
            while term <= x:
                total = 1.0 + term / load * total
                term += 1.0
            return 1.0 / total
        weight = poisson(x, load)
        return weight / (1.0 - weight * rising(x, load))
    term = 1.0
    total = 1.0
    while x >= 1.0:
        term *= x / load
        total += term
        x -= 1.0
        if term < total * 1e-17:
            return 1.0 / total
    if x > 0.0:  # total has the term of the fraction that is left once already
        total += term * (1.0 / loss_of_fraction(x, load) - 1.0)
    return 1.0 / total


cdef double loss_of_fraction(double x, double load) noexcept nogil:
    """B for 0 < x < 1."""
    cdef double weight
    if load < 2.0:
        weight = poisson(x, load)
        return weight / (1.0 - weight * rising(x, load))
    return 1.0 / (load * upper_fraction(x + 1.0, load))


cdef double delay(double n, double load) noexcept nogil:
    """C(n, load) for real n > load > 0."""
    cdef double lost = load * loss(n - 1.0, load)
    return lost / (lost + (n - load))


cdef double no_delay(double n, double load) noexcept nogil:
    """1 - C(n, load)."""
    return (n - load) / (load * loss(n - 1.0, load) + (n - load))
