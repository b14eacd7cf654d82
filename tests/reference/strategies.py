"""Which of the candidates a queue's strategy picks.

Owns the strategies and the two hash functions that ``random`` draws with; must not know how somebody
becomes a candidate.
"""

from collections.abc import Callable
from fractions import Fraction

from reference.scores import proficiency
from reference.state import Contact, Line, Person, Visit

MASK = 2**64 - 1


def mix64(value: int) -> int:
    """The finaliser of splitmix64."""
    value = (value + 0x9E3779B97F4A7C15) & MASK
    value = ((value ^ value >> 30) * 0xBF58476D1CE4E5B9) & MASK
    value = ((value ^ value >> 27) * 0x94D049BB133111EB) & MASK
    return value ^ value >> 31


def hash64(data: bytes) -> int:
    """A 64-bit hash, eight bytes at a time."""
    value = 0x9E3779B97F4A7C15 ^ len(data)
    for start in range(0, len(data), 8):
        value = mix64(value ^ int.from_bytes(data[start : start + 8], "little"))
    return value


def pick(
    candidates: list[Person],
    contact: Contact,
    lead: Visit,
    members: list[Person],
    order: list[Person],
    seed: int,
) -> Person:
    """The candidate that the lead queue's strategy picks; all arguments in the page's orders."""
    line = lead.line
    ordered = [one for one in members if one in candidates]
    ordered += [one for one in order if one in candidates and one not in members]

    match line.queue.strategy:
        case "fewest_contacts":
            return min(candidates, key=lambda one: (one.handled, one.idle))
        case "most_skilled":
            return min(candidates, key=lambda one: (-skill(one, contact, lead), one.idle))
        case "least_skilled":
            return min(candidates, key=lambda one: (skill(one, contact, lead), one.idle))
        case "least_occupied":
            return min(candidates, key=lambda one: (one.occupancy, one.idle))
        case "weighted":
            return min(
                candidates,
                key=lambda one: (-weighed(one, contact, lead), one.idle),
            )
        case "percent_allocation":
            return min(candidates, key=lambda one: (*behind(line, one), one.idle))
        case "linear":
            return ordered[0]
        case "round_robin":
            return next_after_last(ordered, members, line)
        case "random":
            return drawn(candidates, members, dice(seed, line))
        case _:  # longest_idle, and those whose part lies elsewhere
            return min(candidates, key=lambda one: one.idle)


def skill(person: Person, contact: Contact, lead: Visit) -> int:
    """What the agent's proficiencies are worth in the present step of the lead visit."""
    return proficiency(contact.step_of(lead), person.agent.skills)


def weighed(person: Person, contact: Contact, lead: Visit) -> int:
    """The score of ``weighted``: what speaks for this agent less what speaks against."""
    idle_ms = person.idle[0] // 1_000_000
    return 1000 * merit(person, contact, lead) - lead.line.queue.weights.idle * idle_ms


def merit(person: Person, contact: Contact, lead: Visit) -> int:
    """All of that but the idle time."""
    weights = lead.line.queue.weights
    merits = weights.proficiency * skill(person, contact, lead) + weights.affinity * contact.affinity(person)
    return merits - weights.occupancy * person.occupancy - weights.cost * person.agent.cost


def share_of(line: Line, person: Person) -> str | None:
    """The first group of the queue's shares, in the order of ids, that this agent has."""
    return next((group for group in sorted(line.queue.shares) if group in person.agent.groups), None)


def behind(line: Line, person: Person) -> tuple[bool, Fraction, str]:
    """How the agent's share stands among the others; whoever has none comes last."""
    group = share_of(line, person)
    if group is None:
        return True, Fraction(0), ""
    return False, Fraction(line.shares_given.get(group, 0), line.queue.shares[group]), group


def next_after_last(ordered: list[Person], members: list[Person], line: Line) -> Person:
    """Round robin: members from the one after the last on, wrapping round, before any non-member."""
    start = 0
    if line.last in members:
        start = members.index(line.last) + 1
    elif line.last is not None and line.place < len(members):
        start = line.place
    for person in members[start:] + members[:start]:
        if person in ordered:
            return person
    return ordered[0]


def dice(seed: int, line: Line) -> Callable[[int], int]:
    """The draws of a queue for its present match."""
    base = mix64(mix64(mix64(seed) ^ hash64(line.id.encode())) ^ line.matched)
    return lambda i: mix64(base ^ i)


def drawn(candidates: list[Person], members: list[Person], draw: Callable[[int], int]) -> Person:
    """Random: 64 throws at the members; then the candidate with the least draw of its own."""
    for i in range(64 if members else 0):
        person = members[draw(i) % len(members)]
        if person in candidates:
            return person
    return min(candidates, key=lambda one: (draw(64 + one.number), one.number))
