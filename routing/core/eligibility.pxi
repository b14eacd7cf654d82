# Who may serve what: agent types, cells, contact classes and the bit matrix between cells and classes.
#
# A bit is set when the cell's type is a member of some route's queue and satisfies that route's expression, and the
# cell's mask has room for the class's shape. The matrix is kept in both orientations: a contact looks along its class's
# row of cells, an agent along its cell's row of classes.


cdef uint32_t level_of(const AgentType* t, uint32_t skill) noexcept nogil:
    cdef uint32_t low = 0, high = t.n_skills, mid
    while low < high:
        mid = (low + high) >> 1
        if t.skills[mid].skill < skill:
            low = mid + 1
        else:
            high = mid
    if low < t.n_skills and t.skills[low].skill == skill:
        return t.skills[low].level
    return 0


cdef bint expr_holds(const Expr* x, const AgentType* t) noexcept nogil:
    """Run the postfix program; the stack is as deep as an expression may have terms."""
    cdef uint8_t stack[256]
    cdef int top = 0
    cdef uint32_t i, word, op, level, have
    for i in range(x.n_ops):
        word = x.ops[i]
        op = word & 255
        if op >= 2 and op <= 7:
            level = (word >> 8) & 255
            have = level_of(t, word >> 16)
            if op == 2:
                stack[top] = have >= level
            elif op == 3:
                stack[top] = have > level
            elif op == 4:
                stack[top] = have <= level
            elif op == 5:
                stack[top] = have < level
            elif op == 6:
                stack[top] = have == level
            else:
                stack[top] = have != level
            top += 1
        elif op <= 1:
            stack[top] = op == 0
            top += 1
        elif op == 8:
            stack[top - 1] = not stack[top - 1]
        elif op == 9:
            top -= 1
            stack[top - 1] = stack[top - 1] and stack[top]
        else:
            top -= 1
            stack[top - 1] = stack[top - 1] or stack[top]
    return stack[0]


cdef int64_t expr_score(const Expr* x, const AgentType* t) noexcept nogil:
    cdef int64_t total = 0
    cdef uint32_t i
    for i in range(x.n_scored):
        total += <int64_t>x.scored[i].weight * level_of(t, x.scored[i].skill)
    return total


cdef uint32_t ways_into(Router* r, const AgentType* t, uint32_t queue) noexcept nogil:
    """How agents of this type are members: bit 0 regularly, bit i + 1 through reserve i; 0: not at all."""
    cdef uint32_t low = 0, high = t.n_queues, mid
    if not r.queues[queue].limited:
        return 1
    while low < high:
        mid = (low + high) >> 1
        if t.queues[mid] < queue:
            low = mid + 1
        else:
            high = mid
    return t.ways[low] if low < t.n_queues and t.queues[low] == queue else 0


cdef inline bint is_member(Router* r, const AgentType* t, uint32_t queue) noexcept nogil:
    return ways_into(r, t, queue) != 0


cdef inline bint route_fits(Router* r, const AgentType* t, const Route* route) noexcept nogil:
    cdef uint32_t ways = ways_into(r, t, route.queue)
    return (ways & (1 | (route.spills & r.queues[route.queue].on) << 1)) != 0 and expr_holds(&r.exprs[route.expr], t)


cdef bint cell_fits(Router* r, uint32_t cell, uint32_t cls) noexcept nogil:
    cdef const AgentType* t = &r.types[r.cells[cell].type]
    cdef const Class* k = &r.classes[cls]
    cdef uint32_t i
    if not (r.cells[cell].mask >> k.shape) & 1:
        return False
    if k.routes == NULL:
        return route_fits(r, t, &k.first)
    for i in range(k.n_routes):
        if route_fits(r, t, &k.routes[i]):
            return True
    return False


cdef inline void matrix_put(Router* r, uint32_t cell, uint32_t cls, bint fits) noexcept nogil:
    cdef uint64_t* a = &r.eligible[<size_t>cls * r.cell_words + (cell >> 6)]
    cdef uint64_t* b = &r.eligible_t[<size_t>cell * r.class_words + (cls >> 6)]
    r.classes[cls].n_cells += fits - ((a[0] >> (cell & 63)) & 1)
    if fits:
        a[0] |= 1ULL << (cell & 63)
        b[0] |= 1ULL << (cls & 63)
    else:
        a[0] &= ~(1ULL << (cell & 63))
        b[0] &= ~(1ULL << (cls & 63))


