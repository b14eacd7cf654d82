# Agents: availability, segments, wrap-up, leaving. Each state change costs O(queues of the agent).


cdef inline void agent_dirty(Router* r, uint32_t agent) noexcept nogil:
    r.batch_touched = 1
    if r.match_all or r.agents[agent].dirty:
        return
    if r.n_dirty_agents >= FEW:
        r.match_all = 1
        return
    r.agents[agent].dirty = 1
    r.dirty_agents[r.n_dirty_agents] = agent
    r.n_dirty_agents += 1


cdef inline bint is_staff(const AgentRec* a) noexcept nogil:
    """Does the agent count as a logged-in member of its queues?"""
    return a.exists != 0 and a.logged_in != 0 and a.leaving == STAYING


cdef inline void agent_expect(Router* r, uint32_t agent, uint32_t cell) noexcept nogil:
    """Fetch what giving the agent a contact will touch: in a large centre it has not been in the cache for long."""
    prefetch(&r.agents[agent])
    prefetch(<const char*>&r.agents[agent] + 64)
    prefetch(<const char*>&r.agents[agent] + 128)
    prefetch(&r.idle_nodes[agent])
    prefetch(&r.cells[cell])
    prefetch(&r.types[r.cells[cell].type])
    prefetch(r.agents[agent].id)


cdef inline void cell_head_note(Router* r, uint32_t cell) noexcept nogil:
    """Keep at hand since when the longest idle agent of a cell has been so."""
    cdef uint32_t agent = r.cells[cell].idle.first
    r.cell_heads[cell].stamp = r.idle_nodes[agent].seq
    r.cell_heads[cell].since = r.agents[agent].idle_since


cdef void agent_leave(Router* r, uint32_t agent) noexcept nogil:
    """Take the agent out of its cell; called before anything that its place depends on changes."""
    cdef AgentRec* a = &r.agents[agent]
    cdef uint32_t cell = a.cell
    cdef Cell* k
    if a.counted:
        agent_count(r, a, False)
    if cell == 0:
        return
    k = &r.cells[cell]
    tree_remove(&k.idle, r.idle_nodes, agent)
    if k.idle.count == 0:
        bits_clear(&r.ready, cell)
        r.n_ready_cells -= 1
    else:
        cell_head_note(r, cell)
    if r.order_by[BY_HANDLED]:
        ranking_leave(r, k, BY_HANDLED, agent)
    if r.order_by[BY_OCCUPANCY]:
        ranking_leave(r, k, BY_OCCUPANCY, agent)
    if r.order_scan:
        lineup_remove(r, agent)
    if a.n_orders:
        agent_show(r, a, False)
    if r.order_all:
        bits_clear(&r.orders[1].available, a.place)
    a.cell = 0


cdef void ranking_join(Router* r, Cell* k, int ranking, uint32_t agent, int64_t number) noexcept nogil:
    """Put an agent where its number, and among equal ones its idle time, places it."""
    cdef Node* n = &r.ranked_nodes[ranking][agent]
    n.major = number
    n.minor = 0
    n.seq = r.agents[agent].stamp
    tree_insert(&k.ranked[ranking], r.ranked_nodes[ranking], agent)
    r.ranked_all_nodes[ranking][agent] = n[0]
    tree_insert(&r.ranked_all[ranking], r.ranked_all_nodes[ranking], agent)


cdef void ranking_leave(Router* r, Cell* k, int ranking, uint32_t agent) noexcept nogil:
    tree_remove(&k.ranked[ranking], r.ranked_nodes[ranking], agent)
    tree_remove(&r.ranked_all[ranking], r.ranked_all_nodes[ranking], agent)


cdef void agent_show(Router* r, const AgentRec* a, bint available) noexcept nogil:
    """Tell the ordered queues of the agent whether it is available."""
    cdef uint32_t i
    for i in range(a.n_orders):
        if available:
            bits_set(&r.orders[a.orders[2 * i]].available, a.orders[2 * i + 1])
        else:
            bits_clear(&r.orders[a.orders[2 * i]].available, a.orders[2 * i + 1])


