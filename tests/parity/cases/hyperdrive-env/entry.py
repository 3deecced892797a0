"""What a Hyperdrive binding shows of the database behind it."""

import re

from attempt import report
from workers import WorkerEntrypoint


def without_host(text):
    """The host is of each runtime's own making: thirty-two digits."""
    return re.sub(r"[0-9a-f]{32}\.hyperdrive\.local", "HOST", text)


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        hd, plain = self.env.HD, self.env.PLAIN
        return await report(
            {
                "host": lambda: without_host(hd.host),
                "port": lambda: [hd.port, type(hd.port).__name__],
                "user": lambda: hd.user,
                "password": lambda: hd.password,
                "database": lambda: hd.database,
                "connection string": lambda: without_host(hd.connectionString),
                "same host": lambda: hd.host == self.env.HD.host,
                "another host": lambda: hd.host != plain.host,
                "plain": lambda: [plain.port, plain.user, plain.database, without_host(plain.connectionString)],
                "type": lambda: type(hd).__name__,
                "typeof": lambda: hd.typeof,
                "text": lambda: hd.toString(),
                "class": lambda: hd.constructor.name,
                "connect": lambda: callable(hd.connect),
                "nothing": lambda: hd.nope,
                "has": lambda: [hasattr(hd, name) for name in ("host", "connect", "scheme", "query")],
                "keys": lambda: list(hd.object_keys()),
            }
        )
