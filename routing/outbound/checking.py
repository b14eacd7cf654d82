"""The rules of a file of campaigns: what its numbers must be, what the law allows, and what it asks of the centre.

Owns these rules; must not know files (``files``), the database or how anything is dialled.
"""

from collections.abc import Sequence

from msgspec import Struct

from routing.campaigns.rules import check as check_rules
from routing.compliance.profiles import BUILT_IN, Profile, check_profile, choose, strictest
from routing.compliance.settings import Settings, check_settings
from routing.config.localtime import instant_ns, parse_clock, parse_date, zone
from routing.durations import format_duration
from routing.errors import ConfigError
from routing.host.circles import serves
from routing.model import Config, Queue
from routing.outbound.campaign import Campaign, Carrier, Outbound
from routing.units import MAX_INSTANT_NS, SECOND
from routing.words import quoted, suggest


class Law(Struct, frozen=True):
    """What all profiles of a campaign and the campaign itself say together: the strictest of each.

    Parameters
    ----------
    profiles : tuple of Profile
        In the campaign's order.
    cap : float
        Share of answered calls that may be abandoned.
    connect_ns : int
        So long may a person who answered wait for an agent; from the greeting's end or, by laws that count from the
        moment of picking up, after detection has taken its time. -1: no profile says.
    ring_least_ns : int
        So long it must ring at least before it is given up.
    """

    profiles: tuple[Profile, ...]
    cap: float
    connect_ns: int
    ring_least_ns: int


class Box(Struct, frozen=True):
    """A time box: from ``starts_ns`` (included) to ``ends_ns`` (not included)."""

    starts_ns: int = 0
    ends_ns: int = MAX_INSTANT_NS

    def holds(self, at_ns: int) -> bool:
        """Whether the instant is inside."""
        return self.starts_ns <= at_ns < self.ends_ns


def check_outbound(outbound: Outbound) -> None:
    """Check what stands in a file of campaigns, without its centre. O(size).

    Raises
    ------
    ConfigError
        If a rule is broken; the message gives path, value, rule and remedy.

    Examples
    --------
    >>> try:
    ...     check_outbound(Outbound((Campaign("spring", "sales", mode="progressive"),)))
    ... except ConfigError as error:
    ...     print(error.path)
    campaigns[0].profiles
    """
    _check_ids([one.id for one in outbound.campaigns], "campaigns")
    _check_ids([one.id for one in outbound.carriers], "carriers")
    _check_ids([one.id for one in outbound.profiles], "profiles")
    for place, carrier in enumerate(outbound.carriers):
        _check_carrier(carrier, f"carriers[{place}]")
    for place, profile in enumerate(outbound.profiles):
        if profile.id in BUILT_IN:
            raise ConfigError(
                f"profiles[{place}].id", f"{quoted(profile.id)} is the name of a built-in one; choose another"
            )
        check_profile(profile, f"profiles[{place}]")
    for place, campaign in enumerate(outbound.campaigns):
        _check_campaign(campaign, f"campaigns[{place}]", outbound)


def check_against(outbound: Outbound, config: Config) -> None:
    """Check a file of campaigns against the centre whose agents are to talk. O(campaigns * (queues + agents)).

    Every campaign's queue must give up in time: a person who answered and whom no agent took hears the message and is
    let go within the law's limit, which is the queue's ``max_wait`` with ``to = "disconnect"``.

    Raises
    ------
    ConfigError
        For the first thing wrong.

    Examples
    --------
    >>> centre = Config(queues=(Queue("sales"),))
    >>> spring = Campaign("spring", "sales", mode="progressive", profiles=("never",))
    >>> try:
    ...     check_against(Outbound((spring,)), centre)
    ... except ConfigError as error:
    ...     print(error.problem.partition(";")[0])
    queue 'sales' has no max_wait, so a person who answered would wait for ever
    """
    check_outbound(outbound)
    queues = {queue.id: queue for queue in config.queues}
    mine = {one.queue for one in outbound.campaigns if one.queue}
    for place, campaign in enumerate(outbound.campaigns):
        path = f"campaigns[{place}]"
        box_of(campaign, config, path)
        if campaign.hours and campaign.hours not in {one.id for one in config.hours}:
            hint = suggest(campaign.hours, [one.id for one in config.hours]) or "; declare them in the centre"
            raise ConfigError(f"{path}.hours", f"unknown hours {quoted(campaign.hours)}{hint}")
        if campaign.queue:
            queue = queues.get(campaign.queue)
            if queue is None:
                hint = suggest(campaign.queue, queues) or "; declare it in the centre's queues"
                raise ConfigError(f"{path}.queue", f"unknown queue {quoted(campaign.queue)}{hint}")
            _check_queue(campaign, queue, law_of(campaign, outbound, path), f"{path}.queue")
            if campaign.inbound_first:
                _check_inbound(queue, [one for one in config.queues if one.id not in mine], config, path)


