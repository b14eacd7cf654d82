"""The clerk: carries rows from the wing into the book, and orders from the book to the desk.

Owns this traffic; must not know what orders mean (``desk``), nor threads: somebody calls `Clerk.step`.
"""

from collections.abc import Callable

from routing.center.callbacks.book import CallBackBook, Order
from routing.center.callbacks.desk import Desk
from routing.center.callbacks.shapes import Promise
from routing.center.callbacks.wing import FOLLOWER
from routing.errors import ConfigError, UsageError
from routing.host import Host


class Clerk:
    """Works for one host with the wing.

    Parameters
    ----------
    host : Host
        It has the follower `routing.center.callbacks.wing.FOLLOWER`.
    book : CallBackBook
        Where rows go and orders come from.
    over : callable, optional
        Is told of each call-back that is over, once its row is written, and perhaps again. What it raises is raised by
        `step`, and it is told anew.

    Attributes
    ----------
    written, pending : int
        Rows that were written, and those that waited when last looked at.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from routing import Config, Queue
    >>> from routing.center.callbacks.settings import CallBackSettings
    >>> from routing.center.callbacks.wing import making
    >>> host = Host(Config(queues=(Queue("sales"),)), followers={FOLLOWER: making(CallBackSettings())})
    >>> with TemporaryDirectory() as folder, CallBackBook(f"{folder}/history.db") as book, host:
    ...     _ = Desk(host).book("p1", "sales", "c1/1", customer="c1")
    ...     book.order(Order("o1", 5, "eve", "cancel", "p1"))
    ...     Clerk(host, book).step(), book.answered("o1"), book.get("p1")["outcome"]
    (2, '', 'cancelled')
    """

    def __init__(
        self, host: Host, book: CallBackBook, over: Callable[[Promise], object] | None = None
    ) -> None:
        self._host = host
        self._book = book
        self._over = over
        self.written = 0
        self.pending = 0
        self._desk = Desk(host)

    def step(self) -> int:
        """Obey orders, then write rows; returns how many of both.

        Raises
        ------
        HuntgroupError
            Whatever the host or the database raises; nothing is lost, and the next step goes on.
        """
        orders = self._book.orders()
        for order in orders:
            answer = self._obey(order)
            at_ns = self._host.look_now(FOLLOWER, lambda _, now_ns: now_ns)
            self._book.answer(order.order_id, at_ns, answer)
        number, rows = self._host.look(FOLLOWER, lambda wing: wing.take())
        self.pending = len(rows)
        if rows:
            self._book.write(rows)
            if self._over is not None:
                for one in rows.call_backs:
                    if not one.open:
                        self._over(one)
            self._host.look(FOLLOWER, lambda wing: wing.confirm(number))
            self.written += len(rows)
            self.pending = 0
        return len(orders) + len(rows)

    def _obey(self, order: Order) -> str:
        """Do what is wanted; gives what stands against it, or "". Again after a crash, it changes nothing."""
        request_id = f"callbacks/order/{order.order_id}"
        try:
            match order.action:
                case "cancel":
                    self._desk.cancel(order.call_back, order.reason, request_id=request_id, actor=order.who)
                case "move":
                    self._desk.move(
                        order.call_back,
                        order.from_ns,
                        order.to_ns,
                        agent=None if order.agent == "*" else order.agent,
                        timezone=order.timezone,
                        request_id=request_id,
                        actor=order.who,
                    )
                case "confirm":
                    self._desk.confirm(order.call_back, order.number, request_id=request_id, actor=order.who)
        except (UsageError, ConfigError) as error:
            before = self._desk.get(order.call_back)
            done = order.action == "cancel" and before is not None and before.outcome == "cancelled"
            return "" if done else str(error)
        return ""
