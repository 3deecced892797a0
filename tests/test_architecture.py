"""Imports point one way, the core starts light, and the repository stands alone."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

# A module may import those of its own line and of the lines above it. A new module needs a place here.
LAYERS = [
    ["errors"],
    ["facts"],
    ["where", "durations"],
    ["agenda", "no_io", "stuck", "submission", "timeline", "counting", "steps", "straight", "lost"],
    ["network"],
    ["trace"],
    ["workers"],
    ["logs"],
    ["world"],
    ["emulators"],
    ["blocking", "sockets"],
    [
        "clock",
        "current",
        "logs",
        "program",
        "wrangler",
        "worker",
        "hosting",
        "invocation",
        "isolate",
        "metered",
        "services",
        "visitor",
        "websocket",
        "driven",
        "billing",
        "front",
    ],
    ["deployment", "events", "inbox", "tails", "traced", "resources", "short_forms", "snapshots"],
    ["serving"],
    ["lab"],
    ["sim", "hono", "pages"],
    ["viz"],
    ["grading"],
    ["exercises"],
    ["notebook"],
    ["building", "export", "cohort"],
    ["folder"],
    ["jupyter", "start", "serve", "readiness", "doctor", "suite", "constraints"],
    ["cli"],
]
PLACE = {name: place for place, names in enumerate(LAYERS) for name in names}
UPWARD = {
    ("trace", "viz"): "a trace shows itself in a notebook; inside a function",
    ("sim", "viz"): "the results of a planet's run do too",
}
CORE = {part for part, place in PLACE.items() if place <= PLACE["lab"]} | {"grading"}
SHARED_BY_EMULATORS = {"caching", "hosting", "javascript", "listing", "outages", "sqlite", "v8"}
SOURCES = sorted((ROOT / "labkit").rglob("*.py"))
MACHINE_PATH = re.compile(r"""(?<![\w./:*{}>-])/(root|home|work|mnt|Users|opt|private|var/folders)/[\w.]""")


def part_of(path: Path) -> str:
    """The name under labkit that a file belongs to: timeline, network, emulators ..."""
    return path.relative_to(ROOT / "labkit").parts[0].removesuffix(".py")


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def imports(tree: ast.AST) -> Iterator[str]:
    """The dotted names that a tree imports, those for type checkers alone excepted; `from a import b` gives a.b."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif not (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)):
            yield from imports(node)


def imports_at_start(tree: ast.Module) -> Iterator[str]:
    """The names that are imported as soon as the module is."""
    lazy = (ast.FunctionDef, ast.AsyncFunctionDef)
    for node in ast.walk(tree):
        if isinstance(node, lazy):
            node.body = [ast.Pass()]
    yield from imports(tree)


def parts_imported(path: Path) -> set[str]:
    """The parts of labkit that a file imports."""
    names = (name.split(".") for name in imports(parsed(path)))
    return {name[1] for name in names if name[0] == "labkit"} & set(PLACE) - {part_of(path)}


def test_every_module_has_its_place_in_the_layers():
    parts = {part_of(path) for path in SOURCES} - {"__init__"}
    assert parts - set(PLACE) == set(), "give these a line in LAYERS"


@pytest.mark.parametrize("part", sorted(PLACE))
def test_imports_point_one_way(part: str):
    upward = {
        f"{path.relative_to(ROOT)} imports {other}"
        for path in SOURCES
        if part_of(path) == part
        for other in parts_imported(path)
        if PLACE[other] > PLACE[part] and (part, other) not in UPWARD
    }
    assert upward == set()


def test_emulators_import_no_other_emulator():
    emulators = ROOT / "labkit" / "emulators"
    for path in sorted(emulators.rglob("*.py")):
        own = path.relative_to(emulators).parts[0].removesuffix(".py")
        others = {name.split(".")[2] for name in imports(parsed(path)) if name.startswith("labkit.emulators.")}
        assert others <= SHARED_BY_EMULATORS | {own}, path


def test_the_core_starts_with_the_standard_library_simpy_and_sqlite_alone():
    allowed = sys.stdlib_module_names | {"labkit", "simpy", "apsw"}
    for path in SOURCES:
        if part_of(path) in CORE:
            heavy = {name.split(".")[0] for name in imports_at_start(parsed(path))} - allowed
            assert heavy == set(), path.relative_to(ROOT)


def test_the_core_has_no_threads_signals_or_subprocesses():
    banned = {"threading", "_thread", "signal", "subprocess", "multiprocessing", "concurrent"}
    for path in SOURCES:
        if part_of(path) in CORE:
            assert not banned & {name.split(".")[0] for name in imports(parsed(path))}, path.relative_to(ROOT)


def test_nothing_names_a_path_outside_of_the_repository():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("not a git clone")
    found = [
        f"{name}: {match.group()}"
        for name in listed.stdout.split("\0")
        if (ROOT / name).is_file() and (text := text_of(ROOT / name))
        for match in MACHINE_PATH.finditer(text)
    ]
    assert found == []


def text_of(path: Path) -> str:
    """The text of a file, or nothing where it is not text."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def test_the_rules_see_what_they_forbid():
    tree = ast.parse("import a\nif TYPE_CHECKING:\n    import b\ndef f():\n    from c.d import e")
    assert list(imports(tree)) == ["a", "c.d.e"]
    assert list(imports_at_start(tree)) == ["a"]
    assert MACHINE_PATH.search("see /" + "home/ada/x") and not MACHINE_PATH.search("https://site.example/home/page")
