# Offers: a contact rings at one agent, or at several at once, until one has it.


cdef void segment_unring(Router* r, uint32_t slot) noexcept nogil:
    """The contact lets go of a ringing segment."""
    cdef ContactRec* c = &r.contacts[r.segments[slot].contact]
    cdef uint32_t at = c.segment
    if at == slot:
        c.segment = r.segments[slot].sibling
    else:
        while r.segments[at].sibling != slot:
            at = r.segments[at].sibling
        r.segments[at].sibling = r.segments[slot].sibling
    c.n_ringing -= 1


cdef void offer_make(Router* r, uint32_t contact, uint32_t agent) noexcept nogil:
    """Let the contact ring at the agent, too."""
    cdef ContactRec* c = &r.contacts[contact]
    cdef AgentType* t = &r.types[r.agents[agent].type]
    cdef uint32_t visit = c.visits, through = 0, slot
    cdef Visit* v
    cdef Route route
    cdef QueueRec* q
    cdef QueueRec* lead = &r.queues[r.visits[c.lead].queue]
    cdef Segment* s
    if r.offers + 1 == r.watched_offer:
        offer_seen(r, contact, agent)
    if r.visits[visit].next == 0:
        through = visit
    else:
        while visit:
            v = &r.visits[visit]
            route.queue = v.queue
            route.expr = r.steps[v.steps].exprs[v.step]
            route.spills = v.spills
            if route_fits(r, t, &route) and (through == 0 or visit_less(r, v, &r.visits[through])):
                through = visit
            visit = v.next
        if through == 0:
            through = c.lead       # preferred directly
    lead_matched(r, c, agent)
    contact_unplace(r, contact)
    agent_leave(r, agent)
    slot = segment_open(r, agent, contact, r.visits[through].queue)
    s = &r.segments[slot]
    q = &r.queues[s.queue]
    if c.n_ringing == 1:
        c.state = CONTACT_OFFERED
        c.grouped = lead.strategy >= RING_ALL
        c.ring_until = r.now + q.ring_timeout if q.ring_timeout else 0
    s.until = c.ring_until
    if s.until:
        s.timer = timer_arm(r, 0, s.until, TIMER_RING, s.offer, slot)
    agent_refresh(r, agent)
    if c.timer:
        contact_timer(r, contact)
    emit(r, EV_CONTACT_OFFERED, agent, contact, s.queue, 0, <int64_t>s.offer, s.until)
    if c.drained:
        reservation_end(r, contact)
    if q.auto_answer:
        offer_accept(r, slot)
    elif c.grouped:
        contact_place(r, contact)


cdef void contact_find(Router* r, const ContactRec* c) noexcept nogil:
    """Find the steps and spills of all visits anew."""
    cdef uint32_t visit = c.visits
    while visit:
        visit_find(r, &r.visits[visit])
        visit = r.visits[visit].next


cdef void contact_back(Router* r, uint32_t contact) noexcept nogil:
    """An offer or a visit of the contact is over: when nothing rings any more it waits again, its steps found anew."""
    cdef ContactRec* c = &r.contacts[contact]
    if c.n_ringing:
        contact_unplace(r, contact)
        if c.grouped:
            contact_place(r, contact)
            contact_timer(r, contact)
        return
    contact_find(r, c)
    contact_unplace(r, contact)
    contact_wait(r, contact)


cdef void offer_free(Router* r, uint32_t slot) noexcept nogil:
    """The offer is off; what becomes of the contact is the caller's business."""
    cdef uint32_t agent = r.segments[slot].agent
    segment_unring(r, slot)
    agent_leave(r, agent)
    segment_close(r, slot)
    if r.agents[agent].leaving and r.agents[agent].n_segments == 0:
        agent_gone(r, agent)
    else:
        agent_refresh(r, agent)


cdef void offer_undo(Router* r, uint32_t slot) noexcept nogil:
    """The offer is off: the agent is released, and the contact waits at its old place if nothing else rings."""
    cdef uint32_t contact = r.segments[slot].contact
    offer_free(r, slot)
    contact_back(r, contact)


cdef inline void offer_withdrawn(Router* r, const Segment* s, uint32_t cause) noexcept nogil:
    emit(r, EV_OFFER_WITHDRAWN, s.agent, s.contact, s.queue, cause, <int64_t>s.offer, 0)


cdef void offer_withdraw(Router* r, uint32_t slot, uint32_t cause) noexcept nogil:
    offer_withdrawn(r, &r.segments[slot], cause)
    offer_undo(r, slot)


