# Occupancy: the share of an agent's logged-in time with something in hand, over a window of PANES panes.
#
# A diary holds both times by pane. It is written up to now whenever either may change, so what lies between two
# entries was all of one kind.


cdef void diary_begin(Router* r, uint32_t agent) noexcept nogil:
    """Nothing is known of what was before."""
    cdef Diary* d = &r.diaries[agent]
    memset(d, 0, sizeof(Diary))
    d.since = r.now
    r.agents[agent].occupancy = 0


cdef void diary_write(Router* r, uint32_t agent) noexcept nogil:
    """Write down the time since the last entry, and forget panes that are too old."""
    cdef Diary* d = &r.diaries[agent]
    cdef const AgentRec* a = &r.agents[agent]
    cdef bint occupied = a.n_segments > a.ringing
    cdef int64_t pane = d.since // r.occupancy_pane, last = r.now // r.occupancy_pane, to
    if last - pane >= PANES:
        memset(d.logged_in, 0, sizeof(d.logged_in))
        memset(d.occupied, 0, sizeof(d.occupied))
        pane = last - PANES + 1
        d.since = pane * r.occupancy_pane
    while True:
        to = min(r.now, (pane + 1) * r.occupancy_pane)
        if a.logged_in:
            d.logged_in[pane % PANES] += to - d.since
            if occupied:
                d.occupied[pane % PANES] += to - d.since
        d.since = to
        if pane == last:
            return
        pane += 1
        d.logged_in[pane % PANES] = 0
        d.occupied[pane % PANES] = 0


cdef uint16_t diary_occupancy(Router* r, uint32_t agent) noexcept nogil:
    """0..10,000, from a diary that is written up to now."""
    cdef const Diary* d = &r.diaries[agent]
    cdef int64_t logged_in = 0, occupied = 0
    cdef int i
    for i in range(PANES):
        logged_in += d.logged_in[i]
        occupied += d.occupied[i]
    while occupied > INT64_MAX // 10_000:  # a window of years: the last bits do not matter
        occupied >>= 1
        logged_in >>= 1
    return <uint16_t>(10_000 * occupied // logged_in) if logged_in else 0
