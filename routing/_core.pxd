# The map of the compiled core: every record, field by field (meaning, unit, owner).
#
# All state of one engine hangs on one Router. Records live in arrays and name each other by slot (uint32, 0 is
# nobody); Python objects (ids, commands) lie beside them in lists of the Core class under the same slots.
# Leaves are free functions on these records; they touch no Python object and never raise.

from libc.stdint cimport int32_t, int64_t, uint8_t, uint16_t, uint32_t, uint64_t

cdef enum:
    CHANNELS = 16          # places for channels in a record; Limits.channels may not exceed it
    SHAPES = 64            # bits of an availability mask; Limits.loads may not exceed it
    PANES = 6              # that occupancy looks back
    RANKINGS = 2           # orders of agents by a number that only their own changes move

cdef enum AgentDevice:
    DEVICE_AVAILABLE = 0
    DEVICE_IN_USE = 1
    DEVICE_UNREACHABLE = 2

cdef enum Leaving:
    STAYING = 0
    LOGGING_OUT = 1
    REMOVING = 2

cdef enum ContactState:
    CONTACT_FREE = 0
    CONTACT_WAITING = 1
    CONTACT_OFFERED = 2
    CONTACT_HANDLING = 3
    CONTACT_ENDED = 4

cdef enum SegmentState:
    SEGMENT_FREE = 0
    SEGMENT_RINGING = 1
    SEGMENT_HANDLING = 2
    SEGMENT_WRAP_UP = 3

cdef enum AttemptState:
    ATTEMPT_FREE = 0
    ATTEMPT_DIALING = 1
    ATTEMPT_RINGING = 2
    ATTEMPT_ANSWERED = 3

cdef enum StrategyCode:
    LONGEST_IDLE = 0
    FEWEST_CONTACTS = 1
    ROUND_ROBIN = 2
    LINEAR = 3
    MOST_SKILLED = 4
    LEAST_SKILLED = 5
    RANDOM = 6
    LEAST_OCCUPIED = 7
    WEIGHTED = 8
    PERCENT_ALLOCATION = 9
    RING_ALL = 10
    RING_N = 11

cdef enum OrderingCode:
    PRIORITY_AGE = 0
    FIFO = 1
    SERVICE_OBJECTIVE = 2
    DEADLINE = 3

cdef enum:                 # orders by a number: Router.order_by
    BY_HANDLED = 0
    BY_OCCUPANCY = 1

cdef enum TermCode:        # what a condition reads; as routing.conditions.Term
    TERM_WAITING = 0
    TERM_OLDEST = 1
    TERM_READY = 2
    TERM_LOGGED_IN = 3
    TERM_SERVICE_LEVEL = 4
    TERM_ESTIMATE = 5

cdef enum Place:           # where a contact waits to be matched
    NOT_PLACED = 0
    IN_CLASS = 1           # with those who ask for the same
    AMONG_CHOOSY = 2       # alone: during its preferred-agent wait
    IN_BATCH = 3

cdef enum TargetCode:
    TO_QUEUE = 0
    TO_VOICEMAIL = 1
    TO_CALLBACK = 2
    TO_DISCONNECT = 3

cdef enum DirectionCode:
    INBOUND = 0
    OUTBOUND = 1
    INTERNAL = 2

cdef enum AfterNotReady:
    AFTER_ALERT = 0
    AFTER_READY = 1
    AFTER_LOG_OUT = 2

