"""The engine: one deterministic state machine for a whole contact centre.

Five laws, each a property test (``tests/test_laws.py``):

1. **Determinism.** The configuration, the behaviour version and the list of ``(at_ns, command)`` fix every event
   and the running digest, on any platform and under any ``PYTHONHASHSEED``.
2. **Time.** ``at_ns`` never decreases. Timers fire at their own due time, before a command at the same instant.
   ``advance(a); advance(b)`` equals ``advance(b)``, and ``apply(c, t)`` equals ``advance(t); apply(c, t)``.
3. **Totality.** Every command yields at least one event: its effect, or a refusal with a reason. A refusal changes
   time, revision and digest only. Misuse raises `routing.errors.UsageError` and changes nothing at all.
4. **Idempotence.** A request id that is repeated returns what it returned the first time. Creating a contact
   again with the same content is "already so", with other content "exists with a different ...".
5. **Conservation.** A contact ends exactly once. Every reservation of an agent is released exactly once, and no
   capacity is ever exceeded.

The engine holds no clock, no randomness, no I/O, no thread and no callback. What it promises in detail stands in
``docs/engine.md``. Owns the public face; must not know where time and commands come from.
"""

from __future__ import annotations

from array import array
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from msgspec.structs import astuple

from routing import snapshot
from routing.commands import EnqueueContact, PlaceContact
from routing.config import check_condition, check_expression, check_score, check_steps
from routing.config.shape import check_types
from routing.editing import BEHAVIOUR, Editor
from routing.errors import ConfigError, UsageError
from routing.explaining import explain
from routing.explaining.shapes import Explanation
from routing.model import Config, Step
from routing.units import MAX_DURATION_NS
from routing.views import AgentView, AttemptView, ContactView, QueueView, SegmentView, Views, VisitView

__all__ = ["BEHAVIOUR", "Engine", "Trace"]


@dataclass(frozen=True, slots=True)
class Trace:
    """What became of the calls of a trace, in order of arrival.

    ``outcome``: 0 handled, 1 abandoned, 2 diverted, 3 rejected, 255 still alive; ``wait_ns`` from arrival to
    acceptance or end; ``agent``: place in the configured order, -1 for nobody.
    """

    outcome: array[int]
    wait_ns: array[int]
    agent: array[int]


