# Contacts: visits, keys, waiting, holds, overflow, offers and ends.


cdef inline void contact_dirty(Router* r, uint32_t contact) noexcept nogil:
    if r.match_all or r.contacts[contact].dirty:
        return
    if r.n_dirty_contacts >= FEW:
        r.match_all = 1
        return
    r.contacts[contact].dirty = 1
    r.dirty_contacts[r.n_dirty_contacts] = contact
    r.n_dirty_contacts += 1


cdef inline void queue_unref(Router* r, uint32_t queue) noexcept nogil:
    r.queues[queue].refs -= 1


cdef inline int64_t credit_of(const QueueRec* q, int32_t priority) noexcept nogil:
    if q.n_credits == 0:
        return 0
    return q.credits[min(<uint32_t>priority, q.n_credits - 1)]


cdef inline int64_t rank_of(const QueueRec* q, const ContactRec* c, const Visit* v) noexcept nogil:
    if q.fifo:
        return v.enqueued
    return v.enqueued - c.credit - credit_of(q, c.priority)


cdef bint visit_less(Router* r, const Visit* a, const Visit* b) noexcept nogil:
    cdef int64_t ta = r.queues[a.queue].tier, tb = r.queues[b.queue].tier
    if ta != tb:
        return ta < tb
    if a.rank != b.rank:
        return a.rank < b.rank
    if a.enqueued != b.enqueued:
        return a.enqueued < b.enqueued
    return a.seq < b.seq


cdef void visit_step(Router* r, Visit* v) noexcept nogil:
    """Set the current step by age, without a word."""
    cdef StepList* s = &r.steps[v.steps]
    v.step = 0
    while v.step + 1 < s.n and v.enqueued + s.afters[v.step + 1] <= r.now:
        v.step += 1


cdef void visit_open(Router* r, uint32_t contact, uint32_t queue, int64_t enqueued, uint64_t seq) noexcept nogil:
    cdef ContactRec* c = &r.contacts[contact]
    cdef QueueRec* q = &r.queues[queue]
    cdef uint32_t slot = pool_take(&r.visit_pool, r.visits, sizeof(Visit))
    cdef Visit* v = &r.visits[slot]
    cdef uint32_t last
    v.contact = contact
    v.queue = queue
    v.enqueued = enqueued
    v.seq = seq
    v.entered = r.now
    v.steps = c.steps if c.steps else q.steps
    r.steps[v.steps].refs += 1
    v.rank = rank_of(q, c, v)
    visit_step(r, v)
    if c.visits == 0:
        c.visits = slot
    else:
        last = c.visits
        while r.visits[last].next:
            last = r.visits[last].next
        r.visits[last].next = slot
    v.after = q.visits
    if q.visits:
        r.visits[q.visits].before = slot
    q.visits = slot
    q.n_visits += 1
    q.refs += 1


cdef void visit_close(Router* r, uint32_t slot) noexcept nogil:
    cdef Visit* v = &r.visits[slot]
    cdef ContactRec* c = &r.contacts[v.contact]
    cdef QueueRec* q = &r.queues[v.queue]
    cdef uint32_t at
    if c.visits == slot:
        c.visits = v.next
    else:
        at = c.visits
        while r.visits[at].next != slot:
            at = r.visits[at].next
        r.visits[at].next = v.next
    if v.before:
        r.visits[v.before].after = v.after
    else:
        q.visits = v.after
    if v.after:
        r.visits[v.after].before = v.before
    q.n_visits -= 1
    queue_unref(r, v.queue)
    steps_release(r, v.steps)
    pool_give(&r.visit_pool, r.visits, sizeof(Visit), slot)


cdef uint32_t visit_in(Router* r, uint32_t contact, uint32_t queue) noexcept nogil:
    cdef uint32_t visit = r.contacts[contact].visits
    while visit and r.visits[visit].queue != queue:
        visit = r.visits[visit].next
    return visit


cdef void contact_unplace(Router* r, uint32_t contact) noexcept nogil:
    """Take the contact out of its class."""
    cdef ContactRec* c = &r.contacts[contact]
    cdef Class* k
    if c.cls == 0:
        return
    k = &r.classes[c.cls]
    tree_remove(&k.waiting, r.contact_nodes, contact)
    if k.waiting.count == 0:
        bits_clear(&r.busy, c.cls)
    r.n_waiting -= 1
    c.cls = 0