cdef enum CauseCode:       # causes of withdrawals, failures and overflows; spelled in Core
    CAUSE_AGENT_NOT_READY = 0
    CAUSE_AGENT_LOGGED_OUT = 1
    CAUSE_DEVICE_UNREACHABLE = 2
    CAUSE_WITHDRAWN = 3
    CAUSE_ABANDONED = 4
    CAUSE_CANCELLED = 5
    CAUSE_REQUEUED = 6
    CAUSE_QUEUE_CLOSED = 7
    CAUSE_QUEUE_REMOVED = 8
    CAUSE_CLOSED = 9
    CAUSE_LENGTH = 10
    CAUSE_NO_AGENT = 11
    CAUSE_MAX_WAIT = 12
    CAUSE_OVERFLOW_LIMIT = 13
    CAUSE_BUSY = 14
    CAUSE_UNREACHABLE = 15
    CAUSE_TRUNK_ERROR = 16
    CAUSE_ANSWERED_ELSEWHERE = 17
    CAUSE_TIMED_OUT = 18
    CAUSE_OVERFLOWED = 19
    CAUSE_SPLIT = 20
    CAUSE_CONDITION = 21
    CAUSE_RESUMED = 22
    CAUSE_LOST = 23
    CAUSE_NO_ANSWER = 24   # of FailOffer: never told

cdef enum OutcomeCode:
    ENDED_HANDLED = 0
    ENDED_ABANDONED = 1
    ENDED_DIVERTED = 2
    ENDED_REJECTED = 3
    ENDED_CANCELLED = 4
    ENDED_LOST = 5
    ENDED_MERGED = 6

cdef enum TimerKind:       # also the order of timers that are due at the same instant
    TIMER_WRAP_UP = 1
    TIMER_RETRY = 2
    TIMER_HOLD = 3
    TIMER_STEP = 4
    TIMER_RING = 5
    TIMER_NO_AGENT = 6
    TIMER_MAX_WAIT = 7
    TIMER_DRAIN = 8
    TIMER_HANDLING = 9
    TIMER_PANE = 10
    TIMER_BATCH = 11
    TIMER_RESUME = 12
    TIMER_ATTEMPT = 13
    TIMER_NOT_READY = 14
    TIMER_KINDS = 15

cdef enum EventKind:
    EV_OBJECT = 0          # a cold event, built as an object at once; n1 is its place in Core's list
    EV_AGENT_LOGGED_IN = 1
    EV_AGENT_LOGGED_OUT = 2
    EV_LOG_OUT_PENDING = 3
    EV_AGENT_READY = 4
    EV_AGENT_NOT_READY = 5
    EV_DEVICE_REPORTED = 6
    EV_CONTACT_ENQUEUED = 7
    EV_CONTACT_OFFERED = 8
    EV_OFFER_ACCEPTED = 9
    EV_OFFER_REJECTED = 10
    EV_OFFER_MISSED = 11
    EV_OFFER_FAILED = 12
    EV_OFFER_WITHDRAWN = 13
    EV_STEP_REACHED = 14
    EV_CONTACT_OVERFLOWED = 15
    EV_CONTACT_REQUEUED = 16
    EV_CONTACT_ENDED = 17
    EV_WRAP_UP_STARTED = 18
    EV_WRAP_UP_ENDED = 19
    EV_HANDLING_TIME_EXCEEDED = 20
    EV_QUEUE_OPENED = 21
    EV_QUEUE_CLOSED = 22
    EV_AGENT_REMOVED = 23
    EV_SPILL_REACHED = 24
    EV_RESERVE_CHANGED = 25
    EV_AGENT_RESERVED = 26
    EV_RESERVATION_ENDED = 27
    EV_ATTEMPT_LOST = 28   # n1 is its age, n2 the hash of its id, to its slot
    EV_CONTACT_PLACED = 29
    EV_CONTACT_HELD = 30
    EV_CONTACT_RETRIEVED = 31  # n1 is how long it was on hold
    EV_NOT_READY_TIME_EXCEEDED = 32

cdef struct Node:          # one place in an ordered set (core/tree.pxi)
    int64_t major          # first key: tier of a contact, contacts handled by an agent, due time of a timer
    int64_t minor          # second key: rank of a contact
    uint64_t seq           # last key, unique in its set
    uint32_t left          # slot of the left child, 0 for none
    uint32_t right
    uint32_t up            # slot of the parent, 0 for the root
    uint32_t owner         # whose timer (slot); unused elsewhere, where node and owner share the slot

