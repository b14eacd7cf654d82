# The decision of one campaign.

cdef struct Sums:  # of coins, by instant: all of them convolved or, when they are many, the first two moments
    bint exact
    int n
    double* mass  # P(sum = j) at [j][instant]
    double[AHEAD] mean
    double[AHEAD] var
    double[AHEAD] doubt  # answers that hang on the estimate of the answer rate


cdef void coin(Sums* s, const double* p, bint against, int count, double share, bint shaky) noexcept nogil:
    """Add ``count`` coins of an agent who comes free or, ``against``, of a person who takes an agent."""
    cdef double[AHEAD] q
    cdef double sign = -count if against else count
    cdef int u
    for u in range(AHEAD):
        q[u] = share * p[u]
    if s.exact:
        for u in range(count):
            toss(s.mass, s.n, q, against)
            s.n += 1
        return
    for u in range(AHEAD):
        s.mean[u] += sign * q[u]
        s.var[u] += count * q[u] * (1.0 - q[u])
    if shaky:
        for u in range(AHEAD):
            s.doubt[u] += count * q[u]


cdef void flying(Sums* s, const Ring* r, double share) noexcept nogil:
    """Add the attempts of a campaign; ``share`` of the answered take an agent of the pool."""
    cdef double[AHEAD] p
    cdef int age, i
    for age in range(TICKS):
        i = (r.now - age) & (TICKS - 1)
        if r.rings.alive[i] > 0:
            chance(r, age, p)
            coin(s, p, True, <int> r.rings.alive[i], share, True)
        if r.detects.alive[i] > 0:
            examined(r, age, p)
            coin(s, p, True, <int> r.detects.alive[i], share, False)


cdef double risk_of(
    const Sums* s, const double* weight, int against, int spare, double doubt, double reach
) noexcept nogil:
    """P(one more dial costs somebody an agent): over when it is answered, the worst instant of the next seconds.

    ``spare``: agents idle less persons waiting; ``against``: coins of those who take agents; ``doubt``: the relative
    variance of the answer rate.
    """
    cdef double[AHEAD] none
    cdef double risk = 0.0
    cdef double worst
    cdef int u, v, j, last
    if s.exact:
        last = against - spare  # the sum counts the coins against that fell the other way
        if last > s.n:
            last = s.n
        for u in range(AHEAD):
            none[u] = 0.0
        for j in range(last + 1):
            for u in range(AHEAD):
                none[u] += s.mass[j * AHEAD + u]
    else:
        for u in range(AHEAD):
            worst = sqrt(fmax(s.var[u] + doubt * s.doubt[u] * s.doubt[u], 1e-6))
            none[u] = 0.5 * erfc((spare + s.mean[u] - 0.5) / worst * 0.7071067811865476)
    for u in range(AHEAD):
        worst = none[u]
        v = u + 1
        while v < AHEAD and INSTANT[v] <= INSTANT[u] + reach:
            worst = fmax(worst, none[v])
            v += 1
        risk += weight[u] * worst
    return risk


cdef double risk_with(
    const Sums* s,
    const double* fresh,
    int more,
    const double* weight,
    int against,
    int spare,
    double doubt,
    double reach,
) noexcept nogil:
    """Find the risk after so many dials more, of coins that are taken as normal."""
    cdef Sums other = s[0]
    coin(&other, fresh, True, more, 1.0, True)
    return risk_of(&other, weight, against, spare, doubt, reach)


