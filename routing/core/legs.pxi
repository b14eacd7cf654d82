# Legs: contacts of their own that belong to one in somebody's hands, their parent. Each reaches one who takes part: a
# colleague who is asked, another party of a conference, the other end of an internal call. A leg has no legs.


cdef void leg_link(Router* r, uint32_t parent, uint32_t leg) noexcept nogil:
    """The new contact is the last leg of this one."""
    cdef ContactRec* p = &r.contacts[parent]
    cdef uint32_t last = p.legs
    r.contacts[leg].parent = parent
    p.n_legs += 1
    if last == 0:
        p.legs = leg
        return
    while r.contacts[last].next_leg:
        last = r.contacts[last].next_leg
    r.contacts[last].next_leg = leg


cdef void leg_unlink(Router* r, uint32_t leg) noexcept nogil:
    """The leg ends; its agent may be a candidate for others of the same parent."""
    cdef ContactRec* c = &r.contacts[leg]
    cdef ContactRec* p = &r.contacts[c.parent]
    cdef uint32_t at = p.legs
    if at == leg:
        p.legs = c.next_leg
    else:
        while r.contacts[at].next_leg != leg:
            at = r.contacts[at].next_leg
        r.contacts[at].next_leg = c.next_leg
    p.n_legs -= 1
    legs_dirty(r, c.parent)
    c.parent = 0
    c.next_leg = 0
    c.joined = 0


cdef void legs_dirty(Router* r, uint32_t parent) noexcept nogil:
    """Somebody may take part in the contact no longer: match its legs that wait."""
    cdef uint32_t leg = r.contacts[parent].legs
    while leg:
        if r.contacts[leg].place != NOT_PLACED:
            contact_dirty(r, leg)
        leg = r.contacts[leg].next_leg


cdef void legs_end(Router* r, uint32_t parent) noexcept nogil:
    """The parent leaves its agent's hands: its legs end, in the order in which they came into being."""
    cdef uint32_t leg
    while r.contacts[parent].legs:
        if reserve(r) < 0:
            r.failed |= BROKEN
            return
        leg = r.contacts[parent].legs
        if r.contacts[leg].state == CONTACT_HANDLING:
            contact_complete(r, leg, ENDED_HANDLED)
        else:
            contact_cancel(r, leg)


cdef uint32_t first_joined(Router* r, uint32_t parent) noexcept nogil:
    """Of the legs that have joined, the one that came into being first; 0 for none."""
    cdef uint32_t leg = r.contacts[parent].legs
    while leg and not r.contacts[leg].joined:
        leg = r.contacts[leg].next_leg
    return leg


cdef bint fits_instead(Router* r, uint32_t contact, uint32_t leg) noexcept nogil:
    """Has the agent of the leg room for the contact once the leg is gone?"""
    cdef const Segment* gone = &r.segments[r.contacts[leg].segment]
    cdef const AgentRec* a = &r.agents[gone.agent]
    cdef const AgentType* t = &r.types[a.type]
    cdef const Shape* shape = &r.shapes[r.contacts[contact].shape]
    cdef uint32_t load = a.load - gone.load, slot = a.segments
    cdef const Segment* s
    if gone.channel == shape.channel and shape.load <= gone.load:
        return True
    if a.used[shape.channel] - (gone.channel == shape.channel) >= t.capacity[shape.channel]:
        return False
    while slot:
        s = &r.segments[slot]
        if s != gone:
            if (r.interrupting[shape.channel] >> s.channel) & 1 and s.state != SEGMENT_WRAP_UP:
                return False
            if (r.interrupted[shape.channel] >> s.channel) & 1:
                load -= s.load
        slot = s.next
    return shape.load == 0 or load + shape.load <= t.load


cdef void contact_hand_over(Router* r, uint32_t contact, uint32_t leg) noexcept nogil:
    """The leg's agent, who has room, has the contact in hand from now on; nothing of the two is on hold."""
    cdef uint32_t slot = r.contacts[contact].segment, gone = r.contacts[leg].segment
    cdef uint32_t agent = r.segments[gone].agent
    agent_leave(r, agent)
    contact_put_in_hand(r, contact, agent, r.segments[slot].queue)
    handling_end(r, slot)
    contact_end(r, leg, ENDED_MERGED, r.segments[gone].queue, agent)
    segment_finish(r, gone)
    legs_dirty(r, contact)


cdef int check_legs(Router* r) noexcept nogil:
    cdef uint32_t i, leg, n, legs = 0, linked = 0
    cdef uint64_t before
    cdef const ContactRec* c
    for i in range(1, r.contact_pool.used):
        c = &r.contacts[i]
        if c.state == CONTACT_FREE:
            continue
        linked += c.parent != 0
        if c.parent and (c.state == CONTACT_ENDED or c.legs):
            return 120
        if c.legs and c.state != CONTACT_HANDLING:
            return 121
        if c.joined and (c.parent == 0 or c.state != CONTACT_HANDLING):
            return 122
        n = 0
        before = 0
        leg = c.legs
        while leg:
            if r.contacts[leg].parent != i or r.contacts[leg].number <= before:
                return 123
            if r.contacts[leg].state == CONTACT_HANDLING \
                    and r.segments[r.contacts[leg].segment].agent == r.segments[c.segment].agent:
                return 124
            before = r.contacts[leg].number
            n += 1
            leg = r.contacts[leg].next_leg
        if n != c.n_legs:
            return 125
        legs += n
    for i in range(1, r.agent_pool.used):
        if r.agents[i].dropping or (r.agents[i].limit_timer and (
                r.agents[i].ready or not is_staff(&r.agents[i])
                or r.timers[r.agents[i].limit_timer].owner != i)):
            return 126
    for i in range(1, r.segment_pool.used):
        if r.segments[i].on_hold and r.segments[i].state != SEGMENT_HANDLING:
            return 127
    return 0 if legs == linked else 128
