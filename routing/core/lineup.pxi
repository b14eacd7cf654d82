# The line-up: all available agents in idle order, whatever their cell, in one array that is quick to look through.
#
# Where agents fall into many cells, looking at one agent after the other finds one who is eligible after about 1/p
# looks when a share p of them is, and each look costs a few nanoseconds because the places lie side by side. An agent
# who leaves leaves a hole, which keeps its stamp, so that the stamps stay in order and can be searched; whoever comes
# back to an older place takes a hole nearby. When holes outnumber agents by far, the places are laid out anew, every
# other one a hole. All is O(1) amortised but coming back to an older place, which is O(log n) and a short shift.
#
# A class remembers up to which stamp it has seen that nobody may serve it; who joins later has a later stamp, or else
# tells the classes. So a class looks at each agent once, and agents whom few want do not stand in everybody's way.


cdef int lineup_grow(Lineup* line, uint32_t agents) noexcept nogil:
    """Places enough for that many agents; -1 when memory is out."""
    cdef uint32_t want = 3 * agents + 1024
    if want <= line.cap:
        return 0
    if grow(<void**>&line.stamps, line.cap, want, sizeof(uint64_t)) < 0 \
            or grow(<void**>&line.cells, line.cap, want, sizeof(uint32_t)) < 0 \
            or grow(<void**>&line.agents, line.cap, want, sizeof(uint32_t)) < 0 \
            or grow(<void**>&line.serves, line.cap, want, sizeof(uint64_t)) < 0:
        return -1
    line.cap = want
    return 0


cdef inline void lineup_put(Router* r, uint32_t at, uint64_t stamp, uint32_t cell, uint32_t agent) noexcept nogil:
    r.lineup.stamps[at] = stamp
    r.lineup.cells[at] = cell
    r.lineup.serves[at] = r.eligible_t[<size_t>cell * r.class_words]
    r.lineup.agents[at] = agent
    r.agents[agent].in_lineup = at


cdef void lineup_lay_out(Router* r) noexcept nogil:
    """Move everybody to the front, a hole after each."""
    cdef Lineup* line = &r.lineup
    cdef uint32_t i, n = 0
    for i in range(line.head, line.tail):
        if line.cells[i]:
            lineup_put(r, n, line.stamps[i], line.cells[i], line.agents[i])
            n += 1
    i = n
    while i > 0:
        i -= 1
        lineup_put(r, 2 * i, line.stamps[i], line.cells[i], line.agents[i])
        line.stamps[2 * i + 1] = line.stamps[2 * i]
        line.cells[2 * i + 1] = 0
        line.serves[2 * i + 1] = 0
    line.head = 0
    line.tail = 2 * n
    line.layout += 1


cdef uint32_t lineup_place(const Lineup* line, uint64_t stamp) noexcept nogil:
    """The first place whose stamp is not earlier."""
    cdef uint32_t low = line.head, high = line.tail, mid
    while low < high:
        mid = (low + high) >> 1
        if line.stamps[mid] < stamp:
            low = mid + 1
        else:
            high = mid
    return low


cdef void lineup_tell(Router* r, uint32_t cell, uint64_t stamp) noexcept nogil:
    """Somebody of this cell joins at an older place: classes they may serve have to look there again."""
    cdef const uint64_t* row = r.eligible_t + <size_t>cell * r.class_words
    cdef uint32_t w, cls
    cdef uint64_t m
    for w in range(r.class_words):
        m = row[w]
        while m:
            cls = (w << 6) | <uint32_t>ctz64(m)
            m &= m - 1
            if stamp < r.classes[cls].seen:
                r.classes[cls].seen = stamp
                r.classes[cls].seen_layout = 0


cdef uint32_t lineup_search(Router* r, const ContactRec* c, bint* complete) noexcept nogil:
    """The first in the line-up who may take the contact, or 0; ``complete`` tells whether all were looked at."""
    cdef Lineup* line = &r.lineup
    cdef Class* k = &r.classes[c.cls]
    cdef const uint64_t* row = r.eligible + <size_t>c.cls * r.cell_words
    cdef uint32_t at = k.seen_at if k.seen_layout == line.layout else lineup_place(line, k.seen)
    cdef uint32_t cell, end, agent = 0
    cdef bint fresh = True         # nobody passed so far may serve the class
    at = max(at, line.head)
    end = min(line.tail, at + LOOKS)
    while at < end:
        if c.cls < 64:
            # The bits lie side by side, so that passing somebody by costs a nanosecond and not a cache miss.
            while at < end and not (line.serves[at] >> c.cls) & 1:
                at += 1
            if at == end:
                break
        cell = line.cells[at]
        if cell and (row[cell >> 6] >> (cell & 63)) & 1:
            if fresh:
                k.seen = line.stamps[at]
                k.seen_at = at
                k.seen_layout = line.layout
                fresh = False
            if not holds_back(r, c, line.agents[at]):
                agent = line.agents[at]
                agent_expect(r, agent, cell)
                break
        at += 1
    if fresh and line.tail > line.head:
        k.seen = line.stamps[at] if at < line.tail else line.stamps[line.tail - 1] + 1
        k.seen_at = at
        k.seen_layout = line.layout
    complete[0] = agent != 0 or at >= line.tail
    return agent


