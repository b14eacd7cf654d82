"""The command ``huntgroup``: parses arguments, calls the library, prints. One file for each command.

Further commands are found by the entry points ``huntgroup.commands`` of whatever is installed (``discovering``).

Exit codes: 0 done, 1 wrong data (a configuration, a call log, a file that cannot be read), 2 wrong usage. Whatever is
wrong is said in one line on standard error.

Within: ``printing``, ``progress``, ``worlds`` < ``telling`` < ``repeating`` < ``simulating``, ``comparing``;
``telling`` < ``demonstrating``; ``printing``, ``finding`` < ``checking``, ``flow``; ``printing`` <
``explaining``, ``staffing``, ``trying``, ``journal``; ``discovering``.

Owns the parser and the exit codes; must not know how anything is reckoned.
"""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Final

from routing.cli.checking import add_check
from routing.cli.comparing import add_whatif, joined
from routing.cli.demonstrating import add_demo
from routing.cli.discovering import add_installed
from routing.cli.explaining import add_explain
from routing.cli.flow import add_flow
from routing.cli.journal import add_journal
from routing.cli.simulating import add_simulate
from routing.cli.staffing import add_staff
from routing.cli.trying import add_what_if
from routing.errors import ConfigError, HuntgroupError, UsageError

OK: Final = 0
BAD_DATA: Final = 1
BAD_USAGE: Final = 2
INTERRUPTED: Final = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code.

    Parameters
    ----------
    arguments : sequence of str, optional
        Without the command's own name; by default those of the process.
    """
    given = joined(sys.argv[1:] if arguments is None else arguments)
    try:
        options = _parser(given).parse_args(given)
        run: Callable[[argparse.Namespace], int] = options.run
        code = run(options)
        sys.stdout.flush()
        return code
    except UsageError as error:
        return _complain(str(error), BAD_USAGE)
    except ConfigError as error:
        return _complain(f"{error.source}: {error}" if error.source else str(error), BAD_DATA)
    except HuntgroupError as error:
        return _complain(str(error), BAD_DATA)
    except BrokenPipeError:  # whoever read our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except OSError as error:
        return _complain(f"{error.filename or 'output'}: {error.strerror or error}", BAD_DATA)
    except KeyboardInterrupt:
        return _complain("interrupted", INTERRUPTED)


def _complain(message: str, code: int) -> int:
    print(f"huntgroup: {' '.join(message.split())}", file=sys.stderr)
    return code


def _parser(arguments: Sequence[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="huntgroup",
        description="Routing for contact centres: check a centre, and simulate it on its own call log.",
    )
    parser.add_argument("--version", action="version", version=f"huntgroup {_version()}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    add_simulate(
        commands.add_parser(
            "simulate", help="route the calls of a log, or of a model, through a configured centre"
        )
    )
    add_demo(commands.add_parser("demo", help="make up a day at a small bank, route it, and draw it"))
    add_check(commands.add_parser("check", help="find what a configuration cannot or surely does not mean"))
    add_flow(commands.add_parser("flow", help="look menus over, draw them, try one in the terminal"))
    add_explain(
        commands.add_parser("explain", help="say why, from a journal: this agent, not the others, no one yet")
    )
    add_whatif(
        commands.add_parser("whatif", help="simulate two plans on the same calls, and tell them apart")
    )
    add_what_if(
        commands.add_parser("what-if", help="tell what a new configuration would change for those who wait")
    )
    add_staff(
        commands.add_parser("staff", help="say how many agents a load needs, and what they would be like")
    )
    add_journal(
        commands.add_parser("journal", help="look at the journal of a host, verify it, replay it, copy it")
    )
    asked = next((argument for argument in arguments if not argument.startswith("-")), "")
    if asked not in commands.choices:
        add_installed(commands, asked)
    return parser


def _version() -> str:
    try:
        return version("huntgroup")
    except PackageNotFoundError:
        return "(not installed)"
