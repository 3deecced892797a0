"""A bucket's lifecycle as boto3 sets it: the rules come back, act on the lab's time, and show on objects."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from labkit import Lab
from tests.serving.running import scenario
from tests.serving.s3_clients import asked, code

LOGS = {"ID": "old logs", "Status": "Enabled", "Filter": {"Prefix": "logs/"}, "Expiration": {"Days": 7}}
COLD = {"ID": "cold", "Status": "Enabled", "Filter": {"Prefix": ""},
        "Transitions": [{"Days": 1, "StorageClass": "STANDARD_IA"}]}  # fmt: skip
PARTS = {"ID": "parts", "Status": "Disabled", "Filter": {"Prefix": "u/"},
         "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1}}  # fmt: skip
DATED = {"ID": "dated", "Status": "Enabled", "Filter": {"Prefix": "2019/"},
         "Expiration": {"Date": datetime(2027, 1, 1, tzinfo=UTC)}}  # fmt: skip


@pytest.fixture
def lab() -> Lab:
    return Lab(r2=["FILES"])


def configured(s3: Any, *rules: dict[str, Any]) -> None:
    s3.put_bucket_lifecycle_configuration(Bucket="files", LifecycleConfiguration={"Rules": list(rules)})


@scenario
async def test_rules_come_back_as_they_were_set_and_can_be_deleted(lab):
    def work(s3: Any) -> Any:
        default = s3.get_bucket_lifecycle_configuration(Bucket="files")["Rules"]
        assert [rule["AbortIncompleteMultipartUpload"] for rule in default] == [{"DaysAfterInitiation": 7}]
        configured(s3, LOGS, COLD, PARTS, DATED)
        found = s3.get_bucket_lifecycle_configuration(Bucket="files")["Rules"]
        s3.delete_bucket_lifecycle(Bucket="files")
        assert code(s3.get_bucket_lifecycle_configuration, Bucket="files") == (404, "NoSuchLifecycleConfiguration")
        return found

    assert await asked(work, lab) == [LOGS, COLD, PARTS, DATED]


@scenario
async def test_an_object_says_when_it_goes(lab):
    def work(s3: Any) -> Any:
        configured(s3, LOGS)
        put = s3.put_object(Bucket="files", Key="logs/a", Body=b"x")
        other = s3.put_object(Bucket="files", Key="b", Body=b"x")
        return put["Expiration"], "Expiration" in other, s3.head_object(Bucket="files", Key="logs/a")["Expiration"]

    put, other, head = await asked(work, lab)
    assert put == head and put.endswith('rule-id="old%20logs"') and not other


@scenario
async def test_what_a_client_set_acts_on_the_time_of_the_lab(lab):
    def work(s3: Any) -> None:
        configured(s3, LOGS, COLD)
        for key in ("logs/a", "b"):
            s3.put_object(Bucket="files", Key=key, Body=b"x")

    await asked(work, lab)
    await lab.advance(9 * 86_400)
    assert [(row["key"], row["storage_class"]) for row in lab.r2("FILES").contents()] == [("b", "InfrequentAccess")]


@pytest.mark.parametrize(
    "rule",
    [
        {**LOGS, "Expiration": {"ExpiredObjectDeleteMarker": True}}, {"ID": "x", "Status": "Enabled", "Filter": {}},
        {**COLD, "Transitions": [{"Days": 1, "StorageClass": "GLACIER"}]}, {**LOGS, "Status": "Maybe"},
        {**LOGS, "Filter": {"Tag": {"Key": "a", "Value": "b"}}},
    ],
)  # fmt: skip
@scenario
async def test_what_r2_has_not_is_refused(lab, rule):
    def work(s3: Any) -> int:
        rules = {"LifecycleConfiguration": {"Rules": [rule]}}
        return code(s3.put_bucket_lifecycle_configuration, Bucket="files", **rules)[0]

    assert await asked(work, lab) in (400, 501)
    assert len(lab.r2("FILES").lifecycle.rules) == 1
