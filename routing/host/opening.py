"""Opening: from what a journal holds to an engine that goes on.

Owns the first steps of a host; must not know how commands are done afterwards.
"""

from collections.abc import Callable
from typing import Final

from routing.config import config_hash, validate
from routing.engine import BEHAVIOUR, Engine
from routing.errors import UsageError
from routing.events import Event
from routing.host.following import Following
from routing.journal import Journal, SavedSnapshot
from routing.model import Config
from routing.replay import Recovered, Told, recover

#: Under this name the journal notes which configuration it was opened with last.
CONFIG_NOTE: Final = "configuration"


def start(
    journal: Journal,
    config: Config | None,
    publish: Callable[[tuple[Event, ...]], None],
    following: Following,
) -> Recovered:
    """Recover the engine of a journal and its followers, or begin an empty one with a configuration.

    Raises
    ------
    UsageError
        If the journal is empty and there is no configuration.
    CorruptJournalError, ReplayMismatchError
        If the journal cannot be read, or leads elsewhere than it did.
    """
    if journal.shelf():

        def begin(snapshot: SavedSnapshot, engine: Engine) -> Told:
            return following.begin(journal, snapshot, engine)

        return recover(journal, publish, begin=begin)
    if config is None:
        raise UsageError("the journal is empty and there is no configuration; give one to begin with")
    engine = Engine(config)
    first = SavedSnapshot(0, 0, 0, engine.digest, BEHAVIOUR, True, engine.snapshot())
    following.begin(journal, first, engine)
    journal.save(first)
    journal.note(CONFIG_NOTE, named(config))
    return Recovered(engine, 0, 0, 0, ())


def named(config: Config) -> str:
    """Name a configuration by its content."""
    return f"{config_hash(validate(config)):016x}"
