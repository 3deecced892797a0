"""Two namespaces do not share keys; two bindings of one namespace do."""

from attempt import report
from workers import WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        env = self.env
        await env.ONE.put("k", "one")
        await env.TWO.put("k", "two")
        return await report(
            {
                "one": lambda: env.ONE.get("k"),
                "two": lambda: env.TWO.get("k"),
                "same as one": lambda: env.ALSO_ONE.get("k"),
                "deleted elsewhere": lambda: deleted(env),
                "delete returns": lambda: env.TWO.delete("k"),
                "delete a missing key": lambda: env.TWO.delete("missing"),
                "missing namespace": lambda: env.THREE.get("k"),
            }
        )


async def deleted(env):
    await env.ALSO_ONE.delete("k")
    return await env.ONE.get("k")
