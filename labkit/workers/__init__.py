"""Cloudflare's Python SDK: the `workers` package, as workers-runtime-sdk 1.9.5 has it, without JavaScript below it.

`import labkit` makes `workers`, `js` and `pyodide.ffi` importable (`finder.py`). Names, signatures, conversions and
the words of refusals are those of the SDK on the real runtime; `tests/workers/` compares them. `HOMES` says where each
public name is written: it is loaded when somebody asks for it.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

HOMES = {
    "blob": "Blob BlobEnding BlobValue File",
    "context": "env wait_until waitUntil",
    "entrypoints": "DurableObject WorkerEntrypoint WorkflowEntrypoint handler",
    "formdata": "FormData FormDataValue",
    "outbound": "fetch",
    "request": "Request",
    "response": "FetchResponse Response",
    "rpc": "python_from_rpc python_to_rpc",
    "types": "Body Context FetchKwargs Headers JSBody RequestInitCfProperties",
    "utils": "import_from_javascript patch_env",
}

_owners = {name: home for home, names in HOMES.items() for name in names.split()}

__all__ = sorted(_owners)  # pyright: ignore[reportUnsupportedDunderAll]


def __getattr__(name: str) -> Any:
    if name not in _owners:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(f"{__name__}.{_owners[name]}"), name)
    return found


def __dir__() -> list[str]:
    return __all__
