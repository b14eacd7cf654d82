# Refusals: what a command may not be, said with a reason; nothing but time has changed then.


cdef class Refusals(Names):
    """Refusing, and the checks that several commands share."""

    cdef int _emit_object(self, object event, uint64_t hash) except -1:
        cdef EventRec* ev
        if reserve(self.r) < 0:
            raise MemoryError
        ev = emit(self.r, EV_OBJECT, 0, 0, 0, 0, <int64_t>hash, 0)
        ev.n2 = len(self._objects)
        self._objects.append(event)
        return 0

    cdef int _refuse(self, object command, object reason, object subject, str detail="") except -1:
        cdef str name = type(command).__name__
        cdef str text
        reason, subject = id_fault(command) or (reason, subject)
        text = str(subject)
        self._emit_object(_e.CommandRefused(self.r.now, name, reason, text, detail),
                          mix64(text_hash(name) ^ text_hash(str(reason.value))) ^ text_hash(text))
        return 0

    cdef int _refuse_known(self, object command, str contact, Entry known) except -1:
        other = known.command
        if other == command:
            return self._refuse(command, Reason.ALREADY_SO, contact)
        if type(other) is not type(command):
            return self._refuse(command, Reason.EXISTS_WITH_DIFFERENT, contact,
                                f"exists, made by {type(other).__name__}")
        for name in command.__struct_fields__:
            if getattr(other, name) != getattr(command, name):
                break
        return self._refuse(command, Reason.EXISTS_WITH_DIFFERENT, contact, f"exists with a different {name}")

    cdef int _refuse_queue(self, object command, object queue) except -1:
        return self._refuse(command, Reason.UNKNOWN_QUEUE, queue)

    cdef bint _refuse_queues(self, object command, tuple queues) except -1:
        """Refuse too many queues or one named twice."""
        if len(queues) > self._limits.queues_per_contact:
            self._refuse(command, Reason.TOO_MANY_QUEUES, len(queues))
            return True
        for i, queue in enumerate(queues):
            if queue in queues[:i]:
                self._refuse(command, Reason.DUPLICATE_QUEUE, queue)
                return True
        return False

    cdef bint _refuse_attributes(self, object command, dict attributes) except -1:
        cdef Py_ssize_t size = 0
        if len(attributes) > self._limits.attributes:
            self._refuse(command, Reason.TOO_MANY_ATTRIBUTES, len(attributes))
            return True
        for key, value in attributes.items():
            size += len((<str>key).encode()) + len((<str>value).encode())
        if size > self._limits.attribute_bytes:
            self._refuse(command, Reason.ATTRIBUTES_TOO_LARGE, size)
            return True
        return False

    cdef object _steps_key(self, object command, str requirement, tuple steps):
        """The canonical form of a contact's own steps; None when they were refused."""
        cdef int64_t before = -1
        if requirement:
            key = ((requirement, 0, "", ""),)
            if key not in self._approved and self._refuse_expression(command, requirement):
                return None
            self._approved.add(key)
            if steps:
                self._refuse(command, Reason.BAD_STEPS, command.contact, "give either requirement or steps, not both")
                return None
            return key
        if len(steps) > self._limits.steps:
            self._refuse(command, Reason.BAD_STEPS, command.contact,
                         f"{len(steps)} steps are more than limits.steps = {self._limits.steps}")
            return None
        for step in steps:
            if (before < 0 and step.after_ns != 0) or step.after_ns <= before:
                self._refuse(command, Reason.BAD_STEPS, command.contact,
                             f"age {step.after_ns} ns after {before} ns; steps start at age 0 and ages increase")
                return None
            before = step.after_ns
        if steps and steps[0].when:
            self._refuse(command, Reason.BAD_STEPS, command.contact, "the first step takes no condition")
            return None
        key = steps_key(steps)
        if key not in self._approved:
            for expression, _, when, score in key:
                if self._refuse_expression(command, expression) or self._refuse_score(command, score) \
                        or self._refuse_condition(command, when):
                    return None
            self._approved.add(key)
        return key

    cdef bint _refuse_score(self, object command, str score) except -1:
        """Refuse a score that does not parse or names a skill that nobody has declared."""
        if not score:
            return False
        try:
            scored = compile_score(score, self._limits.expression_terms)
        except ExpressionError as error:
            self._refuse(command, Reason.BAD_REQUIREMENT, score, str(error))
            return True
        return self._refuse_skills(command, [skill for skill, _ in scored])

    cdef bint _refuse_condition(self, object command, str when) except -1:
        """Refuse a condition of a contact's own that does not parse or names a group."""
        if not when:
            return False
        try:
            groups = compile_condition(when, self._limits.expression_terms).groups
        except ExpressionError as error:
            self._refuse(command, Reason.BAD_STEPS, command.contact, str(error))
            return True
        if groups:
            self._refuse(command, Reason.BAD_STEPS, command.contact, "conditions of a contact's own name no groups")
        return bool(groups)

    cdef bint _refuse_expression(self, object command, str expression) except -1:
        """Refuse an expression that does not parse or names a skill that nobody has declared."""
        try:
            compiled = compile_requirement(expression, self._limits.expression_terms)
        except ExpressionError as error:
            self._refuse(command, Reason.BAD_REQUIREMENT, expression, str(error))
            return True
        return self._refuse_skills(command, compiled.names)

    cdef bint _refuse_skills(self, object command, object names) except -1:
        for name in names:
            if name not in self._declared:
                self._refuse(command, Reason.UNKNOWN_SKILL, name,
                             f"skill {name!r} is not declared{suggest(name, self._declared)}")
                return True
        return False
