"""Telephone numbers as people write them, to the digits of E.164; many thousands a second.

The library ``phonenumbers`` knows the numbering plan of every country, and takes a tenth of a millisecond for each
number. Most numbers of a list are written plainly, though: digits, perhaps a plus, perhaps punctuation. For these the
library's own tables are put together into one pattern a country, once, and a number is accepted when exactly one
reading of it is possible. Everything else, and everything that would be refused, is left to the library; so the answers
are the same, which a test compares for every country.

Owns reading numbers; must not know lists, nor who may be called (``routing.compliance``).
"""

import re
from functools import lru_cache
from typing import Final, NamedTuple

import phonenumbers
from phonenumbers import PhoneMetadata, PhoneNumberDesc
from phonenumbers.phonenumberutil import COUNTRY_CODE_TO_REGION_CODE

from routing.compliance.numbers import country
from routing.errors import DataError
from routing.words import quoted

_PUNCTUATION: Final = str.maketrans("", "", " -().\u00a0")
_KINDS: Final = (
    "fixed_line",
    "mobile",
    "toll_free",
    "premium_rate",
    "shared_cost",
    "voip",
    "personal_number",
    "pager",
    "uan",
    "voicemail",
)
_NON_GEOGRAPHIC: Final = "001"
_CODE_DIGITS: Final = 3  # of a country calling code, at most
_MAX_CHARS: Final = 60


class Plan(NamedTuple):
    """The numbers of a country calling code."""

    code: str
    valid: re.Pattern[str]  # of the digits behind the code
    prefix: (
        re.Pattern[str] | None
    )  # what a caller at home dials before them, and might have been written here


class Home(NamedTuple):
    """How numbers are written within a country."""

    plan: Plan
    general: re.Pattern[str]
    lengths: frozenset[int]
    abroad: re.Pattern[str] | None  # what is dialled before a country calling code
    literal: str  # the national prefix, where it is nothing but digits


class NumberReader:
    """Reads numbers as they are written in a country.

    Parameters
    ----------
    region : str, default ""
        Two letters of ISO 3166: the country of numbers without a plus; "": each must have one.

    Examples
    --------
    >>> british = NumberReader("GB")
    >>> british.read("020 7946 0018"), british.read("+1 (202) 555-0123")
    (442079460018, 12025550123)
    >>> british.read("12345")
    Traceback (most recent call last):
        ...
    routing.errors.DataError: '12345' is no telephone number of GB; correct it
    """

    def __init__(self, region: str = "") -> None:
        self.region = country(region)
        self._home = home(self.region) if self.region else None

    def read(self, text: str) -> int:
        """Read a number; the digits of E.164 as a whole number.

        Raises
        ------
        DataError
            If it is none, or of no numbering plan.
        """
        digits = text.translate(_PUNCTUATION)
        if digits.isascii():
            found = self._abroad(digits[1:]) if digits[:1] == "+" else self._at_home(digits)
            if found:
                return int(found)
        return self._slowly(text)

    def _abroad(self, digits: str) -> str:
        """Read a number behind a plus; "" where it is not plain."""
        if not digits.isdigit():
            return ""
        for size in range(1, _CODE_DIGITS + 1):
            plan = plan_of(digits[:size])
            if plan is not None:
                rest = digits[size:]
                if plan.prefix is not None and plan.prefix.match(rest):
                    return ""
                return digits if plan.valid.fullmatch(rest) else ""
        return ""

    def _at_home(self, digits: str) -> str:
        """Read a number without a plus; "" where it is not plain."""
        home = self._home
        if home is None or not digits.isdigit() or (home.abroad is not None and home.abroad.match(digits)):
            return ""
        plan = home.plan
        whole = home.general.fullmatch(digits) is not None
        rest = digits
        if digits.startswith(plan.code):
            if whole and len(digits) not in home.lengths:
                return ""
            if not whole:  # the country calling code without its plus
                rest = digits[len(plan.code) :]
                if not home.general.fullmatch(rest):
                    return ""
                whole = True
        prefixed = None if plan.prefix is None else plan.prefix.match(rest)
        if prefixed is not None:
            known = home.literal and digits.startswith(home.literal) and prefixed.end() == len(home.literal)
            if rest is not digits or whole or not known:
                return ""
            rest = digits[len(home.literal) :]
        if home.general.fullmatch(rest) and plan.valid.fullmatch(rest):
            return plan.code + rest
        return ""

    def _slowly(self, text: str) -> int:
        plain = text.strip()
        if not plain:
            raise DataError("the number is empty; write it, with its country: +442079460018")
        if len(plain) > _MAX_CHARS:
            raise DataError(f"{quoted(plain)} is too long for a telephone number; correct it")
        try:
            number = phonenumbers.parse(plain, self.region or None)
        except phonenumbers.NumberParseException as error:
            if not self.region and not plain.startswith("+"):
                raise DataError(
                    f"{quoted(plain)} has no country; write it with a plus, or name the region of the list"
                ) from None
            why = " ".join(str(error).split())
            raise DataError(f"{quoted(plain)} is no telephone number ({why}); correct it") from None
        if not phonenumbers.is_valid_number(number):
            of = f" of {self.region}" if self.region and not plain.startswith("+") else ""
            raise DataError(f"{quoted(plain)} is no telephone number{of}; correct it")
        if number.extension:
            raise DataError(f"{quoted(plain)} has an extension, which nobody can dial; remove it")
        return int(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)[1:])


