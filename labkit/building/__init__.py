"""From a lesson's source to its notebooks: the format of a source, and the three states of a notebook.

`notebooks/src/NN_name.py` is the only thing written by hand: a jupytext percent file, one `# %%` line a
cell, prose in `# %% [markdown]` cells whose lines begin with `# `. Besides prose and code it knows:

An exercise, a code cell of this one line:

    # %%
    # exercise: kv-02

becomes the exercise's prompt.md as prose below the line "Exercise kv-02", to which `[...](#kv-02)` links, and a
code cell of that line, the starter, and `check("kv-02")`.

A file, a line of its own in prose, with a path from notebooks/:

    # <!-- include: typescript/04_kv.ts -->

becomes a fenced block of the file's text, in the language of its suffix.

A fact, anywhere in prose or in a prompt, written with thousands separators and without its unit:

    # A value holds up to {{kv.value_bytes:MiB}} MiB; on the free plan {{kv.writes_per_day@free}} writes a day.

`:MiB` (KB, KiB, MB, MiB, GB, GiB, ms, minutes, hours, days) divides a number of bytes or seconds, `@free` or
`@paid` chooses a plan.

A cell may carry tags, as `# %% tags=["raises-exception"]`, where an error is what the lesson shows.

A notebook has three states: "given" is what a learner gets; "solved" has the model answers, and right answers to
the questions; "half" has every second exercise solved, and all questions answered. Only "given" is checked in.
"""

from __future__ import annotations

from labkit.building.notebook import notebook_text, outdated, write
from labkit.building.source import SOURCES, Lesson, LessonError, lessons, read

__all__ = ["SOURCES", "Lesson", "LessonError", "lessons", "notebook_text", "outdated", "read", "write"]
