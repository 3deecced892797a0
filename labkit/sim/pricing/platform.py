"""What a month costs on Cloudflare's platform, in US dollars to the last digit: `labkit.billing` for curves.

A bill is rounded to the cent; a curve is not, so that a break-even is where two of them really cross.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from labkit import billing


def month(units: Mapping[str, Any], *, with_fee: bool = True, with_allowances: bool = True) -> float:
    """US dollars of a month on the paid plan for quantities by meter; those of 0 are left out."""
    used = {meter: quantity for meter, quantity in units.items() if quantity}
    return exactly(billing.price(used, with_fee=with_fee, with_allowances=with_allowances))


def exactly(bill: billing.Bill, *prefixes: str) -> float:
    """The unrounded total of a bill, or of the lines whose meters begin with one of `prefixes`."""
    return float(sum(line.amount for line in bill.lines if line.meter.startswith(prefixes or "")))
