"""Units of time. Every instant and duration in code is an integer of nanoseconds.

Owns the constants; must not know anything else of the project.

>>> 90 * SECOND == MINUTE + 30 * SECOND
True
"""

from typing import Final

MICROSECOND: Final = 1_000
MILLISECOND: Final = 1_000_000
SECOND: Final = 1_000_000_000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR

#: Instants lie in [0, MAX_INSTANT_NS]; as nanoseconds since 1970 this reaches the year 2116.
MAX_INSTANT_NS: Final = 2**62 - 1
#: Durations lie in [0, MAX_DURATION_NS] (36 years), so that an instant plus a duration never overflows.
MAX_DURATION_NS: Final = 2**60 - 1
