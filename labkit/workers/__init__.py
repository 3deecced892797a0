"""Cloudflare's Python SDK: the `workers` package, as workers-runtime-sdk 1.9.5 has it, without JavaScript below it.

The package, and what Workers run on (`labkit.worker`, `labkit.invocation`, `labkit.services`, `labkit.visitor`):

| | |
|---|---|
| modelled | The SDK's names, signatures, conversions and words of refusal, compared with it on the real runtime |
| | Isolates: one for each Worker in each city, with globals of its own; cold starts; eviction after ten idle minutes |
| | One isolate serves any number of requests at once; each gets a new object of its class |
| | Top level, handler, `waitUntil` (30 s after the response); what nobody waits for is cancelled (docs, "Context") |
| | Limits: CPU time of a request and of the top level, subrequests, six calls at once (docs, "Limits") |
| | Errors 1101 and 1102, with the learner's traceback or line in the logs |
| | The clock stands still while code computes and moves when it waits (docs, "Performance and timers") |
| | Variables, secrets, service bindings by RPC and by `fetch`; keywords cross as one trailing dict |
| | Anycast to the nearest living place; `request.cf`; the way from the visitor's device and back |
| simplified | CPU time is counted in steps (a function's entry, a turn of a loop) of 0.01 ms; C code takes none |
| | The time of a cold start and of an eviction, and the last mile, are assumptions (`facts/workers.toml`) |
| | A city keeps one isolate of a Worker; in production several machines may run it, and sharding picks few of them |
| | All cities have their isolates to themselves: no Worker is evicted because another needs the room |
| | A start that computes too long fails at the first request (1102); in production the deployment is refused |
| | Workers given as `services` share the variables, secrets and namespaces of the lab; each has its own in production |
| | The visitor's connection is open: no DNS, no TCP and TLS handshake, and so no start during the handshake |
| | A misspelt configuration key is refused; wrangler warns of it and deploys without what it stood for |
| not modelled | Memory and its limit of 128 MB; isolates that slow one another down; streaming to a slow visitor |
| | Placement (`placement` is accepted and ignored), routes, custom domains, versions, gradual deployments |
| | `passThroughOnException` (no origin stands behind a Worker); `wrangler tail`'s filters and sampling |
| | Limits on the size of code, variables, URLs, headers and bodies |

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
