"""Version metadata: which version of the Worker runs, as `env.CF_VERSION_METADATA` says it.

| | |
|---|---|
| modelled | `id`, `tag` and `timestamp`, raw as the SDK leaves them: by dot, not by bracket (recorded from workerd) |
| | One version for as long as the lab lives, the same in every place and for the same seed |
| simplified | `tag` is empty: a lab deploys without one |
| not modelled | Gradual deployments, where two versions run side by side; version overrides |
"""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from labkit.workers.objects import JsObject
from labkit.world import World


def version_metadata(world: World) -> JsObject:
    """The version that a lab deploys: its id, its tag, and when it was made."""
    made = datetime.fromtimestamp(world.unix, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return JsObject({"id": str(UUID(int=world.random.getrandbits(128), version=4)), "tag": "", "timestamp": made})
