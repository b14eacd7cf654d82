"""Reads the ``queue_log`` of Asterisk: lines of ``epoch|call|queue|agent|event|data...``.

Format: the project's own page "Queue Logs" (docs.asterisk.org). Instants are seconds since 1970, with a
fraction where the log was written with one.

- ENTERQUEUE starts a call; CONNECT hands it to an agent; COMPLETEAGENT, COMPLETECALLER, TRANSFER, BLINDTRANSFER and
  ATTENDEDTRANSFER end its service. ABANDON ends it with the patience of the caller.
- EXITWITHTIMEOUT, EXITEMPTY and EXITWITHKEY end it as ``diverted``: the patience is then only known to be longer.
- A call that enters several queues one after the other is one call for each stay. When the log starts in the middle
  of a call, its arrival is reckoned back from the hold time that the later line tells.
- A service without an end (the log stops) has an unknown length; SYSCOMPAT and AGENTDUMP have a length of 0.
- ADDMEMBER, AGENTLOGIN, AGENTCALLBACKLOGIN and their opposites tell who is there; a member who is paused in every
  queue counts as away. RINGNOANSWER and other lines tell nothing that a simulation needs.

Owns this format; must not know where the text comes from or what is simulated.
"""

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Final

from routing.simulation.calls import (
    ABANDONED,
    DIVERTED,
    MAX_ARRIVAL_NS,
    SERVED,
    Attendance,
    Call,
    CallLog,
    Place,
    Placer,
    Service,
)
from routing.units import SECOND

FORMAT: Final = "queue_log"

#: Position of the hold time (how long the caller waited, in s) among the data of the events that carry it.
_HOLD_AT: Final = {
    "CONNECT": 0,
    "COMPLETEAGENT": 0,
    "COMPLETECALLER": 0,
    "TRANSFER": 2,
    "BLINDTRANSFER": 2,
    "ATTENDEDTRANSFER": 2,
    "ABANDON": 2,
    "EXITWITHTIMEOUT": 2,
    "EXITEMPTY": 2,
    "EXITWITHKEY": 3,
}
_SERVICE_ENDS: Final = frozenset(
    (
        "COMPLETEAGENT",
        "COMPLETECALLER",
        "TRANSFER",
        "BLINDTRANSFER",
        "ATTENDEDTRANSFER",
        "SYSCOMPAT",
        "AGENTDUMP",
    )
)
_QUEUE_EXITS: Final = frozenset(("ABANDON", "EXITWITHTIMEOUT", "EXITEMPTY", "EXITWITHKEY"))
_COMES: Final = frozenset(("ADDMEMBER", "AGENTLOGIN", "AGENTCALLBACKLOGIN"))
_GOES: Final = frozenset(("REMOVEMEMBER", "AGENTLOGOFF", "AGENTCALLBACKLOGOFF"))
_PAUSES: Final = frozenset(("PAUSE", "PAUSEALL", "UNPAUSE", "UNPAUSEALL"))
_OUTSIDE: Final = frozenset(("", "NONE", "REALTIME", "MANAGER"))


def looks_like(line: str) -> bool:
    """Is this a line of such a log?

    >>> looks_like("1366720340|1366720340.303267|MYQUEUE|SIP/8007|RINGNOANSWER|1000")
    True
    """
    parts = line.strip().split("|")
    return len(parts) >= 5 and parts[0].replace(".", "", 1).isdigit()


def read(lines: Iterable[str], placer: Placer) -> CallLog:
    """Read a log; lines that break a rule are left out and reported. O(lines)."""
    reader = _Reader(placer)
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if not text:
            continue
        try:
            reader.line(text)
        except ValueError as error:
            reader.log.reject(number, str(error))
    return reader.finish()


class _Stay:
    """One call's stay in one queue, as far as the log has told it."""

    __slots__ = ("agent", "arrival_ns", "connected_ns", "outcome", "place", "service_ns", "wait_ns")

    def __init__(self, arrival_ns: int, place: Place) -> None:
        self.arrival_ns = arrival_ns
        self.place = place
        self.agent = ""
        self.connected_ns: int | None = None
        self.outcome = ""
        self.wait_ns: int | None = None
        self.service_ns: int | None = None

    def call(self) -> Call:
        """Return what is known."""
        return Call(
            self.arrival_ns,
            self.place.queue,
            self.place.requirement,
            service_ns=self.service_ns,
            patience_ns=self.wait_ns if self.outcome == ABANDONED else None,
            outcome=self.outcome,
            wait_ns=self.wait_ns,
            agent=self.agent,
        )


