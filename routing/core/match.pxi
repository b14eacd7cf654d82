# Matching: the first waiting contact that has a candidate, and the candidate that its lead queue's strategy picks.
#
# Between two commands nothing matches (work conservation). So only pairs with a contact or an agent that has just
# changed can match, and those few are kept in two short lists; when more changed, one pass over all waiting contacts in
# order does the same: giving somebody away never makes anybody a candidate.


cdef inline bint holds_back(Router* r, const ContactRec* c, uint32_t agent) noexcept nogil:
    return c.n_holds != 0 and is_held(r, c, agent)


cdef uint32_t first_free(Router* r, const ContactRec* c, const Tree* tree, const Node* nodes) noexcept nogil:
    """The first agent of a cell that is not held against the contact."""
    cdef uint32_t agent = tree.first
    if c.n_holds:
        while agent and is_held(r, c, agent):
            agent = tree_next(nodes, agent)
    return agent


cdef inline bint is_candidate(Router* r, const ContactRec* c, uint32_t agent) noexcept nogil:
    """Is this agent, available or not, a candidate for the waiting contact?"""
    cdef uint32_t cell = r.agents[agent].cell
    return cell != 0 and (r.eligible[<size_t>c.cls * r.cell_words + (cell >> 6)] >> (cell & 63)) & 1 \
        and not holds_back(r, c, agent)


