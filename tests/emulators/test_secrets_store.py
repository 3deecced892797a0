"""Secrets Store: a secret is asked for, changes while Workers run, and is shown to nobody else."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit import Lab, facts
from labkit.emulators.secrets_store import SecretsStore
from labkit.errors import ConfigError, PlatformError
from labkit.workers.ffi import JsException
from tests.emulators.worlds import flat, planet

ENTRY = {"binding": "API_KEY", "store_id": "store", "secret_name": "api_key"}
VALUE = "hunter2-and-more"


def test_a_secret_is_asked_for():
    bench = planet()
    assert bench.run(SecretsStore(ENTRY, {"api_key": VALUE}, bench.world).binding("SYD").get()) == VALUE
    assert bench.charged["secrets_store"] == 1


def test_a_secret_that_is_not_there_is_refused_in_the_runtimes_words():
    bench = flat()
    with pytest.raises(JsException) as caught:
        bench.run(SecretsStore(ENTRY, {}, bench.world).binding("SYD").get())
    assert str(caught.value) == 'Error: Secret "api_key" not found'
    assert bench.trace[0].outcome == "exception"


def test_a_changed_secret_arrives_later_and_without_a_deployment():
    bench = planet()
    store = SecretsStore(ENTRY, {"api_key": "old"}, bench.world)
    secret = store.binding("SYD")
    store.set("new")
    assert bench.run(secret.get()) == "old"
    bench.advance(facts.value("secrets_store.propagation"))
    assert bench.run(secret.get()) == "new"
    store.delete()
    assert bench.run(secret.get()) == "new"
    bench.advance(facts.value("secrets_store.propagation"))
    with pytest.raises(JsException):
        bench.run(secret.get())


def test_without_a_network_a_changed_secret_is_there_at_once():
    bench = flat()
    store = SecretsStore(ENTRY, {}, bench.world)
    store.set("new")
    assert bench.run(store.binding("SYD").get()) == "new"


def test_no_repr_no_trace_and_no_snapshot_shows_it():
    bench = planet()
    store = SecretsStore(ENTRY, {"api_key": VALUE}, bench.world)
    bench.run(store.binding("SYD").get())
    store.set(VALUE + "!")
    said = [store, store.binding("SYD"), store.snapshot(), [event.as_dict() for event in bench.trace], vars(store)]
    assert "hunter2" not in repr(said)


@pytest.mark.parametrize("name", ["secrets", "secrets_store", "databases"])
@pytest.mark.parametrize("given", [VALUE, [VALUE], {5: VALUE}], ids=["text", "list", "names"])
def test_the_refusal_of_secrets_in_another_form_does_not_show_them(name: str, given: Any):
    with pytest.raises(ConfigError, match="names and their values") as caught:
        Lab(None, {"secrets_store_secrets": [ENTRY]}, **{name: given})
    assert "hunter2" not in str(caught.value)


def test_no_error_holds_a_secret_that_is_no_unicode():
    store = SecretsStore(ENTRY, {}, flat().world)
    store.set(VALUE + "\ud800")
    with pytest.raises(PlatformError) as caught:
        store.set(VALUE * 5000 + "\ud800")
    assert "hunter2" not in repr(caught.value)


def test_a_snapshot_brings_the_former_value_back():
    bench = flat()
    store = SecretsStore(ENTRY, {"api_key": "old"}, bench.world)
    state = store.snapshot()
    store.set("new")
    store.restore(state)
    assert bench.run(store.binding("SYD").get()) == "old"


def test_a_secret_has_at_most_64_kib_and_is_text():
    store = SecretsStore(ENTRY, {}, flat().world)
    store.set("x" * 65536)
    with pytest.raises(PlatformError, match="65,536 bytes; this one has 65,537"):
        store.set("x" * 65537)
    with pytest.raises(PlatformError, match="is a string"):
        SecretsStore(ENTRY, {"api_key": 5}, flat().world)  # type: ignore[dict-item]
    with pytest.raises(ConfigError, match="no spaces"):
        SecretsStore({**ENTRY, "secret_name": "api key"}, {}, flat().world)


@settings(max_examples=20)
@given(st.lists(st.tuples(st.sampled_from(["a", "b", None]), st.floats(0, 12)), max_size=8))
def test_every_place_has_the_last_value_that_is_old_enough(changes: list[Any]):
    bench = planet()
    store, takes = SecretsStore(ENTRY, {"api_key": "first"}, bench.world), facts.value("secrets_store.propagation")
    history: list[tuple[float, str | None]] = [(-takes, "first")]
    for value, pause in changes:
        store.delete() if value is None else store.set(value)
        history.append((bench.now, value))
        bench.advance(pause)
        settled = [each for at, each in history if bench.now - at >= takes]
        assert store._known() == settled[-1]
        if pause >= takes:
            assert store._known() == value


WORKER = """
from workers import Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        return Response(f"{self.env.API_KEY} {await self.env.API_KEY.get()}")
"""


def test_a_worker_that_forgets_to_ask_holds_the_binding():
    lab = Lab(WORKER, {"secrets_store_secrets": [ENTRY]}, secrets_store={"api_key": VALUE})
    assert lab.run(lab.run(lab.fetch("/")).text()) == f"<secret api_key: await its get()> {VALUE}"
    lab.secrets_store("API_KEY").set("rotated")
    lab.run(lab.advance("1 minute"))
    assert lab.run(lab.run(lab.fetch("/")).text()).endswith("rotated")
    assert VALUE not in repr(lab.snapshot()) + repr(list(lab.trace))
