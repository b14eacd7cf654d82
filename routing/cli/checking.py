"""``huntgroup check``: what configurations cannot, or surely do not, mean.

Owns its options, its text and its exit code; must not know what is looked for.
"""

import argparse

import msgspec

from routing.cli.finding import add_finding_options, as_finding, print_findings, total
from routing.cli.printing import make_console
from routing.config import load
from routing.errors import ConfigError, DataError, UsageError
from routing.lint import CODES, Finding, Severity, check


def add_check(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.description = (
        "Look configurations over, without a call log: what can never work (errors), what is surely not meant "
        "(warnings), what is worth knowing (notes)."
    )
    parser.add_argument("configs", metavar="CONFIG", nargs="+", help="a centre: a TOML, YAML or JSON file")
    parser.add_argument("--json", action="store_true", help="print a list of {file, findings} as JSON")
    add_finding_options(parser, CODES, "docs/checking.md")
    parser.set_defaults(run=_check)


def _check(options: argparse.Namespace) -> int:
    found = [(path, _findings(path, options.ignore)) for path in options.configs]
    if options.json:
        document = [{"file": path, "findings": findings} for path, findings in found]
        print(msgspec.json.format(msgspec.json.encode(document), indent=2).decode())
    else:
        console = make_console()
        for path, findings in found:
            print_findings(console, path, findings)
        console.print(total([finding for _, findings in found for finding in findings]), soft_wrap=True)
    bad: set[Severity] = {"error", "warning"} if options.strict else {"error"}
    return int(any(finding.severity in bad for _, findings in found for finding in findings))


def _findings(path: str, ignored: frozenset[str]) -> list[Finding]:
    try:
        found = check(load(path))
    except ConfigError as error:
        found = [as_finding(error)]
    except UsageError as error:  # not a file that could be a configuration
        raise DataError(f"{path}: {error}") from error
    return [finding for finding in found if finding.code not in ignored]
