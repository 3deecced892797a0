"""The lifecycle of a bucket: what goes, moves or is aborted, within a day after it is due and never before."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.emulators.r2.lifecycle_rules import Rule, When, rule_of
from labkit.errors import LabError, PlatformError, Stuck
from tests.emulators.buckets import DAY, Around
from tests.emulators.worlds import EPOCH, flat, planet


@pytest.fixture
def around() -> Around:
    return Around(planet())


def keys(around: Around) -> list[str]:
    return list(around.bucket.store.names)


def classes(around: Around) -> dict[str, str]:
    return {row["key"]: row["storage_class"] for row in around.bucket.contents()}


@pytest.mark.parametrize("days", [1, 7, 90])
def test_an_object_stays_until_it_is_due_and_has_gone_a_day_later(around: Around, days: int):
    around.bucket.lifecycle.add("old", expire_days=days)
    around.put("a")
    around.bench.until(days * DAY - 0.001)
    assert keys(around) == ["a"]
    around.bench.until((days + 1) * DAY)
    assert keys(around) == []


def test_the_hour_at_which_it_goes_is_the_buckets_own_and_differs_with_the_seed():
    gone = set()
    for seed in range(5):
        around = Around(planet(seed))
        around.bucket.lifecycle.add("old", expire_days=1)
        around.put("a")
        around.bench.until(3 * DAY)
        [event] = around.operations("LifecycleDeletion")
        gone.add(event.start)
    assert len(gone) == 5 and all(DAY <= at < 2 * DAY for at in gone)


@pytest.mark.parametrize("what", ["expire_days", "ia_transition_days", "abort_multipart_days"])
def test_nothing_is_due_a_moment_before_and_all_is_at_the_moment(what: str):
    around = Around(flat())
    around.bucket.lifecycle.set([])
    around.bucket.lifecycle.add("rule", **{what: 3})  # type: ignore[arg-type]
    around.put("a")
    around.bucket.store.uploads.create("b")
    around.bench.until(3 * DAY - 0.01)
    assert around.bucket.lifecycle.sweep() == 0
    around.bench.until(3 * DAY)
    assert around.bucket.lifecycle.sweep() == 1
    assert around.bucket.lifecycle.sweep() == 0


def test_a_date_is_midnight_in_utc(around: Around):
    due = datetime(2023, 11, 20, tzinfo=UTC).timestamp() - EPOCH
    around.bucket.lifecycle.add("year's end", expire_date="2023-11-20")
    around.put("a")
    around.bench.until(due - 0.001)
    assert keys(around) == ["a"]
    around.bench.until(due + DAY)
    assert keys(around) == []


def test_what_is_put_again_begins_anew(around: Around):
    around.bucket.lifecycle.add("old", expire_days=7)
    around.put("a")
    around.bench.until(6 * DAY)
    around.put("a")
    around.bench.until(13 * DAY - 0.001)
    assert keys(around) == ["a"]
    around.bench.until(14 * DAY)
    assert keys(around) == []


def test_a_rule_is_for_its_prefix_and_only_while_it_is_enabled(around: Around):
    expire = {"Expiration": {"Days": 1}}
    around.bucket.lifecycle.set([
        {"ID": "logs", "Status": "Enabled", "Filter": {"Prefix": "logs/"}, **expire},
        {"ID": "all", "Status": "Disabled", **expire},
    ])  # fmt: skip
    for key in ("logs/a", "logs", "b"):
        around.put(key)
    around.bench.until(3 * DAY)
    assert keys(around) == ["b", "logs"]


def test_a_move_to_infrequent_access_changes_the_class_alone_and_is_a_class_a_operation(around: Around):
    around.bucket.notify("events", ["object-create", "object-delete"])
    around.bucket.lifecycle.add("cold", ia_transition_days=30)
    before = around.put("a")
    around.bench.advance(60)
    around.sent.clear()
    around.bench.until(30 * DAY - 0.001)
    assert classes(around) == {"a": "Standard"}
    around.bench.until(60 * DAY)
    after = around.bucket.store.head("a")
    assert after and after.storage_class == "InfrequentAccess" and around.sent == []
    assert (after.etag, after.version, after.uploaded) == (before.etag, before.version, before.uploaded)
    [event] = around.operations("LifecycleStorageTierTransition")
    assert event.units == {"r2.std.class_a": 1}


def test_thirty_days_of_infrequent_access_are_billed_from_the_move_on(around: Around):
    around.bucket.lifecycle.add("cold", ia_transition_days=30)
    around.put("a", b"x" * 1000)
    around.bench.until(32 * DAY)
    [event] = around.operations("LifecycleStorageTierTransition")
    around.bucket.store.delete(["a"])
    around.bench.until(event.start + 30 * DAY - 1)
    assert around.bucket.stored_units() == {"r2.ia.storage_gb_mo": 1e-6}
    around.bench.until(event.start + 30 * DAY)
    assert around.bucket.stored_units() == {}


@pytest.mark.parametrize(("apart", "moves"), [(0.5, False), (0.999, False), (1, True), (5, True)])
def test_what_would_be_deleted_within_a_day_is_not_moved(around: Around, apart: float, moves: bool):
    around.bucket.lifecycle.add("cold", ia_transition_days=30)
    around.bucket.lifecycle.add("old", expire_days=30 + apart)
    around.put("a")
    around.bench.until(40 * DAY)
    assert keys(around) == []
    assert len(around.operations("LifecycleStorageTierTransition")) == moves


def test_an_upload_that_is_not_completed_goes_after_seven_days(around: Around):
    uploads = around.bucket.store.uploads
    upload = uploads.create("big")
    uploads.put_part("big", upload.id, 1, b"part")
    around.bench.until(7 * DAY - 0.001)
    assert uploads.open() == [upload]
    around.bench.until(8 * DAY)
    assert uploads.open() == [] and around.operations("AbortMultipartUpload")[0].detail["key"] == "big"


def test_the_earlier_of_two_rules_aborts_and_without_any_an_upload_stays(around: Around):
    uploads, lifecycle = around.bucket.store.uploads, around.bucket.lifecycle
    lifecycle.add("users", "user/", abort_multipart_days=1)
    uploads.create("user/a")
    uploads.create("b")
    around.bench.until(3 * DAY)
    assert [upload.key for upload in uploads.open()] == ["b"]
    lifecycle.set([])
    around.bench.until(30 * DAY)
    assert [upload.key for upload in uploads.open()] == ["b"]


def test_a_deletion_by_rule_is_told_as_such(around: Around):
    around.bucket.notify("events", "object-delete")
    around.bucket.lifecycle.add("old", expire_days=1)
    around.put("a")
    around.bench.until(3 * DAY)
    [(_, body)] = around.sent
    assert (body["action"], body["object"]) == ("LifecycleDeletion", {"key": "a"})


def test_the_rules_are_a_table(around: Around):
    around.bucket.lifecycle.add("logs", "logs/", expire_days=90, ia_transition_date=date(2026, 1, 1))
    default, logs = around.bucket.lifecycle.table()
    assert default["action"] == "abort uploads after 7 days"
    assert logs == {
        "name": "logs", "enabled": "Yes", "prefix": "logs/",
        "action": "expire objects after 90 days, move to Infrequent Access after 2026-01-01",
    }  # fmt: skip
    assert "logs/" in repr(around.bucket.lifecycle) and "<table" in around.bucket.lifecycle._repr_html_()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"name": "x"}, "at least one action"), ({"name": "", "expire_days": 1}, "rule name"),
        ({"name": "x", "expire_days": -1}, "positive number"), ({"name": "x", "expire_date": "soon"}, "no valid date"),
        ({"name": "Default Multipart Abort Rule", "expire_days": 1}, "already"),
        ({"name": None, "expire_days": 1}, "rule name"), ({"name": "x", "prefix": None, "expire_days": 1}, "prefix"),
        ({"name": "x", "expire_days": "ten"}, "positive number"), ({"name": "x", "expire_days": True}, "positive"),
        ({"name": "x", "expire_days": float("nan")}, "positive number"), ({"name": "x", "expire_date": 5}, "no date"),
    ],
)  # fmt: skip
def test_what_is_no_rule(around: Around, given: dict[str, Any], words: str):
    with pytest.raises(PlatformError, match=words):
        around.bucket.lifecycle.add(**given)
    assert len(around.bucket.lifecycle.rules) == 1


def test_a_bucket_has_a_thousand_rules_and_no_more(around: Around):
    rules = [Rule(str(number), expire=When(days=1)) for number in range(1000)]
    around.bucket.lifecycle.set(rules)
    with pytest.raises(PlatformError, match="up to 1,000 lifecycle rules"):
        around.bucket.lifecycle.add("another", expire_days=1)


def test_a_rule_is_removed_by_its_name(around: Around):
    around.bucket.lifecycle.add("old", expire_days=1)
    around.put("a")
    around.bucket.lifecycle.remove("old")
    around.bench.until(5 * DAY)
    assert keys(around) == ["a"]
    with pytest.raises(LabError, match="'old' not found"):
        around.bucket.lifecycle.remove("old")


S3_RULES: list[dict[str, Any]] = [
    {"ID": "2019", "Status": "Enabled", "Filter": {"Prefix": "2019/"},
     "Expiration": {"Date": "2024-01-01T00:00:00.000Z"}},
    {"ID": "cold", "Status": "Disabled", "Filter": {"Prefix": ""},
     "Transitions": [{"Days": 30, "StorageClass": "STANDARD_IA"}]},
    {"ID": "uploads", "Status": "Enabled", "Filter": {"Prefix": "u/"}, "Expiration": {"Days": 90},
     "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1}},
]  # fmt: skip


def test_rules_come_and_go_as_s3_writes_them(around: Around):
    around.bucket.lifecycle.set(S3_RULES)
    assert around.bucket.lifecycle.as_data() == S3_RULES
    assert rule_of({"Prefix": "old/", "Expiration": {"Days": 1}}, 3) == Rule("rule-3", "old/", expire=When(days=1))


@pytest.mark.parametrize(
    "data",
    [
        {"Transitions": [{"Days": 1, "StorageClass": "GLACIER"}]}, {"NoncurrentVersionExpiration": {}, **S3_RULES[0]},
        {"Expiration": {"ExpiredObjectDeleteMarker": True}}, {"ID": "nothing", "Status": "Enabled"},
        {"Transitions": [{"Days": 1, "StorageClass": "STANDARD_IA"}, {"Days": 2, "StorageClass": "STANDARD_IA"}]},
        {"Transitions": {"Days": 1, "StorageClass": "STANDARD_IA"}}, {"Expiration": {"Days": 1, "Date": "2026-01-01"}},
        {"Expiration": {"Days": "x"}}, {"Expiration": 5}, {"Expiration": {"Days": 1}, "Status": "enabled"},
        {"Expiration": {"Days": 1}, "Filter": {"Tag": {"Key": "a", "Value": "b"}}},
        {"Expiration": {"Days": 1}, "Filter": {"And": {"Prefix": "a/", "ObjectSizeGreaterThan": 5}}},
        {"Expiration": {"Days": 1}, "Filter": "a/"}, {"Expiration": {"Days": 1}, "Expire": {}}, "text", 5,
    ],
)  # fmt: skip
def test_what_s3_has_and_r2_has_not_is_refused(data: Any):
    with pytest.raises(PlatformError):
        rule_of(data)


def test_what_is_due_behind_the_last_date_is_due_then(around: Around):
    around.bucket.lifecycle.add("never", expire_days=2**31 - 1)
    assert around.bucket.lifecycle.expiration(around.put("a")) == (253402300799, "never")


def test_an_object_knows_when_it_goes_and_by_which_rule(around: Around):
    around.bucket.lifecycle.add("late", expire_days=90)
    around.bucket.lifecycle.add("early", "a", expire_days=30)
    assert around.bucket.lifecycle.expiration(around.put("a")) == (EPOCH + 30 * DAY, "early")
    assert around.bucket.lifecycle.expiration(around.put("b")) == (EPOCH + 90 * DAY, "late")
    around.bucket.lifecycle.set([])
    assert around.bucket.lifecycle.expiration(around.put("b")) is None


@pytest.mark.parametrize("fails", ["outage", "kill"])
def test_rules_act_on_nothing_while_the_bucket_fails_and_later_they_do(around: Around, fails: str):
    around.bucket.lifecycle.add("old", expire_days=1)
    around.put("a")
    around.bucket.outage(5 * DAY) if fails == "outage" else around.bench.faults.kill("SIN")
    around.bench.until(5 * DAY)
    assert keys(around) == ["a"]
    around.bench.faults.heal()
    around.bench.until(6 * DAY + 1)
    assert keys(around) == []


def test_a_rule_keeps_no_lab_alive(around: Around):
    around.bucket.lifecycle.add("old", expire_days=365)
    around.put("a")
    with pytest.raises(Stuck):
        around.bench.run(_for_ever(around))
    assert around.bench.now < DAY


async def _for_ever(around: Around) -> None:
    await around.world.timeline.create_future()


def test_where_nothing_could_be_done_no_timer_runs(around: Around):
    background = around.world.timeline.env.background
    around.put("a")
    assert not background
    around.bucket.lifecycle.add("old", expire_days=1)
    assert len(background) == 1
    around.bench.until(5 * DAY)
    assert not background and keys(around) == []
    around.put("b")
    assert len(background) == 1


def test_a_snapshot_has_the_rules_and_its_timer_rings_once(around: Around):
    around.bucket.lifecycle.add("old", expire_days=1)
    around.put("a")
    state = around.bucket.snapshot()
    around.bucket.lifecycle.set([])
    around.bucket.restore(state)
    assert len(around.world.timeline.env.background) == 1
    around.bench.until(3 * DAY)
    assert keys(around) == [] and len(around.operations("LifecycleDeletion")) == 1


def test_with_the_network_off_nothing_happens_but_by_hand():
    around = Around(flat())
    around.bucket.lifecycle.add("old", expire_days=1)
    around.put("a")
    around.bench.until(5 * DAY)
    assert keys(around) == ["a"]
    assert around.bucket.lifecycle.sweep() == 1 and keys(around) == []


DAYS = st.integers(1, 6)
RULES = st.lists(st.tuples(st.sampled_from(["", "a", "ab"]), DAYS), min_size=1, max_size=3)


@settings(max_examples=30)
@given(RULES, st.lists(st.tuples(st.sampled_from(["a", "ab", "b"]), st.integers(0, 5)), min_size=1, max_size=4), DAYS)
def test_an_object_is_there_before_its_first_rule_is_due_and_not_a_day_later(rules, puts, look: int):
    around, stored = Around(planet()), {}
    for number, (prefix, days) in enumerate(rules):
        around.bucket.lifecycle.add(str(number), prefix, expire_days=days)
    for key, at in sorted(puts, key=lambda put: put[1]):
        around.bench.until(max(around.bench.now, at * DAY))
        around.put(key)
        stored[key] = around.bench.now
    now = around.bench.now + look * DAY - 0.5
    around.bench.until(now)
    for key, at in stored.items():
        due = min((at + days * DAY for prefix, days in rules if key.startswith(prefix)), default=now + DAY)
        assert now >= due or key in keys(around)
        assert now < due + DAY or key not in keys(around)
