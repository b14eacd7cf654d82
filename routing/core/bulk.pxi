# Changes that touch many at once: closing, removing and editing queues, logging out, re-queuing, new types and shapes.


cdef struct Standing:      # a contact and its standing key, to be sorted
    int64_t tier
    int64_t rank
    int64_t enqueued
    uint64_t seq
    uint32_t contact


cdef int standing_order(const void* a, const void* b) noexcept nogil:
    cdef const Standing* x = <const Standing*>a
    cdef const Standing* y = <const Standing*>b
    if x.tier != y.tier:
        return -1 if x.tier < y.tier else 1
    if x.rank != y.rank:
        return -1 if x.rank < y.rank else 1
    if x.enqueued != y.enqueued:
        return -1 if x.enqueued < y.enqueued else 1
    return -1 if x.seq < y.seq else 1


cdef int drain_room(Router* r, uint32_t queue) noexcept nogil:
    """Room for the next `queue_drain` of the queue; -1 when memory is out."""
    if r.queues[queue].n_visits > r.standings_cap:
        if grow(&r.standings, r.standings_cap, r.queues[queue].n_visits, sizeof(Standing)) < 0:
            return -1
        r.standings_cap = r.queues[queue].n_visits
    return 0


cdef void drain_done(Router* r) noexcept nogil:
    free(r.standings)
    r.standings = NULL
    r.standings_cap = 0


cdef Standing* queue_standing(Router* r, uint32_t queue, uint32_t* found) noexcept nogil:
    """The contacts with a visit in the queue, in the order of their keys, until `drain_done`; NULL without memory."""
    cdef Standing* all
    cdef uint32_t n = 0, visit = r.queues[queue].visits, v, best, contact
    found[0] = r.queues[queue].n_visits
    if drain_room(r, queue) < 0:
        return NULL
    all = <Standing*>r.standings
    while visit:
        contact = r.visits[visit].contact
        best = r.contacts[contact].visits
        v = r.visits[best].next
        while v:
            if visit_less(r, &r.visits[v], &r.visits[best]):
                best = v
            v = r.visits[v].next
        all[n].tier = EXPEDITED if r.contacts[contact].expedited else r.queues[r.visits[best].queue].tier
        all[n].rank = r.visits[best].rank
        all[n].enqueued = r.visits[best].enqueued
        all[n].seq = r.visits[best].seq
        all[n].contact = contact
        n += 1
        visit = r.visits[visit].after
    if n:
        qsort(all, n, sizeof(Standing), standing_order)
    return all


cdef int queue_drain(Router* r, uint32_t queue, const Action* action, uint32_t withdraw, uint32_t cause) noexcept nogil:
    """Let every contact that waits in the queue, or rings from it, overflow; -1 when memory is out."""
    cdef Standing* all
    cdef uint32_t n = 0, i, contact
    if r.queues[queue].n_visits == 0:
        return 0
    all = queue_standing(r, queue, &n)
    if all == NULL:
        return -1
    for i in range(n):
        contact = all[i].contact
        if reserve(r) < 0:
            drain_done(r)
            return -1
        contact_let_go(r, contact, queue, withdraw)
        contact_unplace(r, contact)
        visit_give_up(r, visit_in(r, contact, queue), action, cause)
        if r.contacts[contact].n_ringing == 0 or r.contacts[contact].grouped:
            contact_wait(r, contact)
    drain_done(r)
    return 0


cdef int queue_rework(Router* r, uint32_t queue, bint edited) noexcept nogil:
    """Place the contacts of the queue anew; if it was edited: with their keys and steps anew. Their clocks go on."""
    cdef QueueRec* q = &r.queues[queue]
    cdef uint32_t visit = q.visits, contact
    cdef Visit* v
    while visit:
        if reserve(r) < 0:
            return -1
        v = &r.visits[visit]
        contact = v.contact
        if edited and r.contacts[contact].steps == 0 and v.steps != q.steps:
            q.conditional -= r.steps[v.steps].conditional != 0
            r.steps[q.steps].refs += 1
            steps_release(r, v.steps)
            v.steps = q.steps
            q.conditional += r.steps[v.steps].conditional != 0
        if edited:
            v.step = 0
            v.seen = 0
            v.spills = 0
            visit_find(r, v)
            v.rank = rank_of(q, &r.contacts[contact], v)
        if r.contacts[contact].state == CONTACT_WAITING or r.contacts[contact].grouped:
            contact_unplace(r, contact)
            contact_wait(r, contact)
        visit = r.visits[visit].after
    queue_tick_look(r, queue)
    r.match_all = 1
    return 0


