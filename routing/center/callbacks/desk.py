"""The desk: where call-backs are asked for, moved, confirmed and cancelled, on a host that runs.

It checks what can be promised before anything is journaled; what is journaled holds, whatever settings say later. So
a promise is refused by the desk or kept, never both.

Owns these checks; must not know how promises are kept (``wing``).
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Final, Literal, NamedTuple

from routing.calendar import is_open
from routing.center.callbacks.capacity import Matching, matched
from routing.center.callbacks.settings import CallBackRules
from routing.center.callbacks.shapes import Promise
from routing.center.callbacks.steps import calling_hours
from routing.center.callbacks.windows import Window, slots_in
from routing.center.callbacks.wing import FOLLOWER, CallBacks
from routing.commands import Remark
from routing.config import format_duration
from routing.config.localtime import zone
from routing.errors import UsageError
from routing.events import CommandRefused, ContactRemarked
from routing.host import Host
from routing.model import Config
from routing.remarks import CallBack
from routing.words import quoted, suggest

#: Keeps a number somewhere: gives the customer and the reference.
Refer = Callable[[], tuple[str, str]]
Reason = Literal[
    "id_too_long",
    "exists",
    "unknown_contact",
    "contact_not_waiting",
    "unknown_queue",
    "unknown_agent",
    "unknown_call_back",
    "is_over",
    "under_way",
    "number_missing",
    "window_past",
    "window_too_short",
    "window_too_far",
    "window_closed",
    "window_full",
    "refused",
]
#: Ids of contacts and attempts are made of that of the call-back.
ID_MOST: Final = 110


class NotPromisedError(UsageError):
    """A call-back is not promised, moved or confirmed. ``reason`` is one of `Reason`; the message has the remedy."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason: Reason = reason


class Slot(NamedTuple):
    """A stretch of time and whether one more call-back can be promised for it alone."""

    from_ns: int
    to_ns: int
    free: bool