def law_of(campaign: Campaign, outbound: Outbound, path: str = "") -> Law:
    """Put a campaign's profiles together.

    Raises
    ------
    ConfigError
        If one is not known.

    Examples
    --------
    >>> law = law_of(Campaign("spring", "sales", profiles=("never",)), Outbound(()))
    >>> law.cap, law.connect_ns // 10**9, law.ring_least_ns // 10**9
    (0.0, 2, 0)
    """
    known = {**BUILT_IN, **{one.id: one for one in outbound.profiles}}
    profiles = choose(campaign.profiles, known, f"{path}.profiles" if path else "profiles")
    found = strictest(profiles)
    counting = [one for one in profiles if one.counts]
    detection_ns = campaign.amd.delay_ns if campaign.amd.on else 0
    caps = [one.cap for one in counting]
    if campaign.cap is not None:
        caps.append(campaign.cap)
    return Law(
        profiles,
        min(caps, default=1.0),
        min(
            (
                max(one.connect_within_ns - (detection_ns if one.clock == "pick_up" else 0), 0)
                for one in counting
            ),
            default=-1,
        ),
        int(found["ring_at_least"].figure) if "ring_at_least" in found else 0,
    )


def box_of(campaign: Campaign, config: Config, path: str = "") -> Box:
    """Read a campaign's time box in the centre's time zone.

    Raises
    ------
    ConfigError
        If an instant is misspelled, or the end is not after the start.

    Examples
    --------
    >>> box_of(Campaign("spring", starts="1970-01-02 00:00"), Config()).starts_ns // 10**9
    86400
    """
    where = f"{path}." if path else ""
    starts_ns = _instant(campaign.starts, f"{where}starts", config) if campaign.starts else 0
    ends_ns = _instant(campaign.ends, f"{where}ends", config) if campaign.ends else MAX_INSTANT_NS
    if ends_ns <= starts_ns:
        raise ConfigError(
            f"{where}ends", f"{campaign.ends!r} is not after starts {campaign.starts!r}; swap them"
        )
    return Box(starts_ns, ends_ns)


# --- Inside


def _check_ids(ids: Sequence[str], path: str) -> None:
    seen: dict[str, int] = {}
    for place, name in enumerate(ids):
        if name in seen:
            raise ConfigError(
                f"{path}[{place}].id",
                f"{quoted(name)} is the id of {path}[{seen[name]}] already; choose another",
            )
        seen[name] = place


def _check_carrier(carrier: Carrier, path: str) -> None:
    rate = carrier.calls_per_second
    if not 0 <= rate <= 100_000:
        raise ConfigError(
            f"{path}.calls_per_second", f"{rate!r} is not in 0..100000; correct it (0: no limit)"
        )
    if 0 < rate < 0.001:
        raise ConfigError(
            f"{path}.calls_per_second", f"{rate!r} is less than one call in 1000 s; write at least 0.001"
        )
    if not 0 < carrier.failing_share <= 1:
        raise ConfigError(
            f"{path}.failing_share",
            f"{carrier.failing_share!r} is not in 0..1 without 0; write 1 for 'never rests'",
        )


def _check_campaign(campaign: Campaign, path: str, outbound: Outbound) -> None:
    if not campaign.profiles:
        raise ConfigError(
            f"{path}.profiles",
            f"is empty; name the law that binds the campaign: {', '.join(sorted(BUILT_IN))}, or one of the file's own",
        )
    law = law_of(campaign, outbound, path)
    if campaign.cap is not None and not 0 <= campaign.cap <= 1:
        raise ConfigError(f"{path}.cap", f"{campaign.cap!r} is not in 0..1; write 0.03 for 3 %")
    _check_mode(campaign, path)
    _check_settings(campaign, law, path)
    _check_rules(campaign, f"{path}.rules")
    known = [one.id for one in outbound.carriers]
    _check_shares(campaign, known, path)
    if campaign.max_agents and campaign.max_agents < campaign.min_agents:
        raise ConfigError(
            f"{path}.max_agents",
            f"{campaign.max_agents} is less than min_agents {campaign.min_agents}; raise it, or write 0 for no limit",
        )
    if campaign.amd.false_positives is not None and not 0 <= campaign.amd.false_positives <= 1:
        raise ConfigError(
            f"{path}.amd.false_positives",
            f"{campaign.amd.false_positives!r} is not in 0..1; write 0.02 for 2 %",
        )
    if campaign.amd.on and campaign.amd.leave_message and not campaign.message:
        raise ConfigError(
            f"{path}.message", "is empty, and machines are to hear it (amd.leave_message); name one"
        )


def _check_settings(campaign: Campaign, law: Law, path: str) -> None:
    """Have the profiles look at it."""
    amd = campaign.amd
    settings = Settings(
        campaign.mode,
        law.cap if campaign.cap is None else campaign.cap,
        campaign.ring_ns,
        0,  # what the queue allows: looked at with the centre
        campaign.message,
        campaign.caller_id,
        amd.on,
        amd.false_positives,
        amd.on and amd.trust_confidence,
    )
    try:
        check_settings(settings, law.profiles, path)
    except ConfigError as error:
        raise ConfigError(
            error.path.replace("machine_false_positives", "amd.false_positives"), error.problem
        ) from None


