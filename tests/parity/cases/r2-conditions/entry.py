"""`onlyIf`: conditions as an object."""

import datetime

from attempt import report
from workers import WorkerEntrypoint

ETAG = "5d41402abc4b2a76b9719d911017c592"
OTHER = "0" * 32
PAST, FUTURE = datetime.datetime(2020, 1, 1), datetime.datetime(2040, 1, 1)
CONDITIONS = {
    "none": None,
    "empty": {},
    "matches": {"etagMatches": ETAG},
    "matches another": {"etagMatches": OTHER},
    "matches any": {"etagMatches": "*"},
    "matches in quotes": {"etagMatches": f'"{ETAG}"'},
    "matches half quoted": {"etagMatches": f'"{ETAG}'},
    "one quote": {"etagMatches": '"'},
    "matches weak": {"etagMatches": f"W/{ETAG}"},
    "matches nothing": {"etagMatches": ""},
    "matches None": {"etagMatches": None},
    "matches a number": {"etagMatches": 5},
    "matches a list": {"etagMatches": [ETAG]},
    "differs": {"etagDoesNotMatch": OTHER},
    "does not differ": {"etagDoesNotMatch": ETAG},
    "differs from any": {"etagDoesNotMatch": "*"},
    "differs in quotes": {"etagDoesNotMatch": f'"{ETAG}"'},
    "before the future": {"uploadedBefore": FUTURE},
    "before the past": {"uploadedBefore": PAST},
    "after the past": {"uploadedAfter": PAST},
    "after the future": {"uploadedAfter": FUTURE},
    "before in text": {"uploadedBefore": "2040-01-01"},
    "before in milliseconds": {"uploadedBefore": 2_208_988_800_000},
    "before None": {"uploadedBefore": None},
    "matches, but before the past": {"etagMatches": ETAG, "uploadedBefore": PAST},
    "another, but before the future": {"etagMatches": OTHER, "uploadedBefore": FUTURE},
    "differs, but after the future": {"etagDoesNotMatch": OTHER, "uploadedAfter": FUTURE},
    "does not differ, but after the past": {"etagDoesNotMatch": ETAG, "uploadedAfter": PAST},
    "matches and does not differ": {"etagMatches": ETAG, "etagDoesNotMatch": ETAG},
    "seconds": {"uploadedBefore": FUTURE, "secondsGranularity": True},
    "seconds None": {"uploadedBefore": FUTURE, "secondsGranularity": None},
    "unknown": {"etagmatches": OTHER},
    "text": ETAG,
    "number": 5,
    "list": [1],
    "boolean": True,
}


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        calls = {}
        for name, condition in CONDITIONS.items():
            calls |= {
                f"get, {name}": lambda condition=condition: self.got("k", condition),
                f"put, {name}": lambda condition=condition: self.stored("k", condition),
                f"put where nothing is, {name}": lambda condition=condition: self.stored("new", condition),
                f"get where nothing is, {name}": lambda condition=condition: self.got("none", condition),
            }
        return await report(calls)

    async def got(self, key, condition):
        files = self.env.FILES
        await files.put("k", "hello")
        found = await files.get(key, onlyIf=condition)
        return found and [hasattr(found, "body"), found.range]

    async def stored(self, key, condition):
        files = self.env.FILES
        await files.put("k", "hello")
        await files.delete("new")
        put = await files.put(key, "other", onlyIf=condition)
        return [put and put.size, (await files.head(key)) is not None]