class _Reader:
    """Follows calls and members from line to line."""

    def __init__(self, placer: Placer) -> None:
        self.log = CallLog(FORMAT)
        self.placer = placer
        self.places: dict[str, Place] = {}
        self.stays: list[_Stay] = []
        self.open: dict[str, _Stay] = {}
        self.members = _Members(self.log)

    def line(self, text: str) -> None:
        """Take one line in."""
        parts = text.split("|")
        if len(parts) < 5:
            raise ValueError(f"{len(parts)} fields; there must be at least 5: time|call|queue|agent|event")
        at_ns = _instant(parts[0])
        self.members.begin(at_ns)
        call, queue, agent, event, data = parts[1], parts[2], parts[3], parts[4].strip().upper(), parts[5:]
        if event == "ENTERQUEUE":
            self._begin(call, at_ns, self._place(queue))
        elif event == "CONNECT":
            self._connect(self._stay(call, at_ns, queue, event, data), agent, at_ns)
        elif event in _SERVICE_ENDS:
            self._end_service(call, self._stay(call, at_ns, queue, event, data), agent, at_ns, data)
        elif event in _QUEUE_EXITS:
            stay = self._stay(call, at_ns, queue, event, data)
            stay.outcome = ABANDONED if event == "ABANDON" else DIVERTED
            stay.wait_ns = max(0, at_ns - stay.arrival_ns)
            self.open.pop(call, None)
        elif event in _COMES or event in _GOES or event in _PAUSES:
            self.members.line(at_ns, queue, agent, event)
        else:
            self.log.skip(event.lower())

    def finish(self) -> CallLog:
        """Return the log; what is still open stays unfinished."""
        self.log.calls = [stay.call() for stay in self.stays]
        self.log.attendance.sort(key=lambda entry: entry.at_ns)
        return self.log

    def _place(self, queue: str) -> Place:
        place = self.places.get(queue)
        if place is None:
            place = self.places[queue] = self.placer.place(queue, "")
        return place

    def _begin(self, call: str, at_ns: int, place: Place) -> _Stay:
        stay = self.open[call] = _Stay(at_ns, place)
        self.stays.append(stay)
        return stay

    def _stay(self, call: str, at_ns: int, queue: str, event: str, data: list[str]) -> _Stay:
        """Find the stay that the line goes on with, or reckon its beginning back from the hold time."""
        stay = self.open.get(call)
        if stay is not None:
            return stay
        at = _HOLD_AT.get(event, -1)
        hold = data[at].strip() if 0 <= at < len(data) else ""
        if not hold.isdigit():
            raise ValueError(f"{event} of call {call!r}, which never entered a queue in this log")
        served = data[at + 1].strip() if event in _SERVICE_ENDS and at + 1 < len(data) else "0"
        before_ns = (int(hold) + (int(served) if served.isdigit() else 0)) * SECOND
        if before_ns > at_ns:
            raise ValueError(
                f"{event} of call {call!r} tells a hold time of {hold} s, longer than since 1970"
            )
        return self._begin(call, at_ns - before_ns, self._place(queue))

    def _connect(self, stay: _Stay, agent: str, at_ns: int) -> None:
        stay.outcome = SERVED
        stay.agent = agent
        stay.connected_ns = at_ns
        stay.wait_ns = max(0, at_ns - stay.arrival_ns)

    def _end_service(self, call: str, stay: _Stay, agent: str, at_ns: int, data: list[str]) -> None:
        if stay.connected_ns is None:  # the log starts in the middle of the call
            hold = data[0].strip() if data else ""
            self._connect(
                stay, agent, min(at_ns, stay.arrival_ns + (int(hold) * SECOND if hold.isdigit() else 0))
            )
        start_ns = at_ns if stay.connected_ns is None else stay.connected_ns
        stay.service_ns = max(0, at_ns - start_ns)
        if stay.agent and stay.agent not in _OUTSIDE:
            self.log.services.append(Service(stay.agent, start_ns, at_ns))
        self.open.pop(call, None)


class _Members:
    """Follows who is a member, and paused, in which queue; writes comings and goings into the log."""

    def __init__(self, log: CallLog) -> None:
        self.log = log
        self.queues: dict[str, set[str]] = {}
        self.paused: dict[str, set[str]] = {}
        self.present: dict[str, bool] = {}
        self.first_ns = -1

    def begin(self, at_ns: int) -> None:
        """Remember when the log begins."""
        if self.first_ns < 0:
            self.first_ns = at_ns

    def line(self, at_ns: int, queue: str, agent: str, event: str) -> None:
        """Take one line in."""
        if agent in _OUTSIDE:
            self.log.skip(event.lower())
            return
        queues = self.queues.setdefault(agent, set())
        paused = self.paused.setdefault(agent, set())
        if event in _COMES:
            queues.add(queue)
        elif event in _GOES:
            if agent not in self.present:  # was there before the log began
                self._tell(agent, min(at_ns, self.first_ns), True)
            queues.discard(queue)
            paused.discard(queue)
        elif event.startswith("PAUSE"):
            paused.update(queues if event == "PAUSEALL" or queue in _OUTSIDE else (queue,))
        elif event == "UNPAUSEALL" or queue in _OUTSIDE:
            paused.clear()
        else:
            paused.discard(queue)
        if agent in self.present or event in _COMES:
            self._tell(agent, at_ns, not queues <= paused)

    def _tell(self, agent: str, at_ns: int, present: bool) -> None:
        if self.present.get(agent) is not present:
            self.present[agent] = present
            self.log.attendance.append(Attendance(agent, at_ns, present))


def _instant(text: str) -> int:
    """Read seconds since 1970 as ns, exactly.

    >>> _instant("1366720340.5")
    1366720340500000000
    """
    try:
        at_ns = int(text) * SECOND if text.isdigit() else int(Decimal(text) * SECOND)
    except (InvalidOperation, ValueError, OverflowError):
        at_ns = -1
    if not 0 <= at_ns <= MAX_ARRIVAL_NS:
        raise ValueError(f"time is {text!r}; it must be seconds since 1970")
    return at_ns
