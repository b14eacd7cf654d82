# Looking at the state, and running a trace.


cdef tuple pool_bytes(Pool* pool, void* items, size_t size):
    """Bytes of a pool's records, ``(in use, reserved)``."""
    cdef size_t n = pool.used - 1 if pool.used else 0
    cdef uint32_t slot = pool.free
    while slot:
        n -= 1
        slot = (<uint32_t*>(<char*>items + slot * size))[0]
    return n * size, pool.cap * size


cdef tuple more(tuple known, size_t used, size_t reserved=0):
    """The same with what hangs on the records."""
    return known[0] + used, known[1] + (reserved or used)


cdef class Core(Keeper):
    """The compiled engine; `routing.engine.Engine` is its public face."""

    # Looking

    def outcome(self, request_id):
        """``(revision before, events)`` of a remembered request, or None. O(1)."""
        return self._requests.get(request_id)

    def _agent_state(self, str agent):
        cdef AgentRec* a = &self.r.agents[<uint32_t>self._agents[agent]]
        cdef list segments = []
        cdef uint32_t slot = a.segments
        while slot:
            segments.append(self._segment_state(slot))
            slot = self.r.segments[slot].next
        return (a.number, a.logged_in != 0, a.leaving, a.ready != 0, self._agent_reasons[self._agents[agent]],
                DEVICES[a.device], a.idle_since, a.stamp, a.retry_until, a.handled, a.misses, a.cell != 0,
                tuple(segments), a.occupancy, self.r.timers[a.limit_timer].major if a.limit_timer else 0)

    cdef tuple _segment_state(self, uint32_t slot):
        cdef Segment* s = &self.r.segments[slot]
        cdef int64_t until = s.until
        if until and s.state == SEGMENT_WRAP_UP:
            until = graced(self.r, until)
        return (self._agent_ids[s.agent], (<Entry>self._entries[s.contact]).id, self._queue_ids[s.queue],
                "held" if s.on_hold else ("", "ringing", "handling", "wrap_up")[s.state], s.offer, until, s.since,
                self._channel_ids[s.channel], s.load, s.held_since)

    def _living_contacts(self):
        """Ids of the living contacts."""
        return [contact for contact, entry in self._contacts.items() if (<Entry>entry).slot]

    def _brought(self, str contact):
        """The command that made a contact that is alive or remembered, or None."""
        known = self._contacts.get(contact)
        return None if known is None else (<Entry>known).command

    def _contact_state(self, str contact):
        """None when it is not alive."""
        cdef Router* r = self.r
        cdef ContactRec* c
        cdef uint32_t slot
        cdef list visits
        known = self._contacts.get(contact)
        if known is None or (<Entry>known).slot == 0:
            return None
        slot = (<Entry>known).slot
        c = &r.contacts[slot]
        visits = [(self._queue_ids[visit[0]], *visit[1:]) for visit in self._contact_state_at(slot)[0]]
        return ((<Entry>known).command, self._doing(c), c.priority,
                c.enqueued, self._queue_ids[r.visits[c.lead].queue] if c.state == CONTACT_WAITING else "", visits,
                self._segments_of(c), c.held_until, c.prefer_until, c.due, c.expedited != 0, c.credit,
                self._agent_ids[c.drained] if c.drained else "", self._attributes_of(<Entry>known),
                (<Entry>self._entries[c.parent]).id if c.parent else "", DIRECTIONS[c.direction], self._legs_of(c),
                c.joined != 0)

    cdef tuple _legs_of(self, const ContactRec* c):
        cdef list found = []
        cdef uint32_t leg = c.legs
        while leg:
            found.append((<Entry>self._entries[leg]).id)
            leg = self.r.contacts[leg].next_leg
        return tuple(found)

    def _living_attempts(self):
        """Ids of the attempts that go on, in the order of their requests."""
        return [(<Entry>self._attempt_entries[slot]).id for slot in self._attempts_in_order()]

    def _attempt_state(self, str attempt):
        """``(command, state, requested, until)``; None when it does not go on."""
        cdef const AttemptRec* a
        known = self._attempts.get(attempt)
        if known is None or (<Entry>known).slot == 0:
            return None
        a = &self.r.attempts[(<Entry>known).slot]
        return (<Entry>known).command, ATTEMPT_STATES[a.state], a.requested, graced(self.r, a.until)

    cdef tuple _segments_of(self, const ContactRec* c):
        cdef list found = []
        cdef uint32_t slot = c.segment
        while slot:
            found.append(self._segment_state(slot))
            slot = self.r.segments[slot].sibling
        return tuple(found)

    def _queue_state(self, str queue):
        cdef QueueRec* q = &self.r.queues[<uint32_t>self._queues[queue]]
        return (q.is_open != 0, q.n_visits, q.logged_in if q.limited else self.r.logged_in, q.estimate,
                tuple([(q.on >> i) & 1 != 0 for i in range(q.n_reserves)]))

    def _check(self):
        """Restate every invariant; raises InternalError. O(n * m), for tests."""
        cdef Router* r = self.r
        cdef int broken = check_agents(r)
        if broken == 0:
            broken = check_cells(r)
        if broken == 0:
            broken = check_contacts(r)
        if broken == 0:
            broken = check_rest(r)
        if broken == 0:
            broken = check_attempts(r)
        if broken == 0:
            broken = check_legs(r)
        if broken:
            raise InternalError(f"invariant {broken} of the core is broken; please report it with the journal")
        alive = [contact for contact, entry in self._contacts.items() if (<Entry>entry).slot]
        if len(alive) != r.n_contacts:
            raise InternalError(f"{len(alive)} contact ids for {r.n_contacts} contacts")
        alive = [attempt for attempt, entry in self._attempts.items() if (<Entry>entry).slot]
        if len(alive) != r.n_attempts:
            raise InternalError(f"{len(alive)} ids for {r.n_attempts} attempts")

    def _memory(self):
        """Bytes by kind of record, as ``(in use, reserved)``.

        ``names`` are the tables and lists that lead from ids to records and back, without the ids and commands
        themselves. What the allocator adds to each block is not known here.
        """
        cdef Router* r = self.r
        cdef uint32_t i
        cdef size_t skills = 0, members = 0, code = 0, steps = 0, routes = 0, credits = 0, positions = 0, bits = 0
        cdef size_t cells = max(r.cell_pool.used, 1), classes = max(r.class_pool.used, 1)
        cdef size_t matrix = <size_t>r.cell_words * r.class_words * 64 * 8
        cdef size_t place = sizeof(uint64_t) + sizeof(uint32_t) + sizeof(uint64_t) + sizeof(uint32_t)
        for i in range(1, r.type_pool.used):
            skills += r.types[i].n_skills * sizeof(SkillLevel)
            members += r.types[i].n_queues * sizeof(uint32_t)
        for i in range(1, r.agent_pool.used):
            positions += r.agents[i].n_orders * 2 * sizeof(uint32_t)
        for i in range(1, r.order_pool.used):
            positions += r.orders[i].n * sizeof(uint32_t)
            bits += r.orders[i].available.n_words * 8 + (r.orders[i].available.n_words + 63) // 64 * 8
        for i in range(1, r.expr_pool.used):
            code += r.exprs[i].n_ops * sizeof(uint32_t) + r.exprs[i].n_scored * sizeof(Scored)
        for i in range(1, r.step_pool.used):
            steps += r.steps[i].n * (sizeof(uint32_t) + sizeof(int64_t))
        for i in range(1, r.class_pool.used):
            routes += r.classes[i].n_routes * sizeof(Route) if r.classes[i].routes != NULL else 0
            routes += r.classes[i].rated_cap * sizeof(Rated)
        for i in range(1, r.queue_pool.used):
            credits += r.queues[i].n_credits * sizeof(int64_t)
        agents = pool_bytes(&r.agent_pool, r.agents, sizeof(AgentRec))
        nodes = (r.n_agents * sizeof(Node), r.agent_pool.cap * sizeof(Node))
        contacts = pool_bytes(&r.contact_pool, r.contacts, sizeof(ContactRec))
        kept = r.diaries != NULL
        ranked = 2 * ((r.ranked_nodes[BY_HANDLED] != NULL) + (r.ranked_nodes[BY_OCCUPANCY] != NULL))
        return {
            "router": (sizeof(Router), sizeof(Router)),
            "agents": agents,
            "idle nodes": nodes,
            "other orders": (ranked * nodes[0], ranked * nodes[1]),
            "occupancy": (kept * r.n_agents * sizeof(Diary), kept * r.agent_pool.cap * sizeof(Diary)),
            "line-up": (r.lineup.count * place, r.lineup.cap * place),
            "orders": more(pool_bytes(&r.order_pool, r.orders, sizeof(OrderSet)), positions + bits),
            "types": more(pool_bytes(&r.type_pool, r.types, sizeof(AgentType)), skills + members),
            "cells": more(pool_bytes(&r.cell_pool, r.cells, sizeof(Cell)),
                          cells * 8 + (r.ready.n_words + (r.ready.n_words + 63) // 64) * 8,
                          r.cell_pool.cap * 8 + (r.ready.n_words + (r.ready.n_words + 63) // 64) * 8),
            "classes": more(pool_bytes(&r.class_pool, r.classes, sizeof(Class)),
                            routes + r.class_buckets * sizeof(uint32_t)),
            "eligibility": (2 * ((cells * classes + 7) // 8), 2 * matrix),
            "expressions": more(pool_bytes(&r.expr_pool, r.exprs, sizeof(Expr)), code),
            "steps": more(pool_bytes(&r.step_pool, r.steps, sizeof(StepList)), steps),
            "queues": more(pool_bytes(&r.queue_pool, r.queues, sizeof(QueueRec)), credits),
            "contacts": contacts,
            "contact nodes": (contacts[0] // sizeof(ContactRec) * sizeof(Node), r.contact_pool.cap * sizeof(Node)),
            "visits": pool_bytes(&r.visit_pool, r.visits, sizeof(Visit)),
            "holds": pool_bytes(&r.hold_pool, r.holds, sizeof(Hold)),
            "segments": pool_bytes(&r.segment_pool, r.segments, sizeof(Segment)),
            "attempts": pool_bytes(&r.attempt_pool, r.attempts, sizeof(AttemptRec)),
            "timers": pool_bytes(&r.timer_pool, r.timers, sizeof(Node)),
            "events": (r.n_events * sizeof(EventRec), r.events_cap * sizeof(EventRec)),
            "names of agents": more((0, 0), sum([table.__sizeof__() for table in (
                self._agents, self._agent_ids, self._agent_reasons)])),
            "names of contacts": more((0, 0), sum([table.__sizeof__() for table in (
                self._contacts, self._entries, self._ended)])),
            "names of attempts": more((0, 0), sum([table.__sizeof__() for table in (
                self._attempts, self._attempt_entries, self._past_attempts)])),
        }

    # Traces

    def _check_trace(self, templates, const uint32_t[::1] kind, const int64_t[::1] arrival, const int64_t[::1] service,
                     const int64_t[::1] patience):
        """Raise UsageError for what a trace cannot hold."""
        cdef Py_ssize_t i, n = arrival.shape[0]
        cdef int64_t last = self.r.now
        cdef uint32_t kinds = len(templates)
        if self._attempts:
            raise UsageError("the engine has or remembers attempts; run a trace on one that has had none")
        if self.r.failed or self.r.n_contacts or self._contacts or any(
                self.r.segments[slot].state != SEGMENT_FREE for slot in range(1, self.r.segment_pool.used)):
            raise UsageError("the engine has or remembers contacts; run a trace on one that has had none")
        for i in range(n):
            if arrival[i] < last or arrival[i] > LAST_INSTANT:
                raise UsageError(f"arrival_ns[{i}] = {arrival[i]} is before {last}; times must not decrease")
            if kind[i] >= kinds:
                raise UsageError(f"kind[{i}] = {kind[i]} names no template; there are {kinds}")
            if not 0 <= service[i] <= LONGEST:
                raise UsageError(f"service_ns[{i}] = {service[i]} is not in 0..{LONGEST}")
            if not -1 <= patience[i] <= LONGEST:
                raise UsageError(f"patience_ns[{i}] = {patience[i]} is not in -1..{LONGEST}")
            if arrival[i] > LAST_INSTANT - service[i] - max(patience[i], 0):
                raise UsageError(f"call {i} lasts beyond {LAST_INSTANT} ns; let the trace begin earlier")
            last = arrival[i]
        loads = {(command.channel, command.load) for command in templates}
        if len(loads) > self._limits.loads:
            raise UsageError(f"{len(loads)} loads are more than limits.loads = {self._limits.loads}; use fewer")

    def _run_trace(self, templates, const uint32_t[::1] kind, const int64_t[::1] arrival, const int64_t[::1] service,
                   const int64_t[::1] patience, uint8_t[::1] outcome, int64_t[::1] wait, int32_t[::1] agent):
        """See `routing.engine.Engine.run_trace`."""
        cdef Trace trace
        cdef Template* made = <Template*>take_zeroed(max(len(templates), 1), sizeof(Template))
        cdef Py_ssize_t i
        cdef int done
        memset(&trace, 0, sizeof(Trace))
        if made == NULL:
            raise MemoryError
        try:
            self.r.failed |= HALF_WAY
            for i, command in enumerate(templates):
                self._fill_template(&made[i], command)
            trace.templates = made
            trace.n = <uint32_t>arrival.shape[0]
            if trace.n:
                trace.kind = &kind[0]
                trace.arrival = &arrival[0]
                trace.service = &service[0]
                trace.patience = &patience[0]
                trace.outcome = &outcome[0]
                trace.wait = &wait[0]
                trace.agent = &agent[0]
            with nogil:
                done = trace_run(self.r, &trace)
            for i in range(len(templates)):
                self.r.shapes[made[i].shape].living -= 1
            if done < 0 or self.r.failed & BROKEN:
                raise MemoryError("memory ran out within the trace; make a new engine")
            self._keep_waiting(templates, &trace)
            self.r.failed = 0
        finally:
            free(trace.call_of)
            free(trace.place_of)
            free(trace.heap)
            free(made)

    cdef int _fill_template(self, Template* template, object command) except -1:
        cdef Router* r = self.r
        self._misuse(command)
        template.n_queues = len(command.queues)
        template.shape = self._channels[command.channel]
        if command.load is not None:
            template.shape = self._shape(r.shapes[template.shape].channel, command.load, True)
        r.shapes[template.shape].living += 1  # so that no other template's load takes its place
        template.priority = command.priority
        template.credit = command.credit_ns
        if command.requirement or command.steps:
            key = steps_key(command.steps) or ((command.requirement, 0, "", ""),)
            template.steps = self._intern_steps(key, True)
            r.steps[template.steps].refs += 1
        for i, queue in enumerate(command.queues):
            template.queues[<uint32_t>i] = self._queues[queue]
            if template.n_queues > 1:
                template.queues_hash = mix64(template.queues_hash ^ r.queues[template.queues[<uint32_t>i]].id_hash)
        return 0

    cdef int _keep_waiting(self, templates, Trace* trace) except -1:
        """Give contacts that are alive, or still wrapped up, after a trace their ids."""
        cdef uint32_t slot
        cdef Entry entry
        cdef ContactRec* c
        for slot in range(1, self.r.contact_pool.used):
            c = &self.r.contacts[slot]
            if c.state != CONTACT_FREE and c.call:
                entry = Entry.__new__(Entry)
                entry.id = str(c.call - 1)
                entry.command = replace(templates[trace.kind[c.call - 1]], contact=entry.id)
                self._entries.extend([None] * max(slot + 1 - len(self._entries), 0))
                self._entries[slot] = entry
                if c.state != CONTACT_ENDED:
                    entry.slot = slot
                    self._contacts[entry.id] = entry
                contact_hash(self.r, slot)
                c.call = 0
        for template in range(<uint32_t>len(templates)):
            if trace.templates[template].steps:
                steps_release(self.r, trace.templates[template].steps)
        return 0
