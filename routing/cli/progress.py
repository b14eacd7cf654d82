"""A progress bar on standard error, for long runs on a terminal.

Owns the bar; must not know what takes so long.
"""

from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn


class Bar:
    """Shows how many of ``total`` are done; nothing where there is no terminal, or fewer than ``worth``."""

    def __init__(self, noun: str, total: int, worth: int = 0) -> None:
        console = Console(stderr=True)
        self.bar: Progress | None = None
        if console.is_terminal and total >= worth:
            columns = (TextColumn(noun), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
            self.bar = Progress(*columns, console=console, transient=True)
            self.task = self.bar.add_task(noun, total=total)

    def __enter__(self) -> Self:
        if self.bar is not None:
            self.bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.bar is not None:
            self.bar.stop()

    def told(self, number: int) -> None:
        """Show that so many are done."""
        if self.bar is not None:
            self.bar.update(self.task, completed=number)
