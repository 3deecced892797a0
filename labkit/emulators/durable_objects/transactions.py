"""Transactions: `storage.transaction`, whose function may wait, and `storage.transactionSync`, whose may not.

The first is a critical section: no other event of the object goes on until it is over. What its function writes by
`ctx.storage` or by SQL is part of it; the `txn` that it gets has the same methods. To Python `txn` is raw: the SDK
wraps `ctx.storage` and not what a callback is given, so its arguments need `to_js`, and its results are proxies.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from labkit.emulators.durable_objects import kv_rules
from labkit.workers import rpc
from labkit.workers.bindings import js_error
from labkit.workers.ffi import JsArray, JsMap
from labkit.workers.promises import settled
from labkit.workers.proxies import JsProxy

if TYPE_CHECKING:
    from labkit.emulators.durable_objects.storage import DurableObjectStorage

INNER = "Cannot roll back an outer transaction while a nested transaction is still running."
COMMITTED = "on transaction that has already committed: did you move `txn` outside of the closure?"


async def run_transaction(storage: DurableObjectStorage, args: tuple[Any, ...]) -> Any:
    """What the function returns, once its writes are kept; where it raises, none is, and its error is passed on."""
    if not args or not callable(args[0]):
        raise kv_rules.wrong_parameter("transaction", 1, "function")
    async with storage.gates.section():
        with storage.event("transaction") as event:
            txn = DurableObjectTransaction(storage)
            try:
                result = await settled(args[0](txn))
            except Exception as error:
                txn.finish(keep=False)
                event.outcome = "rolled back"
                raise rpc.remote_error(error) from None
            storage.refuse_gone()
            if txn.is_rolled_back:
                event.outcome = "rolled back"
            txn.finish(keep=True)
            return result


def run_sync(storage: DurableObjectStorage, args: tuple[Any, ...]) -> Any:
    """What the function returns; where it raises, nothing that it wrote is kept."""
    if not args or not callable(args[0]):
        raise kv_rules.wrong_parameter("transactionSync", 1, "function")
    batches = storage.database.batches
    with storage.event("transactionSync") as event:
        name = batches.begin_transaction(sync=True)
        try:
            result = args[0]()
        except BaseException:
            event.outcome = "rolled back"
            batches.end_transaction(name, keep=False, sync=True)
            raise
        batches.end_transaction(name, keep=True, sync=True)
        return result


class DurableObjectTransaction(JsProxy):
    """`txn`: the storage's methods, for as long as the transaction is open, and `rollback`."""

    def __init__(self, storage: DurableObjectStorage):
        self._storage = storage
        self._name: str | None = storage.database.batches.begin_transaction()
        self.is_rolled_back = False

    def get(self, *args: Any, **keywords: Any) -> Any:
        return self._call("get", args, keywords)

    def put(self, *args: Any, **keywords: Any) -> Any:
        if not args and not keywords:
            raise kv_rules.wrong_parameter("put", 1, "string or object", "DurableObjectTransaction")
        if len(args) > 1 and args[1] is None:
            args = args[:1]  # None is undefined here
        return self._call("put", args, keywords)

    def delete(self, *args: Any, **keywords: Any) -> Any:
        return self._call("delete", args, keywords)

    def list(self, *args: Any, **keywords: Any) -> Any:
        return self._call("list", args, keywords)

    def getAlarm(self, *args: Any, **keywords: Any) -> Any:
        return self._call("getAlarm", args, keywords)

    def setAlarm(self, *args: Any, **keywords: Any) -> Any:
        return self._call("setAlarm", args, keywords)

    def deleteAlarm(self, *args: Any, **keywords: Any) -> Any:
        return self._call("deleteAlarm", args, keywords)

    async def deleteAll(self) -> None:
        raise js_error("Error", "Cannot call deleteAll() within a transaction")

    def rollback(self) -> None:
        """Undo what the transaction has written so far. Nothing more can be done through it."""
        if self.is_rolled_back:
            return
        self._check("rollback()")
        if self._storage.database.batches.has_inner(self._name or ""):
            raise js_error("Error", INNER)
        self.finish(keep=False)
        self.is_rolled_back = True

    def finish(self, *, keep: bool) -> None:
        """The transaction is over."""
        if self._name is not None:
            self._storage.database.batches.end_transaction(self._name, keep=keep)
            self._name = None

    async def _call(self, method: str, args: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        self._check(f"{method}()")
        result = await getattr(self._storage, method)(*(raw(arg) for arg in args), **keywords)
        several = method == "list" or (method == "get" and isinstance(args[0], JsArray))
        return proxied(result, is_map=several)

    def _check(self, call: str) -> None:
        if self.is_rolled_back:
            raise js_error("Error", f"Cannot {call} on rolled back transaction")
        if self._name is None:
            raise js_error("Error", f"Cannot call {call} {COMMITTED}")


def raw(argument: Any) -> Any:
    """An argument as JavaScript gets it when nobody converts it: what is no proxy, text or number is opaque."""
    if argument is None or isinstance(argument, str | int | float | JsProxy) or callable(argument):
        return argument
    return _Opaque(argument)


class _Opaque:
    """A Python object that JavaScript holds by a handle, and cannot clone."""

    def __init__(self, held: Any):
        self.held = held

    def __str__(self) -> str:
        return str(self.held)


def proxied(result: Any, *, is_map: bool) -> Any:
    """A result as JavaScript's own value."""
    if is_map:
        return JsMap((key, proxied(value, is_map=False)) for key, value in result.items())
    return None if result is None else rpc.python_to_rpc(result)
