"""A handler that is run by hand, beside the queue, as the platform's own test API does: `lab.queue("jobs", [...])`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from labkit.emulators.hosting import Crashed, Resident
from labkit.emulators.queues.batch import MessageBatch
from labkit.emulators.queues.messages import Message, body_of
from labkit.errors import LabError
from labkit.network import places
from labkit.workers.bindings import checked, moment

if TYPE_CHECKING:
    from labkit.emulators.queues import Queues

EVERYWHERE = sorted(places.PLACES)
EMPTY = {"backlogCount": 0, "backlogBytes": 0, "oldestMessageTimestamp": None}
FIELDS = ("body", "id", "timestamp", "attempts")


class Beside:
    """The runs that no queue has asked for."""

    def __init__(self, queues: Queues):
        self.queues = queues
        self._running: list[Resident] = []

    async def deliver(self, name: str, messages: Sequence[Any]) -> Any:
        """Run the handler once, somewhere, on a batch. Returns what it has said of each message."""
        if not isinstance(messages, list | tuple):
            raise LabError(f"A batch is a list of messages, not {messages!r}: lab.queue({name!r}, [...]).")
        queues = self.queues
        batch = MessageBatch(name, [self._message(each) for each in messages], EMPTY)
        colo, resident, outcome = queues.world.random.choice(EVERYWHERE), None, "ok"
        try:
            resident = await queues.host.create(colo)
            self._running.append(resident)
            await resident.run("queue", (batch, None, None), primitive="queues", operation="consume",
                               units={"workers.requests": 1}, queue=name)  # fmt: skip
        except Crashed:
            outcome = "lost"
        except Exception as error:
            if not getattr(error, "is_logged", False):
                queues.host.log(colo, error)
            outcome = getattr(error, "outcome", "exception")
        finally:
            self._running = [each for each in self._running if each is not resident]
        return batch._record.as_result(outcome)

    def lose(self, colo: str) -> None:
        """A place has failed."""
        for resident in self._running:
            if resident.colo == colo:
                resident.crash()

    def _message(self, given: Any) -> Message:
        """A message as a lesson has written it down."""
        fields: dict[str, Any] = given if isinstance(given, dict) and "body" in given else {"body": given}
        for name in fields:
            if name not in FIELDS:
                raise LabError(f"A message has {', '.join(FIELDS)}, and no {name!r}.")
        id, attempts = fields.get("id") or self.queues.new_id(), fields.get("attempts", 1)
        if not (isinstance(id, str) and isinstance(attempts, int) and attempts >= 1):
            raise LabError(f"A message's id is a text and its attempts begin at 1: {given!r}.")
        sent = fields.get("timestamp", self.queues.world.unix)
        if not isinstance(sent, datetime | int | float):
            raise LabError(f"A message's timestamp is Unix seconds or a datetime, not {sent!r}.")
        sent = moment(sent).timestamp() if isinstance(sent, datetime) else float(sent)
        return Message(id, sent, body_of(checked(fields["body"]), "v8"), 0, attempts=attempts - 1)