cdef int agent_log_out(Router* r, uint32_t agent, bint remove) noexcept nogil:
    """Log out or remove: at once when nothing is in hand, else as soon as that is done."""
    cdef AgentRec* a = &r.agents[agent]
    agent_leave(r, agent)
    if a.leaving == STAYING:
        staff_change(r, agent, -1)
    a.leaving = REMOVING if remove else LOGGING_OUT
    not_ready_limit(r, agent, 0)
    if a.n_segments > a.ringing:
        emit(r, EV_LOG_OUT_PENDING, agent, 0, 0, 0, 0, 0)
    else:
        agent_gone(r, agent)
    return agent_withdraw(r, agent, CAUSE_AGENT_LOGGED_OUT)


cdef int agent_drop(Router* r, uint32_t agent) noexcept nogil:
    """Log out by force: whatever the agent has, in order of offers, goes back, or is over; -1 when memory is out."""
    cdef AgentRec* a = &r.agents[agent]
    cdef uint32_t slot = a.segments, contact, queue
    cdef bint pending = a.leaving != STAYING
    agent_leave(r, agent)
    if a.leaving == STAYING:
        staff_change(r, agent, -1)
        a.leaving = LOGGING_OUT
    not_ready_limit(r, agent, 0)
    a.dropping = 1
    if a.n_segments > a.ringing and not pending:
        emit(r, EV_LOG_OUT_PENDING, agent, 0, 0, 0, 0, 0)
    if a.n_segments == 0:
        agent_gone(r, agent)
        return 0
    while slot:
        if reserve(r) < 0:
            return -1
        contact = r.segments[slot].contact
        queue = r.segments[slot].queue
        if r.segments[slot].state == SEGMENT_RINGING:
            offer_withdraw(r, slot, CAUSE_AGENT_LOGGED_OUT)
        elif r.segments[slot].state == SEGMENT_WRAP_UP:
            wrap_up_end(r, slot)
        elif r.contacts[contact].direction == INTERNAL and r.contacts[contact].parent == 0:
            contact_complete(r, contact, ENDED_CANCELLED)
        else:
            r.contacts[contact].target = TO_DISCONNECT     # where it goes when the queue is gone
            contact_requeue(r, contact, &queue, r.queues[queue].exists, True, r.queues[queue].id_hash)
        # The end of a contact may have ended others that the agent had, so that what came after may be gone, too.
        slot = a.segments if a.dropping else 0
    return 0


cdef void contact_requeue(Router* r, uint32_t contact, uint32_t* queues, uint32_t n, bint keep_age,
                          uint64_t queues_hash) noexcept nogil:
    """Wait again in these queues, from wherever the contact is."""
    cdef ContactRec* c = &r.contacts[contact]
    cdef uint32_t slot = c.segment, agent = 0, i
    cdef EventRec* ev
    cdef bint in_hand = c.state == CONTACT_HANDLING
    contact_let_go(r, contact, 0, CAUSE_REQUEUED)
    if in_hand:
        legs_end(r, contact)
        contact_retrieve(r, contact)
        agent = r.segments[slot].agent
    c = &r.contacts[contact]       # more memory may be elsewhere
    c.joined = 0
    ev = emit(r, EV_CONTACT_REQUEUED, agent, contact, 0, keep_age, <int64_t>queues_hash, 0)
    if agent and r.agents[agent].dropping and n:
        ev.to = queues[0]
    c.segment = 0
    c.state = CONTACT_WAITING
    if in_hand:
        handling_end(r, slot)
    if c.parent:
        legs_dirty(r, c.parent)
    contact_unplace(r, contact)
    while c.visits:
        visit_close(r, c.visits)
    if not keep_age:
        r.seqs += 1
        c.seq = r.seqs
        c.enqueued = r.now
    c.hops = 0
    for i in range(n):
        if visit_in(r, contact, queues[i]) == 0:
            contact_enter(r, contact, queues[i], c.enqueued, c.seq)
    contact_wait(r, contact)


cdef void agents_remask(Router* r) noexcept nogil:
    """The shapes changed: every available agent may belong in another cell."""
    cdef uint32_t agent
    r.match_all = 1
    for agent in range(1, r.agent_pool.used):
        if r.agents[agent].exists:
            agent_leave(r, agent)
            if reserve(r) < 0:
                r.failed |= BROKEN
                return
            agent_refresh(r, agent)


cdef int order_fill(Router* r, uint32_t order, const uint32_t* agents, uint32_t n) noexcept nogil:
    """Give an order set its agents; positions inside the agents' records are the caller's business."""
    cdef OrderSet* o = &r.orders[order]
    cdef uint32_t i
    cdef uint32_t* own = <uint32_t*>take(max(n, 1) * sizeof(uint32_t))
    if own == NULL or bits_grow(&o.available, n + 1) < 0:
        free(own)
        return -1
    if n:
        memcpy(own, agents, n * sizeof(uint32_t))
    free(o.agents)
    o.agents = own
    o.n = n
    memset(o.available.words, 0, o.available.n_words * 8)
    memset(o.available.summary, 0, (o.available.n_words + 63) // 64 * 8)
    for i in range(n):
        if r.agents[own[i]].cell:
            bits_set(&o.available, i)
    return 0
