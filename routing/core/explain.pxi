# Explanations: facts that somebody asked for, now or at the moment in which a certain offer is made.
#
# Owns what is read for them; decides nothing and changes nothing. What the facts mean is reckoned outside
# (`routing.explaining`). Nothing here runs unless somebody asks, but for one comparison for each offer. When the
# watched offer comes, matching stops for a call of Python, the only such place, and holds the lock that this needs.


cdef class Witness(QueueWorkshop):
    """What explanations read of the core."""

    cdef object _seen              # callable that is told of the watched offer

    def _watch_offer(self, uint64_t number, seen):
        """Have ``seen(contact, agent, batch)`` called when the offer with this number is about to be made; 0: never.

        It is called in the midst of matching: it may look, through the methods of this class and the pictures, and
        watch another offer, but must not tell the engine anything. ``batch`` is None, or ``(first offer, contacts,
        ((contact, agent, worth), ...))`` when the offer is one of those that a batch assigned together.
        """
        self._seen = seen
        self.r.witness = <void*>self
        self.r.watched_offer = number

    cdef object _name_of(self, uint32_t contact):
        if contact >= <uint32_t>len(self._entries) or self._entries[contact] is None:
            return None                # the call of a trace
        return (<Entry>self._entries[contact]).id

    def _offers_made(self):
        """How many offers there have been."""
        return self.r.offers

    def _agent_facts(self):
        """``(state, contact that the agent is kept free for)`` by id."""
        cdef Router* r = self.r
        cdef dict found = {}
        cdef uint32_t slot, i
        for agent, at in self._agents.items():
            slot = at
            if r.agents[slot].exists:
                found[agent] = (self._agent_state(agent),
                                self._name_of(r.agents[slot].reserved) if r.agents[slot].reserved else "")
        # Of this very call: the reason is noted when events are handed over.
        for i in range(r.n_events):
            if r.events[i].kind == EV_AGENT_NOT_READY and r.events[i].cause:
                agent = self._agent_ids[r.events[i].agent]
                if agent in found and not r.agents[r.events[i].agent].ready:
                    state = found[agent][0]
                    found[agent] = ((*state[:4], "missed_offers", *state[5:]), found[agent][1])
        return found

    def _contact_facts(self, str contact):
        """None when it is not alive; see `routing.explaining.facts`, which names the parts."""
        cdef Router* r = self.r
        cdef ContactRec* c
        cdef uint32_t slot, visit, hold, wish, segment
        cdef list visits = []
        cdef list holds = []
        cdef list wishes = []
        cdef list ringing = []
        cdef list parties = []
        known = self._contacts.get(contact)
        if known is None or (<Entry>known).slot == 0:
            return None
        slot = (<Entry>known).slot
        c = &r.contacts[slot]
        if c.state == CONTACT_FREE or c.state == CONTACT_ENDED:
            return None
        visit = c.visits
        while visit:
            visits.append((self._queue_ids[r.visits[visit].queue], r.visits[visit].enqueued, r.visits[visit].seq,
                           r.visits[visit].entered, r.visits[visit].step, r.visits[visit].seen,
                           r.visits[visit].spills, r.visits[visit].steps))
            visit = r.visits[visit].next
        hold = c.holds
        while hold:
            holds.append((r.holds[hold].agent, r.holds[hold].until))
            hold = r.holds[hold].next
        wish = c.wishes
        while wish:
            if r.wishes[wish].agent:
                wishes.append((r.agents[r.wishes[wish].agent].number, r.wishes[wish].score,
                               r.wishes[wish].direct != 0))
            wish = r.wishes[wish].next
        segment = c.segment if c.n_ringing else 0
        while segment:
            ringing.append(self._agent_ids[r.segments[segment].agent])
            segment = r.segments[segment].sibling
        if c.parent:
            parties.append(self._agent_ids[r.segments[r.contacts[c.parent].segment].agent])
            visit = r.contacts[c.parent].legs
            while visit:
                segment = r.contacts[visit].segment if visit != slot else 0
                while segment:
                    parties.append(self._agent_ids[r.segments[segment].agent])
                    segment = r.segments[segment].sibling
                visit = r.contacts[visit].next_leg
        return (
            (<Entry>known).command, c.number, self._doing(c),
            self._channel_ids[r.shapes[c.shape].channel], r.shapes[c.shape].load, c.priority, c.credit, c.due,
            c.expedited != 0, c.held_until, c.prefer_until, c.grouped != 0, tuple(ringing),
            self._agent_ids[c.drained] if c.drained else "",
            tuple(visits), tuple(holds), tuple(wishes), tuple(parties),
        )

    cdef str _doing(self, const ContactRec* c):
        """The state of a living contact in a word."""
        if c.state == CONTACT_HANDLING and self.r.segments[c.segment].on_hold:
            return "held"
        return ("", "waiting", "offered", "handling")[c.state]

    def _steps_facts(self, wanted):
        """``{number: ((expression, after, condition, score), ...)}`` of these lists of steps. O(all lists)."""
        return {at: key for key, at in self._steps.items() if at in wanted}

    def _queue_facts(self, str queue):
        """``(round robin's last agent or "", place after it, matches, shares given by group order, reserves on)``."""
        cdef QueueRec* q = &self.r.queues[<uint32_t>self._queues[queue]]
        return (self._agent_ids[q.last] if q.last else "", q.next_place, q.matched,
                tuple([q.shares[i].given for i in range(q.n_shares)]), q.on)

    def _batch_until(self):
        """When the open window of a batch ends, or None."""
        return self.r.timers[self.r.batch_timer].major if self.r.batch_timer else None

    def _paused_until(self):
        """Before when nobody is matched, after downtime; or None."""
        return self.r.timers[self.r.resume_timer].major if self.r.resume_timer else None

    def _living_now(self):
        """Ids of contacts that wait or ring in a group."""
        cdef list found = []
        cdef ContactRec* c
        for contact, entry in self._contacts.items():
            if (<Entry>entry).slot:
                c = &self.r.contacts[(<Entry>entry).slot]
                if c.state == CONTACT_WAITING or (c.state == CONTACT_OFFERED and c.grouped):
                    found.append(contact)
        return found

    cdef int _tell(self, uint32_t contact, uint32_t agent, object batch) except -1:
        cdef object seen = self._seen
        cdef object name = self._name_of(contact)
        self.r.watched_offer = 0
        if name is not None:
            seen(name, self._agent_ids[agent], batch)
        return 0


