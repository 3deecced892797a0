"""A lab's whole state, to go back to: storage, caches, clock, dice, trace, faults."""

from __future__ import annotations

import asyncio
from typing import Any

from labkit.current import timeline
from labkit.deployment import Deployment
from labkit.errors import LabError
from labkit.logs import Logs
from labkit.world import World


def take(world: World, logs: Logs, deployment: Deployment) -> dict[str, Any]:
    """Plain data. Refuses while something is under way."""
    under_way = sorted(task.get_name() for task in asyncio.all_tasks(world.timeline))
    if under_way:
        raise LabError(f"Still under way: {', '.join(under_way)}. Let it end first: await lab.advance(60).")
    if count := deployment.connections():
        raise LabError(f"{count} open WebSocket{'s' if count > 1 else ''}: a snapshot cannot hold the other end of a "
                       "connection. Close it first: await ws.close().")  # fmt: skip
    return {
        "now": world.timeline.now, "dice": world.random.getstate(), "trace": world.trace.snapshot(),
        "logs": list(logs), "deployment": deployment.snapshot(),
        "faults": None if world.faults is None else world.faults.snapshot(),
    }  # fmt: skip


def put_back(state: Any, world: World, logs: Logs, deployment: Deployment) -> None:
    """Go back to it. What is under way ends. Refuses the state of a lab that binds other resources."""
    _check(state, world, deployment)
    world.timeline.stop(asyncio.all_tasks(world.timeline))
    world.timeline = timeline(state["now"])
    world.trace.clock = world.timeline.time
    world.random.setstate(state["dice"])
    world.trace.restore(state["trace"])
    logs[:] = state["logs"]
    deployment.restore(state["deployment"])
    if world.faults is not None:
        world.faults.restore(state["faults"])


def _check(state: Any, world: World, deployment: Deployment) -> None:
    mine = isinstance(state, dict) and "deployment" in state and (
        state["deployment"].keys() == deployment.emulators.keys()
        and (state["faults"] is None) == (world.faults is None)
    )  # fmt: skip
    if not mine:
        raise LabError("restore takes what snapshot() gave, of this lab or one with the same bindings and network.")
