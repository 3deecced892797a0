"""Our `workers` package has the names and signatures of Cloudflare's, recorded in tests/data/."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import labkit.workers
from tools.record_sdk_surface import DATA, members, surface

VERSION = "1.9.5"
RECORDED = json.loads((DATA / f"workers_runtime_sdk_{VERSION}.json").read_text(encoding="utf-8"))
OURS = Path(labkit.workers.__file__).parent

OUR_FILES = {"workers/fetch.py": "outbound.py", "workers/gateway/options.py": "gateway.py"}
"""Where a module has another name here than there."""

NOT_OURS = {
    "acquire_js_buffer": "JavaScript's memory, which we have none of",
    "close_stream_quietly": "a step inside its asgi.fetch",
    "process_request": "a step inside its asgi.fetch; ours in wsgi has the same name",
    "process_websocket": "a step inside its asgi.websocket",
    "run_in_background": "a step inside its asgi.fetch",
    "start_application": "a step inside its asgi.fetch",
    "DurableObjectContext": "wraps JavaScript's state object; the lab gives a Durable Object its own context",
    "get_compat_flag": "reads the runtime's compatibility flags; the lab's are the newest",
    "import_sdk_javascript_module_async": "loads JavaScript",
    "JsDict": "written in jsdict.py",
    "HTTPMessageMapping": "made when first asked for, in utils.message_mapping",
}


def our_members(module: str) -> dict[str, Any]:
    """What our file for a module of the SDK defines in public."""
    name = OUR_FILES.get(module, module.removeprefix("workers/"))
    return members(ast.parse((OURS / name).read_text(encoding="utf-8")).body)


def shared(module: str) -> list[str]:
    return sorted(set(RECORDED["modules"][module]) - set(NOT_OURS))


NAMES = [(module, name) for module in RECORDED["modules"] for name in shared(module)]


def test_all_the_public_names_are_there_and_no_others():
    assert sorted(labkit.workers.__all__) == RECORDED["all"]
    for name in RECORDED["all"]:
        assert getattr(labkit.workers, name) is not None


@pytest.mark.parametrize(("module", "name"), NAMES, ids=[f"{module}:{name}" for module, name in NAMES])
def test_a_name_has_the_signature_of_the_sdk(module: str, name: str):
    theirs, ours = RECORDED["modules"][module][name], our_members(module).get(name)
    assert ours is not None, f"{name} is missing"
    if isinstance(theirs, str):
        assert ours == theirs
    else:
        assert ours["members"] == theirs["members"]


def test_what_we_leave_out_is_in_the_sdk():
    everything = {name for module in RECORDED["modules"].values() for name in module}
    assert set(NOT_OURS) <= everything


def test_the_record_is_that_of_the_published_wheel(tmp_path: Path):
    download = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--retries=0", "--timeout=15"]
    done = subprocess.run([*download, f"--dest={tmp_path}", f"workers-runtime-sdk=={VERSION}"], capture_output=True)
    if done.returncode:
        pytest.skip(f"pip cannot provide workers-runtime-sdk {VERSION} here, so the record was not held against it")
    assert surface(next(tmp_path.glob("*.whl"))) == RECORDED
