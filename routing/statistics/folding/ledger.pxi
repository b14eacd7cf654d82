# Names and numbers: which queue, channel, agent, reason, group and skill is kept where.


cdef enum:
    KNOWN = 4096                   # ids that are found by their address; twelve bits
    KNOWN_SHIFT = 52
    FEWEST = 64                    # places for contacts

cdef struct Known:                 # an id and the number it stands for
    PyObject* id                   # owned, so that nothing else is at its address
    uint32_t number


cdef inline size_t address(PyObject* id) noexcept:
    """Where to look for an id by its address: an engine says the same id with the same object."""
    return <size_t>((<uint64_t><size_t>id * 0x9E3779B97F4A7C15ULL) >> KNOWN_SHIFT)


cdef inline void remember(Known* known, PyObject* id, uint32_t number) noexcept:
    Py_INCREF(<object>id)
    if known.id != NULL:
        Py_DECREF(<object>known.id)
    known.id = id
    known.number = number


cdef inline void release(Pool* pool, Contact* c) noexcept:
    """One use less; the last one gives the contact back."""
    if c == NULL:
        return
    c.uses -= 1
    if c.uses == 0:
        Py_DECREF(<object>c.id)
        Py_XDECREF(c.story)
        Py_XDECREF(c.part)
        pool_give(pool, c)


cdef inline bint same(PyObject* a, PyObject* b) except -1:
    """Are two ids the same?"""
    return a == b or <str>a == <str>b


