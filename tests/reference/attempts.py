"""The commands of attempts: a dial is requested, reported on and ended, or lost.

Owns what becomes of attempts; must not know contacts, agents or queues.
"""

from reference.draining import Draining
from reference.ground import RefusedError, refuse_if
from reference.state import Attempt
from routing import commands, events
from routing.commands import EndAttempt, ReportAttempt, RequestDial
from routing.events import Reason
from routing.units import MAX_DURATION_NS

ORDER = ("dialing", "ringing", "answered")


class AttemptCommands(Draining):
    """Dials."""

    def _request_dial(self, command: commands.RequestDial) -> None:
        check_labels(command)
        known = self._attempts.get(command.attempt)
        earlier = self._past_attempts.get(command.attempt) if known is None else known.command
        if earlier is not None:
            same = earlier == command
            refuse_if(same, Reason.ALREADY_SO, command.attempt)
            raise RefusedError(Reason.EXISTS_WITH_DIFFERENT, command.attempt)
        refuse_if(not 1 <= command.ring_ns <= MAX_DURATION_NS, Reason.RING_OUT_OF_RANGE, command.ring_ns)
        self._check_attributes(command.attributes or {})
        refuse_if(len(self._attempts) >= self._base.limits.attempts, Reason.ATTEMPTS_LIMIT, command.attempt)

        self._attempts_made += 1
        attempt = Attempt(command, self._attempts_made, self._now_ns)
        self._attempts[attempt.id] = attempt
        self._expect_report(attempt, command.ring_ns)
        self._emit(
            events.DialRequested,
            attempt.id,
            command.campaign,
            command.target,
            command.carrier,
            command.agent,
            command.contact,
            command.ring_ns,
            max(attempt.until_ns, self._grace_until_ns),
            command.front_end,
        )

    def _report_attempt(self, command: commands.ReportAttempt) -> None:
        attempt = self._living_attempt(command)
        refuse_if(attempt.state == command.state, Reason.ALREADY_SO, attempt.id)
        backward = ORDER.index(command.state) < ORDER.index(attempt.state)
        refuse_if(backward, Reason.ATTEMPT_ANSWERED, attempt.id)
        attempt.state = command.state
        if command.state == "answered":
            self._expect_report(attempt, 0)
        age_ns = self._now_ns - attempt.requested_ns
        self._emit(events.AttemptProgressed, attempt.id, attempt.command.campaign, command.state, age_ns)

    def _end_attempt(self, command: commands.EndAttempt) -> None:
        attempt = self._living_attempt(command)
        refuse_if(command.outcome == "lost", Reason.OUTCOME_RESERVED, command.outcome)
        refuse_if(not 0 <= command.confidence <= 100, Reason.CONFIDENCE_OUT_OF_RANGE, command.confidence)
        detection_ns = command.detection_ns
        refuse_if(not 0 <= detection_ns <= MAX_DURATION_NS, Reason.DETECTION_OUT_OF_RANGE, detection_ns)
        self._finish_attempt(attempt, command.outcome, command.confidence, detection_ns, command.cause)

    def _finish_attempt(
        self, attempt: Attempt, outcome: str, confidence: int = 0, detection_ns: int = 0, cause: str = ""
    ) -> None:
        age_ns = self._now_ns - attempt.requested_ns
        campaign = attempt.command.campaign
        self._emit(
            events.AttemptEnded, attempt.id, campaign, outcome, age_ns, confidence, detection_ns, cause
        )
        del self._attempts[attempt.id]
        self._past_attempts[attempt.id] = attempt.command
        self._forget()

    def _expect_report(self, attempt: Attempt, ring_ns: int) -> None:
        attempt.until_ns = self._now_ns + ring_ns + self._base.attempt_grace_ns

    def _living_attempt(self, command: ReportAttempt | EndAttempt) -> Attempt:
        check_labels(command)
        known = command.attempt in self._attempts or command.attempt in self._past_attempts
        refuse_if(not known, Reason.UNKNOWN_ATTEMPT, command.attempt)
        refuse_if(command.attempt not in self._attempts, Reason.ATTEMPT_ENDED, command.attempt)
        return self._attempts[command.attempt]


def check_labels(command: RequestDial | ReportAttempt | EndAttempt) -> None:
    """``id_empty`` before ``id_too_long``; what an attempt names need not exist, but is no longer than an id."""
    ids, labels = ("attempt", "campaign"), ("target", "carrier", "agent", "contact", "front_end", "cause")
    for name in ids:
        refuse_if(getattr(command, name, "some") == "", Reason.ID_EMPTY, "")
    for name in (*ids, *labels):
        refuse_if(len(getattr(command, name, "")) > 128, Reason.ID_TOO_LONG, getattr(command, name, ""))
