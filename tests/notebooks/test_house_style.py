"""The house style: every lesson keeps it, and each rule finds its own mistake."""

from __future__ import annotations

import pytest

from labkit.building import lessons
from labkit.grading import shelf
from tests.building.conftest import demo_folders
from tests.notebooks.house_style import ELEMENTS, findings, word_count


@pytest.mark.parametrize("source", lessons(), ids=lambda path: path.stem)
def test_the_lesson_keeps_the_house_style(source):
    found = findings(source, shelf.folders())
    assert not found, "\n".join(found)


def found_in(tmp_path, text: str, name: str = "88_own.py") -> list[str]:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return findings(path, demo_folders())


@pytest.mark.parametrize(
    "text, words",
    [
        ("# %%\n" + "x = 1\n" * 7, ["88_own.py:1: 7 lines of code; 6 is the limit"]),
        ("# %%\n" + "x = 1\n" * 6, []),
        ("# %%\nclass A:\n" + "    x = 1\n" * 13, []),
        ("# %%\nclass A:\n" + "    x = 1\n" * 14, ["15 lines of code; 14 is the limit"]),
        ("# %%\n# a comment\n\n" + "x = 1\n" * 6, []),
        ("# %% [markdown]\n# " + "word " * 91, ["91 words; 90 is the limit", "half of the prose cells"]),
        ("# %%\n1\n\n# %% [markdown]\n# It is Simply done.", ['88_own.py:4: "Simply" is filler']),
        ("# %% [markdown]\n# It is done, let’s go.", ['"let’s" is filler']),
        ("# %% [markdown]\n# The method `.just()` justifies uneasy text.", []),
    ],
)
def test_each_rule_of_style_finds_its_own_mistake_and_nothing_else(tmp_path, text, words):
    found = [sentence for sentence in found_in(tmp_path, text) if "88_own.py: the lesson" not in sentence]
    found = [sentence for sentence in found if "headed by a question" not in sentence]
    assert len(found) == len(words) and all(word in sentence for word, sentence in zip(words, found, strict=True))


WHOLE = """
# %% [markdown]
# # A lesson
#
# You will be able to count. 45 minutes. Prerequisites: none.

# %%
from labkit.notebook import *

# %% [markdown]
# ## Recall
#
# 1. One? 2. Two?
# 2. Two?
# 3. Three?

# %% [markdown]
# ## Who?
# ## What?
# ## When?
# ## Why?
# ### Worked example
# ### Fill the blanks
# ### Modify it
# ### Build a counter
# ### Bug hunt
# ### A customer asks
# ### In TypeScript
# ### Limits and prices
# ### Where the emulator differs
# ### Summary

# %%
predict("p", "Which?", a="this", b="that")
order("o", [1, 2])

# %%
# exercise: demo-01
"""


def test_a_lesson_with_every_element_is_whole(tmp_path):
    assert found_in(tmp_path, WHOLE.lstrip()) == []


@pytest.mark.parametrize("line, element", [
    ("# You will be able to count. 45 minutes. Prerequisites: none.", "objectives"),
    ("# You will be able to count. 45 minutes. Prerequisites: none.", "how many minutes"),
    ("# You will be able to count. 45 minutes. Prerequisites: none.", "prerequisites"),
    ("from labkit.notebook import *", "the first cell"),
    ("# ## Recall", "Recall"),
    ("# 3. Three?", "2 recall questions"),
    ("# ## Who?", "3 sections"),
    ("# ### Worked example", "a worked example"),
    ("# ### Fill the blanks", "the example faded"),
    ("# ### Modify it", "a modification"),
    ("# ### Build a counter", "a build"),
    ("# ### Bug hunt", "a bug hunt"),
    ("# ### A customer asks", "a customer conversation"),
    ("# ### In TypeScript", "In TypeScript"),
    ("# ### Limits and prices", "Limits and prices"),
    ("# ### Where the emulator differs", "Where the emulator differs"),
    ("# ### Summary", "a summary"),
    ('predict("p", "Which?", a="this", b="that")', "a prediction"),
    ('order("o", [1, 2])', "an ordering problem"),
])  # fmt: skip
def test_a_lesson_that_lacks_an_element_is_told_which(tmp_path, line, element):
    assert any(element in sentence for sentence in found_in(tmp_path, WHOLE.lstrip().replace(line, "")))


def test_the_first_lesson_has_a_lighter_list(tmp_path):
    lacking = [sentence for sentence in found_in(tmp_path, "# %%\n1\n", "00_own.py") if "lacks" in sentence]
    assert 0 < len(lacking) < len(ELEMENTS)


def test_code_tables_and_headings_are_not_counted_as_prose():
    assert (
        word_count("## A heading\n\nTwo words.\n\n| a | table |\n\n```ts\nconst x = 1;\n```\n<!-- include: a.ts -->")
        == 2
    )
