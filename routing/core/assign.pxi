# Assignment: which row gets which column, so that the weights of the pairs add up to the most. Knows nothing of what
# rows and columns stand for.
#
# Rows come one at a time. Each row has a gain and each column a price, none below 0, that together cover the weight of
# every edge; where they just meet it the edge is tight. Only tight edges are taken, and only what is taken has a gain
# or a price, which proves that no assignment is worth more. A new row whose best column is taken looks for the
# shortest way, in what is lost, to a free column or to a row that had better do without; then gains and prices on the
# way give in. A free column bounds the search and never enters the heap. O(n (m + n log n)) for n rows and m edges.
# (Jonker and Volgenant, A shortest augmenting path algorithm for dense and sparse linear assignment problems,
# Computing 38, 1987.)
#
# The best assignments are those that take only tight edges and leave out nothing that has a gain or a price. So ties
# are broken afterwards, among tight edges alone, and the answer does not depend on how it was found. Of all
# assignments of the greatest total it is the one whose rows come first; of these the one whose columns come first
# (both can be had at once: Mendelsohn and Dulmage, Some generalizations of the problem of distinct representatives,
# Canadian Journal of Mathematics 10, 1958); of these the one that gives the first row the earliest column, then the
# second, and so on. A set comes first that has the earliest member which the other has not; so rather more than fewer.


cdef struct Assignment:
    uint32_t n_rows
    uint32_t n_cols
    const uint32_t* starts     # by row, and one more: where its edges start
    const uint32_t* cols       # by edge; ascending within a row
    const int64_t* weights     # by edge; 1 to ASSIGN_HEAVIEST
    uint32_t* match            # by row: its column, or NOWHERE
    void* room                 # the arrays that follow, of the solver's own
    int64_t* gains             # by row
    int64_t* prices            # by column
    int64_t* away              # by column: what is lost on the way there, NEVER when it was not reached
    uint32_t* owner            # by column: its row, or NOWHERE
    uint32_t* link             # by column or row: who led there
    uint32_t* place            # by column: its place in the heap; by column or row: a mark
    uint32_t* queue            # the heap, or those to look at
    uint32_t* reached          # columns on some way


cdef struct Claim:         # what a row would get if it were alone
    int64_t weight
    uint32_t row


cdef int64_t ASSIGN_HEAVIEST = 1LL << 60


cdef int assign_open(Assignment* a) noexcept nogil:
    """Nobody is matched; -1 when memory is out."""
    cdef size_t rows = a.n_rows, cols = a.n_cols, most = max(rows, cols)
    cdef size_t i
    a.room = take_zeroed(1, (rows + 2 * cols) * sizeof(int64_t) + (2 * cols + 3 * most) * sizeof(uint32_t) + 1)
    if a.room == NULL:
        return -1
    a.gains = <int64_t*>a.room
    a.prices = a.gains + rows
    a.away = a.prices + cols
    a.owner = <uint32_t*>(a.away + cols)
    a.reached = a.owner + cols
    a.link = a.reached + cols
    a.place = a.link + most
    a.queue = a.place + most
    for i in range(rows):
        a.match[i] = NOWHERE
    for i in range(cols):
        a.owner[i] = NOWHERE
        a.away[i] = NEVER
    return 0


cdef inline void assign_close(Assignment* a) noexcept nogil:
    free(a.room)
    a.room = NULL


cdef inline void assign_rise(Assignment* a, uint32_t place, uint32_t col) noexcept nogil:
    """Put a column where there is a gap in the heap, and let it rise from there."""
    cdef int64_t away = a.away[col]
    cdef uint32_t up
    while place:
        up = (place - 1) >> 1
        if a.away[a.queue[up]] <= away:
            break
        a.queue[place] = a.queue[up]
        a.place[a.queue[place]] = place
        place = up
    a.queue[place] = col
    a.place[col] = place


cdef inline void assign_sink(Assignment* a, uint32_t n, uint32_t col) noexcept nogil:
    """Put a column in place of the first of the heap, which holds n, and let it sink from there."""
    cdef int64_t away = a.away[col]
    cdef uint32_t place = 0, child = 1
    while child < n:
        if child + 1 < n and a.away[a.queue[child + 1]] < a.away[a.queue[child]]:
            child += 1
        if away <= a.away[a.queue[child]]:
            break
        a.queue[place] = a.queue[child]
        a.place[a.queue[place]] = place
        place = child
        child = 2 * place + 1
    a.queue[place] = col
    a.place[col] = place


