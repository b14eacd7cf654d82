# What is kept, field by field, and the pools it comes from.

cdef enum:                       # in the order of shapes.QueueCounts
    ENTERED
    ENTERED_OVERFLOW
    ENTERED_REQUEUE
    ANSWERED
    ANSWERED_IN
    ANSWERED_ELSEWHERE
    ABANDONED
    ABANDONED_IN
    ABANDONED_SHORT
    ENDED_ELSEWHERE
    OVERFLOWED
    DIVERTED
    REJECTED
    REQUEUED
    CANCELLED
    LOST
    WAIT_ANSWERED_NS
    WAIT_ABANDONED_NS
    WAIT_OTHER_NS
    WAIT_MAX_NS
    WAITING_NS
    WAITING_MAX
    CONTACTS
    CONTACTS_ANSWERED
    CONTACTS_ANSWERED_IN
    CONTACTS_HANDLED
    CONTACTS_ABANDONED
    CONTACTS_ABANDONED_IN
    CONTACTS_ABANDONED_SHORT
    CONTACTS_DIVERTED
    CONTACTS_REJECTED
    CONTACTS_CANCELLED
    CONTACTS_LOST
    CONTACTS_TRANSFERRED
    CONTACT_WAIT_ANSWERED_NS
    CONTACT_WAIT_ABANDONED_NS
    OFFERS
    OFFERS_REJECTED
    OFFERS_MISSED
    OFFERS_FAILED
    OFFERS_WITHDRAWN
    RING_NS
    SEGMENTS
    TRANSFERRED
    TALK_NS
    HOLD_NS
    WRAP_UPS
    WRAP_UP_NS
    ARRIVED_OUTBOUND
    ARRIVED_INTERNAL
    ARRIVED_LEGS
    PLACED
    CONTACTS_MERGED
    HANDED_OVER
    HOLDS
    QUEUE_FIELDS                 # how many there are

cdef enum:                       # of an agent; the time spent in one is counted in the field of the same number
    OUT
    TALKING
    HOLDING
    WRAPPING
    RINGING
    NOT_READY
    ENGAGED
    IDLE
    STATES

cdef enum:                       # in the order of shapes.AgentCounts without `not_ready_by`
    STAFFED_NS
    STATE_NS                     # TALKING .. IDLE: seven fields
    A_IN_HAND_NS = 8
    A_LOG_INS
    A_LOG_OUTS
    A_OFFERS
    A_ACCEPTED
    A_REJECTED
    A_MISSED
    A_FAILED
    A_WITHDRAWN
    A_SEGMENTS
    A_HANDLED
    A_TRANSFERRED
    A_TALK_NS
    A_HOLD_NS
    A_WRAP_UPS
    A_WRAP_UP_NS
    A_PLACED
    A_HANDED_OVER
    A_TAKEN_OVER
    A_HOLDS
    AGENT_FIELDS

cdef enum:                       # counted by pane, for rolling figures
    PANE_ANSWERED
    PANE_ANSWERED_IN
    PANE_ABANDONED
    PANE_ABANDONED_IN
    PANE_ABANDONED_SHORT
    PANE_FIELDS

cdef enum:                       # a contact came into a queue
    BY_ENQUEUE
    BY_OVERFLOW
    BY_REQUEUE

cdef object HANDLED_OUTCOME = _e.Outcome.HANDLED
cdef object ABANDONED_OUTCOME = _e.Outcome.ABANDONED
cdef object LOST_OUTCOME = _e.Outcome.LOST
cdef dict ENDED_FIELDS = {
    _e.Outcome.DIVERTED: CONTACTS_DIVERTED, _e.Outcome.REJECTED: CONTACTS_REJECTED,
    _e.Outcome.CANCELLED: CONTACTS_CANCELLED, LOST_OUTCOME: CONTACTS_LOST,
    _e.Outcome.MERGED: CONTACTS_MERGED,
}
cdef int64_t DEFAULT_LEVEL = 20_000_000_000  # of a queue that no configuration has told us of

cdef tuple QUEUE_NAMES = _s.QueueCounts.__struct_fields__
cdef tuple AGENT_NAMES = tuple([name for name in _s.AgentCounts.__struct_fields__ if name != "not_ready_by"])
if len(QUEUE_NAMES) != QUEUE_FIELDS or len(AGENT_NAMES) != AGENT_FIELDS:
    raise InternalError("routing.statistics.shapes and the compiled fold count different things; build anew")


cdef enum:
    HELD = 16                    # waits that are counted together, which spares the cache

cdef struct Cell:                # one queue and channel
    int64_t n[QUEUE_FIELDS]      # of the present interval
    int64_t base[QUEUE_FIELDS]   # of all before it
    int64_t since                # `waiting` is integrated up to here
    int64_t waiting              # visits there are now
    int64_t in_hand              # contacts answered from here and in somebody's hands now
    int64_t wrapping             # wrap-ups after them now
    int64_t level                # the queue's service level, ns
    Visit* first                 # visits in the order they were entered
    Visit* last
    uint32_t queue
    uint32_t channel
    int64_t pane                 # the newest that is kept
    uint32_t* panes              # NULL until something is counted
    int64_t held[2 * HELD]       # waits that no histogram has counted yet, each with its instant
    int32_t n_held
    PyObject* ring               # RollingHistogram of answered waits, owned; NULL until there is one
    PyObject* ever               # Histogram of all of them, likewise

