"""An invented day at a small bank's call centre, from published facts about a real one.

The facts are those of the 'Anonymous Bank' (I. Guedj, A. Mandelbaum, Technion, 2000; L. Brown et al.,
Statistical analysis of a telephone call center, J. Amer. Statist. Assoc. 100, 2005): 1,424 calls on a regular
weekday, 17 in the half hour from 7:00, 64 from 10:00, 16 from 23:30, with a variance of 3.2 times the mean;
service times lognormal(4.79, 0.933) in seconds; callers' patience by the Kaplan-Meier estimate below;
identified customers get 90 seconds of age credit. Shifts are invented so that, as there, about half of the
calls wait.

Owns the day and its rules; must not know files or how a report is shown.
"""

from random import Random
from typing import Final, TypeVar

from routing.config import loads
from routing.model import Config
from routing.simulation.calls import Call, CallLog
from routing.simulation.patience import Survival, through
from routing.simulation.placing import Placement
from routing.simulation.trace import NEVER_NS
from routing.units import HOUR, MINUTE, SECOND

T = TypeVar("T")

#: The centre, as its configuration file would read.
CENTRE: Final = """\
name = "A day at a bank"

[[queues]]
id = "regular"
requirement = "banking"
priority_credits = ["0s", "0s", "90s"]
wrap_up = "5s"

[[queues]]
id = "new customers"
requirement = "banking"
priority_credits = ["0s", "0s", "90s"]
wrap_up = "5s"

[[queues]]
id = "stock trading"
priority_credits = ["0s", "0s", "90s"]
wrap_up = "5s"
steps = [{ expression = "trading >= 50" }, { after = "20s", expression = "trading" }]

[[queues]]
id = "internet"
requirement = "internet"
priority_credits = ["0s", "0s", "90s"]
wrap_up = "5s"

[[agents]]
id = "Adi"
groups = ["tellers"]
skills = { banking = 80, internet = 20, trading = 20 }
[[agents]]
id = "Bilha"
groups = ["tellers"]
skills = { banking = 70, trading = 20 }
[[agents]]
id = "Carmel"
groups = ["tellers"]
skills = { banking = 60 }
[[agents]]
id = "Dov"
groups = ["tellers"]
skills = { banking = 60, internet = 40 }
[[agents]]
id = "Edna"
groups = ["tellers"]
skills = { banking = 90, trading = 30 }
[[agents]]
id = "Faraj"
groups = ["tellers"]
skills = { banking = 50 }
[[agents]]
id = "Gila"
groups = ["tellers"]
skills = { banking = 80, internet = 20, trading = 20 }
[[agents]]
id = "Hadas"
groups = ["tellers"]
skills = { banking = 60, internet = 20, trading = 20 }
[[agents]]
id = "Ilan"
groups = ["brokers"]
skills = { banking = 50, trading = 90 }
[[agents]]
id = "Jamila"
groups = ["brokers"]
skills = { banking = 40, trading = 80 }
[[agents]]
id = "Keren"
groups = ["technicians"]
skills = { banking = 30, internet = 90 }
[[agents]]
id = "Lior"
groups = ["technicians"]
skills = { banking = 30, internet = 80 }

[[shifts]]
starts = "07:00"
ends = "15:00"
agents = ["Adi", "Bilha", "Ilan"]
[[shifts]]
starts = "08:00"
ends = "16:00"
agents = ["Carmel", "Keren"]
[[shifts]]
starts = "09:00"
ends = "17:00"
agents = ["Dov", "Edna"]
[[shifts]]
starts = "14:30"
ends = "22:30"
agents = ["Faraj", "Jamila"]
[[shifts]]
starts = "16:00"
ends = "24:00"
agents = ["Gila", "Lior", "Hadas"]
"""

#: Share of callers whose patience is longer: Kaplan-Meier over three months.
PATIENCE: Final = (
    (10 * SECOND, 0.968),
    (30 * SECOND, 0.908),
    (60 * SECOND, 0.833),
    (120 * SECOND, 0.725),
    (300 * SECOND, 0.513),
    (600 * SECOND, 0.306),
)
CALLS_A_DAY: Final = 1424
OPENS_NS: Final = 7 * HOUR
HALF_HOURS: Final = 34
VARIANCE_TO_MEAN: Final = 3.2

_FIRST, _PEAK, _LAST = 17.0, 64.0, 16.0
_PEAK_AT: Final = 6  # the half hour from 10:00
_KINDS: Final = (("regular", 0.70), ("new customers", 0.16), ("stock trading", 0.08), ("internet", 0.06))
_PRIORITIES: Final = ((0, 0.65), (1, 0.12), (2, 0.23))


def demo_centre() -> Config:
    """Return the centre's configuration."""
    return loads(CENTRE, "toml")


def demo_day(seed: int = 1) -> CallLog:
    """Invent the calls of a day, from 7:00 to midnight of 1 January 1970; the same seed gives the same day.

    >>> len(demo_day().calls) == len(demo_day(1).calls) > 1000
    True
    """
    rng = Random(seed)
    log = CallLog("demo")
    placement = Placement(demo_centre())
    curve = through(PATIENCE, SECOND, HOUR)
    for half_hour, mean in enumerate(mean_arrivals()):
        # A gamma distributed rate makes the count's variance exceed its mean, as it does in life.
        excess = VARIANCE_TO_MEAN - 1.0
        rate = rng.gammavariate(mean / excess, excess) / (30 * MINUTE)
        at_ns = OPENS_NS + half_hour * 30 * MINUTE
        ends_ns = at_ns + 30 * MINUTE
        while (at_ns := at_ns + round(rng.expovariate(rate))) < ends_ns:
            log.calls.append(_call(at_ns, rng, placement, curve))
    return log


def mean_arrivals() -> list[float]:
    """Return the mean number of calls for each half hour of the day: straight lines, bent to the day's total.

    >>> means = mean_arrivals()
    >>> [round(means[place]) for place in (0, 6, 33)], round(sum(means))
    ([17, 64, 16], 1424)
    """
    rise = [_FIRST + (_PEAK - _FIRST) * place / _PEAK_AT for place in range(_PEAK_AT)]
    steps = HALF_HOURS - 1 - _PEAK_AT
    fall = [_PEAK + (_LAST - _PEAK) * place / steps for place in range(steps + 1)]
    lines = rise + fall
    # The three published half hours stay; the others share what the straight lines lack.
    humps = [place * (_PEAK_AT - place) / _PEAK_AT**2 for place in range(_PEAK_AT)]
    humps += [place * (steps - place) / steps**2 for place in range(steps + 1)]
    lacking = CALLS_A_DAY - sum(lines)
    return [line + hump * lacking / sum(humps) for line, hump in zip(lines, humps, strict=True)]


def _call(at_ns: int, rng: Random, placement: Placement, curve: Survival) -> Call:
    kind = _pick(_KINDS, rng.random())
    priority = _pick(_PRIORITIES, rng.random())
    service_ns = round(rng.lognormvariate(4.79, 0.933) * SECOND)
    patience_ns = curve.draw(rng.random())
    place = placement.place(kind, "")
    return Call(
        at_ns,
        place.queue,
        place.requirement,
        priority=priority,
        service_ns=service_ns,
        patience_ns=NEVER_NS if patience_ns is None else patience_ns,
    )


def _pick(choices: tuple[tuple[T, float], ...], uniform: float) -> T:
    """Pick by shares that add up to 1."""
    for choice, share in choices:
        if uniform < share:
            return choice
        uniform -= share
    return choices[-1][0]