cdef struct Tree:          # an ordered set of nodes
    uint32_t root
    uint32_t first         # node with the least key, 0 when empty
    uint32_t last          # node with the greatest key
    uint32_t count

cdef struct Bits:          # a set of small integers with a summary, for quick search
    uint64_t* words
    uint64_t* summary      # bit w is set when words[w] is not zero
    uint32_t n_words

cdef struct Pool:          # slots of one kind of record
    uint32_t used          # slots ever used, slot 0 included
    uint32_t cap
    uint32_t free          # head of the free list, linked through the record's first uint32 field

cdef struct SkillLevel:
    uint16_t skill         # number of the skill
    uint8_t level          # proficiency 1..100

cdef struct Diary:         # how an agent's time was spent, by pane; kept while occupancy is needed
    int64_t since          # ns up to which it is written
    int64_t logged_in[6]   # ns, by pane modulo 6
    int64_t occupied[6]

cdef struct Watch:         # a set of agents that conditions count
    uint32_t ready         # available ones without a segment
    uint32_t logged_in
    uint8_t used

cdef struct AgentRec:
    uint32_t next_free     # Pool's
    uint32_t type          # AgentType
    uint32_t cell          # Cell whose ordered sets hold the agent, 0 when not available
    uint32_t segments      # first Segment, linked in order of offer number
    uint32_t last_segment
    uint32_t ringing       # segments that ring
    uint32_t n_segments
    uint32_t load          # sum of the segments' loads
    uint32_t handled       # offers accepted since log-in or reset
    uint32_t misses        # offers missed in a row
    uint32_t timer         # retry hold's timer, 0 for none
    uint32_t limit_timer   # end of the time that the agent may be not ready, 0 for none
    uint32_t place         # position in the configured order
    uint32_t n_orders
    uint32_t in_lineup     # place in the line-up
    uint32_t wishes        # first Wish that names the agent
    uint32_t reserved      # contact that the agent is kept free for
    uint16_t occupancy     # 0..10,000
    uint8_t exists
    uint8_t logged_in
    uint8_t ready
    uint8_t device         # AgentDevice
    uint8_t leaving        # Leaving
    uint8_t dirty          # in Router.dirty_agents
    uint8_t counted        # as ready by its watches
    uint8_t dropping       # logged out by force: nothing is wrapped up
    const void* id         # the str, for Core, which holds the reference
    uint64_t number        # creations of agents, from 1; never used again
    uint64_t id_hash
    uint64_t stamp         # order of idle times; unique
    int64_t idle_since     # ns
    int64_t retry_until    # ns, 0 for no hold
    uint32_t* orders       # pairs (order set, position), n_orders of them
    uint16_t used[16]      # segments by channel

cdef struct AgentType:     # agents with the same skills, queues and capacities
    uint32_t next_free
    uint32_t refs          # agents of this type
    uint32_t cells         # first Cell
    uint32_t n_skills
    uint32_t n_queues
    uint32_t n_watches
    uint32_t load          # most load at once
    uint32_t cost
    SkillLevel* skills     # by skill number
    uint32_t* queues       # queues with limited members that have this type, ascending
    uint16_t* ways         # by queue: bit 0 a regular member, bit i + 1 through reserve i
    uint32_t* watches      # ascending
    uint16_t capacity[16]  # contacts at once by channel

cdef struct Cell:          # available agents of one type with the same room
    uint32_t next_free
    uint32_t type
    uint32_t next          # next Cell of the type
    uint64_t mask          # bit s: room for shape s
    Tree idle              # its agents by stamp
    Tree ranked[2]         # its agents by (number, stamp); kept only when some queue asks for it

cdef struct Lineup:        # available agents in idle order, with holes (core/lineup.pxi)
    uint64_t* stamps
    uint32_t* cells        # 0 for a hole
    uint64_t* serves       # bit k: the agent may serve class k, for the first 64 classes; 0 for a hole
    uint32_t* agents
    uint32_t cap
    uint32_t head          # places in use: [head, tail)
    uint32_t tail
    uint32_t count         # agents
    uint32_t layout        # counts the times that agents were moved
    uint64_t newest        # the latest stamp that ever joined

