"""Call-backs as anybody would recount them: each promise has a story, and everything is read from it, every time.

Owns the plain reference of ``routing.center.callbacks``; must not share a line with it, nor keep anything but stories.
"""

from collections.abc import Sequence
from typing import Any

from routing import commands as c
from routing import events as e
from routing.center.callbacks.settings import CallBackSettings
from routing.compliance.hours import CallingHours
from routing.compliance.profiles import choose
from routing.model import Preference
from routing.remarks import CallBack
from routing.units import MAX_DURATION_NS


class Story:
    """One promise: what was asked, and what has happened since, in order."""

    def __init__(self, asked: CallBack, at_ns: int, origin: str) -> None:
        self.asked, self.at_ns, self.origin = asked, at_ns, origin
        self.name, self.customer, self.queues = asked.call_back, asked.customer, (asked.queue,)
        self.priority = asked.priority
        self.told: list[tuple[Any, ...]] = []

    def tell(self, *what: Any) -> None:
        self.told.append(what)

    def last(self, *kinds: str) -> tuple[Any, ...]:
        return next((one for one in reversed(self.told) if one[0] in kinds), ("",))

    def all(self, kind: str) -> list[tuple[Any, ...]]:
        return [one for one in self.told if one[0] == kind]

    @property
    def outcome(self) -> str:
        return self.all("over")[0][1] if self.all("over") else ""

    @property
    def contact(self) -> str:
        found = self.last("contact", "contact over")
        return found[1] if found[0] == "contact" else ""

    @property
    def agent(self) -> str:
        """Who has it in hand."""
        found = self.last("contact", "contact over", "taken", "given back")
        return found[1] if found[0] == "taken" else ""

    @property
    def attempt(self) -> str:
        found = self.last("dial", "dial over")
        return found[1] if found[0] == "dial" else ""

    @property
    def reached(self) -> bool:
        return bool(self.all("reached"))

    @property
    def spent(self) -> bool:
        """Was the living contact dialled for in vain?"""
        found = self.last("contact", "vain")
        return bool(found[0] == "vain")

    @property
    def caller(self) -> tuple[Any, ...]:
        found = self.last("caller", "caller gone", "over")
        return found if found[0] == "caller" else ()

    @property
    def place_ns(self) -> int:
        places = [one[2] for one in self.told if one[0] in ("contact", "place") and one[2] >= 0]
        return places[0] if places else -1

    @property
    def confirmed(self) -> bool:
        return self.asked.confirmed or bool(self.all("confirm"))

    @property
    def number(self) -> str:
        numbers = [one[1] for one in self.all("confirm") if one[1]]
        return numbers[-1] if numbers else self.asked.number

    @property
    def window(self) -> tuple[int, int, str, str]:
        """From, to, agent and time zone."""
        asked = self.asked
        found = (asked.from_ns, asked.to_ns, asked.agent, asked.timezone)
        for _, from_ns, to_ns, agent, zone in self.all("move"):
            found = (from_ns, to_ns, agent, zone or found[3])
        return found

    @property
    def busy(self) -> bool:
        return bool(self.attempt or self.agent or self.reached)


