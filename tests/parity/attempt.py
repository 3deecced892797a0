"""For a case's Worker: what a table of calls gives, as JSON that both runtimes write alike."""

import asyncio
import datetime
import inspect

from workers import Response


async def report(calls):
    """A Response with each call's result, or the error that it raised, by its label."""
    return Response.json({label: await attempt(call) for label, call in calls.items()})


async def attempt(call):
    """The result of a function or coroutine function, described; an error as its type and words."""
    try:
        result = call()
        return describe(await result if inspect.isawaitable(result) else result)
    except Exception as error:
        return f"{type(error).__name__}: {shortened(str(error))}"


def shortened(message):
    """A traceback's first and last line: the frames between are each runtime's own."""
    lines = message.strip().splitlines()
    return message if len(lines) < 2 else f"{lines[0]} ... {lines[-1].strip()}"


def describe(value):
    """A value as JSON, with the name of its type where JSON has no such type."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, dict):
        return {type(value).__name__: {str(key): describe(each) for key, each in value.items()}}
    if isinstance(value, list):
        return [describe(each) for each in value]
    if isinstance(value, tuple | set | frozenset):
        return {type(value).__name__: sorted((describe(each) for each in value), key=str)}
    if isinstance(value, bytes | bytearray | memoryview):
        return {type(value).__name__: bytes(value).hex()}
    if isinstance(value, datetime.datetime):
        return {"datetime": value.isoformat()}
    if isinstance(value, Exception):
        return {type(value).__name__: str(value)}
    return {"object": getattr(getattr(value, "constructor", None), "name", None) or type(value).__name__}


async def ended(instance):
    """How a Workflow's instance ended: its status once nothing more happens in it."""
    while (status := await instance.status())["status"] not in ("complete", "errored", "terminated"):
        await asyncio.sleep(0.02)
    return stated(status)


def stated(status):
    """A Workflow instance's status, without what only the local runtime adds to it."""
    error = status["error"] and f"{status['error']['name']}: {shortened(status['error']['message'])}"
    return {"status": status["status"], "output": describe(status["output"]), "error": error}