cdef void contact_let_go(Router* r, uint32_t contact, uint32_t queue, uint32_t cause) noexcept nogil:
    """Take back what rings for the contact (through this queue; 0: all of it). The contact goes elsewhere."""
    cdef uint32_t slot, after
    if r.contacts[contact].n_ringing == 0:
        return
    slot = r.contacts[contact].segment
    while slot:
        after = r.segments[slot].sibling
        if queue == 0 or r.segments[slot].queue == queue:
            if reserve(r) < 0:
                r.failed |= BROKEN
                return
            offer_withdrawn(r, &r.segments[slot], cause)
            offer_free(r, slot)
        slot = after
    if r.contacts[contact].n_ringing == 0:
        r.contacts[contact].grouped = 0
        r.contacts[contact].state = CONTACT_WAITING
        contact_find(r, &r.contacts[contact])


cdef void offer_accept(Router* r, uint32_t slot) noexcept nogil:
    cdef Segment* s = &r.segments[slot]
    cdef uint32_t contact = s.contact, other, after
    cdef AgentRec* a = &r.agents[s.agent]
    cdef ContactRec* c = &r.contacts[contact]
    cdef QueueRec* q = &r.queues[s.queue]
    cdef uint32_t visit = visit_in(r, contact, s.queue)
    cdef int64_t wait
    # A queue may be taken from a ringing contact only together with its offers, so the visit is there.
    wait = r.now - r.visits[visit].entered
    emit(r, EV_OFFER_ACCEPTED, s.agent, contact, s.queue, 0, <int64_t>s.offer, wait)
    if q.level != NULL:
        level_count(r, q, 1)
        if wait <= q.target:
            level_count(r, q, 0)
    contact_unplace(r, contact)
    while c.visits:
        visit_close(r, c.visits)
    c.state = CONTACT_HANDLING
    c.answered_in = s.queue
    c.grouped = 0
    segment_unring(r, slot)
    other = c.segment
    c.segment = slot
    c.n_ringing = 0
    s.sibling = 0
    if c.timer:
        contact_timer(r, contact)
    s.timer = timer_drop(r, s.timer)
    s.accepted = 1
    s.until = 0
    s.since = r.now
    if q.max_handling:
        s.timer = timer_arm(r, 0, graced(r, r.now + q.max_handling), TIMER_HANDLING, s.offer, slot)
    if a.cell and (r.order_by[BY_HANDLED] or r.order_by[BY_OCCUPANCY]):
        agent_leave(r, s.agent)
        agent_accepted(r, a, s)
        agent_refresh(r, s.agent)
    else:
        agent_accepted(r, a, s)
    while other:
        after = r.segments[other].sibling
        if reserve(r) < 0:
            r.failed |= BROKEN
            return
        offer_withdrawn(r, &r.segments[other], CAUSE_ANSWERED_ELSEWHERE)
        c = &r.contacts[contact]
        c.n_ringing = 1            # so that it lets go of this one
        c.segment = other
        r.segments[other].sibling = 0
        offer_free(r, other)
        r.contacts[contact].segment = slot
        other = after


cdef void offer_adopt(Router* r, uint32_t contact, uint32_t agent) noexcept nogil:
    """The agent, who has room, talks to the contact, which waits, already: offered and accepted at once."""
    cdef ContactRec* c = &r.contacts[contact]
    cdef uint32_t slot
    cdef Segment* s
    if r.offers + 1 == r.watched_offer:
        offer_seen(r, contact, agent)
    contact_unplace(r, contact)
    agent_leave(r, agent)
    slot = segment_open(r, agent, contact, r.visits[c.lead].queue)
    s = &r.segments[slot]
    c.state = CONTACT_OFFERED
    c.ring_until = 0
    agent_refresh(r, agent)
    emit(r, EV_CONTACT_OFFERED, agent, contact, s.queue, 0, <int64_t>s.offer, 0)
    if c.drained:
        reservation_end(r, contact)
    offer_accept(r, slot)


cdef void contact_hold(Router* r, uint32_t contact) noexcept nogil:
    """The agent puts the contact, which is in hand, on hold."""
    cdef Segment* s = &r.segments[r.contacts[contact].segment]
    s.on_hold = 1
    s.held_since = r.now
    emit(r, EV_CONTACT_HELD, s.agent, contact, 0, 0, 0, 0)


cdef void contact_retrieve(Router* r, uint32_t contact) noexcept nogil:
    """The contact, which is in hand, is on hold no longer; nothing if it was not."""
    cdef Segment* s = &r.segments[r.contacts[contact].segment]
    if s.on_hold:
        s.on_hold = 0
        emit(r, EV_CONTACT_RETRIEVED, s.agent, contact, 0, 0, r.now - s.held_since, 0)
        s.held_since = 0


cdef void contact_put_in_hand(Router* r, uint32_t contact, uint32_t agent, uint32_t queue) noexcept nogil:
    """The agent, whom the caller takes out of and puts into a cell, has the contact in hand from now on."""
    cdef ContactRec* c = &r.contacts[contact]
    cdef AgentRec* a = &r.agents[agent]
    cdef Segment* s
    cdef uint32_t slot
    if r.order_by[BY_OCCUPANCY]:
        diary_write(r, agent)
        a.occupancy = diary_occupancy(r, agent)
    c.segment = 0
    slot = segment_open(r, agent, contact, queue)
    s = &r.segments[slot]
    c.n_ringing = 0
    c.state = CONTACT_HANDLING
    c.answered_in = queue
    a.ringing -= 1
    s.state = SEGMENT_HANDLING
    s.accepted = 1
    s.since = r.now
    if r.queues[queue].max_handling and r.queues[queue].exists:
        s.timer = timer_arm(r, 0, graced(r, r.now + r.queues[queue].max_handling), TIMER_HANDLING, s.offer, slot)


