"""`from workers import ...` finds the lab's modules, and nothing stands in the way of the real ones."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import labkit.workers
from labkit.workers import finder

ROOT = Path(__file__).resolve().parents[2]


def python(code: str, *, path: Path | None = None) -> str:
    """What a fresh interpreter prints, with a folder of modules before everything else."""
    places = [str(place) for place in (path, ROOT) if place is not None]
    prelude = f"import sys; sys.path[:0] = {places!r}\n"
    done = subprocess.run([sys.executable, "-c", prelude + code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize("name", sorted(finder.HOMES))
def test_a_name_of_the_platform_is_importable_after_labkit(name):
    assert python(f"import labkit, {name}; print(sys.modules[{name!r}].__home__.__name__)") == finder.HOMES[name]


def test_nothing_is_in_sys_modules_until_somebody_asks():
    code = "import labkit; print([name for name in ('workers', 'js', 'pyodide', 'asgi') if name in sys.modules])"
    assert python(code) == "[]"


def test_everything_comes_with_a_star():
    assert python("import labkit\nfrom workers import *\nprint(len({Response, env, wait_until, fetch}))") == "4"


def test_the_facade_gives_the_very_same_objects():
    code = "import labkit, workers, labkit.workers.response as ours; print(workers.Response is ours.Response)"
    assert python(code) == "True"


def test_a_missing_name_is_an_import_error_that_names_the_module():
    code = "import labkit\ntry:\n from workers import nope\nexcept ImportError as error: print(error)"
    assert python(code).startswith("cannot import name 'nope' from 'workers'")


def test_an_attribute_error_names_the_module_that_was_asked():
    code = "import labkit, workers\ntry: workers.nope\nexcept AttributeError as error: print(error)"
    assert python(code) == "module 'workers' has no attribute 'nope'"


def test_a_global_that_is_not_emulated_says_so_even_in_an_import():
    code = "import labkit\ntry:\n from js import HTMLRewriter\nexcept Exception as error: print(type(error).__name__)"
    assert python(code) == "NotEmulated"


def test_a_really_installed_module_wins(tmp_path):
    (tmp_path / "workers.py").write_text("REAL = True\n", encoding="utf-8")
    assert python("import labkit, workers; print(workers.REAL)", path=tmp_path) == "True"


def test_a_module_that_exists_nowhere_is_still_missing():
    code = "import labkit\ntry: import workers.nope\nexcept ImportError as error: print(error)"
    assert python(code) == "No module named 'workers.nope'"


def test_installing_twice_leaves_one_finder_at_the_end():
    code = """
import labkit
from labkit.workers import finder
finder.install()
print(sum(isinstance(one, finder.WorkersFinder) for one in sys.meta_path), type(sys.meta_path[-1]).__name__)
"""
    assert python(code) == "1 WorkersFinder"


def test_the_real_package_is_loaded_once():
    code = "import labkit, workers.asgi; print(sorted(n for n in sys.modules if n.endswith('.asgi') or n == 'asgi'))"
    assert python(code) == "['labkit.workers.asgi', 'workers.asgi']"


def test_the_package_lists_its_surface():
    assert dir(labkit.workers) == sorted(labkit.workers.__all__)
