"""Cloudflare's Python SDK: the `workers` package, as workers-runtime-sdk 1.9.5 has it, without JavaScript below it.

`import labkit` makes `workers`, `js` and `pyodide.ffi` importable (`finder.py`). Names, signatures, conversions and
the words of refusals are those of the SDK on the real runtime; `tests/workers/` compares them.
"""

from __future__ import annotations

from labkit.workers.blob import Blob, BlobEnding, BlobValue, File
from labkit.workers.context import env, wait_until
from labkit.workers.entrypoints import DurableObject, WorkerEntrypoint, WorkflowEntrypoint, handler
from labkit.workers.formdata import FormData, FormDataValue
from labkit.workers.outbound import fetch
from labkit.workers.request import Request
from labkit.workers.response import FetchResponse, Response
from labkit.workers.rpc import python_from_rpc, python_to_rpc
from labkit.workers.types import Body, Context, FetchKwargs, Headers, JSBody, RequestInitCfProperties
from labkit.workers.utils import import_from_javascript, patch_env

waitUntil = wait_until

__all__ = [
    "Blob",
    "BlobEnding",
    "BlobValue",
    "Body",
    "Context",
    "DurableObject",
    "FetchKwargs",
    "FetchResponse",
    "File",
    "FormData",
    "FormDataValue",
    "Headers",
    "JSBody",
    "Request",
    "RequestInitCfProperties",
    "Response",
    "WorkerEntrypoint",
    "WorkflowEntrypoint",
    "env",
    "fetch",
    "handler",
    "import_from_javascript",
    "patch_env",
    "python_from_rpc",
    "python_to_rpc",
    "waitUntil",
    "wait_until",
]