cdef uint32_t choose_longest_idle(Router* r, const ContactRec* c) noexcept nogil:
    cdef const uint64_t* row = r.eligible + <size_t>c.cls * r.cell_words
    cdef uint64_t best = ~0ULL, m, s
    cdef uint32_t chosen = 0, agent, cell, w, i
    cdef bint complete = False
    if r.order_scan:
        chosen = lineup_search(r, c, &complete)
        if complete:
            return chosen
    for i in range((r.ready.n_words + 63) // 64):
        s = r.ready.summary[i]
        while s:
            w = (i << 6) | <uint32_t>ctz64(s)
            s &= s - 1
            m = row[w] & r.ready.words[w]
            while m:
                cell = (w << 6) | <uint32_t>ctz64(m)
                m &= m - 1
                if r.cell_heads[cell] >= best:
                    continue
                agent = r.cells[cell].idle.first
                if c.n_holds:
                    agent = first_free(r, c, &r.cells[cell].idle, r.idle_nodes)
                    if agent == 0 or r.idle_nodes[agent].seq >= best:
                        continue
                best = r.idle_nodes[agent].seq
                chosen = agent
    if chosen:
        agent_expect(r, chosen, r.agents[chosen].cell)
    return chosen


cdef uint32_t choose_by_cell(Router* r, const ContactRec* c, uint32_t strategy) noexcept nogil:
    """fewest_contacts, most_skilled, least_skilled: the best cell, and its first agent."""
    cdef const uint64_t* row = r.eligible + <size_t>c.cls * r.cell_words
    cdef const Visit* lead = &r.visits[c.lead]
    cdef const Expr* expr = &r.exprs[r.steps[lead.steps].exprs[lead.step]]
    cdef uint64_t m, s
    cdef uint32_t chosen = 0, agent, cell, w, i
    cdef int64_t score, best = 0
    for i in range((r.ready.n_words + 63) // 64):
        s = r.ready.summary[i]
        while s:
            w = (i << 6) | <uint32_t>ctz64(s)
            s &= s - 1
            m = row[w] & r.ready.words[w]
            while m:
                cell = (w << 6) | <uint32_t>ctz64(m)
                m &= m - 1
                if strategy == FEWEST_CONTACTS:
                    agent = first_free(r, c, &r.cells[cell].fewest, r.fewest_nodes)
                    if agent == 0:
                        continue
                    score = r.agents[agent].handled
                else:
                    agent = first_free(r, c, &r.cells[cell].idle, r.idle_nodes)
                    if agent == 0:
                        continue
                    score = expr_score(expr, &r.types[r.cells[cell].type])
                    if strategy == MOST_SKILLED:
                        score = -score
                if chosen == 0 or score < best \
                        or (score == best and r.agents[agent].stamp < r.agents[chosen].stamp):
                    chosen = agent
                    best = score
    return chosen


cdef uint32_t search_order(Router* r, const ContactRec* c, OrderSet* order, uint32_t start,
                           uint32_t end) noexcept nogil:
    """The first candidate at a position in [start, end)."""
    cdef uint32_t place = bits_next(&order.available, start)
    while place < end:
        if is_candidate(r, c, order.agents[place]):
            return order.agents[place]
        place = bits_next(&order.available, place + 1)
    return 0


cdef uint32_t choose_in_order(Router* r, const ContactRec* c, QueueRec* q) noexcept nogil:
    """linear and round_robin; agents who are no members of the lead queue come last, in the configured order."""
    cdef OrderSet* order = &r.orders[q.order]
    cdef uint32_t start = 0
    cdef uint32_t agent
    if q.strategy == ROUND_ROBIN:
        start = order_position(r, q.last, q.order) if q.last else NOWHERE
        start = q.next_place if start == NOWHERE else start + 1
        if start >= order.n:
            start = 0
    agent = search_order(r, c, order, start, order.n)
    if agent == 0 and start:
        agent = search_order(r, c, order, 0, min(start, order.n))
    if agent == 0 and q.order != 1 and r.visits[c.visits].next:
        agent = search_order(r, c, &r.orders[1], 0, r.orders[1].n)
    return agent


cdef inline uint64_t draw(Router* r, const QueueRec* q, uint64_t i) noexcept nogil:
    return mix64(mix64(mix64(r.seed ^ q.id_hash) ^ q.matched) ^ i)


cdef uint32_t choose_random(Router* r, const ContactRec* c, QueueRec* q) noexcept nogil:
    """Draw places until a candidate sits there; when too few do, the candidate with the least draw of its own."""
    cdef OrderSet* order = &r.orders[q.order]
    cdef const uint64_t* row = r.eligible + <size_t>c.cls * r.cell_words
    cdef uint32_t agent, i, w, chosen = 0
    cdef uint64_t m, key, best = 0
    if order.n:
        for i in range(DRAWS):
            agent = order.agents[draw(r, q, i) % order.n]
            if is_candidate(r, c, agent):
                return agent
    for w in range(r.ready.n_words):
        m = row[w] & r.ready.words[w]
        while m:
            agent = r.cells[(w << 6) | <uint32_t>ctz64(m)].idle.first
            m &= m - 1
            while agent:
                if not holds_back(r, c, agent):
                    key = draw(r, q, DRAWS + r.agents[agent].number)
                    if chosen == 0 or key < best \
                            or (key == best and r.agents[agent].number < r.agents[chosen].number):
                        chosen = agent
                        best = key
                agent = tree_next(r.idle_nodes, agent)
    return chosen


cdef uint32_t choose_agent(Router* r, uint32_t contact) noexcept nogil:
    """The agent for a waiting contact, or 0 when it has no candidate."""
    cdef const ContactRec* c = &r.contacts[contact]
    cdef QueueRec* q = &r.queues[r.visits[c.lead].queue]
    if q.strategy == LONGEST_IDLE:
        return choose_longest_idle(r, c)
    if q.strategy == LINEAR or q.strategy == ROUND_ROBIN:
        return choose_in_order(r, c, q)
    if q.strategy == RANDOM:
        return choose_random(r, c, q)
    return choose_by_cell(r, c, q.strategy)


cdef uint32_t order_position(Router* r, uint32_t agent, uint32_t order) noexcept nogil:
    cdef const AgentRec* a = &r.agents[agent]
    cdef uint32_t i
    if order == 1:
        return a.place if a.place < r.orders[1].n and r.orders[1].agents[a.place] == agent else NOWHERE
    for i in range(a.n_orders):
        if a.orders[2 * i] == order:
            return a.orders[2 * i + 1]
    return NOWHERE


cdef inline void lead_matched(Router* r, const ContactRec* c, uint32_t agent) noexcept nogil:
    """Remember at the lead queue that it picked this agent."""
    cdef uint32_t queue = r.visits[c.lead].queue
    cdef QueueRec* q = &r.queues[queue]
    q.matched += 1
    if r.visits[c.visits].next == 0 or is_member(r, &r.types[r.agents[agent].type], queue):
        q.last = agent


cdef uint32_t best_contact(Router* r, uint32_t agent) noexcept nogil:
    """The first waiting contact for which the agent is a candidate, or 0."""
    cdef uint32_t cell = r.agents[agent].cell
    cdef const uint64_t* row = r.eligible_t + <size_t>cell * r.class_words
    cdef uint64_t m, s
    cdef uint32_t best = 0, contact, i, w
    if cell == 0:
        return 0
    for i in range((r.busy.n_words + 63) // 64):
        s = r.busy.summary[i]
        while s:
            w = (i << 6) | <uint32_t>ctz64(s)
            s &= s - 1
            m = row[w] & r.busy.words[w]
            while m:
                contact = r.classes[(w << 6) | <uint32_t>ctz64(m)].waiting.first
                m &= m - 1
                while contact and holds_back(r, &r.contacts[contact], agent):
                    contact = tree_next(r.contact_nodes, contact)
                if contact and (best == 0 or node_less(&r.contact_nodes[contact], &r.contact_nodes[best])):
                    best = contact
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
    cdef uint32_t i, contact, best, agent, pick
    while not r.match_all and (r.n_dirty_agents or r.n_dirty_contacts):
        if reserve(r) < 0:
            return -1
        best = 0
        agent = 0
        i = 0
        while i < r.n_dirty_contacts:
            contact = r.dirty_contacts[i]
            pick = choose_agent(r, contact) if r.contacts[contact].cls else 0
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
    if r.match_all:
        return settle_all(r)
    return 0


cdef int settle_all(Router* r) noexcept nogil:
    """One pass over all waiting contacts in order, class by class: a class without candidates is done with."""
    cdef uint32_t* at = r.heads
    cdef uint32_t n = 0, i, first, cls, contact, agent
    for cls in range(1, r.class_pool.used):
        if r.classes[cls].alive and r.classes[cls].waiting.first:
            at[n] = r.classes[cls].waiting.first
            n += 1
    while n:
        if reserve(r) < 0:
            return -1
        at = r.heads           # more memory may be elsewhere
        first = 0
        for i in range(1, n):
            if node_less(&r.contact_nodes[at[i]], &r.contact_nodes[at[first]]):
                first = i
        contact = at[first]
        agent = choose_agent(r, contact)
        # Without holds of its own, a contact that has no candidate speaks for its whole class.
        if agent or r.contacts[contact].n_holds:
            at[first] = tree_next(r.contact_nodes, contact)
        else:
            at[first] = 0
        if agent:
            offer_make(r, contact, agent)
        if at[first] == 0:
            n -= 1
            at[first] = at[n]
    dirty_clear(r)
    return 0
