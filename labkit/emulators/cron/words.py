"""A cron expression in words, and what a reader who knows another cron may take it for.

The text has been parsed before: here it is only read aloud.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from labkit.emulators.cron.fields import HOUR, MINUTE, MONTH, WEEKDAY, Field

_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December")  # fmt: skip
_WEEKDAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
_POSIX = ("Sunday", *_WEEKDAYS[1:], "Sunday")
_ORDINALS = ("first", "second", "third", "fourth", "fifth")


def explain(text: str) -> str:
    """The expression as one phrase: "every 5th minute", "at 09:00 on Sunday to Thursday"."""
    minute, hour, day, month, weekday = text.split()
    days = " or ".join(filter(None, (_month_day(day), _weekday(weekday))))
    months = "" if month == "*" else f"in {_months(month)}"
    return " ".join(filter(None, (_clock(minute, hour), days, months)))


def hints(text: str) -> list[str]:
    """Warnings about readings that other crons would give."""
    _, _, day, _, weekday = text.split()
    found = []
    if re.match(r"\d", weekday):
        here, there = _weekday(weekday)[3:], _weekday(weekday, _POSIX)[3:]
        named = re.sub(r"\d(?!/)(?<![/#]\d)", lambda match: WEEKDAY.names[int(match[0]) % 7], weekday)
        found.append(f"{weekday!r} is {here}: weekdays are numbered from 1, Sunday. In a POSIX cron it is {there}, "
                     f"which is {named} here.")  # fmt: skip
    if day != "*" and weekday != "*":
        found.append(f"Day of the month {day!r} and weekday {weekday!r} are both given: it fires where either fits.")
    return found


def _clock(minute: str, hour: str) -> str:
    """The time of day: "at 09:00", "every minute", "at minute 0, 30 past hour 9 to 17"."""
    if minute.isdigit() and re.fullmatch(r"\d+(,\d+)*", hour):
        return "at " + _joined([f"{int(each):02}:{int(minute):02}" for each in hour.split(",")])
    past = "" if hour == "*" else _every(HOUR, hour)
    if minute == "*" or minute.startswith("*/"):
        return _every(MINUTE, minute) + (f" of {past}" if past else "")
    return f"at {_every(MINUTE, minute)}" + (f" past {past or 'every hour'}")


def _every(field: Field, text: str) -> str:
    if text == "*":
        return f"every {field.name}"
    if found := re.fullmatch(r"\*/(\d+)", text):
        return f"every {_nth(int(found[1]))}{field.name}"
    return f"{field.name} {_list(field, text, str)}"


def _month_day(text: str) -> str:
    """The field of the day of the month: "on day 1 and 15 of the month", "on the last weekday of the month"."""
    if text == "*":
        return ""
    if found := re.fullmatch(r"L(?:-(\d+))?(W)?", text):
        before, moved = found[1], found[2]
        last = f"day {int(before)} before the last" if before else "the last weekday" if moved else "the last day"
        return f"on {'the weekday nearest to ' if before and moved else ''}{last} of the month"
    if found := re.fullmatch(r"(\d+)W", text):
        return f"on the weekday nearest to day {int(found[1])} of the month"
    return f"on {_every(Field('day', 1, 31), text)} of the month"


def _weekday(text: str, names: tuple[str, ...] = _WEEKDAYS) -> str:
    if text == "*":
        return ""
    offset = 0 if names is _POSIX else 1

    def name(value: int) -> str:
        return names[value - offset]

    if text == "L":
        return "on Saturday"
    if found := re.fullmatch(r"(\w+)L", text):
        return f"on the last {name(WEEKDAY.value(found[1]))} of the month"
    if found := re.fullmatch(r"(\w+)#(\d)", text):
        return f"on the {_ORDINALS[int(found[2]) - 1]} {name(WEEKDAY.value(found[1]))} of the month"
    return f"on {_list(WEEKDAY, text, name)}"


def _months(text: str) -> str:
    return _every(MONTH, text) if text.startswith("*/") and "," not in text else _list(MONTH, text, _month)


def _month(value: int) -> str:
    return _MONTHS[value - 1]


def _list(field: Field, text: str, name: Callable[[int], str]) -> str:
    """A list of values, ranges and steps in words."""
    return _joined([_part(field, part, name) for part in text.split(",")])


def _part(field: Field, part: str, name: Callable[[int], str]) -> str:
    span, _, step = part.partition("/")
    first, _, last = span.partition("-")
    if first == "*":
        first, last = str(field.low), str(field.high)
    elif step and not last:
        last = str(field.high)
    said = name(field.value(first)) + (f" to {name(field.value(last))}" if last else "")
    return f"every {_nth(int(step))}from {said}" if step else said


def _nth(step: int) -> str:
    if step == 1:
        return ""
    ending = "th" if step % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(step % 10, "th")
    return f"{step}{ending} "


def _joined(items: list[str]) -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"
