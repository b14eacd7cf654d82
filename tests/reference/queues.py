"""The commands of queues: open, close, put, remove, and the estimate that is published of one.

Owns what each of them checks and does; the rules for a single noun are those of ``routing.config``.
"""

from reference.contacts import ContactCommands
from reference.ground import RefusedError, refuse_if
from reference.scores import steps_of
from reference.state import Line
from routing import commands, events
from routing.config import Names, check_agent, check_queue
from routing.errors import ConfigError
from routing.events import Reason
from routing.model import Agent, Overflow, Queue
from routing.units import MAX_DURATION_NS

OVERFLOWS = ("max_wait", "no_agent", "max_length", "closed")


class QueueCommands(ContactCommands):
    """What may happen to a queue while contacts wait in it."""

    def _open_queue(self, command: commands.OpenQueue) -> None:
        line = self._known_queue(command.queue)
        refuse_if(line.open, Reason.ALREADY_SO, line.id)
        line.open = True
        self._emit(events.QueueOpened, line.id)

    def _close_queue(self, command: commands.CloseQueue) -> None:
        line = self._known_queue(command.queue)
        refuse_if(not line.open, Reason.ALREADY_SO, line.id)
        line.open = False
        self._emit(events.QueueClosed, line.id)
        if line.queue.on_close == "overflow":
            action = line.queue.closed or Overflow()
            self._empty(line, action, cause="closed", withdrawn="queue_closed")

    def _publish_estimate(self, command: commands.PublishEstimate) -> None:
        line, wait_ns = self._known_queue(command.queue), command.wait_ns
        wrong = wait_ns is not None and not 0 <= wait_ns <= MAX_DURATION_NS
        refuse_if(wrong, Reason.ESTIMATE_OUT_OF_RANGE, wait_ns)
        line.estimate_ns = wait_ns
        self._emit(events.EstimatePublished, line.id, -1 if wait_ns is None else wait_ns)

    def _put_queue(self, command: commands.PutQueue) -> None:
        queue, line = command.queue, self._lines.get(command.queue.id)
        refuse_if(line is not None and line.queue == queue, Reason.ALREADY_SO, queue.id)
        self._check_noun(queue, queue.id)
        self._check_requirements_limit(steps_of(queue), queue.id)
        self._set_queue(queue)

    def _set_queue(self, queue: Queue) -> None:
        line = self._lines.get(queue.id)
        if line is None:
            self._add_line(queue)
            self._emit(events.QueueChanged, queue.id, "added")
            return
        if line.queue.reserves != queue.reserves:
            line.reserves_on.clear()
        if line.queue.split != queue.split:
            line.split_given.clear()
        if line.queue.shares != queue.shares:
            line.shares_given.clear()
        line.queue = queue
        for contact in self._visitors(line):
            visit = contact.visit_in(line)
            assert visit is not None
            self._find_anew(contact, visit)
        self._emit(events.QueueChanged, queue.id, "changed")

    def _remove_queue(self, command: commands.RemoveQueue) -> None:
        line = self._known_queue(command.queue)
        if command.move_to:
            self._known_queue(command.move_to)
        others = [other.queue for other in self._lines.values() if other is not line]
        aims = [getattr(other, name) for other in others for name in OVERFLOWS]
        aims += [rule for other in others for rule in other.overflow]
        aimed_at = any(a is not None and a.to == "queue" and a.queue == line.id for a in aims)
        aimed_at = aimed_at or any(line.id in other.split for other in others)
        refuse_if(aimed_at or command.move_to == line.id, Reason.QUEUE_IN_USE, line.id)
        self._drop_queue(line, Overflow("queue", command.move_to) if command.move_to else None)

    def _drop_queue(self, line: Line, action: Overflow | None) -> None:
        line.removed = True
        del self._lines[line.id]
        self._emit(events.QueueChanged, line.id, "removed")
        action = action or line.queue.closed or Overflow()
        self._empty(line, action, cause="queue_removed", withdrawn="queue_removed")

    def _check_noun(self, noun: Agent | Queue, subject: str) -> None:
        """Unknown names, then everything else about an agent or a queue, then the limit on their number."""
        names = Names.of(self.config)
        try:
            if isinstance(noun, Agent):
                check_agent(noun, "agent", names)
            else:
                check_queue(noun, "queue", names)
        except ConfigError as error:
            invalid = error.reason == Reason.INVALID_CONFIGURATION
            raise RefusedError(Reason(error.reason), subject if invalid else error.subject) from None