cdef void assign_row(Assignment* a, uint32_t row) noexcept nogil:
    """Let one more row take part: the best assignment of those so far becomes the best of them and this one.

    In any order, each row once; then `assign_order`. A row that comes after that must have had no edges so far.
    """
    cdef const int64_t* prices = a.prices
    cdef const uint32_t* owner = a.owner
    cdef int64_t best = 0, best_free = 0, gain
    cdef uint32_t e, c, at = NOWHERE
    for e in range(a.starts[row], a.starts[row + 1]):
        c = a.cols[e]
        gain = a.weights[e] - prices[c]
        if gain > best_free and owner[c] == NOWHERE:
            best_free = gain
            at = c
        if gain > best:
            best = gain
    a.gains[row] = best
    if best == 0:
        return
    if best_free == best:
        a.match[row] = at
        a.owner[at] = row
        return
    assign_search(a, row)


cdef inline void assign_shift(Assignment* a, uint32_t col) noexcept nogil:
    """Give the column at the end of a way to the row that led there, that row's to the one before, and so on."""
    cdef uint32_t row, before
    while col != NOWHERE:
        row = a.link[col]
        before = a.match[row]
        a.match[row] = col
        a.owner[col] = row
        col = before


cdef void assign_search(Assignment* a, uint32_t row) noexcept nogil:
    """Find the way from an unmatched row that loses least, and go it."""
    cdef int64_t* away = a.away
    cdef int64_t bound = a.gains[row], level = 0, base, lost
    cdef uint32_t i = row, end_row = row, end_col = NOWHERE, n = 0, n_reached = 0, e, c
    while True:
        base = level + a.gains[i]
        if base < bound:
            bound = base
            end_row = i
            end_col = NOWHERE
        for e in range(a.starts[i], a.starts[i + 1]):
            c = a.cols[e]
            lost = base + a.prices[c] - a.weights[e]
            if lost >= bound or lost >= away[c]:
                continue
            a.link[c] = i
            if a.owner[c] == NOWHERE:
                bound = lost
                end_col = c
                if bound == level:
                    break
                continue
            if away[c] == NEVER:
                a.reached[n_reached] = c
                n_reached += 1
                a.place[c] = n
                n += 1
            away[c] = lost
            assign_rise(a, a.place[c], c)
        if n == 0 or away[a.queue[0]] >= bound:
            break
        c = a.queue[0]
        level = away[c]
        i = a.owner[c]
        n -= 1
        if n:
            assign_sink(a, n, a.queue[n])
    # Whatever is nearer than the end gives in by as much as it is nearer.
    a.gains[row] -= bound
    for e in range(n_reached):
        c = a.reached[e]
        if away[c] < bound:
            a.gains[a.owner[c]] -= bound - away[c]
            a.prices[c] += bound - away[c]
        away[c] = NEVER
    if end_col == NOWHERE:
        end_col = a.match[end_row]
        a.match[end_row] = NOWHERE
    assign_shift(a, end_col)


cdef void assign_turn(uint32_t n_rows, uint32_t n_cols, const uint32_t* starts, const uint32_t* cols,
                      const int64_t* weights, uint32_t* back, uint32_t* rows, int64_t* by_col) noexcept nogil:
    """Write the edges by column; ``back`` has n_cols + 2 places, all 0. Weights may be NULL."""
    cdef uint32_t row, c, e
    for e in range(starts[n_rows]):
        back[cols[e] + 2] += 1
    for c in range(n_cols):
        back[c + 2] += back[c + 1]
    for row in range(n_rows):
        for e in range(starts[row], starts[row + 1]):
            c = cols[e] + 1
            rows[back[c]] = row
            if weights != NULL:
                by_col[back[c]] = weights[e]
            back[c] += 1


cdef int claim_compare(const void* x, const void* y) noexcept nogil:
    cdef const Claim* a = <const Claim*>x
    cdef const Claim* b = <const Claim*>y
    if a.weight != b.weight:
        return -1 if a.weight > b.weight else 1
    return -1 if a.row < b.row else a.row > b.row


cdef int assign_rows(Assignment* a) noexcept nogil:
    """Let all rows take part, heaviest first, so that few have to give way to a later one; -1 when memory is out."""
    cdef Claim* claims = <Claim*>take(<size_t>a.n_rows * sizeof(Claim) + 1)
    cdef uint32_t row, e
    if claims == NULL:
        return -1
    for row in range(a.n_rows):
        claims[row].row = row
        claims[row].weight = 0
        for e in range(a.starts[row], a.starts[row + 1]):
            claims[row].weight = max(claims[row].weight, a.weights[e])
    qsort(claims, a.n_rows, sizeof(Claim), claim_compare)
    for row in range(a.n_rows):
        assign_row(a, claims[row].row)
    free(claims)
    return 0


