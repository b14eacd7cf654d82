"""Commands of other packages: found by their entry points, loaded only when they are asked for.

An entry point of the group ``huntgroup.commands`` has the name of its command, and names a function that declares the
options on a parser, as ours do. The help of the command is what the header of the function's module says behind the
command's name.

Owns this convention; must not know any such command.
"""

import argparse
import sys
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Final

from routing.errors import UsageError

GROUP: Final = "huntgroup.commands"
_OURS: Final = frozenset({"routing", "grpc_api"})
_NEEDED: Final = "needs what is not installed: pip install 'huntgroup[{}]'"
#: Which extra brings a package; every other one comes with the server.
_EXTRAS: Final = {
    "alembic": "history",
    "cryptography": "customers",
    "httpx": "customers",
    "matplotlib": "plot",
    "numpy": "planning",
    "psycopg": "history",
    "pyarrow": "history",
    "phonenumbers": "campaigns",
    "scipy": "planning",
    "sqlalchemy": "history",
}


def add_installed(commands: "argparse._SubParsersAction[argparse.ArgumentParser]", asked: str) -> None:
    """Add the commands that are installed; only the one that is asked for is loaded, or all for the list of commands.

    Parameters
    ----------
    commands : subparsers
        Where to add them; names that are taken stay as they are.
    asked : str
        The name on the command line; "" when none was given.

    Raises
    ------
    UsageError
        If the command that is asked for needs packages that are not installed.
    """
    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        if point.name in commands.choices:
            continue
        if asked and point.name != asked:
            commands.add_parser(point.name)  # for the list of what there is, should the name be unknown
            continue
        try:
            add: Any = point.load()
        except ModuleNotFoundError as error:
            if (error.name or "").partition(".")[0] in _OURS:
                raise
            if asked:
                raise UsageError(
                    f"the command {point.name!r} needs {error.name!r}, which is not installed; "
                    f"install huntgroup[{extra(error.name)}]"
                ) from error
            commands.add_parser(point.name, help=_NEEDED.format(extra(error.name)))
            continue
        add(commands.add_parser(point.name, help=_help(point)))


def load(module: str, what: str) -> Any:
    """Load a module of ours that only ``what``, an option, needs.

    Raises
    ------
    UsageError
        If it needs a package that is not installed.
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] in _OURS:
            raise
        raise UsageError(
            f"{what} needs {error.name!r}, which is not installed; install huntgroup[{extra(error.name)}]"
        ) from error


def extra(package: str | None) -> str:
    """Tell which extra of the distribution brings a package, or a module of one.

    >>> extra("grpc"), extra("matplotlib.figure"), extra("sqlalchemy")
    ('server', 'plot', 'history')
    """
    return _EXTRAS.get((package or "").partition(".")[0], "server")


def _help(point: EntryPoint) -> str:
    """Read what a command does off the header of its module: ``huntgroup NAME``: what it does."""
    header = (sys.modules[point.module].__doc__ or "").partition("\n\n")[0]
    return " ".join(header.partition(": ")[2].split()).rstrip(".")
