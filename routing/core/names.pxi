# Names: the Router and what Python keeps beside it. Skills, channels, expressions, steps, agent types and shapes are
# interned here; the transitions only see numbers.


cdef uint64_t text_hash(str text) except? 0:
    cdef Py_ssize_t size
    cdef const char* data = PyUnicode_AsUTF8AndSize(text, &size)
    return hash64(<const uint8_t*>data, size)


cdef void level_free(QueueRec* q) noexcept:
    if q.level != NULL:
        free(q.level.counts)
    free(q.level)
    q.level = NULL


cdef void queue_free(QueueRec* q) noexcept:
    """Give back what a queue's record owns."""
    free(q.credits)
    free(q.reserves)
    free(q.shares)
    free(q.splits)
    free(q.overflows)
    level_free(q)


cdef void router_free(Router* r) noexcept:
    """Give back everything a Router owns."""
    cdef uint32_t i
    for i in range(1, r.agent_pool.used):
        free(r.agents[i].orders)
    for i in range(1, r.type_pool.used):
        free(r.types[i].skills)
        free(r.types[i].queues)
        free(r.types[i].ways)
        free(r.types[i].watches)
    for i in range(1, r.expr_pool.used):
        free(r.exprs[i].ops)
        free(r.exprs[i].scored)
    for i in range(1, r.cond_pool.used):
        free(r.conds[i].leaves)
    for i in range(1, r.step_pool.used):
        free(r.steps[i].exprs)
        free(r.steps[i].conds)
        free(r.steps[i].afters)
    for i in range(1, r.class_pool.used):
        free(r.classes[i].routes)
        free(r.classes[i].rated)
        free(r.classes[i].worth)
    for i in range(1, r.queue_pool.used):
        queue_free(&r.queues[i])
    for i in range(1, r.order_pool.used):
        free(r.orders[i].agents)
        free(r.orders[i].available.words)
        free(r.orders[i].available.summary)
    free(r.agents)
    free(r.idle_nodes)
    for i in range(RANKINGS):
        free(r.ranked_nodes[i])
        free(r.ranked_all_nodes[i])
    free(r.diaries)
    free(r.watches)
    free(r.specials)
    free(r.draining)
    free(r.conds)
    free(r.wishes)
    free(r.class_heads)
    free(r.lineup.stamps)
    free(r.lineup.cells)
    free(r.lineup.agents)
    free(r.lineup.serves)
    free(r.types)
    free(r.cells)
    free(r.cell_heads)
    free(r.ready.words)
    free(r.ready.summary)
    free(r.exprs)
    free(r.steps)
    free(r.classes)
    free(r.class_table)
    free(r.busy.words)
    free(r.busy.summary)
    free(r.heads)
    free(r.spare_routes)
    free(r.standings)
    free(r.eligible)
    free(r.eligible_t)
    free(r.queues)
    free(r.orders)
    free(r.visits)
    free(r.holds)
    free(r.contacts)
    free(r.contact_nodes)
    free(r.segments)
    free(r.timers)
    free(r.attempts)
    free(r.events)
    free(r)


@cython.final
@cython.no_gc
@cython.freelist(256)
cdef class Entry:
    """The id of a contact or attempt and the command that made it; kept while it lives and is remembered."""

    cdef str id
    cdef object command
    cdef dict attributes           # as they stand now, None when they are still the command's
    cdef uint32_t slot             # 0 once it has ended