cdef void cell_learn(Router* r, uint32_t cell) noexcept nogil:
    cdef uint32_t cls
    cdef bint fits
    for cls in range(1, r.class_pool.used):
        fits = r.classes[cls].alive and cell_fits(r, cell, cls)
        matrix_put(r, cell, cls, fits)
        if fits and r.classes[cls].rated_expr:
            rating_add(r, cls, cell)


cdef void class_fill(Router* r, uint32_t cls) noexcept nogil:
    """Compute the class's row of cells; whoever calls tells the line-up of the first classes."""
    cdef uint32_t cell, n = 0
    cdef bint fits
    r.classes[cls].seen = 0
    r.classes[cls].seen_layout = 0
    r.classes[cls].rated_expr = 0
    for cell in range(1, r.cell_pool.used):
        fits = r.cells[cell].type != 0 and cell_fits(r, cell, cls)
        matrix_put(r, cell, cls, fits)
        n += fits
    r.classes[cls].n_cells = n


cdef void class_learn(Router* r, uint32_t cls) noexcept nogil:
    class_fill(r, cls)
    if cls < 64:
        lineup_learn(r)


cdef void queue_learn(Router* r, uint32_t queue) noexcept nogil:
    """Who serves the queue changed."""
    cdef uint32_t cls, i
    cdef bint first = False
    cdef const Class* k
    for cls in range(1, r.class_pool.used):
        k = &r.classes[cls]
        if not k.alive:
            continue
        if k.routes == NULL:
            if k.first.queue == queue:
                class_fill(r, cls)
                first |= cls < 64
            continue
        for i in range(k.n_routes):
            if k.routes[i].queue == queue:
                class_fill(r, cls)
                first |= cls < 64
                break
    if first:
        lineup_learn(r)


cdef int matrix_grow(Router* r, uint32_t cells, uint32_t classes) noexcept nogil:
    """Let the matrix hold that many cells and classes; rows are laid out anew when they become longer."""
    cdef uint32_t cw = (cells + 63) // 64, kw = (classes + 63) // 64
    cdef uint64_t* a
    cdef uint64_t* b
    cdef uint32_t i
    if cw <= r.cell_words and kw <= r.class_words:
        return 0
    cw = max(cw, r.cell_words)
    kw = max(kw, r.class_words)
    a = <uint64_t*>take_zeroed(<size_t>kw * 64 * cw, 8)
    b = <uint64_t*>take_zeroed(<size_t>cw * 64 * kw, 8)
    if a == NULL or b == NULL:
        free(a)
        free(b)
        return -1
    for i in range(r.class_words * 64 if r.cell_words else 0):
        memcpy(a + <size_t>i * cw, r.eligible + <size_t>i * r.cell_words, r.cell_words * 8)
    for i in range(r.cell_words * 64 if r.class_words else 0):
        memcpy(b + <size_t>i * kw, r.eligible_t + <size_t>i * r.class_words, r.class_words * 8)
    free(r.eligible)
    free(r.eligible_t)
    r.eligible = a
    r.eligible_t = b
    r.cell_words = cw
    r.class_words = kw
    return 0


cdef int reserve_cells(Router* r, uint32_t spare) noexcept nogil:
    """Make sure that ``spare`` new cells can come into being."""
    cdef uint32_t want
    if pool_full(&r.cell_pool, spare):
        want = doubled(r.cell_pool.cap, r.cell_pool.used + spare + 1)
        if matrix_grow(r, want, 0) < 0 or bits_grow(&r.ready, want) < 0:
            return -1
        if grow(<void**>&r.cell_heads, r.cell_pool.cap, want, sizeof(CellHead)) < 0:
            return -1
        if grow(<void**>&r.cells, r.cell_pool.cap, want, sizeof(Cell)) < 0:
            return -1
        if want > MANY and not r.order_scan and lineup_start(r) < 0:
            return -1
        r.cell_pool.cap = want
    return 0