cdef struct Shape:         # a (channel, load) pair
    uint32_t channel
    uint32_t load
    uint32_t living        # living contacts of this shape

cdef struct Scored:        # a skill that speaks for an agent
    int32_t weight
    uint16_t skill

cdef struct Expr:          # a compiled requirement expression
    uint32_t next_free
    uint32_t refs
    uint32_t n_ops
    uint32_t n_scored
    uint32_t* ops          # postfix; op | level << 8 | skill << 16
    Scored* scored

cdef struct Leaf:          # an instruction of a condition, postfix
    uint32_t op
    uint32_t term          # TermCode
    uint32_t watch         # set of agents, NOWHERE for the members of the queue that looks
    int64_t value

cdef struct Cond:          # a compiled condition
    uint32_t next_free
    uint32_t refs
    uint32_t n
    Leaf* leaves

cdef struct StepList:
    uint32_t next_free
    uint32_t refs          # queues and living contacts
    uint32_t n
    uint32_t conditional   # steps with a condition
    uint32_t* exprs
    uint32_t* conds        # 0 for none
    int64_t* afters        # ns of age

cdef struct Route:         # one way to an agent: through this queue, for those who satisfy this
    uint32_t queue
    uint32_t expr
    uint32_t spills        # reserves whose age is reached

cdef struct Rated:         # a cell in the order of a class's score
    int32_t score
    uint32_t cell

cdef struct Class:         # waiting contacts that ask for the same
    uint32_t next_free
    uint32_t shape
    uint32_t n_routes
    uint32_t next          # in its bucket of the class table
    uint64_t hash
    Route first            # the only route of most contacts
    Route* routes          # all routes, ascending, when there are several
    Tree waiting           # contacts by (tier, rank, seq)
    uint32_t n_cells       # that may serve it
    uint32_t others        # contacts of the class that wait elsewhere: Place
    uint32_t rated_expr    # whose score the order below is of, 0 for none
    uint32_t n_rated       # sorted, highest score first
    uint32_t n_unrated     # after those: cells that came later
    uint32_t rated_cap
    uint32_t rated_for     # queue whose rules the worth was reckoned by
    Rated* rated
    int64_t* worth         # by place in `rated`: the share of a cell, or what its agents are worth; NULL for neither
    uint64_t seen          # no agent in the line-up with an earlier stamp may serve it
    uint32_t seen_at       # the place of that stamp, as long as the line-up's layout is seen_layout
    uint32_t seen_layout
    uint8_t alive
    uint8_t recent         # somebody waited in it since the last sweep

cdef struct Action:        # an overflow rule
    uint8_t on
    uint8_t to             # TargetCode
    uint8_t keep_age
    uint32_t queue         # target, 0 when it does not exist
    int64_t amount         # ns of waiting, or contacts of length
    uint32_t cond          # condition, 0 for none

cdef struct ReserveRule:
    int64_t after          # ns of age
    uint32_t cond          # 0 for none

cdef struct ShareRule:     # of percent_allocation
    uint32_t watch         # the group
    uint32_t share
    uint64_t given

cdef struct SplitRule:
    uint32_t queue         # 0 when it was removed
    uint32_t percent
    uint64_t given

cdef struct Level:         # what the service level of a queue is reckoned from, by pane
    int64_t pane           # the newest
    uint32_t* counts       # three by pane: in time, answered, abandoned

