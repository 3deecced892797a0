from __future__ import annotations

from labkit.grading.requirement import requirement

HINTS = ("It is a number.", "It is small.", "It is 2.")


@requirement("the answer is 2", hints=HINTS)
async def answer(ex):
    ex.equal(ex.name("answer_02"), 2, because="The prompt says so.")
