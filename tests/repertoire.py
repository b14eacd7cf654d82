"""What the newer rules add to a random centre and to its commands.

Owns what the commands of a feature may look like; must not know the rest of a centre (``centres``).
"""

from collections.abc import Sequence
from typing import Any, Final, get_args

from msgspec.structs import replace
from newer_nouns import NewerNouns

from routing.commands import (
    AttemptOutcome,
    AttemptState,
    Command,
    Direction,
    EndAttempt,
    EnqueueContact,
    HandOver,
    HoldContact,
    JoinLeg,
    LiveCall,
    PartLeg,
    PlaceContact,
    PlacedDirection,
    PublishEstimate,
    Remark,
    ReportAttempt,
    RequestDial,
    Resume,
    RetrieveContact,
    SyncCalls,
    UpdateContact,
)
from routing.model import Preference
from routing.remarks import (
    Acknowledged,
    Alert,
    CallBack,
    Consent,
    Disposition,
    Feedback,
    Hint,
    Monitoring,
    Note,
    Recording,
    Remarks,
    Signal,
    SurveyProposed,
)

FRONT_ENDS: Final = ("", "f0", "f1")
ATTEMPTS: Final = tuple(f"d{number}" for number in range(6))


class Repertoire(NewerNouns):
    """Draws what the features that are on add."""

    def contact(self, agents: Sequence[str], now_most: int = 300) -> dict[str, Any]:
        """What EnqueueContact has beyond the rest."""
        fields: dict[str, Any] = {}
        if self.has("update", 40):
            fields |= {"due_ns": self.random.randint(1, now_most) if self.random.randrange(100) < 95 else -1}
        if self.has("preferences", 45):
            scores, most = (0, 1, 1, 5, 70), 2 if self.random.randrange(100) < 90 else 4
            names = [*self.some([*agents, *agents, "a9"], most), *self.some(agents, 1)]
            fields |= {
                "preferred": tuple(
                    Preference(name, self.one(scores), self.one((False, False, True))) for name in names
                ),
                "prefer_ns": self.one((0, 2, 7, 20)) if self.random.randrange(100) < 97 else -1,
            }
        if self.has("hands", 20):
            fields |= {"direction": self.one(get_args(Direction))}
        if self.has("calls", 80):
            fields |= {"front_end": self.one(FRONT_ENDS) if self.random.randrange(100) < 98 else "f" * 129}
        return fields

    def leg(self, command: EnqueueContact, in_hand: Sequence[str]) -> EnqueueContact:
        """The same as a leg of something in hand, or of something that cannot be."""
        parent = self.one(in_hand or ("c1",)) if self.random.randrange(100) < 92 else self.odd_contact()
        return replace(command, parent=parent, direction=self.one(get_args(Direction)))

    def sync(self, alive: Sequence[str], agents: Sequence[str], attempts: Sequence[str] = ()) -> SyncCalls:
        """Most of what is alive, now and then something else; some callers talk to somebody."""
        front_end = self.one(FRONT_ENDS) if self.random.randrange(100) < 97 else "f" * 129
        kept = [contact for contact in alive if self.random.randrange(100) < 85]
        self.random.shuffle(kept)
        if self.random.randrange(100) < 20:
            kept += self.one((["nobody"], ["", "c1"], kept[:1]))
        callers = ("", "", "nobody", *agents, *agents)
        live = tuple(LiveCall(contact, self.one(callers)) for contact in kept)
        if not self.has("attempts"):
            return SyncCalls(front_end, live)
        dialed = [attempt for attempt in attempts if self.random.randrange(100) < 80]
        if self.random.randrange(100) < 30:
            dialed += self.one((["nobody"], ["", "d1"], dialed[:1]))
        return SyncCalls(front_end, live, tuple(dialed))

    def preferred(self, agents: Sequence[str]) -> tuple[Preference, ...]:
        return tuple(
            Preference(name, self.one((0, 1, 5)), self.one((False, True))) for name in self.some([*agents], 2)
        )

    def in_hand(
        self,
        in_hand: Sequence[str],
        legs: Sequence[tuple[str, str]],
        agents: Sequence[str],
        queues: Sequence[str],
    ) -> Command:
        """Something about a contact in hand, its legs, or a call of an agent's own."""
        kind, odd = self.random.randrange(100), self.random.randrange(100)
        contact = self.one(in_hand or ("c1",)) if self.random.randrange(100) < 90 else self.odd_contact()
        leg, parent = self.one(legs) if legs else (contact, contact)
        if self.random.randrange(100) < 12:
            leg = self.one((contact, self.odd_contact()))
        if legs and kind < 80:
            of_leg: tuple[Command, ...] = (
                JoinLeg(leg),
                JoinLeg(leg),
                PartLeg(leg),
                PartLeg(leg),
                HandOver(parent, leg),
                HandOver(parent),
            )
            return self.one(of_leg)
        if kind < 18:
            return HoldContact(contact)
        if kind < 28:
            return RetrieveContact(contact)
        if kind < 44:
            return JoinLeg(leg)
        if kind < 50:
            return PartLeg(leg)
        if kind < 66:
            return HandOver(contact, self.one(("", leg)))
        return PlaceContact(
            self.fresh_id("c", 80) or self.odd_contact(),
            self.one(agents or ("a0",)) if odd < 90 else self.odd_contact(),
            self.one(queues or ("q0",)) if odd < 90 else self.odd_contact(),
            self.one(get_args(PlacedDirection)),
            "voice" if odd < 97 else "fax",
            self.one((None, None, 0, 30)) if odd < 97 else -1,
            attributes=self.one((None, {}, {"k": "v"}, {"k": "value", "l": ""})),
            front_end=self.one(FRONT_ENDS) if odd < 98 else "f" * 129,
        )

    def odd_contact(self) -> str:
        return self.one(("", "x" * 129, "nobody", "c0", "c1", "c2"))

    def remark(self, contacts: Sequence[str], agents: Sequence[str]) -> Remark:
        contact = self.one(contacts or ("c1",)) if self.random.randrange(100) < 90 else self.odd_contact()
        odd = ("", "x" * 129, "nobody", "c0")
        dispositions: list[Remarks] = [Disposition("sold", agent=agent) for agent in ("", *agents, "nobody")]
        others: tuple[Remarks, ...] = (
            Consent("recording", "given"),
            Recording("start", "by rule", "s1"),
            Monitoring("sue", "listen"),
            Signal("language", "fr"),
            Feedback("csat", score=self.one((None, 4))),
            Note("n" * self.one((1, 60))),
            Hint(),
            Alert("angry", self.one(("notice", "warning", "critical")), "leads", "r1"),
            Acknowledged(self.one(("", "angry")), "sue"),
            SurveyProposed("after_call", "sms"),
            CallBack("p1", "book", "q0", "x" * len(contact), to_ns=5) if contact in odd else Hint(),
        )
        return Remark(contact, self.one((*dispositions, self.one(others))))

    def dial(self, attempts: Sequence[str], agents: Sequence[str], contacts: Sequence[str]) -> Command:
        """Something about an attempt: half of the time a new one."""
        kind, attempt = self.random.randrange(100), self.odd_attempt(attempts)
        if kind < 35:
            return ReportAttempt(attempt, self.one(get_args(AttemptState)))
        if kind < 55:
            confidence = self.one((0, 60, 100)) if self.random.randrange(100) < 80 else self.one((-1, 101))
            detection_ns = self.one((0, 3)) if self.random.randrange(100) < 80 else self.one((-1, 2**60))
            cause = self.one(("", "486", "x" * 129 if self.random.randrange(100) < 5 else "16"))
            outcomes = get_args(AttemptOutcome)
            return EndAttempt(attempt, self.one(outcomes), confidence, detection_ns, cause)
        return RequestDial(
            self.fresh_id("d", 60) or self.odd_attempt(()),
            self.one(("k0", "k1")) if self.random.randrange(100) < 97 else self.one(("", "x" * 129)),
            self.one(("", "t0", "t1")) if self.random.randrange(100) < 98 else "x" * 129,
            self.one(("", "r0")),
            self.one(("", "", *agents)),
            self.one(("", "", *contacts)),
            self.one((1, 10, 40)) if self.random.randrange(100) < 95 else self.one((0, -1, 2**60)),
            self.one(FRONT_ENDS),
            self.one(("", "somebody")),
            self.one((None, None, {}, {"k": "v"}, {"k": "value"}, {"k": "", "l": ""})),
        )

    def odd_attempt(self, attempts: Sequence[str]) -> str:
        if attempts and self.random.randrange(100) < 80:
            return self.one(attempts)
        return self.one(ATTEMPTS) if self.random.randrange(100) < 97 else self.one(("", "x" * 129, "nobody"))

    def resume(self, now_ns: int) -> Resume:
        """Back at once, soon, or before it went."""
        if self.random.randrange(100) < 3:
            return Resume(self.one((-1, 2**62)))
        return Resume(self.one((0, now_ns, now_ns + 1, now_ns + self.random.randint(2, 25))))

    def command(self, contact: str, queue: str) -> Command:
        """An update or an estimate, whichever feature is on."""
        if self.has("update") and (not self.has("conditions") or self.random.randrange(100) < 70):
            return self.update(contact)
        return PublishEstimate(queue, self.one((None, 0, 4, 12)) if self.random.randrange(100) < 95 else -1)

    def update(self, contact: str) -> UpdateContact:
        attributes: tuple[dict[str, str] | None, ...] = (
            None,
            None,
            {},
            {"k": ""},
            {"k": "w"},
            {"l": "x"},
            {"k": "value"},
            {"m": "", "k": ""},
        )
        return UpdateContact(
            contact,
            self.one((None, None, 0, 1, 3)) if self.random.randrange(100) < 96 else 200,
            self.one((None, None, 0, 6)) if self.random.randrange(100) < 96 else -1,
            self.one((None, None, 0, 40, 90)) if self.random.randrange(100) < 96 else -1,
            self.one((None, None, None, True, False)),
            self.one(attributes),
        )
