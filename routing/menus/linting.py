"""What is wrong with a flow although every rule is kept.

Owns which checks there are and the order of findings; must not judge by itself.
"""

from routing.findings import Finding
from routing.menus.flow import Flow
from routing.menus.lint_centre import check_centre
from routing.menus.lint_choices import check_choices, check_digits
from routing.menus.lint_texts import check_attributes, check_languages, check_secrets
from routing.menus.lint_ways import check_calls, check_circles, check_reach, check_targets
from routing.menus.rules import check_rules
from routing.menus.ways import Ways
from routing.model import Config

_CHECKS = (
    check_targets,
    check_calls,
    check_reach,
    check_circles,
    check_languages,
    check_attributes,
    check_secrets,
    check_choices,
    check_digits,
)


def check(flow: Flow, centre: Config | None = None) -> list[Finding]:
    """Look a flow over.

    Parameters
    ----------
    flow : Flow
        However it was made.
    centre : Config, optional
        The centre that the flow leads into; without one, queues and requirements are not looked at.

    Returns
    -------
    list of Finding
        First those about the flow as a whole, then by node in the order of the file; the same for the same flow. A flow
        without errors lets every caller come to an end: whoever says nothing, or nothing that fits, leaves it without
        running into ``max_steps``, if that is not less than what the ways take.

    Raises
    ------
    ConfigError
        If the flow breaks a rule of flows.

    Notes
    -----
    O(nodes + exits), times the depth of sub-flows within sub-flows.

    Examples
    --------
    >>> from routing.menus.nodes import HangUp, Prompt
    >>> flow = Flow(id="f", start="hello", nodes={"hello": Prompt(next="by"), "bye": HangUp()})
    >>> [(finding.code, finding.path, finding.message) for finding in check(flow)][0]
    ('unknown-target', 'nodes.hello.next', "there is no node 'by' here; did you mean 'bye'?")
    """
    check_rules(flow)
    ways = Ways(flow)
    found = [one for look in _CHECKS for one in look(ways)]
    if centre is not None:
        found += check_centre(ways, centre)
    ordered = sorted(found, key=lambda one: (one[0], one[1].path, one[1].code, one[1].message))
    return [finding for _, finding in ordered]
