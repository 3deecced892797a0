"""The classes of a Worker's module."""

from __future__ import annotations

import pytest

from labkit.workers import DurableObject, Request, WorkerEntrypoint, WorkflowEntrypoint, handler
from labkit.workers.entrypoints import DurableObjectAbort
from labkit.workers.workflows import NonRetryableError


@pytest.mark.parametrize("base", [WorkerEntrypoint, DurableObject, WorkflowEntrypoint])
def test_an_object_has_its_context_and_its_bindings(base):
    class Mine(base, kind="anything"):
        pass

    made = Mine("ctx", "env")
    assert (made.ctx, made.env) == ("ctx", "env")


def test_an_init_of_ones_own_calls_super():
    class Room(DurableObject):
        def __init__(self, ctx, env):
            super().__init__(ctx, env)
            self.members = []

    assert Room(1, 2).env == 2


def test_an_old_handler_gets_this_sdks_request():
    @handler
    def on_fetch(request, env):
        """Answers."""
        return request, env

    request, env = on_fetch(Request("https://a.com").js_object, "env")
    assert isinstance(request, Request)
    assert env == "env"
    assert on_fetch.__doc__ == "Answers."


def test_an_abort_is_stopped_by_no_except_exception():
    assert not issubclass(DurableObjectAbort, Exception)
    assert issubclass(NonRetryableError, Exception)
