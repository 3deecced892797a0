"""What prose borrows: facts and files."""

from __future__ import annotations

import json

import pytest

from labkit.building import LessonError


def prose_of(built, text: str) -> str:
    return "".join(json.loads(built(f"# %% [markdown]\n# {text}"))["cells"][0]["source"])


@pytest.mark.parametrize(
    "written, read",
    [
        ("{{kv.value_bytes}}", "26,214,400"),
        ("{{ kv.value_bytes:MiB }}", "25"),
        ("{{kv.value_bytes:MB}}", "26.2144"),
        ("{{workers.subrequests@free}}", "50"),
    ],
)
def test_a_fact_is_filled_in(built, written, read):
    assert prose_of(built, f"Up to {written} of it.") == f"Up to {read} of it."


@pytest.mark.parametrize(
    "written, words",
    [
        ("{{kv.valu_bytes}}", "'kv.value_bytes'?|'value_bytes'?"),
        ("{{kv.value_bytes:MiBs}}", "'MiB'?"),
        ("{{workers.subrequests}}", "plan"),
        ("<!-- include: no.ts -->", "no file no.ts"),
    ],
)
def test_an_unknown_name_is_refused_with_the_line(built, written, words):
    with pytest.raises(LessonError, match=rf"88_own\.py, line 1: .*(?:{words})"):
        prose_of(built, written)


def test_an_included_file_becomes_a_fenced_block(built, tmp_path):
    (tmp_path / "own.ts").write_text("const x = 1;\n")
    assert prose_of(built, "<!-- include: own.ts -->") == "```ts\nconst x = 1;\n```"


def test_an_included_file_is_taken_as_it_is(built, tmp_path):
    (tmp_path / "own.ts").write_text("const x = `{{kv.value_bytes}} \\\\1`;\n")
    assert "{{kv.value_bytes}} \\\\1" in prose_of(built, "<!-- include: own.ts -->")
