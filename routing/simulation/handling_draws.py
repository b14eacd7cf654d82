"""Draws what is done to contacts in hand, on one day of a model.

Every decision has its own address (seed, day, type, purpose, number of the call, times it was tried, hops, ...), see
``draws``: what happens to call 17 is the same however many agents there are, and a table that is left out moves
nothing else.

Owns the purposes of these draws, and the plan of a conversation; must not know the engine.
"""

from functools import cache
from typing import Final, NamedTuple

from routing.simulation.arrivals import poisson
from routing.simulation.distributions import Distribution, Sampler, make_sampler
from routing.simulation.draws import MASK, mix, stream, unit
from routing.simulation.handling_shape import CallBack, Consult, Handling, Outcome, Retrial, Transfer
from routing.simulation.model_shape import Model, by_period

# What a draw is for; ``arrivals`` has 1 to 10.
_HOLD, _HOLD_AT, _HOLD_TIME, _CONSULT, _CONSULT_AT, _EXIT = range(11, 17)
_TALK, _TOGETHER, _COLLEAGUE, _ANSWER_BY, _SERVICE, _PATIENCE = range(17, 23)
_CALL_BACK, _RING, _REACH, _OUTCOME, _OUTCOME_AFTER = range(23, 28)
_AGAIN, _AGAIN_DELAY, _AGAIN_SERVICE, _AGAIN_PATIENCE = range(28, 32)
_EVERY, _LENGTH, _PLACED, _PLACED_SERVICE, _CALLER, _CALLEE = range(32, 38)
#: Where the places of groups, and of calls of agents' own, begin; those of types are below.
_GROUPS: Final = 2**32 + 1
_CALLS: Final = 2**33


class Which(NamedTuple):
    """A contact on its way: type, number within the type, how often it was tried before, and hops from hand to hand."""

    kind: int
    number: int
    tried: int
    hop: int


class Hold(NamedTuple):
    """On hold for so long."""

    time_ns: int


class Part(NamedTuple):
    """The agent talks for ``talk_ns``, and then does something."""

    talk_ns: int
    then: Hold | Consult


@cache
def sampler(spec: Distribution) -> Sampler:
    """Make a distribution ready, once."""
    return make_sampler(spec)


def pick(share_at: float, options: "tuple[tuple[float, int], ...]") -> int | None:
    """Choose by share: the value of the first whose cumulated share is above the draw; None: of none.

    >>> [pick(draw, ((0.25, 7), (0.5, 8))) for draw in (0.2, 0.3, 0.8)]
    [7, 8, None]
    """
    passed = 0.0
    for share, value in options:
        passed += share
        if share_at < passed:
            return value
    return None


