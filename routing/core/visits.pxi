# Visits: a contact's stays in queues, its keys and steps there, and where it waits to be matched.


cdef inline void queue_unref(Router* r, uint32_t queue) noexcept nogil:
    r.queues[queue].refs -= 1


cdef inline int64_t credit_of(const QueueRec* q, int32_t priority) noexcept nogil:
    if q.n_credits == 0:
        return 0
    return q.credits[min(<uint32_t>priority, q.n_credits - 1)]


cdef inline int64_t rank_of(const QueueRec* q, const ContactRec* c, const Visit* v) noexcept nogil:
    if q.ordering == PRIORITY_AGE:
        return v.enqueued - c.credit - q.credit - credit_of(q, c.priority)
    if q.ordering == FIFO:
        return v.enqueued
    if q.ordering == DEADLINE and c.due:
        return c.due
    return v.enqueued + q.target


cdef bint visit_less(Router* r, const Visit* a, const Visit* b) noexcept nogil:
    """Of two visits of one contact."""
    cdef int64_t ta = r.queues[a.queue].tier, tb = r.queues[b.queue].tier
    if ta != tb and not r.contacts[a.contact].expedited:
        return ta < tb
    if a.rank != b.rank:
        return a.rank < b.rank
    if a.enqueued != b.enqueued:
        return a.enqueued < b.enqueued
    return a.seq < b.seq


cdef void visit_step(Router* r, Visit* v) noexcept nogil:
    """Find the current step: the last one that fits, if that comes after the present one; without a word."""
    cdef const StepList* s = &r.steps[v.steps]
    cdef uint32_t i
    while v.seen < s.n and v.enqueued + s.afters[v.seen] <= r.now:
        v.seen += 1
    if s.conditional == 0:
        v.step = v.seen - 1 if v.seen else 0
        return
    i = v.seen
    while i > v.step + 1:
        i -= 1
        if cond_holds(r, v.queue, s.conds[i]):
            v.step = i
            break


cdef void visit_spill(Router* r, Visit* v) noexcept nogil:
    """Find the reserves whose age is reached."""
    cdef const QueueRec* q = &r.queues[v.queue]
    cdef uint32_t i
    for i in range(q.n_reserves):
        if v.enqueued + q.reserves[i].after <= r.now:
            v.spills |= 1U << i


cdef inline void visit_find(Router* r, Visit* v) noexcept nogil:
    if v.seen < r.steps[v.steps].n or r.steps[v.steps].conditional:
        visit_step(r, v)
    if r.queues[v.queue].n_reserves:
        visit_spill(r, v)


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
    visit_find(r, v)
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
    else:
        q.oldest = slot
    q.visits = slot
    q.n_visits += 1
    q.refs += 1
    if r.steps[v.steps].conditional:
        q.conditional += 1
    if q.looks or q.conditional:
        queue_tick_look(r, queue)


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
    else:
        q.oldest = v.before
    q.n_visits -= 1
    if q.conditional and r.steps[v.steps].conditional:
        q.conditional -= 1
    if q.timer:
        queue_tick_look(r, v.queue)
    queue_unref(r, v.queue)
    steps_release(r, v.steps)
    pool_give(&r.visit_pool, r.visits, sizeof(Visit), slot)


cdef uint32_t visit_in(Router* r, uint32_t contact, uint32_t queue) noexcept nogil:
    cdef uint32_t visit = r.contacts[contact].visits
    while visit and r.visits[visit].queue != queue:
        visit = r.visits[visit].next
    return visit


cdef inline void head_note(Router* r, uint32_t cls) noexcept nogil:
    """Keep the key of the first of a class at hand."""
    cdef const Node* n = &r.contact_nodes[r.classes[cls].waiting.first]
    r.class_heads[cls].major = n.major
    r.class_heads[cls].minor = n.minor
    r.class_heads[cls].seq = n.seq