cdef void contact_place(Router* r, uint32_t contact) noexcept nogil:
    """Let the contact, which is in no class, wait by its least key in the class of what it asks for now."""
    cdef ContactRec* c = &r.contacts[contact]
    cdef uint32_t visit = c.visits, cls
    cdef Visit* v = &r.visits[visit]
    cdef Visit* lead
    cdef Node* n
    c.lead = visit
    if v.next == 0:
        if c.held_until:
            return
        cls = class_single(r, c.shape, v.queue, r.steps[v.steps].exprs[v.step])
    else:
        visit = v.next
        while visit:
            if visit_less(r, &r.visits[visit], &r.visits[c.lead]):
                c.lead = visit
            visit = r.visits[visit].next
        if c.held_until:
            return
        cls = contact_class(r, c)
        if cls == 0:
            r.failed |= BROKEN
            return
    lead = &r.visits[c.lead]
    c.cls = cls
    n = &r.contact_nodes[contact]
    n.major = r.queues[lead.queue].tier
    n.minor = lead.rank
    n.seq = lead.seq
    if r.classes[cls].waiting.count == 0:
        bits_set(&r.busy, cls)
    tree_insert(&r.classes[cls].waiting, r.contact_nodes, contact)
    r.n_waiting += 1
    contact_dirty(r, contact)


cdef uint32_t contact_class(Router* r, const ContactRec* c) noexcept nogil:
    """The class of a contact with several visits."""
    cdef Route routes[64]
    cdef Route route
    cdef uint32_t n = 0, i, visit = c.visits
    while visit:
        route.queue = r.visits[visit].queue
        route.expr = r.steps[r.visits[visit].steps].exprs[r.visits[visit].step]
        i = n
        while i > 0 and routes[i - 1].queue > route.queue:
            routes[i] = routes[i - 1]
            i -= 1
        routes[i] = route
        n += 1
        visit = r.visits[visit].next
    return class_several(r, c.shape, routes, n)


cdef void contact_wait(Router* r, uint32_t contact) noexcept nogil:
    """The contact waits (again): steps by age, place by key, timer; without any visit it ends."""
    cdef ContactRec* c = &r.contacts[contact]
    cdef uint32_t visit = c.visits
    c.state = CONTACT_WAITING
    if visit == 0:
        contact_end(r, contact, ENDED_REJECTED if c.target == TO_DISCONNECT else ENDED_DIVERTED, 0, 0)
        return
    while visit:
        if r.steps[r.visits[visit].steps].n > 1:
            visit_step(r, &r.visits[visit])
        visit = r.visits[visit].next
    contact_place(r, contact)
    contact_timer(r, contact)


cdef void contact_end(Router* r, uint32_t contact, uint32_t outcome, uint32_t queue, uint32_t agent) noexcept nogil:
    """Emit the end and let go of everything but a segment in hand."""
    cdef ContactRec* c = &r.contacts[contact]
    emit(r, EV_CONTACT_ENDED, agent, contact, queue, outcome, 0, 0)
    contact_unplace(r, contact)
    while c.visits:
        visit_close(r, c.visits)
    while c.holds:
        hold_drop(r, contact, c.holds)
    c.timer = timer_drop(r, c.timer)
    if c.steps:
        steps_release(r, c.steps)
        c.steps = 0
    c.segment = 0
    c.state = CONTACT_ENDED
    r.n_contacts -= 1
    r.shapes[c.shape].living -= 1
    if c.segments == 0:
        pool_give(&r.contact_pool, r.contacts, sizeof(ContactRec), contact)


cdef inline uint32_t primary_queue(Router* r, uint32_t contact) noexcept nogil:
    cdef uint32_t visit = r.contacts[contact].visits
    return r.visits[visit].queue if visit else 0


# Holds


cdef void hold_drop(Router* r, uint32_t contact, uint32_t hold) noexcept nogil:
    cdef ContactRec* c = &r.contacts[contact]
    cdef uint32_t at
    if c.holds == hold:
        c.holds = r.holds[hold].next
    else:
        at = c.holds
        while r.holds[at].next != hold:
            at = r.holds[at].next
        r.holds[at].next = r.holds[hold].next
    c.n_holds -= 1
    pool_give(&r.hold_pool, r.holds, sizeof(Hold), hold)


