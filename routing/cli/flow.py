"""``huntgroup flow``: look menus over, draw them, try one in the terminal.

Owns its options, its text and its exit code; must not know what is looked for, or how a menu works.
"""

import argparse

import msgspec

from routing.cli.finding import add_finding_options, as_finding, print_findings, total
from routing.cli.flow_trying import try_flow
from routing.cli.printing import load_config, make_console
from routing.errors import ConfigError, DataError, UsageError
from routing.findings import Finding, Severity
from routing.menus import CODES, Flow, check, load_flow, to_dot, to_mermaid
from routing.model import Config
from routing.words import quoted


def add_flow(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.description = (
        "Look menus over: what can never work (errors), what is surely not meant (warnings), what is worth knowing "
        "(notes). Or draw one, or try it."
    )
    parser.add_argument("flows", metavar="FLOW", nargs="+", help="a menu: a TOML, YAML or JSON file")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--dot", action="store_true", help="print it as a graph for Graphviz: | dot -Tsvg")
    what.add_argument("--mermaid", action="store_true", help="print it as a Mermaid flowchart")
    what.add_argument(
        "--try",
        action="store_true",
        dest="trying",
        help="call it: type keys or words, nothing for silence, 'hang up' to hang up, and the answers to look-ups",
    )
    what.add_argument("--json", action="store_true", help="print a list of {file, findings} as JSON")
    parser.add_argument("--centre", metavar="CONFIG", help="the centre it leads into, to know its queues")
    add_finding_options(parser, CODES, "docs/menus.md")
    parser.add_argument("--language", default="", help="with --try: the language to begin in")
    parser.add_argument(
        "--set",
        type=_attribute,
        action="append",
        default=[],
        metavar="NAME=VALUE",
        dest="attributes",
        help="with --try: an attribute that the driver gives, as caller=+49301234",
    )
    parser.set_defaults(run=_flow)


def _attribute(text: str) -> tuple[str, str]:
    name, found, value = text.partition("=")
    if not found or not name.isidentifier():
        raise argparse.ArgumentTypeError(f"{quoted(text)} is no attribute; write NAME=VALUE")
    return name, value


def _flow(options: argparse.Namespace) -> int:
    if options.dot or options.mermaid or options.trying:
        if len(options.flows) > 1:
            raise UsageError(f"{len(options.flows)} menus are given; draw or try one at a time")
        flow = _load(options.flows[0])
        if options.trying:
            try:
                return try_flow(flow, dict(options.attributes), options.language)
            except ConfigError as error:
                error.source = options.flows[0]
                raise
        print(to_dot(flow) if options.dot else to_mermaid(flow), end="")
        return 0
    return _check(options)


def _load(path: str) -> Flow:
    try:
        return load_flow(path)
    except UsageError as error:
        raise DataError(f"{path}: {error}") from error


def _check(options: argparse.Namespace) -> int:
    centre = load_config(options.centre) if options.centre else None
    found = [(path, _findings(path, centre, options.ignore)) for path in options.flows]
    everything = [finding for _, findings in found for finding in findings]
    if options.json:
        document = [{"file": path, "findings": findings} for path, findings in found]
        print(msgspec.json.format(msgspec.json.encode(document), indent=2).decode())
    else:
        console = make_console()
        for path, findings in found:
            print_findings(console, path, findings)
        console.print(total(everything), soft_wrap=True)
    bad: set[Severity] = {"error", "warning"} if options.strict else {"error"}
    return int(any(finding.severity in bad for finding in everything))


def _findings(path: str, centre: Config | None, ignored: frozenset[str]) -> list[Finding]:
    try:
        found = check(_load(path), centre)
    except ConfigError as error:
        found = [msgspec.structs.replace(as_finding(error), code="invalid-flow")]
    return [finding for finding in found if finding.code not in ignored]
