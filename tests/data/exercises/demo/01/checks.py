from __future__ import annotations

from labkit.grading.requirement import requirement

HINTS = ("What is twice three?", "Add it to itself.", "Write `return 2 * x`.")


@requirement("double(x) is twice x", hints=HINTS)
async def twice(ex):
    ex.equal(ex.call("double", 3), 6, because="Twice three is six.")