cdef int assign_cols(Assignment* a) noexcept nogil:
    """Let all rows take part at once, column by column; -1 when memory is out."""
    cdef Assignment b
    cdef size_t n = a.starts[a.n_rows]
    cdef int64_t* weights = <int64_t*>take_zeroed(1, n * sizeof(int64_t) + (n + a.n_cols + 2) * sizeof(uint32_t))
    cdef uint32_t* starts = <uint32_t*>(weights + n)
    cdef uint32_t* rows = starts + a.n_cols + 2
    cdef int done
    if weights == NULL:
        return -1
    assign_turn(a.n_rows, a.n_cols, a.starts, a.cols, a.weights, starts, rows, weights)
    b.n_rows = a.n_cols
    b.n_cols = a.n_rows
    b.starts = starts
    b.cols = rows
    b.weights = weights
    b.match = a.owner
    if assign_open(&b) < 0:
        free(weights)
        return -1
    done = assign_rows(&b)
    memcpy(a.match, b.owner, a.n_rows * sizeof(uint32_t))
    memcpy(a.gains, b.prices, a.n_rows * sizeof(int64_t))
    memcpy(a.prices, b.gains, a.n_cols * sizeof(int64_t))
    assign_close(&b)
    free(weights)
    return done


cdef void assign_earlier_rows(Assignment* a, const uint32_t* starts, const uint32_t* cols) noexcept nogil:
    """Match each unmatched row that may take a free column, or the place of a later row, along tight edges."""
    cdef uint32_t row, i, c, e, head, tail, other, end
    memset(a.place, 0, a.n_cols * sizeof(uint32_t))
    for row in range(a.n_rows):
        if a.match[row] != NOWHERE:
            continue
        head = 0
        tail = 0
        i = row
        end = NOWHERE
        other = NOWHERE
        while True:
            for e in range(starts[i], starts[i + 1]):
                c = cols[e]
                if a.place[c]:
                    continue
                a.place[c] = 1
                a.link[c] = i
                a.queue[tail] = c
                tail += 1
                other = a.owner[c]
                if other == NOWHERE or (other > row and a.gains[other] == 0):
                    end = c
                    break
            if end != NOWHERE or head == tail:
                break
            i = a.owner[a.queue[head]]
            head += 1
        if end == NOWHERE:
            continue  # what was seen leads no later row anywhere either, and keeps its mark
        if other != NOWHERE:
            a.match[other] = NOWHERE
        assign_shift(a, end)
        for e in range(tail):
            a.place[a.queue[e]] = 0


cdef void assign_earlier_cols(Assignment* a, const uint32_t* starts, const uint32_t* rows) noexcept nogil:
    """Use each free column that may take the place of a later one, along tight edges."""
    cdef uint32_t col, i, c, e, head, tail, other, end, last = 0
    for c in range(a.n_cols):
        if a.owner[c] != NOWHERE and a.prices[c] == 0:
            last = c
    for i in range(a.n_rows):
        a.place[i] = a.match[i] == NOWHERE
    for col in range(last):
        if a.owner[col] != NOWHERE:
            continue
        head = 0
        tail = 0
        c = col
        end = NOWHERE
        while True:
            for e in range(starts[c], starts[c + 1]):
                i = rows[e]
                if a.place[i]:
                    continue
                a.place[i] = 1
                a.link[i] = c
                a.queue[tail] = i
                tail += 1
                other = a.match[i]
                if other > col and a.prices[other] == 0:
                    end = i
                    break
            if end != NOWHERE or head == tail:
                break
            c = a.match[a.queue[head]]
            head += 1
        if end == NOWHERE:
            continue
        a.owner[a.match[end]] = NOWHERE
        while end != NOWHERE:
            c = a.link[end]
            i = a.owner[c]
            a.match[end] = c
            a.owner[c] = end
            end = i
        for e in range(tail):
            a.place[a.queue[e]] = 0


