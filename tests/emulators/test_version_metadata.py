"""Version metadata: an id, a tag, a date, the same for the same seed."""

from __future__ import annotations

from uuid import UUID

from labkit import Lab
from labkit.emulators.version_metadata import version_metadata
from labkit.workers import Response, WorkerEntrypoint
from tests.emulators.worlds import flat, planet


def test_it_has_an_id_a_tag_and_a_date():
    version = version_metadata(flat().world)
    assert UUID(version.id).version == 4
    assert (version.tag, version.timestamp) == ("", "2023-11-14T22:13:20.000Z")
    assert version.object_keys().to_py() == ["id", "tag", "timestamp"]


def test_the_same_seed_deploys_the_same_version():
    assert version_metadata(planet(seed=1).world).id == version_metadata(planet(seed=1).world).id
    assert version_metadata(planet(seed=1).world).id != version_metadata(planet(seed=2).world).id


class Writes(WorkerEntrypoint):
    async def fetch(self, request):
        found = self.env.VERSION.tag
        self.env.VERSION.tag = "written"
        return Response(found)


def test_what_a_worker_writes_to_it_stays_in_its_isolate():
    lab = Lab(Writes, {"version_metadata": {"binding": "VERSION"}})
    tags = [lab.run(lab.run(lab.fetch("/", colo=colo)).text()) for colo in ("SYD", "SYD", "LHR")]
    assert tags == ["", "written", ""]
    assert lab.env().VERSION.id == lab.env("LHR").VERSION.id
