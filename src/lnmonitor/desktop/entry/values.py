"""What a person types, read as a value: numbers, words for absence, operators, instants.

No widget here: the same rules serve every field, and tests need no window. A text that cannot be
read raises `UnreadableError`; it is never rounded, guessed or dropped.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time

from lnmonitor.errors import UserError
from lnmonitor.study import dates
from lnmonitor.study.items import ItemField, Kind, Missing

Value = str | int | float | None

MISSING_WORDS = tuple(code.value for code in Missing)
OPERATORS = ("<=", ">=", "<", ">")
_SPACES = " \u2009\u00a0\u202f"
_SIGNS = str.maketrans({"−": "-", "≤": "<=", "≥": ">=", "，": ",", "．": ".", "＜": "<", "＞": ">"})
_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)")
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")
_GROUPED = re.compile(r"[+-]?\d{1,3}([ \u2009\u00a0\u202f]\d{3})+([.,]\d+)?")
_ISO = re.compile(r"\d{4}(-\d{2}(-\d{2}(T\d{2}:\d{2}.*)?)?)?")
_ISO_T = re.compile(r"(?<=\d)T(?=\d)")
_CLOCK = re.compile(r"(\d{1,2})[:.：]?(\d{2})")


class UnreadableError(UserError):
    """A typed text that is no value of its item; the text stays in the field."""


@dataclass(frozen=True)
class Answer:
    """What an item says: a value, or a missing code (ND, UNK, NA), or nothing yet.

    `operator` is "<", "<=", ">" or ">=" before a laboratory number outside the measuring range.
    """

    value: Value = None
    missing: str = ""
    operator: str = ""

    @property
    def empty(self) -> bool:
        """Whether there is neither a value nor a reason for having none."""
        return self.value is None and not self.missing


EMPTY = Answer()


def missing_word(text: str, *, exact: bool = False) -> str:
    """Return ND, UNK or NA if the text is one of these words, else "".

    `exact` wants capitals, for fields where "na" may be a word of its own.
    """
    word = text.strip()
    word = word if exact else word.upper()
    return word if word in MISSING_WORDS else ""


def parse_number(text: str, *, integer: bool = False) -> int | float:
    """Return the number; a decimal comma and spaces between thousands are accepted.

    Raises:
        UnreadableError: it is no number, or "1,840" that could be 1840 or 1.84, or not whole.
    """
    typed = text.strip().translate(_SIGNS)
    if _THOUSANDS.fullmatch(typed):
        raise UnreadableError(
            'Is "{text}" {whole} or {decimal}?',
            "Type {whole} or {decimal}.",
            text=text.strip(),
            whole=typed.replace(",", ""),
            decimal=typed.replace(",", "."),
        )
    if _GROUPED.fullmatch(typed):
        typed = typed.translate({ord(space): None for space in _SPACES})
    if not _NUMBER.fullmatch(typed):
        raise UnreadableError(
            '"{text}" is not a number.',
            "Type a number such as 4.1, or ND, UNK or NA.",
            text=text.strip(),
        )
    number = float(typed.replace(",", "."))
    if not integer:
        return number
    if number != int(number):
        raise UnreadableError(
            "{text} is not a whole number.", "Type it without decimals.", text=text.strip()
        )
    return int(number)


def split_operator(text: str) -> tuple[str, str]:
    """Return the operator before a number ("<", "<=", ">", ">=" or "") and the rest."""
    typed = text.strip().translate(_SIGNS)
    for operator in OPERATORS:
        if typed.startswith(operator):
            return operator, typed[len(operator) :].strip()
    return "", typed


def parse_result(text: str) -> Answer:
    """Return a laboratory number with its operator, a missing code, or an empty answer.

    Raises:
        UnreadableError: it is none of these.
    """
    if not text.strip():
        return EMPTY
    word = missing_word(text)
    if word:
        return Answer(missing=word)
    operator, number = split_operator(text)
    return Answer(parse_number(number), operator=operator)


def parse_answer(text: str, field: ItemField) -> Answer:
    """Return what was typed into a number or text item.

    Raises:
        UnreadableError: it is no value of the item.
    """
    if not text.strip():
        return EMPTY
    is_text = field.kind is Kind.TEXT
    word = missing_word(text, exact=is_text)
    if word:
        return Answer(missing=word)
    if is_text:
        return Answer(text.strip())
    return Answer(parse_number(text, integer=field.kind is Kind.INTEGER))


def parse_clock(text: str) -> str:
    """Return HH:MM for "14:30", "14.30", "1430" or "9:05".

    Raises:
        UnreadableError: it is no time of the day.
    """
    match = _CLOCK.fullmatch(text.strip())
    if match and int(match[1]) < 24 and int(match[2]) < 60:
        return f"{int(match[1]):02d}:{match[2]}"
    raise UnreadableError(
        '"{text}" is not a time.', "Type hours and minutes, such as 14:30.", text=text.strip()
    )


def parse_day(text: str, *, today: date, partial: bool) -> Answer:
    """Return a typed date (t, 3/7, 2009-05) or a missing code.

    Raises:
        DateError: it is neither.
    """
    if not text.strip():
        return EMPTY
    word = missing_word(text)
    return Answer(missing=word) if word else Answer(dates.typed(text, today=today, partial=partial))


def parse_instant(text: str, *, today: date) -> Answer:
    """Return a typed date with a time as ISO text; a time alone is of the day `today`.

    Raises:
        UnreadableError, DateError: the date or the time cannot be read.
    """
    if not text.strip():
        return EMPTY
    word = missing_word(text)
    if word:
        return Answer(missing=word)
    typed = _ISO_T.sub(" ", text.strip())
    day_part, _, clock_part = typed.rpartition(" ")
    clock = parse_clock(clock_part)
    day = dates.typed(day_part, today=today) if day_part else today.isoformat()
    instant = datetime.combine(date.fromisoformat(day), time.fromisoformat(clock))
    return Answer(instant.isoformat(timespec="minutes"))


def format_number(value: float, decimals: int | None = None, *, grouped: bool = False) -> str:
    """Return a number as shown: the item's decimals, more when the value has more.

    `grouped` puts a thin space between thousands, for numbers that are read and not typed.
    """
    shortest = repr(int(value)) if float(value).is_integer() else repr(float(value))
    if decimals is not None and round(value, decimals) == value:
        shortest = f"{value:.{decimals}f}"
    if grouped and abs(value) >= 1000:
        whole, _, rest = shortest.partition(".")
        whole = f"{int(whole):,}".replace(",", "\u2009")
        shortest = f"{whole}.{rest}" if rest else whole
    return shortest


def format_value(value: Value) -> str:
    """Return a value as shown in its field: as typed, no digit added or taken away."""
    if value is None:
        return ""
    return value if isinstance(value, str) else format_number(value)


def format_date(iso: str, language: str) -> str:
    """Return a whole or partial ISO date as read by people: "12 May 2026"; ISO in Chinese.

    A text that is no ISO date is returned as it is.
    """
    if not _ISO.fullmatch(iso):
        return iso
    if language == "zh":
        return iso.replace("T", " ")
    day, _, clock = iso.partition("T")
    try:
        if len(day) == 10:
            moment = date.fromisoformat(day)
            day = f"{moment.day} {dates.MONTHS[moment.month - 1]} {moment.year}"
        elif len(day) == 7:
            day = f"{dates.MONTHS[int(day[5:]) - 1]} {day[:4]}"
    except (ValueError, IndexError):
        return iso
    return f"{day} {clock}" if clock else day