cdef void assign_exchange(Assignment* a, const uint32_t* starts, const uint32_t* cols) noexcept nogil:
    """Give each row in turn the earliest column that it can have in exchange with later rows, along tight edges."""
    cdef uint32_t row, own, i, e, f, c, d, head, tail, first
    cdef bint found
    memset(a.place, 0, a.n_rows * sizeof(uint32_t))
    for row in range(a.n_rows):
        own = a.match[row]
        if own == NOWHERE:
            continue
        head = 0
        tail = 0
        for e in range(starts[row], starts[row + 1]):
            if cols[e] >= own:
                break
            first = a.owner[cols[e]]
            if first == NOWHERE or first < row or a.place[first] == row + 1:
                continue
            a.place[first] = row + 1
            a.queue[tail] = first
            tail += 1
            found = False
            i = first
            while head < tail and not found:
                i = a.queue[head]
                head += 1
                for f in range(starts[i], starts[i + 1]):
                    c = cols[f]
                    if c == own:
                        found = True
                        break
                    d = a.owner[c]
                    if d != NOWHERE and d > row and a.place[d] != row + 1:
                        a.place[d] = row + 1
                        a.link[d] = i
                        a.queue[tail] = d
                        tail += 1
            if not found:
                continue
            c = own
            while True:
                d = a.match[i]
                a.match[i] = c
                a.owner[c] = i
                c = d
                if i == first:
                    break
                i = a.link[i]
            a.match[row] = c
            a.owner[c] = row
            break


cdef int assign_order(Assignment* a) noexcept nogil:
    """Of the best assignments come to the one that the header names; -1 when memory is out."""
    cdef size_t n = 0
    cdef uint32_t row, e, k = 0
    cdef uint32_t* starts
    cdef uint32_t* cols
    cdef uint32_t* back
    cdef uint32_t* rows
    for row in range(a.n_rows):
        for e in range(a.starts[row], a.starts[row + 1]):
            n += a.weights[e] - a.prices[a.cols[e]] == a.gains[row]
    starts = <uint32_t*>take_zeroed(<size_t>a.n_rows + a.n_cols + 3 + 2 * n, sizeof(uint32_t))
    if starts == NULL:
        return -1
    back = starts + a.n_rows + 1
    cols = back + a.n_cols + 2
    rows = cols + n
    for row in range(a.n_rows):
        starts[row] = k
        for e in range(a.starts[row], a.starts[row + 1]):
            if a.weights[e] - a.prices[a.cols[e]] == a.gains[row]:
                cols[k] = a.cols[e]
                k += 1
    starts[a.n_rows] = k
    assign_earlier_rows(a, starts, cols)
    assign_turn(a.n_rows, a.n_cols, starts, cols, NULL, back, rows, NULL)
    assign_earlier_cols(a, back, rows)
    assign_exchange(a, starts, cols)
    free(starts)
    return 0


cdef int assign_solve(Assignment* a) noexcept nogil:
    """Fill in ``match``; -1 when memory is out (it then says nothing)."""
    cdef int done
    if assign_open(a) < 0:
        return -1
    # The fewer take part one by one, the less they are in each other's way.
    done = assign_cols(a) if a.n_rows > a.n_cols else assign_rows(a)
    if done == 0:
        done = assign_order(a)
    assign_close(a)
    return done


# ------------------------------------------------------------------------------------------ for tests and benchmarks


def _assign(const uint32_t[::1] starts, const uint32_t[::1] cols, const int64_t[::1] weights, uint32_t n_cols):
    """The column of each row, or None, in the best assignment."""
    cdef Py_ssize_t n_rows = starts.shape[0] - 1
    cdef Assignment a
    cdef Py_ssize_t row, e
    cdef uint32_t[::1] match
    cdef int done
    if n_rows < 0 or starts[0] != 0 or starts[n_rows] != cols.shape[0] or cols.shape[0] != weights.shape[0]:
        raise UsageError("starts must go from 0 to the number of edges, and each edge has a column and a weight")
    for row in range(n_rows):
        if starts[row] > starts[row + 1]:
            raise UsageError(f"starts[{row + 1}] = {starts[row + 1]} is below {starts[row]}; starts must not decrease")
    for row in range(n_rows):
        for e in range(starts[row], starts[row + 1]):
            if cols[e] >= n_cols or (e > starts[row] and cols[e] <= cols[e - 1]):
                raise UsageError(f"cols[{e}] = {cols[e]} must be below {n_cols} and ascend within its row")
            if not 1 <= weights[e] <= ASSIGN_HEAVIEST:
                raise UsageError(f"weights[{e}] = {weights[e]} is not in 1..{ASSIGN_HEAVIEST}")
    memset(&a, 0, sizeof(Assignment))
    match = array("I", bytes(4 * n_rows))
    a.n_rows = <uint32_t>n_rows
    a.n_cols = n_cols
    a.starts = &starts[0]
    if n_rows:
        a.match = &match[0]
    if cols.shape[0]:
        a.cols = &cols[0]
        a.weights = &weights[0]
    with nogil:
        done = assign_solve(&a)
    if done < 0:
        raise MemoryError
    return [None if match[row] == NOWHERE else match[row] for row in range(n_rows)]
