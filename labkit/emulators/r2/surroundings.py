"""What stands around a bucket: event notifications, the lifecycle, CORS, and the domains at which it is public."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, MutableMapping
from hashlib import md5
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from labkit import facts
from labkit.emulators.r2.cors import Cors, Rule
from labkit.emulators.r2.lifecycle import Lifecycle
from labkit.emulators.r2.notifications import Notifications, Outlet, RuleTable
from labkit.emulators.r2.public import PublicBucket, Zones
from labkit.errors import LabError
from labkit.workers.js.url_parsing import InvalidUrl, normalised

if TYPE_CHECKING:
    from labkit.emulators.r2.store import Store
    from labkit.world import World

_LABEL = "[a-z0-9]([a-z0-9-]*[a-z0-9])?"
_is_domain = re.compile(rf"{_LABEL}(\.{_LABEL})+").fullmatch


class Surroundings:
    """A part of `R2`. `lend` is how the lab gives it what is not the bucket's own."""

    world: World
    name: str
    home: str
    store: Store

    def surround(self) -> None:
        """Begin: no rules but the default one, public nowhere."""
        self.notices = Notifications(self)  # type: ignore[arg-type]
        self.lifecycle = Lifecycle(self)  # type: ignore[arg-type]
        self.public: dict[str, PublicBucket] = {}
        self._cors, self._caches = Cors(), None
        self._hosts: MutableMapping[str, Any] = {}
        self.store.watchers += [self.notices.watch, self.lifecycle.look]
        self.store.uploads.watchers.append(self.lifecycle.look)

    def lend(self, caches: Zones, hosts: MutableMapping[str, Any], outlet: Outlet) -> None:
        """What the lab has and a bucket needs: the places' caches, the hosts it answers for, the way into a queue."""
        self._caches, self._hosts, self.notices.outlet = caches, hosts, outlet

    def retire(self) -> None:
        """The bucket is deleted: it is public nowhere, and no rule acts. What it had to tell still arrives."""
        for domain in list(self.public):
            self.unpublish(domain)
        self.notices.rules = []
        self.lifecycle.set([])

    def notify(
        self,
        queue: str,
        event_types: str | Iterable[str] = ("object-create", "object-delete"),
        *,
        prefix: str = "",
        suffix: str = "",
        description: str = "",
    ) -> str:
        """Send notifications of events to a queue (`wrangler r2 bucket notification create`); the rule's id."""
        return self.notices.add(queue, event_types, prefix, suffix, description).id

    def notifications(self) -> RuleTable:
        """The rules (`wrangler r2 bucket notification list`)."""
        return self.notices.table()

    def unnotify(self, rule_or_queue: str) -> None:
        """Delete a rule by its id, or all rules of a queue (`wrangler r2 bucket notification delete`)."""
        self.notices.remove(rule_or_queue)

    @property
    def cors(self) -> Cors:
        """The CORS rules. Set a list of them in S3's form, such as `[{"AllowedOrigins": [...], ...}]`."""
        return self._cors

    @cors.setter
    def cors(self, rules: Iterable[Rule | Mapping[str, Any]]) -> None:
        self._cors = Cors(rules)

    def publish(self, domain: str, *, cache_everything: bool = False, tiered: bool = False) -> str:
        """Let the world read the bucket at a domain of yours, behind every place's cache; the URL it begins with.

        `cache_everything` also caches files whose extension is not cached by default; with `tiered`, places ask the
        cache beside the bucket before the bucket (Smart Tiered Cache).
        """
        most = facts.value("r2.custom_domains")
        if len(self.public.keys() - {self.dev_domain}) >= most:
            raise LabError(f"A bucket has up to {most} custom domains.")
        options = {"everything": cache_everything, "tiered": tiered}
        return self._publish(self._free(domain), self._lent(), **options)

    def publish_dev(self) -> str:
        """Let the world read the bucket at its r2.dev address: not cached, and limited in rate. The URL."""
        self._lent()
        return self._publish(self._free(self.dev_domain), None)

    def unpublish(self, domain: str) -> None:
        """Take a domain away. What places hold of it stays in their caches, and nobody can ask for it."""
        if domain not in self.public:
            raise LabError(f"The bucket {self.name} is not public at {domain!r}.")
        del self.public[domain], self._hosts[domain]

    def purge(self, url: str | None = None, *, from_origin: str | None = None) -> int:
        """Drop a URL, or everything, from the caches of all places; how many copies went.

        What pages of another origin have fetched is held apart, and purged with `from_origin`. Refuses a URL of a
        host at which the bucket is not public.
        """
        wanted = None if url is None else self._own(url)
        return sum(each.purge(wanted, from_origin=from_origin) for each in self.public.values())

    @property
    def is_dead(self) -> bool:
        """Whether the bucket's home has failed."""
        return bool(self.home and self.world.faults and self.world.faults.is_dead(self.home))

    @property
    def dev_domain(self) -> str:
        """The bucket's r2.dev address, which is public only after `publish_dev`."""
        return f"pub-{md5(self.name.encode(), usedforsecurity=False).hexdigest()}.r2.dev"

    def snapshot_around(self) -> tuple[Any, ...]:
        """The rules, and what is on its way. Where the bucket is public is the lab's shape, not its state."""
        return self.notices.snapshot(), self.lifecycle.snapshot(), self._cors

    def restore_around(self, state: tuple[Any, ...]) -> None:
        """Go back to a snapshot, when what is stored has."""
        notices, lifecycle, self._cors = state
        self.notices.restore(notices)
        self.lifecycle.restore(lifecycle)
        for public in self.public.values():
            public.forget_rate()

    def _publish(self, domain: str, caches: Zones | None, **options: bool) -> str:
        public = PublicBucket(self, self.world, caches, domain, **options)  # type: ignore[arg-type]
        self.public[domain], self._hosts[domain] = public, public.answer
        return f"https://{domain}/"

    def _free(self, domain: str) -> str:
        """The domain, in lower case. Refuses what is none, and one that somebody answers for."""
        name = domain.lower() if isinstance(domain, str) else ""
        if not _is_domain(name):
            raise LabError(f"{domain!r} is no domain: give a host's name, such as 'files.example.com'.")
        if any(name == host or (host[:1] == "." and name.endswith(host)) for host in self._hosts):
            raise LabError(f"{domain!r} is taken already.")
        return name

    def _own(self, url: str) -> str:
        """A URL of this bucket's, as a request has it."""
        try:
            found = normalised(url)
        except (InvalidUrl, TypeError):
            found = ""
        if urlsplit(found).hostname not in self.public:
            raise LabError(f"The bucket {self.name} is not public at {url!r}: give a whole URL.")
        return found.partition("#")[0]

    def _lent(self) -> Zones:
        if self._caches is None:
            raise LabError(f"The bucket {self.name} is in no lab, so that nobody could ask for it.")
        return self._caches
