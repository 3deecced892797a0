"""Plain-text and JSON variables, and a name that is not bound."""

from attempt import report
from workers import WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        env = self.env
        return await report(
            {
                "text": lambda: [env.GREETING, type(env.GREETING).__name__],
                "number in text": lambda: env.LIMIT,
                "json": lambda: [env.CONFIG.colour, env.CONFIG.nested.deep],
                "json by index": lambda: env.CONFIG["colour"],
                "json to python": lambda: env.CONFIG.to_py(),
                "json list": lambda: [env.LIST[0], len(env.LIST), list(env.LIST)],
                "json number": lambda: [env.NUMBER, type(env.NUMBER).__name__],
                "json boolean": lambda: env.FLAG,
                "missing": lambda: env.NOPE,
                "getattr": lambda: getattr(env, "NOPE", "default"),
                "hasattr": lambda: [hasattr(env, "GREETING"), hasattr(env, "NOPE")],
                "by index": lambda: env["GREETING"],
                "missing in json": lambda: env.CONFIG.nope,
            }
        )
