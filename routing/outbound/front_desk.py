"""The front desk: what an exchange says of attempts, and asks.

A person who answers becomes a contact of the campaign's queue in the same write that ends the attempt, so there is no
instant, and no crash, at which somebody has answered and stands in no queue.

Owns what is made of these words; must not know when or whom to dial (``dialer``).
"""

from routing.campaigns.book import Book
from routing.commands import (
    AttemptOutcome,
    AttemptState,
    Command,
    CompleteContact,
    EndAttempt,
    EnqueueContact,
    ReportAttempt,
)
from routing.engine import Engine
from routing.errors import UsageError
from routing.events import Event
from routing.host import Host, Request
from routing.model import Preference
from routing.outbound.dialling import ACTOR
from routing.outbound.followers import PACING
from routing.outbound.plan import Plan
from routing.views import AttemptView


class FrontDesk:
    """What a dialer is to front-ends; for any thread.

    Parameters
    ----------
    host, book
        The engine's host, and the lists.
    plan : Plan
        The campaigns.
    """

    def __init__(self, host: Host, book: Book, plan: Plan) -> None:
        self._host = host
        self._book = book
        self._plan = plan

    def report(self, attempt: str, state: AttemptState, *, request_id: str = "") -> tuple[Event, ...]:
        """Say that an attempt has come further: it rings, or something answered and detection goes on."""
        return self._host.apply(ReportAttempt(attempt, state), request_id=request_id, actor=ACTOR)

    def end(
        self,
        attempt: str,
        outcome: AttemptOutcome,
        *,
        confidence: int = 100,
        detection_ns: int = 0,
        cause: str = "",
        request_id: str = "",
    ) -> tuple[Event, ...]:
        """Say what became of an attempt. A person becomes a contact of the campaign's queue, in the same write.

        Parameters
        ----------
        attempt : str
            Which.
        outcome : str
            `routing.commands.AttemptOutcome`, but "lost", which only the engine finds.
        confidence : int, default 100
            Percent, of the detection of answering machines.
        detection_ns : int, default 0
            How long that took.
        cause : str, default ""
            The carrier's own code.
        request_id : str, optional
            Repeated, the outcome of the first is given again.

        Returns
        -------
        tuple of Event
            What came of it: the end of the attempt, and of a person the contact and perhaps its offer. A refusal if the
            attempt is over already or not known; then nothing is enqueued.
        """
        second = f"{request_id}/contact" if request_id else ""
        earlier = self._host.read(lambda engine: _outcomes(engine, request_id, second))
        if earlier:
            return earlier
        view = self._host.read(lambda engine: engine.attempts.get(attempt))
        commands: list[Command] = [EndAttempt(attempt, outcome, confidence, detection_ns, cause)]
        if view is not None:
            commands += self._follows(view, outcome)
        requests = [
            Request(command, name, ACTOR)
            for command, name in zip(commands, (request_id, second), strict=False)
        ]
        return tuple(event for one in self._host.apply_many(requests) for event in one.events)

    def _follows(self, view: AttemptView, outcome: AttemptOutcome) -> list[Command]:
        """Say what goes with the end of an attempt that is alive."""
        if view.contact == view.id:  # a preview: its agent is there
            return [] if outcome == "person" else [CompleteContact(view.id)]
        campaign = self._plan.known(view.campaign)
        if outcome != "person" or campaign is None or not campaign.queue:
            return []
        preferred = (Preference(view.agent, direct=True),) if view.agent else ()
        return [
            EnqueueContact(
                view.id,
                (campaign.queue,),
                priority=campaign.priority,
                customer=view.customer,
                attributes={"campaign": campaign.id, "target": view.target},
                preferred=preferred,
                prefer_ns=self._plan.connect_ns(campaign.id) // 2 if preferred else 0,
                front_end=view.front_end,
            )
        ]

    def number(self, attempt: str) -> str:
        """Give the number to dial, in E.164; it is never in commands or events.

        Raises
        ------
        UsageError
            If no such attempt is alive.
        """
        view = self._host.read(lambda engine: engine.attempts.get(attempt))
        if view is None:
            raise UsageError(f"attempt {attempt!r} is not alive; numbers are given while it is dialled")
        return self._book.number_of(view.target)

    def closing(self, agent: str) -> None:
        """Say that an agent will be free soon: the conversation comes to its end."""
        self._host.look_now(PACING, lambda pacing, now_ns: pacing.hint(agent, now_ns))


def _outcomes(engine: Engine, *request_ids: str) -> tuple[Event, ...]:
    """Give what came of requests that are remembered."""
    found = [engine.outcome(one) for one in request_ids if one]
    return tuple(event for one in found if one is not None for event in one[1])
