"""A few names stand for a whole configuration."""

from __future__ import annotations

import pytest

from labkit import Lab, short_forms, wrangler
from labkit.errors import ConfigError
from labkit.workers import DurableObject, WorkerEntrypoint, WorkflowEntrypoint


class Api(WorkerEntrypoint):
    pass


class Room(DurableObject):
    pass


class Order(WorkflowEntrypoint):
    pass


NONE = dict.fromkeys(("kv", "queues", "crons"), ()) | dict.fromkeys(("vars", "durable_objects", "workflows"))


def config(consumes: bool = True, **given):
    return wrangler.read({}, short_forms.entries(**NONE | given, consumes=consumes))


def test_durable_objects_are_classes_or_their_names_and_keep_their_data_in_sqlite():
    by_class, by_name = config(durable_objects={"ROOM": Room}), config(durable_objects={"ROOM": "Room"})
    assert by_class == by_name
    assert by_class.durable_objects == ({"name": "ROOM", "class_name": "Room"},)
    assert by_class.durable_classes == {"Room": True}


def test_a_queue_has_the_name_of_its_binding_in_small_letters_and_this_worker_consumes_it():
    found = config(queues=["JOBS"])
    assert found.producers == ({"binding": "JOBS", "queue": "jobs"},)
    assert found.consumers == ({"queue": "jobs"},)
    assert config(queues={"JOBS": "work"}).producers == ({"binding": "JOBS", "queue": "work"},)


def test_a_queue_that_the_configuration_consumes_gets_no_second_consumer():
    given = {"queues": {"consumers": [{"queue": "jobs", "max_batch_size": 2}]}}
    lab = Lab(Api, given, queues=["JOBS", "MAIL"])
    assert lab.config.consumers == ({"queue": "jobs", "max_batch_size": 2},)  # Api has no queue handler
    short = short_forms.entries(**NONE | {"queues": ["JOBS", "MAIL"]}, consumes=True, consumed=["jobs"])
    assert short["queues"]["consumers"] == [{"queue": "mail"}]


def test_a_worker_without_a_handler_consumes_no_queue():
    assert config(consumes=False, queues=["JOBS"]).consumers == ()


def test_workflows_and_crons_have_short_forms():
    found = config(workflows={"ORDERS": Order}, crons=["*/5 * * * *"])
    assert found.workflows == ({"binding": "ORDERS", "name": "orders", "class_name": "Order"},)
    assert found.crons == ("*/5 * * * *",)


def test_short_forms_are_added_to_a_configuration():
    given = {"kv_namespaces": [{"binding": "A"}], "vars": {"x": 1}, "triggers": {"crons": ["0 * * * *"]}}
    both = wrangler.read(given, short_forms.entries(**NONE | {"kv": ["B"], "vars": {"y": 2}, "crons": ["1 * * * *"]},
                                                    consumes=False))  # fmt: skip
    assert [entry["binding"] for entry in both.kv_namespaces] == ["A", "B"]
    assert (both.vars, both.crons) == ({"x": 1, "y": 2}, ("0 * * * *", "1 * * * *"))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"kv": 5}, "kv=5: it holds the names that they get on env"),
        ({"kv": [""]}, "the names that they get on env"),
        ({"crons": [5]}, r"crons=\[5\]: it holds cron expressions"),
        ({"durable_objects": ["Room"]}, "'durable_objects' holds names and their values"),
        ({"durable_objects": {"ROOM": 5}}, "give the class, or its name"),
    ],
)
def test_a_wrong_short_form_says_what_it_holds(given, words):
    with pytest.raises(ConfigError, match=words):
        config(**given)


def test_a_class_that_a_short_form_names_joins_the_worker():
    assert short_forms.program(Api, {"ROOM": Room}, {"ORDERS": Order}) == {"Default": Api, "Room": Room, "Order": Order}
    assert short_forms.program(Api, {"ROOM": "Room"}, None) is Api
    assert short_forms.program([Api, Room], {"ROOM": Room}, {"ORDERS": Order}) == [Api, Room, Order]
