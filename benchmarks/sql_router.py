"""Routing by SQL, as FreeSWITCH's mod_callcenter does it: three tables, a join for each caller, a guarded update.

Agents, tiers (which agent serves which queue) and members (who waits) lie in SQLite. For each waiting caller one SELECT
joins tiers and agents and orders them as the strategy says; an UPDATE with the old state in its WHERE then takes the
agent, and changes no row when somebody else was quicker. The original looks over all waiting callers once in a while;
here that is done exactly when something has changed, which spares it all looks in vain.

Skills are known beforehand: whoever satisfies a queue's requirement has a tier there. Everything is indexed, statements
are prepared once, and a file is written without waiting for the disk.

Owns the router and its tables; must not know the engine.
"""

import sqlite3
from collections.abc import Iterable, Mapping

CREDIT_NS = 60_000_000_000  # of one level of priority

SCHEMA = """
CREATE TABLE agents (
    name TEXT PRIMARY KEY, status TEXT NOT NULL, state TEXT NOT NULL, last_bridge_end INTEGER NOT NULL,
    calls_answered INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE tiers (
    queue TEXT NOT NULL, agent TEXT NOT NULL, level INTEGER NOT NULL DEFAULT 1, position INTEGER NOT NULL DEFAULT 1,
    PRIMARY KEY (queue, agent)
) WITHOUT ROWID;
CREATE TABLE members (
    uuid TEXT PRIMARY KEY, queue TEXT NOT NULL, score INTEGER NOT NULL, seq INTEGER NOT NULL, state TEXT NOT NULL,
    serving_agent TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;
CREATE INDEX members_by_score ON members (state, score, seq);
"""

WAITING = "SELECT uuid, queue FROM members WHERE state = 'Waiting' ORDER BY score, seq"

ORDERS = {
    "longest_idle": "agents.last_bridge_end",
    "fewest_contacts": "agents.calls_answered, agents.last_bridge_end",
}

CANDIDATE = """
SELECT agents.name FROM tiers JOIN agents ON agents.name = tiers.agent
WHERE tiers.queue = ? AND agents.status = 'Available' AND agents.state = 'Waiting'
ORDER BY tiers.level, {order}, tiers.position LIMIT 1
"""

TAKE = "UPDATE agents SET state = 'Receiving' WHERE name = ? AND status = 'Available' AND state = 'Waiting'"


class SqlRouter:
    """The same doors as `baseline.Router`.

    Parameters
    ----------
    eligible : mapping of str to iterable of str
        By queue, the agents who have a tier there.
    agents : iterable of str
        All agents, available, in order of idle time.
    path : str, default ":memory:"
        Where the tables lie.
    strategy : str, default "longest_idle"
        One of `ORDERS`.
    """

    def __init__(
        self,
        eligible: Mapping[str, Iterable[str]],
        agents: Iterable[str],
        path: str = ":memory:",
        strategy: str = "longest_idle",
    ) -> None:
        self.base = sqlite3.connect(path, isolation_level=None)
        self.base.execute("PRAGMA synchronous = OFF")
        self.base.execute("PRAGMA journal_mode = WAL")
        self.base.executescript(SCHEMA)
        self.candidate = CANDIDATE.format(order=ORDERS[strategy])
        self.stamp = 0
        self.seq = 0
        self.base.execute("BEGIN")
        for agent in agents:
            self.stamp += 1
            self.base.execute(
                "INSERT INTO agents VALUES (?, 'Available', 'Waiting', ?, 0)", (agent, self.stamp)
            )
        for queue, members in eligible.items():
            rows = ((queue, member) for member in members)
            self.base.executemany("INSERT INTO tiers (queue, agent) VALUES (?, ?)", rows)
        self.base.execute("COMMIT")
        self.base.execute("ANALYZE")

    def close(self) -> None:
        """Let go of the tables."""
        self.base.close()

    def enqueue(self, contact_id: str, queue_id: str, priority: int, at_ns: int) -> str | None:
        """Take a contact in; returns the agent who is offered it, or None when it has to wait."""
        self.seq += 1
        score = at_ns - priority * CREDIT_NS
        self.base.execute(
            "INSERT INTO members (uuid, queue, score, seq, state) VALUES (?, ?, ?, ?, 'Waiting')",
            (contact_id, queue_id, score, self.seq),
        )
        # Nobody has become free, so nobody but the new one can be served.
        return self._serve(contact_id, queue_id)

    def accept(self, contact_id: str, agent_id: str) -> None:
        """Let the agent answer."""
        self._one(
            "UPDATE members SET state = 'Answered' WHERE uuid = ? AND serving_agent = ? AND state = 'Trying'",
            (contact_id, agent_id),
        )
        self._one(
            "UPDATE agents SET state = 'In a queue call', calls_answered = calls_answered + 1 "
            "WHERE name = ? AND state = 'Receiving'",
            (agent_id,),
        )

    def complete(self, contact_id: str) -> None:
        """End the conversation; wrap-up begins."""
        self._one(
            "UPDATE agents SET state = 'Idle' WHERE state = 'In a queue call' "
            "AND name = (SELECT serving_agent FROM members WHERE uuid = ? AND state = 'Answered')",
            (contact_id,),
        )
        self._one("DELETE FROM members WHERE uuid = ?", (contact_id,))

    def end_wrap_up(self, agent_id: str) -> str | None:
        """Free the agent; returns the contact that is offered, or None when the agent falls idle."""
        self.stamp += 1
        self._one(
            "UPDATE agents SET state = 'Waiting', last_bridge_end = ? WHERE name = ? AND state = 'Idle'",
            (self.stamp, agent_id),
        )
        for contact, queue in self.base.execute(WAITING).fetchall():
            if self._serve(contact, queue) is not None:
                return str(contact)  # one agent became free, so one contact can be served
        return None

    def _serve(self, contact_id: str, queue_id: str) -> str | None:
        """Find an agent for one waiting caller, and take both, or find that somebody else has."""
        while True:
            found = self.base.execute(self.candidate, (queue_id,)).fetchone()
            if found is None:
                return None
            if self.base.execute(TAKE, found).rowcount == 1:
                break
        self._one(
            "UPDATE members SET state = 'Trying', serving_agent = ? WHERE uuid = ? AND state = 'Waiting'",
            (found[0], contact_id),
        )
        return str(found[0])

    def _one(self, statement: str, values: tuple[object, ...]) -> None:
        if self.base.execute(statement, values).rowcount != 1:
            raise ValueError(f"{values!r} is not in the state that {statement.split(' WHERE')[0]!r} wants")
