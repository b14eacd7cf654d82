"""Spreads independent work over processes.

Every piece of work is told everything it needs and answers in the order in which it was given, so a result never
depends on how many processes there are, nor on which of them was faster. Processes are started afresh ("spawn"): what
is spread is a function of a module, and its arguments can be pickled.

Owns the processes; must not know the work.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TypeVar

from routing.errors import UsageError

Task = TypeVar("Task")
Done = TypeVar("Done")


def spread(work: Callable[[Task], Done], tasks: Sequence[Task], jobs: int | None = None) -> Iterator[Done]:
    """Do all tasks, and yield what they return in their order.

    Parameters
    ----------
    work : callable
        A function of a module.
    tasks : sequence
        What it is called with, one after the other.
    jobs : int, optional
        How many processes; by default one for each processor. With one (or one task) it is this process.

    Raises
    ------
    UsageError
        For fewer than one job; what ``work`` raises, otherwise.

    Examples
    --------
    >>> list(spread(abs, [-1, 2, -3], jobs=1))
    [1, 2, 3]
    """
    if jobs is not None and jobs < 1:
        raise UsageError(f"jobs is {jobs}; at least one process has to do the work")
    jobs = min(jobs or os.cpu_count() or 1, len(tasks))
    if jobs <= 1:
        yield from map(work, tasks)
        return
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        waiting = [pool.submit(work, task) for task in tasks]
        try:
            for one in waiting:
                yield one.result()
        finally:
            for one in waiting:
                one.cancel()
