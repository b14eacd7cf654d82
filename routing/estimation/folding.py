"""What each event means: who waits, who is at work, and what came true.

The estimate made when a contact came, unless it was offered at that very instant, is held against its wait once it is
answered: so weights, intervals and the calibration are learned, and nothing that lies ahead is ever looked at.

Owns how events are taken in; must not know where they come from, nor how anything is estimated.
"""

from collections.abc import Callable, Iterable, Mapping

from routing import events as _e
from routing.estimation.estimating import Estimating
from routing.estimation.learning import Learning
from routing.estimation.line import Contact
from routing.estimation.saved import State
from routing.estimation.waiting import Waiting
from routing.events import Event
from routing.model import Config
from routing.views import AgentView, ContactView


class Folding:
    """Takes events into a state.

    Parameters
    ----------
    state : State
        What they change.
    waiting, learning, estimating
        The parts of the estimator.
    configuration : callable or None
        Gives the present configuration; asked when an event says that it changed.
    """

    def __init__(
        self,
        state: State,
        waiting: Waiting,
        learning: Learning,
        estimating: Estimating,
        configuration: Callable[[], Config] | None,
    ) -> None:
        self._state = state
        self._staff = state.staff
        self._contacts = state.contacts
        self._waiting = waiting
        self._learning = learning
        self._estimating = estimating
        self._configuration = configuration
        self._stale = False
        self._handlers: dict[type, Callable[..., None]] = {
            _e.ContactEnqueued: self._enqueued,
            _e.ContactPlaced: self._placed,
            _e.ContactHandedOver: self._handed_over,
            _e.ContactOffered: self._offered,
            _e.OfferAccepted: self._accepted,
            _e.OfferRejected: self._unanswered,
            _e.OfferMissed: self._unanswered,
            _e.OfferFailed: self._unanswered,
            _e.OfferWithdrawn: self._unanswered,
            _e.ContactUpdated: self._updated,
            _e.ContactOverflowed: self._overflowed,
            _e.ContactRequeued: self._requeued,
            _e.ContactEnded: self._ended,
            _e.WrapUpStarted: self._wrap_up_started,
            _e.WrapUpEnded: self._wrap_up_ended,
            _e.AgentLoggedIn: self._logged_in,
            _e.AgentLoggedOut: self._logged_out,
            _e.LogOutPending: self._leaving,
            _e.AgentReady: self._ready,
            _e.AgentNotReady: self._not_ready,
            _e.DeviceReported: self._device,
            _e.AgentChanged: self._changed,
            _e.QueueChanged: self._changed,
            _e.Configured: self._changed,
        }

    def fold(self, events: Iterable[Event]) -> None:
        """Take in what happened, in order. O(log contacts) for an event; for one that lets a contact wait, a read."""
        state, handlers = self._state, self._handlers
        self._stale = True  # a change of the configuration is looked up once for all of these
        for event in events:
            fresh = state.fresh
            if fresh and (getattr(event, "contact", "") != fresh or event.at_ns != state.at_ns):
                self._settle(fresh)
            if event.at_ns > state.at_ns:
                state.at_ns = event.at_ns
            handler = handlers.get(type(event))
            if handler is not None:
                handler(event)

    def _settle(self, fresh: str) -> None:
        """Whoever came in was not offered at once: put down what is to be said of the wait."""
        self._state.fresh = ""
        contact = self._contacts.get(fresh)
        if contact is not None and contact.standing and contact.key is not None:
            contact.said = self._estimating.say(contact.lead, contact.key, self._state.at_ns)

    def configure(self, config: Config) -> None:
        """Take a configuration over: who serves whom, and the order of those who wait."""
        self._staff.configure(config)
        self._estimating.forget()
        for contact in self._waiting.configure({queue.id: queue for queue in config.queues}):
            self._learning.of(contact.lead).history.joined(self._state.at_ns)

    def take_over(
        self, agents: Mapping[str, AgentView], contacts: Mapping[str, ContactView], at_ns: int
    ) -> None:
        """Forget who waits and works, and take them from an engine's pictures; what was learned stays."""
        state = self._state
        self._waiting.clear()
        self._staff.clear()
        state.fresh = ""
        state.at_ns = max(state.at_ns, at_ns)
        for agent, view in agents.items():
            self._staff.set(
                agent,
                logged_in=view.logged_in,
                ready=view.ready,
                leaving=view.leaving,
                usable=view.device == "available",
            )
            for part in view.segments:
                self._staff.take(agent, part.contact, part.accepted_ns or at_ns)
        for one in contacts.values():
            contact = self._waiting.take_over(one)
            if one.state == "waiting":
                self._stand(contact)

    # Contacts

    def _stand(self, contact: Contact) -> None:
        if self._waiting.stand(contact):
            self._learning.of(contact.lead).history.joined(self._state.at_ns)

    def _enqueued(self, event: _e.ContactEnqueued) -> None:
        own = self._waiting.visit(event.at_ns)
        contact = Contact(event.contact, event.at_ns, event.priority, dict.fromkeys(event.queues, own), own)
        self._contacts[event.contact] = contact
        self._waiting.ask(contact)
        self._stand(contact)
        self._state.fresh = event.contact

    def _placed(self, event: _e.ContactPlaced) -> None:
        """Nobody waited for it, but somebody is busy with it."""
        contact = Contact(event.contact, event.at_ns, 0, {}, self._waiting.visit(event.at_ns))
        contact.in_hand = True
        contact.agents = [event.agent]
        self._contacts[event.contact] = contact
        self._waiting.ask(contact)
        self._staff.take(event.agent, event.contact, event.at_ns)

    def _handed_over(self, event: _e.ContactHandedOver) -> None:
        self._staff.drop(event.agent, event.contact, event.at_ns, served=True)
        self._staff.take(event.to_agent, event.contact, event.at_ns)
        contact = self._contacts.get(event.contact)
        if contact is not None:
            contact.agents = [event.to_agent]

    def _offered(self, event: _e.ContactOffered) -> None:
        contact = self._contacts.get(event.contact)
        if contact is not None:
            self._waiting.unstand(contact)
            if event.agent not in contact.agents:
                contact.agents.append(event.agent)
        self._staff.take(event.agent, event.contact, event.at_ns)
        if self._state.fresh == event.contact:
            self._state.fresh = ""

    def _unanswered(
        self, event: _e.OfferRejected | _e.OfferMissed | _e.OfferFailed | _e.OfferWithdrawn
    ) -> None:
        contact = self._contacts.get(event.contact)
        self._staff.drop(event.agent, event.contact, event.at_ns, served=False)
        if contact is not None and event.agent in contact.agents:
            contact.agents.remove(event.agent)
            if not contact.agents:
                self._stand(contact)

    def _accepted(self, event: _e.OfferAccepted) -> None:
        """A wait comes to its end with an answer."""
        self._staff.take(event.agent, event.contact, event.at_ns)
        contact = self._contacts.get(event.contact)
        if contact is None:
            return
        self._waiting.unstand(contact)
        contact.in_hand = True
        contact.agents = [event.agent]
        wait_ns = event.at_ns - contact.since_ns
        line = self._waiting.lines.get(event.queue)
        learned = self._learning.of(event.queue)
        if wait_ns > 0:
            self._learning.left(learned, wait_ns, ended=False)
            learned.history.moved(event.at_ns, len(line) if line is not None else 0)
            if contact.said is not None:
                self._learning.came(contact.said, wait_ns)
        elif not line:
            learned.history.emptied()
        self._learning.answered(learned, wait_ns)

    def _updated(self, event: _e.ContactUpdated) -> None:
        contact = self._contacts.get(event.contact)
        if contact is not None:
            contact.priority, contact.credit_ns = event.priority, event.credit_ns
            contact.due_ns, contact.expedited = event.due_ns, event.expedited
            if contact.standing:  # its order may have changed
                self._waiting.unstand(contact)
                self._stand(contact)

    def _overflowed(self, event: _e.ContactOverflowed) -> None:
        contact = self._contacts.get(event.contact)
        if contact is None:
            return
        standing = contact.standing
        self._waiting.unstand(contact)
        self._waiting.overflow(contact, event)
        contact.said = None
        self._waiting.ask(contact)
        if standing or not contact.agents:
            self._stand(contact)
            self._state.fresh = event.contact

    def _requeued(self, event: _e.ContactRequeued) -> None:
        contact = self._contacts.get(event.contact)
        if contact is None:
            return
        self._waiting.unstand(contact)
        for agent in contact.agents:
            self._staff.drop(agent, event.contact, event.at_ns, served=contact.in_hand)
        contact.agents, contact.in_hand, contact.said = [], False, None
        contact.since_ns = event.at_ns
        if not event.keep_age:
            contact.own = self._waiting.visit(event.at_ns)
        contact.visits = dict.fromkeys(event.queues, contact.own)
        self._waiting.ask(contact)
        self._stand(contact)
        self._state.fresh = event.contact

    def _ended(self, event: _e.ContactEnded) -> None:
        contact = self._contacts.pop(event.contact, None)
        if contact is None:
            return
        if contact.standing:
            lead = contact.lead
            self._waiting.unstand(contact)
            learned, lost = self._learning.of(lead), event.outcome == _e.Outcome.ABANDONED
            self._learning.left(learned, event.at_ns - contact.since_ns, ended=lost)
            learned.history.moved(event.at_ns, len(self._waiting.lines[lead]))
        for agent in contact.agents:
            self._staff.drop(agent, event.contact, event.at_ns, served=contact.in_hand)

    def _wrap_up_started(self, event: _e.WrapUpStarted) -> None:
        self._staff.take(event.agent, event.contact, event.at_ns)

    def _wrap_up_ended(self, event: _e.WrapUpEnded) -> None:
        self._staff.drop(event.agent, event.contact, event.at_ns, served=True, more=True)

    # Agents

    def _logged_in(self, event: _e.AgentLoggedIn) -> None:
        self._staff.set(event.agent, logged_in=True, ready=event.ready, leaving=False, usable=True)

    def _logged_out(self, event: _e.AgentLoggedOut) -> None:
        self._staff.set(event.agent, logged_in=False, ready=False, leaving=False)

    def _leaving(self, event: _e.LogOutPending) -> None:
        self._staff.set(event.agent, leaving=True)

    def _ready(self, event: _e.AgentReady) -> None:
        self._staff.set(event.agent, ready=True)

    def _not_ready(self, event: _e.AgentNotReady) -> None:
        self._staff.set(event.agent, ready=False)

    def _device(self, event: _e.DeviceReported) -> None:
        self._staff.set(event.agent, usable=event.state == "available")

    # Configuration

    def _changed(self, event: _e.AgentChanged | _e.QueueChanged | _e.Configured) -> None:
        del event
        if self._configuration is not None and self._stale:
            self._stale = False
            self.configure(self._configuration())
