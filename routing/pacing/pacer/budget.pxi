# The price of an abandoned call, from what the law leaves.

cdef struct Budget:
    double kappa
    double answered  # as of the last decision
    double slack
    double whole
    double theta


cdef void price(Budget* b, const Tuning* tune, double cap, double answered, double abandoned, double agents) noexcept nogil:
    cdef double whole = fmin(fmax(tune.slack_share * agents, tune.slack_least), tune.slack_most)
    cdef double slack = cap * answered - abandoned
    cdef double news = answered - b.answered
    cdef double g, y
    b.whole = whole
    b.slack = slack
    if news > 0.0:
        y = fmin(fmax((slack - whole) / whole, -1.0), 1.0)
        b.kappa = fmin(fmax(b.kappa * exp(tune.drift * y * news), 0.2), 30.0)
    b.answered = answered
    if slack <= 0.0:
        g = 0.0
    elif slack < whole:
        g = (slack / whole) ** tune.bend
    else:
        g = 1.0 + (tune.luxury - 1.0) * (1.0 - exp(-(slack - whole) / whole))
    b.theta = b.kappa * cap * g