cdef struct QueueRec:
    uint32_t next_free
    uint8_t exists
    uint8_t is_open
    uint8_t limited        # has members of its own
    uint8_t strategy
    uint8_t ordering
    uint8_t overflow_on_close
    uint8_t group_misses
    uint8_t touched        # in Router.touched
    uint8_t looks          # its reserves or its overflow rules have something to look at on a pane tick
    uint8_t auto_answer
    uint8_t disposition_required
    uint8_t keep_age       # of contacts that are transferred here
    uint8_t dull           # neither reserves nor split nor overflow rules: entering is simple
    int64_t tier
    uint64_t id_hash
    int64_t ring_timeout
    int64_t exclusion
    int64_t retry_delay
    int64_t wrap_up        # -1 unlimited
    int64_t max_handling
    int64_t credit         # of each contact, ns
    int64_t target         # service level, ns
    int64_t batch          # window, ns; -1 for none
    int64_t drain_after    # ns, 0 for never
    int64_t estimate       # ns, -1 when it is not known
    int64_t weights[5]     # proficiency, idle, occupancy, cost, affinity
    uint32_t ring_agents
    uint32_t n_reserves
    uint32_t on            # bit i: reserve i has no condition, or it holds
    uint32_t n_shares
    uint32_t n_splits
    uint32_t n_overflows
    uint32_t watch         # its members, NOWHERE when nobody counts them
    uint32_t conditional   # visits whose steps have conditions
    uint32_t oldest        # Visit that entered first
    uint32_t timer         # pane tick
    uint64_t number        # creations of queues, from 1
    ReserveRule* reserves
    ShareRule* shares      # by group id
    SplitRule* splits      # by queue id
    Action* overflows
    Level* level           # NULL when nobody asks
    uint32_t misses_to_not_ready
    uint32_t steps         # StepList
    uint32_t n_credits
    int64_t* credits
    Action max_wait
    Action no_agent
    Action max_length
    Action closed
    uint32_t visits        # Visit that entered last
    uint32_t n_visits
    uint32_t logged_in     # members logged in and not leaving
    uint32_t refs          # visits and segments; a removed queue goes when it has none
    int64_t unstaffed_since  # ns since which no member is logged in, -1 when somebody is
    uint32_t order         # OrderSet of its members; 0 none, 1 the configured order
    uint32_t last          # round robin: the agent last matched with it as lead, 0 for none
    uint32_t next_place    # round robin: where the search starts when that agent is no member any more
    uint64_t matched       # contacts matched with it as lead; the counter behind random

cdef struct OrderSet:      # agents in a fixed order
    uint32_t next_free
    uint32_t n
    uint32_t refs
    uint32_t* agents       # by position
    Bits available         # positions whose agent is in a cell

cdef struct Visit:         # a contact's stay in one queue
    uint32_t next_free
    uint32_t contact
    uint32_t queue
    uint32_t steps         # StepList
    uint32_t step          # the current one
    uint32_t seen          # steps whose age was reached when they were last looked at
    uint32_t spills        # reserves whose age is reached
    uint32_t next          # of the contact, in order of entry
    uint32_t before        # of the queue
    uint32_t after
    int64_t enqueued       # ns
    uint64_t seq
    int64_t entered        # ns
    int64_t rank           # ns

cdef struct Hold:          # contact and agent must not meet until then
    uint32_t next_free
    uint32_t next
    uint64_t agent         # number
    int64_t until          # ns

cdef struct Wish:          # a contact prefers an agent
    uint32_t next_free
    uint32_t next          # of the contact
    uint32_t contact
    uint32_t agent         # 0 once the agent is gone
    uint32_t before        # of the agent
    uint32_t after
    uint32_t score
    uint32_t direct

