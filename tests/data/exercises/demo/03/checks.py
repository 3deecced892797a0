from __future__ import annotations

from labkit.grading.requirement import requirement

HINTS = ("It is a number.", "It is small.", "It is 3.")


@requirement("the answer is 3", hints=HINTS)
async def answer(ex):
    ex.equal(ex.name("answer_03"), 3, because="The prompt says so.")
