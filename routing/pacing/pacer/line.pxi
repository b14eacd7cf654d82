# One campaign: what it knows, and how many it dials.

cdef class Line:
    """A campaign's attempts in flight, its answer rate and its budget."""

    cdef Ring* ring
    cdef Budget budget
    cdef Tuning tune
    cdef double cap
    cdef double[AHEAD] weight  # of one more dial's answer, by instant
    cdef double* mass
    cdef double risk
    cdef int free_now

    def __cinit__(self, double cap, double ring_s, tuning) -> None:
        self.ring = <Ring*> malloc(sizeof(Ring))
        self.mass = <double*> malloc((EXACT + 2) * AHEAD * sizeof(double))
        if self.ring is NULL or self.mass is NULL:
            raise MemoryError
        begin_ring(self.ring, ring_s)
        self.cap = cap
        cdef double* t = <double*> &self.tune
        cdef int i
        for i in range(16):
            t[i] = tuning[i]
        begin_rate(&self.ring.rate, self.tune.rate, self.tune.doubt)
        memset(&self.budget, 0, sizeof(Budget))
        self.budget.kappa = self.tune.kappa

    def __dealloc__(self) -> None:
        free(self.ring)
        free(self.mass)

    cpdef void dialled(self, double at, int count):
        """Attempts began."""
        cdef Ring* r = self.ring
        turn(r, <long long> floor(at / TICK))
        r.alive[r.now & (TICKS - 1)] += count
        r.dialled[r.now & (TICKS - 1)] += count
        r.total += count

    cpdef void ended(self, double at, double age, bint person):
        """An attempt of that age ended."""
        cdef Ring* r = self.ring
        cdef long long tick = <long long> floor((at - age) / TICK)
        cdef int i = tick & (TICKS - 1)
        turn(r, <long long> floor(at / TICK))
        if r.now - tick < TICKS:
            if r.alive[i] > 0:
                r.alive[i] -= 1
                r.total -= 1
            if person:
                r.rate.new_came += 1.0
        if person:
            saw(r.seen_person, &r.total_person, <long long> floor(age / TICK))
        else:
            saw(r.seen_other, &r.total_other, <long long> floor(age / TICK))

    cpdef int decide(self, double at, Floor floor_, double answered, double abandoned, int waiting, int most):
        """Return how many to dial now."""
        cdef Ring* r = self.ring
        cdef Desk* d
        cdef Load* w
        cdef double* row
        cdef double* mass = self.mass
        cdef double[AHEAD] mean
        cdef double[AHEAD] var
        cdef double[AHEAD] skew
        cdef double[AHEAD] c
        cdef double[AHEAD] fresh
        cdef double[AHEAD] weight
        cdef double[TICKS][AHEAD] rows
        cdef int i, k, u, j, n, s, top, age, count
        cdef int idle = 0
        cdef int busy = 0
        cdef int staff = 0
        cdef int dials = 0
        cdef int least
        cdef double x, y, sd, z, risk, worst
        cdef bint exact
        turn(r, <long long> floor(at / TICK))
        if r.total_person + r.total_other >= r.fitted + 1.0 + r.fitted / 30.0 or r.total_person + r.total_other < r.fitted:
            fit_ring(r)
        know(r, &self.tune)
        if self.tune.spare1 > 0.0:
            r.p = self.tune.spare1
            r.p_var = 0.0
        for k in range(floor_.kinds):
            refresh(floor_.loads[k])
        for i in range(floor_.count):
            j = floor_.desks[i].doing
            idle += j == IDLE
            busy += j == TALK or j == WRAP
            staff += j != GONE
        price(&self.budget, &self.tune, self.cap, answered, abandoned, staff)
        least = idle - <int> r.total - waiting
        if least < 0:
            least = 0
        if least > most:
            least = most
        exact = busy + r.total + 16 <= EXACT
        for u in range(AHEAD):
            mean[u] = 0.0
            var[u] = 0.0
            skew[u] = 0.0
        n = 0
        if exact:
            memset(mass, 0, AHEAD * sizeof(double))
            for u in range(AHEAD):
                mass[u] = 1.0
        for i in range(floor_.count):
            d = &floor_.desks[i]
            if d.doing != TALK and d.doing != WRAP:
                continue
            w = floor_.loads[d.work]
            k = bin_of(at - d.since)
            row = &w.from_talk[k][0] if d.doing == TALK else &w.from_wrap[k][0]
            if exact:
                toss(mass, n, row, False)
                n += 1
            else:
                for u in range(AHEAD):
                    mean[u] += row[u]
                    var[u] += row[u] * (1.0 - row[u])
        for age in range(TICKS):
            count = <int> r.alive[(r.now - age) & (TICKS - 1)]
            if count <= 0:
                continue
            chance(r, age, fresh)
            if exact:
                for s in range(count):
                    toss(mass, n, fresh, True)
                    n += 1
            else:
                for u in range(AHEAD):
                    mean[u] -= count * fresh[u]
                    var[u] += count * fresh[u] * (1.0 - fresh[u])
                    skew[u] += count * fresh[u]
        # One more dial
        x = 0.0
        for u in range(AHEAD):
            weight[u] = r.comes[0][u] - x
            x = r.comes[0][u]
        for u in range(AHEAD):
            weight[u] /= fmax(x, 1e-9)
        chance(r, 0, fresh)
        y = r.p_var / (r.p * r.p)
        top = n
        while dials < most:
            for u in range(AHEAD):
                if exact:
                    # sum of n coins minus those in flight, plus idle minus waiting, <= 0
                    k = <int> r.total + dials - idle + waiting
                    c[u] = 0.0
                    if k > n:
                        k = n
                    for j in range(k + 1):
                        c[u] += mass[j * AHEAD + u]
                else:
                    sd = sqrt(fmax(var[u] + y * skew[u] * skew[u], 1e-6))
                    c[u] = normal_below((0.5 - (idle - waiting + mean[u])) / sd)
            risk = 0.0
            for u in range(AHEAD):
                worst = c[u]
                j = u + 1
                while j < AHEAD and INSTANT[j] <= INSTANT[u] + self.tune.reach:
                    worst = fmax(worst, c[j])
                    j += 1
                risk += weight[u] * worst
            self.risk = risk
            if risk > self.budget.theta:
                break
            dials += 1
            if exact:
                if n >= EXACT:
                    break
                toss(mass, n, fresh, True)
                n += 1
            else:
                for u in range(AHEAD):
                    mean[u] -= fresh[u]
                    var[u] += fresh[u] * (1.0 - fresh[u])
                    skew[u] += fresh[u]
        return dials if dials > least else least

    def picture(self) -> tuple:
        return (self.ring.p, self.ring.p_var, self.budget.kappa, self.budget.theta, self.budget.slack, self.budget.whole, self.risk, self.ring.total)
