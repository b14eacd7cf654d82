"""Prints the figures after the tables of pytest-benchmark. Owns that; must not know what was measured."""

import pytest
from measure import FIGURES


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if FIGURES:
        terminalreporter.section("figures")
        for line in FIGURES:
            terminalreporter.write_line(line)