cdef struct Contact:             # one that lives, or that an agent still wraps up after
    PyObject* id                 # owned
    Py_hash_t hash               # of the id
    Visit* visits                # in the order they were entered
    Offer* offers                # that ring
    Cell* entry                  # of its entry queue
    Cell* hand                   # where it was answered; NULL: nobody has it in hand
    uint32_t agent               # who has it in hand
    uint32_t channel
    uint32_t uses                # that it lives, and each wrap-up; what nobody uses is given back
    uint8_t answered             # ever
    uint8_t transferred          # ever
    uint8_t on_hold
    int64_t arrived
    int64_t since                # arrived, or came back from an agent's hands
    int64_t taken                # by who has it in hand
    int64_t level                # the service level of its entry queue when it arrived
    int64_t first_answer
    int64_t held_at              # when it was put on hold
    int64_t held                 # ns on hold in these hands, before that
    uint64_t serial              # in the order they came
    PyObject* story              # Story, owned; NULL unless records are kept
    PyObject* part               # Part, owned: of who has it in hand; or NULL

cdef struct Visit:               # one stay
    Visit* before                # in its cell
    Visit* behind
    Visit* after                 # of the same contact
    Cell* cell
    Contact* contact             # it lives as long as its visits
    int64_t entered

cdef struct Offer:               # one that rings
    Offer* after                 # of the same contact
    Cell* cell
    int64_t number
    int64_t at
    uint32_t agent

cdef struct Wrap:                # one agent's wrap-up after one contact
    Wrap* after                  # of the same agent
    Contact* contact             # one of its uses
    PyObject* part               # Part, owned; NULL unless records are kept
    Cell* cell
    int64_t started
    int64_t until

cdef struct Tally:               # not ready for one reason
    uint32_t reason
    int64_t n                    # ns of the present interval
    int64_t base                 # of all before it

cdef struct Worker:              # one agent; what every event touches stands first
    int64_t since                # times are counted up to here
    int64_t changed              # in this state from here
    Wrap* wraps
    int32_t state
    int32_t in_hand
    int32_t held
    int32_t wrapping
    int32_t ringing
    uint8_t logged_in
    uint8_t ready
    uint8_t device               # 0 available, 1 in use, 2 unreachable
    uint8_t dirty                # on the list of those whose aggregates lag behind
    int64_t n[AGENT_FIELDS]
    int64_t base[AGENT_FIELDS]
    int64_t logged_in_at
    int32_t told                 # state that the aggregates know; -1: none
    uint32_t reason
    uint32_t told_reason
    uint8_t leaving
    uint32_t n_tallies
    uint32_t n_tags
    Tally* tallies
    uint32_t* tags               # groups and skills

cdef struct Tag:                 # a group, a skill, or (number 0) everybody
    int64_t counts[STATES]       # agents by state
    uint32_t n_reasons
    int64_t* reasons             # agents not ready by reason

cdef struct Line:                # one queue
    int64_t level
    uint32_t n_cells
    Cell** cells                 # by channel; NULL where nothing has happened

cdef struct Medium:              # one channel
    int64_t alive                # contacts
    int64_t in_hand

cdef struct Entry:               # into a queue, of which no event has said whether it stands
    Cell* cell
    int how

cdef struct Pool:                # of records of one size; what is given back is used again
    void* spare
    void* blocks                 # each starts with the address of the one before
    size_t size


cdef enum:
    BLOCK = 256                  # records that are allocated together


cdef int pool_grow(Pool* pool) except -1:
    cdef char* block = <char*>malloc(sizeof(void*) + BLOCK * pool.size)
    cdef char* record
    cdef int i
    if block == NULL:
        raise MemoryError
    (<void**>block)[0] = pool.blocks
    pool.blocks = block
    for i in range(BLOCK):
        record = block + sizeof(void*) + i * pool.size
        (<void**>record)[0] = pool.spare
        pool.spare = record
    return 0


cdef inline void* pool_take(Pool* pool) except NULL:
    """A record; what is in it is left over from another."""
    cdef void* record
    if pool.spare == NULL:
        pool_grow(pool)
    record = pool.spare
    pool.spare = (<void**>record)[0]
    return record


cdef inline void pool_give(Pool* pool, void* record) noexcept:
    (<void**>record)[0] = pool.spare
    pool.spare = record


cdef void pool_free(Pool* pool) noexcept:
    cdef void* block = pool.blocks
    cdef void* before
    while block != NULL:
        before = (<void**>block)[0]
        free(block)
        block = before
    pool.blocks = NULL
    pool.spare = NULL


cdef void* grown(void* items, uint32_t* cap, uint32_t need, size_t size) except NULL:
    """Room for at least ``need`` items, the new ones zero."""
    cdef uint32_t more = cap[0] * 2 if cap[0] else 16
    cdef char* found
    while more < need:
        more *= 2
    found = <char*>realloc(items, more * size)
    if found == NULL:
        raise MemoryError
    memset(found + cap[0] * size, 0, (more - cap[0]) * size)
    cap[0] = more
    return found


@cython.final
@cython.no_gc
cdef class Part:
    """One agent's work on a contact, for the contact's record."""

    cdef uint32_t agent
    cdef uint32_t queue
    cdef int64_t offered
    cdef int64_t answered
    cdef int64_t ended
    cdef int64_t hold
    cdef int64_t wrapped
    cdef bint transferred


@cython.final
@cython.no_gc
cdef class Story:
    """What a contact's record will say beyond its counts."""

    cdef int64_t priority
    cdef int64_t visits
    cdef int64_t overflows
    cdef int64_t ended             # -1: it lives
    cdef int64_t wrapping          # wrap-ups after it that go on
    cdef object outcome
    cdef str queue
    cdef str customer
    cdef str subject
    cdef list parts
