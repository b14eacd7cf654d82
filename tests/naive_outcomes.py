"""What the wing of outcomes does, done plainly: everything is worked out anew from the whole list of what happened.

Owns a second way to the same rows and proposals; must not share code with the wing beyond settings and records.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from routing import events as e
from routing.center.outcomes import Outcomes
from routing.center.outcomes.settings import Rule
from routing.commands import Command, EnqueueContact, PlaceContact, Remark, UpdateContact
from routing.remarks import CallBack, Consent, Disposition, Feedback, Signal, SurveyProposed
from routing.statistics.outcomes import AnswerRecord, DispositionRecord, OutcomeRecord, SurveyRecord
from routing.units import MAX_INSTANT_NS

Told = tuple[int, Command | None, e.Event]
SCALES = {"csat": (1, 5), "nps": (0, 10), "ces": (1, 7)}


@dataclass(eq=False)
class Stay:
    agent: str
    queue: str
    hand: bool = True
    wrap: bool = False
    said: bool = False
    first: int | None = None
    default_at: int | None = None


@dataclass(eq=False)
class Call:
    id: str
    came: int
    channel: str
    direction: str
    parent: str
    queue: str
    customer: str
    language: str = ""
    out: bool = False
    stays: list[Stay] = field(default_factory=list)
    ended: int | None = None
    outcome: str = ""
    code: str = ""
    resolved: str = ""
    first: int | None = None
    look: int | None = None  # when it is decided about next
    ripe: str = ""
    waits: bool = False
    asked: dict[str, list[Any]] = field(default_factory=dict)  # survey: at, until, means, language, answers

    def of(self, agent: str) -> Stay | None:
        mine = [stay for stay in self.stays if not agent or stay.agent == agent]
        return mine[-1] if mine else None

    def open(self) -> bool:
        return any(not stay.said and (stay.wrap or stay.default_at is not None) for stay in self.stays)


class Naive:
    """Tell it everything; ask it for rows and proposals."""

    def __init__(self, settings: Outcomes, remembered: int) -> None:
        self.settings = settings
        self.remembered = remembered
        self.log: list[tuple[Command | None, tuple[e.Event, ...], int, int]] = []

    def tell(self, command: Command | None, events: Sequence[e.Event], now_ns: int, remembered: int) -> None:
        """Note what happened, when it is, and how many ended contacts the engine remembers."""
        self.log.append((command, tuple(events), now_ns, remembered))

    def worked_out(self) -> "Walk":
        walk = Walk(self.settings)
        walk.remembered = self.remembered
        for command, events, now_ns, remembered in self.log:
            for event in events:
                if event.at_ns > walk.at:
                    walk.settle(event.at_ns - 1)
                    walk.at = event.at_ns
                if isinstance(event, e.Configured):
                    walk.remembered = remembered
                walk.event(command, event)
            walk.settle(now_ns)
        return walk


class Walk:
    def __init__(self, settings: Outcomes) -> None:
        self.settings = settings
        self.remembered = 0
        self.at = 0
        self.calls: list[Call] = []  # known, in the order in which they came
        self.over: list[Call] = []  # remembered, in the order in which they ended
        self.rows: list[OutcomeRecord] = []
        self.asked: list[tuple[int, str]] = []
        self.refused: set[str] = set()
        self.promises: list[tuple[int, str, str]] = []
        self.last: tuple[int, int] = (-1, -1)
        self.done: list[tuple[Call, Stay, int]] = []

    # What happened

    def call(self, contact: str) -> Call | None:
        found = [call for call in self.calls if call.id == contact]
        return found[-1] if found else None

    def event(self, command: Command | None, event: e.Event) -> None:
        if isinstance(event, e.ContactEnqueued | e.ContactPlaced):
            self.came(command, event)
            return
        if isinstance(event, e.ContactUpdated) and isinstance(command, UpdateContact):
            call = self.call(command.contact)
            if call is not None:
                self.read(call, command.attributes or {})
        if isinstance(event, e.CommandRefused):
            self.refusal(command, event)
            return
        call = self.call(getattr(event, "contact", ""))
        if isinstance(event, e.ContactRemarked):
            self.remark(call, event)
        elif call is None:
            return
        elif isinstance(event, e.OfferAccepted):
            self.take(call, event.agent, event.queue)
        elif isinstance(event, e.ContactHandedOver):
            self.leave(call)
            self.take(call, event.to_agent, event.queue)
        elif isinstance(event, e.ContactRequeued):
            self.leave(call)
        elif isinstance(event, e.ContactEnded):
            call.ended, call.outcome = event.at_ns, event.outcome.value
            if event.outcome == "merged":
                for stay in call.stays:
                    stay.hand = False
            self.leave(call)
            self.over.append(call)
            if call.outcome == "handled":
                self.promises = [
                    one
                    for one in self.promises
                    if one[1] != call.customer or "\n" not in one[2] or one[2].split("\n")[1] != call.id
                ]
            delays = [rule.delay_ns for rule in self.settings.rules if self.suits(rule, call)]
            if delays:
                call.look = event.at_ns + min(delays)
        elif isinstance(event, e.WrapUpStarted):
            self.wrap_up(call, event)
        elif isinstance(event, e.WrapUpEnded):
            for stay in call.stays:
                if stay.agent == event.agent and stay.wrap:
                    stay.wrap = False
                    self.done.append((call, stay, event.at_ns))
                    break

    def wrap_up(self, call: Call, event: e.WrapUpStarted) -> None:
        stay = call.of(event.agent)
        if stay is not None:
            stay.wrap = True
            self.done = [one for one in self.done if one[1] is not stay]
            default = self.default(stay.queue)
            if default and default.after_ns and not event.until_ns and not stay.said:
                stay.default_at = event.at_ns + default.after_ns

    def came(self, command: Command | None, event: e.ContactEnqueued | e.ContactPlaced) -> None:
        before = self.call(event.contact)
        if before is not None:
            self.gone(before)
        queue = event.queues[0] if isinstance(event, e.ContactEnqueued) else event.queue
        parent = event.parent if isinstance(event, e.ContactEnqueued) else ""
        call = Call(event.contact, event.at_ns, event.channel, event.direction, parent, queue, "")
        if isinstance(command, EnqueueContact | PlaceContact) and command.contact == event.contact:
            call.customer = command.customer
            self.read(call, command.attributes or {})
        self.calls.append(call)
        if isinstance(event, e.ContactPlaced):
            self.take(call, event.agent, event.queue)

    def read(self, call: Call, attributes: dict[str, str]) -> None:
        call.out = bool(attributes.get(self.settings.opt_out, "yes" if call.out else ""))
        call.language = attributes.get("language", call.language)

    def take(self, call: Call, agent: str, queue: str) -> None:
        for stay in call.stays:
            if stay.agent == agent:
                stay.said, stay.default_at = True, None
        call.stays.append(Stay(agent, queue))

    def leave(self, call: Call) -> None:
        for stay in call.stays:
            if stay.hand:
                stay.hand = False
                self.done.append((call, stay, self.at))

    # What was said

    def number(self, at: int) -> int:
        self.last = (at, self.last[1] + 1 if self.last[0] == at else 0)
        return self.last[1]

    def remark(self, call: Call | None, event: e.ContactRemarked) -> None:
        said, at = event.remark, event.at_ns
        if isinstance(said, Disposition):
            self.dispose(call, event, said)
        elif isinstance(said, Feedback):
            self.answer(call, event, said)
        elif isinstance(said, CallBack):
            self.call_back(said, event.contact, said.customer or (call.customer if call else ""), at)
        elif call is None:
            return
        elif isinstance(said, SurveyProposed):
            answers = call.asked[said.survey][4] if said.survey in call.asked else 0
            call.asked[said.survey] = [at, said.until_ns, said.means, said.language, answers]
            if call.customer:
                self.asked.append((at, call.customer))
            call.look, call.ripe, call.waits = None, "", False
            self.survey(call, said.survey, "answered" if answers else "proposed", at)
            for other in sorted(self.calls, key=lambda one: one.id):
                if other.ripe and call.customer and other.customer == call.customer:
                    verdict, rule, _ = self.decide(other, at, {})
                    if verdict == "capped":
                        other.look, other.ripe = None, ""
                        self.survey(other, rule.survey, verdict, at, rule.means)
        elif isinstance(said, Consent) and said.what == "survey":
            if said.answer == "refused":
                call.out = True
                self.refused |= {call.customer} - {""}
            elif said.answer == "given":
                call.out = False
                self.refused -= {call.customer}
        elif isinstance(said, Signal) and said.name == "language":
            call.language = said.value

    def call_back(self, said: CallBack, contact: str, customer: str, at: int) -> None:
        since = at - self.settings.call_back_open_ns
        owed = [one for one in self.promises if one[2].startswith(f"{said.call_back}\n") and one[0] > since]
        if said.action in ("keep", "book") and customer and not owed:
            self.promises.append(
                (at, customer, f"{said.call_back}\n{contact if said.action == 'keep' else ''}")
            )
        if said.action in ("cancel", "close"):
            self.promises = [one for one in self.promises if one not in owed]

    def known_code(self, code: str, queue: str) -> bool:
        codes = [one for one in self.settings.codes if one.code == code and not one.retired]
        return not self.settings.codes or any(not one.queues or queue in one.queues for one in codes)

    def dispose(self, call: Call | None, event: e.ContactRemarked, said: Disposition) -> None:
        at, number = event.at_ns, self.number(event.at_ns)
        meant = [one.resolved for one in self.settings.codes if one.code == said.code]
        resolved: Any = said.resolved or (meant[0] if meant else "")
        stay = None if call is None else (call.of(event.agent) if event.agent else None) or call.of("")
        automatic = False
        if call is not None and said.agent and stay is not None and stay.agent == said.agent:
            due = stay.default_at is not None and stay.default_at <= at
            automatic = due and said == self.by_default(stay)
        queue = stay.queue if stay else call.queue if call else ""
        if call is None:
            follow_up = True
        elif stay is not None:
            follow_up = not stay.hand and not stay.wrap
        else:
            follow_up = call.ended is not None
        owner: Any = stay or call
        before = owner.first if owner else None
        self.rows.append(
            DispositionRecord(
                at, number, event.contact, call.came if call else 0,
                call.stays.index(stay) if call and stay else -1, queue,
                call.channel if call else "", call.direction if call else "", stay.agent if stay else "",
                event.agent, said.code, resolved, said.note_ref, said.call_back_ns,
                at if before is None else before, self.known_code(said.code, queue), automatic, follow_up,
                before is not None,
            )
        )  # fmt: skip
        if call is None:
            return
        if owner.first is None:
            owner.first = at
        for one in call.stays:
            mine = one.agent == said.agent if said.agent else one.hand or one.wrap
            if mine or one is stay:
                one.said, one.default_at = True, None
        call.code, call.resolved = said.code, resolved
        if call.customer:
            mine_too = [one for one in self.promises if one[1:] == (call.customer, call.id)]
            if resolved == "call_back":
                self.promises = [one for one in self.promises if one not in mine_too]
                self.promises.append((at, call.customer, call.id))
            elif resolved:
                self.promises = [one for one in self.promises if one[1] != call.customer]
            else:
                self.promises = [one for one in self.promises if one not in mine_too]
        self.wake(call)

    def answer(self, call: Call | None, event: e.ContactRemarked, said: Feedback) -> None:
        at, number = event.at_ns, self.number(event.at_ns)
        name, measure, low, high = said.question, "", 0, -1
        surveys = [one for one in self.settings.surveys if one.id == said.survey]
        if surveys:
            asked = [one for one in surveys[0].questions if one.id == said.question]
            if not said.question and len(surveys[0].questions) == 1:
                asked = [surveys[0].questions[0]]
            if asked:
                name, measure = asked[0].id, asked[0].measure
                if measure in SCALES:
                    low, high = SCALES[measure]
                elif measure == "choice":
                    low, high = 0, len(asked[0].choices) - 1
                elif measure == "score":
                    low, high = asked[0].least or 0, asked[0].most or 0
        elif (said.question or said.survey) in SCALES:
            name = measure = said.question or said.survey
            low, high = SCALES[measure]
        until = 0
        if call is not None and said.survey in call.asked:
            until = call.asked[said.survey][1]
        elif call is not None and surveys and surveys[0].answer_within_ns and call.ended is not None:
            until = call.ended + surveys[0].answer_within_ns
        verdict: Any = "counted"
        if not measure:
            verdict = "unknown"
        elif said.score is not None and not low <= said.score <= high:
            verdict = "out_of_range"
        elif until and at > until:
            verdict = "late"
        stay = call.of("") if call else None
        self.rows.append(
            AnswerRecord(
                at, number, event.contact, call.came if call else 0, said.survey, name, measure,
                call.queue if call else "", stay.agent if stay else "", said.score, said.answer, verdict,
            )
        )  # fmt: skip
        if call is not None and said.survey in call.asked:
            call.asked[said.survey][4] += 1
            self.survey(call, said.survey, "answered", at)

    def survey(self, call: Call, survey: str, state: Any, at: int, means: str = "") -> None:
        at, until, means, language, answers = call.asked.get(survey, [at, 0, means, call.language, 0])
        stay = call.of("")
        self.rows.append(
            SurveyRecord(
                call.id, call.came, survey, state, means, language, call.queue, stay.agent if stay else "", at,
                until, answers,
            )
        )  # fmt: skip

    def refusal(self, command: Command | None, event: e.CommandRefused) -> None:
        call = self.call(command.contact) if isinstance(command, Remark) else None
        if call is None or not isinstance(command, Remark):
            return
        if isinstance(command.remark, SurveyProposed) and (call.look is not None or call.waits):
            call.look, call.ripe, call.waits = None, "", False
            self.survey(call, command.remark.survey, "refused", event.at_ns, command.remark.means)
        if isinstance(command.remark, Disposition):
            stay = call.of(command.remark.agent)
            if stay is not None and command.remark == self.by_default(stay):
                stay.default_at = None
                self.wake(call)

    # What is wished

    def default(self, queue: str) -> Any:
        found = [one for one in self.settings.defaults if not one.queues or queue in one.queues]
        return found[0] if found else None

    def by_default(self, stay: Stay) -> Disposition | None:
        default = self.default(stay.queue)
        if default is None:
            return None
        (code,) = [one for one in self.settings.codes if one.code == default.code]
        return Disposition(default.code, code.resolved, stay.agent)

    def suits(self, rule: Rule, call: Call) -> bool:
        stay = call.of("")
        queue = stay.queue if stay else call.queue
        return (
            not call.parent
            and queue in (rule.queues or (queue,))
            and call.channel in (rule.channels or (call.channel,))
            and call.direction in rule.directions
            and call.outcome in rule.outcomes
        )

    def wake(self, call: Call) -> None:
        if call.waits and not call.open():
            call.waits, call.look = False, self.at

    def gone(self, call: Call) -> None:
        self.calls.remove(call)
        if call in self.over:
            self.over.remove(call)
        if call.ripe:
            self.survey(call, call.ripe, "forgotten", self.at)
        call.look, call.ripe, call.waits = None, "", False
        for stay in call.stays:
            stay.default_at, stay.said = None, True

    def settle(self, until: int) -> None:
        for done, stay, since in self.done:
            default = self.default(stay.queue)
            if default is not None and not stay.said:
                stay.default_at = since + default.after_ns
            self.wake(done)
        self.done = []
        while len(self.over) > self.remembered:
            self.gone(self.over[0])
        while True:
            due = sorted(
                (call.look, call.id) for call in self.calls if call.look is not None and call.look <= until
            )
            if not due:
                return
            at, contact = due[0]
            found = self.call(contact)
            assert found is not None
            call = found
            call.look, call.ripe = None, ""
            if call.open():
                call.waits = True
                continue
            verdict, rule, again = self.decide(call, at, {})
            if verdict == "later":
                call.look = again
            elif verdict == "yes":
                call.look, call.ripe = again, rule.survey
            elif verdict:
                self.survey(call, rule.survey, verdict, at, rule.means)

    def decide(self, call: Call, now: int, planned: dict[str, int]) -> tuple[str, Any, int]:
        """Give later, yes (until when it stays a wish), a reason to write down, or nothing."""
        found = [
            rule
            for rule in self.settings.rules
            if self.suits(rule, call)
            and call.code in (rule.codes or (call.code,))
            and call.resolved in (rule.resolutions or (call.resolved,))
        ]
        if not found or not (call.customer or found[0].strangers):
            return "", None, 0
        rule = found[0]
        drawn = blake2b(f"{rule.survey}/{call.id}".encode(), digest_size=8).digest()
        if int.from_bytes(drawn, "big") / 2**64 >= rule.share:
            return "", None, 0
        assert call.ended is not None
        due = call.ended + rule.delay_ns
        if now < due:
            return "later", rule, due
        if call.out or call.customer in self.refused:
            return "opted_out", rule, 0
        since = now - self.settings.call_back_open_ns
        if call.resolved == "call_back" or any(
            at > since and customer == call.customer for at, customer, _ in self.promises
        ):
            return "call_back", rule, 0
        for cap in self.settings.caps:
            times = [
                at for at, customer in self.asked if customer == call.customer and at > now - cap.span_ns
            ]
            if call.customer and len(times) + planned.get(call.customer, 0) >= cap.most:
                return "capped", rule, 0
        ends = min(due + rule.expires_ns, MAX_INSTANT_NS)
        return ("expired", rule, 0) if now >= ends else ("yes", rule, ends)

    def proposals(self, now: int) -> list[tuple[str, Any]]:
        """What is to be said at an instant."""
        defaults = [
            (stay.default_at, call.id, call.stays.index(stay), call, stay)
            for call in self.calls
            for stay in call.stays
            if stay.default_at is not None and stay.default_at <= now
        ]
        found: list[tuple[str, Any]] = [
            (f"outcomes/default/{call.id}/{call.came}/{place}", Remark(call.id, self.by_default(stay)))  # type: ignore[arg-type]
            for _, _, place, call, stay in sorted(defaults, key=lambda one: one[:3])
        ]
        planned: dict[str, int] = {}
        wishes = [
            (call.ended, call.id, call)
            for call in self.calls
            if call.look is not None and (call.ripe or call.look <= now) and not call.open()
        ]
        for _, _, call in sorted(wishes, key=lambda one: one[:2]):
            verdict, rule, _ = self.decide(call, now, planned)
            if verdict != "yes":
                continue
            planned[call.customer] = planned.get(call.customer, 0) + 1
            (survey,) = [one for one in self.settings.surveys if one.id == rule.survey]
            due = (call.ended or 0) + rule.delay_ns
            known = not survey.languages or call.language in survey.languages
            remark = SurveyProposed(
                rule.survey,
                rule.means,
                call.language if known else survey.languages[0],
                due + survey.answer_within_ns if survey.answer_within_ns else 0,
            )
            found.append((f"outcomes/survey/{call.id}/{call.came}/{rule.survey}", Remark(call.id, remark)))
        return found