cdef void hold_add(Router* r, uint32_t contact, uint32_t agent, int64_t length) noexcept nogil:
    """Keep the contact and the agent apart; the later end wins, and the first to end makes room."""
    cdef ContactRec* c = &r.contacts[contact]
    cdef uint64_t number = r.agents[agent].number
    cdef uint32_t hold = c.holds, last = 0, first = 0
    if length == 0:
        return
    while hold:
        if r.holds[hold].agent == number:
            r.holds[hold].until = max(r.holds[hold].until, r.now + length)
            return
        if first == 0 or r.holds[hold].until < r.holds[first].until:
            first = hold
        hold = r.holds[hold].next
    if c.n_holds >= r.hold_limit:
        hold_drop(r, contact, first)
    hold = pool_take(&r.hold_pool, r.holds, sizeof(Hold))
    r.holds[hold].agent = number
    r.holds[hold].until = r.now + length
    if c.holds == 0:
        c.holds = hold
    else:
        last = c.holds
        while r.holds[last].next:
            last = r.holds[last].next
        r.holds[last].next = hold
    c.n_holds += 1


cdef bint is_held(Router* r, const ContactRec* c, uint32_t agent) noexcept nogil:
    cdef uint32_t hold = c.holds
    while hold:
        if r.holds[hold].agent == r.agents[agent].number:
            return True
        hold = r.holds[hold].next
    return False


cdef void contact_holds_end(Router* r, uint32_t contact) noexcept nogil:
    """Some holds are due."""
    cdef ContactRec* c = &r.contacts[contact]
    cdef uint32_t hold = c.holds, after
    while hold:
        after = r.holds[hold].next
        if r.holds[hold].until <= r.now:
            hold_drop(r, contact, hold)
        hold = after
    if c.held_until and c.held_until <= r.now:
        c.held_until = 0
        if c.state == CONTACT_WAITING:
            contact_place(r, contact)
    elif c.state == CONTACT_WAITING and c.cls:
        contact_dirty(r, contact)
    contact_timer(r, contact)


# Entering and overflowing


cdef void contact_enter(Router* r, uint32_t contact, uint32_t queue, int64_t enqueued, uint64_t seq) noexcept nogil:
    """Enter a queue or be turned away by one of its rules."""
    cdef QueueRec* q = &r.queues[queue]
    if not q.is_open:
        contact_overflow(r, contact, queue, enqueued, seq, &q.closed, CAUSE_CLOSED)
    elif q.max_length.on and <int64_t>q.n_visits >= q.max_length.amount:
        contact_overflow(r, contact, queue, enqueued, seq, &q.max_length, CAUSE_LENGTH)
    elif q.no_agent.on and q.no_agent.amount == 0 and q.unstaffed_since >= 0:
        contact_overflow(r, contact, queue, enqueued, seq, &q.no_agent, CAUSE_NO_AGENT)
    else:
        visit_open(r, contact, queue, enqueued, seq)


cdef void contact_overflow(Router* r, uint32_t contact, uint32_t queue, int64_t enqueued, uint64_t seq,
                           const Action* action, uint32_t cause) noexcept nogil:
    """A queue gives the contact up; its visit there is over. An action that is off disconnects."""
    cdef ContactRec* c = &r.contacts[contact]
    cdef uint32_t to = action.to if action.on else TO_DISCONNECT
    cdef uint32_t target = action.queue
    cdef EventRec* ev
    if to == TO_QUEUE and target == 0:
        to = TO_DISCONNECT
    if to == TO_QUEUE and c.hops >= r.overflow_limit:
        to = TO_DISCONNECT
        cause = CAUSE_OVERFLOW_LIMIT
    ev = emit(r, EV_CONTACT_OVERFLOWED, 0, contact, queue, cause, to,
              <int64_t>r.queues[target].id_hash if to == TO_QUEUE else 0)
    ev.to = target if to == TO_QUEUE else 0
    c.target = <uint8_t>to
    if to != TO_QUEUE:
        return
    c.hops += 1
    if visit_in(r, contact, target):
        return
    if not action.keep_age:
        r.seqs += 1
        enqueued = r.now
        seq = r.seqs
    contact_enter(r, contact, target, enqueued, seq)


cdef void visit_overflow(Router* r, uint32_t visit, const Action* action, uint32_t cause) noexcept nogil:
    """End a visit and carry out the rule that ended it. The contact is in no class."""
    cdef uint32_t contact = r.visits[visit].contact, queue = r.visits[visit].queue
    cdef int64_t enqueued = r.visits[visit].enqueued
    cdef uint64_t seq = r.visits[visit].seq
    visit_close(r, visit)
    contact_overflow(r, contact, queue, enqueued, seq, action, cause)


