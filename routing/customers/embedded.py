"""The embedded customers as the source of a directory: whoever is unknown gets a record.

Owns the threads that ask the database; must not know how long anybody waits (``answering``).
"""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from routing.customers.customers import Customers
from routing.customers.directory import Answer


class Embedded:
    """Asks `Customers`.

    Parameters
    ----------
    customers : Customers
        Whom to ask; not closed with this.
    now_ns : callable
        The time, as `routing.clock.WallClock.now_ns`.
    routing : sequence of str, default ()
        Attributes that may stand in commands: they must identify nobody (a language, a segment).
    create : bool, default True
        Make a record for whoever is unknown.
    threads : int, default 2
        That ask.
    """

    def __init__(
        self,
        customers: Customers,
        now_ns: Callable[[], int],
        *,
        routing: Sequence[str] = (),
        create: bool = True,
        threads: int = 2,
    ) -> None:
        self._customers = customers
        self._now_ns = now_ns
        self._routing = tuple(routing)
        self._create = create
        self._threads = ThreadPoolExecutor(threads, "customers")

    def submit(self, kind: str, value: str) -> "Future[Answer]":
        """Begin to ask."""
        return self._threads.submit(self._ask, kind, value)

    def close(self) -> None:
        """Stop the threads; what has begun is ended."""
        self._threads.shutdown(cancel_futures=True)

    def _ask(self, kind: str, value: str) -> Answer:
        if self._create:
            customer = self._customers.identify(kind, value, self._now_ns()).customer
        else:
            customer = self._customers.find(kind, value)
        if not customer:
            return Answer(state="absent")
        return Answer(
            state="found", customer=customer, routing=self._customers.routed(customer, self._routing)
        )
