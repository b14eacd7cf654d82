"""The wing of outcomes: dispositions and feedback are filed, defaults and surveys proposed.

A default is proposed as the `Disposition` that the agent did not make. A survey is proposed as a remark of its own,
`SurveyProposed`: it changes no queue, no agent and no figure of the engine, is journaled and told once, and is refused
like any remark when the contact is not remembered any more. The front-end that sees the event asks by the means it has
(a text message, an e-mail, a menu), and says each answer by a remark `Feedback`. To enqueue a contact or to request a
dial instead would count a customer who was only asked as one who wanted an agent.

Owns what waits to be proposed, and the rows until they are written; must not know how a contact is decided about
(``asking``), what a record says (``filing``), nor a database.
"""

from collections import Counter
from collections.abc import Sequence
from functools import partial
from typing import Final

import msgspec
from msgspec import Struct
from sortedcontainers import SortedList

from routing.center.outcomes.asking import Asking
from routing.center.outcomes.codes import default_of
from routing.center.outcomes.filing import Number, default_remark, file_answer, file_disposition, file_survey
from routing.center.outcomes.known import LANGUAGE, Asked, Contacts, Known
from routing.center.outcomes.settings import Outcomes
from routing.center.wing import Due, Proposal
from routing.commands import Command, Remark, UpdateContact
from routing.engine import Engine
from routing.events import CommandRefused, ContactEnded, ContactRemarked, ContactUpdated, Event
from routing.host.following import Making
from routing.remarks import Consent, Disposition, Feedback, Signal, SurveyProposed
from routing.statistics.outcomes import OutcomeRecord
from routing.statistics.present import present

#: Under this name a host has its wing of outcomes.
NAME: Final = "outcomes"
#: What a customer consents to, or refuses, who is to be asked what they thought.
CONSENT: Final = "survey"
_FORMAT: Final = 1


class _Wish(Struct, array_like=True):
    """A contact that has ended, to be decided about; -1: once it is known how it came out."""

    due_ns: int
    survey: str = ""  # to be proposed, until ``due_ns``


class _Kept(Struct, array_like=True):
    """The wing's state in a journal."""

    format: int
    contacts: list[Known]
    ended: list[str]
    defaults: list[tuple[int, str, int]]
    wishes: dict[str, _Wish]
    asked: dict[str, list[int]]
    refused: list[str]
    promised: dict[str, dict[str, int]]
    number: Number
    rows: list[OutcomeRecord]
    lost: int