cdef void contact_overdue(Router* r, uint32_t contact, bint waited) noexcept nogil:
    """The maximum wait, or that with nobody logged in, has passed in one or several queues."""
    cdef ContactRec* c = &r.contacts[contact]
    cdef uint32_t visit, after
    cdef QueueRec* q
    contact_unplace(r, contact)
    visit = c.visits
    while visit:
        after = r.visits[visit].next
        q = &r.queues[r.visits[visit].queue]
        if waited:
            if q.max_wait.on and r.visits[visit].entered + q.max_wait.amount <= r.now:
                visit_overflow(r, visit, &q.max_wait, CAUSE_MAX_WAIT)
        elif q.no_agent.on and q.unstaffed_since >= 0 \
                and max(r.visits[visit].entered, q.unstaffed_since) + q.no_agent.amount <= r.now:
            visit_overflow(r, visit, &q.no_agent, CAUSE_NO_AGENT)
        visit = after
    contact_wait(r, contact)


cdef void contact_steps(Router* r, uint32_t contact) noexcept nogil:
    """The age of a later step is reached in one or several queues."""
    cdef ContactRec* c = &r.contacts[contact]
    cdef uint32_t visit = c.visits, before
    contact_unplace(r, contact)
    while visit:
        before = r.visits[visit].step
        visit_step(r, &r.visits[visit])
        if r.visits[visit].step != before:
            emit(r, EV_STEP_REACHED, 0, contact, r.visits[visit].queue, r.visits[visit].step, 0, 0)
        visit = r.visits[visit].next
    contact_place(r, contact)
    contact_timer(r, contact)


# Offers


cdef void offer_make(Router* r, uint32_t contact, uint32_t agent) noexcept nogil:
    """Let the contact ring at the agent."""
    cdef ContactRec* c = &r.contacts[contact]
    cdef AgentType* t = &r.types[r.agents[agent].type]
    cdef uint32_t visit = c.visits, through = 0, slot
    cdef Visit* v
    cdef QueueRec* q
    cdef Segment* s
    if r.visits[visit].next == 0:
        through = visit
    else:
        while visit:
            v = &r.visits[visit]
            if route_fits(r, t, v.queue, r.steps[v.steps].exprs[v.step]) \
                    and (through == 0 or visit_less(r, v, &r.visits[through])):
                through = visit
            visit = v.next
    lead_matched(r, c, agent)
    contact_unplace(r, contact)
    c.state = CONTACT_OFFERED
    agent_leave(r, agent)
    slot = segment_open(r, agent, contact, r.visits[through].queue)
    s = &r.segments[slot]
    q = &r.queues[s.queue]
    if q.ring_timeout:
        s.until = r.now + q.ring_timeout
        s.timer = timer_arm(r, 0, s.until, TIMER_RING, s.offer, slot)
    agent_refresh(r, agent)
    if c.timer:
        contact_timer(r, contact)
    emit(r, EV_CONTACT_OFFERED, agent, contact, s.queue, 0, <int64_t>s.offer, s.until)


cdef void offer_undo(Router* r, uint32_t slot) noexcept nogil:
    """The offer is off: the agent is released and the contact waits at its old place."""
    cdef uint32_t contact = r.segments[slot].contact, agent = r.segments[slot].agent
    r.contacts[contact].segment = 0
    agent_leave(r, agent)
    segment_close(r, slot)
    if r.agents[agent].leaving and r.agents[agent].n_segments == 0:
        agent_gone(r, agent)
    else:
        agent_refresh(r, agent)
    contact_wait(r, contact)


cdef void offer_free(Router* r, uint32_t slot) noexcept nogil:
    """The offer is off because the contact goes elsewhere: only the agent is released."""
    cdef uint32_t contact = r.segments[slot].contact, agent = r.segments[slot].agent
    r.contacts[contact].segment = 0
    agent_leave(r, agent)
    segment_close(r, slot)
    agent_refresh(r, agent)


cdef void offer_withdraw(Router* r, uint32_t slot, uint32_t cause) noexcept nogil:
    cdef Segment* s = &r.segments[slot]
    emit(r, EV_OFFER_WITHDRAWN, s.agent, s.contact, s.queue, cause, <int64_t>s.offer, 0)
    offer_undo(r, slot)


