"""A configuration is read as wrangler reads it, and what wrangler would silently ignore is refused."""

from __future__ import annotations

import pytest

from labkit import wrangler
from labkit.errors import ConfigError, NotEmulated

JSONC = """
{
  // the Worker's name
  "name": "edge-api", /* and its code */
  "main": "src/entry.py",
  "compatibility_date": "2026-05-01",
  "vars": {"URL": "https://example.com // not a comment", "LIST": "a,]",},
  "kv_namespaces": [{"binding": "CONFIG", "id": "abc"},],
  "triggers": {"crons": ["*/5 * * * *"]},
  "limits": {"cpu_ms": 100},
}
"""


def test_comments_and_trailing_commas_go_and_strings_stay():
    config = wrangler.read(JSONC)
    assert config.vars == {"URL": "https://example.com // not a comment", "LIST": "a,]"}
    assert (config.name, config.main, config.cpu_ms) == ("edge-api", "src/entry.py", 100)
    assert config.crons == ("*/5 * * * *",)


def test_a_file_its_text_and_a_dict_read_the_same(tmp_path):
    path = tmp_path / "wrangler.jsonc"
    path.write_text(JSONC)
    as_dict = {"name": "edge-api", "kv_namespaces": [{"binding": "CONFIG", "id": "abc"}]}
    assert wrangler.read(path) == wrangler.read(str(path)) == wrangler.read(JSONC)
    assert wrangler.read(as_dict).kv_namespaces == wrangler.read(JSONC).kv_namespaces


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({"kv_namespace": []}, "'kv_namespace' in the configuration .* Did you mean 'kv_namespaces'"),
        ({"Vars": {}}, "Did you mean 'vars'"),
        ({"kv_namespaces": [{"bindings": "A"}]}, "Did you mean 'binding'"),
        ({"kv_namespaces": [{"id": "a"}]}, 'has no "binding"'),
        ({"kv_namespaces": {"binding": "A"}}, "holds a list"),
        ({"kv_namespaces": ["A"]}, "should be an object"),
        ({"limits": {"cpu": 3}}, "Did you mean 'cpu_ms'"),
        ({"triggers": {"cron": []}}, "Did you mean 'crons'"),
        ("{not json}", "is not JSON"),
        ("missing.jsonc", "There is no wrangler configuration at 'missing.jsonc'"),
    ],
)
def test_a_mistake_is_named_with_the_nearest_right_word(config, words):
    with pytest.raises(ConfigError, match=words):
        wrangler.read(config)


def test_a_primitive_without_an_emulator_is_refused_by_name():
    with pytest.raises(NotEmulated, match="pipelines"):
        wrangler.read({"pipelines": []})


def test_what_an_object_binds_is_on_env_as_well_as_what_a_list_does():
    config = wrangler.read({"assets": {"binding": "ASSETS"}, "version_metadata": {"binding": "VERSION"},
                            "send_email": [{"name": "MAIL"}], "tail_consumers": [{"service": "tail"}]})  # fmt: skip
    assert set(config.bound) == {("assets", "ASSETS"), ("version_metadata", "VERSION"), ("send_email", "MAIL")}


def test_folders_in_a_configuration_are_counted_from_its_own(tmp_path):
    (tmp_path / "wrangler.toml").write_text('name = "site"\n[assets]\ndirectory = "public"\n')
    config = wrangler.read(tmp_path / "wrangler.toml")
    assert (config.folder, config.assets) == (tmp_path, {"directory": "public"})


def test_keys_that_only_a_deployment_needs_are_accepted():
    assert wrangler.read({"observability": {"enabled": True}, "$schema": "x"}) == wrangler.Config()


