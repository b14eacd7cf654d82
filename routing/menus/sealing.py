"""What must not be kept, only used: card numbers, PINs, and what a look-up answers beyond what was asked for.

Where a call is asked for secret digits, `seal` parts an input in two: what happened (`Sealed`: right, or wrong in
which way), which the machine takes and a journal may keep, and the digits themselves, which only the driver's memory
holds and hands to the look-up that needs them. So no state, journal, statistic or text ever holds them, and after a
crash they are gone: the look-up that needs them fails.

Of an answer to a look-up only those values are left that the flow stores, and of what callers say only the phrase that
a choice was waiting for.

Owns this parting; must not know where a driver keeps what it got.
"""

from routing.menus.digits import ended, problem_of
from routing.menus.flow import Flow
from routing.menus.inputs import Answered, Digits, Input, Sealed, Speech, check_input
from routing.menus.machine import SECRET
from routing.menus.nodes import AnyNode, CallBackOffer, Choice, Collect, LookUp, Menu
from routing.menus.phrases import heard, meant
from routing.menus.turns import State


def seal(flow: Flow, state: State, given: Input) -> tuple[Input, str]:
    """Take secret digits out of an input.

    Parameters
    ----------
    flow, state
        As for `step`.
    given : Input
        What happened.

    Returns
    -------
    (Input, str)
        What `step` takes, and the digits that the attribute's reference stands for; "" where nothing is secret or the
        digits were wrong. What comes too late is sealed as well, as it may have been meant for a secret.

    Raises
    ------
    UsageError
        If the input is malformed.

    Examples
    --------
    >>> flow = Flow(id="f", start="pin", nodes={"pin": Collect(into="pin", min_digits=4, secret=True)})
    >>> state = State("f", "", node="pin", wait=1)
    >>> seal(flow, state, Digits("1234#", wait=1)), seal(flow, state, Digits("12"))
    ((Sealed(problem='', wait=1), '1234'), (Sealed(problem='length', wait=0), ''))
    """
    check_input(given)
    node = flow.node(state.node)
    late = 0 != getattr(given, "wait", 0) != state.wait
    if isinstance(given, Answered):
        wanted = set(node.store.values()) if isinstance(node, LookUp) and not late else set()
        values = {name: value for name, value in given.values.items() if name in wanted}
        return Answered(given.result, values, given.wait), ""
    if not isinstance(given, Digits | Speech):
        return given, ""
    if late:
        return Sealed("late", given.wait), ""
    if isinstance(given, Speech):
        return _understood(node, given, state.language), ""
    if not isinstance(node, Collect) or not node.secret:
        return given, ""
    digits = ended(node, given.digits)
    problem = problem_of(node, digits)
    return Sealed(problem, given.wait), "" if problem else digits


def _understood(node: AnyNode | None, given: Speech, language: str) -> Speech | Sealed:
    """Keep the phrase that decides, and nothing else that was said."""
    choices: tuple[Choice, ...] = ()
    if isinstance(node, Menu):
        choices = node.choices
    elif isinstance(node, CallBackOffer):
        choices = node.accept, node.decline
    place = meant(choices, given.text, language)
    if place < 0:
        return Sealed("speech", given.wait)
    return Speech(heard(choices[place], given.text, language), given.wait)


def reference_of(state: State, attribute: str) -> str:
    """Give the reference that an attribute holds, or "" if it holds none.

    >>> reference_of(State("f", "", attributes={"pin": "secret:pin"}), "pin")
    'secret:pin'
    """
    value = state.attributes.get(attribute, "")
    return value if value == SECRET + attribute else ""
