"""What stands behind a lab's bindings: each emulator, by the name that its binding has on env."""

from __future__ import annotations

from typing import TYPE_CHECKING

from labkit.deployment import Deployment
from labkit.emulators.kv import Kv
from labkit.errors import LabError

if TYPE_CHECKING:
    from labkit.emulators.analytics import AnalyticsEngine
    from labkit.emulators.assets import Assets
    from labkit.emulators.cron import Crons
    from labkit.emulators.d1 import D1
    from labkit.emulators.durable_objects import DurableObjects
    from labkit.emulators.email import Mail
    from labkit.emulators.hyperdrive import Hyperdrive
    from labkit.emulators.placement import Placement
    from labkit.emulators.queues import Queue, Queues
    from labkit.emulators.r2 import R2
    from labkit.emulators.r2.s3 import S3
    from labkit.emulators.rate_limits import RateLimits
    from labkit.emulators.secrets_store import SecretsStore
    from labkit.emulators.vectorize import Vectorize
    from labkit.emulators.workflows import Workflows


class Resources:
    """The instructor's side of a deployment: what is stored, where its copies are, which faults to inject."""

    _deployment: Deployment

    def kv(self, binding: str) -> Kv:
        """The KV namespace of a binding."""
        return self._deployment.emulator("KV namespace", binding)

    def d1(self, binding: str) -> D1:
        """The D1 database of a binding."""
        return self._deployment.emulator("D1 database", binding)

    def r2(self, binding: str) -> R2:
        """The R2 bucket of a binding."""
        return self._deployment.emulator("R2 bucket", binding)

    def hyperdrive(self, binding: str) -> Hyperdrive:
        """The Hyperdrive configuration of a binding: its pool, its cache, its database."""
        return self._deployment.emulator("Hyperdrive", binding)

    def vectorize(self, binding: str) -> Vectorize:
        """The Vectorize index of a binding: created here, as with `wrangler vectorize create`."""
        return self._deployment.emulator("Vectorize index", binding)

    def durable_objects(self, binding: str) -> DurableObjects:
        """All objects of the class that a binding reaches."""
        return self._deployment.emulator("Durable Object class", binding)

    def workflows(self, binding: str) -> Workflows:
        """All instances of the Workflow of a binding."""
        return self._deployment.emulator("Workflow", binding)

    def queues(self, name: str) -> Queue:
        """The queue of this name."""
        return self._queues.queue(name)

    def rate_limits(self, binding: str) -> RateLimits:
        """The counters of a rate limit, in every place."""
        return self._deployment.emulator("rate limit", binding)

    def secrets_store(self, binding: str) -> SecretsStore:
        """The secret of the account's store behind a binding."""
        return self._deployment.emulator("secret of the store", binding)

    def analytics(self, binding: str) -> AnalyticsEngine:
        """The Analytics Engine dataset of a binding."""
        return self._deployment.emulator("dataset", binding)

    @property
    def s3(self) -> S3:
        """The S3 endpoint of the lab's R2 buckets: `lab.s3.token()` makes keys for it."""
        if self._deployment.s3 is None:
            raise LabError('This lab has no R2 bucket, and so no S3 endpoint. Give it one: Lab(..., r2=["FILES"]).')
        return self._deployment.s3

    @property
    def crons(self) -> Crons:
        """The triggers that the clock fires."""
        return self._deployment.crons

    @property
    def assets(self) -> Assets:
        """The Worker's static assets."""
        if self._deployment.assets is None:
            raise LabError('This lab has no static assets. Give it some: Lab(..., assets="public").')
        return self._deployment.assets

    @property
    def placement(self) -> Placement:
        """Where the Worker runs, as its configuration's `placement` has it."""
        if self._deployment.placement is None:
            raise LabError('This lab\'s configuration has no "placement", so its Worker runs where requests enter.')
        return self._deployment.placement

    @property
    def mail(self) -> Mail:
        """What the Worker has sent by mail, and to whom it may send."""
        if self._deployment.mail is None:
            raise LabError('This Worker neither gets mail nor sends any: it has no email handler and no "send_email".')
        return self._deployment.mail

    @property
    def _queues(self) -> Queues:
        if self._deployment.queues is None:
            raise LabError('This lab has no queue. Give it one: Lab(..., queues=["JOBS"]).')
        return self._deployment.queues
