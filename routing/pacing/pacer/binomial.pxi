# Sums of unequal coins (Poisson-binomial: Hong, Comput. Statist. Data Anal. 59, 2013), at all instants at once.

cdef void toss(double* mass, int n, const double* p, bint against) noexcept nogil:
    """Add a coin to the sum of ``n``: ``mass`` is [sum][instant]. O(n)."""
    cdef int j, u
    cdef double q
    cdef double* here
    cdef double* before
    cdef double[AHEAD] yes
    cdef double[AHEAD] no
    for u in range(AHEAD):
        yes[u] = 1.0 - p[u] if against else p[u]
        no[u] = 1.0 - yes[u]
    here = mass + (n + 1) * AHEAD
    before = here - AHEAD
    for u in range(AHEAD):
        here[u] = before[u] * yes[u]
    for j in range(n, 0, -1):
        here = mass + j * AHEAD
        before = here - AHEAD
        for u in range(AHEAD):
            here[u] = here[u] * no[u] + before[u] * yes[u]
    for u in range(AHEAD):
        mass[u] *= no[u]
