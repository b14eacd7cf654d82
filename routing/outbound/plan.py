"""The campaigns of a dialer as it needs them: checked, with their laws, time boxes and hours at hand.

Owns what follows from a file of campaigns and a centre; must not know the host, the book's records, or what happens.
"""

from msgspec.structs import replace

from routing.calendar import is_open, next_change_ns
from routing.compliance.profiles import Profile
from routing.model import Config, Queue
from routing.outbound.calls import Finished
from routing.outbound.campaign import Campaign, Outbound
from routing.outbound.checking import Box, Law, box_of, check_against, law_of
from routing.pacing import Paced


class Plan:
    """What a dialer knows of its campaigns.

    Parameters
    ----------
    outbound : Outbound
        The campaigns.
    config : Config
        The centre.
    before : Plan, optional
        The one that this replaces: what it knew of campaigns that are gone is known on, for their last calls.

    Raises
    ------
    ConfigError
        If a campaign breaks a rule.
    """

    def __init__(self, outbound: Outbound, config: Config, before: "Plan | None" = None) -> None:
        check_against(outbound, config)
        self.outbound = outbound
        self._config = config
        self._queues = {queue.id: queue for queue in config.queues}
        self._known: dict[str, Campaign] = dict(before._known) if before is not None else {}
        self._laws: dict[str, Law] = dict(before._laws) if before is not None else {}
        self._boxes: dict[str, Box] = {}
        for one in outbound.campaigns:
            self._known[one.id] = one
            self._laws[one.id] = law_of(one, outbound)
            self._boxes[one.id] = box_of(one, config)
        self._hours = {
            name: replace(config, queues=(Queue("campaign", hours=name),), agents=(), shifts=())
            for name in {one.hours for one in outbound.campaigns if one.hours}
        }
        self._open: dict[str, tuple[int, int | None, bool]] = {}  # by hours: since, until, open

    def names(self) -> list[str]:
        """List the campaigns that are dialled."""
        return [one.id for one in self.outbound.campaigns]

    def known(self, name: str) -> Campaign | None:
        """Find a campaign, also one that is gone."""
        return self._known.get(name)

    def law(self, name: str) -> Law:
        """Give what binds a campaign."""
        return self._laws[name]

    def profiles(self) -> dict[str, tuple[Profile, ...]]:
        """Give the profiles of every campaign."""
        return {name: law.profiles for name, law in self._laws.items()}

    def box(self, name: str) -> Box:
        """Give a campaign's time box."""
        return self._boxes[name]

    def connect_ns(self, name: str) -> int:
        """Say how long an answered person of a campaign waits for an agent at most."""
        queue = self._queues.get(self._known[name].queue)
        return queue.max_wait.after_ns if queue is not None and queue.max_wait is not None else 0

    def open_at(self, at_ns: int) -> list[Campaign]:
        """List the campaigns whose time box and hours are open. O(campaigns)."""
        return [
            one
            for one in self.outbound.campaigns
            if self._boxes[one.id].holds(at_ns) and (not one.hours or self._is_open(one.hours, at_ns))
        ]

    def message_ns(self, one: Finished, abandoned: bool) -> int:
        """Say how long a message plays, and so the line is busy, after a call is finished here."""
        campaign = self._known.get(one.campaign)
        if campaign is None or not campaign.message:
            return 0
        hears = (
            abandoned
            or (one.outcome == "machine" and campaign.amd.leave_message)
            or (one.outcome == "person" and campaign.mode == "agentless")
        )
        return campaign.message_ns if hears else 0

    def paced(self) -> list[Paced]:
        """Give the campaigns as the pacing sees them."""
        return paced_of(self.outbound, self._config)

    def _is_open(self, hours: str, at_ns: int) -> bool:
        since_ns, until_ns, is_it = self._open.get(hours, (0, -1, False))
        if not (since_ns <= at_ns and (until_ns is None or at_ns < until_ns)):
            config = self._hours[hours]
            is_it = is_open(config, "campaign", at_ns)
            self._open[hours] = at_ns, next_change_ns(config, "campaign", at_ns), is_it
        return is_it


def paced_of(outbound: Outbound, config: Config) -> list[Paced]:
    """Give campaigns as the pacing sees them, in a centre that need not fit them (any more, or yet).

    Examples
    --------
    >>> paced_of(Outbound((Campaign("spring", "sales", cap=0.01),)), Config(queues=(Queue("sales"),)))[0].cap
    0.01
    """
    waits = {queue.id: queue.max_wait.after_ns for queue in config.queues if queue.max_wait is not None}
    return [
        Paced(
            id=one.id,
            queue=one.queue,
            mode=one.mode,
            ratio=one.ratio,
            cap=law_of(one, outbound).cap,
            grace_ns=waits.get(one.queue, 0),
            ring_ns=one.ring_ns,
            weight=one.weight,
            min_agents=one.min_agents,
            max_agents=one.max_agents,
            concurrent=one.concurrent,
        )
        for one in outbound.campaigns
    ]