cdef void agent_refresh(Router* r, uint32_t agent) noexcept nogil:
    """Put the agent, which is in no cell, into the one that fits its state; it may have become a candidate."""
    cdef AgentRec* a = &r.agents[agent]
    cdef uint64_t mask
    cdef uint32_t cell
    cdef Cell* k
    if not is_available(a):
        return
    if a.n_segments == 0 and r.types[a.type].n_watches:
        agent_count(r, a, True)
    if a.reserved:
        if has_room(r, a, &r.shapes[r.contacts[a.reserved].shape]):
            contact_dirty(r, a.reserved)
        return
    mask = room_mask(r, a)
    if mask == 0:
        return
    cell = cell_of(r, a.type, mask)
    k = &r.cells[cell]
    a.cell = cell
    r.idle_nodes[agent].major = 0
    r.idle_nodes[agent].minor = 0
    r.idle_nodes[agent].seq = a.stamp
    if k.idle.count == 0:
        bits_set(&r.ready, cell)
        r.n_ready_cells += 1
    tree_insert(&k.idle, r.idle_nodes, agent)
    cell_head_note(r, cell)
    if r.order_by[BY_HANDLED]:
        ranking_join(r, k, BY_HANDLED, agent, a.handled)
    if r.order_by[BY_OCCUPANCY]:
        ranking_join(r, k, BY_OCCUPANCY, agent, a.occupancy)
    if r.order_scan:
        lineup_add(r, agent, cell)
    if a.n_orders:
        agent_show(r, a, True)
    if r.order_all:
        bits_set(&r.orders[1].available, a.place)
    agent_dirty(r, agent)


cdef inline void agent_restamp(Router* r, AgentRec* a) noexcept nogil:
    """Idle time starts now; the agent is in no cell."""
    r.stamps += 1
    a.stamp = r.stamps
    a.idle_since = r.now


cdef uint32_t segment_open(Router* r, uint32_t agent, uint32_t contact, uint32_t queue) noexcept nogil:
    """Reserve the agent for the contact; the agent is in no cell."""
    cdef AgentRec* a = &r.agents[agent]
    cdef ContactRec* c = &r.contacts[contact]
    cdef uint32_t slot = pool_take(&r.segment_pool, r.segments, sizeof(Segment))
    cdef Segment* s = &r.segments[slot]
    cdef uint32_t last
    r.offers += 1
    s.agent = agent
    s.contact = contact
    s.queue = queue
    s.channel = r.shapes[c.shape].channel
    s.load = r.shapes[c.shape].load
    s.state = SEGMENT_RINGING
    s.offer = r.offers
    s.before = a.last_segment
    if a.last_segment:
        r.segments[a.last_segment].next = slot
    else:
        a.segments = slot
    a.last_segment = slot
    a.n_segments += 1
    a.ringing += 1
    a.used[s.channel] += 1
    a.load += s.load
    if c.segment == 0:
        c.segment = slot
    else:
        last = c.segment
        while r.segments[last].sibling:
            last = r.segments[last].sibling
        r.segments[last].sibling = slot
    c.n_ringing += 1
    c.segments += 1
    r.queues[queue].refs += 1
    return slot


cdef void segment_close(Router* r, uint32_t slot) noexcept nogil:
    """Release a reservation; the agent is in no cell, and the contact has let go of the segment."""
    cdef Segment* s = &r.segments[slot]
    cdef AgentRec* a = &r.agents[s.agent]
    cdef ContactRec* c = &r.contacts[s.contact]
    cdef uint32_t contact = s.contact
    s.timer = timer_drop(r, s.timer)
    if s.before:
        r.segments[s.before].next = s.next
    else:
        a.segments = s.next
    if s.next:
        r.segments[s.next].before = s.before
    else:
        a.last_segment = s.before
    a.n_segments -= 1
    if s.state == SEGMENT_RINGING:
        a.ringing -= 1
    a.used[s.channel] -= 1
    a.load -= s.load
    queue_unref(r, s.queue)
    c.segments -= 1
    if c.state == CONTACT_ENDED and c.segments == 0:
        pool_give(&r.contact_pool, r.contacts, sizeof(ContactRec), contact)
    pool_give(&r.segment_pool, r.segments, sizeof(Segment), slot)


cdef inline void agent_accepted(Router* r, AgentRec* a, Segment* s) noexcept nogil:
    """The agent took what rang; it is in no cell, or no order but that of idle times is kept."""
    if r.order_by[BY_OCCUPANCY]:
        diary_write(r, s.agent)
        a.occupancy = diary_occupancy(r, s.agent)
    s.state = SEGMENT_HANDLING
    a.ringing -= 1
    a.misses = 0
    a.handled += 1


