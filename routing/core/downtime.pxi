# Downtime: the host was away. Nothing rings on, nobody is matched before it is back, and limits get a grace.


cdef inline bint is_paused(const Router* r) noexcept nogil:
    """Is nobody matched yet?"""
    return r.resume_timer != 0


cdef inline int64_t graced(const Router* r, int64_t due) noexcept nogil:
    """When a limit ends that would end then."""
    return max(due, r.grace_until)


cdef void timers_put_off(Router* r, uint64_t kind) noexcept nogil:
    """Let timers of segments or attempts that would fire within the grace fire at its end."""
    cdef uint32_t timer
    while r.due[kind].count and r.timers[r.due[kind].first].major < r.grace_until:
        timer = r.due[kind].first
        timer_arm(r, timer, r.grace_until, kind, r.timers[timer].seq & TIMER_NUMBER, r.timers[timer].owner)


cdef void grace_begin(Router* r, int64_t until) noexcept nogil:
    """No limit ends before ``until``, those that run included. O(limits that would)."""
    cdef uint64_t kind
    r.grace_until = max(r.grace_until, until)
    timers_put_off(r, TIMER_WRAP_UP)
    timers_put_off(r, TIMER_HANDLING)
    timers_put_off(r, TIMER_ATTEMPT)
    for kind in range(TIMER_NO_AGENT, TIMER_MAX_WAIT + 1):
        while r.due[kind].count and r.timers[r.due[kind].first].major < r.grace_until:
            contact_timer(r, r.timers[r.due[kind].first].owner)


cdef void pause_begin(Router* r, int64_t until) noexcept nogil:
    """Match nobody before ``until``."""
    if r.resume_timer:
        until = max(until, r.timers[r.resume_timer].major)
    r.resume_timer = timer_arm(r, r.resume_timer, until, TIMER_RESUME, 0, 0)


cdef void pause_end(Router* r) noexcept nogil:
    """The timer has fired: match whoever waits."""
    r.resume_timer = timer_drop(r, r.resume_timer)
    r.match_all = 1