cdef void lineup_learn(Router* r) noexcept nogil:
    """Eligibility changed: copy the bits of the first classes anew."""
    cdef uint32_t i
    for i in range(r.lineup.head, r.lineup.tail):
        if r.lineup.cells[i]:
            r.lineup.serves[i] = r.eligible_t[<size_t>r.lineup.cells[i] * r.class_words]


cdef void lineup_add(Router* r, uint32_t agent, uint32_t cell) noexcept nogil:
    cdef Lineup* line = &r.lineup
    cdef uint64_t stamp = r.agents[agent].stamp
    cdef uint32_t low, hole, i
    line.count += 1
    if line.tail == line.cap or line.tail - line.head > 4 * line.count + 256:
        lineup_lay_out(r)
    if stamp > line.newest:
        line.newest = stamp
    else:
        lineup_tell(r, cell, stamp)
    if line.head == line.tail or stamp > line.stamps[line.tail - 1]:
        lineup_put(r, line.tail, stamp, cell, agent)
        line.tail += 1
        return
    low = lineup_place(line, stamp)
    line.layout += 1
    # Everything from low on has a stamp that is not below ours; the nearest hole makes room.
    i = 0
    while True:
        if low + i >= line.tail:
            hole = low + i
            line.tail += 1
            break
        if line.cells[low + i] == 0:
            hole = low + i
            break
        if low > line.head + i and line.cells[low - 1 - i] == 0:
            hole = low - 1 - i
            break
        i += 1
    if hole >= low:
        while hole > low:
            lineup_put(r, hole, line.stamps[hole - 1], line.cells[hole - 1], line.agents[hole - 1])
            hole -= 1
    else:
        low -= 1
        while hole < low:
            lineup_put(r, hole, line.stamps[hole + 1], line.cells[hole + 1], line.agents[hole + 1])
            hole += 1
    lineup_put(r, low, stamp, cell, agent)


cdef void lineup_remove(Router* r, uint32_t agent) noexcept nogil:
    cdef Lineup* line = &r.lineup
    line.cells[r.agents[agent].in_lineup] = 0
    line.serves[r.agents[agent].in_lineup] = 0
    line.count -= 1
    if line.count == 0:
        line.head = 0
        line.tail = 0
        line.layout += 1
        return
    while line.cells[line.head] == 0:
        line.head += 1


cdef int lineup_start(Router* r) noexcept nogil:
    """From now on keep the line-up; -1 when memory is out."""
    cdef uint32_t cell, agent
    if lineup_grow(&r.lineup, r.agent_pool.cap) < 0:
        return -1
    r.order_scan = 1
    r.lineup.layout = 1
    for cell in range(1, r.cell_pool.used):
        agent = r.cells[cell].idle.first
        while agent:
            lineup_add(r, agent, cell)
            agent = tree_next(r.idle_nodes, agent)
    return 0


cdef int lineup_check(Router* r, uint32_t available) noexcept nogil:
    cdef const Lineup* line = &r.lineup
    cdef uint32_t i, n = 0, cls, cell
    for i in range(line.head, line.tail):
        if i > line.head and line.stamps[i] < line.stamps[i - 1]:
            return 1
        if line.cells[i]:
            n += 1
            if line.serves[i] != r.eligible_t[<size_t>line.cells[i] * r.class_words]:
                return 6
            if r.agents[line.agents[i]].cell != line.cells[i] or r.agents[line.agents[i]].in_lineup != i \
                    or r.agents[line.agents[i]].stamp != line.stamps[i]:
                return 2
    for cls in range(1, r.class_pool.used):
        if r.classes[cls].alive:
            for i in range(line.head, line.tail):
                cell = line.cells[i]
                if line.stamps[i] < r.classes[cls].seen and cell and cell_fits(r, cell, cls):
                    return 4
            if r.classes[cls].seen_layout == line.layout and line.tail > line.head \
                    and max(r.classes[cls].seen_at, line.head) != lineup_place(line, r.classes[cls].seen):
                return 5
    return 0 if n == line.count and n == available else 3
