# Draining: a large contact that finds no room for long reserves an agent, who takes nothing smaller until it fits.


cdef bint could_serve(Router* r, const ContactRec* c, uint32_t agent) noexcept nogil:
    """Would the agent be a candidate for the waiting contact, had they enough room?"""
    cdef const AgentRec* a = &r.agents[agent]
    cdef const AgentType* t = &r.types[a.type]
    cdef const Shape* shape = &r.shapes[c.shape]
    cdef uint32_t visit = c.visits, wish = c.wishes
    cdef Route route
    cdef bint wished = False
    if not a.exists or not is_available(a) or c.held_until or is_held(r, c, agent) \
            or r.queues[r.visits[c.lead].queue].batch >= 0:
        return False
    if t.capacity[shape.channel] == 0 or (shape.load and shape.load > t.load):
        return False
    while wish:
        if r.wishes[wish].agent == agent:
            if r.wishes[wish].direct:
                return True
            wished = True
        wish = r.wishes[wish].next
    if c.prefer_until and not wished:
        return False
    while visit:
        route.queue = r.visits[visit].queue
        route.expr = r.steps[r.visits[visit].steps].exprs[r.visits[visit].step]
        route.spills = r.visits[visit].spills
        if route_fits(r, t, &route):
            return True
        visit = r.visits[visit].next
    return False


cdef void contact_drain(Router* r, uint32_t contact) noexcept nogil:
    """The contact has waited long enough: keep the least loaded agent free for it, or try again later. O(agents)."""
    cdef ContactRec* c = &r.contacts[contact]
    cdef uint32_t agent, chosen = 0
    cdef const AgentRec* a
    for agent in range(1, r.agent_pool.used):
        a = &r.agents[agent]
        if a.reserved == 0 and could_serve(r, c, agent):
            if chosen == 0 or a.load < r.agents[chosen].load \
                    or (a.load == r.agents[chosen].load and a.stamp < r.agents[chosen].stamp):
                chosen = agent
    c.drain_at = r.now + r.pane
    if chosen:
        emit(r, EV_AGENT_RESERVED, chosen, contact, r.visits[c.lead].queue, 0, 0, 0)
        reserve_agent(r, contact, chosen)
    contact_timer(r, contact)


cdef void reserve_agent(Router* r, uint32_t contact, uint32_t agent) noexcept nogil:
    cdef ContactRec* c = &r.contacts[contact]
    agent_leave(r, agent)
    r.agents[agent].reserved = contact
    c.drained = agent
    r.draining[r.n_draining] = contact
    r.n_draining += 1
    if c.place != NOT_PLACED:
        contact_unplace(r, contact)
        contact_place(r, contact)  # as a special one
    agent_refresh(r, agent)


cdef void reservation_end(Router* r, uint32_t contact) noexcept nogil:
    """The agent is free for others again."""
    cdef ContactRec* c = &r.contacts[contact]
    cdef uint32_t agent = c.drained, i = 0
    emit(r, EV_RESERVATION_ENDED, agent, contact, 0, 0, 0, 0)
    while r.draining[i] != contact:
        i += 1
    r.n_draining -= 1
    r.draining[i] = r.draining[r.n_draining]
    c.drained = 0
    c.drain_at = r.now + r.pane
    if c.special and not wishes_directly(r, c):
        special_drop(r, c)
    r.freed = 1
    agent_leave(r, agent)
    r.agents[agent].reserved = 0
    agent_refresh(r, agent)


cdef int reservations_review(Router* r) noexcept nogil:
    """End the reservations whose agent could not serve the contact any more; -1 when memory is out."""
    cdef uint32_t i, contact, first
    cdef const ContactRec* c
    while True:
        first = 0
        for i in range(r.n_draining):
            contact = r.draining[i]
            c = &r.contacts[contact]
            if not could_serve(r, c, c.drained) and (first == 0 or c.number < r.contacts[first].number):
                first = contact
        if first == 0:
            return 0
        if reserve(r) < 0:
            return -1
        reservation_end(r, first)
        contact_timer(r, first)
