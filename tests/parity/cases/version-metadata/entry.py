"""The version's metadata: three texts, by dot and not by bracket, the same in every request."""

import re

from attempt import report
from workers import WorkerEntrypoint

UUID = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")

seen = []


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        version = self.env.CF_VERSION_METADATA
        seen.append(version.id)
        return await report(
            {
                "id": lambda: bool(UUID.fullmatch(version.id)),
                "tag": lambda: version.tag,
                "timestamp": lambda: bool(MOMENT.fullmatch(version.timestamp)),
                "keys": lambda: list(version.object_keys()),
                "plain": lambda: sorted(version.to_py()),
                "by index": lambda: version["id"],
                "one": lambda: len(set(seen)),
            }
        )
