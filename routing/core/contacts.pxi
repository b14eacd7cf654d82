# Contacts: their beginning, their waiting, their end.


cdef inline void contact_dirty(Router* r, uint32_t contact) noexcept nogil:
    r.batch_touched |= r.contacts[contact].place == IN_BATCH
    if r.match_all or r.contacts[contact].dirty:
        return
    if r.n_dirty_contacts >= FEW:
        r.match_all = 1
        return
    r.contacts[contact].dirty = 1
    r.dirty_contacts[r.n_dirty_contacts] = contact
    r.n_dirty_contacts += 1


cdef void contact_wait(Router* r, uint32_t contact) noexcept nogil:
    """The contact, which is not placed, waits (again): place by key, timer; without any visit it ends."""
    cdef ContactRec* c = &r.contacts[contact]
    if c.n_ringing == 0:
        c.state = CONTACT_WAITING
        c.grouped = 0
        if c.visits == 0:
            contact_end(r, contact, ENDED_REJECTED if c.target == TO_DISCONNECT else ENDED_DIVERTED, 0, 0)
            return
    contact_place(r, contact)
    contact_timer(r, contact)


cdef void contact_end(Router* r, uint32_t contact, uint32_t outcome, uint32_t queue, uint32_t agent) noexcept nogil:
    """Emit the end and let go of everything but a segment in hand."""
    cdef ContactRec* c = &r.contacts[contact]
    emit(r, EV_CONTACT_ENDED, agent, contact, queue, outcome, 0, 0)
    if c.parent:
        leg_unlink(r, contact)
    if c.drained:
        reservation_end(r, contact)
    contact_unplace(r, contact)
    while c.visits:
        visit_close(r, c.visits)
    while c.holds:
        hold_drop(r, contact, c.holds)
    if c.wishes:
        wishes_drop(r, c)
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


cdef void contact_abandon(Router* r, uint32_t contact) noexcept nogil:
    cdef uint32_t queue = primary_queue(r, contact)
    contact_let_go(r, contact, 0, CAUSE_ABANDONED)
    if queue and r.queues[queue].level != NULL:
        level_count(r, &r.queues[queue], 2)
    contact_end(r, contact, ENDED_ABANDONED, queue, 0)


cdef void contact_complete(Router* r, uint32_t contact, uint32_t outcome) noexcept nogil:
    """End a contact that an agent has in hand."""
    cdef uint32_t slot = r.contacts[contact].segment
    if r.contacts[contact].legs:
        legs_end(r, contact)
    if r.segments[slot].on_hold:
        contact_retrieve(r, contact)
    contact_end(r, contact, outcome, r.segments[slot].queue, r.segments[slot].agent)
    handling_end(r, slot)


cdef void contact_cancel(Router* r, uint32_t contact) noexcept nogil:
    if r.contacts[contact].state == CONTACT_HANDLING:
        contact_complete(r, contact, ENDED_CANCELLED)
    else:
        contact_let_go(r, contact, 0, CAUSE_CANCELLED)
        contact_end(r, contact, ENDED_CANCELLED, primary_queue(r, contact), 0)


cdef void contact_lose(Router* r, uint32_t contact) noexcept nogil:
    if r.contacts[contact].state == CONTACT_HANDLING:
        contact_complete(r, contact, ENDED_LOST)
    else:
        contact_let_go(r, contact, 0, CAUSE_LOST)
        contact_end(r, contact, ENDED_LOST, primary_queue(r, contact), 0)


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


cdef void contact_update(Router* r, uint32_t contact) noexcept nogil:
    """What orders the contact was changed: its keys anew."""
    cdef ContactRec* c = &r.contacts[contact]
    cdef uint32_t visit = c.visits
    while visit:
        r.visits[visit].rank = rank_of(&r.queues[r.visits[visit].queue], c, &r.visits[visit])
        visit = r.visits[visit].next
    if c.state == CONTACT_WAITING or c.grouped:
        contact_unplace(r, contact)
        contact_place(r, contact)
