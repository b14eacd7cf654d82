"""Handing over: a bot's chat becomes a contact, with what the bot has found out and a reference to its transcript.

A bot knows a customer's own words; none of them goes into a command. What it collected becomes attributes, by a list
of fields that may (`HandOvers.fields`); what was said stays where the transcript lies, under a reference. What the
customer wants (the intent) says which queues and which requirement.

Owns what a hand-over becomes; must not know bots, nor how a command is applied.
"""

from collections.abc import Mapping
from typing import Annotated, Final

from msgspec import Meta, Struct, field

from routing.commands import Command, EnqueueContact, Remark, RequeueContact, UpdateContact
from routing.errors import ConfigError, DataError
from routing.model import Id, Step
from routing.remarks import Note, Signal
from routing.words import quoted, suggest

#: Attributes that a hand-over sets by itself.
INTENT: Final = "intent"
LANGUAGE: Final = "language"
TRANSCRIPT: Final = "transcript"
BOT: Final = "bot"
OWN: Final = (BOT, INTENT, LANGUAGE, TRANSCRIPT)

_Size = Annotated[int, Meta(ge=1, le=100_000)]


class Way(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Where contacts with one of these intents go; without intents: all others."""

    queues: tuple[Id, ...]
    intents: tuple[Id, ...] = ()
    requirement: str = ""
    priority: Annotated[int, Meta(ge=0, le=100_000_000)] = 0


class HandOvers(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What bots may hand over.

    Parameters
    ----------
    ways : tuple of Way
        The first that names the intent; else the one without intents.
    fields : tuple of str, optional
        Collected fields that become attributes of the same name. All others are left out: they stay with the bot.
    channel : str, default "chat"
        Of the contacts.
    value_chars : int, default 256
        Length of a value, of an intent and of a transcript's reference.
    bytes_most : int, default 2,048
        Names and values of all fields together, in UTF-8.
    """

    ways: tuple[Way, ...] = ()
    fields: tuple[Id, ...] = ()
    channel: Id = "chat"
    value_chars: _Size = 256
    bytes_most: _Size = field(default=2_048)


class HandedOver(Struct, frozen=True, kw_only=True):
    """What a bot hands over.

    Parameters
    ----------
    contact : str
        The contact's id: a new one, or that of the contact which the bot has served (`hand_on`).
    transcript : str, optional
        A reference to what was said; never the text.
    intent : str, optional
        What the customer wants, as the bot understands it.
    language : str, optional
        As a code.
    fields : mapping of str to str, optional
        What it collected. Which of it becomes attributes say the settings.
    customer : str, optional
        An opaque reference.
    bot, front_end : str, optional
        Who hands over, and who has the chat on its lines.
    signals : mapping of str to str, optional
        What else it noticed, such as a sentiment.
    """

    contact: str
    transcript: str = ""
    intent: str = ""
    language: str = ""
    fields: Mapping[str, str] = {}
    customer: str = ""
    bot: str = ""
    front_end: str = ""
    signals: Mapping[str, str] = {}


def hand_over(handed: HandedOver, settings: HandOvers) -> EnqueueContact:
    """Make the contact that a bot hands over. O(fields).

    Raises
    ------
    DataError
        If a value is too long or there are too many bytes: the message names field, size and limit, and never a value.
        Also if no way takes the intent.

    Examples
    --------
    >>> rules = HandOvers(
    ...     ways=(Way(("billing",), intents=("refund",), requirement="billing >= 50"), Way(("help",))),
    ...     fields=("order",),
    ... )
    >>> chat = HandedOver(contact="chat-7", transcript="t/91", intent="refund", fields={"order": "A-17", "iban": "..."})
    >>> made = hand_over(chat, rules)
    >>> made.queues, made.requirement, made.attributes
    (('billing',), 'billing >= 50', {'intent': 'refund', 'transcript': 't/91', 'order': 'A-17'})
    """
    attributes, way = _attributes(handed, settings), _way(handed, settings)
    return EnqueueContact(
        handed.contact,
        way.queues,
        settings.channel,
        way.priority,
        way.requirement,
        customer=handed.customer,
        attributes=attributes or None,
        front_end=handed.front_end,
    )


def hand_on(handed: HandedOver, settings: HandOvers) -> tuple[Command, ...]:
    """Give what hands on a chat that is a contact already: it waited, or rang, where the bot served it. O(fields).

    It keeps its age, and so its place among those who wait as long. Errors are those of `hand_over`.

    Examples
    --------
    >>> rules = HandOvers(ways=(Way(("help",), requirement="chat"),))
    >>> [type(one).__name__ for one in hand_on(HandedOver(contact="chat-7", transcript="t/91", intent="x"), rules)]
    ['UpdateContact', 'Remark', 'Remark', 'RequeueContact']
    """
    attributes, way = _attributes(handed, settings), _way(handed, settings)
    steps = (Step(way.requirement),) if way.requirement else ()
    update = (UpdateContact(handed.contact, attributes=attributes),) if attributes else ()
    return (
        *update,
        *remarks(handed),
        RequeueContact(handed.contact, way.queues, True, way.priority, steps),
    )


def remarks(handed: HandedOver) -> tuple[Remark, ...]:
    """Say of a contact what the bot knows: its intent, language and other signals, and where the transcript lies.

    After `hand_over`, for whoever follows signals and notes; `hand_on` has them already.

    Examples
    --------
    >>> for one in remarks(HandedOver(contact="chat-7", transcript="t/91", intent="refund", bot="b1")):
    ...     print(one.remark)
    Signal(name='intent', value='refund', source='b1')
    Note(ref='t/91')
    """
    said = {INTENT: handed.intent, LANGUAGE: handed.language, **handed.signals}
    told = [Remark(handed.contact, Signal(name, value, handed.bot)) for name, value in said.items() if value]
    if handed.transcript:
        told.append(Remark(handed.contact, Note(handed.transcript)))
    return tuple(told)


def check_hand_overs(settings: HandOvers, path: str = "hand_over") -> None:
    """Check the rules that look at more than one value. O(size).

    Raises
    ------
    ConfigError
        If a rule is broken.

    Examples
    --------
    >>> check_hand_overs(HandOvers(fields=("intent",)))
    Traceback (most recent call last):
        ...
    routing.errors.ConfigError: hand_over.fields[0]: 'intent' is set by the hand-over itself; leave it out
    """
    for place, name in enumerate(settings.fields):
        if name in OWN:
            raise ConfigError(
                f"{path}.fields[{place}]", f"{quoted(name)} is set by the hand-over itself; leave it out"
            )
    seen: set[str] = set()
    for place, way in enumerate(settings.ways):
        here = f"{path}.ways[{place}]"
        if not way.queues:
            raise ConfigError(f"{here}.queues", "is empty; name the queue that takes these contacts")
        for number, intent in enumerate(way.intents or ("",)):
            if intent in seen:
                where = f"{here}.intents[{number}]" if way.intents else here
                what = f"intent {quoted(intent)}" if intent else "another way without intents"
                raise ConfigError(where, f"{what} stands before; remove one, the first would be taken")
            seen.add(intent)


def _way(handed: HandedOver, settings: HandOvers) -> Way:
    other: Way | None = None
    for way in settings.ways:
        if handed.intent and handed.intent in way.intents:
            return way
        if not way.intents:
            other = way
    if other is None:
        known = [intent for way in settings.ways for intent in way.intents]
        hint = suggest(handed.intent, known) or "; add a way without intents for all others"
        raise DataError(f"intent {quoted(handed.intent)} of {quoted(handed.contact)} goes no way{hint}")
    return other


def _attributes(handed: HandedOver, settings: HandOvers) -> dict[str, str]:
    found = {BOT: handed.bot, INTENT: handed.intent, LANGUAGE: handed.language, TRANSCRIPT: handed.transcript}
    for name in settings.fields:
        if name in handed.fields:
            found[name] = handed.fields[name]
    found = {name: value for name, value in found.items() if value}
    size = 0
    for name, value in found.items():
        if len(value) > settings.value_chars:
            raise DataError(
                f"{name} of {quoted(handed.contact)} has {len(value)} characters, more than value_chars = "
                f"{settings.value_chars}; hand over a reference to it"
            )
        size += len(name.encode()) + len(value.encode())
    if size > settings.bytes_most:
        raise DataError(
            f"the fields of {quoted(handed.contact)} have {size} bytes, more than bytes_most = "
            f"{settings.bytes_most}; hand over fewer"
        )
    return found
