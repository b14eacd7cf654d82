"""The calls that are in menus: a table that a driver, or a service, puts its calls into.

Like the engine's host it takes entries one after the other, tells each to a journal before it acts, and comes back from
a journal, or from what `save` gave, as it was. Flows may be published anew at any time: calls end on the version that
they began with, which is kept until the last of them is gone.

Secrets are parted from inputs before anything is journaled (`routing.menus.sealing`), and kept in memory only, until
the call has ended.

Owns the table, the versions of flows and the secrets; must not know transport, time or media.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from routing.errors import ConfigError, CorruptSnapshotError, OverloadedError, UsageError
from routing.menus.entries import Entry, Given, Published, Saved, Started
from routing.menus.flow import Flow, flow_version
from routing.menus.inputs import HungUp, Input, check_input, check_values
from routing.menus.linting import check
from routing.menus.machine import SECRET, speaking, start_as, step, waiting
from routing.menus.nodes import Collect
from routing.menus.sealing import seal
from routing.menus.turns import Spoken, State, Turn, Wait
from routing.units import SECOND
from routing.words import quoted, suggest


class Sessions:
    """Calls in menus, by id.

    Parameters
    ----------
    calls : int, default 100_000
        At once; beyond, `start` raises.
    remembered : int, default 10_000
        Calls that have ended of which the last turn is still known, so that a repeated input is answered.
    journal : callable, optional
        Is given each entry before it takes effect; if it raises, nothing has happened.

    Examples
    --------
    >>> from routing.menus import Digits, loads_flow
    >>> sessions = Sessions()
    >>> _ = sessions.publish(loads_flow('''
    ... id = "door"
    ... start = "pin"
    ... nodes.bye = {kind = "hang_up"}
    ... nodes.in = {kind = "enqueue", queues = ["help"]}
    ... nodes.check = {kind = "look_up", what = "pin", inputs = {pin = "{pin}"}, results = {right = "in"}, \
next = "bye", failed = "bye"}
    ... [nodes.pin]
    ... kind = "collect"
    ... say = "Your PIN, please."
    ... into = "pin"
    ... secret = true
    ... next = "check"
    ... no_input = "bye"
    ... no_match = "bye"
    ... ''', "toml"))
    >>> _ = sessions.start("c1", "door")
    >>> asked = sessions.give("c1", Digits("1234#")).wait
    >>> asked.what, asked.inputs, sessions.reveal("c1", asked.inputs["pin"])
    ('pin', {'pin': 'secret:pin'}, '1234')
    """

    def __init__(
        self,
        *,
        calls: int = 100_000,
        remembered: int = 10_000,
        journal: Callable[[Entry], None] | None = None,
    ) -> None:
        self._calls: Final = calls
        self._remembered: Final = remembered
        self._journal: Final = journal
        self._flows: dict[str, Flow] = {}
        self._current: dict[str, str] = {}
        self._users: dict[str, int] = {}  # living calls by version
        self._states: dict[str, State] = {}
        self._secrets: dict[str, dict[str, str]] = {}
        self._ended: OrderedDict[str, Turn] = OrderedDict()

    def __len__(self) -> int:
        return len(self._states)

    def __contains__(self, call: object) -> bool:
        return call in self._states

    def __repr__(self) -> str:
        return (
            f"Sessions({len(self._states)} calls, {len(self._flows)} versions of {len(self._current)} flows)"
        )

    # --- Flows

    def publish(self, flow: Flow) -> str:
        """Put a flow in, in place of one with the same id; return its version. O(size of the flow).

        Raises
        ------
        ConfigError
            If it breaks a rule, or `check` finds an error in it; the flow that was there stays.
        """
        for finding in check(flow):
            if finding.severity == "error":
                raise ConfigError(
                    finding.path, f"{finding.message} ({finding.code}): {finding.reason}; {finding.remedy}"
                )
        version = flow_version(flow)
        if self._current.get(flow.id) != version:
            self._write(Published(flow))
            self._put(flow, version)
        return version

    def flows(self) -> dict[str, str]:
        """The version in force of each flow."""
        return dict(self._current)

    def flow(self, flow: str, version: str = "") -> Flow:
        """Give a flow: the version in force, or one that calls are still in.

        Raises
        ------
        UsageError
            If it is not there.
        """
        found = self._flows.get(version or self._current.get(flow, ""))
        if found is None or found.id != flow:
            hint = suggest(flow, self._current) or "; publish it"
            raise UsageError(f"there is no flow {quoted(flow)}{' ' + version if version else ''}{hint}")
        return found

    # --- Calls

    def start(
        self, call: str, flow: str, attributes: Mapping[str, str] | None = None, language: str = ""
    ) -> Turn:
        """Let a call enter the version of a flow that is in force.

        Raises
        ------
        UsageError
            If the call is in a menu already, the flow is not there, or an attribute is too long.
        OverloadedError
            If there are too many calls.
        """
        check_values({**self.flow(flow).attributes, **(attributes or {})})
        if not call or len(call) > 128:
            raise UsageError(f"call {quoted(call)} is no id; give one of 1 to 128 characters")
        if call in self._states:
            raise UsageError(f"call {quoted(call)} is in flow {self._states[call].flow!r}; end it first")
        if len(self._states) >= self._calls:
            raise OverloadedError(
                f"{self._calls} calls are in menus, as many as are allowed; raise calls", SECOND
            )
        entry = Started(call, flow, self._current[flow], dict(attributes or {}), language)
        self._write(entry)
        return self._start(entry)

    def give(self, call: str, given: Input) -> Turn:
        """Tell what happened to a call; an ended one answers with its last turn, as ignored.

        Raises
        ------
        UsageError
            If the call is not known, or the input is malformed.
        """
        state = self._states.get(call)
        if state is None:
            check_input(given)
            if call not in self._ended:
                raise UsageError(f"call {quoted(call)} is in no menu; start it")
            return msgspec.structs.replace(self._ended[call], moves=(), spoken=(), ignored="ended")
        flow = self._flows[state.version]
        sealed, digits = seal(flow, state, given)
        self._write(Given(call, sealed))
        node = flow.node(state.node)
        if digits and isinstance(node, Collect):
            self._secrets.setdefault(call, {})[SECRET + node.into] = digits
        return self._give(call, sealed)

    def end(self, call: str) -> Turn:
        """The caller hung up: short for giving `HungUp`."""
        return self.give(call, HungUp())

    def state(self, call: str) -> State:
        """Give the state of a call that is in a menu.

        Raises
        ------
        UsageError
            If it is not.
        """
        if call not in self._states:
            raise UsageError(f"call {quoted(call)} is in no menu; start it")
        return self._states[call]

    def waiting(self, call: str) -> Wait | None:
        """Say again what a call waits for, for a driver that comes back."""
        state = self.state(call)
        return waiting(self._flows[state.version], state)

    def speaking(self, call: str) -> tuple[Spoken, ...]:
        """Say again what the node says at which a call waits, for a driver that lost an answer."""
        state = self.state(call)
        return speaking(self._flows[state.version], state)

    def ended(self, call: str) -> Turn | None:
        """Give the last turn of a call that has ended, if it is remembered."""
        return self._ended.get(call)

    def calls(self) -> tuple[str, ...]:
        """List the calls that are in menus, in the order in which they came."""
        return tuple(self._states)

    def reveal(self, call: str, reference: str) -> str:
        """Give the secret digits that a reference of this call stands for.

        Raises
        ------
        UsageError
            If there are none: the reference is another, the call has ended, or this process was not there when they
            were keyed in. Answer the look-up with `Failed`.
        """
        found = self._secrets.get(call, {}).get(reference)
        if found is None:
            raise UsageError(
                f"nothing is kept for {quoted(reference)} of call {quoted(call)}; let the look-up fail"
            )
        return found

    # --- After a crash

    def apply(self, entry: Entry) -> Turn | None:
        """Do again what a journal holds, without journaling it.

        Raises
        ------
        UsageError
            If the entry does not follow from those before.
        """
        match entry:
            case Published(flow=flow):
                self._put(flow, flow_version(flow))
                return None
            case Started():
                if self._current.get(entry.flow) != entry.version or entry.call in self._states:
                    raise UsageError(
                        f"the entry of call {quoted(entry.call)} does not follow from those before; check their order"
                    )
                return self._start(entry)
            case Given():
                self.state(entry.call)
                return self._give(entry.call, entry.given)

    def save(self, *, ended: int = 0) -> bytes:
        """Write everything but secrets, for `restore`, and so many of the calls that ended last, without attributes.

        O(calls + size of the flows).
        """
        calls = list(self._ended)[-ended:] if ended else []
        last = {call: _outlined(self._ended[call]) for call in calls}
        return msgspec.msgpack.encode(Saved(self._flows, self._current, self._states, last))

    @classmethod
    def restore(
        cls,
        data: bytes,
        *,
        calls: int = 100_000,
        remembered: int = 10_000,
        journal: Callable[[Entry], None] | None = None,
    ) -> "Sessions":
        """Make sessions of what `save` wrote. Ended calls that it was not to keep are forgotten, and secrets are gone.

        Raises
        ------
        CorruptSnapshotError
            If the bytes are something else, or damaged.
        """
        try:
            saved = msgspec.msgpack.decode(data, type=Saved)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise CorruptSnapshotError(f"these bytes are no saved sessions ({error}); take another") from None
        made = cls(calls=calls, remembered=remembered, journal=journal)
        versions = {*saved.current.values(), *(state.version for state in saved.states.values())}
        if not versions <= saved.flows.keys() or any(
            flow_version(flow) != version for version, flow in saved.flows.items()
        ):
            raise CorruptSnapshotError("flows and their versions differ in the saved sessions; take another")
        made._flows, made._current, made._states = saved.flows, saved.current, saved.states
        made._ended.update(saved.ended)
        for state in saved.states.values():
            made._users[state.version] = made._users.get(state.version, 0) + 1
        return made

    # --- Inside

    def _write(self, entry: Entry) -> None:
        if self._journal is not None:
            self._journal(entry)

    def _put(self, flow: Flow, version: str) -> None:
        before = self._current.get(flow.id, "")
        self._flows[version] = flow
        self._current[flow.id] = version
        self._drop(before)

    def _drop(self, version: str) -> None:
        """Forget a version that is no longer in force and that no call is in."""
        if version and version not in self._current.values() and not self._users.get(version):
            self._flows.pop(version, None)
            self._users.pop(version, None)

    def _start(self, entry: Started) -> Turn:
        turn = start_as(self._flows[entry.version], entry.version, entry.attributes, entry.language)
        self._ended.pop(entry.call, None)
        self._users[entry.version] = self._users.get(entry.version, 0) + 1
        self._keep(entry.call, turn)
        return turn

    def _give(self, call: str, given: Input) -> Turn:
        state = self._states[call]
        turn = step(self._flows[state.version], state, given)
        self._keep(call, turn)
        return turn

    def _keep(self, call: str, turn: Turn) -> None:
        if turn.outcome is None:
            self._states[call] = turn.state
            return
        self._states.pop(call, None)
        self._secrets.pop(call, None)
        version = turn.state.version
        self._users[version] -= 1
        self._drop(version)
        self._ended[call] = turn
        while len(self._ended) > self._remembered:
            self._ended.popitem(last=False)


def _outlined(turn: Turn) -> Turn:
    """Leave out what was known of a call that is over, but for what became of it."""
    state = msgspec.structs.replace(turn.state, attributes={}, visits={}, calls=())
    return msgspec.structs.replace(turn, state=state, moves=(), spoken=())