cdef void offer_seen(Router* r, uint32_t contact, uint32_t agent) noexcept with gil:
    """The watched offer is about to be made."""
    (<Witness>r.witness)._tell(contact, agent, None)


cdef int64_t pair_worth(const Assignment* a, uint32_t i) noexcept nogil:
    """What the pair is worth that the assignment found for contact i."""
    cdef uint32_t e = a.starts[i]
    while a.cols[e] != a.match[i]:
        e += 1
    return a.weights[e]


cdef void batch_seen(Router* r, const Batch* b, const Assignment* a, const Edge* agents) noexcept with gil:
    """A batch is about to be offered; the watched offer may be one of it."""
    cdef uint64_t number = r.offers
    cdef uint32_t i, at = NOWHERE
    cdef list pairs = []
    cdef Witness witness = <Witness>r.witness
    for i in range(b.n):
        if a.match[i] != NOWHERE:
            number += 1
            if number == r.watched_offer:
                at = i
    if at == NOWHERE:
        return
    for i in range(b.n):
        if a.match[i] != NOWHERE:
            pairs.append((witness._name_of(b.contacts[i]), witness._agent_ids[agents[a.match[i]].agent],
                          pair_worth(a, i)))
    witness._tell(b.contacts[at], agents[a.match[at]].agent, (r.offers + 1, b.n, tuple(pairs)))
