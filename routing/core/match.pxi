# Matching: the first waiting contact that has a candidate, and the candidate that its lead queue's strategy picks.
#
# Between two commands nothing matches (work conservation). So only pairs with a contact or an agent that has just
# changed can match, and those few are kept in two short lists; when more changed, one pass over all waiting contacts in
# order does the same: giving somebody away never makes anybody a candidate.


cdef inline bint head_less(const Head* a, const Head* b) noexcept nogil:
    if a.major != b.major:
        return a.major < b.major
    if a.minor != b.minor:
        return a.minor < b.minor
    return a.seq < b.seq


cdef uint32_t best_contact(Router* r, uint32_t agent) noexcept nogil:
    """The first waiting contact, no batch included, for which the agent is a candidate, or 0."""
    cdef uint32_t cell = r.agents[agent].cell
    cdef const uint64_t* row = r.eligible_t + <size_t>cell * r.class_words
    cdef uint64_t m, s
    cdef uint32_t best = 0, best_class = 0, contact, i, w, cls
    cdef const ContactRec* c
    if cell == 0:
        return 0
    for i in range((r.busy.n_words + 63) // 64):
        s = r.busy.summary[i]
        while s:
            w = (i << 6) | <uint32_t>ctz64(s)
            s &= s - 1
            m = row[w] & r.busy.words[w]
            while m:
                cls = (w << 6) | <uint32_t>ctz64(m)
                m &= m - 1
                if best_class and not head_less(&r.class_heads[cls], &r.class_heads[best_class]):
                    continue
                contact = r.classes[cls].waiting.first
                if is_picky(&r.contacts[contact]) and is_held(r, &r.contacts[contact], agent):
                    while contact and holds_back(r, &r.contacts[contact], agent):
                        contact = tree_next(r.contact_nodes, contact)
                    if contact and (best == 0 or node_less(&r.contact_nodes[contact], &r.contact_nodes[best])):
                        best = contact
                else:
                    best_class = cls
    if best_class:
        contact = r.classes[best_class].waiting.first
        if best == 0 or node_less(&r.contact_nodes[contact], &r.contact_nodes[best]):
            best = contact
    i = r.agents[agent].wishes
    while i:
        contact = r.wishes[i].contact
        c = &r.contacts[contact]
        if (c.place == AMONG_CHOOSY or (c.place == IN_CLASS and r.wishes[i].direct)) \
                and (best == 0 or node_less(&r.contact_nodes[contact], &r.contact_nodes[best])) \
                and wish_fits(r, c, &r.wishes[i]):
            best = contact
        i = r.wishes[i].after
    return best


cdef void dirty_clear(Router* r) noexcept nogil:
    cdef uint32_t i
    for i in range(r.n_dirty_agents):
        r.agents[r.dirty_agents[i]].dirty = 0
    for i in range(r.n_dirty_contacts):
        r.contacts[r.dirty_contacts[i]].dirty = 0
    r.n_dirty_agents = 0
    r.n_dirty_contacts = 0
    r.match_all = 0


cdef int settle(Router* r) noexcept nogil:
    """Match until nothing matches; -1 when memory is out (what was done stands, the rest follows later)."""
    if settle_offers(r) < 0:
        return -1
    return ticks_set(r) if r.n_touched else 0    # who answers by itself has left the queues already


cdef int settle_offers(Router* r) noexcept nogil:
    if r.n_touched and ticks_set(r) < 0:
        return -1
    if r.n_draining and reservations_review(r) < 0:
        return -1
    if is_paused(r):
        dirty_clear(r)             # the end of the pause looks at everybody
        r.batch_due = 0
        return 0
    while True:
        if match_changed(r) < 0 or (r.match_all and match_all(r) < 0):
            return -1
        if r.batched.count == 0:
            r.batch_due = 0
            return 0
        if not batch_look(r):
            return 0
        if reserve(r) < 0 or batch_assign(r) < 0:
            r.batch_due = 1        # no other window
            return -1


cdef int match_changed(Router* r) noexcept nogil:
    """Match what changed, contact by contact in order."""
    cdef uint32_t i, contact, best, agent, pick
    while not r.match_all and (r.n_dirty_agents or r.n_dirty_contacts):
        if reserve(r) < 0:
            return -1
        best = 0
        agent = 0
        i = 0
        while i < r.n_dirty_contacts:
            contact = r.dirty_contacts[i]
            pick = 0
            if r.contacts[contact].place != NOT_PLACED and r.contacts[contact].place != IN_BATCH:
                pick = choose_agent(r, contact)
            if pick == 0:
                r.contacts[contact].dirty = 0
                r.n_dirty_contacts -= 1
                r.dirty_contacts[i] = r.dirty_contacts[r.n_dirty_contacts]
                continue
            if best == 0 or node_less(&r.contact_nodes[contact], &r.contact_nodes[best]):
                best = contact
                agent = pick
            i += 1
        i = 0
        while i < r.n_dirty_agents:
            contact = best_contact(r, r.dirty_agents[i]) if r.n_waiting else 0
            if contact == 0:
                r.agents[r.dirty_agents[i]].dirty = 0
                r.n_dirty_agents -= 1
                r.dirty_agents[i] = r.dirty_agents[r.n_dirty_agents]
                continue
            if best == 0 or node_less(&r.contact_nodes[contact], &r.contact_nodes[best]):
                best = contact
                agent = r.dirty_agents[i] if r.n_dirty_agents == 1 and r.n_dirty_contacts == 0 else 0
            i += 1
        if best:
            # A single changed agent and no changed contact: that agent is the only candidate.
            offer_make(r, best, agent if agent else choose_agent(r, best))
    return 0


cdef int match_all(Router* r) noexcept nogil:
    """One pass over all waiting contacts in order, class by class: a class without candidates is done with.

    The choosy ones make one more chain. Special contacts, for whom the first of their class does not speak, are
    looked at by themselves when their chain did not come so far.
    """
    cdef uint32_t* at = r.heads
    cdef uint32_t n = 0, i, first, cls, contact, agent, after, special
    cdef bint alone
    r.freed = 0
    for cls in range(1, r.class_pool.used):
        if r.classes[cls].alive and r.classes[cls].waiting.first:
            at[n] = r.classes[cls].waiting.first
            n += 1
    if r.choosy.first:
        at[n] = r.choosy.first
        n += 1
    while True:
        if reserve(r) < 0:
            return -1
        at = r.heads               # more memory may be elsewhere
        first = 0
        for i in range(1, n):
            if node_less(&r.contact_nodes[at[i]], &r.contact_nodes[at[first]]):
                first = i
        contact = at[first] if n else 0
        special = first_special(r, contact)
        alone = special != contact
        contact = special
        if contact == 0 or r.freed:
            break
        agent = choose_agent(r, contact)
        if alone:
            if agent == 0:
                r.contacts[contact].looked = 1
            else:
                offer_make(r, contact, agent)
            continue
        after = tree_next(r.contact_nodes, contact)
        # Without anything of its own, a contact that has no candidate speaks for its whole class.
        if agent == 0 and r.contacts[contact].place == IN_CLASS and not is_picky(&r.contacts[contact]):
            after = 0
        if agent:
            offer_make(r, contact, agent)
            if r.contacts[contact].place != NOT_PLACED:
                after = contact    # more may be rung
        elif r.contacts[contact].special:
            r.contacts[contact].looked = 1
        at[first] = after
        if after == 0:
            n -= 1
            at[first] = at[n]
    for i in range(r.n_specials):
        r.contacts[r.specials[i]].looked = 0
    if r.freed:
        return match_all(r)    # from the first contact on
    r.batch_touched = 1
    dirty_clear(r)
    return 0


cdef uint32_t first_special(Router* r, uint32_t before) noexcept nogil:
    """The first special contact that has not been looked at and stands before this one (0: anywhere); else this one."""
    cdef uint32_t i, contact
    for i in range(r.n_specials):
        contact = r.specials[i]
        if not r.contacts[contact].looked and r.contacts[contact].place == IN_CLASS \
                and (before == 0 or node_less(&r.contact_nodes[contact], &r.contact_nodes[before])):
            before = contact
    return before