cdef void contact_placed(Router* r, uint32_t contact, uint32_t agent, uint32_t queue) noexcept nogil:
    """The agent, who has room, placed this new contact."""
    cdef ContactRec* c = &r.contacts[contact]
    agent_leave(r, agent)
    contact_put_in_hand(r, contact, agent, queue)
    emit(r, EV_CONTACT_PLACED, agent, contact, queue, c.direction, r.shapes[c.shape].channel, 0)
    agent_refresh(r, agent)


cdef void offer_reject(Router* r, uint32_t slot) noexcept nogil:
    cdef Segment* s = &r.segments[slot]
    emit(r, EV_OFFER_REJECTED, s.agent, s.contact, s.queue, 0, <int64_t>s.offer, 0)
    hold_add(r, s.contact, s.agent, r.queues[s.queue].exclusion)
    offer_undo(r, slot)


cdef void offer_take_back(Router* r, uint32_t slot) noexcept nogil:
    cdef Segment* s = &r.segments[slot]
    hold_add(r, s.contact, s.agent, r.queues[s.queue].exclusion)
    offer_withdraw(r, slot, CAUSE_WITHDRAWN)


cdef void contact_take_back(Router* r, uint32_t contact) noexcept nogil:
    """Withdraw everything that rings for the contact."""
    while r.contacts[contact].n_ringing:
        if reserve(r) < 0:
            r.failed |= BROKEN
            return
        offer_take_back(r, r.contacts[contact].segment)


cdef void offer_missed(Router* r, uint32_t slot) noexcept nogil:
    cdef Segment* s = &r.segments[slot]
    cdef uint32_t agent = s.agent
    cdef AgentRec* a = &r.agents[agent]
    cdef uint32_t limit = r.queues[s.queue].misses_to_not_ready
    a.misses += 1
    emit(r, EV_OFFER_MISSED, agent, s.contact, s.queue, 0, <int64_t>s.offer, a.misses)
    hold_add(r, s.contact, agent, r.queues[s.queue].exclusion)
    offer_undo(r, slot)
    if limit and a.misses >= limit and a.ready:
        agent_leave(r, agent)
        a.ready = 0
        emit(r, EV_AGENT_NOT_READY, agent, 0, 0, 1, 0, 0)
        not_ready_limit(r, agent, r.missed_limit)
        if agent_withdraw(r, agent, CAUSE_AGENT_NOT_READY) < 0:
            r.failed |= BROKEN


cdef void offer_over(Router* r, uint32_t slot) noexcept nogil:
    """The ring time-out of an offer or, for a group, of all its offers."""
    cdef uint32_t contact = r.segments[slot].contact
    cdef bint misses
    if not r.contacts[contact].grouped:
        offer_missed(r, slot)
        return
    misses = r.queues[r.segments[r.contacts[contact].segment].queue].group_misses
    while r.contacts[contact].n_ringing:
        if reserve(r) < 0:
            r.failed |= BROKEN
            return
        if misses:
            offer_missed(r, r.contacts[contact].segment)
        else:
            offer_withdraw(r, r.contacts[contact].segment, CAUSE_TIMED_OUT)


cdef void offer_unanswered(Router* r, uint32_t slot) noexcept nogil:
    """The front-end lets it ring no longer: the ring time-out of this offer alone."""
    if r.contacts[r.segments[slot].contact].grouped and not r.queues[r.segments[slot].queue].group_misses:
        offer_withdraw(r, slot, CAUSE_TIMED_OUT)
    else:
        offer_missed(r, slot)


cdef void offer_fail(Router* r, uint32_t slot, uint32_t cause) noexcept nogil:
    cdef Segment* s = &r.segments[slot]
    cdef uint32_t agent = s.agent
    cdef AgentRec* a = &r.agents[agent]
    cdef ContactRec* c = &r.contacts[s.contact]
    cdef int64_t until = r.now + r.queues[s.queue].retry_delay
    emit(r, EV_OFFER_FAILED, agent, s.contact, s.queue, cause, <int64_t>s.offer, 0)
    if until > r.now:
        if cause == CAUSE_TRUNK_ERROR:
            c.held_until = max(c.held_until, until)
        elif until > a.retry_until:
            agent_leave(r, agent)
            a.retry_until = until
            a.timer = timer_arm(r, a.timer, until, TIMER_RETRY, a.number, agent)
    offer_undo(r, slot)