class OutcomeWing:
    """Dispositions, defaults, surveys and answers of a host's engine (`routing.center.wing.Wing`, `Keeping`).

    Parameters
    ----------
    engine : Engine
        Stands where the wing begins.
    state : bytes, optional
        What `snapshot` of an earlier one said when the engine stood here.
    outcomes : Outcomes, optional
        The settings. A wing goes on with what an earlier one kept, also under changed settings.

    Attributes
    ----------
    lost : int
        Rows that were dropped because nobody confirmed them in time.

    Examples
    --------
    >>> from routing import AcceptOffer, Agent, CompleteContact, Config, EnqueueContact, LogIn, Queue
    >>> from routing.center.outcomes.settings import Question, Rule, Survey
    >>> engine = Engine(Config(agents=(Agent("ann"),), queues=(Queue("sales"),)))
    >>> settings = Outcomes(surveys=(Survey("short", (Question("csat"),)),), rules=(Rule("short"),))
    >>> wing = OutcomeWing(engine, None, settings)
    >>> for at, command in enumerate((LogIn("ann"), EnqueueContact("call-1", ("sales",), customer="c-1"),
    ...     AcceptOffer("call-1", "ann"), CompleteContact("call-1"))):
    ...     wing.follow(command, engine.apply(command, at))
    >>> for proposal in wing.due(4).proposals:
    ...     print(proposal.request_id, type(proposal.command.remark).__name__)
    outcomes/survey/call-1/1/short SurveyProposed
    """

    def __init__(self, engine: Engine, state: bytes | None, outcomes: Outcomes | None = None) -> None:
        self.outcomes = outcomes if outcomes is not None else Outcomes()
        self._engine = engine
        self._contacts = Contacts(lambda: engine.config.limits.remembered_contacts, self.outcomes.opt_out)
        self._asking = Asking(self.outcomes)
        self._defaults: SortedList = SortedList()  # (due, contact, segment)
        self._default_due: dict[tuple[str, int], int] = {}
        self._wishes: dict[str, _Wish] = {}
        self._ready: dict[str, None] = {}  # contacts whose survey is to be proposed
        self._at_ns = engine.now_ns  # of the latest events
        self._order: SortedList = SortedList()  # (due, contact) of wishes that have one
        self._numbers = Number()
        self._rows: list[OutcomeRecord] = []
        self._dropped = 0  # of what was ever a row; numbers what is confirmed
        self.lost = 0
        kept = _read(state)
        if kept is None:
            self._begin()
        else:
            self._restore(kept)

    # As a follower

    def follow(self, command: Command | None, events: Sequence[Event]) -> None:
        """Take note. O(events), and O(log n) for each wish that comes due."""
        for event in events:
            if event.at_ns > self._at_ns:
                self._pass(event.at_ns - 1)
                self._at_ns = event.at_ns
            if isinstance(event, ContactRemarked):
                self._remarked(event)
            elif isinstance(event, CommandRefused):
                self._refused(command, event.at_ns)
            elif isinstance(event, ContactUpdated):
                if isinstance(command, UpdateContact):
                    self._contacts.update(command)
            else:
                self._contacts.tell(command, event)
                if isinstance(event, ContactEnded):
                    self._ended(event)
        self._pass(self._engine.now_ns)

    def snapshot(self) -> bytes:
        """Write the state down. O(its size)."""
        kept = _Kept(
            _FORMAT,
            list(self._contacts.by_id.values()),
            list(self._contacts.ended),
            list(self._defaults),
            self._wishes,
            self._asking.asked,
            sorted(self._asking.refused),
            self._asking.promised,
            self._numbers,
            self._rows,
            self.lost,
        )
        return msgspec.msgpack.encode(kept)

    # As a wing

    def due(self, now_ns: int) -> Due:
        """Say which defaults and surveys are to be said now. O(those that are due)."""
        proposals: list[Proposal] = []
        later: list[int] = []
        for due_ns, contact, place in self._defaults:
            if due_ns > now_ns:
                later.append(due_ns)
                break
            known = self._contacts.by_id[contact]
            said = default_remark(self.outcomes, known, place)
            if said is not None:
                name = f"outcomes/default/{contact}/{known.arrived_ns}/{place}"
                proposals.append(Proposal(Remark(contact, said), name))
        planned: Counter[str] = Counter()
        for contact in self._candidates(now_ns):
            known = self._contacts.by_id[contact]
            decision = self._asking.decide(known, now_ns, planned)
            if decision.again_ns > now_ns:
                later.append(decision.again_ns)
            if not decision.ask or decision.rule is None:
                continue
            planned[known.customer] += 1
            survey, means = decision.rule.survey, decision.rule.means
            name = f"outcomes/survey/{contact}/{known.arrived_ns}/{survey}"
            until_ns = self._until(survey, decision.due_ns)
            remark = SurveyProposed(survey, means, self._language(known, survey), until_ns)
            proposals.append(Proposal(Remark(contact, remark), name))
        after = self._order.bisect_left((now_ns + 1, ""))
        later += [self._order[after][0]] if after < len(self._order) else []
        return Due(tuple(proposals), min(later, default=None))

    def take(self) -> tuple[int, Sequence[OutcomeRecord]]:
        """Give the rows that are not confirmed, the oldest first, and a number to confirm them by."""
        return self._dropped + len(self._rows), tuple(self._rows)

    def confirm(self, number: int) -> None:
        """Forget the rows that were taken under this number, and before: they are written."""
        written = min(max(number - self._dropped, 0), len(self._rows))
        del self._rows[:written]
        self._dropped += written

    @property
    def pending(self) -> int:
        """Rows that wait to be confirmed."""
        return len(self._rows)

    def known(self, contact: str) -> Known | None:
        """Tell what is known of a contact that lives or is remembered; to be read only."""
        return self._contacts.by_id.get(contact)

    # What was said

    def _remarked(self, event: ContactRemarked) -> None:
        remark, at_ns = event.remark, event.at_ns
        known = self._contacts.by_id.get(event.contact)
        if isinstance(remark, Disposition):
            self._disposed(known, event, remark)
        elif isinstance(remark, Feedback):
            row = file_answer(self.outcomes, known, event, remark, self._numbers.next(at_ns))
            self._file(row)
            if known is not None and remark.survey in known.surveys:
                known.surveys[remark.survey].answers += 1
                self._file(file_survey(known, remark.survey, "answered", at_ns))
        elif isinstance(remark, SurveyProposed) and known is not None:
            before = known.surveys.get(remark.survey)
            answers = before.answers if before is not None else 0
            known.surveys[remark.survey] = Asked(
                at_ns, remark.until_ns, remark.means, remark.language, answers
            )
            self._asking.was_asked(known.customer, at_ns)
            self._drop(event.contact)
            self._file(file_survey(known, remark.survey, "answered" if answers else "proposed", at_ns))
        elif isinstance(remark, Consent) and remark.what == CONSENT and known is not None:
            known.opted_out = remark.answer == "refused" or (known.opted_out and remark.answer == "asked")
            if known.customer and remark.answer == "refused":
                self._asking.refused.add(known.customer)
            elif remark.answer == "given":
                self._asking.refused.discard(known.customer)
        elif isinstance(remark, Signal) and remark.name == LANGUAGE and known is not None:
            known.language = remark.value

    def _disposed(self, known: Known | None, event: ContactRemarked, said: Disposition) -> None:
        automatic = False
        if known is not None and said.agent:
            place = known.newest(said.agent)
            due_ns = self._default_due.get((known.contact, place))
            automatic = (
                due_ns is not None
                and due_ns <= event.at_ns
                and said == default_remark(self.outcomes, known, place)
            )
        row = file_disposition(
            self.outcomes, known, event, said, self._numbers.next(event.at_ns), automatic=automatic
        )
        self._file(row)
        if known is None:
            return
        self._spoken(known)
        self._asking.disposed(known, event.at_ns)
        self._wake(known, event.at_ns)

    def _refused(self, command: Command | None, at_ns: int) -> None:
        """A proposal that was refused is not made again."""
        if not isinstance(command, Remark):
            return
        known = self._contacts.by_id.get(command.contact)
        if known is None:
            return
        if isinstance(command.remark, SurveyProposed):
            if self._wishes.get(command.contact) is not None:
                self._drop(command.contact)
                self._file(file_survey(known, command.remark.survey, "refused", at_ns, command.remark.means))
        elif isinstance(command.remark, Disposition):
            place = known.newest(command.remark.agent)
            if place >= 0 and command.remark == default_remark(self.outcomes, known, place):
                self._default(known, place, None)
                self._wake(known, at_ns)

    # What is wished

    def _ended(self, event: ContactEnded) -> None:
        known = self._contacts.by_id.get(event.contact)
        if known is not None:
            due_ns = self._asking.first_due_ns(known)
            if due_ns >= 0:
                self._wish(known.contact, _Wish(due_ns))

    def _pass(self, until_ns: int) -> None:
        """See to what the events of an instant have led to, and to wishes that come due until another, in order."""
        contacts, at_ns = self._contacts, self._at_ns
        for known in contacts.again:
            self._spoken(known)
        for known, place, begun_ns, ends_ns in contacts.begun:
            default = default_of(self.outcomes, known.parts[place].queue)
            part = known.parts[place]
            if default is not None and default.after_ns and part.wrapping and not part.said and not ends_ns:
                self._default(known, place, begun_ns + default.after_ns)
        for known, place, done_ns in contacts.done:
            default = default_of(self.outcomes, known.parts[place].queue)
            if default is not None and not known.parts[place].said:
                self._default(known, place, done_ns + default.after_ns)
            self._wake(known, at_ns)
        contacts.again.clear()
        contacts.begun.clear()
        contacts.done.clear()
        self._forget()
        while self._order and self._order[0][0] <= until_ns:
            due_ns, contact = self._order[0]
            self._settle(contact, due_ns)
        self._asking.forget(until_ns)

    def _forget(self) -> None:
        contacts = self._contacts
        contacts.forget()
        for known in contacts.gone:
            for place in range(len(known.parts)):
                self._default(known, place, None)
            wish = self._wishes.get(known.contact)
            if wish is not None:
                self._drop(known.contact)
                if wish.survey:
                    self._file(file_survey(known, wish.survey, "forgotten", self._at_ns))
        contacts.gone.clear()

    def _settle(self, contact: str, at_ns: int) -> None:
        """Decide about a contact at the instant at which that is due: what is not to be asked is dropped."""
        known = self._contacts.by_id[contact]
        if self._is_open(known):
            self._wish(contact, _Wish(-1))
            return
        decision = self._asking.decide(known, at_ns, {})
        if decision.again_ns > at_ns:
            self._wish(contact, _Wish(decision.again_ns))
        elif decision.ask and decision.rule is not None:
            self._wish(contact, _Wish(decision.expires_ns, decision.rule.survey))
        else:
            self._drop(contact)
            if decision.state is not None and decision.rule is not None:
                survey, means = decision.rule.survey, decision.rule.means
                self._file(file_survey(known, survey, decision.state, at_ns, means))

    def _candidates(self, now_ns: int) -> list[str]:
        """Name the contacts that are perhaps to be asked about now, those that ended first before the others."""
        found = set(self._ready)
        for due_ns, contact in self._order:
            if due_ns > now_ns:
                break
            found.add(contact)
        contacts = self._contacts.by_id
        return sorted(
            (one for one in found if not self._is_open(contacts[one])),
            key=lambda one: (contacts[one].ended_ns, one),
        )

    def _is_open(self, known: Known) -> bool:
        """Whether it is still to be said how a contact came out."""
        return any(
            not part.said and (part.wrapping or (known.contact, place) in self._default_due)
            for place, part in enumerate(known.parts)
        )

    def _wake(self, known: Known, at_ns: int) -> None:
        """Decide about a contact that waited to be disposed of."""
        wish = self._wishes.get(known.contact)
        if wish is not None and wish.due_ns < 0 and not self._is_open(known):
            self._wish(known.contact, _Wish(at_ns))

    def _spoken(self, known: Known) -> None:
        """Nothing stands by default for a segment of which something was said."""
        for place, part in enumerate(known.parts):
            if part.said:
                self._default(known, place, None)

    def _wish(self, contact: str, wish: _Wish) -> None:
        self._drop(contact)
        self._wishes[contact] = wish
        if wish.due_ns >= 0:
            self._order.add((wish.due_ns, contact))
        if wish.survey:
            self._ready[contact] = None

    def _drop(self, contact: str) -> None:
        wish = self._wishes.pop(contact, None)
        if wish is not None and wish.due_ns >= 0:
            self._order.remove((wish.due_ns, contact))
        self._ready.pop(contact, None)

    def _default(self, known: Known, place: int, due_ns: int | None) -> None:
        """Wish for a default at an instant; None: not any more."""
        key = (known.contact, place)
        before = self._default_due.pop(key, None)
        if before is not None:
            self._defaults.remove((before, *key))
        if due_ns is not None:
            self._default_due[key] = due_ns
            self._defaults.add((due_ns, *key))

    def _language(self, known: Known, survey: str) -> str:
        asked = self._asking.survey(survey)
        languages = asked.languages if asked is not None else ()
        if not languages or known.language in languages:
            return known.language
        return languages[0]

    def _until(self, survey: str, due_ns: int) -> int:
        asked = self._asking.survey(survey)
        within_ns = asked.answer_within_ns if asked is not None else 0
        return due_ns + within_ns if within_ns else 0

    # Beginning, and rows

    def _file(self, row: OutcomeRecord) -> None:
        self._rows.append(row)
        if len(self._rows) > self.outcomes.most:
            del self._rows[0]
            self._dropped += 1
            self.lost += 1

    def _begin(self) -> None:
        """Learn what goes on; nothing is wished for what was over before."""
        engine = self._engine
        for event in present(engine):
            self._contacts.tell(None, event)
        for view in engine.contacts.values():
            known = self._contacts.by_id.get(view.id)
            if known is not None:
                known.customer = view.customer
                known.opted_out = bool(view.attributes.get(self.outcomes.opt_out))
                known.language = view.attributes.get(LANGUAGE, "")
        self._contacts.begun.clear()
        self._contacts.done.clear()
        self._contacts.again.clear()

    def _restore(self, kept: _Kept) -> None:
        self._contacts.restore(kept.contacts, kept.ended)
        self._asking.restore(kept.asked, kept.refused, kept.promised)
        for due_ns, contact, place in kept.defaults:
            known = self._contacts.by_id[contact]
            if default_remark(self.outcomes, known, place) is not None:
                self._default(known, place, due_ns)
        for contact, wish in kept.wishes.items():
            self._wish(contact, wish)
        self._numbers = kept.number
        self._rows = kept.rows
        self.lost = kept.lost


def following(outcomes: Outcomes | None = None) -> Making:
    """Give what makes the wing, for a host's followers.

    Examples
    --------
    >>> from routing import Config, Queue
    >>> from routing.host import Host
    >>> with Host(Config(queues=(Queue("sales"),)), followers={NAME: following()}) as host:
    ...     host.look_now(NAME, lambda wing, now_ns: wing.due(now_ns))
    Due(proposals=(), next_ns=None)
    """
    return partial(OutcomeWing, outcomes=outcomes)


def _read(state: bytes | None) -> _Kept | None:
    """Read what was kept; None if nothing was, or another version kept it."""
    if state is None:
        return None
    try:
        kept = msgspec.msgpack.decode(state, type=_Kept)
    except msgspec.MsgspecError:
        return None
    return kept if kept.format == _FORMAT else None