cdef void offer_accept(Router* r, uint32_t slot) noexcept nogil:
    cdef Segment* s = &r.segments[slot]
    cdef AgentRec* a = &r.agents[s.agent]
    cdef ContactRec* c = &r.contacts[s.contact]
    cdef QueueRec* q = &r.queues[s.queue]
    cdef uint32_t visit = visit_in(r, s.contact, s.queue)
    # A queue may be taken from a ringing contact only together with its offer, so the visit is there.
    emit(r, EV_OFFER_ACCEPTED, s.agent, s.contact, s.queue, 0, <int64_t>s.offer, r.now - r.visits[visit].entered)
    while c.visits:
        visit_close(r, c.visits)
    c.state = CONTACT_HANDLING
    c.answered_in = s.queue
    if c.timer:
        contact_timer(r, s.contact)
    s.timer = timer_drop(r, s.timer)
    s.state = SEGMENT_HANDLING
    s.accepted = 1
    s.until = 0
    s.since = r.now
    if q.max_handling:
        s.timer = timer_arm(r, 0, r.now + q.max_handling, TIMER_HANDLING, s.offer, slot)
    a.ringing -= 1
    a.misses = 0
    if a.cell and r.order_fewest:
        agent_leave(r, s.agent)
        a.handled += 1
        agent_refresh(r, s.agent)
    else:
        a.handled += 1


cdef void offer_reject(Router* r, uint32_t slot) noexcept nogil:
    cdef Segment* s = &r.segments[slot]
    emit(r, EV_OFFER_REJECTED, s.agent, s.contact, s.queue, 0, <int64_t>s.offer, 0)
    hold_add(r, s.contact, s.agent, r.queues[s.queue].exclusion)
    offer_undo(r, slot)


cdef void offer_take_back(Router* r, uint32_t slot) noexcept nogil:
    cdef Segment* s = &r.segments[slot]
    hold_add(r, s.contact, s.agent, r.queues[s.queue].exclusion)
    offer_withdraw(r, slot, CAUSE_WITHDRAWN)


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
        if agent_withdraw(r, agent, CAUSE_AGENT_NOT_READY) < 0:
            r.failed |= BROKEN


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


# Ends


cdef void contact_abandon(Router* r, uint32_t contact) noexcept nogil:
    contact_let_ring_go(r, contact, CAUSE_ABANDONED)
    contact_end(r, contact, ENDED_ABANDONED, primary_queue(r, contact), 0)


cdef void contact_let_ring_go(Router* r, uint32_t contact, uint32_t cause) noexcept nogil:
    cdef uint32_t slot = r.contacts[contact].segment
    if r.contacts[contact].state == CONTACT_OFFERED:
        emit(r, EV_OFFER_WITHDRAWN, r.segments[slot].agent, contact, r.segments[slot].queue, cause,
             <int64_t>r.segments[slot].offer, 0)
        offer_free(r, slot)


cdef void contact_complete(Router* r, uint32_t contact, uint32_t outcome) noexcept nogil:
    """End a contact that an agent has in hand."""
    cdef uint32_t slot = r.contacts[contact].segment
    contact_end(r, contact, outcome, r.segments[slot].queue, r.segments[slot].agent)
    handling_end(r, slot)


cdef void contact_cancel(Router* r, uint32_t contact) noexcept nogil:
    if r.contacts[contact].state == CONTACT_HANDLING:
        contact_complete(r, contact, ENDED_CANCELLED)
    else:
        contact_let_ring_go(r, contact, CAUSE_CANCELLED)
        contact_end(r, contact, ENDED_CANCELLED, primary_queue(r, contact), 0)


# Beginnings


cdef uint32_t contact_new(Router* r, uint32_t shape, uint32_t steps, int32_t priority, int64_t credit) noexcept nogil:
    """A contact that has not entered any queue yet."""
    cdef uint32_t slot = pool_take(&r.contact_pool, r.contacts, sizeof(ContactRec))
    cdef ContactRec* c = &r.contacts[slot]
    r.contact_numbers += 1
    r.seqs += 1
    r.n_contacts += 1
    r.shapes[shape].living += 1
    c.number = r.contact_numbers
    c.seq = r.seqs
    c.enqueued = r.now
    c.shape = shape
    c.priority = priority
    c.credit = credit
    c.state = CONTACT_WAITING
    c.steps = steps
    if steps:
        r.steps[steps].refs += 1
    return slot