class NaiveCallBacks:
    """All stories of an engine, the newest last."""

    def __init__(self) -> None:
        self.stories: list[Story] = []

    def find(self, name: str) -> Story | None:
        return next((one for one in self.stories if one.name == name), None)

    def note(self, command: c.Command | None, events: Sequence[e.Event], engine: Any) -> None:
        for event in events:
            if isinstance(event, e.ContactRemarked) and isinstance(event.remark, CallBack):
                self._remark(event, engine)
            elif isinstance(event, e.ContactEnqueued) and isinstance(command, c.EnqueueContact):
                if command.contact == event.contact:
                    self._came(command, event.at_ns)
            elif isinstance(event, e.OfferAccepted):
                for story in self.stories:
                    if story.contact == event.contact:
                        story.tell("taken", event.agent, event.at_ns)
                    if story.caller and story.caller[1] == event.contact:
                        story.tell("caller taken")
                    if story.last("heir")[1:] == (event.contact,):
                        story.tell("heir", "")
            elif isinstance(event, e.ContactRequeued):
                for story in self.stories:
                    if story.contact == event.contact:
                        story.tell("given back")
                    if story.last("heir")[1:] == (event.contact,):
                        story.tell("heir", "")
            elif isinstance(event, e.ContactEnded):
                self._left(command, event)
            elif isinstance(event, e.DialRequested):
                for story in self.stories:
                    if event.attempt.startswith(f"{story.name}/a") and not story.attempt:
                        story.tell("dial", event.attempt, event.at_ns)
            elif isinstance(event, e.AttemptEnded):
                for story in self.stories:
                    if story.attempt == event.attempt:
                        story.tell("dial over", event.attempt, event.outcome, event.at_ns)
                        if event.outcome == "person" and story.contact and not story.outcome:
                            story.tell("reached", bool(story.agent))
                        elif story.contact:
                            story.tell("vain")
            elif isinstance(event, e.CommandRefused):
                self._refused(command, event.at_ns)

    def _remark(self, event: e.ContactRemarked, engine: Any) -> None:
        said, at_ns = event.remark, event.at_ns
        assert isinstance(said, CallBack)
        story = self.find(said.call_back)
        if said.action in ("keep", "book"):
            if story is None:
                self._asked(said, event.contact, at_ns, engine)
            return
        if story is None or story.outcome:
            return
        if said.action == "confirm":
            story.tell("confirm", said.number)
        elif said.action == "move":
            story.tell("move", said.from_ns, said.to_ns, said.agent, said.timezone)
        elif not story.reached:
            story.tell("over", "cancelled" if said.action == "cancel" else said.reason, at_ns)
            heir = engine.contacts.get(event.contact) if event.contact else None
            if said.reason == "merged" and said.action == "close" and heir is not None and heir.visits:
                story.tell("heir", event.contact)

    def _asked(self, said: CallBack, contact: str, at_ns: int, engine: Any) -> None:
        story = Story(said, at_ns, contact)
        view = engine.contacts.get(contact) if contact else None
        if view is not None:
            story.customer = said.customer or view.customer
            if not said.queue:
                story.queues = tuple(one.queue for one in view.visits) or (
                    (view.segment.queue,) if view.segment else ("",)
                )
        owner = next((one for one in self.stories if contact and one.contact == contact), None)
        if said.action == "keep" and owner is not None and not owner.busy:
            story.queues, story.priority = owner.queues, owner.priority
            made = len(owner.all("made"))
            owner.tell("contact over", contact, "carried on", at_ns, True)
            owner.tell("over", "merged", at_ns)
            story.tell("place", "", owner.place_ns)
            story.tell("contact", contact, -1)
            for _ in range(made):
                story.tell("made")
        elif said.action == "keep" and owner is not None:
            story.tell("over", "merged", at_ns)
        elif said.action == "keep" and view is not None and view.visits and not view.parent:
            story.tell("contact", contact, view.enqueued_ns - view.credit_ns)
            story.priority = view.priority
        for older in self.stories:
            same = older.customer == story.customer != "" and older.queues[:1] == story.queues[:1]
            if older.outcome or story.outcome or not same:
                continue
            if older.busy:
                story.tell("over", "merged", at_ns)
            else:
                places = [one for one in (older.place_ns, story.place_ns) if one >= 0]
                story.told.insert(0, ("place", "", min(places, default=-1)))
                older.tell("over", "merged", at_ns)
        self.stories.append(story)

    def _came(self, command: c.EnqueueContact, at_ns: int) -> None:
        for story in self.stories:
            ours = (command.attributes or {}).get("call_back") == story.name
            if ours and not story.contact and command.direction == "outbound":
                story.tell("made")
                story.tell("contact", command.contact, max(at_ns - command.credit_ns, 0))
                return
        if command.direction != "inbound" or command.parent or not command.customer:
            return
        for story in self.stories:
            if story.customer == command.customer and not (story.outcome or story.reached or story.caller):
                story.tell("caller", command.contact, story.queues[0] in command.queues)

    def _left(self, command: c.Command | None, event: e.ContactEnded) -> None:
        for story in self.stories:
            if story.caller and story.caller[1] == event.contact:
                story.tell("caller gone")
            if story.last("heir")[1:] == (event.contact,):
                story.tell("heir", "")
            if story.contact != event.contact:
                continue
            in_hand, spent = story.agent, story.spent
            ours = isinstance(command, c.CancelContact) and command.reason.startswith("call_back/")
            story.tell("contact over", event.contact, event.outcome.value, event.at_ns)
            if story.outcome:
                continue
            if story.reached:
                met = in_hand or story.all("reached")[0][1]
                story.tell("over", "served" if met or self._met(story) else "dropped", event.at_ns)
            elif event.outcome == "cancelled":
                if not ours:
                    story.tell("over", "cancelled", event.at_ns)
            elif not spent:
                story.tell("given up", event.at_ns)

    def _met(self, story: Story) -> bool:
        """Did an agent have it after the customer answered?"""
        place = next(place for place, one in enumerate(story.told) if one[0] == "reached")
        return any(one[0] == "taken" for one in story.told[place:])

    def _refused(self, command: c.Command | None, at_ns: int) -> None:
        for story in self.stories:
            if isinstance(command, c.EnqueueContact):
                mine = (command.attributes or {}).get("call_back") == story.name
                if mine and not story.contact and not story.outcome and command.direction == "outbound":
                    story.tell("made")
                    story.tell("given up", at_ns)

    # Wishes

    def wishes(self, engine: Any, settings: CallBackSettings, now_ns: int) -> list[c.Command]:
        """What each promise needs now."""
        found = [self._wish(story, engine, settings, now_ns) for story in self.stories]
        return [one for one in found if one is not None]

    def _wish(self, story: Story, engine: Any, settings: CallBackSettings, now_ns: int) -> c.Command | None:
        rules = settings.of(story.queues[0])
        from_ns, to_ns, agent, zone = story.window
        last = story.last("dial over")
        if story.outcome:
            heir = story.last("heir")[1:]
            view = engine.contacts.get(heir[0]) if heir and heir[0] and story.place_ns >= 0 else None
            if view is not None and view.visits and rules.place == "kept":
                credit_ns = min(view.enqueued_ns - story.place_ns, MAX_DURATION_NS)
                if credit_ns > view.credit_ns:
                    return c.UpdateContact(view.id, credit_ns=credit_ns)
            if story.attempt:
                return c.EndAttempt(story.attempt, "cancelled")
            if story.contact and not story.reached:
                return c.CancelContact(story.contact, f"call_back/{story.outcome}")
            return None
        if story.reached:
            return None
        if story.caller and rules.merge != "never" and (story.caller[2] or rules.merge_queues == "any"):
            taken = any(one[0] == "caller taken" for one in story.told[story.told.index(story.caller) :])
            if taken or story.agent or (rules.merge == "arrival" and from_ns <= now_ns):
                return c.Remark(story.caller[1], CallBack(story.name, "close", reason="merged"))
        zone = zone or engine.config.timezone
        may = self._may(rules.profiles, zone, now_ns)
        dial = c.RequestDial(
            f"{story.name}/a{len(story.all('dial')) + 1}",
            rules.campaign,
            story.number,
            rules.carrier,
            story.agent,
            story.contact,
            rules.ring_ns,
            rules.front_end,
            story.customer,
        )
        if story.agent:
            if story.attempt:
                return None
            if story.spent:
                return c.CancelContact(story.contact, f"call_back/{last[2]}")
            if from_ns > now_ns:
                return c.CancelContact(story.contact, "call_back/moved")
            if not story.confirmed:
                return c.Remark("", CallBack(story.name, "close", reason="not_confirmed"))
            return dial if may else c.CancelContact(story.contact, "call_back/calling_hours")
        expires_ns = to_ns or (story.at_ns + rules.expire_ns if rules.expire_ns else now_ns + 1)
        if now_ns >= expires_ns and not story.attempt:
            return c.Remark("", CallBack(story.name, "close", reason="expired"))
        if story.contact:
            if story.attempt:
                return None
            if story.spent:
                return c.CancelContact(story.contact, f"call_back/{last[2]}")
            if from_ns > now_ns:
                return c.CancelContact(story.contact, "call_back/moved")
            return None
        if story.attempt:
            return c.EndAttempt(story.attempt, "cancelled")
        vain = [one for one in story.all("dial over") if one[2] not in ("congestion", "carrier_error")]
        if len(vain) >= rules.attempts or (last[0] and last[2] in ("invalid", "fax")):
            return c.Remark("", CallBack(story.name, "close", reason="unreached"))
        start_ns = max(from_ns, last[3] + rules.spacing_ns) if last[0] else from_ns
        given_up = story.last("given up", "move")
        if given_up[0] == "given up":
            start_ns = max(start_ns, given_up[1] + rules.again_ns)
        queue = engine.queues.get(story.queues[0])
        if not story.confirmed or now_ns < start_ns or not may or queue is None or not queue.open:
            return None
        place_ns = story.place_ns
        return c.EnqueueContact(
            f"{story.name}/{len(story.all('made')) + 1}",
            story.queues,
            rules.channel,
            story.priority,
            credit_ns=min(now_ns - place_ns, MAX_DURATION_NS)
            if place_ns >= 0 and rules.place == "kept"
            else 0,
            customer=story.customer,
            attributes={"call_back": story.name, "number": story.number},
            preferred=(Preference(agent, direct=True),) if agent else (),
            prefer_ns=rules.prefer_ns if agent else 0,
            front_end=rules.front_end,
            direction="outbound",
        )

    def _may(self, profiles: tuple[str, ...], zone: str, now_ns: int) -> bool:
        return not profiles or CallingHours(choose(profiles)).window((zone,), "", now_ns).open
