# The price of an abandoned call, from what the law leaves.

cdef double STALE = 400.0  # abandoned calls; then all count half

cdef struct Budget:  # saved as it lies here
    double answered  # as of the last decision
    double abandoned
    double priced  # sum of theta over answers
    double lost  # abandoned calls among them
    double kappa  # what the whole price is, in caps
    double slack  # calls that may still be abandoned
    double target  # the slack at which the price is whole
    double theta  # the risk up to which is dialled


cdef void price(
    Budget* b, const Tuning* tune, double cap, double answered, double abandoned, double agents
) noexcept nogil:
    """Set theta from the slack, on a scale that is learned: how many of those dialled at theta were abandoned."""
    cdef double news = answered - b.answered
    cdef double bad = abandoned - b.abandoned
    cdef double first = tune.kappa + tune.kappa_few / fmax(agents, 1.0)
    cdef double target = tune.slack_one * fmax(agents, 1.0) ** tune.slack_power
    cdef double slack = cap * answered - abandoned
    cdef double g
    if news > 0.0:
        b.priced += b.theta * news
    if bad > 0.0:
        b.lost += bad
    if b.lost > STALE:
        b.lost *= 0.5
        b.priced *= 0.5
    b.answered = answered
    b.abandoned = abandoned
    b.slack = slack
    b.target = target
    b.kappa = fmin(fmax((b.priced + tune.kappa_weight * first) / (b.lost + tune.kappa_weight), 0.1), 10.0)
    g = 0.0
    if slack > 0.0:
        g = fmin(fmax(1.0 + (slack - target) / (tune.length * target), 0.0), tune.luxury)
        g *= 1.0 - exp(-(slack / tune.edge) * (slack / tune.edge))
    b.theta = b.kappa * cap * g
