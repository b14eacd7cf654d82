"""What the commands have in common: reading a configuration, and a console to print on.

Owns these; must not know any command.
"""

from typing import Final

from rich.console import Console

from routing.config import load
from routing.errors import DataError, UsageError
from routing.model import Config

#: Narrower terminals are shown fewer columns; where there is no terminal, nothing limits the width.
WIDE: Final = 110
_UNLIMITED_WIDTH: Final = 200


def load_config(path: str) -> Config:
    """Read a configuration; complaints start with the name of its file."""
    try:
        return load(path)
    except (UsageError, DataError) as error:
        raise DataError(f"{path}: {error}") from error


def make_console() -> Console:
    """Make the console for reports: as wide as a terminal, or as the tables where there is none."""
    console = Console(highlight=False, markup=False, emoji=False)
    return (
        console
        if console.is_terminal
        else Console(highlight=False, markup=False, emoji=False, width=_UNLIMITED_WIDTH)
    )
