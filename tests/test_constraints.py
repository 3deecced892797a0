"""The pins: complete, without addresses, and in step with pyproject.toml and environment.yml."""

from __future__ import annotations

import ast
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from labkit import constraints

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
LINES = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
PINS = [Requirement(line) for line in LINES[1:]]
LISTS = [PROJECT["dependencies"], *PROJECT["optional-dependencies"].values()]
WANTED = [Requirement(line) for lines in LISTS for line in lines]


def pins_of(name: str) -> list[Requirement]:
    return [pin for pin in PINS if canonicalize_name(pin.name) == canonicalize_name(name)]


def test_the_first_line_names_the_command_that_makes_it():
    assert LINES[0] == constraints.HEADER.strip()
    assert "labkit constraints" in LINES[0]


def test_no_pin_carries_an_address_or_an_option():
    assert not [line for line in LINES if "://" in line or "@" in line or line.startswith("-")]


def test_every_pin_is_one_exact_version():
    assert not [str(pin) for pin in PINS if [spec.operator for spec in pin.specifier] != ["=="]]


@pytest.mark.parametrize("wanted", WANTED, ids=lambda wanted: wanted.name)
def test_every_dependency_is_pinned_within_its_range(wanted: Requirement):
    pins = pins_of(wanted.name)
    assert pins
    for pin in pins:
        assert wanted.specifier.contains(next(iter(pin.specifier)).version), pin


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
@pytest.mark.parametrize("system", ["linux", "darwin", "win32"])
def test_no_package_is_pinned_twice_on_one_machine(python: str, system: str):
    machine = {"python_version": python, "python_full_version": f"{python}.9", "sys_platform": system}
    names = [pin.name for pin in PINS if pin.marker is None or pin.marker.evaluate(machine)]
    assert len(names) == len(set(names))


def test_environment_yml_installs_what_lab_py_installs():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    python, pip, lines = environment["dependencies"]
    assert pip == "pip"
    assert lines == {"pip": ["-c constraints.txt", "-e ."]}
    assert environment["name"] == PROJECT["name"]
    assert SpecifierSet(PROJECT["requires-python"]).contains(python.removeprefix("python="))


def test_third_party_md_names_every_dependency():
    notices = (ROOT / "THIRD_PARTY.md").read_text(encoding="utf-8")
    assert not [wanted.name for wanted in WANTED if f"| {wanted.name} |" not in notices]


def test_third_party_md_names_every_licence_that_came_with_data():
    notices = (ROOT / "THIRD_PARTY.md").read_text(encoding="utf-8")
    licences = [path.relative_to(ROOT).as_posix() for path in (ROOT / "labkit").rglob("*LICENSE*")]
    assert licences and not [path for path in licences if f"`{path}`" not in notices]


def test_options_comments_and_addresses_are_taken_out_of_what_uv_prints():
    printed = "--index-url https://index.example/simple\n# by uv\nsimpy==4.1.2\n    # via -r\nx @ https://x.example/x.whl\n"
    assert constraints.without_addresses(printed) == "simpy==4.1.2\n"


def test_changes_name_what_went_and_what_came():
    assert constraints.changes("a==1\nb==1\n", "a==2\nb==1\n") == ["- a==1", "+ a==2"]


def test_a_machine_without_uv_is_told_how_to_get_it(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(constraints.shutil, "which", lambda name: None)
    with pytest.raises(constraints.LabError, match="pip install uv"):
        constraints.compiled()


def test_the_library_imports_what_is_declared_and_all_that_is_declared_is_imported():
    declared = {Requirement(line).name for line in PROJECT["dependencies"]}
    run_not_imported = {"ipykernel", "websockets"}
    comes_with_ipykernel = {"jupyter_client", "IPython", "traitlets"}
    only_where_a_worker_brings_it = {"fastapi"}
    only_where_it_is_installed = {Requirement(line).name for line in PROJECT["optional-dependencies"]["fast"]}
    the_workers_own = {"workers", "js", "pyodide", "labkit"}
    elsewhere = comes_with_ipykernel | only_where_a_worker_brings_it | only_where_it_is_installed
    known = sys.stdlib_module_names | elsewhere | the_workers_own
    named_otherwise = {"PIL": "pillow"}
    names = {named_otherwise.get(name, name) for name in imported_by_the_library()}
    imported = {name for name in names if not name.startswith("_")} - known
    assert imported == declared - run_not_imported


def imported_by_the_library() -> set[str]:
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in (ROOT / "labkit").rglob("*.py"))
    nodes = [node for tree in trees for node in ast.walk(tree)]
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    names |= {str(node.module) for node in nodes if isinstance(node, ast.ImportFrom)}
    return {name.split(".")[0] for name in names}
