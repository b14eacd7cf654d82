"""How the commands that check something are asked, and say what they found.

Owns the options and the text of findings; must not know any check.
"""

import argparse
from collections.abc import Collection, Iterable, Sequence
from typing import Final

from rich.console import Console
from rich.text import Text

from routing.errors import ConfigError
from routing.findings import SEVERITIES, Finding, Severity
from routing.words import quoted, suggest

_STYLES: Final[dict[Severity, str]] = {"error": "bold red", "warning": "yellow", "note": "cyan"}


def add_finding_options(parser: argparse.ArgumentParser, known: Collection[str], page: str) -> None:
    """Declare which findings count, and the exit code; ``page`` lists the codes that are known."""

    def codes(text: str) -> frozenset[str]:
        named = [code.strip() for code in text.split(",") if code.strip()]
        for code in named:
            if code not in known:
                hint = suggest(code, known) or f"; {page} lists them all"
                raise argparse.ArgumentTypeError(f"unknown code {quoted(code)}{hint}")
        return frozenset(named)

    parser.epilog = "Exit code: 0 no errors (with --strict: no warnings either), 1 otherwise, 2 wrong usage."
    parser.add_argument("--strict", action="store_true", help="let warnings fail as errors do")
    parser.add_argument(
        "--ignore",
        type=codes,
        default=frozenset(),
        metavar="CODE,...",
        help="leave out findings with these codes",
    )


def as_finding(error: ConfigError) -> Finding:
    """Show what stops a configuration from being read as a finding; it holds value, rule and remedy in one."""
    message, _, remedy = error.problem.rpartition("; ")
    return Finding(
        "invalid-configuration",
        "error",
        error.path,
        message or error.problem,
        "it breaks a rule of configurations, so that nothing else could be looked at",
        remedy if message else "correct it",
    )


def print_findings(console: Console, path: str, findings: Sequence[Finding]) -> None:
    """Print the findings of one file; nothing where there are none."""
    if not findings:
        return
    console.print(Text(path, style="bold"), soft_wrap=True)
    for finding in findings:
        head = Text("  ")
        head.append(finding.severity, style=_STYLES[finding.severity])
        head.append(f"  {finding.path}" if finding.path else "")
        head.append(f"  {finding.code}", style="dim")
        console.print(head, soft_wrap=True)
        console.print(Text(f"    {finding.message}"), soft_wrap=True)
        console.print(Text(f"    why: {finding.reason}"), soft_wrap=True)
        console.print(Text(f"    do:  {finding.remedy}"), soft_wrap=True)
    console.print()


def total(findings: Iterable[Finding]) -> str:
    """Count findings by severity, in words.

    >>> total([])
    '0 errors, 0 warnings, 0 notes'
    """
    severities = [finding.severity for finding in findings]
    counts = [(severities.count(severity), severity) for severity in SEVERITIES]
    return ", ".join(f"{count} {severity}{'s' * (count != 1)}" for count, severity in counts)
