"""The obvious book of campaigns: lists, loops and sorting, nothing kept between two calls.

Owns what the real one is compared with; must not be quick.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from routing.campaigns import CampaignRules, Candidate, Dialled, Ended, Retry
from routing.units import SECOND


@dataclass
class Number:
    number: str
    closed: str = ""
    tries: int = 0
    tally: dict[str, int] = field(default_factory=dict)


@dataclass
class Record:
    id: int
    list_id: str
    customer: str
    priority: int
    numbers: list[Number]
    stands: str = "new"
    due_ns: int = 0
    position: int = 0
    tries: int = 0
    recall_ns: int = 0
    agent: str = ""
    last: str = ""
    closed: str = ""


class NaiveBook:
    """One campaign."""

    def __init__(self, rules: CampaignRules, lists: Sequence[str], records: Sequence[Record]) -> None:
        self.rules = rules
        self.lists = list(lists)
        self.active = set(lists)
        self.records = {one.id: one for one in records}
        self.state = "running"
        self.reserved: dict[int, Candidate] = {}
        self.turns: dict[str, list[str]] = {}
        self.attempts: dict[str, tuple[Dialled, Ended | None]] = {}

    def turn(self, stands: str) -> list[str]:
        """Whose turn it is, among active lists."""
        return self.turns.setdefault(stands, [one for one in self.lists if one in self.active])

    def next(self, at_ns: int, most: int) -> list[tuple[str, str, str, str]]:
        """(record, number, kind, agent) of what is picked."""
        if self.state != "running":
            return []
        found: list[tuple[str, str, str, str]] = []
        passed: set[int] = set()
        while len(found) < most:
            one = self.first(at_ns, passed)
            if one is None:
                break
            number = self.choose(one)
            out = {each.number for each in self.reserved.values()}
            people = {each.customer for each in self.reserved.values()} - {""}
            if one.numbers[number].number in out or one.customer in people:
                passed.add(one.id)
                continue
            agent = one.agent if one.stands == "recall" else ""
            found.append((str(one.id), one.numbers[number].number, one.stands, agent))
            self.reserved[one.id] = Candidate(
                str(one.id), f"{one.id}.{number}", one.numbers[number].number, "c", one.customer, one.list_id,
                one.priority, one.tries + 1, one.stands, one.due_ns,  # type: ignore[arg-type]
            )  # fmt: skip
        return found

    def first(self, at_ns: int, passed: set[int]) -> Record | None:
        """Which record is next; its list loses its turn."""
        then = ("retry", "new") if self.rules.hopper.order == "retry_first" else ("new", "retry")
        for stands in ("recall", *then):
            turn = self.turn(stands)
            due = [
                one
                for one in self.records.values()
                if one.stands == stands
                and one.due_ns <= at_ns
                and one.list_id in self.active
                and one.id not in self.reserved
                and one.id not in passed
            ]
            if due:
                best = min(due, key=lambda one: (-one.priority, turn.index(one.list_id), one.due_ns, one.id))
                if self.rules.hopper.lists == "round_robin":
                    place = turn.index(best.list_id) + 1
                    turn[:] = turn[place:] + turn[:place]
                return best
        return None

    def choose(self, one: Record) -> int:
        """The number that is next, or the next open one in order."""
        places = range(one.position, one.position + len(one.numbers))
        return next(
            place % len(one.numbers) for place in places if not one.numbers[place % len(one.numbers)].closed
        )

    def put_back(self, ids: Sequence[int], not_before_ns: int, why: str) -> None:
        for id_ in ids:
            candidate = self.reserved.pop(id_)
            one = self.records[id_]
            if not_before_ns:
                one.due_ns = not_before_ns
            elif why:
                place = int(candidate.number_ref.partition(".")[2])
                one.numbers[place].closed = why
                self.move_on(one, place, why)

    def move_on(self, one: Record, place: int, why: str) -> None:
        """To the number behind one that was closed, or the first; or close the record."""
        still = [n for n, number in enumerate(one.numbers) if not number.closed]
        if not still:
            one.stands, one.closed, one.due_ns = "closed", why, 0
        else:
            one.position = next((n for n in still if n > place), still[0])

    def dialled(self, attempts: Sequence[Dialled]) -> None:
        for dial in attempts:
            one = self.records[int(dial.candidate.record)]
            self.reserved.pop(one.id)
            one.position = int(dial.candidate.number_ref.partition(".")[2])
            if one.stands == "recall":
                one.recall_ns = 0
            one.stands = "dialling"
            one.tries += 1
            one.numbers[one.position].tries += 1
            self.attempts[dial.attempt] = (dial, None)

    def ended(self, ended: Ended) -> None:
        dial, before = self.attempts[ended.attempt]
        if before is not None:
            return
        self.attempts[ended.attempt] = (dial, ended)
        one = self.records[int(dial.candidate.record)]
        word = "abandoned" if ended.abandoned else ended.outcome
        number = one.numbers[one.position]
        number.tally[word] = number.tally.get(word, 0) + 1
        one.last = word
        again = dial.candidate.kind == "recall" and (ended.outcome != "person" or ended.abandoned)
        rules = self.rules.retry
        rule: Retry = rules.dispositions.get(ended.disposition) or getattr(rules, word)
        agent, one.agent = one.agent, ""
        recall_ns, one.recall_ns = one.recall_ns, 0
        if rule.then == "close_number":
            number.closed = number.closed or word
        elif rule.then == "again" or recall_ns:
            tried_out = rules.per_number and number.tries >= rules.per_number
            if tried_out or (rule.most and number.tally[word] >= rule.most):
                number.closed = number.closed or "exhausted"
        if recall_ns:
            one.stands, one.due_ns, one.agent = "recall", recall_ns, agent
            return
        still = [n for n, each in enumerate(one.numbers) if not each.closed]
        why = ""
        if rule.then == "close":
            why = ended.disposition or word
        elif rules.attempts and one.tries >= rules.attempts:
            why = "exhausted"
        elif not still:
            why = number.closed
        if why:
            one.stands, one.closed, one.due_ns = "closed", why, 0
            return
        one.stands = "recall" if again else "retry"
        one.agent = agent if again else ""
        if number.closed or rule.next_number:
            behind = [n for n in still if n > one.position]
            if behind:
                one.position, one.due_ns = behind[0], ended.at_ns + rules.between_ns
                return
            one.position = still[0]
        one.due_ns = self.when(rule, ended.at_ns)

    def when(self, rule: Retry, at_ns: int) -> int:
        """By datetimes; the tests use a time zone without jumps."""
        if rule.when == "after":
            return at_ns + rule.after_ns
        where = ZoneInfo(self.rules.timezone)
        local = datetime.fromtimestamp(at_ns // SECOND, UTC).astimezone(where).replace(tzinfo=None)
        hour = {name: int(getattr(self.rules.retry, name)[:2]) for name in ("morning", "noon", "afternoon")}
        day = local.replace(hour=0, minute=0, second=0)
        if rule.when == "next_day":
            to = day + timedelta(days=1, hours=local.hour, minutes=local.minute)
        elif local.hour < hour["noon"]:
            to = day + timedelta(hours=hour["afternoon"])
        else:
            to = day + timedelta(days=1, hours=hour["morning"])
        return int(to.replace(tzinfo=where).timestamp()) * SECOND

    def recall(self, id_: int, at_ns: int, agent: str) -> None:
        one = self.records[id_]
        one.recall_ns, one.agent = at_ns, agent
        if one.stands != "dialling":
            one.stands, one.due_ns, one.closed = "recall", at_ns, ""

    def recycle(self, outcomes: set[str], at_ns: int) -> int:
        done = 0
        for one in self.records.values():
            if one.stands != "closed" or not ({one.last, one.closed} & outcomes):
                continue
            for number in one.numbers:
                if number.closed in outcomes | {"exhausted"}:
                    number.closed = ""
            still = [n for n, number in enumerate(one.numbers) if not number.closed]
            for n in still:
                one.numbers[n].tries, one.numbers[n].tally = 0, {}
            if still:
                one.stands, one.due_ns, one.position = "retry", at_ns, still[0]
                one.tries, one.closed, one.agent, one.recall_ns = 0, "", "", 0
                done += 1
        return done
