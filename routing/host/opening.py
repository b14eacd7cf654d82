"""Opening: from what a journal holds to an engine that goes on.

Owns the first steps of a host; must not know how commands are done afterwards.
"""

from collections.abc import Callable
from typing import Final

from routing.config import config_hash, validate
from routing.engine import BEHAVIOUR, Engine
from routing.errors import UsageError
from routing.events import Event
from routing.journal import Journal, SavedSnapshot
from routing.model import Config
from routing.replay import Recovered, recover

#: Under this name the journal notes which configuration it was opened with last.
CONFIG_NOTE: Final = "configuration"


def start(
    journal: Journal, config: Config | None, publish: Callable[[tuple[Event, ...]], None] | None = None
) -> Recovered:
    """Recover the engine of a journal, or begin an empty one with a configuration.

    Raises
    ------
    UsageError
        If the journal is empty and there is no configuration.
    CorruptJournalError, ReplayMismatchError
        If the journal cannot be read, or leads elsewhere than it did.
    """
    if journal.shelf():
        return recover(journal, publish)
    if config is None:
        raise UsageError("the journal is empty and there is no configuration; give one to begin with")
    engine = Engine(config)
    snapshot = engine.snapshot()
    journal.save(SavedSnapshot(0, 0, 0, engine.digest, BEHAVIOUR, True, snapshot))
    journal.note(CONFIG_NOTE, named(config))
    return Recovered(engine, 0, 0, 0, ())


def named(config: Config) -> str:
    """Name a configuration by its content."""
    return f"{config_hash(validate(config)):016x}"