cdef void segment_finish(Router* r, uint32_t slot) noexcept nogil:
    """An accepted segment ends: idle time starts anew, and whoever is leaving may go."""
    cdef uint32_t agent = r.segments[slot].agent
    cdef AgentRec* a = &r.agents[agent]
    agent_leave(r, agent)
    if r.order_by[BY_OCCUPANCY]:
        diary_write(r, agent)
        a.occupancy = diary_occupancy(r, agent)
    segment_close(r, slot)
    agent_restamp(r, a)
    if a.leaving and a.n_segments == 0:
        agent_gone(r, agent)
    else:
        agent_refresh(r, agent)


cdef void agent_gone(Router* r, uint32_t agent) noexcept nogil:
    """The last work of a leaving agent is done."""
    cdef AgentRec* a = &r.agents[agent]
    cdef bint remove = a.leaving == REMOVING
    if r.order_by[BY_OCCUPANCY]:
        diary_write(r, agent)
    a.logged_in = 0
    a.leaving = STAYING
    a.ready = 0
    a.dropping = 0
    emit(r, EV_AGENT_LOGGED_OUT, agent, 0, 0, 0, 0, 0)
    if remove:
        agent_remove(r, agent)


cdef void agent_remove(Router* r, uint32_t agent) noexcept nogil:
    """A logged-out agent is gone; Core clears its record away."""
    cdef AgentRec* a = &r.agents[agent]
    emit(r, EV_AGENT_REMOVED, agent, 0, 0, 0, 0, 0)
    a.timer = timer_drop(r, a.timer)
    a.retry_until = 0
    a.exists = 0
    r.paused = 1


cdef inline bint lacks_disposition(const Router* r, const Segment* s) noexcept nogil:
    """Does the queue want a disposition that has not been made?"""
    return r.queues[s.queue].disposition_required and r.queues[s.queue].exists and not s.disposed


cdef void handling_end(Router* r, uint32_t slot) noexcept nogil:
    """The agent has let go of the contact: wrap-up, if the queue has one, else free."""
    cdef Segment* s = &r.segments[slot]
    cdef QueueRec* q = &r.queues[s.queue]
    s.timer = timer_drop(r, s.timer)
    if not q.exists or (q.wrap_up == 0 and not lacks_disposition(r, s)) or r.agents[s.agent].dropping:
        segment_finish(r, slot)
        return
    if r.interrupts:
        agent_leave(r, s.agent)
        s.state = SEGMENT_WRAP_UP
        agent_refresh(r, s.agent)
    s.state = SEGMENT_WRAP_UP
    s.until = 0
    if q.wrap_up > 0 and not lacks_disposition(r, s):
        s.until = graced(r, r.now + q.wrap_up)
        s.timer = timer_arm(r, 0, s.until, TIMER_WRAP_UP, s.offer, slot)
    emit(r, EV_WRAP_UP_STARTED, s.agent, s.contact, 0, 0, s.until, 0)


cdef void wrap_up_end(Router* r, uint32_t slot) noexcept nogil:
    """The agent is done with the contact, though not with earlier wrap-ups after it that lack their dispositions."""
    cdef uint32_t before = r.agents[r.segments[slot].agent].segments
    cdef int64_t older = 0
    while before != slot:
        if r.segments[before].contact == r.segments[slot].contact and r.segments[before].state == SEGMENT_WRAP_UP \
                and lacks_disposition(r, &r.segments[before]):
            older += 1
        before = r.segments[before].next
    emit(r, EV_WRAP_UP_ENDED, r.segments[slot].agent, r.segments[slot].contact, 0, 0, older, 0)
    segment_finish(r, slot)


cdef int agent_withdraw(Router* r, uint32_t agent, uint32_t cause) noexcept nogil:
    """Take back everything that rings at the agent, which is in no cell; -1 when memory is out."""
    cdef uint32_t slot = r.agents[agent].segments, after
    while slot:
        after = r.segments[slot].next
        if r.segments[slot].state == SEGMENT_RINGING:
            if reserve(r) < 0:
                return -1
            offer_withdraw(r, slot, cause)
        slot = after
    return 0


cdef void staff_change(Router* r, uint32_t agent, int change) noexcept nogil:
    """An agent counts as logged in (+1) or no longer (-1) in its queues."""
    cdef AgentType* t = &r.types[r.agents[agent].type]
    cdef uint32_t i, queue
    cdef uint32_t before = r.logged_in
    r.logged_in += change
    for i in range(t.n_queues):
        r.queues[t.queues[i]].logged_in += change
        queue_staffed(r, t.queues[i])
    for i in range(t.n_watches):
        r.watches[t.watches[i]].logged_in += change
    if before == 0 or r.logged_in == 0:
        for queue in range(1, r.queue_pool.used):
            if r.queues[queue].exists and not r.queues[queue].limited:
                queue_staffed(r, queue)