class Engine(Editor):
    """A contact centre that routes: commands in, events out.

    Parameters
    ----------
    config : Config
        The centre; checked and normalised (`routing.config.validate`).
    behaviour : int, default the newest
        Version of the rules to follow; an old journal is replayed under the version in its header.

    Raises
    ------
    ConfigError
        If the configuration breaks a rule; the message starts with the path.
    UsageError
        If the behaviour version is not known.

    Examples
    --------
    >>> from routing.commands import EnqueueContact, LogIn
    >>> from routing.model import Agent, Queue
    >>> engine = Engine(Config(agents=(Agent("ann"),), queues=(Queue("sales"),)))
    >>> _ = engine.apply(LogIn("ann"), 0)
    >>> for event in engine.apply(EnqueueContact("call-1", ("sales",)), 1_000):
    ...     print(event)
    ContactEnqueued(at_ns=1000, contact='call-1', queues=('sales',), channel='voice', priority=0)
    ContactOffered(at_ns=1000, contact='call-1', agent='ann', queue='sales', offer=1, ring_until_ns=20000001000)
    """

    def __init__(self, config: Config, *, behaviour: int = BEHAVIOUR) -> None:
        if behaviour != BEHAVIOUR:
            raise UsageError(f"behaviour {behaviour!r} is not known; this version follows {BEHAVIOUR}")
        super().__init__(config)

    @property
    def agents(self) -> Mapping[str, AgentView]:
        """Pictures of all agents by id, in configured order. O(1) for one."""
        return Views(lambda: self._agent_nouns, self._look_at_agent)

    @property
    def leaving(self) -> Mapping[str, AgentView]:
        """Pictures of agents who are out of the configuration, and at work until what they have in hand is done."""
        return Views(lambda: self._leaving_nouns, self._look_at_leaving)

    @property
    def contacts(self) -> Mapping[str, ContactView]:
        """Pictures of living contacts by id. O(1) for one."""
        return Views(self._living_contacts, self._look_at_contact)

    @property
    def attempts(self) -> Mapping[str, AttemptView]:
        """Pictures of attempts that go on, by id. O(1) for one."""
        return Views(self._living_attempts, self._look_at_attempt)

    @property
    def queues(self) -> Mapping[str, QueueView]:
        """Pictures of all queues by id, in configured order. O(1) for one."""
        return Views(lambda: self._queue_nouns, self._look_at_queue)

    def explain(
        self, contact: str, *, agents: Collection[str] | None = None, limit: int | None = None
    ) -> Explanation:
        """Say how a living contact stands, and of every agent why it is a candidate or why not.

        Changes nothing. O(agents + contacts log contacts), paid only here.

        Parameters
        ----------
        contact : str
            It waits, rings or is in hand.
        agents : collection of str, optional
            List the verdicts of these only; the totals count everybody.
        limit : int, optional
            List so many: candidates in the order of the strategy, then those with the fewest reasons against them.

        Raises
        ------
        UsageError
            If the contact is not alive, or one of the agents is not configured.

        Examples
        --------
        >>> from routing.commands import EnqueueContact
        >>> from routing.model import Agent, Queue
        >>> engine = Engine(Config(agents=(Agent("ann"),), queues=(Queue("sales"),)))
        >>> _ = engine.apply(EnqueueContact("call-1", ("sales",)), 1_000)
        >>> engine.explain("call-1").totals
        {'not_logged_in': 1}
        """
        return explain(self, contact, agents, limit)

    def snapshot(self) -> bytes:
        """Write the whole state down; equal engines write equal bytes. O(size log size)."""
        agents = self._agents_in_order()
        ids = [agent.id for agent in agents]
        numbers, rows, queues, contacts, segments, remembered, requests, attempts = self._dump(ids)
        return snapshot.write(
            snapshot.Saved(
                BEHAVIOUR,
                self._settings(),
                snapshot.fold_agents(agents),
                len(self._leaving_nouns),
                numbers,
                snapshot.SavedAgents(*rows),
                queues,
                snapshot.SavedContacts(*contacts),
                snapshot.SavedSegments(*segments),
                remembered,
                requests,
                snapshot.SavedAttempts(*attempts),
            )
        )

    @classmethod
    def restore(cls, data: bytes) -> Self:
        """Make an engine from a snapshot; it goes on as if it had never stopped. O(size log size).

        The digest inside finds damage, not malice: restore only what you have written yourself.

        Raises
        ------
        CorruptSnapshotError
            If the bytes are no snapshot, or a damaged one.
        UsageError
            If it was written under a behaviour version that is not known.
        """
        if not isinstance(data, bytes):
            raise UsageError(f"{type(data).__name__} is no bytes; pass what snapshot() returned")
        saved = snapshot.read(data)
        if saved.behaviour != BEHAVIOUR:
            raise UsageError(f"behaviour {saved.behaviour!r} is not known; this version follows {BEHAVIOUR}")
        agents, places = snapshot.unfold_agents(saved.staff)
        configured = len(agents) - saved.leaving
        engine = cls.__new__(cls)
        engine._build(saved.config, agents[:configured], places[:configured])
        engine._take_leaving(agents[configured:])
        engine._load(
            saved.numbers,
            astuple(saved.agents),
            saved.queues,
            astuple(saved.contacts),
            astuple(saved.segments),
            saved.remembered,
            saved.requests,
            astuple(saved.attempts),
        )
        return engine

    def run_trace(
        self,
        templates: Sequence[EnqueueContact],
        kind: array[int],
        arrival_ns: array[int],
        service_ns: array[int],
        patience_ns: array[int],
    ) -> Trace:
        """Run a whole trace of calls inside the core, through the same transitions as `apply`.

        Agents accept an offer at once and talk for the service time; callers leave at the end of their patience
        unless an agent has them by then. At equal instants: the engine's timers, completions, patience, arrivals,
        each by call. Call ``i`` is the contact with id ``str(i)``; ended calls are not remembered. The digest is
        that of the same commands through `apply`.

        The engine must not have had contacts before.

        Parameters
        ----------
        templates : sequence of EnqueueContact
            Kinds of calls; their contact id is not read.
        kind : array('I')
            By call: which template.
        arrival_ns, service_ns, patience_ns : array('q')
            By call, in order of arrival, not before `now_ns`; patience -1 is endless.

        Raises
        ------
        UsageError
            If the arrays do not fit together or hold impossible times; nothing has changed.
        """
        for template in templates:
            self._check_template(template)
        for name, values, code in (
            ("kind", kind, "I"),
            ("arrival_ns", arrival_ns, "q"),
            ("service_ns", service_ns, "q"),
            ("patience_ns", patience_ns, "q"),
        ):
            if getattr(values, "typecode", None) != code:
                raise UsageError(f"{name} is {type(values).__name__}; pass an array({code!r})")
        calls = len(arrival_ns)
        for name, values in (("kind", kind), ("service_ns", service_ns), ("patience_ns", patience_ns)):
            if len(values) != calls:
                raise UsageError(
                    f"{name} has {len(values)} entries for {calls} arrivals; give one for each call"
                )
        self._order_agents(list(self._agent_nouns))
        self._order_told = False  # who is available is kept in it only where a queue asks for it
        self._check_trace(templates, kind, arrival_ns, service_ns, patience_ns)
        trace = Trace(array("B", bytes([255])) * calls, array("q", [0]) * calls, array("i", [-1]) * calls)
        self._run_trace(
            templates, kind, arrival_ns, service_ns, patience_ns, trace.outcome, trace.wait_ns, trace.agent
        )
        return trace

    def _check_template(self, template: EnqueueContact) -> None:
        """Raise UsageError where `apply` would refuse, or raise."""
        if not isinstance(template, EnqueueContact):
            raise UsageError(f"{template!r} is no EnqueueContact; make templates of these")
        limits = self._base.limits
        try:
            fault = check_types(template, EnqueueContact, "template")
            if fault is not None:
                raise fault
            for queue in template.queues:
                if queue not in self._queue_nouns:
                    raise ConfigError(
                        "template.queues", f"unknown queue {queue!r}; add it to the configuration"
                    )
            if template.channel not in {channel.id for channel in self._base.channels}:
                raise ConfigError("template.channel", f"unknown channel {template.channel!r}; add it")
            if not 1 <= len(set(template.queues)) == len(template.queues) <= limits.queues_per_contact:
                raise ConfigError(
                    "template.queues",
                    f"name 1 to {limits.queues_per_contact} different queues, not {template.queues}",
                )
            for name, value, most in (
                ("priority", template.priority, limits.priority),
                ("credit_ns", template.credit_ns, MAX_DURATION_NS),
                ("load", template.load or 0, 1_000_000),
            ):
                if not 0 <= value <= most:
                    raise ConfigError(f"template.{name}", f"{value} is not in 0..{most}")
            if template.requirement and template.steps:
                raise ConfigError("template.steps", "give either requirement or steps, not both")
            check_steps(template.steps, "template.steps", limits)
            for step in (Step(template.requirement), *template.steps):
                check_expression(step.expression, "template.requirement", self._names)
                if step.score:
                    check_score(step.score, "template.steps", self._names)
                if step.when and check_condition(step.when, "template.steps", self._names).groups:
                    raise ConfigError("template.steps", f"{step.when!r} names a group; let the queue do so")
            if template.preferred or template.due_ns or template.parent or template.direction != "inbound":
                raise ConfigError(
                    "template",
                    "preferred agents, due times, parents and directions are of single calls; leave them out",
                )
        except ConfigError as error:
            raise UsageError(str(error)) from None

    def asked(self, contact: str) -> EnqueueContact | PlaceContact | None:
        """Give the command that brought a living contact. O(1)."""
        state = self._contact_state(contact)
        return None if state is None else state[0]

    def brought(self, contact: str) -> EnqueueContact | PlaceContact | None:
        """Give the command that brought a contact, alive or remembered: a repetition is compared with it. O(1)."""
        found: EnqueueContact | PlaceContact | None = self._brought(contact)
        return found

    def _look_at_agent(self, agent: str) -> AgentView | None:
        return self._agent_view(agent) if agent in self._agent_nouns else None

    def _look_at_leaving(self, agent: str) -> AgentView | None:
        return self._agent_view(agent) if agent in self._leaving_nouns else None

    def _agent_view(self, agent: str) -> AgentView:
        (
            _,
            logged_in,
            leaving,
            ready,
            reason,
            device,
            idle,
            _,
            retry,
            handled,
            misses,
            available,
            segments,
            occupancy,
            until_ns,
        ) = self._agent_state(agent)
        parts = tuple(SegmentView(*segment) for segment in segments)
        return AgentView(
            agent,
            logged_in,
            leaving != 0,
            ready,
            reason,
            device,
            available,
            idle,
            retry,
            handled,
            misses,
            parts,
            occupancy,
            until_ns,
        )

    def _look_at_contact(self, contact: str) -> ContactView | None:
        state = self._contact_state(contact)
        if state is None:
            return None
        (command, doing, priority, enqueued, lead, visits, segments, held, wait, due, expedited, credit) = (
            state[:12]
        )
        reserved, attributes, parent, direction, legs, joined = state[12:]
        parts = tuple(SegmentView(*segment) for segment in segments)
        return ContactView(
            contact,
            doing,
            command.channel,
            priority,
            command.customer,
            enqueued,
            lead,
            tuple(
                VisitView(queue, since, entered, step, tuple(i for i in range(15) if spills >> i & 1))
                for queue, since, _, entered, step, _, spills in visits
            ),
            parts[0] if parts else None,
            held,
            parts,
            wait,
            due,
            expedited,
            credit,
            reserved,
            dict(attributes),
            command.front_end,
            direction,
            parent,
            legs,
            joined,
        )

    def _look_at_attempt(self, attempt: str) -> AttemptView | None:
        found = self._attempt_state(attempt)
        if found is None:
            return None
        command, state, requested_ns, until_ns = found
        return AttemptView(
            attempt,
            command.campaign,
            command.target,
            command.carrier,
            state,
            requested_ns,
            until_ns,
            command.front_end,
            command.customer,
            dict(command.attributes or {}),
            command.agent,
            command.contact,
            command.ring_ns,
        )

    def _look_at_queue(self, queue: str) -> QueueView | None:
        if queue not in self._queue_nouns:
            return None
        return QueueView(queue, *self._queue_state(queue))
