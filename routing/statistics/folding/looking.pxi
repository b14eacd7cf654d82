# Reads: counts since the start, and the present. None of them looks at all contacts.


@cython.no_gc
cdef class Looking(Spans):
    """What can be asked."""

    @property
    def now_ns(self):
        """The instant of the newest event, or that of the last `advance`."""
        return self.now

    def _known(self, str kind, str name):
        """Is this a queue, channel or agent that was ever heard of?"""
        return name in (self.queues if kind == "queue" else self.channels if kind == "channel" else self.agents)

    def _agent_ids(self):
        """Every agent ever heard of."""
        return list(self.agent_ids)

    @cython.final
    cdef list _chosen(self, str queue, str channel):
        """Addresses of cells. O(channels) of one queue, else O(cells)."""
        cdef uint32_t i
        cdef Line* line
        cdef list found = []
        cdef int64_t of = -1 if channel is None else self.channels.get(channel, -2)
        if queue is None:
            for i in range(self.n_cells):
                if of == -1 or self.cells[i].channel == of:
                    found.append(<size_t>self.cells[i])
        elif queue in self.queues:
            line = &self.lines[<uint32_t>self.queues[queue]]
            for i in range(line.n_cells):
                if line.cells[i] != NULL and (of == -1 or i == of):
                    found.append(<size_t>line.cells[i])
        return found

    def _queue_counts(self, queue, channel, bint interval):
        """Counts of the cells chosen: of the present interval, or since the start."""
        cdef int64_t total[QUEUE_FIELDS]
        cdef Cell* cell
        cdef size_t place
        memset(total, 0, sizeof(total))
        for place in self._chosen(queue, channel):
            cell = <Cell*>place
            self._integrate(cell)
            add(total, cell.n)
            if not interval:
                add(total, cell.base)
        return queue_counts(total)

    def _queue_now(self, queue, channel):
        """``(visits, entered_ns of the oldest or -1, in hand, in wrap-up)`` of the cells chosen."""
        cdef int64_t waiting = 0, in_hand = 0, wrapping = 0, oldest = -1
        cdef Cell* cell
        cdef size_t place
        for place in self._chosen(queue, channel):
            cell = <Cell*>place
            waiting += cell.waiting
            in_hand += cell.in_hand
            wrapping += cell.wrapping
            if cell.first != NULL and (oldest < 0 or cell.first.entered < oldest):
                oldest = cell.first.entered
        return waiting, oldest, in_hand, wrapping

    def _contacts_now(self, channel):
        """``(alive, in hand)`` of a channel's contacts, or of all."""
        cdef uint32_t i
        cdef int64_t alive = 0, in_hand = 0
        cdef int64_t of = -1 if channel is None else self.channels.get(channel, -2)
        for i in range(self.n_media):
            if of == -1 or of == i:
                alive += self.media[i].alive
                in_hand += self.media[i].in_hand
        return alive, in_hand

    def _waiting(self, queue, channel, int64_t most):
        """The ``most`` oldest visits of each cell as ``(entered_ns, contact)``."""
        cdef Cell* cell
        cdef Visit* visit
        cdef size_t place
        cdef int64_t left
        cdef list found = []
        for place in self._chosen(queue, channel):
            cell = <Cell*>place
            visit = cell.first
            left = most
            while visit != NULL and left:
                found.append((visit.entered, <str>visit.contact.id))
                visit = visit.behind
                left -= 1
        return found

    def _rolling(self, queue, channel, int64_t panes):
        """Sums over the newest panes, the present one included, in the order of the pane's fields."""
        cdef int64_t newest = self.now // self.pane, pane
        cdef int64_t total[PANE_FIELDS]
        cdef int i
        cdef Cell* cell
        cdef size_t place
        memset(total, 0, sizeof(total))
        for place in self._chosen(queue, channel):
            cell = <Cell*>place
            if cell.panes == NULL:
                continue
            for pane in range(max(newest - panes + 1, cell.pane - self.n_panes + 1, 0), cell.pane + 1):
                for i in range(PANE_FIELDS):
                    total[i] += cell.panes[(pane % self.n_panes) * PANE_FIELDS + i]
        return tuple([total[i] for i in range(PANE_FIELDS)])

    def _waits(self, queue, channel, panes, bint ever):
        """Waits of answered visits of the cells chosen, added up: of the newest panes, or since the start."""
        cdef Cell* cell
        cdef size_t place
        total = Histogram()
        for place in self._chosen(queue, channel):
            cell = <Cell*>place
            self._count_waits(cell)
            if cell.ring == NULL:
                continue
            if ever:
                total.merge(<Histogram>cell.ever)
            else:
                ring = <RollingHistogram>cell.ring
                ring.advance(self.now)
                total.merge(ring.window(panes))
        return total

    def _agent_counts(self, str agent, bint interval):
        """Counts of an agent: of the present interval, or since the start."""
        cdef int64_t total[AGENT_FIELDS]
        cdef Worker* a = &self.workers[<uint32_t>self.agents[agent]]
        cdef uint32_t i
        cdef dict reasons = {}
        self._cut(a)
        worker_staffed(a.n)
        for i in range(AGENT_FIELDS):
            total[i] = a.n[i] + (0 if interval else a.base[i])
        for i in range(a.n_tallies):
            spent = a.tallies[i].n + (0 if interval else a.tallies[i].base)
            if spent:
                reasons[self.reason_ids[a.tallies[i].reason]] = spent
        return agent_counts(total, reasons)

    def _agent_now(self, str agent):
        """``(state, since, logged in, log-in, leaving, ready, reason, device, in hand, held, ringing, wrap-ups)``."""
        cdef Worker* a = &self.workers[<uint32_t>self.agents[agent]]
        reason = "" if a.ready or not a.logged_in else self.reason_ids[a.reason]
        return (
            a.state, a.changed, bool(a.logged_in), a.logged_in_at, bool(a.leaving), bool(a.ready), reason, a.device,
            a.in_hand, a.held, a.ringing, a.wrapping,
        )

    def _tag_now(self, str kind, str name):
        """``(agents by state, {reason: agents})`` of a group, a skill or everybody. O(changes since the last time)."""
        cdef Tag* tag
        cdef uint32_t i
        self._tell_all()
        number = self.tag_numbers.get((kind, name))
        if number is None:
            return None
        tag = &self.tags[<uint32_t>number]
        reasons = {}
        for i in range(tag.n_reasons):
            if tag.reasons[i]:
                reasons[self.reason_ids[i]] = tag.reasons[i]
        return tuple([tag.counts[i] for i in range(STATES)]), reasons

    def _describe(self, str contact, str customer, str subject):
        """What the contact's record says beside what events tell."""
        cdef Contact* found = self._spot(<PyObject*>contact, hash_of(<PyObject*>contact))[0]
        cdef Py_ssize_t i = len(self.records)
        if found != NULL:
            if found.story != NULL:
                (<Story>found.story).customer = customer
                (<Story>found.story).subject = subject
            return
        while i and self.records[i - 1].ended_ns == self.now:
            i -= 1
            if self.records[i].contact == contact:
                self.records[i] = _structs.replace(self.records[i], customer=customer, subject=subject)
                return
