"""Telephone numbers: their international form, whether they can exist, and every time zone they may be in.

The numbering plans and time zones are those of the library `phonenumbers`. A number says where it was given out, not
where its owner is: a mobile number goes along, and many a geographic one has been ported. So there are two ways to
place a number, and what is known of the customer adds to either.

Owns what a number tells; must not know hours, profiles or lists.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Final, Literal, NamedTuple

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberType
from phonenumbers import timezone as _timezone
from phonenumbers.tzdata import TIMEZONE_DATA

from routing.errors import DataError, UsageError
from routing.words import quoted

Kind = Literal[
    "fixed", "mobile", "fixed_or_mobile", "toll_free", "premium", "shared_cost", "voip", "personal", "other"
]
#: How a number is placed: where it was given out, or anywhere in its country if it may have moved with its owner.
Placing = Literal["number", "country"]

_KINDS: Final[dict[int, Kind]] = {
    PhoneNumberType.FIXED_LINE: "fixed",
    PhoneNumberType.MOBILE: "mobile",
    PhoneNumberType.FIXED_LINE_OR_MOBILE: "fixed_or_mobile",
    PhoneNumberType.TOLL_FREE: "toll_free",
    PhoneNumberType.PREMIUM_RATE: "premium",
    PhoneNumberType.SHARED_COST: "shared_cost",
    PhoneNumberType.VOIP: "voip",
    PhoneNumberType.PERSONAL_NUMBER: "personal",
}
_FIXED: Final = "fixed"
_UNKNOWN: Final = "Etc/Unknown"
_NANP: Final = 1


class Place(NamedTuple):
    """What is known of a number.

    Attributes
    ----------
    number : str
        As E.164 writes it: "+" and digits.
    region : str
        Where it belongs, as ISO 3166 says ("US"); empty for numbers of no country.
    kind : str
        Of what sort it is. Where the plan does not tell (North America), "fixed_or_mobile".
    zones : tuple of str
        Time zones that the called party may be in, sorted; empty when nothing is known.
    """

    number: str
    region: str
    kind: Kind
    zones: tuple[str, ...]


def country(region: str) -> str:
    """Give a country as ISO 3166 writes it; "" for none.

    Raises
    ------
    UsageError
        If there is no such country, so that no number without a plus could ever be read.

    Examples
    --------
    >>> country("gb"), country("")
    ('GB', '')
    >>> country("Britain")
    Traceback (most recent call last):
        ...
    routing.errors.UsageError: 'Britain' is no country; write two letters, as 'GB' or 'US'
    """
    found = region.upper()
    if found and found not in phonenumbers.SUPPORTED_REGIONS:
        raise UsageError(f"{quoted(region)} is no country; write two letters, as 'GB' or 'US'")
    return found


def e164(text: str, region: str = "") -> str:
    """Read a number and write it as E.164 does. About 50 us.

    Parameters
    ----------
    text : str
        Digits with or without blanks, dashes, brackets and dots; with "+" and a country code, or as written within
        `region`.
    region : str, default ""
        For numbers without a country code, as ISO 3166 says ("US").

    Raises
    ------
    DataError
        If the text is no number, has no country code and no region is given, or no plan has such a number.

    Examples
    --------
    >>> e164("(212) 555-0123", "US"), e164("+44 20 7946 0958")
    ('+12125550123', '+442079460958')
    >>> e164("555-0123", "US")
    Traceback (most recent call last):
        ...
    routing.errors.DataError: '555-0123' is no number that can exist in US; correct or drop it
    """
    return str(phonenumbers.format_number(_parsed(text, region), phonenumbers.PhoneNumberFormat.E164))


@lru_cache(maxsize=65_536)
def place(number: str, placing: Placing = "number") -> Place:
    """Say what is known of a number in international form. About 60 us, and 100 ns when it was asked of late.

    Parameters
    ----------
    number : str
        In E.164 form.
    placing : {"number", "country"}, default "number"
        Where its plan has it: the zones of its area code or, for a number that belongs to no area, of its country. With
        "country" every number but one that is a fixed line for certain may be anywhere in its country: mobile phones
        travel and are ported, and in North America no number tells whether it is one.

    Raises
    ------
    DataError
        As for `e164`.

    Examples
    --------
    >>> place("+12125550123")
    Place(number='+12125550123', region='US', kind='fixed_or_mobile', zones=('America/New_York',))
    >>> zones = place("+12125550123", "country").zones
    >>> "Pacific/Honolulu" in zones, "America/Toronto" in zones
    (True, False)
    """
    parsed = _parsed(number, "")
    region = str(phonenumbers.region_code_for_number(parsed) or "")
    if region == "001":  # the library's word for no country
        region = ""
    kind = _KINDS.get(phonenumbers.number_type(parsed), "other")
    zones: Iterable[str] = _timezone.time_zones_for_number(parsed)
    if (placing == "country" or kind == "toll_free") and kind != _FIXED:
        zones = _country_zones(parsed.country_code or 0, region) or zones
    return Place(number, region, kind, tuple(sorted(name for name in zones if name != _UNKNOWN)))


def with_zones(found: Place, also: Iterable[str]) -> Place:
    """Add time zones that are known otherwise, such as that of the customer's address: all of them must be open.

    >>> with_zones(place("+12125550123"), ["America/Denver"]).zones
    ('America/Denver', 'America/New_York')
    """
    return found._replace(zones=tuple(sorted({*found.zones, *filter(None, also)})))


def _parsed(text: str, region: str) -> PhoneNumber:
    try:
        parsed = phonenumbers.parse(text, region or None)
    except NumberParseException:
        how = "write it with + and country code" if not region else "correct or drop it"
        raise DataError(f"{quoted(text)} is no telephone number; {how}") from None
    if not phonenumbers.is_valid_number(parsed):
        where = f" in {region}" if region else ""
        raise DataError(f"{quoted(text)} is no number that can exist{where}; correct or drop it")
    return parsed


@lru_cache(maxsize=512)
def _country_zones(code: int, region: str) -> frozenset[str]:
    """Every zone of a country: of its calling code and, where countries share it in North America, of its areas."""
    start = str(code)
    if code != _NANP:
        return frozenset(
            name for prefix, zones in TIMEZONE_DATA.items() if prefix.startswith(start) for name in zones
        )
    found: set[str] = set()
    for prefix, zones in TIMEZONE_DATA.items():
        if len(prefix) >= 4 and prefix[0] == start:
            sample = PhoneNumber(_NANP, int(prefix[1:] + "2002000"[len(prefix) - 4 :]))
            if phonenumbers.region_code_for_number(sample) == region:
                found.update(zones)
    return frozenset(found)
