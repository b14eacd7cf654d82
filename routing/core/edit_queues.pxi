# Editing the queues of a running engine.


cdef void disarm(Action* action, uint32_t gone) noexcept:
    if action.queue == gone:
        action.queue = 0


cdef class QueueWorkshop(Workshop):
    """What commands of queues are made of."""

    def _new_queue(self, str queue):
        """An open queue without rules; `_set_queue` gives the rest."""
        cdef Router* r = self.r
        cdef uint32_t slot
        self._room(&r.queue_pool, <void**>&r.queues, sizeof(QueueRec))
        slot = pool_take(&r.queue_pool, r.queues, sizeof(QueueRec))
        while len(self._queue_ids) <= slot:
            self._queue_ids.append(None)
        self._queue_ids[slot] = queue
        self._queues[queue] = slot
        r.queue_numbers += 1
        r.queues[slot].number = r.queue_numbers
        r.queues[slot].estimate = -1
        r.queues[slot].watch = NOWHERE
        r.queues[slot].batch = -1
        r.queues[slot].exists = 1
        r.queues[slot].is_open = 1
        r.queues[slot].order = 1
        r.queues[slot].id_hash = text_hash(queue)
        r.queues[slot].unstaffed_since = r.now

    def _steps_fit(self, steps):
        """Is there room for one more distinct list of steps, should this one be new? Asked before anything changes."""
        try:
            return self._room_for_steps(steps)
        except MemoryError:
            self._untouched = True
            raise

    def _set_queue(self, queue, steps, bint limited):
        """The rules of a queue; memberships, orders and `_rework` are separate. ``steps`` as they are interned."""
        cdef Router* r = self.r
        cdef QueueRec* q = &r.queues[<uint32_t>self._queues[queue.id]]
        cdef uint32_t list_slot = self._intern_steps(steps, True)
        cdef int64_t* credits = <int64_t*>take(max(len(queue.priority_credits_ns), 1) * sizeof(int64_t))
        cdef uint32_t i
        if credits == NULL:
            raise MemoryError
        for i, credit in enumerate(queue.priority_credits_ns):
            credits[i] = credit
        free(q.credits)
        q.credits = credits
        q.n_credits = len(queue.priority_credits_ns)
        r.steps[list_slot].refs += 1
        if q.steps:
            steps_release(r, q.steps)
        q.steps = list_slot
        q.limited = limited
        q.strategy = STRATEGIES.index(queue.strategy)
        q.ordering = ORDERINGS.index(queue.ordering)
        q.tier = queue.tier
        q.ring_timeout = queue.ring_timeout_ns
        q.exclusion = queue.exclusion_ns
        q.retry_delay = queue.retry_delay_ns
        q.wrap_up = queue.wrap_up_ns
        q.max_handling = queue.max_handling_ns
        q.misses_to_not_ready = queue.misses_to_not_ready
        q.overflow_on_close = queue.on_close == "overflow"
        q.group_misses = queue.group_misses
        q.credit = queue.credit_ns
        q.target = queue.service_level_ns
        q.batch = -1 if queue.batch_ns is None else queue.batch_ns
        q.drain_after = queue.drain_after_ns
        q.auto_answer = queue.auto_answer
        q.disposition_required = queue.disposition_required
        q.keep_age = queue.keep_age
        q.ring_agents = queue.ring_agents
        for i, name in enumerate(("proficiency", "idle", "occupancy", "cost", "affinity")):
            q.weights[i] = getattr(queue.weights, name)
        q.watch = NOWHERE
        if ("queue", queue.id) in self._watches:
            q.watch = self._watches["queue", queue.id]

    def _set_reserves(self, str queue, reserves):
        """The reserves ``((after, condition), ...)`` of a queue, those with a condition off."""
        cdef QueueRec* q = &self.r.queues[<uint32_t>self._queues[queue]]
        cdef ReserveRule* rules = <ReserveRule*>take_zeroed(max(len(reserves), 1), sizeof(ReserveRule))
        cdef uint32_t i
        if rules == NULL:
            raise MemoryError
        try:
            for i, (after, when) in enumerate(reserves):
                rules[i].after = after
                rules[i].cond = self._take_cond(when)
        except BaseException:
            free(rules)
            raise
        for i in range(q.n_reserves):
            self._drop_cond(q.reserves[i].cond)
        free(q.reserves)
        q.reserves = rules
        q.n_reserves = len(reserves)
        q.on = ((1U << q.n_reserves) - 1) & ~reserves_conditional(q)

    cdef uint32_t _take_cond(self, str condition) except? 0:
        cdef uint32_t cond = self._intern_cond(condition)
        if cond:
            self.r.conds[cond].refs += 1
        return cond

    cdef int _drop_cond(self, uint32_t cond) except -1:
        if cond:
            cond_release(self.r, cond)
        return 0

    def _set_shares(self, str queue, shares):
        """The shares ``((group, share), ...)`` of a queue, in the order of ids; nothing has been given."""
        cdef QueueRec* q = &self.r.queues[<uint32_t>self._queues[queue]]
        cdef ShareRule* rules = <ShareRule*>take_zeroed(max(len(shares), 1), sizeof(ShareRule))
        cdef uint32_t i
        if rules == NULL:
            raise MemoryError
        for i, (group, share) in enumerate(shares):
            rules[i].watch = self._watches["group", group]
            rules[i].share = share
        free(q.shares)
        q.shares = rules
        q.n_shares = len(shares)

    def _keep_service_level(self, str queue, bint wanted):
        """Count, or cease to count, for the queue's service level."""
        cdef uint32_t slot = self._queues[queue]
        if wanted and self.r.queues[slot].level == NULL:
            self._keep_level(slot)
        elif not wanted:
            level_free(&self.r.queues[slot])

    def _set_actions(self, queue):
        """The overflow rules of a queue; their targets have to be there by now."""
        cdef QueueRec* q = &self.r.queues[<uint32_t>self._queues[queue.id]]
        q.max_wait = self._action(queue.max_wait, False)
        q.no_agent = self._action(queue.no_agent, False)
        q.max_length = self._action(queue.max_length, True)
        q.closed = self._action(queue.closed, False)
        self._set_overflows(q, queue.overflow)
        q.looks = reserves_conditional(q) != 0 or any([rule.after_ns > 0 for rule in queue.overflow])
        q.dull = q.n_reserves == 0 and q.n_splits == 0 and q.n_overflows == 0

    cdef int _set_overflows(self, QueueRec* q, tuple overflows) except -1:
        cdef Action* rules = <Action*>take_zeroed(max(len(overflows), 1), sizeof(Action))
        cdef uint32_t i
        if rules == NULL:
            raise MemoryError
        try:
            for i, overflow in enumerate(overflows):
                rules[i] = self._action(overflow, False)
                rules[i].cond = self._take_cond(overflow.when)
        except BaseException:
            free(rules)
            raise
        for i in range(q.n_overflows):
            self._drop_cond(q.overflows[i].cond)
        free(q.overflows)
        q.overflows = rules
        q.n_overflows = len(overflows)
        return 0

    def _set_splits(self, str queue, splits):
        """The split ``((queue, percent), ...)`` of a queue, in the order of ids; nothing has been given."""
        cdef QueueRec* q = &self.r.queues[<uint32_t>self._queues[queue]]
        cdef SplitRule* rules = <SplitRule*>take_zeroed(max(len(splits), 1), sizeof(SplitRule))
        cdef uint32_t i
        if rules == NULL:
            raise MemoryError
        for i, (target, percent) in enumerate(splits):
            rules[i].queue = self._queues[target]
            rules[i].percent = percent
        free(q.splits)
        q.splits = rules
        q.n_splits = len(splits)

    cdef Action _action(self, object overflow, bint by_length) except *:
        cdef Action action
        memset(&action, 0, sizeof(Action))
        action.to = TO_DISCONNECT
        if overflow is not None:
            action.on = 1
            action.to = <uint8_t>TARGETS.index(overflow.to)
            action.keep_age = overflow.keep_age
            action.queue = self._queues.get(overflow.queue, 0) if overflow.to == "queue" else 0
            action.amount = overflow.length if by_length else overflow.after_ns
        return action

    def _recount(self, str queue):
        """Members have been told; whether the queue limits them may have changed."""
        queue_staffed(self.r, self._queues[queue])

    def _unstaffed(self):
        """Since when no member of a queue is logged in, by queue; those with one are left out."""
        return {queue: self.r.queues[<uint32_t>slot].unstaffed_since for queue, slot in self._queues.items()
                if self.r.queues[<uint32_t>slot].unstaffed_since >= 0}

    def _still_unstaffed(self, dict before):
        """Queues without anybody that were so before: what passed in between within one command does not count."""
        cdef QueueRec* q
        cdef uint32_t visit
        for queue, since in before.items():
            if queue not in self._queues:
                continue
            q = &self.r.queues[<uint32_t>self._queues[queue]]
            if q.unstaffed_since < 0 or q.unstaffed_since == since:
                continue
            q.unstaffed_since = since
            visit = q.visits if q.no_agent.on else 0
            while visit:
                self._make_timer_room()
                contact_timer(self.r, self.r.visits[visit].contact)
                visit = self.r.visits[visit].after

    cdef int _make_timer_room(self) except -1:
        if reserve(self.r) < 0:
            raise MemoryError
        return 0

    def _rework(self, str queue, bint edited):
        """Timers and places of the queue's contacts anew; if it was edited, their keys and steps too."""
        if queue_rework(self.r, self._queues[queue], edited) < 0:
            raise MemoryError

    def _remove_queue(self, str queue, move_to):
        """Empty the queue by ``move_to`` (an id or "") or else by its closed action, and forget it."""
        cdef Router* r = self.r
        cdef uint32_t slot = self._queues.pop(queue), i
        cdef Action action = r.queues[slot].closed
        if move_to:
            action.on = 1
            action.to = TO_QUEUE
            action.queue = self._queues[move_to]
            action.keep_age = 1
        for i in range(1, r.queue_pool.used):
            self._disarm(i, slot)
        if action.queue == slot:
            action.queue = 0
        if queue_drain(r, slot, &action, CAUSE_QUEUE_REMOVED, CAUSE_QUEUE_REMOVED) < 0:
            r.failed |= BROKEN
        for i in range(r.queues[slot].n_reserves):
            self._drop_cond(r.queues[slot].reserves[i].cond)
        for i in range(r.queues[slot].n_overflows):
            self._drop_cond(r.queues[slot].overflows[i].cond)
        r.queues[slot].n_reserves = 0
        r.queues[slot].n_overflows = 0
        r.queues[slot].n_shares = 0
        r.queues[slot].n_splits = 0
        r.queues[slot].on = 0
        level_free(&r.queues[slot])
        r.queues[slot].exists = 0
        r.queues[slot].is_open = 0
        queue_learn(r, slot)
        queue_tick_look(r, slot)
        steps_release(r, r.queues[slot].steps)
        r.queues[slot].steps = 0

    cdef int _disarm(self, uint32_t queue, uint32_t gone) except -1:
        """Rules that aim at a removed queue have no target any more."""
        cdef QueueRec* q = &self.r.queues[queue]
        cdef uint32_t i
        disarm(&q.max_wait, gone)
        disarm(&q.no_agent, gone)
        disarm(&q.max_length, gone)
        disarm(&q.closed, gone)
        for i in range(q.n_overflows):
            disarm(&q.overflows[i], gone)
        for i in range(q.n_splits):
            if q.splits[i].queue == gone:
                q.splits[i].queue = 0
        return 0

    def _keep_lineup(self):
        """Keep the line-up although there are few cells; for tests."""
        if not self.r.order_scan and lineup_start(self.r) < 0:
            raise MemoryError

    def _learn(self, str queue):
        """Who is a member of the queue changed: compute its part of the matrix anew and match over everybody."""
        queue_learn(self.r, self._queues[queue])
        self.r.match_all = 1