cdef void queue_staffed(Router* r, uint32_t queue) noexcept nogil:
    """Keep the instant since which no member of the queue is logged in (-1: somebody is)."""
    cdef QueueRec* q = &r.queues[queue]
    cdef uint32_t visit
    cdef bint empty = (q.logged_in if q.limited else r.logged_in) == 0
    if empty == (q.unstaffed_since >= 0):
        return
    q.unstaffed_since = r.now if empty else -1
    if q.no_agent.on:
        visit = q.visits
        while visit:
            if reserve(r) < 0:
                r.failed |= BROKEN
                return
            contact_timer(r, r.visits[visit].contact)
            visit = r.visits[visit].after


cdef void not_ready_limit(Router* r, uint32_t agent, int64_t limit) noexcept nogil:
    """The agent may be not ready for so long from now on; 0: for ever."""
    cdef AgentRec* a = &r.agents[agent]
    if limit:
        a.limit_timer = timer_arm(r, a.limit_timer, graced(r, r.now + limit), TIMER_NOT_READY, a.number, agent)
    elif a.limit_timer:
        a.limit_timer = timer_drop(r, a.limit_timer)


cdef void not_ready_exceeded(Router* r, uint32_t agent) noexcept nogil:
    """The agent is not ready for too long: tell it and do what is configured."""
    r.agents[agent].limit_timer = timer_drop(r, r.agents[agent].limit_timer)
    emit(r, EV_NOT_READY_TIME_EXCEEDED, agent, 0, 0, 0, 0, 0)
    if r.after_not_ready == AFTER_READY:
        agent_set_ready(r, agent)
    elif r.after_not_ready == AFTER_LOG_OUT and agent_log_out(r, agent, False) < 0:
        r.failed |= BROKEN


cdef void agent_log_in(Router* r, uint32_t agent, bint ready, uint64_t reason, int64_t limit) noexcept nogil:
    cdef AgentRec* a = &r.agents[agent]
    a.logged_in = 1
    a.ready = ready
    a.device = DEVICE_AVAILABLE
    a.retry_until = 0
    a.timer = timer_drop(r, a.timer)
    a.handled = 0
    a.misses = 0
    if r.order_by[BY_OCCUPANCY]:
        diary_begin(r, agent)
    agent_restamp(r, a)
    emit(r, EV_AGENT_LOGGED_IN, agent, 0, 0, ready, <int64_t>reason, 0)
    if not ready:
        not_ready_limit(r, agent, limit)
    staff_change(r, agent, 1)
    agent_refresh(r, agent)


cdef void agent_set_ready(Router* r, uint32_t agent) noexcept nogil:
    cdef AgentRec* a = &r.agents[agent]
    agent_leave(r, agent)
    a.ready = 1
    a.misses = 0
    not_ready_limit(r, agent, 0)
    if r.idle_since_ready:
        agent_restamp(r, a)
    emit(r, EV_AGENT_READY, agent, 0, 0, 0, 0, 0)
    agent_refresh(r, agent)


cdef void agent_set_not_ready(Router* r, uint32_t agent, uint64_t reason, int64_t limit) noexcept nogil:
    agent_leave(r, agent)
    r.agents[agent].ready = 0
    emit(r, EV_AGENT_NOT_READY, agent, 0, 0, 0, <int64_t>reason, 0)
    not_ready_limit(r, agent, limit)
    if agent_withdraw(r, agent, CAUSE_AGENT_NOT_READY) < 0:
        r.failed |= BROKEN


cdef void agent_set_device(Router* r, uint32_t agent, uint32_t device) noexcept nogil:
    cdef AgentRec* a = &r.agents[agent]
    agent_leave(r, agent)
    a.device = <uint8_t>device
    emit(r, EV_DEVICE_REPORTED, agent, 0, 0, device, 0, 0)
    if device == DEVICE_AVAILABLE:
        a.retry_until = 0
        a.timer = timer_drop(r, a.timer)
    elif device == DEVICE_UNREACHABLE:
        if agent_withdraw(r, agent, CAUSE_DEVICE_UNREACHABLE) < 0:
            r.failed |= BROKEN
    agent_refresh(r, agent)


cdef void agent_reset(Router* r, uint32_t agent) noexcept nogil:
    agent_leave(r, agent)
    r.agents[agent].handled = 0
    agent_refresh(r, agent)