cdef int reserve_classes(Router* r, uint32_t spare) noexcept nogil:
    cdef uint32_t want, i, buckets
    cdef uint32_t* table
    if r.class_pool.cap > r.n_classes + spare:
        return 0
    want = doubled(r.class_pool.cap, max(r.class_pool.used, r.n_classes + spare) + 1)
    # Empty classes are kept, for they are dear to make. Once the matrix would be large, those that were of no use
    # since the last time make room.
    if want > 512 and <size_t>want * r.cell_words * 16 > LARGE_MATRIX:
        classes_sweep(r, True)
        if r.class_pool.cap > r.n_classes + spare + r.n_classes // 4:
            return 0
    buckets = want * 2
    table = <uint32_t*>take_zeroed(buckets, sizeof(uint32_t))
    if table == NULL:
        return -1
    if matrix_grow(r, 0, want) < 0 or bits_grow(&r.busy, want) < 0 \
            or grow(<void**>&r.heads, r.class_pool.cap, want, sizeof(uint32_t)) < 0 \
            or grow(<void**>&r.class_heads, r.class_pool.cap, want, sizeof(Head)) < 0 \
            or grow(<void**>&r.classes, r.class_pool.cap, want, sizeof(Class)) < 0:
        free(table)
        return -1
    free(r.class_table)
    r.class_table = table
    r.class_buckets = buckets
    for i in range(1, r.class_pool.used):
        if r.classes[i].alive:
            r.classes[i].next = table[r.classes[i].hash & (buckets - 1)]
            table[r.classes[i].hash & (buckets - 1)] = i
    r.class_pool.cap = want
    return 0


cdef void classes_sweep(Router* r, bint keep_recent) noexcept nogil:
    """Give back the classes in which nobody waits, or only those in which nobody has since the last time."""
    cdef uint32_t i
    cdef Class* k
    for i in range(1, r.class_pool.used):
        k = &r.classes[i]
        if k.alive and k.waiting.count == 0 and k.others == 0 and not (keep_recent and k.recent):
            class_drop(r, i)
        else:
            k.recent = 0


cdef void class_drop(Router* r, uint32_t cls) noexcept nogil:
    cdef Class* k = &r.classes[cls]
    cdef uint32_t* link = &r.class_table[k.hash & (r.class_buckets - 1)]
    cdef uint32_t i
    while link[0] != cls:
        link = &r.classes[link[0]].next
    link[0] = k.next
    if k.routes == NULL:
        expr_release(r, k.first.expr)
    else:
        for i in range(k.n_routes):
            expr_release(r, k.routes[i].expr)
        free(k.routes)
    free(k.rated)
    free(k.worth)
    r.n_classes -= 1
    pool_give(&r.class_pool, r.classes, sizeof(Class), cls)


cdef void expr_release(Router* r, uint32_t expr) noexcept nogil:
    cdef Expr* x = &r.exprs[expr]
    x.refs -= 1
    if x.refs == 0:
        free(x.ops)
        free(x.scored)
        pool_give(&r.expr_pool, r.exprs, sizeof(Expr), expr)


cdef void steps_release(Router* r, uint32_t steps) noexcept nogil:
    cdef StepList* s = &r.steps[steps]
    cdef uint32_t i
    s.refs -= 1
    if s.refs == 0:
        for i in range(s.n):
            expr_release(r, s.exprs[i])
            if s.conds[i]:
                cond_release(r, s.conds[i])
        free(s.exprs)
        free(s.conds)
        free(s.afters)
        pool_give(&r.step_pool, r.steps, sizeof(StepList), steps)


cdef uint32_t class_single(Router* r, uint32_t shape, uint32_t queue, uint32_t expr, uint32_t spills) noexcept nogil:
    """The class of contacts with one route; made when it is new. Room has been reserved."""
    cdef uint64_t hash = mix64((<uint64_t>shape << 58) ^ (<uint64_t>spills << 48) ^ (<uint64_t>queue << 32) ^ expr)
    cdef uint32_t cls = r.class_table[hash & (r.class_buckets - 1)]
    cdef Class* k
    while cls:
        k = &r.classes[cls]
        if k.hash == hash and k.routes == NULL and k.first.queue == queue and k.first.expr == expr \
                and k.first.spills == spills and k.shape == shape:
            return cls
        cls = k.next
    return class_make(r, shape, hash, queue, expr, spills, NULL, 1)