cdef void contact_unplace(Router* r, uint32_t contact) noexcept nogil:
    """The contact does not wait to be matched any more."""
    cdef ContactRec* c = &r.contacts[contact]
    cdef Class* k = &r.classes[c.cls]
    if c.place == NOT_PLACED:
        return
    if c.place == IN_CLASS:
        tree_remove(&k.waiting, r.contact_nodes, contact)
        if k.waiting.count == 0:
            bits_clear(&r.busy, c.cls)
        else:
            head_note(r, c.cls)
    else:
        tree_remove(&r.choosy if c.place == AMONG_CHOOSY else &r.batched, r.contact_nodes, contact)
        k.others -= 1
    if c.special:
        special_drop(r, c)
    r.n_waiting -= 1
    c.cls = 0
    c.place = NOT_PLACED


cdef inline uint32_t ring_count(Router* r, const QueueRec* q) noexcept nogil:
    """How many agents may be rung at once for a contact with this lead queue."""
    if q.strategy < RING_ALL:
        return 1
    return r.ring_limit if q.strategy == RING_ALL else min(q.ring_agents, r.ring_limit)


cdef void contact_place(Router* r, uint32_t contact) noexcept nogil:
    """Let the contact, which is not placed, wait by its least key for whoever may take what it asks for now."""
    cdef ContactRec* c = &r.contacts[contact]
    cdef uint32_t visit = c.visits, cls
    cdef Visit* v = &r.visits[visit]
    cdef Visit* lead
    cdef QueueRec* q
    cdef Node* n
    cdef Tree* tree
    c.lead = visit
    if v.next:
        visit = v.next
        while visit:
            if visit_less(r, &r.visits[visit], &r.visits[c.lead]):
                c.lead = visit
            visit = r.visits[visit].next
    lead = &r.visits[c.lead]
    q = &r.queues[lead.queue]
    if c.held_until or (c.n_ringing and c.n_ringing >= ring_count(r, q)):
        return
    if v.next == 0:
        cls = class_single(r, c.shape, v.queue, r.steps[v.steps].exprs[v.step], v.spills)
    else:
        cls = contact_class(r, c)
        if cls == 0:
            r.failed |= BROKEN
            return
    r.classes[cls].recent = 1
    c.cls = cls
    n = &r.contact_nodes[contact]
    n.major = EXPEDITED if c.expedited else r.queues[lead.queue].tier
    n.minor = lead.rank
    n.seq = lead.seq
    r.n_waiting += 1
    if q.batch < 0 and c.prefer_until == 0:
        c.place = IN_CLASS
        tree = &r.classes[cls].waiting
        if tree.count == 0:
            bits_set(&r.busy, cls)
        tree_insert(tree, r.contact_nodes, contact)
        if tree.first == contact:
            head_note(r, cls)
        if c.drained or (c.wishes and wishes_directly(r, c)):
            special_add(r, contact)
    else:
        c.place = IN_BATCH if q.batch >= 0 else AMONG_CHOOSY
        r.classes[cls].others += 1
        tree_insert(&r.choosy if c.place == AMONG_CHOOSY else &r.batched, r.contact_nodes, contact)
    contact_dirty(r, contact)


cdef uint32_t contact_class(Router* r, const ContactRec* c) noexcept nogil:
    """The class of a contact with several visits."""
    cdef Route routes[64]
    cdef Route route
    cdef uint32_t n = 0, i, visit = c.visits
    while visit:
        route.queue = r.visits[visit].queue
        route.expr = r.steps[r.visits[visit].steps].exprs[r.visits[visit].step]
        route.spills = r.visits[visit].spills
        i = n
        while i > 0 and routes[i - 1].queue > route.queue:
            routes[i] = routes[i - 1]
            i -= 1
        routes[i] = route
        n += 1
        visit = r.visits[visit].next
    return class_several(r, c.shape, routes, n)


# Entering and overflowing


cdef uint32_t split_choice(Router* r, QueueRec* q) noexcept nogil:
    """The queue that is furthest below its share of the entries; it is counted at once."""
    cdef uint32_t i, best = 0
    cdef uint64_t n = 1
    cdef int64_t behind, most = 0
    cdef bint found = False
    for i in range(q.n_splits):
        n += q.splits[i].given
    for i in range(q.n_splits):
        if q.splits[i].percent == 0:
            continue
        behind = <int64_t>q.splits[i].percent * <int64_t>n - 100 * <int64_t>q.splits[i].given
        if not found or behind > most:
            best = i
            most = behind
            found = True
    q.splits[best].given += 1
    return q.splits[best].queue


