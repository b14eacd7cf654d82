# Holds and wishes: agents whom a contact must not meet, and those it would rather meet.


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


cdef inline bint is_picky(const ContactRec* c) noexcept nogil:
    """May some agent who can serve its class not be offered the contact?"""
    return c.n_holds != 0 or c.n_ringing != 0 or c.parent != 0


cdef bint is_held(Router* r, const ContactRec* c, uint32_t agent) noexcept nogil:
    """Must the agent not be offered the contact: the pair is held, it rings there already, or they take part in it?"""
    cdef uint32_t at = c.holds
    while at:
        if r.holds[at].agent == r.agents[agent].number:
            return True
        at = r.holds[at].next
    at = c.segment if c.n_ringing else 0
    while at:
        if r.segments[at].agent == agent:
            return True
        at = r.segments[at].sibling
    return c.parent != 0 and takes_part(r, c, agent)


cdef bint takes_part(Router* r, const ContactRec* c, uint32_t agent) noexcept nogil:
    """Has the agent the parent of this leg, or one of its legs, in hand, or rings one there?"""
    cdef const ContactRec* parent = &r.contacts[c.parent]
    cdef uint32_t leg = parent.legs, at
    if r.segments[parent.segment].agent == agent:
        return True
    while leg:
        at = r.contacts[leg].segment
        while at:
            if r.segments[at].agent == agent:
                return True
            at = r.segments[at].sibling
        leg = r.contacts[leg].next_leg
    return False


cdef inline bint holds_back(Router* r, const ContactRec* c, uint32_t agent) noexcept nogil:
    return is_picky(c) and is_held(r, c, agent)


cdef void contact_holds_end(Router* r, uint32_t contact) noexcept nogil:
    """Some holds, or the preferred-agent wait, are due."""
    cdef ContactRec* c = &r.contacts[contact]
    cdef uint32_t hold = c.holds, after
    cdef bint anew = False
    while hold:
        after = r.holds[hold].next
        if r.holds[hold].until <= r.now:
            hold_drop(r, contact, hold)
        hold = after
    if c.held_until and c.held_until <= r.now:
        c.held_until = 0
        anew = True
    if c.prefer_until and c.prefer_until <= r.now:
        c.prefer_until = 0
        anew = True
    if c.state == CONTACT_WAITING or c.grouped:
        if anew:
            contact_unplace(r, contact)
            contact_place(r, contact)
        elif c.cls:
            contact_dirty(r, contact)
    contact_timer(r, contact)


# Wishes


cdef void wish_add(Router* r, uint32_t contact, uint32_t agent, uint32_t score, bint direct) noexcept nogil:
    """The contact prefers the agent; room has been reserved. Wishes stand in the order in which they were added."""
    cdef ContactRec* c = &r.contacts[contact]
    cdef uint32_t slot = pool_take(&r.wish_pool, r.wishes, sizeof(Wish)), last
    cdef Wish* w = &r.wishes[slot]
    w.contact = contact
    w.agent = agent
    w.score = score
    w.direct = direct
    w.after = r.agents[agent].wishes
    if w.after:
        r.wishes[w.after].before = slot
    r.agents[agent].wishes = slot
    if c.wishes == 0:
        c.wishes = slot
        return
    last = c.wishes
    while r.wishes[last].next:
        last = r.wishes[last].next
    r.wishes[last].next = slot


cdef void wish_leave(Router* r, uint32_t slot) noexcept nogil:
    """The agent does not know of the wish any more."""
    cdef Wish* w = &r.wishes[slot]
    if w.agent == 0:
        return
    if w.before:
        r.wishes[w.before].after = w.after
    else:
        r.agents[w.agent].wishes = w.after
    if w.after:
        r.wishes[w.after].before = w.before
    w.agent = 0
    w.before = 0
    w.after = 0


cdef void wishes_drop(Router* r, ContactRec* c) noexcept nogil:
    cdef uint32_t after
    while c.wishes:
        after = r.wishes[c.wishes].next
        wish_leave(r, c.wishes)
        pool_give(&r.wish_pool, r.wishes, sizeof(Wish), c.wishes)
        c.wishes = after


cdef bint wishes_directly(Router* r, const ContactRec* c) noexcept nogil:
    cdef uint32_t wish = c.wishes
    while wish:
        if r.wishes[wish].direct and r.wishes[wish].agent:
            return True
        wish = r.wishes[wish].next
    return False


cdef bint wish_fits(Router* r, const ContactRec* c, const Wish* w) noexcept nogil:
    """Is the preferred agent a candidate for the contact, which is placed?"""
    cdef uint32_t cell
    if w.agent == 0:
        return False
    cell = r.agents[w.agent].cell
    if cell == 0 or holds_back(r, c, w.agent):
        return False
    if w.direct:
        return (r.cells[cell].mask >> c.shape) & 1
    return (r.eligible[<size_t>c.cls * r.cell_words + (cell >> 6)] >> (cell & 63)) & 1


# Contacts whom the first of their class does not speak for


cdef void special_add(Router* r, uint32_t contact) noexcept nogil:
    """Room has been reserved."""
    r.specials[r.n_specials] = contact
    r.n_specials += 1
    r.contacts[contact].special = r.n_specials


cdef void special_drop(Router* r, ContactRec* c) noexcept nogil:
    cdef uint32_t last = r.specials[r.n_specials - 1]
    r.specials[c.special - 1] = last
    r.contacts[last].special = c.special
    c.special = 0
    r.n_specials -= 1
