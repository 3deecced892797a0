"""What billable quantities cost: `price(units) -> Bill`, a line for each meter, to the cent.

The units are a trace's: quantities by meter, as `facts/pricing.toml` names and prices them.

- Everything is added up exactly, as decimals; a total is rounded to the cent, half up.
- R2 and Durable Objects round what is billed of a meter in a month up to a whole million or GB, as the examples on
  their pages do. All other meters are prorated.
- A scale multiplies what happens, such as requests, and not what is held, such as storage.
- Each month is billed alike: the units of several months are taken as evenly spread, and a month has 30 days.
- The paid plan costs its fee, whatever is used. Where a `wfp.` meter is used, the fee of Workers for Platforms stands
  in its place, as in the example on its page.
- The free plan charges nothing; a quantity beyond what it allows is refused, for the platform fails closed. R2 is not
  part of either plan: it is charged for as used on both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from labkit import facts
from labkit.errors import LabError
from labkit.facts.pricing import NOTHING, Meter, fee, meter, meters, number
from labkit.facts.spelling import did_you_mean
from labkit.facts.table import Table

CENT = Decimal("0.01")
PAID_HEADINGS = ("meter", "quantity", "included", "billed", "price", "amount")
FREE_HEADINGS = ("meter", "quantity", "allowed", "used", "outcome", "amount")
NUMBERS = (1, 2, 3, 5)


@dataclass(frozen=True)
class Line:
    """One row of a bill, over all its months. On the free plan `used` is the share of what is allowed."""

    meter: str
    quantity: Decimal
    included: Decimal = NOTHING
    billed: Decimal = NOTHING
    price: str = ""
    amount: Decimal = NOTHING
    allowed: str = ""
    used: Decimal | None = None
    refused: str = ""

    def paid_words(self) -> tuple[str, ...]:
        """The row under `PAID_HEADINGS`."""
        quantities = (number(self.quantity), number(self.included), number(self.billed))
        return (self.meter, *quantities, self.price, money(self.amount))

    def free_words(self) -> tuple[str, ...]:
        """The row under `FREE_HEADINGS`."""
        used = "" if self.used is None else f"{self.used:.1%}" if self.used < 1 else f"{self.used:,.0%}"
        outcome = f"REFUSED: {self.refused}" if self.refused else self.price or "served"
        return (self.meter, number(self.quantity), self.allowed, used, outcome, money(self.amount))


@dataclass(frozen=True)
class Bill:
    """What was used and what it costs; a table wherever it is shown."""

    plan: str
    months: Decimal
    scale: Decimal
    lines: tuple[Line, ...]
    inputs: Mapping[str, Any]

    @property
    def total(self) -> Decimal:
        """US dollars, to the cent."""
        return sum((line.amount for line in self.lines), NOTHING).quantize(CENT, ROUND_HALF_UP)

    @property
    def refused(self) -> tuple[Line, ...]:
        """The lines that the free plan does not serve in full."""
        return tuple(line for line in self.lines if line.refused)

    def __getitem__(self, name: str) -> Line:
        found = {line.meter: line for line in self.lines}
        if name not in found:
            raise LabError(f"The bill has no line {name!r}. {did_you_mean(name, found)}")
        return found[name]

    def at(self, scale: float | Decimal) -> Bill:
        """The bill at another scale: the thousand requests of a lab as thirty million are `bill.at(30_000)`."""
        return price(**{**self.inputs, "scale": scale})

    def rows(self) -> list[tuple[str, ...]]:
        """The bill as words: headings, lines, total."""
        total = ("total", "", "", "", "", f"${self.total:,}")
        if self.plan == "free":
            return [FREE_HEADINGS, *(line.free_words() for line in self.lines), total]
        return [PAID_HEADINGS, *(line.paid_words() for line in self.lines), total]

    def table(self) -> Table:
        """The bill as a table."""
        return Table(self.rows(), right=NUMBERS, head=self._title())

    def __repr__(self) -> str:
        return repr(self.table())

    def _repr_html_(self) -> str:
        return self.table()._repr_html_()

    def _title(self) -> str:
        period = "1 month" if self.months == 1 else f"{number(self.months)} months"
        times = "" if self.scale == 1 else f", {number(self.scale)} times what was measured"
        return f"The {self.plan} plan, {period}{times}"


def price(
    units: Mapping[str, Any],
    plan: str = "paid",
    months: float | Decimal = 1,
    scale: float | Decimal = 1,
    *,
    with_fee: bool = True,
    with_allowances: bool = True,
) -> Bill:
    """The bill for `units`, taken `scale` times and used over `months`, on the "paid" or the "free" plan.

    Without the fee, or without allowances: what the units add to the bill of an account that already pays the fee, or
    has used up its allowances elsewhere.
    """
    if plan not in facts.PLANS:
        raise LabError(f"There is no plan {plan!r}: say 'free' or 'paid'.")
    inputs = {"units": dict(units), "plan": plan, "months": months, "scale": scale}
    inputs |= {"with_fee": with_fee, "with_allowances": with_allowances}
    months, scale = _positive("months", months), _positive("scale", scale)
    used = _by_meter(units, scale)
    one_line = _paid_line if plan == "paid" else _free_line
    lines = [one_line(meter(name), quantity, months, with_allowances) for name, quantity in used.items()]
    fees = _fees(used, months) if plan == "paid" and with_fee else ()
    return Bill(plan, months, scale, (*fees, *lines), inputs)


def money(amount: Decimal) -> str:
    """US dollars to the cent; a sum that would show as nothing though it is something is "< $0.01"."""
    return "< $0.01" if 0 < amount < CENT / 2 else f"${amount.quantize(CENT, ROUND_HALF_UP):,}"


def _paid_line(of: Meter, quantity: Decimal, months: Decimal, with_allowances: bool) -> Line:
    included = of.included_in_a_month() if with_allowances else NOTHING
    billed = of.billable(max(NOTHING, quantity / months - included))
    return Line(of.name, quantity, included * months, billed * months, of.price_words(), of.cost(billed) * months)


def _free_line(of: Meter, quantity: Decimal, months: Decimal, with_allowances: bool) -> Line:
    words, allowed = of.free_words(), of.free_in_a_month()
    if of.any_plan:
        return replace(_paid_line(of, quantity, months, with_allowances), allowed=words)
    if of.free_each is not None:
        return Line(of.name, quantity, allowed=words, price="served up to that")
    if allowed is None:
        return Line(of.name, quantity, allowed=words, refused="not on the free plan")
    used = quantity / months / allowed
    return Line(of.name, quantity, allowed=words, used=used, refused=of.refusal if used > 1 else "")


def _fees(used: Mapping[str, Decimal], months: Decimal) -> Iterator[Line]:
    name = "wfp" if any(name.startswith("wfp.") for name in used) else "workers"
    title, dollars = fee(name)
    yield Line(title, months, NOTHING, months, f"${dollars} a month", dollars * months)


def _by_meter(units: Mapping[str, Any], scale: Decimal) -> dict[str, Decimal]:
    """The quantities to bill, in the order of the price list, each under the meter that it counts as."""
    total: dict[str, Decimal] = {}
    for name, quantity in units.items():
        counted = meter(name)
        share = _quantity(name, quantity) * (1 if counted.held else scale) / counted.ratio
        total[counted.counts_as or name] = total.get(counted.counts_as or name, NOTHING) + share
    return {name: total[name] for name in meters() if name in total}


def _quantity(name: str, given: Any) -> Decimal:
    try:
        quantity = Decimal(str(given))
    except InvalidOperation:
        quantity = Decimal("NaN")
    if not quantity.is_finite() or quantity < 0:
        raise LabError(f"A quantity of {name} is a number from 0 upwards, not {given!r}.")
    return quantity


def _positive(name: str, given: Any) -> Decimal:
    if not (quantity := _quantity(name, given)):
        raise LabError(f"A bill's {name} is a number above 0, not {given!r}.")
    return quantity
