# Timers, in the order (due, kind, number). A number is that of the owner, so the order of timers follows from what they
# are and not from when they were set. Each kind has a set of its own: most time-outs of a kind are equally long, so a
# new timer becomes the last of its set, which costs O(1).


cdef inline uint32_t timer_first(Router* r) noexcept nogil:
    """The timer that fires next, or 0."""
    cdef uint32_t kinds = r.kinds_set, first = 0, other
    while kinds:
        other = r.due[ctz64(kinds)].first
        kinds &= kinds - 1
        if first == 0 or r.timers[other].major < r.timers[first].major:
            first = other
    return first


cdef inline int64_t timer_next(Router* r) noexcept nogil:
    """When the next timer fires, ns, or NEVER."""
    cdef uint32_t timer = timer_first(r)
    return r.timers[timer].major if timer else NEVER


cdef inline void timer_take(Router* r, uint32_t timer) noexcept nogil:
    cdef uint32_t kind = <uint32_t>(r.timers[timer].seq >> 56)
    tree_remove(&r.due[kind], r.timers, timer)
    if r.due[kind].count == 0:
        r.kinds_set &= ~(1U << kind)


cdef uint32_t timer_arm(Router* r, uint32_t timer, int64_t due, uint64_t kind, uint64_t number,
                        uint32_t owner) noexcept nogil:
    """Set or move a timer (0: a new one); a time that is past counts as now. Returns its slot."""
    cdef Node* n
    cdef uint64_t seq = kind << 56 | number
    if due < r.now:
        due = r.now
    if timer:
        n = &r.timers[timer]
        if n.major == due and n.seq == seq:
            return timer
        timer_take(r, timer)
    else:
        timer = pool_take(&r.timer_pool, r.timers, sizeof(Node))
        n = &r.timers[timer]
    n.major = due
    n.minor = 0
    n.seq = seq
    n.owner = owner
    tree_insert(&r.due[kind], r.timers, timer)
    r.kinds_set |= 1U << kind
    return timer


cdef inline uint32_t timer_drop(Router* r, uint32_t timer) noexcept nogil:
    """Take a timer away; always 0, to be stored where its slot was."""
    if timer:
        timer_take(r, timer)
        pool_give(&r.timer_pool, r.timers, sizeof(Node), timer)
    return 0


cdef void contact_timer(Router* r, uint32_t contact) noexcept nogil:
    """Arm the contact's one timer for the first thing that is due, or take it away."""
    cdef ContactRec* c = &r.contacts[contact]
    cdef int64_t due = NEVER, d
    cdef uint64_t kind = 0
    cdef uint32_t hold, visit, i
    cdef Visit* v
    cdef QueueRec* q
    cdef StepList* s
    if c.held_until:
        due = max(c.held_until, r.now)
        kind = TIMER_HOLD
    hold = c.holds
    while hold:
        d = max(r.holds[hold].until, r.now)
        if d < due:
            due = d
            kind = TIMER_HOLD
        hold = r.holds[hold].next
    if c.prefer_until:
        d = max(c.prefer_until, r.now)
        if d < due:
            due = d
            kind = TIMER_HOLD
    if c.state == CONTACT_WAITING or c.grouped:
        visit = c.visits
        while visit:
            v = &r.visits[visit]
            q = &r.queues[v.queue]
            s = &r.steps[v.steps]
            if v.seen < s.n:
                d = max(v.enqueued + s.afters[v.seen], r.now)
                if d < due or (d == due and kind > TIMER_STEP):
                    due = d
                    kind = TIMER_STEP
            for i in range(q.n_reserves):
                if not (v.spills >> i) & 1:
                    d = max(v.enqueued + q.reserves[i].after, r.now)
                    if d < due or (d == due and kind > TIMER_STEP):
                        due = d
                        kind = TIMER_STEP
            if q.no_agent.on and q.unstaffed_since >= 0:
                d = max(graced(r, max(v.entered, q.unstaffed_since) + q.no_agent.amount), r.now)
                if d < due or (d == due and kind > TIMER_NO_AGENT):
                    due = d
                    kind = TIMER_NO_AGENT
            if q.max_wait.on:
                d = max(graced(r, v.entered + q.max_wait.amount), r.now)
                if d < due or (d == due and kind > TIMER_MAX_WAIT):
                    due = d
                    kind = TIMER_MAX_WAIT
            if q.drain_after and c.drained == 0 and c.n_ringing == 0:
                d = max(max(v.entered + q.drain_after, c.drain_at), r.now)
                if d < due:
                    due = d
                    kind = TIMER_DRAIN
            visit = v.next
    if kind == 0:
        c.timer = timer_drop(r, c.timer)
    else:
        c.timer = timer_arm(r, c.timer, due, kind, c.number, contact)


cdef void timer_fire(Router* r, uint32_t timer) noexcept nogil:
    """Do what is due. The timer is still set; whoever owns it takes it away or sets it anew."""
    cdef uint32_t owner = r.timers[timer].owner
    cdef uint32_t kind = <uint32_t>(r.timers[timer].seq >> 56)
    if kind == TIMER_WRAP_UP:
        wrap_up_end(r, owner)
    elif kind == TIMER_RETRY:
        r.agents[owner].timer = timer_drop(r, timer)
        agent_leave(r, owner)
        r.agents[owner].retry_until = 0
        agent_refresh(r, owner)
    elif kind == TIMER_HOLD:
        contact_holds_end(r, owner)
    elif kind == TIMER_STEP:
        contact_steps(r, owner)
    elif kind == TIMER_RING:
        offer_over(r, owner)
    elif kind == TIMER_NO_AGENT:
        contact_overdue(r, owner, False)
    elif kind == TIMER_MAX_WAIT:
        contact_overdue(r, owner, True)
    elif kind == TIMER_PANE:
        queue_tick(r, owner)
    elif kind == TIMER_BATCH:
        r.batch_timer = timer_drop(r, timer)
        r.batch_due = 1
    elif kind == TIMER_DRAIN:
        contact_drain(r, owner)
    elif kind == TIMER_RESUME:
        pause_end(r)
    elif kind == TIMER_ATTEMPT:
        attempt_lose(r, owner)
    else:
        r.segments[owner].timer = timer_drop(r, timer)
        emit(r, EV_HANDLING_TIME_EXCEEDED, r.segments[owner].agent, r.segments[owner].contact, 0, 0, 0, 0)


cdef inline bint is_unsettled(const Router* r) noexcept nogil:
    """Is there anything that matching has to look at?"""
    return r.n_dirty_agents or r.n_dirty_contacts or r.match_all or r.batch_due or r.n_draining or r.n_touched


cdef int advance_to(Router* r, int64_t at) noexcept nogil:
    """Fire all timers due up to ``at``, each at its own time and followed by matching.

    0: done; 1: stopped for Core to clear away a removed agent; -1: out of memory.
    """
    cdef uint32_t timer
    while True:
        if r.paused:
            return 1
        if reserve_command(r) < 0:
            return -1
        if is_unsettled(r):
            if settle(r) < 0 or r.failed & BROKEN:
                return -1
        timer = timer_first(r)
        if timer == 0 or r.timers[timer].major > at:
            break
        if r.timers[timer].seq >> 56 == TIMER_PANE and drain_room(r, r.timers[timer].owner) < 0:
            return -1
        r.now = r.timers[timer].major
        timer_fire(r, timer)
        if r.failed & BROKEN:
            return -1
    r.now = at
    return 0