cdef void contact_enter(Router* r, uint32_t contact, uint32_t queue, int64_t enqueued, uint64_t seq) noexcept nogil:
    """Enter a queue or be turned away by one of its rules."""
    cdef QueueRec* q = &r.queues[queue]
    cdef Action to
    cdef uint32_t i
    if not q.is_open:
        contact_overflow(r, contact, queue, enqueued, seq, &q.closed, CAUSE_CLOSED)
        return
    if not q.dull:
        if q.n_splits:
            memset(&to, 0, sizeof(Action))
            to.on = 1
            to.to = TO_QUEUE
            to.keep_age = 1
            to.queue = split_choice(r, q)
            if to.queue != queue:
                contact_overflow(r, contact, queue, enqueued, seq, &to, CAUSE_SPLIT)
                return
        reserves_look(r, queue)
    if q.max_length.on and <int64_t>q.n_visits >= q.max_length.amount:
        contact_overflow(r, contact, queue, enqueued, seq, &q.max_length, CAUSE_LENGTH)
        return
    if q.no_agent.on and q.no_agent.amount == 0 and q.unstaffed_since >= 0:
        contact_overflow(r, contact, queue, enqueued, seq, &q.no_agent, CAUSE_NO_AGENT)
        return
    for i in range(q.n_overflows):
        if q.overflows[i].amount == 0 and cond_holds(r, queue, q.overflows[i].cond):
            contact_overflow(r, contact, queue, enqueued, seq, &q.overflows[i], CAUSE_CONDITION)
            return
    visit_open(r, contact, queue, enqueued, seq)
    if not q.dull:
        queue_tick_look(r, queue)


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


cdef void visit_give_up(Router* r, uint32_t visit, const Action* action, uint32_t cause) noexcept nogil:
    """End a visit and carry out the rule that ended it; what rings through its queue is withdrawn before."""
    cdef uint32_t contact = r.visits[visit].contact, queue = r.visits[visit].queue
    cdef int64_t enqueued = r.visits[visit].enqueued
    cdef uint64_t seq = r.visits[visit].seq
    if r.contacts[contact].grouped:
        contact_let_go(r, contact, queue, CAUSE_OVERFLOWED)
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
                visit_give_up(r, visit, &q.max_wait, CAUSE_MAX_WAIT)
        elif q.no_agent.on and q.unstaffed_since >= 0 \
                and max(r.visits[visit].entered, q.unstaffed_since) + q.no_agent.amount <= r.now:
            visit_give_up(r, visit, &q.no_agent, CAUSE_NO_AGENT)
        visit = after
    contact_wait(r, contact)


cdef bint visit_is_due(Router* r, const Visit* v) noexcept nogil:
    """Is the age of a step reached that was not looked at, or that of a reserve?"""
    cdef const StepList* s = &r.steps[v.steps]
    cdef const QueueRec* q = &r.queues[v.queue]
    cdef uint32_t i
    if v.seen < s.n and v.enqueued + s.afters[v.seen] <= r.now:
        return True
    for i in range(q.n_reserves):
        if not (v.spills >> i) & 1 and v.enqueued + q.reserves[i].after <= r.now:
            return True
    return False


cdef void contact_steps(Router* r, uint32_t contact) noexcept nogil:
    """The age of a later step, or of a reserve, is reached in one or several queues."""
    cdef ContactRec* c = &r.contacts[contact]
    cdef uint32_t visit = c.visits, before, spills, i
    cdef Visit* v
    contact_unplace(r, contact)
    while visit:
        v = &r.visits[visit]
        if not visit_is_due(r, v):
            visit = v.next
            continue
        if reserve_events(r, 1 + r.queues[v.queue].n_reserves) < 0:
            break
        before = v.step
        spills = v.spills
        visit_find(r, v)
        if v.step != before:
            emit(r, EV_STEP_REACHED, 0, contact, v.queue, v.step, 0, 0)
        spills ^= v.spills
        while spills:
            i = <uint32_t>ctz64(spills)
            spills &= spills - 1
            emit(r, EV_SPILL_REACHED, 0, contact, v.queue, i, 0, 0)
        visit = v.next
    contact_place(r, contact)
    contact_timer(r, contact)