cdef class Names:
    """The state of one engine and everything that has a name in it."""

    cdef Router* r
    cdef object __weakref__
    cdef dict _contacts            # id -> Entry, of contacts alive or remembered
    cdef list _entries             # by slot
    cdef list _ended               # ring of the remembered
    cdef Py_ssize_t _ended_next
    cdef dict _attempts            # id -> Entry, of attempts that go on or are remembered
    cdef list _attempt_entries     # by slot
    cdef list _past_attempts       # ring of the remembered
    cdef Py_ssize_t _past_next
    cdef dict _agents              # id -> slot
    cdef list _agent_ids
    cdef list _agent_reasons       # why not ready
    cdef list _graves              # slots of agents that are gone
    cdef dict _queues              # id -> slot, living queues
    cdef list _queue_ids
    cdef dict _channels            # id -> shape of a contact with the channel's own load
    cdef dict _channel_numbers     # id -> number, of channels that the configuration has no more but contacts do, too
    cdef list _channel_ids         # by number
    cdef list _channel_shapes      # the shapes that _channels names
    cdef dict _skills              # id -> number, of skills declared or still named by an expression
    cdef set _declared             # skills that new expressions may name
    cdef list _spare_skills        # numbers given back
    cdef dict _exprs               # (expression, score) -> slot; holds a reference of its own
    cdef dict _expr_names          # (expression, score) -> skills named
    cdef dict _conds               # condition -> slot; holds a reference of its own
    cdef dict _watches             # ("group" or "queue", id) -> watch
    cdef dict _steps               # ((expression, after, when, score), ...) -> slot; holds a reference of its own
    cdef set _approved             # keys of steps found good under the present skills and limits
    cdef dict _types               # what agents of one type have in common -> slot
    cdef dict _type_keys           # slot -> its key
    cdef object _capacities        # the capacities that a type was last made of
    cdef tuple _capacity_key       # the same by number
    cdef dict _by_number           # number -> slot of agents, while a snapshot is taken over
    cdef object _requests          # request id -> (revision, events), oldest first
    cdef list _objects             # cold events of the current call
    cdef bint _untouched           # a command of configuration ran out of memory before it changed anything
    cdef list _unsaid              # events of a call that ran out of memory: the next one returns them
    cdef tuple _tuple              # queues of the ContactRequeued of the current call
    cdef object _limits
    cdef int64_t _limit_priority   # limits that every contact is held against
    cdef uint32_t _limit_contacts
    cdef uint32_t _limit_attempts
    cdef frozenset _reasons        # not-ready reasons, empty for any

    def __cinit__(self):
        self.r = <Router*>take_zeroed(1, sizeof(Router))
        if self.r == NULL:
            raise MemoryError
        if reserve(self.r) < 0:
            raise MemoryError
        self._contacts = {}
        self._entries = []
        self._ended = []
        self._attempts = {}
        self._attempt_entries = []
        self._past_attempts = []
        self._agents = {}
        self._agent_ids = [None]
        self._agent_reasons = [None]
        self._graves = []
        self._queues = {}
        self._queue_ids = [None]
        self._channels = {}
        self._channel_numbers = {}
        self._channel_ids = [None] * CHANNELS
        self._channel_shapes = []
        self._skills = {}
        self._declared = set()
        self._spare_skills = []
        self._exprs = {}
        self._expr_names = {}
        self._conds = {}
        self._watches = {}
        self._steps = {}
        self._approved = set()
        self._types = {}
        self._type_keys = {}
        self._requests = OrderedDict()
        self._objects = []
        self._reasons = frozenset()
        # Order set 1 is the configured order of all agents.
        self._new_order()

    def __dealloc__(self):
        if self.r != NULL:
            router_free(self.r)
            self.r = NULL

    cdef int _room(self, Pool* pool, void** items, size_t size) except -1:
        """Room for one more record of a kind that only commands of configuration make."""
        cdef uint32_t want
        if pool_full(pool, 1):
            want = doubled(pool.cap, pool.used + 2)
            if grow(items, pool.cap, want, size) < 0:
                raise MemoryError
            pool.cap = want
        return 0

    cdef uint32_t _new_order(self) except 0:
        """A new, empty order set."""
        cdef Router* r = self.r
        cdef uint32_t order
        self._room(&r.order_pool, <void**>&r.orders, sizeof(OrderSet))
        order = pool_take(&r.order_pool, r.orders, sizeof(OrderSet))
        if order_fill(r, order, NULL, 0) < 0:
            raise MemoryError
        return order

    cdef uint32_t _shape(self, uint32_t channel, uint32_t load, bint always=False) except? 0:
        """The number of a (channel, load) pair; NOWHERE when there are too many and it is not let in always."""
        cdef Router* r = self.r
        cdef uint32_t i, living = 0, slot = NOWHERE
        for i in range(r.n_shapes):
            living += r.shapes[i].living != 0
            if r.shapes[i].channel == channel and r.shapes[i].load == load:
                slot = i
        if not always and living >= <uint32_t>self._limits.loads and (slot == NOWHERE or r.shapes[slot].living == 0):
            return NOWHERE
        if slot != NOWHERE:
            return slot
        if r.n_shapes < SHAPES:
            slot = r.n_shapes
            r.n_shapes += 1
        else:
            # Each channel keeps one place and limits.loads are at most 32, so one of the 64 is not in use.
            slot = 0
            while r.shapes[slot].living or slot in self._channel_shapes:
                slot += 1
                if slot == SHAPES:
                    raise InternalError("no place left for another pair of channel and load")
            classes_sweep(r, False)
        r.shapes[slot].channel = channel
        r.shapes[slot].load = load
        agents_remask(r)
        return slot

    cdef uint16_t _skill_number(self, str skill) except? 0:
        """The number of a skill; whether new expressions may name it is another question."""
        cdef PyObject* known = PyDict_GetItemWithError(self._skills, skill)
        if known != NULL:
            return <object>known
        number = self._spare_skills.pop() if self._spare_skills else len(self._skills)
        self._skills[skill] = number
        return number

    cdef uint32_t _intern_expr(self, str expression, str score) except 0:
        """The slot of a compiled expression and what it scores by; their skills are all known."""
        cdef Router* r = self.r
        cdef uint32_t slot
        cdef Expr* x
        known = self._exprs.get((expression, score))
        if known is not None:
            return known
        compiled = compile_requirement(expression, 255)
        scored = compile_score(score, 255) if score else tuple([(skill, 1) for skill in compiled.positive])
        self._room(&r.expr_pool, <void**>&r.exprs, sizeof(Expr))
        slot = pool_take(&r.expr_pool, r.exprs, sizeof(Expr))
        x = &r.exprs[slot]
        x.n_ops = len(compiled.program)
        x.n_scored = len(scored)
        x.ops = <uint32_t*>take(max(x.n_ops, 1) * sizeof(uint32_t))
        x.scored = <Scored*>take(max(x.n_scored, 1) * sizeof(Scored))
        if x.ops == NULL or x.scored == NULL:
            free(x.ops)
            free(x.scored)
            pool_give(&r.expr_pool, r.exprs, sizeof(Expr), slot)
            raise MemoryError
        for i, (op, skill, level) in enumerate(compiled.program):
            number = self._skill_number(skill) if skill else 0
            x.ops[<uint32_t>i] = <uint32_t>op | <uint32_t>level << 8 | <uint32_t>number << 16
        for i, (skill, weight) in enumerate(scored):
            x.scored[<uint32_t>i].skill = self._skill_number(skill)
            x.scored[<uint32_t>i].weight = weight
        x.refs = 1
        self._exprs[expression, score] = slot
        self._expr_names[expression, score] = (*compiled.names, *[skill for skill, _ in scored])
        return slot

    cdef uint32_t _intern_cond(self, str condition) except? 0:
        """The slot of a compiled condition, 0 for none; its groups are watched."""
        cdef Router* r = self.r
        cdef uint32_t slot
        cdef Cond* x
        if not condition:
            return 0
        known = self._conds.get(condition)
        if known is not None:
            return known
        compiled = compile_condition(condition, 255)
        self._room(&r.cond_pool, <void**>&r.conds, sizeof(Cond))
        slot = pool_take(&r.cond_pool, r.conds, sizeof(Cond))
        x = &r.conds[slot]
        x.n = len(compiled.program)
        x.leaves = <Leaf*>take(max(x.n, 1) * sizeof(Leaf))
        if x.leaves == NULL:
            pool_give(&r.cond_pool, r.conds, sizeof(Cond), slot)
            raise MemoryError
        for i, (op, term, group, value) in enumerate(compiled.program):
            x.leaves[<uint32_t>i].op = op
            x.leaves[<uint32_t>i].term = term
            x.leaves[<uint32_t>i].watch = NOWHERE
            if group:
                x.leaves[<uint32_t>i].watch = self._watches["group", group]
            x.leaves[<uint32_t>i].value = value
        x.refs = 1
        self._conds[condition] = slot
        return slot

    cdef bint _room_for_steps(self, tuple key) except -1:
        """Is there room for one more list of steps, should this one be new?"""
        known = self._steps.get(key)
        if known is not None and (self.r.steps[<uint32_t>known].refs > 1
                                  or len(self._steps) <= self._limits.requirements):
            return True
        if len(self._steps) >= self._limits.requirements:
            self._purge()
        return len(self._steps) < self._limits.requirements

    cdef uint32_t _intern_steps(self, tuple key, bint always=False) except? 0:
        """The slot of steps ``((expression, after, when, score), ...)``; 0 when there are too many, unless always."""
        cdef Router* r = self.r
        cdef uint32_t slot, i
        cdef StepList* s
        if not self._room_for_steps(key) and not always:
            return 0
        if key in self._steps:
            return self._steps[key]
        slots = [(self._intern_expr(expression, score), self._intern_cond(when)) for expression, _, when, score in key]
        self._room(&r.step_pool, <void**>&r.steps, sizeof(StepList))
        slot = pool_take(&r.step_pool, r.steps, sizeof(StepList))
        s = &r.steps[slot]
        s.exprs = <uint32_t*>take(len(key) * sizeof(uint32_t))
        s.conds = <uint32_t*>take(len(key) * sizeof(uint32_t))
        s.afters = <int64_t*>take(len(key) * sizeof(int64_t))
        if s.exprs == NULL or s.conds == NULL or s.afters == NULL:
            free(s.exprs)
            free(s.conds)
            free(s.afters)
            pool_give(&r.step_pool, r.steps, sizeof(StepList), slot)
            raise MemoryError
        s.n = len(key)
        s.refs = 1
        for i in range(s.n):
            s.exprs[i], s.conds[i] = slots[i]
            s.afters[i] = key[i][1]
            r.exprs[s.exprs[i]].refs += 1
            if s.conds[i]:
                s.conditional += 1
                r.conds[s.conds[i]].refs += 1
        self._steps[key] = slot
        return slot

    cdef int _purge(self) except -1:
        """Forget classes, steps, expressions and conditions that nobody uses."""
        cdef Router* r = self.r
        classes_sweep(r, False)
        self._approved.clear()
        for key in [key for key, slot in self._steps.items() if r.steps[<uint32_t>slot].refs == 1]:
            steps_release(r, self._steps.pop(key))
        for texts in [texts for texts, slot in self._exprs.items() if r.exprs[<uint32_t>slot].refs == 1]:
            expr_release(r, self._exprs.pop(texts))
            del self._expr_names[texts]
        for text in [text for text, slot in self._conds.items() if r.conds[<uint32_t>slot].refs == 1]:
            cond_release(r, self._conds.pop(text))
        return 0

    def _watch(self, str kind, str name):
        """Count the agents of a group or the members of a queue from now on; False when they are counted already."""
        cdef uint32_t slot
        if (kind, name) in self._watches:
            return False
        self._room(&self.r.watch_pool, <void**>&self.r.watches, sizeof(Watch))
        slot = pool_take(&self.r.watch_pool, self.r.watches, sizeof(Watch))
        self._watches[kind, name] = slot
        return True

    cdef bytes _type_key(self, object skills, object queues, object capacities, object watches, uint64_t load,
                         uint64_t cost):
        """What agents of one type have in common, as words in an order that does not depend on who lists them.

        Three words of counts, load and cost; the capacities by channel, four to a word; then skill number and level,
        queue and ways, and watch, one to a word and each kind ascending.
        """
        cdef list have = [self._skill_number(skill) << 8 | <uint32_t>level for skill, level in skills.items()]
        cdef list members = [self._queues[queue] << 16 | ways for queue, ways in queues.items()] if queues else []
        cdef list watched = []
        cdef bytes key
        cdef uint64_t* word
        cdef Py_ssize_t i
        for watch in watches:
            number = self._watches.get(watch)
            if number is not None:
                watched.append(number)
        have.sort()
        members.sort()
        watched.sort()
        if capacities is not self._capacities:
            self._capacity_key = tuple([capacities.get(self._channel_ids[i], 0) for i in range(CHANNELS)])
            self._capacities = capacities
        key = PyBytes_FromStringAndSize(
            NULL, (TYPE_HEAD + len(have) + len(members) + len(watched)) * sizeof(uint64_t))
        word = <uint64_t*>PyBytes_AS_STRING(key)
        memset(word, 0, TYPE_HEAD * sizeof(uint64_t))
        word[0] = <uint64_t>len(have) | <uint64_t>len(members) << 32
        word[1] = <uint64_t>len(watched)
        word[2] = load | cost << 32
        for i in range(CHANNELS):
            word[3 + i // 4] |= <uint64_t>self._capacity_key[i] << 16 * (i % 4)
        word += TYPE_HEAD
        for number in have:
            word[0] = number
            word += 1
        for number in members:
            word[0] = number
            word += 1
        for number in watched:
            word[0] = number
            word += 1
        return key

    cdef uint32_t _intern_type(self, bytes key) except 0:
        """The slot of the type with this key."""
        cdef Router* r = self.r
        cdef uint32_t slot, i
        cdef AgentType* t
        cdef const uint64_t* word = <const uint64_t*>PyBytes_AS_STRING(key)
        cdef PyObject* known = PyDict_GetItemWithError(self._types, key)
        if known != NULL:
            return <object>known
        self._room(&r.type_pool, <void**>&r.types, sizeof(AgentType))
        slot = pool_take(&r.type_pool, r.types, sizeof(AgentType))
        t = &r.types[slot]
        t.n_skills = <uint32_t>word[0]
        t.n_queues = <uint32_t>(word[0] >> 32)
        t.n_watches = <uint32_t>word[1]
        t.load = <uint32_t>word[2]
        t.cost = <uint32_t>(word[2] >> 32)
        t.skills = <SkillLevel*>take(max(t.n_skills, 1) * sizeof(SkillLevel))
        t.queues = <uint32_t*>take(max(t.n_queues, 1) * sizeof(uint32_t))
        t.ways = <uint16_t*>take(max(t.n_queues, 1) * sizeof(uint16_t))
        t.watches = <uint32_t*>take(max(t.n_watches, 1) * sizeof(uint32_t))
        if t.skills == NULL or t.queues == NULL or t.ways == NULL or t.watches == NULL:
            free(t.skills)
            free(t.queues)
            free(t.ways)
            free(t.watches)
            pool_give(&r.type_pool, r.types, sizeof(AgentType), slot)
            raise MemoryError
        for i in range(CHANNELS):
            t.capacity[i] = <uint16_t>(word[3 + i // 4] >> 16 * (i % 4))
        word += TYPE_HEAD
        for i in range(t.n_skills):
            t.skills[i].skill = <uint16_t>(word[i] >> 8)
            t.skills[i].level = <uint8_t>word[i]
        word += t.n_skills
        for i in range(t.n_queues):
            t.queues[i] = <uint32_t>(word[i] >> 16)
            t.ways[i] = <uint16_t>word[i]
        word += t.n_queues
        for i in range(t.n_watches):
            t.watches[i] = <uint32_t>word[i]
        self._types[key] = slot
        self._type_keys[slot] = key
        return slot

    cdef int _drop_type(self, uint32_t type) except -1:
        """One agent fewer of this type."""
        if self.r.types[type].refs == 1:
            del self._types[self._type_keys.pop(type)]
        type_release(self.r, type)
        return 0
