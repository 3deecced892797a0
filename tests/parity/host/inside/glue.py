"""Runs inside the real runtime: finds a case's classes and calls their methods as the launcher does."""

import importlib
import inspect
import sys

from _pyodide_entrypoint_helper import cloudflareWorkersModule
from pyodide.code import relaxed_call
from workers import python_from_rpc, python_to_rpc

modules = {}


def construct(case, class_name, context, env):
    """A new instance of a case's class, as each event gets one."""
    if case not in modules:
        cloudflareWorkersModule.env = env  # what `from workers import env` finds
        modules[case] = load(f"/cases/{case}")
    return getattr(modules[case], class_name)(context, env)


def load(folder):
    """The folder's module `entry`. It is then forgotten, so that other cases may have one of that name."""
    sys.path.insert(0, folder)
    try:
        return importlib.import_module("entry")
    finally:
        sys.path.remove(folder)
        for name, module in list(sys.modules.items()):
            if (getattr(module, "__file__", None) or "").startswith(folder + "/"):
                del sys.modules[name]


async def call(instance, name, *args):
    """Call a handler or an RPC method. Only `fetch` may take fewer arguments than it is given."""
    method = getattr(instance, name)
    given = [python_from_rpc(arg) for arg in args]
    result = relaxed_call(method, *given) if name == "fetch" else method(*given)
    if inspect.isawaitable(result):
        result = await result
    return python_to_rpc(result)


async def call_raw(instance, name, *args):
    """Call a handler that gets its arguments as JavaScript has them, and may take fewer."""
    result = relaxed_call(getattr(instance, name), *args)
    return await result if inspect.isawaitable(result) else result
