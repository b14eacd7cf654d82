# What Python may ask besides: pictures, and the sums by themselves, for tests.

cdef class Sight(Line):
    """A line that can be looked at, saved and taken up again."""

    def sight(self) -> dict[str, float]:
        """Return what the line knows, and what the last decision went by."""
        return {
            "rate": self.ring.rate.mean,
            "rate_deviation": sqrt(self.ring.rate.var),
            "in_flight": <double> self.ring.total,
            "kappa": self.budget.kappa,
            "theta": self.budget.theta,
            "slack": self.budget.slack,
            "target": self.budget.target,
            "risk": self.risk,
        }

    def answer_times(self) -> tuple[float, ...]:
        """Return P(known to be a person by that age | person), by ticks of a quarter of a second."""
        return tuple(self.ring.by_total)

    def answer_within(self, at: float, age: float) -> tuple[float, ...]:
        """Return P(a person within each instant ahead | rings at that age)."""
        cdef double[AHEAD] p
        cdef int tick = <int> (age / TICK)
        turn(self.ring, <long long> floor(at / TICK))
        fit_ring(self.ring)
        know(self.ring, &self.tune)
        chance(self.ring, 0 if tick < 0 else TICKS - 1 if tick >= TICKS else tick, p)
        return tuple(p)

    def save(self) -> bytes:
        """Return all that is known, to `restore` where the module was built alike."""
        return whole(self.ring, sizeof(Ring)) + whole(&self.budget, sizeof(Budget))

    def restore(self, data: bytes) -> None:
        """Take over what `save` gave; ``ValueError`` if it did not."""
        refill(self.ring, sizeof(Ring), data[: sizeof(Ring)])
        refill(&self.budget, sizeof(Budget), data[sizeof(Ring) :])


def instants() -> tuple[float, ...]:
    """Return the seconds ahead at which demand and supply are compared."""
    return tuple(INSTANT)


def binomial(chances: list[float]) -> tuple[float, ...]:
    """Return P(sum = 0), P(sum = 1), ... of unequal coins, at most as many as are convolved exactly. O(n²)."""
    cdef double[(EXACT + 2) * AHEAD] mass
    cdef double[AHEAD] p
    cdef int n = 0
    cdef int u
    if len(chances) > EXACT:
        raise ValueError(f"{len(chances)} coins; at most {EXACT}")
    for u in range(AHEAD):
        mass[u] = 1.0
    for x in chances:
        for u in range(AHEAD):
            p[u] = x
        toss(mass, n, p, False)
        n += 1
    return tuple(mass[j * AHEAD] for j in range(n + 1))