cdef uint32_t class_several(Router* r, uint32_t shape, Route* routes, uint32_t n) noexcept nogil:
    """The class of contacts with several routes, given in ascending order; 0 when memory is out."""
    cdef uint64_t hash = shape
    cdef uint32_t i, cls
    cdef Class* k
    cdef Route* own
    for i in range(n):
        hash = mix64(hash ^ (<uint64_t>routes[i].spills << 48) ^ (<uint64_t>routes[i].queue << 32) ^ routes[i].expr)
    cls = r.class_table[hash & (r.class_buckets - 1)]
    while cls:
        k = &r.classes[cls]
        if k.hash == hash and k.n_routes == n and k.routes != NULL and k.shape == shape \
                and memcmp(k.routes, routes, n * sizeof(Route)) == 0:
            return cls
        cls = k.next
    own = <Route*>take(n * sizeof(Route))
    if own == NULL:
        own = r.spare_routes
        r.spare_routes = NULL
        r.steps_left = 0       # the next step needs another one
    if own == NULL:
        return 0
    memcpy(own, routes, n * sizeof(Route))
    return class_make(r, shape, hash, 0, 0, 0, own, n)


cdef uint32_t class_make(Router* r, uint32_t shape, uint64_t hash, uint32_t queue, uint32_t expr, uint32_t spills,
                         Route* routes, uint32_t n) noexcept nogil:
    cdef uint32_t cls = pool_take(&r.class_pool, r.classes, sizeof(Class))
    cdef uint32_t bucket = hash & (r.class_buckets - 1)
    cdef uint32_t i
    cdef Class* k = &r.classes[cls]
    r.n_classes += 1
    k.alive = 1
    k.shape = shape
    k.hash = hash
    k.n_routes = n
    k.first.queue = queue
    k.first.expr = expr
    k.first.spills = spills
    k.routes = routes
    k.next = r.class_table[bucket]
    r.class_table[bucket] = cls
    if routes == NULL:
        r.exprs[expr].refs += 1
    else:
        for i in range(n):
            r.exprs[routes[i].expr].refs += 1
    class_learn(r, cls)
    return cls


cdef bint has_room(Router* r, const AgentRec* a, const Shape* shape) noexcept nogil:
    """Could the agent, available or not, take a contact of this shape beside what it has?"""
    cdef const AgentType* t = &r.types[a.type]
    cdef uint32_t load, slot
    cdef const Segment* s
    if a.used[shape.channel] >= t.capacity[shape.channel]:
        return False
    load = a.load
    if r.interrupts and a.n_segments:
        slot = a.segments
        while slot:
            s = &r.segments[slot]
            if (r.interrupting[shape.channel] >> s.channel) & 1 and s.state != SEGMENT_WRAP_UP:
                return False
            if (r.interrupted[shape.channel] >> s.channel) & 1:
                load -= s.load
            slot = s.next
    return shape.load == 0 or load + shape.load <= t.load


cdef uint64_t room_mask(Router* r, const AgentRec* a) noexcept nogil:
    """The shapes for which the agent has room now."""
    cdef uint64_t mask = 0
    cdef uint32_t s
    for s in range(r.n_shapes):
        if has_room(r, a, &r.shapes[s]):
            mask |= 1ULL << s
    return mask


cdef uint32_t cell_of(Router* r, uint32_t type, uint64_t mask) noexcept nogil:
    """The cell of that type and room; made when it is new. Room has been reserved."""
    cdef uint32_t cell = r.types[type].cells
    while cell:
        if r.cells[cell].mask == mask:
            return cell
        cell = r.cells[cell].next
    cell = pool_take(&r.cell_pool, r.cells, sizeof(Cell))
    r.cells[cell].type = type
    r.cells[cell].mask = mask
    r.cells[cell].next = r.types[type].cells
    r.types[type].cells = cell
    cell_learn(r, cell)
    return cell


cdef void type_release(Router* r, uint32_t type) noexcept nogil:
    cdef AgentType* t = &r.types[type]
    cdef uint32_t cell, after, cls
    t.refs -= 1
    if t.refs:
        return
    cell = t.cells
    while cell:
        after = r.cells[cell].next
        for cls in range(1, r.class_pool.used):
            matrix_put(r, cell, cls, False)
            r.classes[cls].rated_expr = 0
        pool_give(&r.cell_pool, r.cells, sizeof(Cell), cell)
        cell = after
    free(t.skills)
    free(t.queues)
    free(t.ways)
    free(t.watches)
    pool_give(&r.type_pool, r.types, sizeof(AgentType), type)