class HandlingDraws:
    """The draws of a day."""

    def __init__(self, model: Model, seed: int, day: int) -> None:
        self.model = model
        self.address = (seed, day)
        self.tables = [kind.handling or Handling() for kind in model.types]
        self._begins: dict[tuple[int, int], int] = {}

    def _bits(self, place: int, purpose: int, *address: int) -> int:
        begin = self._begins.get((place, purpose))
        if begin is None:
            begin = self._begins[place, purpose] = stream(*self.address, place, purpose)
        for part in address:
            begin = mix(begin ^ part & MASK)
        return begin

    def _unit(self, place: int, purpose: int, *address: int) -> float:
        return unit(self._bits(place, purpose, *address))

    def _of(self, spec: Distribution, purpose: int, which: Which, *more: int) -> int:
        return sampler(spec)(self._bits(which.kind, purpose, *which[1:], *more))

    # -- Conversations ------------------------------------------------------------------------------------

    def plan(self, which: Which, queue: str, service_ns: int) -> tuple[list[Part], int]:
        """Cut a service into parts: what happens between, and how long is talked after the last of it."""
        table = self.tables[which.kind]
        kind, *address = which
        cuts: list[tuple[float, int, Hold | Consult]] = []
        if table.holds is not None:
            for turn in range(table.holds.most):
                if self._unit(kind, _HOLD, *address, turn) >= table.holds.share:
                    break
                at = self._unit(kind, _HOLD_AT, *address, turn)
                cuts.append((at, turn, Hold(self._of(table.holds.time, _HOLD_TIME, which, turn))))
        consult = self._consult(which, queue, ("return", "join"), _CONSULT)
        if consult is not None:
            cuts.append((self._unit(kind, _CONSULT_AT, *address), -1, consult))
        parts: list[Part] = []
        talked_ns = 0
        for at, _, what in sorted(cuts, key=_first_two):
            until_ns = int(at * service_ns)
            parts.append(Part(until_ns - talked_ns, what))
            talked_ns = until_ns
        return parts, service_ns - talked_ns

    def _consult(self, which: Which, queue: str, then: tuple[str, ...], purpose: int) -> Consult | None:
        table = self.tables[which.kind]
        options = tuple(
            (one.share, place)
            for place, one in enumerate(table.consults)
            if one.then in then and _applies(one, which, queue)
        )
        if not options:
            return None
        place = pick(self._unit(which.kind, purpose, *which[1:]), options)
        return None if place is None else table.consults[place]

    def exit(self, which: Which, queue: str) -> Transfer | Consult | None:
        """Choose how a contact leaves its agent, answered from this queue, at the end of its service; None: it ends."""
        table = self.tables[which.kind]
        ways: list[Transfer | Consult] = [one for one in table.transfers if _applies(one, which, queue)]
        ways += [
            one for one in table.consults if one.then in ("transfer", "leave") and _applies(one, which, queue)
        ]
        if not ways:
            return None
        options = tuple((one.share, place) for place, one in enumerate(ways))
        place = pick(self._unit(which.kind, _EXIT, *which[1:]), options)
        return None if place is None else ways[place]

    def talk_ns(self, which: Which, consult: Consult) -> int:
        """Draw how long agent and colleague talk between themselves."""
        return self._of(consult.talk, _TALK, which)

    def together_ns(self, which: Which, consult: Consult) -> int:
        """Draw how long all three talk."""
        return 0 if consult.together is None else self._of(consult.together, _TOGETHER, which)

    def answer_by_ns(self, which: Which, consult: Consult) -> int:
        """Draw how long the agent waits for a colleague; -1: for ever."""
        return self._of(consult.patience, _ANSWER_BY, which)

    def one_of(self, which: Which, people: list[int]) -> int:
        """Choose a colleague."""
        return people[int(self._unit(which.kind, _COLLEAGUE, *which[1:]) * len(people))]

    def service_ns(self, which: Which, spec: Distribution | None, period: int) -> int:
        """Draw how long the contact takes at its next agent."""
        return self._of(spec or by_period(self.model.types[which.kind].service, period), _SERVICE, which)

    def patience_ns(self, which: Which, period: int) -> int:
        """Draw how long the customer waits for the next agent; -1: for ever."""
        return self._of(by_period(self.model.types[which.kind].patience, period), _PATIENCE, which)

    # -- Around conversations -----------------------------------------------------------------------------

    def call_back(self, which: Which) -> CallBack | None:
        """Tell whether the customer would be called back."""
        found = self.tables[which.kind].call_back
        return found if found and self._unit(which.kind, _CALL_BACK, *which[1:]) < found.share else None

    def ring_ns(self, which: Which, call_back: CallBack) -> int:
        """Draw how long the customer's telephone rings."""
        return self._of(call_back.ring, _RING, which)

    def reached(self, which: Which, call_back: CallBack) -> bool:
        """Does the customer answer?"""
        return self._unit(which.kind, _REACH, *which[1:]) < call_back.reach

    def outcome(self, which: Which) -> Outcome | None:
        """Choose what came of it."""
        outcomes = self.tables[which.kind].outcomes
        if not outcomes:
            return None
        options = tuple((one.share, place) for place, one in enumerate(outcomes))
        place = pick(self._unit(which.kind, _OUTCOME, *which[1:]), options)
        return None if place is None else outcomes[place]

    def outcome_after_ns(self, which: Which) -> int:
        """Draw how long after the conversation the outcome is told; -1: at its end."""
        spec = self.tables[which.kind].outcome_after
        return -1 if spec is None else self._of(spec, _OUTCOME_AFTER, which)

    def again(self, which: Which, retrial: Retrial, period: int) -> tuple[int, int, int] | None:
        """Tell after how long a customer who was served calls again, service and patience then; None: not at all."""
        kind, *address = which
        if self._unit(kind, _AGAIN, *address) >= retrial.probability:
            return None
        noun = self.model.types[kind]
        return (
            self._of(retrial.delay, _AGAIN_DELAY, which),
            self._of(by_period(noun.service, period), _AGAIN_SERVICE, which),
            self._of(by_period(noun.patience, period), _AGAIN_PATIENCE, which),
        )

    # -- Agents -------------------------------------------------------------------------------------------

    def every_ns(self, group: int, rank: int, place: int, number: int) -> int:
        """Draw how long the ``rank``-th of a group works before this break of the day."""
        spec = self.model.groups[group].breaks[place].every
        return sampler(spec)(self._bits(_GROUPS + group, _EVERY, rank, place, number))

    def length_ns(self, group: int, rank: int, place: int, number: int) -> int:
        """Draw how long the break is."""
        spec = self.model.groups[group].breaks[place].length
        return sampler(spec)(self._bits(_GROUPS + group, _LENGTH, rank, place, number))

    def placed(self, place: int) -> list[int]:
        """Draw when calls of agents' own are to be made."""
        noun = self.model.placed[place]
        rates = [by_period(noun.rates, period) / noun.per_ns for period in range(self.model.periods)]
        return poisson(rates, self.model.period_ns, self._bits(_CALLS + place, _PLACED))

    def placed_service_ns(self, place: int, number: int) -> int:
        """Draw how long such a call takes."""
        spec = self.model.placed[place].service
        return sampler(spec)(self._bits(_CALLS + place, _PLACED_SERVICE, number))

    def caller(self, place: int, number: int, people: list[int]) -> int:
        """Choose who calls."""
        return people[int(self._unit(_CALLS + place, _CALLER, number) * len(people))]

    def callee(self, place: int, number: int, people: list[int]) -> int:
        """Choose whom they call."""
        return people[int(self._unit(_CALLS + place, _CALLEE, number) * len(people))]


def _first_two(cut: tuple[float, int, object]) -> tuple[float, int]:
    return cut[:2]


def _applies(one: Transfer | Consult, which: Which, queue: str) -> bool:
    """May this follow a service of a contact that was answered from this queue?"""
    return one.from_queue == queue if one.from_queue else which.hop == 0
