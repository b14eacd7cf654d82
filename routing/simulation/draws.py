"""Random numbers that are looked up, not fetched: each has an address, so that nobody's draw moves another's.

A draw is named by numbers (seed, day, type, number, purpose) and is the finaliser of splitmix64 over them (Steele, Lea,
Flood: *Fast splittable pseudorandom number generators*, OOPSLA 2014). Whatever is simulated, call 17 of day 3 meets
the same patience: two plans differ by the plans, not by chance (common random numbers). Nothing has a state, so days
can be drawn in any order and by any process. Integers throughout; only what turns them into times needs ``libm``.

Owns the bits; must not know what they decide (``distributions``, ``workload``, ``arrivals``).
"""

from typing import Final

MASK: Final = 2**64 - 1
#: The step from one number of a stream to the next: the golden ratio, as splitmix64 has it.
STEP: Final = 0x9E3779B97F4A7C15


def mix(x: int) -> int:
    """Scramble 64 bits: the finaliser of splitmix64.

    >>> hex(mix(0))
    '0xe220a8397b1dcdaf'
    """
    x = x + STEP & MASK
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9 & MASK
    x = (x ^ x >> 27) * 0x94D049BB133111EB & MASK
    return x ^ x >> 31


def stream(*address: int) -> int:
    """Find where a stream of draws begins; its draw ``n`` is `at`. Any integers; O(their number).

    >>> stream(1, 2) != stream(2, 1), stream(-1) == stream(2**64 - 1)
    (True, True)
    """
    place = 0
    for part in address:
        place = mix(place ^ part & MASK)
    return place


def at(place: int, number: int) -> int:
    """Return draw ``number`` of a stream, 64 bits. O(1).

    >>> at(stream(1), 5) == at(stream(1), 5) != at(stream(1), 6)
    True
    """
    return mix(place + number * STEP & MASK)


def many(place: int, count: int) -> list[int]:
    """Return the first draws of a stream. O(count), several times as fast as `at` for each.

    >>> many(stream(1), 3) == [at(stream(1), number) for number in range(3)]
    True
    """
    return [
        (z := ((y := (x ^ x >> 30) * 0xBF58476D1CE4E5B9 & MASK) ^ y >> 27) * 0x94D049BB133111EB & MASK)
        ^ z >> 31
        for x in (place + number * STEP & MASK for number in range(1, count + 1))
    ]


def unit(bits: int) -> float:
    """Turn 64 bits into a number strictly between 0 and 1, so that it has a logarithm either way.

    >>> 0.0 < unit(0) < unit(2**64 - 1) < 1.0
    True
    """
    return ((bits >> 12) + 0.5) * 2.0**-52


def uniform(seed: int, number: int, purpose: int) -> float:
    """Draw from [0, 1) by seed, number and purpose alone.

    The finaliser of splitmix64, once for each argument: a stream for each call that costs nothing to start.

    >>> 0.0 <= uniform(1, 2, 3) < 1.0, uniform(1, 2, 3) == uniform(1, 2, 3), uniform(1, 2, 3) == uniform(1, 3, 3)
    (True, True, False)
    """
    return (mix(mix(mix(seed & MASK) ^ number & MASK) ^ purpose) >> 11) * 2.0**-53
