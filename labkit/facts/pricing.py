"""The meters: what is counted, what each plan allows of it, and what it costs beyond. Read from `pricing.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, Decimal
from functools import cache
from typing import Any

from labkit.errors import LabError
from labkit.facts import FOLDER
from labkit.facts.spelling import did_you_mean
from labkit.facts.table import Table

NOTHING = Decimal(0)


@dataclass(frozen=True)
class Meter:
    """One thing that is counted and billed: `price` US dollars for `per` units. `pricing.toml` explains the fields."""

    name: str
    unit: str
    source: str
    read: date
    price: Decimal = NOTHING
    per: Decimal = Decimal(1)
    included: Decimal = NOTHING
    included_per_day: Decimal = NOTHING
    free_per_day: Decimal | None = None
    free_per_month: Decimal | None = None
    free_held: Decimal | None = None
    free_each: Decimal | None = None
    refusal: str = "an error"
    any_plan: bool = False
    held: bool = False
    round_up_to: Decimal | None = None
    counts_as: str = ""
    ratio: Decimal = Decimal(1)
    mark: str = "documented"
    note: str = ""

    def included_in_a_month(self) -> Decimal:
        """What is included in a month, a daily allowance taken thirty times."""
        return self.included + self.included_per_day * month_days()

    def billable(self, beyond: Decimal) -> Decimal:
        """What is billed of a month's quantity beyond what is included: the only place that rounds a quantity."""
        if self.round_up_to is None:
            return beyond
        return (beyond / self.round_up_to).to_integral_value(ROUND_CEILING) * self.round_up_to

    def cost(self, billed: Decimal) -> Decimal:
        """US dollars, exactly."""
        return billed / self.per * self.price

    def price_words(self) -> str:
        """The price as a customer reads it, such as "$0.30 per 1,000,000"."""
        if not self.price:
            return "free"
        return f"${self.price:f} each" if self.per == 1 else f"${self.price:f} per {number(self.per)}"

    def free_in_a_month(self) -> Decimal | None:
        """What the free plan allows in a month, a daily allowance taken thirty times; None where it has none."""
        if self.free_per_day is not None:
            return self.free_per_day * month_days()
        return self.free_held if self.free_per_month is None else self.free_per_month

    def free_words(self) -> str:
        """What the free plan allows, in words."""
        if self.any_plan:
            return f"{number(self.included)} a month, then paid" if self.included else "none: paid as used"
        ways = {"a day": self.free_per_day, "a month": self.free_per_month}
        ways |= {"at a time": self.free_held, "an invocation": self.free_each}
        return next((f"{number(allowed)} {way}" for way, allowed in ways.items() if allowed is not None), "none")


@cache
def meters() -> Mapping[str, Meter]:
    """Every meter by name, in the order of the file."""
    return {name: Meter(name=name, **({"read": _file()["read"]} | row)) for name, row in _file()["meters"].items()}


def meter(name: str) -> Meter:
    """The meter of that name. A misspelt one is refused with the nearest right one."""
    if name not in meters():
        raise LabError(
            f"No meter is called {name!r}. {did_you_mean(name, meters())}", where="labkit/facts/pricing.toml"
        )
    return meters()[name]


def price_list(product: str = "") -> Table:
    """The meters whose names begin with `product`, such as "r2" or "kv.", as a table that a notebook shows."""
    headings = ("meter", "unit", "paid plan includes a month", "beyond", "free plan allows", "source", "note")
    chosen = [m for m in meters().values() if m.name.startswith(product) and not m.counts_as]
    if not chosen:
        raise LabError(
            f"No meter begins with {product!r}. {did_you_mean(product, {n.split('.')[0] for n in meters()})}"
        )
    rows = [
        (m.name, m.unit, number(m.included_in_a_month()), m.price_words(), m.free_words(), m.source, m.note)
        for m in chosen
    ]
    return Table([headings, *rows], right=(2,), short=5)


def fee(name: str) -> tuple[str, Decimal]:
    """The title and the monthly price in US dollars of a subscription, "workers" or "wfp"."""
    row = _file()["fees"][name]
    return row["title"], Decimal(row["price"])


def month_days() -> Decimal:
    """The days of a month, for what is allowed by the day."""
    return Decimal(_file()["month_days"])


def number(value: Decimal) -> str:
    """A quantity in words: thousands separated, at most three decimals."""
    words = f"{value:,.3f}"
    return words.rstrip("0").rstrip(".")


@cache
def _file() -> dict[str, Any]:
    """The file as plain data, its figures as exact decimals."""
    text = (FOLDER / "pricing.toml").read_text(encoding="utf-8")
    return _decimals(tomllib.loads(text, parse_float=Decimal))


def _decimals(data: Any) -> Any:
    """The same data with decimals for whole numbers, so that all arithmetic is exact."""
    if isinstance(data, dict):
        return {key: _decimals(value) for key, value in data.items()}
    return Decimal(data) if isinstance(data, int) and not isinstance(data, bool) else data