cdef class Line:
    """A campaign's attempts in flight, its answer rate and its budget.

    ``cap``: the share of answered calls that may be abandoned; ``ring``: seconds that an attempt rings; ``tuning``: the
    values of ``Settings``.
    """

    cdef Ring* ring
    cdef Budget budget
    cdef Tuning tune
    cdef double* mass
    cdef int* slots  # of its agents; NULL: all
    cdef int count
    cdef public double cap
    cdef readonly double risk
    cdef readonly int idle
    cdef readonly int busy
    cdef readonly int own  # of the busy, at its own work
    cdef readonly int staff

    def __cinit__(self, cap: float, ring: float, tuning: tuple[float, ...]) -> None:
        cdef double* t = <double*> &self.tune
        cdef int i
        self.ring = <Ring*> malloc(sizeof(Ring))
        self.mass = <double*> malloc((EXACT + 2) * AHEAD * sizeof(double))
        if self.ring is NULL or self.mass is NULL:
            raise MemoryError
        if len(tuning) * sizeof(double) != sizeof(Tuning):
            raise ValueError(f"{len(tuning)} values of tuning, not {sizeof(Tuning) // sizeof(double)}")
        for i in range(len(tuning)):
            t[i] = tuning[i]
        begin_ring(self.ring, ring, &self.tune)
        memset(&self.budget, 0, sizeof(Budget))
        self.cap = cap

    def __dealloc__(self) -> None:
        free(self.ring)
        free(self.mass)
        free(self.slots)

    def staffed(self, slots: list[int] | None) -> None:
        """Say who may take its calls; None: everybody. O(agents)."""
        cdef int i
        free(self.slots)
        self.slots = NULL
        if slots is None:
            return
        self.count = len(slots)
        self.slots = <int*> malloc((self.count + 1) * sizeof(int))
        if self.slots is NULL:
            raise MemoryError
        for i in range(self.count):
            self.slots[i] = slots[i]

    cpdef void dialled(self, double at, int count):
        """Attempts began."""
        cdef Ring* r = self.ring
        cdef int i
        turn(r, <long long> floor(at / TICK))
        i = r.now & (TICKS - 1)
        r.rings.alive[i] += count
        r.dialled[i] += count
        r.total += count

    cpdef void picked_up(self, double at, double age):
        """Something picked up an attempt of that age, and is examined from now on."""
        cdef Ring* r = self.ring
        turn(r, <long long> floor(at / TICK))
        if leave(r, &r.rings, <long long> floor((at - age) / TICK)):
            r.detects.alive[r.now & (TICKS - 1)] += 1
            r.total += 1

    cpdef void ended(self, double at, double age, double examined_for, bint person):
        """An attempt ended, ``age`` after it was dialled and ``examined_for`` after it was picked up (-1: was not)."""
        cdef Ring* r = self.ring
        cdef double rang = age - examined_for if examined_for >= 0.0 else age
        turn(r, <long long> floor(at / TICK))
        if examined_for >= 0.0:
            leave(r, &r.detects, <long long> floor((at - examined_for) / TICK))
            if r.q_person + r.q_other > 400.0:
                r.q_person *= 0.5
                r.q_other *= 0.5
            if person:
                r.q_person += 1.0
            else:
                r.q_other += 1.0
                saw(r.detects.seen_other, &r.detects.total_other, <long long> floor(examined_for / TICK))
        else:
            leave(r, &r.rings, <long long> floor((at - age) / TICK))
        if person:
            r.rate.new_came += 1.0
            saw(r.rings.seen_person, &r.rings.total_person, <long long> floor(rang / TICK))
            saw(r.detects.seen_person, &r.detects.total_person, <long long> floor(fmax(examined_for, 0.0) / TICK))
        else:
            saw(r.rings.seen_other, &r.rings.total_other, <long long> floor(rang / TICK))

    cpdef void failed(self, double at, double age, double examined_for):
        """An attempt came to nothing for reasons that are not the called party's: as if it had never been."""
        cdef Ring* r = self.ring
        cdef long long tick = <long long> floor((at - age) / TICK)
        turn(r, <long long> floor(at / TICK))
        if examined_for >= 0.0:
            leave(r, &r.detects, <long long> floor((at - examined_for) / TICK))
        else:
            leave(r, &r.rings, tick)
        if tick <= r.now and r.now - tick < TICKS:
            r.dialled[tick & (TICKS - 1)] = fmax(r.dialled[tick & (TICKS - 1)] - 1.0, 0.0)

    cpdef int in_flight(self, double at):
        """Return how many attempts are followed."""
        turn(self.ring, <long long> floor(at / TICK))
        return <int> self.ring.total

    cpdef void count_up(self, Floor staff, int own):
        """Count agents: idle, busy, of these at work number ``own``, and all who are there. O(agents)."""
        cdef Desk* d
        cdef int i
        cdef int n = staff.count if self.slots is NULL else self.count
        self.idle = 0
        self.busy = 0
        self.own = 0
        self.staff = 0
        for i in range(n):
            d = &staff.desks[i if self.slots is NULL else self.slots[i]]
            if d.doing != GONE:
                self.staff += 1
                self.idle += d.doing == IDLE
                self.busy += d.doing == TALK or d.doing == WRAP
                self.own += (d.doing == TALK or d.doing == WRAP or d.doing == AWAY) and d.work == own

    def decide(
        self,
        at: float,
        staff: Floor,
        own: int,
        answered: float,
        abandoned: float,
        waiting: int,
        most: int,
        inbound: float = 0.0,
        others: tuple[tuple[Line, float], ...] = (),
    ) -> int:
        """Return how many to dial now, at most ``most``. About O(agents + attempts).

        ``own``: the number of its work; ``answered``, ``abandoned``: over the law's window; ``waiting``: persons
        without an agent; ``inbound``: calls a second that come in for the same agents; ``others``: campaigns with
        attempts in flight whose answered persons take, by that share, agents of this one.
        """
        return self.dials(at, staff, own, answered, abandoned, waiting, most, inbound, others)

    cdef int dials(
        self,
        double at,
        Floor staff,
        int own,
        double answered,
        double abandoned,
        int waiting,
        int most,
        double inbound,
        tuple others,
    ) except -1:
        cdef Ring* r = self.ring
        cdef Desk* d
        cdef Load* w
        cdef Line line
        cdef double* row
        cdef Sums s
        cdef double[AHEAD] fresh
        cdef double[AHEAD] weight
        cdef int i, k, u
        cdef int n = staff.count if self.slots is NULL else self.count
        cdef int dials = 0
        cdef int against, least, flights
        cdef double x, doubt
        self.count_up(staff, own)
        flights = self.in_flight(at)
        against = flights
        if r.rings.total_person + r.rings.total_other >= 1.0 + r.fitted * (31.0 / 30.0) or (
            r.rings.total_person + r.rings.total_other < r.fitted
        ):
            fit_ring(r)
        know(r, &self.tune)
        for k in range(staff.kinds):
            refresh(staff.loads[k])
        price(&self.budget, &self.tune, self.cap, answered, abandoned, self.staff)
        least = self.idle - flights - waiting
        for line, x in others:
            k = line.in_flight(at)
            against += k
            least -= <int> (x * k + 0.999)
        least = 0 if least < 0 else most if least > most else least
        if self.cap <= 0.0:
            return least
        s.mass = self.mass
        s.n = 0
        s.exact = self.busy + against + least + (SPREAD if inbound > 0.0 else 0) + 12 <= EXACT
        for u in range(AHEAD):
            s.mean[u] = 0.0
            s.var[u] = 0.0
            s.doubt[u] = 0.0
            s.mass[u] = 1.0
        for i in range(n):
            d = &staff.desks[i if self.slots is NULL else self.slots[i]]
            if d.doing == TALK or d.doing == WRAP:
                w = staff.loads[d.work]
                if d.doing == WRAP:
                    row = &w.from_wrap[bin_of(at - d.since)][0]
                elif d.hint >= 0.0:
                    row = &w.from_close[bin_of(at - d.hint)][0]
                else:
                    row = &w.from_talk[bin_of(at - d.since)][0]
                coin(&s, row, False, 1, 1.0, False)
        flying(&s, r, 1.0)
        for line, x in others:
            flying(&s, line.ring, x)
        if inbound > 0.0:
            for u in range(AHEAD):
                fresh[u] = fmin(inbound * INSTANT[u] / SPREAD, 1.0)
            coin(&s, fresh, True, SPREAD, 1.0, False)
            against += SPREAD
        x = 0.0
        for u in range(AHEAD):
            weight[u] = (r.comes[0][u] - x) / fmax(r.comes[0][AHEAD - 1], 1e-9)
            x = r.comes[0][u]
        chance(r, 0, fresh)
        doubt = r.p_var / (r.p * r.p)
        coin(&s, fresh, True, least, 1.0, True)
        dials = least
        if s.exact:
            while dials < most:
                self.risk = risk_of(&s, weight, against + dials, self.idle - waiting, doubt, self.tune.reach)
                if self.risk > self.budget.theta or s.n >= EXACT:
                    break
                dials += 1
                coin(&s, fresh, True, 1, 1.0, True)
            return dials
        # The risk grows with every dial: find the first number at which it is too large, by ever longer steps, then by
        # halves.
        k = least
        n = least
        i = 1
        while True:
            x = risk_with(&s, fresh, n - least, weight, against + n, self.idle - waiting, doubt, self.tune.reach)
            if x > self.budget.theta:
                self.risk = x
                break
            k = n + 1
            if n >= most:
                return most
            n = n + i if n + i < most else most
            i *= 2
        while k < n:
            i = (k + n) // 2
            x = risk_with(&s, fresh, i - least, weight, against + i, self.idle - waiting, doubt, self.tune.reach)
            if x > self.budget.theta:
                self.risk = x
                n = i
            else:
                k = i + 1
        return n