def _check_mode(campaign: Campaign, path: str) -> None:
    if campaign.mode == "agentless":
        if campaign.queue:
            raise ConfigError(
                f"{path}.queue", f"{quoted(campaign.queue)} is of no use to mode 'agentless'; leave it out"
            )
        if not campaign.concurrent:
            raise ConfigError(
                f"{path}.concurrent", "0 calls at once dial nothing; mode 'agentless' needs a number"
            )
        if not campaign.message:
            raise ConfigError(f"{path}.message", "is empty; mode 'agentless' plays one, so name it")
    elif not campaign.queue:
        raise ConfigError(f"{path}.queue", f"is empty; mode {campaign.mode!r} needs the queue of its agents")
    if not 0 < campaign.ratio <= 100:
        raise ConfigError(f"{path}.ratio", f"{campaign.ratio!r} is not in 0..100 without 0; correct it")
    if campaign.ratio != 1 and campaign.mode != "power":
        raise ConfigError(
            f"{path}.ratio", f"is read by mode 'power' only, and this is {campaign.mode!r}; leave it out"
        )


def _check_rules(campaign: Campaign, path: str) -> None:
    if campaign.rules is None:
        return
    try:
        check_rules(campaign.rules)
    except ConfigError as error:
        raise ConfigError(f"{path}.{error.path}", error.problem) from None


def _check_shares(campaign: Campaign, known: Sequence[str], path: str) -> None:
    seen: set[str] = set()
    for place, share in enumerate(campaign.carriers):
        here = f"{path}.carriers[{place}].carrier"
        if share.carrier not in known:
            hint = suggest(share.carrier, known) or "; declare it in carriers"
            raise ConfigError(here, f"unknown carrier {quoted(share.carrier)}{hint}")
        if share.carrier in seen:
            raise ConfigError(here, f"{quoted(share.carrier)} is listed twice; remove one of them")
        seen.add(share.carrier)


def _check_queue(campaign: Campaign, queue: Queue, law: Law, path: str) -> None:
    limit_ns = law.connect_ns
    if not limit_ns:
        raise ConfigError(
            path.replace(".queue", ".amd.delay"),
            f"{format_duration(campaign.amd.delay_ns)} of detection leaves no time to connect an agent; shorten it, "
            "or switch detection off",
        )
    wanted = format_duration(limit_ns if limit_ns > 0 else 2 * SECOND)
    remedy = f'give the queue max_wait = {{to = "disconnect", after = "{wanted}"}}'
    wait = queue.max_wait
    name = f"queue {quoted(queue.id)}"
    if wait is None:
        raise ConfigError(
            path, f"{name} has no max_wait, so a person who answered would wait for ever; {remedy}"
        )
    if wait.to != "disconnect":
        raise ConfigError(
            path,
            f"{name} passes those who wait too long on to {wait.to!r}, where they would count as abandoned; {remedy}",
        )
    if 0 <= limit_ns < wait.after_ns:
        raise ConfigError(
            path,
            f"{name} gives up after {format_duration(wait.after_ns)}, and the law wants an agent within {wanted}; "
            f"{remedy}",
        )
    if not 0 < queue.ring_timeout_ns <= wait.after_ns:
        rings = format_duration(queue.ring_timeout_ns) if queue.ring_timeout_ns else "ever"
        raise ConfigError(
            path,
            f"{name} lets offers ring for {rings}, and while one rings nobody is given up; give the queue "
            f"ring_timeout = '{format_duration(wait.after_ns)}' at most (agents' devices should answer by themselves)",
        )
    if campaign.hours == "" and queue.hours:
        raise ConfigError(
            path,
            f"{name} has opening hours {quoted(queue.hours)}, outside of which it turns answered calls away; give the "
            f"campaign hours = {quoted(queue.hours)}, too",
        )


def _check_inbound(queue: Queue, inbound: Sequence[Queue], config: Config, path: str) -> None:
    agents = [agent for agent in config.agents if serves(agent, queue)]
    for other in inbound:
        if other.tier >= queue.tier and any(serves(agent, other) for agent in agents):
            raise ConfigError(
                f"{path}.queue",
                f"queue {quoted(queue.id)} has tier {queue.tier} and shares agents with {quoted(other.id)} of tier "
                f"{other.tier}; give it a tier above {other.tier}, so that inbound comes first, or set "
                "inbound_first = false",
            )


def _instant(text: str, path: str, config: Config) -> int:
    day, _, clock = text.partition(" ")
    return instant_ns(
        parse_date(day, path), parse_clock(clock or "00:00", path), zone(config.timezone, "timezone")
    )
