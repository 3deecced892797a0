"""`labkit where` finds files by their stem alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from labkit import where
from labkit.errors import LabError

EMULATOR = '''"""Workers KV.

| | |
|---|---|
| modelled | Copies at PoPs (docs) |
| | One write a second |
| not modelled | Bulk writes |

How well it fits | is another | matter.
"""
'''


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name in (
        "labkit/facts/kv.toml",
        "labkit/emulators/kv.py",
        "labkit/exercises/kv/01/prompt.md",
        "notebooks/04_kv.ipynb",
        "notebooks/src/04_kv.py",
        "tests/emulators/test_kv.py",
        "tests/emulators/test_kv_in_time.py",
        "tests/node_modules/kv/index.js",
        "labkit/timeline.py",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "labkit/emulators/kv.py").write_text(EMULATOR)
    return tmp_path


def test_a_stem_gives_its_files_and_folders_everywhere(project: Path):
    assert [path.relative_to(project).as_posix() for path in where.files("kv", project)] == [
        "labkit/emulators/kv.py",
        "labkit/exercises/kv",
        "labkit/facts/kv.toml",
        "notebooks/04_kv.ipynb",
        "notebooks/src/04_kv.py",
        "tests/emulators/test_kv.py",
        "tests/emulators/test_kv_in_time.py",
    ]


def test_a_misspelt_stem_is_refused_with_the_nearest_right_one(project: Path):
    with pytest.raises(LabError, match="Nothing here is called 'timelin'. Did you mean 'timeline'?"):
        where.files("timelin", project)


def test_the_fidelity_table_is_the_one_in_the_docstring(project: Path):
    table = where.fidelity("kv", project)
    assert table is not None
    assert table.rows == [
        ["", "Workers KV."],
        ["modelled", "Copies at PoPs (docs)"],
        ["", "One write a second"],
        ["not modelled", "Bulk writes"],
    ]


def test_an_emulator_in_a_folder_has_its_table_in_the_folders_docstring(project: Path):
    (project / "labkit/emulators/kv.py").unlink()
    (project / "labkit/emulators/kv").mkdir()
    (project / "labkit/emulators/kv/__init__.py").write_text(EMULATOR)
    table = where.fidelity("kv", project)
    assert table is not None and len(table.rows) == 4


def test_what_has_no_such_table_has_no_fidelity(project: Path):
    assert where.fidelity("timeline", project) is None


def test_every_emulator_says_what_it_leaves_out():
    folders = (where.ROOT / "labkit" / name for name in ("emulators", "facts"))
    emulators = set.intersection(*({where.stem_of(path) for path in folder.iterdir()} for folder in folders))
    assert {"kv", "queues", "cache"} <= emulators, "a primitive has facts; what emulators share has none"
    for emulator in sorted(emulators):
        table = where.fidelity(emulator)
        assert table is not None and {"modelled", "simplified", "not modelled"} <= {row[0] for row in table.rows}


def test_the_command_prints_paths_from_the_root(capsys: pytest.CaptureFixture[str]):
    assert where.main(["cli"]) == 0
    assert capsys.readouterr().out.splitlines() == ["labkit/cli.py", "tests/test_cli.py"]