class Desk:
    """Takes wishes for call-backs on a host with the wing.

    A wish that was granted under its ``request_id`` is granted again: the call-back is given as it is now.

    Parameters
    ----------
    host : Host
        It has the follower `routing.center.callbacks.wing.FOLLOWER`.

    Examples
    --------
    >>> from routing import Agent, Config, Queue
    >>> from routing.center.callbacks.settings import CallBackSettings
    >>> from routing.center.callbacks.wing import making
    >>> from routing.units import HOUR
    >>> centre = Config(agents=(Agent("ann"),), queues=(Queue("sales"),))
    >>> settings = CallBackSettings(per_slot=1)
    >>> with Host(centre, followers={FOLLOWER: making(settings)}) as host:
    ...     desk, hour_ns = Desk(host), host.pass_time() // HOUR * HOUR + 2 * HOUR
    ...     one = desk.book("p1", "sales", "c1/1", hour_ns, hour_ns + HOUR, customer="c1", confirmed=True)
    ...     [slot.free for slot in desk.slots("sales", hour_ns, hour_ns + HOUR)]
    [True, True]
    >>> one.kind, one.queue
    ('booked', 'sales')
    """

    def __init__(self, host: Host) -> None:
        self._host = host
        self._one = threading.Lock()  # what is checked still holds when it is journaled

    # Wishes

    def keep(
        self,
        contact: str,
        number: str,
        *,
        call_back: str = "",
        customer: str = "",
        confirmed: bool = False,
        timezone: str = "",
        refer: Refer | None = None,
        request_id: str = "",
        actor: str = "",
    ) -> Promise:
        """Promise a call to somebody who waits: the contact keeps its place. Say so as the caller hangs up.

        From then on the front-end leaves the contact alone: it is not abandoned.

        Parameters
        ----------
        contact : str
            It waits or rings.
        number : str
            Reference to a number, which lies elsewhere.
        call_back : str, default the contact's id
            Its id.
        customer : str, default the contact's
            Reference of the customer.
        confirmed : bool, default False
            Has the customer confirmed the number? Otherwise it is not dialled before `confirm`.
        timezone : str, default the centre's
            The customer's, for calling hours.
        refer : callable, optional
            Keeps the number, and gives the customer and the reference in place of those given. It is called once
            nothing stands against the promise, so that no number is kept for one that is not made; others wait for it.

        Raises
        ------
        NotPromisedError
            ``id_too_long``, ``exists``, ``number_missing``, ``unknown_contact``, ``contact_not_waiting``, ``refused``.
        """
        name = call_back or contact
        with self._one:
            if (before := self._before(name, request_id)) is not None:
                return before
            self._check_new(name, number, timezone, refer)
            view = self._host.read(lambda engine: engine.contacts.get(contact))
            if view is None:
                raise NotPromisedError(
                    "unknown_contact", f"contact {quoted(contact)} does not live; book a call-back instead"
                )
            if not view.visits or view.parent:
                raise NotPromisedError(
                    "contact_not_waiting",
                    f"contact {quoted(contact)} does not wait in a queue; book a call-back instead",
                )
            if refer is not None:
                customer, number = refer()
            said = CallBack(
                name, "keep", number=number, customer=customer, confirmed=confirmed, timezone=timezone
            )
            return self._say(contact, said, request_id, actor)

    def book(
        self,
        call_back: str,
        queue: str,
        number: str,
        from_ns: int = 0,
        to_ns: int = 0,
        *,
        contact: str = "",
        customer: str = "",
        agent: str = "",
        timezone: str = "",
        confirmed: bool = False,
        priority: int = 0,
        refer: Refer | None = None,
        request_id: str = "",
        actor: str = "",
    ) -> Promise:
        """Promise a call within a window, or as soon as may be (``from_ns`` 0).

        Parameters
        ----------
        call_back : str
            Its id.
        queue : str
            Where it waits when its time has come.
        number : str
            Reference to a number.
        from_ns, to_ns : int
            The window; ``to_ns`` 0: until it expires.
        contact : str, default none
            On which it was asked for; alive or remembered.
        agent : str, default anybody
            Whom the customer asks for.
        priority : int, default 0
            Of its contacts.
        refer : callable, optional
            As of `keep`.

        Raises
        ------
        NotPromisedError
            ``id_too_long``, ``exists``, ``number_missing``, ``unknown_queue``, ``unknown_agent``, ``window_past``,
            ``window_too_short``, ``window_too_far``, ``window_closed``, ``window_full``, ``refused``.
        """
        with self._one:
            if (before := self._before(call_back, request_id)) is not None:
                return before
            self._check_new(call_back, number, timezone, refer)
            self._check_where(queue, agent)
            self._check_window(queue, Window(from_ns, to_ns), timezone, "")
            if refer is not None:
                customer, number = refer()
            said = CallBack(
                call_back,
                "book",
                queue,
                customer,
                number,
                agent,
                from_ns,
                to_ns,
                timezone,
                confirmed,
                priority,
            )
            return self._say(contact, said, request_id, actor)

    def confirm(self, call_back: str, number: str = "", *, request_id: str = "", actor: str = "") -> Promise:
        """Say that the number is right, or give the right one."""
        with self._one:
            if (before := self._before(call_back, request_id)) is not None:
                return before
            self._open(call_back)
            return self._say("", CallBack(call_back, "confirm", number=number), request_id, actor)

    def move(
        self,
        call_back: str,
        from_ns: int,
        to_ns: int,
        *,
        agent: str | None = None,
        timezone: str = "",
        request_id: str = "",
        actor: str = "",
    ) -> Promise:
        """Give it another window, and, unless None, another agent ("": anybody).

        Raises
        ------
        NotPromisedError
            ``unknown_call_back``, ``is_over``, ``under_way``, and as of `book` for the window.
        """
        with self._one:
            if (before := self._before(call_back, request_id)) is not None:
                return before
            promise = self._open(call_back)
            if promise.under_way:
                raise NotPromisedError("under_way", f"{quoted(call_back)} is being made; wait for its end")
            who = promise.agent if agent is None else agent
            self._check_zone(timezone)
            self._check_where(promise.queue, who)
            zone_name = timezone or promise.timezone
            self._check_window(promise.queue, Window(from_ns, to_ns), zone_name, call_back)
            said = CallBack(call_back, "move", agent=who, from_ns=from_ns, to_ns=to_ns, timezone=timezone)
            return self._say("", said, request_id, actor)

    def cancel(self, call_back: str, reason: str = "", *, request_id: str = "", actor: str = "") -> Promise:
        """Say that nobody is to call.

        Raises
        ------
        NotPromisedError
            ``unknown_call_back``, ``is_over``, and ``under_way`` when the customer has been reached.
        """
        with self._one:
            if (before := self._before(call_back, request_id)) is not None:
                return before
            promise = self._open(call_back)
            if promise.reached_ns:
                raise NotPromisedError("under_way", f"{quoted(call_back)} has reached the customer")
            return self._say("", CallBack(call_back, "cancel", reason=reason), request_id, actor)

    # What can be promised

    def slots(self, queue: str, from_ns: int, to_ns: int, timezone: str = "") -> list[Slot]:
        """List the slots of a queue that are open, within calling hours and to come, and whether each is free.

        O(call-backs of the queue x their slots).
        """
        with self._one:
            self._check_where(queue, "")
            rules, config, now_ns, promises = self._look(queue)
            matching = self._matching(queue, rules, config, promises, "")
            window = Window(max(from_ns, now_ns), to_ns)
            return [
                Slot(slot.from_ns, slot.to_ns, rules.per_slot == 0 or matching.fits([slot]))
                for slot in _usable(queue, window, timezone, rules, config)
            ]

    def get(self, call_back: str) -> Promise | None:
        """Give a call-back as it is now; None: it is not known (any more)."""
        found: Promise | None = self._host.look(FOLLOWER, lambda wing: wing.get(call_back))
        return found

    def open_of(self, customer: str) -> list[Promise]:
        """List a customer's that are still to be made."""
        found: list[Promise] = self._host.look(FOLLOWER, lambda wing: wing.open_of(customer))
        return found

    def open_in(self, queue: str = "") -> list[Promise]:
        """List those of a queue, "" of all, that are still to be made."""
        found: list[Promise] = self._host.look(
            FOLLOWER, lambda wing: [one for one in wing.all() if one.open and queue in ("", one.queue)]
        )
        return found

    def number_of(self, attempt: str) -> str:
        """Give the reference of the number that a dial under way is for; "": there is none. O(call-backs known)."""
        found: str = self._host.look(
            FOLLOWER, lambda wing: next((one.number for one in wing.all() if one.attempt == attempt), "")
        )
        return found

    def off_line(self) -> list[str]:
        """Name living contacts of call-backs with no customer on the line yet.

        A front-end that comes back names them in ``SyncCalls.live``, too; those it leaves out are lost, and enqueued
        anew at their place.
        """
        found: list[str] = self._host.look(
            FOLLOWER, lambda wing: [one.contact for one in wing.all() if one.contact and not one.reached_ns]
        )
        return found

    def expected_ns(self, call_back: str) -> int | None:
        """Estimate in how many ns the customer is called; None: not known."""
        found: int | None = self._host.look_now(
            FOLLOWER, lambda wing, now_ns: wing.expected_ns(call_back, now_ns)
        )
        return found

    # Checks

    def _before(self, name: str, request_id: str) -> Promise | None:
        """Give a call-back about which this request was done already, as it is now; None: it was not."""
        if not request_id:
            return None
        earlier = self._host.read(lambda engine: engine.outcome(request_id))
        first = earlier[1][0] if earlier is not None else None
        if not isinstance(first, ContactRemarked) or not isinstance(first.remark, CallBack):
            return None
        return self.get(name) if first.remark.call_back == name else None

    def _check_new(self, name: str, number: str, timezone: str, refer: Refer | None) -> None:
        if not 0 < len(name) <= ID_MOST:
            raise NotPromisedError(
                "id_too_long", f"id {quoted(name)} has {len(name)} characters; give it 1 to {ID_MOST}"
            )
        if self.get(name) is not None:
            raise NotPromisedError(
                "exists", f"there is a call-back {quoted(name)}; move it, or give another id"
            )
        if not number and refer is None:
            raise NotPromisedError(
                "number_missing", "no number is referred to; say which one is to be dialled"
            )
        self._check_zone(timezone)

    def _check_zone(self, timezone: str) -> None:
        if timezone:
            zone(timezone, "timezone")

    def _check_where(self, queue: str, agent: str) -> None:
        config = self._host.read(lambda engine: engine.config)
        queues = [one.id for one in config.queues]
        if queue not in queues:
            raise NotPromisedError(
                "unknown_queue", f"there is no queue {quoted(queue)}{suggest(queue, queues)}"
            )
        agents = [one.id for one in config.agents]
        if agent and agent not in agents:
            raise NotPromisedError(
                "unknown_agent", f"there is no agent {quoted(agent)}{suggest(agent, agents)}"
            )

    def _check_window(self, queue: str, window: Window, timezone: str, but: str) -> None:
        rules, config, now_ns, promises = self._look(queue)
        if not window.to_ns:
            return
        start_ns = max(window.from_ns, now_ns)
        if window.to_ns <= window.from_ns:
            raise NotPromisedError("window_past", "the window ends before it begins; swap its ends")
        if window.to_ns <= now_ns:
            raise NotPromisedError("window_past", "the window is over; give one to come")
        if window.to_ns - start_ns < rules.window_ns:
            raise NotPromisedError(
                "window_too_short",
                f"of the window {(window.to_ns - start_ns) // 10**9} s are left, and {rules.window_ns // 10**9} s are "
                "the least that is promised; give a longer one",
            )
        if window.from_ns > now_ns + rules.ahead_ns:
            raise NotPromisedError(
                "window_too_far",
                f"nothing is promised further ahead than {rules.ahead_ns // 10**9} s; give an earlier window",
            )
        usable = list(_usable(queue, Window(start_ns, window.to_ns), timezone, rules, config))
        if not usable:
            raise NotPromisedError(
                "window_closed",
                f"the window has no whole slot of {format_duration(rules.slot_ns)} in which queue {quoted(queue)} is "
                "open and one may call; give another, or a longer one",
            )
        if rules.per_slot and not self._matching(queue, rules, config, promises, but).fits(usable):
            raise NotPromisedError("window_full", "no more can be promised in that window; give another")

    def _look(self, queue: str) -> tuple[CallBackRules, Config, int, list[Promise]]:
        def look(wing: CallBacks, now_ns: int) -> tuple[CallBackRules, int, list[Promise]]:
            mine = [one for one in wing.all() if one.open and one.queue == queue]
            return wing.rules_of(queue), now_ns, mine

        rules, now_ns, promises = self._host.look_now(FOLLOWER, look)
        return rules, self._host.read(lambda engine: engine.config), now_ns, promises

    def _matching(
        self, queue: str, rules: CallBackRules, config: Config, promises: Sequence[Promise], but: str
    ) -> Matching:
        """Arrange what is promised; what no slot is found for by now takes none."""
        wishes = [
            (one.call_back, list(_usable(queue, Window(one.from_ns, one.to_ns), one.timezone, rules, config)))
            for one in promises
            if one.to_ns and one.call_back != but
        ]
        return matched(rules.per_slot, wishes)[0]

    def _open(self, call_back: str) -> Promise:
        promise = self.get(call_back)
        if promise is None:
            raise NotPromisedError(
                "unknown_call_back",
                f"there is no call-back {quoted(call_back)}; look at those of the customer",
            )
        if not promise.open:
            raise NotPromisedError(
                "is_over", f"{quoted(call_back)} is over ({promise.outcome}); book another one"
            )
        return promise

    def _say(self, contact: str, said: CallBack, request_id: str, actor: str) -> Promise:
        first = self._host.apply(Remark(contact, said), request_id=request_id, actor=actor)[0]
        if isinstance(first, CommandRefused):
            raise NotPromisedError("refused", f"the engine refuses: {first.reason.value} {first.subject}")
        promise = self.get(said.call_back)
        assert promise is not None
        return promise


def _usable(
    queue: str, window: Window, timezone: str, rules: CallBackRules, config: Config
) -> Iterator[Window]:
    """Give the slots of a window at whose beginning and end the queue is open and the customer may be called."""
    where = timezone or config.timezone
    for slot in slots_in(window, rules.slot_ns):
        both = (slot.from_ns, slot.to_ns - 1)
        if all(
            is_open(config, queue, at_ns) and calling_hours(rules.profiles, where, at_ns) == at_ns
            for at_ns in both
        ):
            yield slot
