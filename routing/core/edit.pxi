# Editing settings, skills and agents of a running engine.


cdef int rankings_grow(Router* r, uint32_t have, uint32_t want) noexcept nogil:
    """Room for so many agents in whatever is kept by agent; -1 when memory is out."""
    cdef int i
    for i in range(RANKINGS):
        if r.order_by[i] and (grow(<void**>&r.ranked_nodes[i], have, want, sizeof(Node)) < 0
                              or grow(<void**>&r.ranked_all_nodes[i], have, want, sizeof(Node)) < 0):
            return -1
    if r.order_by[BY_OCCUPANCY]:
        return grow(<void**>&r.diaries, have, want, sizeof(Diary))
    return 0


cdef class Workshop(Door):
    """What commands of configuration are made of; `routing.editing` puts them together."""

    # Settings

    def _set_limits(self, limits, reasons, uint64_t seed, bint idle_since_ready):
        """Take over limits and settings of the whole engine."""
        cdef Py_ssize_t n = limits.remembered_contacts
        cdef list known
        self._limits = limits
        self._limit_priority = limits.priority
        self._limit_contacts = limits.contacts
        self._limit_attempts = limits.attempts
        self._reasons = frozenset(reasons)
        self._approved.clear()
        self.r.seed = mix64(seed)
        self.r.overflow_limit = limits.overflows
        self.r.hold_limit = limits.holds_per_contact
        self.r.ring_limit = limits.offers_per_contact
        self.r.batch_limit = limits.batch_contacts
        self.r.leg_limit = limits.legs
        self.r.idle_since_ready = idle_since_ready
        while len(self._requests) > limits.remembered_requests:
            self._requests.popitem(last=False)
        if len(self._ended) != n:
            known = self._remembered()
            for entry in known[:max(len(known) - n, 0)]:
                del self._contacts[(<Entry>entry).id]
            known = known[max(len(known) - n, 0):]
            self._ended_next = len(known) % n if n else 0
            self._ended = known + [None] * (n - len(known))
        self._keep_past_attempts(n)

    cdef list _remembered(self):
        """The entries of remembered contacts, oldest first."""
        return [entry for entry in self._ended[self._ended_next:] + self._ended[:self._ended_next]
                if entry is not None]

    def _set_channels(self, channels):
        """Take over ``[(id, load), ...]``; False when contacts still hold on to too many that are gone."""
        cdef set used = set()
        cdef dict numbers = {}
        cdef uint32_t i
        for i in range(1, self.r.contact_pool.used):
            if self.r.contacts[i].state != CONTACT_FREE:
                used.add(self.r.shapes[self.r.contacts[i].shape].channel)
        for i in range(1, self.r.segment_pool.used):
            if self.r.segments[i].state != SEGMENT_FREE:
                used.add(self.r.segments[i].channel)
        for channel, number in self._channel_numbers.items():
            if number in used or channel in [name for name, _ in channels]:
                numbers[channel] = number
        spare = [i for i in range(CHANNELS) if i not in numbers.values()]
        for channel, _ in channels:
            if channel not in numbers:
                if not spare:
                    return False
                numbers[channel] = spare.pop(0)
        self._channel_numbers = numbers
        self._capacities = None
        self._channel_ids = [None] * CHANNELS
        for channel, number in numbers.items():
            self._channel_ids[number] = channel
        self._channels = {}
        self._channel_shapes = []
        for channel, load in channels:
            self._channels[channel] = self._shape(numbers[channel], load, True)
            self._channel_shapes.append(self._channels[channel])
        return True

    def _set_interrupts(self, pairs):
        """Take over ``[(channel, channel that it interrupts), ...]``."""
        cdef Router* r = self.r
        cdef uint32_t interrupted[16]
        cdef bint before = r.interrupts
        memcpy(interrupted, r.interrupted, sizeof(interrupted))
        memset(r.interrupted, 0, sizeof(interrupted))
        memset(r.interrupting, 0, sizeof(interrupted))
        r.interrupts = 0
        for channel, other in pairs:
            r.interrupted[<uint32_t>self._channel_numbers[channel]] |= 1U << <uint32_t>self._channel_numbers[other]
            r.interrupting[<uint32_t>self._channel_numbers[other]] |= 1U << <uint32_t>self._channel_numbers[channel]
            r.interrupts = 1
        if memcmp(interrupted, r.interrupted, sizeof(interrupted)) != 0:
            agents_remask(r)

    def _set_resume_grace(self, int64_t grace):
        """How long limits hold back after downtime; a grace that runs stays."""
        self.r.resume_grace = grace

    def _set_attempt_grace(self, int64_t grace):
        """How long reports on attempts are waited for; those that go on keep their time-outs."""
        self.r.attempt_grace = grace

    def _set_not_ready_limits(self, limits, after):
        """How long somebody may be not ready, by reason, and what follows; those who are so keep their limits."""
        self._not_ready_limits = {reason: limit for reason, limit in limits.items() if limit}
        self.r.missed_limit = self._not_ready_limits.get("missed_offers", 0)
        self.r.after_not_ready = <uint8_t>AFTER_NOT_READY.index(after)

    def _set_panes(self, int64_t pane, uint32_t level_panes, int64_t occupancy_window):
        """How time is cut; what was kept by panes of another length begins anew."""
        cdef Router* r = self.r
        cdef uint32_t slot
        cdef bint anew = pane != r.pane or level_panes != r.level_panes
        if occupancy_window // PANES != r.occupancy_pane:
            r.occupancy_pane = occupancy_window // PANES
            if r.order_by[BY_OCCUPANCY]:
                for slot in range(1, r.agent_pool.used):
                    memset(&r.diaries[slot], 0, sizeof(Diary))
                    r.diaries[slot].since = r.now
        r.pane = pane
        r.level_panes = level_panes
        if not anew:
            return
        for slot in range(1, r.queue_pool.used):
            if r.queues[slot].level != NULL:
                level_free(&r.queues[slot])
                self._keep_level(slot)
            if r.queues[slot].timer:
                r.queues[slot].timer = timer_drop(r, r.queues[slot].timer)
                queue_tick_look(r, slot)

    cdef int _keep_level(self, uint32_t queue) except -1:
        """From now on count for the queue's service level."""
        cdef Level* level = <Level*>take_zeroed(1, sizeof(Level))
        if level != NULL:
            level.counts = <uint32_t*>take_zeroed(3 * self.r.level_panes, sizeof(uint32_t))
        if level == NULL or level.counts == NULL:
            free(level)
            raise MemoryError
        level.pane = self.r.now // self.r.pane
        self.r.queues[queue].level = level
        return 0

    def _set_digest(self, uint64_t digest):
        """Start the digest from the configuration's hash; nothing is left to be matched then."""
        self.r.digest = digest
        dirty_clear(self.r)

    # Skills

    def _add_skill(self, str skill):
        """Declare a skill; False when there is no number left for it."""
        if skill not in self._skills and not self._spare_skills and len(self._skills) > 65_535:
            return False
        self._skill_number(skill)
        self._declared.add(skill)
        return True

    def _skill_in_use(self, str skill):
        """Does an expression in use name it?"""
        self._purge()
        return any(skill in names for names in self._expr_names.values())

    def _undeclare_skill(self, str skill):
        """No new expression may name the skill; its number is free when no old one does either."""
        self._declared.discard(skill)
        self._approved.clear()

    cdef int _free_skills(self) except -1:
        """Give back the numbers of skills that are neither declared nor named by an expression in use."""
        if len(self._declared) == len(self._skills):
            return 0
        self._purge()
        used = set()
        for names in self._expr_names.values():
            used.update(names)
        for skill in [skill for skill in self._skills if skill not in self._declared and skill not in used]:
            self._spare_skills.append(self._skills.pop(skill))
        return 0

    # Agents

    def _new_agents(self, list agents):
        """Several of them."""
        self._room_for_agents(<uint32_t>len(agents))
        for agent in agents:
            self._make_agent(agent)

    cdef int _room_for_agents(self, uint32_t spare) except -1:
        cdef Router* r = self.r
        cdef uint32_t cap = r.agent_pool.cap, want
        if pool_full(&r.agent_pool, spare):
            want = doubled(cap, r.agent_pool.used + spare + 1)
            if grow(<void**>&r.idle_nodes, cap, want, sizeof(Node)) < 0 \
                    or rankings_grow(r, cap, want) < 0 \
                    or (r.order_scan and lineup_grow(&r.lineup, want) < 0) \
                    or grow(<void**>&r.agents, cap, want, sizeof(AgentRec)) < 0:
                raise MemoryError
            r.agent_pool.cap = want
        return 0

    def _new_agent(self, str agent):
        """A logged-out agent without skills; `_set_agent` gives the rest."""
        self._make_agent(agent)

    cdef int _make_agent(self, str agent) except -1:
        cdef Router* r = self.r
        cdef uint32_t slot
        self._room_for_agents(1)
        slot = pool_take(&r.agent_pool, r.agents, sizeof(AgentRec))
        while len(self._agent_ids) <= slot:
            self._agent_ids.append(None)
            self._agent_reasons.append("")
        r.agent_numbers += 1
        r.n_agents += 1
        r.agents[slot].exists = 1
        r.agents[slot].number = r.agent_numbers
        r.agents[slot].id_hash = text_hash(agent)
        r.agents[slot].place = NOWHERE
        self._agent_ids[slot] = agent
        r.agents[slot].id = <const void*>agent
        self._agent_reasons[slot] = ""
        self._agents[agent] = slot
        return 0

    def _set_agent(self, str agent, skills, queues, capacities, watches, load, cost):
        """What an agent can do: skills by id, ways into queues with limited members by id, contacts at once by channel.

        ``watches`` are pairs as of `_watch`; those that nobody has asked for do not count.
        """
        cdef Router* r = self.r
        cdef uint32_t slot = self._agents[agent], type, old = r.agents[slot].type
        cdef AgentRec* a
        cdef bint counts
        type = self._intern_type(self._type_key(skills, queues, capacities, watches, load, cost))
        if type == old:
            return
        if reserve(r) < 0:
            raise MemoryError
        a = &r.agents[slot]
        counts = is_staff(a)
        agent_leave(r, slot)
        r.types[type].refs += 1
        if counts:
            staff_change(r, slot, -1)
        a.type = type
        if counts:
            staff_change(r, slot, 1)
        if old:
            self._drop_type(old)
        agent_refresh(r, slot)

    def _set_agents_like(self, list agents, list others):
        """Let new agents, which are logged out, do what others can, place by place; who is their own model stays."""
        cdef Router* r = self.r
        cdef uint32_t slot, type
        for agent, other in zip(agents, others):
            slot = self._agents[agent]
            type = r.agents[<uint32_t>self._agents[other]].type
            if r.agents[slot].type == 0:
                r.types[type].refs += 1
                r.agents[slot].type = type

    def _is_agent_like(self, str agent, str other):
        """Can the two agents do the same?"""
        return self.r.agents[<uint32_t>self._agents[agent]].type == self.r.agents[<uint32_t>self._agents[other]].type

    def _agent_gone(self, str agent):
        """Clear away a removed agent; its slot may serve again from the next command of configuration on."""
        cdef Router* r = self.r
        cdef uint32_t slot = self._agents.pop(agent), queue
        for queue in range(1, r.queue_pool.used):
            if r.queues[queue].last == slot:
                r.queues[queue].last = 0
        while r.agents[slot].wishes:
            wish_leave(r, r.agents[slot].wishes)
        self._drop_type(r.agents[slot].type)
        r.agents[slot].type = 0
        r.n_agents -= 1
        self._graves.append(slot)

    def _bury(self):
        """Give back what agents, queues and skills that are gone have left behind."""
        cdef Router* r = self.r
        cdef uint32_t slot
        self._free_skills()
        for slot in self._graves:
            free(r.agents[slot].orders)
            pool_give(&r.agent_pool, r.agents, sizeof(AgentRec), slot)
        self._graves.clear()
        for slot in range(1, r.queue_pool.used):
            if self._queue_ids[slot] is not None and not r.queues[slot].exists and r.queues[slot].refs == 0:
                classes_sweep(r, False)
                queue_free(&r.queues[slot])
                pool_give(&r.queue_pool, r.queues, sizeof(QueueRec), slot)
                self._queue_ids[slot] = None

    def _remove_agent(self, str agent):
        """Out as soon as nothing is in hand; `_forget_agent` is called when it is so."""
        cdef Router* r = self.r
        cdef uint32_t slot = self._agents[agent]
        if not r.agents[slot].logged_in:
            agent_remove(r, slot)
        elif agent_log_out(r, slot, True) < 0:
            r.failed |= BROKEN

    def _call_back(self, str agent):
        """The pending removal is off; the log-out stays pending."""
        self.r.agents[<uint32_t>self._agents[agent]].leaving = LOGGING_OUT

    # Orders

    def _order_agents(self, agents):
        """The configured order of all agents."""
        cdef uint32_t place
        self._fill_order(1, agents)
        for place in range(self.r.orders[1].n):
            self.r.agents[self.r.orders[1].agents[place]].place = place

    def _order_queue(self, str queue, members):
        """The order of members of a queue that searches it; None when it does not, or is open to all."""
        cdef Router* r = self.r
        cdef QueueRec* q = &r.queues[<uint32_t>self._queues[queue]]
        cdef uint32_t i
        if q.order > 1:
            for i in range(r.orders[q.order].n):
                self._leave_order(r.orders[q.order].agents[i], q.order)
        if members is None:
            if q.order > 1:
                free(r.orders[q.order].agents)
                free(r.orders[q.order].available.words)
                free(r.orders[q.order].available.summary)
                pool_give(&r.order_pool, r.orders, sizeof(OrderSet), q.order)
            q.order = 1
            return
        if q.order <= 1:
            q.order = self._new_order()
        self._fill_order(q.order, members)
        for i in range(r.orders[q.order].n):
            self._join_order(r.orders[q.order].agents[i], q.order, i)

    cdef int _fill_order(self, uint32_t order, object agents) except -1:
        cdef uint32_t n = len(agents), i
        cdef uint32_t* slots = <uint32_t*>take(max(n, 1) * sizeof(uint32_t))
        if slots == NULL:
            raise MemoryError
        try:
            for i, agent in enumerate(agents):
                slots[i] = self._agents[agent]
            if order_fill(self.r, order, slots, n) < 0:
                raise MemoryError
        finally:
            free(slots)
        return 0

    cdef int _join_order(self, uint32_t agent, uint32_t order, uint32_t place) except -1:
        cdef AgentRec* a = &self.r.agents[agent]
        cdef uint32_t* pairs = <uint32_t*>take_longer(a.orders, (a.n_orders + 1) * 2 * sizeof(uint32_t))
        if pairs == NULL:
            raise MemoryError
        pairs[2 * a.n_orders] = order
        pairs[2 * a.n_orders + 1] = place
        a.orders = pairs
        a.n_orders += 1
        return 0

    cdef int _leave_order(self, uint32_t agent, uint32_t order) except -1:
        cdef AgentRec* a = &self.r.agents[agent]
        cdef uint32_t i
        for i in range(a.n_orders):
            if a.orders[2 * i] == order:
                a.n_orders -= 1
                a.orders[2 * i] = a.orders[2 * a.n_orders]
                a.orders[2 * i + 1] = a.orders[2 * a.n_orders + 1]
                break
        return 0

    def _last_matched(self, str queue):
        """The agent that the queue, as lead, was matched with last, or None."""
        cdef uint32_t last = self.r.queues[<uint32_t>self._queues[queue]].last
        return self._agent_ids[last] if last else None

    def _set_next_place(self, str queue, uint32_t place):
        """Where round robin goes on should the last one be no member any more."""
        self.r.queues[<uint32_t>self._queues[queue]].next_place = place

    def _set_searches(self, bint handled, bint occupancy, bint ordered):
        """Which orders have to be kept: by contacts handled, by occupancy, by configured order."""
        cdef Router* r = self.r
        cdef uint32_t agent
        if handled == r.order_by[BY_HANDLED] and occupancy == r.order_by[BY_OCCUPANCY] and ordered == r.order_all:
            return
        for agent in range(1, r.agent_pool.used):
            agent_leave(r, agent)
        self._keep_ranking(BY_HANDLED, handled)
        if occupancy and not r.order_by[BY_OCCUPANCY]:
            if r.diaries == NULL and grow(<void**>&r.diaries, 0, r.agent_pool.cap, sizeof(Diary)) < 0:
                raise MemoryError
            for agent in range(1, r.agent_pool.used):
                diary_begin(r, agent)
        self._keep_ranking(BY_OCCUPANCY, occupancy)
        if not occupancy:
            free(r.diaries)
            r.diaries = NULL
            for agent in range(1, r.agent_pool.used):
                r.agents[agent].occupancy = 0
        r.order_all = ordered
        for agent in range(1, r.agent_pool.used):
            if r.agents[agent].exists:
                if reserve(r) < 0:
                    raise MemoryError
                agent_refresh(r, agent)

    cdef int _keep_ranking(self, int ranking, bint on) except -1:
        """Begin or cease to keep an order; nobody is in a cell."""
        cdef Router* r = self.r
        if on and r.ranked_nodes[ranking] == NULL:
            if grow(<void**>&r.ranked_nodes[ranking], 0, r.agent_pool.cap, sizeof(Node)) < 0 \
                    or grow(<void**>&r.ranked_all_nodes[ranking], 0, r.agent_pool.cap, sizeof(Node)) < 0:
                raise MemoryError
        if not on:
            free(r.ranked_nodes[ranking])
            free(r.ranked_all_nodes[ranking])
            r.ranked_nodes[ranking] = NULL
            r.ranked_all_nodes[ranking] = NULL
        r.order_by[ranking] = on
        return 0

    # Telling

    def _emit_event(self, event, str text):
        """A cold event; ``text`` goes into the digest."""
        self._emit_object(event, mix64(text_hash(type(event).__name__) ^ text_hash(text)))

    def _refuse_command(self, command, reason, subject, str detail=""):
        """Refuse a command of configuration."""
        self._refuse(command, reason, subject, detail)
