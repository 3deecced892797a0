"""`env.ORDERS`: a Workflow as a Worker at one place has it, and the handle of an instance.

Names are those of Cloudflare's Python SDK: JavaScript's, and `create_batch` and `send_event` beside `createBatch` and
`sendEvent`. Options are keywords or one dict.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from labkit import facts
from labkit.emulators.workflows import commands, rules
from labkit.emulators.workflows.instance import Instance
from labkit.trace import Event
from labkit.workers import rpc
from labkit.workers.bindings import checked, from_platform, js_error, options
from labkit.workers.context import confirmed

if TYPE_CHECKING:
    from labkit.emulators.workflows import Workflows

CREATE = ("id", "params", "retention", "locationHint")


class Workflow:
    """The methods of a binding."""

    def __init__(self, workflows: Workflows, colo: str):
        self._workflows, self._colo = workflows, colo

    def __repr__(self) -> str:
        return f"<Workflow {self._workflows.name} at {self._colo}>"

    async def create(self, given: Any = None, **keywords: Any) -> WorkflowInstance:
        """Begin an instance and return its handle. Refuses the id of an instance that is still kept."""
        chosen = self._options("create", given, keywords)
        with self._operation("create") as event:
            instance = self._instance(chosen)
            event.detail["instance"] = instance.id
            await confirmed()
            self._workflows.check_rate(1)
            await self._workflows.engine.write()
            if instance.id in self._workflows.engine.instances:
                raise rules.already_exists()
            self._workflows.engine.add(instance)
        return WorkflowInstance(self, instance.id)

    async def create_batch(self, batch: Any = None) -> list[WorkflowInstance]:
        """Begin up to 100 instances. Those whose id is taken are left out of the handles that are returned."""
        given = checked(batch)
        with self._operation("createBatch") as event:
            made = [self._instance(self._options("createBatch", each, {})) for each in _batch(given)]
            await confirmed()
            self._workflows.check_rate(len(made))
            await self._workflows.engine.write()
            new = {each.id: each for each in reversed(made) if each.id not in self._workflows.engine.instances}
            event.detail["instances"] = len(new)
            for instance in reversed(new.values()):
                self._workflows.engine.add(instance)
        return [WorkflowInstance(self, each.id) for each in reversed(new.values())]

    createBatch = create_batch

    async def get(self, id: Any = None) -> WorkflowInstance:
        """The handle of an instance; Error `instance.not_found` where there is none."""
        name = checked(id)
        with self._operation("get", instance=name):
            await self._workflows.reach(self._colo, name)
        return WorkflowInstance(self, name)

    def _options(self, method: str, given: Any, keywords: Mapping[str, Any]) -> dict[str, Any]:
        return options(method, given, dict(keywords), CREATE, strict=self._workflows.world.strict)

    def _instance(self, chosen: Mapping[str, Any]) -> Instance:
        """A new instance of these options, not yet begun."""
        name = rules.check_id(chosen["id"]) if "id" in chosen else self._workflows.new_id()
        params = rpc.to_rpc(chosen.get("params", {}))
        return self._workflows.new_instance(name, params, self._colo, chosen.get("retention"))

    def _operation(self, name: str, **detail: Any) -> Event:
        world = self._workflows.world
        world.charge("workflows")
        return world.trace.event("workflows", name, self._colo, workflow=self._workflows.name, **detail)


class WorkflowInstance:
    """The handle of one instance: it asks the engine anew each time."""

    def __init__(self, workflow: Workflow, id: str):
        self._workflow, self.id = workflow, id

    def __repr__(self) -> str:
        return f"<Workflow instance {self.id!r}>"

    async def status(self) -> Any:
        """A JsDict of `status`, `output` and `error`; the last two are None until there is one."""
        instance = await self._ask("status")
        error = instance.error and {"message": instance.error[1], "name": instance.error[0]}
        return from_platform({"status": instance.status, "output": instance.output, "error": error})

    async def pause(self) -> None:
        """Pause when the running step has ended. Without effect on an instance that is at its end."""
        commands.pause(self._engine, await self._ask("pause"))

    async def resume(self) -> None:
        """Go on. Without effect on an instance that is not paused."""
        commands.resume(self._engine, await self._ask("resume"))

    async def restart(self, given: Any = None, **keywords: Any) -> None:
        """Forget all outcomes and begin again; with `from={"name": ...}`, keep those before this step."""
        chosen = options("restart", given, keywords, ("from",), strict=self._workflow._workflows.world.strict)
        instance = await self._ask("restart")
        self._workflow._workflows.check_rate(1)
        commands.restart(self._engine, instance, chosen.get("from"))

    async def terminate(self) -> None:
        """End the instance now. Refuses one that is at its end."""
        commands.terminate(self._engine, await self._ask("terminate"))

    async def delete(self) -> None:
        """End the instance and delete all that is stored of it."""
        self._engine.remove(await self._ask("delete"))

    async def send_event(self, given: Any = None, **keywords: Any) -> None:
        """Send `payload` to whoever waits, or will wait, for an event of this `type`."""
        if given is None and not keywords:
            raise js_error("TypeError", "Cannot read properties of undefined (reading 'payload')")
        workflows = self._workflow._workflows
        chosen = options("sendEvent", given, keywords, ("type", "payload"), strict=workflows.world.strict)
        payload = rpc.to_rpc(chosen.get("payload"))
        rules.check_params(payload)
        instance = await self._ask("sendEvent", type=chosen.get("type"))
        event = {"payload": payload, "type": chosen.get("type"), "timestamp": workflows.moment}
        commands.send(self._engine, instance, event)

    sendEvent = send_event

    @property
    def _engine(self) -> Any:
        return self._workflow._workflows.engine

    async def _ask(self, method: str, **detail: Any) -> Instance:
        """The instance, once the question has reached it."""
        with self._workflow._operation(method, instance=self.id, **detail):
            return await self._workflow._workflows.reach(self._workflow._colo, self.id)


def _batch(given: Any) -> list[Any]:
    """The options of a batch. Refuses none, and more than 100."""
    if given is None:
        raise js_error("TypeError", "Cannot read properties of undefined (reading 'length')")
    if not isinstance(given, list):
        raise js_error("TypeError", "batch.map is not a function")
    if not given:
        raise rules.error("WorkflowError: batchCreate should have at least 1 instance")
    most = facts.value("workflows.batch")
    if len(given) > most:
        raise rules.error(f"WorkflowError: batchCreate should have at most {most} instances")
    return given


def new_uuid(bits: int) -> str:
    return str(uuid.UUID(int=bits, version=4))
