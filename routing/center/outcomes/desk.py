"""The remarks of a front-end, made and checked: what an agent says of a contact, what a customer answers.

Texts lie with the customer, under a key of their own; the remark, and so the journal, has the reference alone.

Owns the way from a text to a reference; must not know where texts lie, nor an engine.
"""

from typing import Protocol

from routing.center.outcomes.codes import check_disposition, check_feedback
from routing.center.outcomes.settings import Outcomes
from routing.commands import Remark
from routing.errors import UsageError
from routing.remarks import Disposition, Feedback


class Notes(Protocol):
    """Whoever keeps texts about customers, such as `routing.customers.Customers`."""

    def write_note(self, customer: str, text: str, at_ns: int, *, contact: str = "", agent: str = "") -> str:
        """Write a text about a customer; returns its reference."""
        ...


class Desk:
    """Makes remarks of what people say.

    Parameters
    ----------
    outcomes : Outcomes
        The settings.
    notes : Notes, optional
        Where texts go. None: texts are refused.

    Examples
    --------
    >>> from routing.center.outcomes.settings import Code
    >>> desk = Desk(Outcomes(codes=(Code("sold", resolved="resolved"),)))
    >>> desk.dispose("call-1", Disposition("sold"), "sales").remark.resolved
    'resolved'
    >>> desk.dispose("call-1", Disposition("sold"), "sales", text="Wants two.", customer="c-1")
    Traceback (most recent call last):
        ...
    routing.errors.UsageError: texts have no place to lie in; give the desk notes, such as the centre's customers
    """

    def __init__(self, outcomes: Outcomes, notes: Notes | None = None) -> None:
        self.outcomes = outcomes
        self._notes = notes

    def dispose(
        self,
        contact: str,
        said: Disposition,
        queue: str,
        *,
        text: str = "",
        customer: str = "",
        at_ns: int = 0,
    ) -> Remark:
        """Make the command that says how a contact came out.

        Parameters
        ----------
        contact : str
            Which.
        said : Disposition
            The code, and what goes with it.
        queue : str
            Where the contact was answered, or came in.
        text : str, default ""
            A note, to be written at ``at_ns`` about ``customer``.

        Raises
        ------
        UsageError
            As for `check_disposition`; nothing is written then. Or a text is given, and no place or customer for it.
        """
        given = Disposition(
            said.code,
            said.resolved,
            said.agent,
            "(to be written)" if text else said.note_ref,
            said.call_back_ns,
        )
        checked = check_disposition(self.outcomes, given, queue)
        note = self._write(customer, text, at_ns, contact, said.agent) if text else said.note_ref
        return Remark(
            contact, Disposition(checked.code, checked.resolved, checked.agent, note, checked.call_back_ns)
        )

    def answer(
        self, contact: str, said: Feedback, *, text: str = "", customer: str = "", at_ns: int = 0
    ) -> Remark:
        """Make the command that says what a customer answered; ``text`` is one in words.

        Raises
        ------
        UsageError
            As for `check_feedback`; nothing is written then. Or a text is given, and no place or customer for it.
        """
        given = Feedback(said.survey, said.question, "(to be written)" if text else said.answer, said.score)
        check_feedback(self.outcomes, given)
        answer = self._write(customer, text, at_ns, contact, "") if text else said.answer
        return Remark(contact, Feedback(said.survey, said.question, answer, said.score))

    def _write(self, customer: str, text: str, at_ns: int, contact: str, agent: str) -> str:
        if self._notes is None:
            raise UsageError(
                "texts have no place to lie in; give the desk notes, such as the centre's customers"
            )
        if not customer:
            raise UsageError("the customer of the text is not known; identify them, or leave the text out")
        return self._notes.write_note(customer, text, at_ns, contact=contact, agent=agent)