@pytest.mark.parametrize(
    ("config", "words"),
    [
        (5, "is a dict, JSONC text or a path, not 5"),
        ({5: 1}, "'wrangler' holds names"),
        ({"name": None}, "'name' is a text; this is None"),
        ({"main": 5}, "'main' is a text"),
        ({"compatibility_date": 20260501}, "'compatibility_date' is a text"),
        ({"vars": [1]}, "'vars' holds names and their values"),
        ({"triggers": {"crons": "* * * * *"}}, "'crons' holds a list"),
        ({"limits": {"cpu_ms": "50"}}, "'cpu_ms' in 'limits' is a number above 0; this is '50'"),
        ({"limits": {"cpu_ms": 0}}, "a number above 0"),
        ({"limits": {"subrequests": True}}, "a number above 0"),
        ({"services": [{"binding": "A"}]}, 'has no "service", the name of the other Worker'),
        ({"kv_namespaces": [{"binding": ""}]}, 'has no "binding"'),
        ({"queues": {"producers": [{"binding": "A"}]}}, 'has no "queue", the queue that it sends to'),
        ({"d1_databases": [{"database_id": "x"}]}, 'has no "binding"'),
        ({"r2_buckets": [{"binding": "A", "bucket": "x"}]}, "Did you mean 'bucket_name'"),
        ({"ratelimits": [{"name": "A"}]}, 'has no "namespace_id", a number: whose counters it shares'),
        ({"secrets_store_secrets": [{"binding": "A", "store_id": "s"}]}, 'has no "secret_name", its name in the store'),
        ({"assets": {"dir": "public"}}, "Did you mean 'directory'"),
        ({"tail_consumers": [{}]}, 'has no "service", the Worker that is told of each invocation'),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused_in_a_sentence(config, words):
    with pytest.raises(ConfigError, match=words):
        wrangler.read(config)


@pytest.mark.parametrize(
    ("config", "classes"),
    [
        ({"migrations": [{"tag": "v1", "new_sqlite_classes": ["Room"]}]}, {"Room": True}),
        ({"migrations": [{"tag": "v1", "new_classes": ["Room"]}]}, {"Room": False}),
        (
            {"migrations": [{"tag": "v1", "new_sqlite_classes": ["A", "B"]},
                            {"tag": "v2", "renamed_classes": [{"from": "A", "to": "C"}], "deleted_classes": ["B"]}]},
            {"C": True},
        ),
        ({"exports": {"Room": {"type": "durable-object", "storage": "sqlite"}, "Default": {"type": "worker"}}},
         {"Room": True}),
        ({"exports": {"Room": {"type": "durable-object", "storage": "legacy-kv"}}}, {"Room": False}),
        ({"exports": {"Room": {"type": "durable-object", "state": "deleted"}}}, {}),
    ],
)  # fmt: skip
def test_migrations_or_exports_say_which_classes_are_durable_objects(config, classes):
    assert wrangler.read(config).durable_classes == classes


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({"migrations": [{"tag": "v1", "deleted_classes": ["A"]}]}, "Migration 'v1' renames or deletes 'A'"),
        ({"migrations": [{"new_classes": ["A"]}]}, 'has no "tag"'),
        ({"migrations": [{"tag": "v1", "new_classes": "Room"}]}, "'new_classes' of migration 'v1' lists the names"),
        ({"migrations": [{"tag": "v1", "renamed_classes": ["Room"]}]}, "'renamed_classes' .* for each class"),
        ({"migrations": [{"tag": "v1", "renamed_classes": [{"from": "A"}]}]}, "'renamed_classes' .* for each class"),
        ({"exports": {"A": {"type": "durable-object"}}}, '"storage": "sqlite" or "legacy-kv"'),
        ({"exports": {"A": {}}}, "says what 'A' is"),
        ({"exports": []}, "'exports' holds the exported classes"),
        ({"migrations": [{"tag": "v1", "new_classes": ["A"]}],
          "exports": {"A": {"type": "durable-object", "storage": "sqlite"}}}, "not by both"),
        ({"durable_objects": {"bindings": [{"name": "A"}]}}, 'has no "class_name"'),
        ({"durable_objects": []}, "should be an object"),
        ({"queues": {"producer": []}}, "Did you mean 'producers'"),
        ({"queues": {"consumers": [{"queue": "q", "max_batch": 5}]}}, "Did you mean 'max_batch_size'"),
        ({"workflows": [{"binding": "W", "class_name": "F"}]}, 'has no "name", the workflow'),
    ],
)  # fmt: skip
def test_a_mistake_about_state_is_named(config, words):
    with pytest.raises(ConfigError, match=words):
        wrangler.read(config)


FLOW = {"binding": "W", "name": "w", "class_name": "F"}


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ([FLOW | {"limits": 5}], "'limits' of a Workflow is {\"steps\": 100}; this is 5"),
        ([FLOW | {"limits": {"step": 5}}], "'limits' of a Workflow"),
        ([FLOW | {"limits": {"steps": 0}}], "'steps' in 'limits' is a whole number from 1; this is 0"),
        ([FLOW | {"limits": {"steps": "5"}}], "a whole number from 1; this is '5'"),
        ([FLOW | {"limits": {"steps": True}}], "a whole number from 1; this is True"),
        ([FLOW | {"concurrency": {"limit": 2.5}}], "'limit' in 'concurrency' is a whole number"),
        ([FLOW | {"default_retention": "3 days"}], 'may hold "success_retention" and "error_retention"'),
        ([FLOW | {"default_retention": {"succes_retention": "3 days"}}], "this is {'succes_retention'"),
        ([FLOW | {"schedules": 5}], "'schedules' holds cron expressions; this is 5"),
        ([FLOW | {"schedules": [5]}], "'schedules' holds cron expressions"),
        ([FLOW, FLOW | {"binding": "X", "class_name": "G"}], "Workflows are called 'w': one runs 'F', the other 'G'"),
    ],
)
def test_a_mistake_about_a_workflow_is_named(entries, words):
    with pytest.raises(ConfigError, match=words):
        wrangler.read({"workflows": entries})


def test_two_bindings_of_one_workflow_are_fine():
    both = [FLOW | {"limits": {"steps": 1}, "schedules": "* * * * *"}, FLOW | {"binding": "X"}]
    assert wrangler.read({"workflows": both}).workflows == tuple(both)


def test_a_name_is_bound_once_among_all_kinds():
    both = wrangler.read(
        {"kv_namespaces": [{"binding": "A"}], "queues": {"producers": [{"binding": "A", "queue": "q"}]}}
    )
    with pytest.raises(ConfigError, match="'A' is bound twice, in kv_namespaces and in queues.producers"):
        wrangler.bound_once(both, {})