cdef struct ContactRec:
    uint32_t next_free
    uint32_t cls           # Class it belongs to while it waits to be matched, 0 when it does not
    uint32_t visits        # first Visit, in order of entry
    uint32_t segment       # first live segment (ringing or handling)
    uint32_t wishes        # first Wish
    uint32_t special       # place in Router.specials + 1, 0 for none
    uint32_t drained       # agent that is kept free for it
    uint32_t segments      # segments that name it, wrap-ups included
    uint32_t holds         # first Hold
    uint32_t n_holds
    uint32_t timer
    uint32_t steps         # StepList of its own, 0 for none
    uint32_t shape
    uint32_t lead          # Visit with the least key
    uint32_t hops
    int32_t priority
    uint8_t state
    uint8_t target         # TargetCode of its last overflow
    uint8_t dirty
    uint8_t hashed         # id_hash is known
    uint8_t place          # Place
    uint8_t expedited
    uint8_t grouped        # several may ring for it
    uint8_t n_ringing
    uint8_t looked         # within one pass of matching over everybody
    uint8_t joined         # a leg that takes part in its parent's conversation
    uint8_t direction      # DirectionCode
    uint64_t number
    uint64_t id_hash
    uint64_t seq
    int64_t enqueued
    int64_t credit
    int64_t held_until     # ns, the whole contact; 0 for none
    int64_t prefer_until   # ns, end of the preferred-agent wait; 0 for none
    int64_t due            # ns, 0 for none
    int64_t drain_at       # ns, when to try to reserve room next; 0 for not yet
    int64_t ring_until     # ns, of the group that rings
    uint32_t call          # the trace's call + 1 when it came in by that door, else 0
    uint32_t answered_in   # Queue it was answered from, or whose rules it follows
    uint32_t parent        # contact of which it is a leg, in hand; 0 for none
    uint32_t legs          # first leg, in order of creation
    uint32_t next_leg      # of the same parent
    uint32_t n_legs

cdef struct Segment:       # one agent's work on one contact: reservation, handling, wrap-up
    uint32_t next_free
    uint32_t agent
    uint32_t contact
    uint32_t queue
    uint32_t channel
    uint32_t load
    uint32_t next          # of the agent
    uint32_t before
    uint32_t sibling       # next that rings for the same contact
    uint32_t timer
    uint8_t state
    uint8_t accepted
    uint8_t on_hold
    uint8_t disposed       # a disposition was made for it
    uint64_t offer
    int64_t until          # ns: end of ringing or wrap-up; 0 for none
    int64_t since          # ns: when it was accepted; 0 before
    int64_t held_since     # ns: when it was put on hold

cdef struct AttemptRec:    # one dial that goes on
    uint32_t next_free
    uint32_t timer         # always set
    uint64_t number        # in order of creation
    uint64_t id_hash
    int64_t requested      # ns
    int64_t until          # ns when it is lost; the grace after downtime may put that off
    uint8_t state

cdef struct EventRec:
    int64_t at
    uint32_t kind
    uint32_t agent
    uint32_t contact
    uint32_t queue
    uint32_t cause         # cause, outcome, device or step
    uint32_t to            # target
    int64_t n1
    int64_t n2

cdef struct CellHead:      # the longest idle agent of a cell
    uint64_t stamp
    int64_t since          # ns

cdef struct Head:          # the key of the first contact of a class
    int64_t major
    int64_t minor
    uint64_t seq