@lru_cache(4_096)
def plan_of(code: str) -> Plan | None:
    """Give the numbers of a country calling code; nothing for a code that is none, or of no country.

    >>> plan_of("44").valid.fullmatch("2079460018") is not None, plan_of("999")
    (True, None)
    """
    regions = COUNTRY_CODE_TO_REGION_CODE.get(int(code or 0), ())
    if not regions or code.startswith("0") or regions[0] == _NON_GEOGRAPHIC:
        return None
    parts: list[str] = []
    not_those = ""
    for region in regions:
        data = PhoneMetadata.metadata_for_region(region, None)
        if data is None:
            continue
        kinds = [getattr(data, kind) for kind in _KINDS]
        any_kind = "|".join(
            _described(kind) for kind in kinds if kind is not None and kind.national_number_pattern
        )
        leading = f"(?={data.leading_digits})" if data.leading_digits else ""
        parts.append(f"{not_those}{leading}(?={_described(_general(data))})(?:{any_kind})")
        if data.leading_digits:  # a number with these is of that region, or of none
            not_those += f"(?!{data.leading_digits})"
    first = PhoneMetadata.metadata_for_region(regions[0], None)
    prefix = first.national_prefix_for_parsing if first is not None else None
    return Plan(code, re.compile("|".join(parts)), re.compile(prefix) if prefix else None)


@lru_cache(512)
def home(region: str) -> Home | None:
    """Tell how numbers are written within a country; nothing where that is not plain."""
    data = PhoneMetadata.metadata_for_region(region, None)
    if data is None:
        return None
    plan = plan_of(str(data.country_code))
    if plan is None:
        return None
    prefix = data.national_prefix_for_parsing
    plan = plan._replace(prefix=re.compile(prefix) if prefix else None)
    literal = data.national_prefix or ""
    general = _general(data)
    return Home(
        plan,
        re.compile(general.national_number_pattern or ""),
        frozenset(general.possible_length),
        re.compile(data.international_prefix) if data.international_prefix else None,
        literal if literal.isdigit() else "",
    )


def _general(data: PhoneMetadata) -> PhoneNumberDesc:
    return data.general_desc or PhoneNumberDesc()


def _described(kind: PhoneNumberDesc) -> str:
    """A pattern of whole numbers of a kind, with the lengths that it allows."""
    lengths = "|".join(rf"\d{{{size}}}" for size in kind.possible_length if size > 0)
    ahead = rf"(?=(?:{lengths})\Z)" if lengths else ""
    return rf"{ahead}(?:{kind.national_number_pattern})\Z"
