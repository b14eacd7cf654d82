"""What would this command change for those who wait? A dry run on a copy.

`dry_run` takes an engine and any command, most usefully a `PutQueue` or a `Configure`, and says for each contact that
waits or rings what differs with the command from what would be without it. The engine itself is not touched.

Within: ``shapes`` < ``reach`` < ``picture`` < ``compare``; a module imports only what stands before it.

Owns the dry run; must not know files, clocks or journals.
"""

from routing.commands import Command
from routing.engine import Engine
from routing.errors import UsageError
from routing.events import CommandRefused
from routing.whatif.compare import agent_changes, changes, totals
from routing.whatif.picture import Picture
from routing.whatif.shapes import AgentChange, Change, DryRun, Standing, Totals

__all__ = ["AgentChange", "Change", "DryRun", "Standing", "Totals", "dry_run"]


def dry_run(engine: Engine, command: Command, *, at_ns: int | None = None, horizon_ns: int = 0) -> DryRun:
    """Tell what a command would change for the contacts that wait or ring.

    Two copies of the engine go on to ``at_ns``. One of them gets the command. Then both go on for ``horizon_ns``,
    and are compared: what the report calls a change is due to the command, not to time.

    Parameters
    ----------
    engine : Engine
        Is read by `Engine.snapshot` and stays as it is.
    command : Command
        Any command.
    at_ns : int, optional
        When it would be given; by default now.
    horizon_ns : int, default 0
        For how long time passes after it, without any further command: offers that ring are not answered. With 0, what
        the command itself makes due at once (a maximum wait that was lowered) still happens.

    Returns
    -------
    DryRun

    Raises
    ------
    UsageError
        If the command or an instant is misuse, as `Engine.apply` would say.

    Notes
    -----
    O(s log s) in the size s of the state, for copying and ordering, plus what the timers of the horizon cost, plus
    O(k m) for k different kinds of visits (queue, steps, current step, active reserves, channel, load) and m members.

    Examples
    --------
    >>> from routing.commands import EnqueueContact, PutQueue
    >>> from routing.model import Config, Overflow, Queue
    >>> engine = Engine(Config(queues=(Queue("help"),)))
    >>> _ = engine.apply(EnqueueContact("call-1", ("help",)), 0)
    >>> impatient = Queue("help", max_wait=Overflow("voicemail", after_ns=100))
    >>> dry_run(engine, PutQueue(impatient)).totals.ended
    0
    >>> (change,) = dry_run(engine, PutQueue(impatient), horizon_ns=100).changes
    >>> change.contact, change.given.outcome, change.given.overflows[0].cause
    ('call-1', 'diverted', 'max_wait')
    """
    if type(horizon_ns) is not int or horizon_ns < 0:
        raise UsageError(f"horizon_ns is {horizon_ns!r}; give an integer of nanoseconds from 0 on")
    other = Engine.restore(engine.snapshot())
    at_ns = other.now_ns if at_ns is None else at_ns
    elapsed = other.advance(at_ns)
    data = other.snapshot()
    trial = Engine.restore(data)
    events = trial.apply(command, at_ns)
    later = trial.advance(at_ns + horizon_ns)
    started = Picture(data).seen
    calm = other.advance(at_ns + horizon_ns)
    without = Picture(other.snapshot(), calm)
    given = Picture(trial.snapshot(), (*events, *later))
    found = changes(started, without, given)
    return DryRun(
        at_ns,
        horizon_ns,
        next((event for event in events if isinstance(event, CommandRefused)), None),
        elapsed,
        events,
        later,
        found,
        agent_changes(without, given),
        totals(len(started), found, (*events, *later), at_ns),
    )