cdef struct Router:
    int64_t now
    uint64_t revision      # events so far
    uint64_t digest
    uint64_t stamps        # last idle stamp given out
    uint64_t seqs          # last contact sequence
    uint64_t contact_numbers
    uint64_t agent_numbers
    uint64_t offers
    uint64_t watched_offer  # number of the offer that somebody wants to see being made; 0 for none
    void* witness          # the Witness who is told of it
    uint64_t seed          # mixed
    uint32_t overflow_limit
    uint32_t hold_limit
    uint8_t idle_since_ready
    uint8_t order_by[2]    # some queue asks for this order
    uint8_t interrupts     # some channel interrupts another
    uint8_t order_all      # some queue searches the configured order
    uint8_t order_scan     # there are so many cells that the line-up is kept
    uint8_t freed          # a reservation ended: somebody may be a candidate for contacts that were passed by
    uint8_t match_all      # too much changed: settle over everybody
    uint8_t failed         # bits: BROKEN, HALF_WAY; nothing may follow
    uint8_t paused         # an agent was removed; Core has to clear it away before anything goes on
    uint32_t n_contacts    # living
    uint32_t n_waiting     # in a class
    uint32_t n_agents
    uint32_t logged_in     # logged in and not leaving
    uint32_t n_shapes
    Shape shapes[64]
    uint32_t interrupted[16]   # by channel: bit c when it interrupts channel c
    uint32_t interrupting[16]  # by channel: bit c when channel c interrupts it
    int64_t pane           # ns
    int64_t occupancy_pane  # ns
    uint32_t level_panes
    uint32_t ring_limit
    uint32_t batch_limit
    uint32_t n_ready_cells
    uint32_t batch_timer
    uint8_t batch_due      # the window is over: assign
    uint8_t batch_touched  # somebody in the batch may have a candidate that they had not before
    uint32_t resume_timer  # end of the pause after downtime, 0 when there is none
    int64_t grace_until    # ns before which no limit ends
    int64_t resume_grace   # ns
    int64_t attempt_grace  # ns
    int64_t missed_limit   # ns that somebody may be not ready after missed offers, 0 for no limit
    uint8_t after_not_ready
    uint32_t leg_limit
    uint64_t attempt_numbers
    uint32_t n_attempts    # that go on
    AttemptRec* attempts
    Pool attempt_pool
    uint64_t queue_numbers
    Watch* watches
    Pool watch_pool
    Diary* diaries         # by agent slot; kept while some order is by occupancy
    uint32_t* specials     # contacts that the first of their class does not speak for
    uint32_t n_specials
    uint32_t* draining     # contacts for whom an agent is kept free
    uint32_t n_draining
    Tree choosy            # contacts during their preferred-agent wait
    Tree batched
    AgentRec* agents
    Pool agent_pool
    Node* idle_nodes       # by agent slot
    Node* ranked_nodes[2]  # by order; NULL while nobody asks for it
    Tree ranked_all[2]     # all available agents, once there are many cells
    Node* ranked_all_nodes[2]
    Lineup lineup          # all available agents in idle order, once there are many cells
    AgentType* types
    Pool type_pool
    Cell* cells
    Pool cell_pool
    CellHead* cell_heads   # by cell
    Bits ready             # cells that hold somebody
    Expr* exprs
    Pool expr_pool
    Cond* conds
    Pool cond_pool
    StepList* steps
    Pool step_pool
    Class* classes
    Pool class_pool
    uint32_t n_classes     # alive
    uint32_t* class_table  # buckets
    uint32_t class_buckets
    Bits busy              # classes that hold somebody
    uint32_t* heads        # by class: for matching over everybody
    Route* spare_routes    # for a class made when memory is out
    Head* class_heads      # by class
    uint64_t* eligible     # row by class, bit by cell
    uint64_t* eligible_t   # row by cell, bit by class
    uint32_t cell_words    # words of a row of eligible
    uint32_t class_words   # words of a row of eligible_t
    QueueRec* queues
    Pool queue_pool
    OrderSet* orders
    Pool order_pool
    void* standings        # room for the contacts of a queue that is about to be emptied
    uint32_t standings_cap
    Visit* visits
    Pool visit_pool
    Hold* holds
    Pool hold_pool
    Wish* wishes
    Pool wish_pool
    ContactRec* contacts
    Pool contact_pool
    Node* contact_nodes
    Segment* segments
    Pool segment_pool
    Node* timers
    Pool timer_pool
    Tree due[15]           # timers by (due, number), one set for each TimerKind
    uint32_t kinds_set     # bit k: some timer of kind k is set
    EventRec* events       # of the current call
    uint32_t n_events
    uint32_t events_cap
    uint32_t steps_left    # steps that memory is reserved for
    uint32_t n_touched
    uint32_t touched[16]   # queues whose ticking may have changed; beyond FEW they are looked for
    uint32_t n_dirty_agents
    uint32_t n_dirty_contacts
    uint32_t dirty_agents[16]    # changed since the last match; more than FEW set match_all instead
    uint32_t dirty_contacts[16]
