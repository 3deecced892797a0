"""What somebody outside any Worker does with a database: `wrangler d1 execute`, and a look at it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labkit.emulators.d1.results import Answer, row_of
from labkit.emulators.d1.sql import pieces, shortened
from labkit.emulators.d1.words import Refused
from labkit.errors import PlatformError
from labkit.workers.jsdict import JsDict

if TYPE_CHECKING:
    from labkit.emulators.d1 import D1


def execute(d1: D1, sql: str) -> list[JsDict]:
    """Run the statements of a text in one transaction: a D1Result for each."""
    d1.refuse_under_way()
    statements = [(piece, ()) for piece in pieces(sql)]
    with d1.world.trace.event("d1", "execute", d1.primary or "", sql=shortened(sql)) as event:
        try:
            answer = Answer(d1.disk.run(statements), 0, {})
            d1.commit()
        except Refused as refusal:
            event.outcome = refusal.outcome
            raise PlatformError(refusal.message) from None
        event.units = d1.bill(answer)
    return [answer.whole(at) for at in range(len(answer.results))]


def query(d1: D1, sql: str) -> list[JsDict]:
    """The rows of a statement that only reads."""
    try:
        result = d1.disk.look(sql)
    except Refused as refusal:
        raise PlatformError(refusal.message) from None
    return [row_of(result.columns, row) for row in result.rows]
