"""`ctx.storage`: the key-value methods, the alarm, transactions, and the way to SQL.

An operation is done when it is called; what awaiting it takes is one turn of the object, in which the writes before it
become a batch of their own and no other event goes on. Arguments and results are converted as Cloudflare's Python SDK
does; refusals are in the words of the runtime, and come with the `await`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from labkit.emulators.durable_objects import kv_api
from labkit.emulators.durable_objects import kv_rules as rules
from labkit.emulators.durable_objects.answers import Answer, answer
from labkit.emulators.durable_objects.batches import INTERNAL, Batches
from labkit.emulators.durable_objects.endings import Reset
from labkit.emulators.durable_objects.sql import SqlStorage
from labkit.emulators.durable_objects.sync_kv import SyncKvStorage
from labkit.emulators.durable_objects.transactions import run_sync, run_transaction
from labkit.emulators.javascript import text_of
from labkit.trace import Event
from labkit.workers.bindings import checked, complain, from_platform, js_error, options
from labkit.workers.ffi import JsMap

if TYPE_CHECKING:
    from labkit.emulators.durable_objects.instance import Instance

READ = ("allowConcurrency", "noCache")
WRITE = ("allowConcurrency", "allowUnconfirmed", "noCache")
ALARM = ("allowConcurrency", "allowUnconfirmed")
NO_BOOKMARK = "00000000-00000000-00000000-00000000000000000000000000000000"
NO_RECOVERY = "This Durable Object's storage back-end does not implement point-in-time recovery."
NOT_COMMITTED = (
    "The object was reset, because its writes could not be committed: a statement that writes (... RETURNING) had rows "
    "left that nobody took, or one said ROLLBACK. Take all rows in the turn that wrote them: cursor.toArray()."
)
IN_TRANSACTION = "Cannot call deleteAll() within a transaction"


class DurableObjectStorage:
    """The storage as one instance of the object has it."""

    def __init__(self, instance: Instance):
        self._instance = instance
        self.gates, self.world = instance.gates, instance.world
        self.database, self.alarm = instance.object.database, instance.object.alarm
        self.database.batches.hold, self.database.batches.failed = self.gates.hold, self._failed
        self.database.moved = self.alarm.arm
        self.sql, self.kv = SqlStorage(self), SyncKvStorage(self)

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(name)

    # Key-value methods.

    def get(self, *args: Any, **keywords: Any) -> Answer:
        """The value of a key, None where there is none; of a list of keys, a JsDict of those that exist, in order."""
        keys, given = self._called("get", 2, args, keywords)
        return self._perform("get", lambda event: self._get(event, keys, given), given)

    def put(self, *args: Any, **keywords: Any) -> Answer:
        """Store a value under a key, or each of a dict's values under its key. A dict as the only argument is these."""
        called = self._called("put", 3, args, keywords)
        given = called[1] if isinstance(called[0], dict) else called[2]
        return self._perform("put", lambda event: self._put(event, called), given)

    def delete(self, *args: Any, **keywords: Any) -> Answer:
        """Remove a key: whether it was there. Of a list of keys: how many were."""
        keys, given = self._called("delete", 2, args, keywords)
        return self._perform("delete", lambda event: self._delete(event, keys, given), given)

    def list(self, *args: Any, **keywords: Any) -> Answer:
        """The keys with their values, a JsDict in the order of their bytes; by `prefix`, `start`, `end`, `limit` ..."""
        (given,) = self._called("list", 1, args, keywords)
        return self._perform("list", lambda event: self._list(event, given), given)

    def deleteAll(self, *args: Any, **keywords: Any) -> Answer:
        """Remove everything: keys, tables and the alarm. Refused inside a transaction."""
        (given,) = self._called("deleteAll", 1, args, keywords)
        return self._perform("deleteAll", lambda event: self._delete_all(given), given)

    # The alarm.

    def getAlarm(self, *args: Any, **keywords: Any) -> Answer:
        """When the alarm rings, in milliseconds since 1970, or None."""
        (given,) = self._called("getAlarm", 1, args, keywords)
        return self._perform("getAlarm", lambda event: self.alarm.get(), given)

    def setAlarm(self, *args: Any, **keywords: Any) -> Answer:
        """Let the object's `alarm` method be called at a moment: milliseconds since 1970, or a datetime."""
        time, given = self._called("setAlarm", 2, args, keywords)
        return self._perform("setAlarm", lambda event: self._set_alarm(event, time, given), given)

    def deleteAlarm(self, *args: Any, **keywords: Any) -> Answer:
        """Let it not be called."""
        (given,) = self._called("deleteAlarm", 1, args, keywords)
        return self._perform("deleteAlarm", lambda event: self.alarm.delete(), given)

    # Transactions.

    def transaction(self, *args: Any) -> Any:
        """Run an async function of one argument as a critical section, all of whose writes are kept or none."""
        return run_transaction(self, args)

    def transactionSync(self, *args: Any) -> Any:
        """Run a function without arguments, all of whose writes are kept or, where it raises, none."""
        return run_sync(self, args)

    async def sync(self) -> None:
        """Wait until everything that is written by now is confirmed."""
        with self.event("sync"):
            pending = self.database.batches.unconfirmed()
            await (asyncio.shield(pending) if pending else asyncio.sleep(0))

    # Recovery to a point in time, of which the local runtime has the words only.

    async def getCurrentBookmark(self) -> str:
        return NO_BOOKMARK

    async def getBookmarkForTime(self, timestamp: Any) -> str:
        raise js_error("Error", NO_RECOVERY)

    async def onNextSessionRestoreBookmark(self, bookmark: Any) -> str:
        raise js_error("Error", NO_RECOVERY)

    # What each method does with its arguments.

    def _get(self, event: Event, keys: Any, given: Any) -> Any:
        if keys is MISSING:
            raise rules.wrong_parameter("get", 1, "string or Array")
        self._options("get", 2, "GetOptions", given, READ)
        if isinstance(keys, list):
            return kv_api.read_many(self.database, event, [text_of(key) for key in keys])
        return kv_api.read(self.database, event, text_of(keys))

    def _put(self, event: Event, called: tuple[Any, ...]) -> None:
        first, second, third = called
        if first is MISSING:
            raise rules.wrong_parameter("put", 1, "string or object")
        if isinstance(first, dict):
            entries, given = first, second
            if second is not MISSING and not rules.is_options(second):
                raise js_error("TypeError", rules.NOT_A_PAIR)
        elif second is MISSING:
            raise js_error("TypeError", rules.NO_VALUE)
        else:
            entries, given = {text_of(first): second}, third
        self._options("put", 3, "PutOptions", given, WRITE)
        kv_api.write(self.database, event, entries)

    def _delete(self, event: Event, keys: Any, given: Any) -> Any:
        if keys is MISSING:
            raise rules.wrong_parameter("delete", 1, "string or Array")
        self._options("delete", 2, "PutOptions", given, WRITE)
        if isinstance(keys, list):
            return kv_api.remove_many(self.database, event, [text_of(key) for key in keys])
        return kv_api.remove(self.database, event, text_of(keys))

    def _list(self, event: Event, given: Any) -> dict[str, Any]:
        chosen = self._options("list", 1, "ListOptions", given, (*rules.LIST_OPTIONS, *READ))
        return dict(kv_api.pairs(self.database, event, chosen))

    def _delete_all(self, given: Any) -> None:
        self._options("deleteAll", 1, "PutOptions", given, WRITE)
        if self.database.batches.is_in_transaction:
            raise js_error("Error", IN_TRANSACTION)
        self.database.delete_all()

    def _set_alarm(self, event: Event, time: Any, given: Any) -> None:
        self._options("setAlarm", 2, "SetAlarmOptions", given, ALARM)
        self.alarm.set(None if time is MISSING else time)
        event.units["do.rows_written"] = 1.0

    # How a method is called, and what it leaves in the trace.

    def _called(self, method: str, count: int, args: tuple[Any, ...], keywords: dict[str, Any]) -> tuple[Any, ...]:
        """The arguments by position, converted; keywords last as one object, for a method has no parameters by name."""
        given = (*args, keywords) if keywords else args
        if keywords and method == "put" and len(args) == 1 and not isinstance(args[0], dict):
            words = "storage.put takes its value by position: the keywords became one object, which is stored."
            complain(words, self.world.strict)
        converted = (arg if isinstance(arg, JsMap) else checked(arg) for arg in given)
        return (*converted, *[MISSING] * count)[:count]

    def _options(self, method: str, position: int, kind: str, given: Any, known: Collection[str]) -> dict[str, Any]:
        if given is MISSING or given is None:
            return {}
        if not rules.is_options(given):
            raise rules.wrong_parameter(method, position, kind)
        return options(f"storage.{method}", given, {}, known, strict=self.world.strict)

    def _perform(self, operation: str, work: Callable[[Event], Any], given: Any) -> Answer:
        """Do the work now; its outcome comes with the `await`."""
        chosen = given if isinstance(given, dict) else {}
        outcome, failure = None, None
        try:
            with self._unconfirmed(bool(chosen.get("allowUnconfirmed"))), self.event(operation) as event:
                outcome = from_platform(work(event))
        except Exception as error:
            failure = error
        return answer(self.gates, outcome, failure, concurrent=bool(chosen.get("allowConcurrency")))

    def event(self, operation: str) -> Event:
        """The event of an operation that begins now. Refuses as `refuse_gone` does."""
        self.refuse_gone()
        owner = self._instance.object
        return self.world.trace.event("durable_objects", f"storage.{operation}", owner.place, object=owner.label)

    def refuse_gone(self) -> None:
        """Refuse an instance that must not touch the storage any more; one that is retired ends with that."""
        instance = self._instance
        if instance.is_retired:
            instance.leave()
        if instance.ended:
            raise instance.ended

    def _unconfirmed(self, allowed: bool) -> Any:
        return _Allowing(self.database.batches) if allowed else nullcontext()

    def _failed(self, words: str) -> None:
        owner = self._instance.object
        if words == INTERNAL:
            owner.objects.host.log(owner.place, NOT_COMMITTED)
        self._instance.end(Reset(words))


MISSING: Any = object()


class _Allowing:
    """While it is entered, nothing that leaves waits for what is written."""

    def __init__(self, batches: Batches):
        self.batches = batches

    def __enter__(self) -> None:
        self.batches.is_lax = True

    def __exit__(self, *_: Any) -> None:
        self.batches.is_lax = False
