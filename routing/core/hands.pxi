# Hands: what is done with a contact that an agent has in hand: holding, placing, legs, handing over; and remarks.


cdef tuple DIRECTIONS = ("inbound", "outbound", "internal")
cdef tuple PLACED_DIRECTIONS = ("outbound", "internal")
cdef tuple AFTER_NOT_READY = ("alert", "ready", "log_out")


cdef uint64_t remark_hash(object remark) except? 0:
    """Of the fields that do not have their default: one that a later version appends changes no digest."""
    cdef tuple names = remark.__struct_fields__
    cdef tuple usual = remark.__struct_defaults__
    cdef Py_ssize_t required = len(names) - len(usual), i
    cdef uint64_t hash = text_hash(type(remark).__name__)
    for i in range(len(names)):
        value = getattr(remark, names[i])
        if i < required or value != usual[i - required]:
            hash = mix64(hash ^ text_hash(f"{names[i]}={value}"))
    return hash


cdef class Hands(Dialing):
    """Commands about contacts in hand."""

    cdef uint32_t _in_hand(self, object command, str contact) except? 0:
        """The slot of a contact that somebody has in hand; 0 when it was refused."""
        cdef uint32_t slot
        known = self._contacts.get(contact)
        if known is None:
            self._refuse(command, Reason.UNKNOWN_CONTACT, contact)
            return 0
        slot = (<Entry>known).slot
        if slot == 0:
            self._refuse(command, Reason.CONTACT_ENDED, contact)
            return 0
        if self.r.contacts[slot].state != CONTACT_HANDLING:
            self._refuse(command, Reason.CONTACT_NOT_HANDLED, contact)
            return 0
        return slot

    cdef int _hold(self, int op, object command) except -1:
        """HoldContact and RetrieveContact."""
        cdef Router* r = self.r
        cdef uint32_t slot = self._in_hand(command, command.contact)
        if slot == 0:
            return 0
        if r.segments[r.contacts[slot].segment].on_hold == (op == OP_HOLD):
            return self._refuse(command, Reason.ALREADY_SO, command.contact)
        if op == OP_HOLD:
            contact_hold(r, slot)
        else:
            contact_retrieve(r, slot)
        return 0

    cdef int _place(self, object command) except -1:
        cdef Router* r = self.r
        cdef str contact = command.contact
        cdef uint32_t slot, agent, queue, shape
        cdef Shape wanted
        cdef AgentRec* a
        if not 0 < len(contact) <= ID_CHARS or len(command.front_end) > ID_CHARS:
            return self._refuse(command, Reason.ID_EMPTY, contact)
        known = self._contacts.get(contact)
        if known is not None:
            return self._refuse_known(command, contact, <Entry>known)
        if command.agent not in self._agents:
            return self._refuse(command, Reason.UNKNOWN_AGENT, command.agent)
        if command.queue not in self._queues:
            return self._refuse_queue(command, command.queue)
        if command.channel not in self._channels:
            return self._refuse(command, Reason.UNKNOWN_CHANNEL, command.channel)
        if command.load is not None and not 0 <= command.load <= 1_000_000:
            return self._refuse(command, Reason.LOAD_OUT_OF_RANGE, command.load)
        if command.attributes:
            if self._refuse_attributes(command, command.attributes):
                return 0
            command = replace(command, attributes=dict(command.attributes))  # the caller may change theirs
        agent = self._agents[command.agent]
        queue = self._queues[command.queue]
        shape = self._channels[command.channel]
        a = &r.agents[agent]
        if not a.logged_in:
            return self._refuse(command, Reason.AGENT_LOGGED_OUT, command.agent)
        if a.leaving:
            return self._refuse(command, Reason.AGENT_LEAVING, command.agent)
        wanted = r.shapes[shape]
        if command.load is not None:
            wanted.load = command.load
        if not has_room(r, a, &wanted):
            return self._refuse(command, Reason.AGENT_NO_ROOM, command.agent)
        if r.n_contacts >= self._limit_contacts:
            return self._refuse(command, Reason.CONTACTS_LIMIT, contact)
        shape = self._shape(wanted.channel, wanted.load)
        if shape == NOWHERE:
            return self._refuse(command, Reason.LOADS_LIMIT, contact)
        # From here on nothing can be refused.
        r.failed = HALF_WAY | (r.failed & BROKEN)
        slot = contact_new(r, shape, 0, 0, 0)
        r.contacts[slot].id_hash = text_hash(contact)
        r.contacts[slot].hashed = 1
        r.contacts[slot].direction = <uint8_t>DIRECTIONS.index(command.direction)
        self._note_contact(slot, contact, command)
        contact_placed(r, slot, agent, queue)
        return 0

    cdef int _note_contact(self, uint32_t slot, str contact, object command) except -1:
        cdef Entry entry = Entry.__new__(Entry)
        entry.id = contact
        entry.command = command
        entry.slot = slot
        if slot >= <uint32_t>len(self._entries):
            self._entries.extend([None] * (slot + 1 - len(self._entries)))
        self._entries[slot] = entry
        self._contacts[contact] = entry
        return 0

    # Legs

    cdef bint _refuse_parent(self, object command, Entry parent) except -1:
        """Refuse a leg of a contact that can have none."""
        cdef const ContactRec* c
        if parent.slot == 0:
            self._refuse(command, Reason.CONTACT_ENDED, parent.id)
            return True
        c = &self.r.contacts[parent.slot]
        if c.state != CONTACT_HANDLING:
            self._refuse(command, Reason.CONTACT_NOT_HANDLED, parent.id)
            return True
        if c.parent:
            self._refuse(command, Reason.CONTACT_IS_LEG, parent.id)
            return True
        return False

    cdef int _join(self, int op, object command) except -1:
        """JoinLeg and PartLeg."""
        cdef Router* r = self.r
        cdef str leg = command.leg
        cdef uint32_t slot = self._in_hand(command, leg), parent
        cdef uint64_t hash
        if slot == 0:
            return 0
        parent = r.contacts[slot].parent
        if parent == 0:
            return self._refuse(command, Reason.CONTACT_NOT_LEG, leg)
        if r.contacts[slot].joined == (op == OP_JOIN):
            return self._refuse(command, Reason.ALREADY_SO, leg)
        r.failed = HALF_WAY | (r.failed & BROKEN)
        if op == OP_JOIN:
            contact_retrieve(r, parent)
            contact_retrieve(r, slot)
        r.contacts[slot].joined = op == OP_JOIN
        hash = mix64(text_hash("LegJoined" if op == OP_JOIN else "LegParted") ^ contact_hash(r, parent))
        event = (_e.LegJoined if op == OP_JOIN else _e.LegParted)(
            r.now, (<Entry>self._entries[parent]).id, leg, self._agent_ids[r.segments[r.contacts[slot].segment].agent])
        self._emit_object(event, mix64(hash ^ contact_hash(r, slot)))
        return 0

    cdef int _hand_over(self, object command) except -1:
        cdef Router* r = self.r
        cdef str contact = command.contact, leg = command.leg
        cdef uint32_t slot, other
        cdef const Segment* s
        cdef uint64_t hash
        for one in (contact, leg) if leg else (contact,):
            known = self._contacts.get(one)
            if known is None:
                return self._refuse(command, Reason.UNKNOWN_CONTACT, one)
        for one in (contact, leg) if leg else (contact,):
            if (<Entry>self._contacts[one]).slot == 0:
                return self._refuse(command, Reason.CONTACT_ENDED, one)
        for one in (contact, leg) if leg else (contact,):
            if r.contacts[(<Entry>self._contacts[one]).slot].state != CONTACT_HANDLING:
                return self._refuse(command, Reason.CONTACT_NOT_HANDLED, one)
        slot = (<Entry>self._contacts[contact]).slot
        if leg:
            other = (<Entry>self._contacts[leg]).slot
            if r.contacts[other].parent != slot:
                return self._refuse(command, Reason.CONTACT_NOT_LEG, leg)
        else:
            other = first_joined(r, slot)
            if other == 0:
                return self._refuse(command, Reason.NO_LEG_JOINED, contact)
        if not fits_instead(r, slot, other):
            return self._refuse(command, Reason.AGENT_NO_ROOM,
                                self._agent_ids[r.segments[r.contacts[other].segment].agent])
        r.failed = HALF_WAY | (r.failed & BROKEN)
        contact_retrieve(r, slot)
        contact_retrieve(r, other)
        s = &r.segments[r.contacts[slot].segment]
        event = _e.ContactHandedOver(
            r.now, contact, (<Entry>self._entries[other]).id, self._agent_ids[s.agent],
            self._agent_ids[r.segments[r.contacts[other].segment].agent], self._queue_ids[s.queue])
        hash = mix64(text_hash("ContactHandedOver") ^ contact_hash(r, slot))
        self._emit_object(event, mix64(hash ^ contact_hash(r, other)))
        contact_hand_over(r, slot, other)
        return 0

    # Remarks

    cdef int _remark(self, object command) except -1:
        """O(1); a disposition of nobody in particular: O(segments)."""
        cdef Router* r = self.r
        cdef str contact = command.contact, agent = ""
        cdef uint32_t slot
        cdef Py_ssize_t size = 0
        known = self._contacts.get(contact)
        if known is None and not may_lack_contact(command):
            return self._refuse(command, Reason.UNKNOWN_CONTACT, contact)
        for name in command.remark.__struct_fields__:
            value = getattr(command.remark, name)
            if type(value) is str:
                size += len((<str>value).encode())
        if size > self._limits.remark_bytes:
            return self._refuse(command, Reason.REMARK_TOO_LARGE, size)
        slot = 0 if known is None else (<Entry>known).slot
        if slot and r.contacts[slot].state == CONTACT_HANDLING:
            agent = self._agent_ids[r.segments[r.contacts[slot].segment].agent]
        if type(command.remark) is Disposition:
            agent = command.remark.agent or agent
            self._dispose(contact, command.remark.agent)
        self._emit_object(_e.ContactRemarked(r.now, contact, agent, command.remark),
                          mix64(text_hash("ContactRemarked" + contact) ^ remark_hash(command.remark)))
        return 0

    cdef int _dispose(self, str contact, str agent) except -1:
        """Note for those who have the contact in hand or wrap it up, or this one of them, that it is disposed of."""
        cdef Router* r = self.r
        cdef uint32_t at
        cdef object slots
        cdef Segment* s
        if agent and agent not in self._agents:
            return 0
        if agent:
            slots = []
            at = r.agents[<uint32_t>self._agents[agent]].segments
            while at:
                slots.append(at)
                at = r.segments[at].next
        else:
            slots = range(1, r.segment_pool.used)
        for at in slots:
            s = &r.segments[at]
            if (s.state == SEGMENT_HANDLING or s.state == SEGMENT_WRAP_UP) \
                    and (<Entry>self._entries[s.contact]).id == contact:
                s.disposed = 1
        return 0