@cython.no_gc
cdef class Ledger:
    """Everything that is counted, and where it stands."""

    cdef int64_t now               # of the newest event
    cdef int64_t end               # of the present interval
    cdef int64_t interval
    cdef int64_t short
    cdef int64_t pane
    cdef int64_t n_panes
    cdef int64_t pane_number       # of the present pane, as long as `now` is below `pane_end`
    cdef int64_t pane_place        # of its first count within a cell's panes
    cdef int64_t pane_end
    cdef int64_t wait_pane         # of rings of waits
    cdef int64_t n_wait_panes      # 0: no waits are kept
    cdef bint recording
    cdef public int64_t misplaced  # events that speak of a contact or agent that is not as they say
    cdef bint edited               # a queue's service level may have changed
    cdef Pool contact_pool
    cdef Pool visit_pool
    cdef Pool offer_pool
    cdef Pool wrap_pool
    cdef Cell** cells
    cdef uint32_t n_cells
    cdef uint32_t cap_cells
    cdef Line* lines
    cdef uint32_t n_lines
    cdef uint32_t cap_lines
    cdef Medium* media
    cdef uint32_t n_media
    cdef uint32_t cap_media
    cdef Worker* workers
    cdef uint32_t n_workers
    cdef uint32_t cap_workers
    cdef Tag* tags
    cdef uint32_t n_tags
    cdef uint32_t cap_tags
    cdef uint32_t* dirty
    cdef uint32_t n_dirty
    cdef uint32_t cap_dirty
    cdef Entry* entries            # a stack: the next one to be entered is the last
    cdef uint32_t n_entries
    cdef uint32_t cap_entries
    cdef Contact* entering         # whose entries these are, NULL: there are none
    cdef int64_t left              # the agent from whose hands it came, -1: nobody's
    cdef Contact** contacts        # that live, by the hash of their id; open addressing, at most half full
    cdef size_t mask               # places there are, a power of two, less one
    cdef size_t n_contacts
    cdef uint64_t serial           # contacts so far
    cdef Known* known_agents
    cdef Known* known_queues
    cdef Contact* parted           # that an agent was done with last, one of its uses; or NULL
    cdef Cell* parted_cell
    cdef int64_t parted_agent
    cdef PyObject* parted_part     # Part, owned; or NULL
    cdef Contact* closing          # it ended in somebody's hands, and a wrap-up may follow; for its record
    cdef dict queues               # id -> number
    cdef list queue_ids
    cdef dict channels
    cdef list channel_ids
    cdef dict agents
    cdef list agent_ids
    cdef dict reasons
    cdef list reason_ids
    cdef dict tag_numbers          # (kind, id) -> number
    cdef public set stale          # agents whose groups and skills may have changed; None: everybody's
    cdef list finished             # spans that are over and not taken yet
    cdef list records
    cdef list sessions

    def __cinit__(self):
        self.contact_pool.size = sizeof(Contact)
        self.visit_pool.size = sizeof(Visit)
        self.offer_pool.size = sizeof(Offer)
        self.wrap_pool.size = sizeof(Wrap)
        self.left = -1
        self.queues = {}
        self.queue_ids = []
        self.channels = {}
        self.channel_ids = []
        self.agents = {}
        self.agent_ids = []
        self.reasons = {}
        self.reason_ids = []
        self.tag_numbers = {}
        self.stale = set()
        self.finished = []
        self.records = []
        self.sessions = []
        self._tag("centre", "")
        self.mask = FEWEST - 1
        self.contacts = <Contact**>calloc(FEWEST, sizeof(Contact*))
        self.known_agents = <Known*>calloc(KNOWN, sizeof(Known))
        self.known_queues = <Known*>calloc(KNOWN, sizeof(Known))
        if self.contacts == NULL or self.known_agents == NULL or self.known_queues == NULL:
            raise MemoryError

    def __dealloc__(self):
        cdef uint32_t i
        cdef size_t place
        cdef Wrap* wrap
        for place in range(self.mask + 1):
            if self.contacts != NULL and self.contacts[place] != NULL:
                release(&self.contact_pool, self.contacts[place])
        release(&self.contact_pool, self.parted)
        release(&self.contact_pool, self.closing)
        Py_XDECREF(self.parted_part)
        for i in range(self.n_cells):
            free(self.cells[i].panes)
            Py_XDECREF(self.cells[i].ring)
            Py_XDECREF(self.cells[i].ever)
            free(self.cells[i])
        for i in range(self.n_lines):
            free(self.lines[i].cells)
        for i in range(self.n_workers):
            wrap = self.workers[i].wraps
            while wrap != NULL:
                release(&self.contact_pool, wrap.contact)
                Py_XDECREF(wrap.part)
                wrap = wrap.after
            free(self.workers[i].tallies)
            free(self.workers[i].tags)
        for i in range(self.n_tags):
            free(self.tags[i].reasons)
        for i in range(KNOWN):
            if self.known_agents != NULL and self.known_agents[i].id != NULL:
                Py_DECREF(<object>self.known_agents[i].id)
            if self.known_queues != NULL and self.known_queues[i].id != NULL:
                Py_DECREF(<object>self.known_queues[i].id)
        free(self.contacts)
        free(self.known_agents)
        free(self.known_queues)
        free(self.cells)
        free(self.lines)
        free(self.media)
        free(self.workers)
        free(self.tags)
        free(self.dirty)
        free(self.entries)
        pool_free(&self.contact_pool)
        pool_free(&self.visit_pool)
        pool_free(&self.offer_pool)
        pool_free(&self.wrap_pool)

    def _begin(self, int64_t interval, int64_t short, int64_t pane, int64_t panes, int64_t wait_pane,
               int64_t wait_panes, bint records, int64_t at):
        """Set what is told once, before anything is folded."""
        self.interval = interval
        self.short = short
        self.pane = pane
        self.n_panes = panes
        self.wait_pane = wait_pane
        self.n_wait_panes = wait_panes
        self.recording = records
        self.now = at
        self.end = (at // interval + 1) * interval

    @cython.final
    cdef inline Contact** _spot(self, PyObject* id, Py_hash_t hash) except NULL:
        """Where a living contact stands or would stand, by its id and the hash of it. O(1)."""
        cdef size_t place = <size_t>hash & self.mask
        cdef Contact* c = self.contacts[place]
        while c != NULL and (c.hash != hash or not same(c.id, id)):
            place = (place + 1) & self.mask
            c = self.contacts[place]
        return &self.contacts[place]

    @cython.final
    cdef int _room(self) except -1:
        """Room for twice as many contacts."""
        cdef Contact** before = self.contacts
        cdef size_t places = self.mask + 1, place, i
        cdef Contact** more = <Contact**>calloc(places * 2, sizeof(Contact*))
        if more == NULL:
            raise MemoryError
        self.contacts = more
        self.mask = places * 2 - 1
        for i in range(places):
            if before[i] != NULL:
                place = <size_t>before[i].hash & self.mask
                while more[place] != NULL:
                    place = (place + 1) & self.mask
                more[place] = before[i]
        free(before)
        return 0

    @cython.final
    cdef inline void _forget(self, Contact** spot) noexcept:
        """A contact lives no more; those that stand behind it because it stood there come nearer."""
        cdef size_t gap = <size_t>(spot - self.contacts)
        cdef size_t place = gap
        cdef Contact* c = spot[0]
        cdef Contact* other
        while True:
            place = (place + 1) & self.mask
            other = self.contacts[place]
            if other == NULL:
                break
            if ((place - <size_t>other.hash) & self.mask) >= ((place - gap) & self.mask):
                self.contacts[gap] = other
                gap = place
        self.contacts[gap] = NULL
        self.n_contacts -= 1
        release(&self.contact_pool, c)

    @cython.final
    cdef inline Contact* _new_contact(self, PyObject* id, Py_hash_t hash) except NULL:
        """A contact with nothing in it, which nobody uses yet."""
        cdef Contact* c = <Contact*>pool_take(&self.contact_pool)
        memset(c, 0, sizeof(Contact))
        Py_INCREF(<object>id)
        c.id = id
        c.hash = hash
        c.serial = self.serial
        self.serial += 1
        return c

    @cython.final
    cdef uint32_t _line(self, str queue) except? 0:
        """The number of a queue."""
        cdef PyObject* known = PyDict_GetItemWithError(self.queues, queue)
        cdef uint32_t number
        if known != NULL:
            return <object>known
        number = self.n_lines
        if number == self.cap_lines:
            self.lines = <Line*>grown(self.lines, &self.cap_lines, number + 1, sizeof(Line))
        memset(&self.lines[number], 0, sizeof(Line))
        self.lines[number].level = DEFAULT_LEVEL
        self.queues[queue] = number
        self.queue_ids.append(queue)
        self.n_lines += 1
        return number

    @cython.final
    cdef uint32_t _medium(self, str channel) except? 0:
        """The number of a channel."""
        cdef PyObject* known = PyDict_GetItemWithError(self.channels, channel)
        cdef uint32_t number
        if known != NULL:
            return <object>known
        number = self.n_media
        if number == self.cap_media:
            self.media = <Medium*>grown(self.media, &self.cap_media, number + 1, sizeof(Medium))
        memset(&self.media[number], 0, sizeof(Medium))
        self.channels[channel] = number
        self.channel_ids.append(channel)
        self.n_media += 1
        return number

    @cython.final
    cdef inline Cell* _cell(self, PyObject* queue, uint32_t channel) except NULL:
        """Where a queue and channel are counted."""
        cdef Known* known = &self.known_queues[address(queue)]
        cdef Line* line
        if known.id != queue:
            remember(known, queue, self._line(<str>queue))
        line = &self.lines[known.number]
        if channel < line.n_cells and line.cells[channel] != NULL:
            return line.cells[channel]
        return self._new_cell(<str>queue, channel)

    @cython.final
    cdef Cell* _new_cell(self, str queue, uint32_t channel) except NULL:
        cdef uint32_t number = self._line(queue)
        cdef Line* line = &self.lines[number]
        cdef Cell* cell
        if channel >= line.n_cells:
            line.cells = <Cell**>grown(line.cells, &line.n_cells, channel + 1, sizeof(Cell*))
        if self.n_cells == self.cap_cells:
            self.cells = <Cell**>grown(self.cells, &self.cap_cells, self.n_cells + 1, sizeof(Cell*))
        cell = <Cell*>calloc(1, sizeof(Cell))
        if cell == NULL:
            raise MemoryError
        cell.queue = number
        cell.channel = channel
        cell.level = line.level
        cell.since = self.now
        line.cells[channel] = cell
        self.cells[self.n_cells] = cell
        self.n_cells += 1
        return cell

    @cython.final
    cdef inline uint32_t _worker(self, PyObject* agent) except? 0:
        """The number of an agent."""
        cdef Known* known = &self.known_agents[address(agent)]
        if known.id != agent:
            remember(known, agent, self._find_worker(<str>agent))
        return known.number

    @cython.final
    cdef uint32_t _find_worker(self, str agent) except? 0:
        cdef PyObject* known = PyDict_GetItemWithError(self.agents, agent)
        if known != NULL:
            return <object>known
        return self._new_worker(agent)

    @cython.final
    cdef uint32_t _new_worker(self, str agent) except? 0:
        cdef uint32_t number = self.n_workers
        if number == self.cap_workers:
            self.workers = <Worker*>grown(self.workers, &self.cap_workers, number + 1, sizeof(Worker))
        memset(&self.workers[number], 0, sizeof(Worker))
        self.workers[number].told = -1
        self.workers[number].since = self.now
        self.workers[number].changed = self.now
        self.agents[agent] = number
        self.agent_ids.append(agent)
        self.n_workers += 1
        return number

    @cython.final
    cdef uint32_t _reason(self, str reason) except? 0:
        """The number of a reason for not being ready."""
        known = self.reasons.get(reason)
        if known is None:
            known = self.reasons[reason] = len(self.reason_ids)
            self.reason_ids.append(reason)
        return known

    @cython.final
    cdef uint32_t _tag(self, str kind, str name) except? 0:
        """The number of a group or a skill."""
        known = self.tag_numbers.get((kind, name))
        if known is None:
            known = self.tag_numbers[kind, name] = self.n_tags
            if self.n_tags == self.cap_tags:
                self.tags = <Tag*>grown(self.tags, &self.cap_tags, self.n_tags + 1, sizeof(Tag))
            self.n_tags += 1
        return known

    def _set_queue(self, str queue, int64_t level):
        """A queue and its service level from now on."""
        cdef Line* line = &self.lines[self._line(queue)]
        cdef uint32_t i
        line.level = level
        for i in range(line.n_cells):
            if line.cells[i] != NULL:
                line.cells[i].level = level

    def _set_channel(self, str channel):
        self._medium(channel)

    def _set_agent(self, str agent, tuple groups, tuple skills):
        """An agent's groups and skills from now on."""
        cdef Worker* a
        cdef uint32_t number = self._worker(<PyObject*>agent), i
        cdef list wanted = [self._tag("group", group) for group in dict.fromkeys(groups)]
        wanted += [self._tag("skill", skill) for skill in skills]
        cdef uint32_t* tags = <uint32_t*>malloc(max(len(wanted), 1) * sizeof(uint32_t))
        if tags == NULL:
            raise MemoryError
        for i in range(<uint32_t>len(wanted)):
            tags[i] = wanted[i]
        a = &self.workers[number]
        self._tell(a, -1)
        free(a.tags)
        a.tags = tags
        a.n_tags = <uint32_t>len(wanted)
        self._tell(a, a.state)

    @cython.final
    cdef int _tell(self, Worker* a, int32_t state) except -1:
        """Count an agent in the aggregates in this state, and no longer in the one it was counted in."""
        cdef uint32_t i
        for i in range(a.n_tags + 1):
            self._tell_tag(&self.tags[a.tags[i - 1] if i else 0], a, state)
        a.told = state
        a.told_reason = a.reason
        return 0

    @cython.final
    cdef int _tell_tag(self, Tag* tag, Worker* a, int32_t state) except -1:
        if a.told >= 0:
            tag.counts[a.told] -= 1
            if a.told == NOT_READY:
                tag.reasons[a.told_reason] -= 1
        if state >= 0:
            tag.counts[state] += 1
            if state == NOT_READY:
                if a.reason >= tag.n_reasons:
                    tag.reasons = <int64_t*>grown(tag.reasons, &tag.n_reasons, a.reason + 1, sizeof(int64_t))
                tag.reasons[a.reason] += 1
        return 0

    @cython.final
    cdef int _tell_all(self) except -1:
        """Bring the aggregates up to date. O(agents whose state changed since the last time x their tags)."""
        cdef uint32_t i
        cdef Worker* a
        for i in range(self.n_dirty):
            a = &self.workers[self.dirty[i]]
            a.dirty = 0
            self._tell(a, a.state)
        self.n_dirty = 0
        return 0
