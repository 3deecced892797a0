"""A bucket's lifecycle rules as S3 clients set and read them, and what they mean for one object or upload."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from labkit.emulators.r2 import R2
from labkit.emulators.r2.lifecycle_rules import rule_of
from labkit.emulators.r2.objects import Stored
from labkit.emulators.r2.s3 import xml
from labkit.emulators.r2.s3.asks import Answer, Ask, document, http_date
from labkit.emulators.r2.s3.errors import S3Error, sentence_of
from labkit.emulators.r2.uploads import Upload
from labkit.errors import LabError

UNIMPLEMENTED = ("And", "Tag", "ObjectSizeGreaterThan", "ObjectSizeLessThan", "NoncurrentVersionExpiration",
                 "NoncurrentVersionTransition", "ExpiredObjectDeleteMarker")  # fmt: skip


async def get_lifecycle(ask: Ask) -> Answer:
    async with ask.bucket.operation("GetBucketLifecycleConfiguration", ask.call.colo):
        rules = ask.bucket.lifecycle.as_data()
        if not rules:
            raise S3Error("NoSuchLifecycleConfiguration")
    return document("LifecycleConfiguration", [("Rule", _written(rule)) for rule in rules])


async def put_lifecycle(ask: Ask) -> Answer:
    found = xml.parsed(ask.content, "LifecycleConfiguration").all("Rule")
    if not found:
        raise S3Error("MalformedXML")
    rules = [_read(rule, number) for number, rule in enumerate(found, 1)]
    async with ask.bucket.operation("PutBucketLifecycleConfiguration", ask.call.colo):
        try:
            ask.bucket.lifecycle.set(rules)
        except LabError as error:
            raise S3Error("InvalidRequest", sentence_of(error)) from None
    return Answer()


async def delete_lifecycle(ask: Ask) -> Answer:
    async with ask.bucket.operation("DeleteBucketLifecycle", ask.call.colo):
        ask.bucket.lifecycle.set([])
    return Answer(204)


def expiration_of(bucket: R2, stored: Stored) -> dict[str, str]:
    """When a rule will delete an object, as a header."""
    found = bucket.lifecycle.expiration(stored)
    if found is None:
        return {}
    return {"x-amz-expiration": f'expiry-date="{http_date(found[0])}", rule-id="{quote(found[1])}"'}


def abort_headers(ask: Ask, upload: Upload) -> dict[str, str]:
    """When a rule will abort an upload, as headers."""
    rules = [rule for rule in ask.bucket.lifecycle.rules if rule.abort and rule.is_for(upload.key)]
    due = min(((rule.abort.of(upload.started), rule.id) for rule in rules if rule.abort), default=None)
    return {"x-amz-abort-date": http_date(due[0]), "x-amz-abort-rule-id": quote(due[1])} if due else {}


def _read(rule: xml.Element, number: int) -> dict[str, Any]:
    """A rule as plain data, which the bucket takes. Refuses what R2 does not have, and what is no rule."""
    parts = [*rule, *(part for child in rule for part in child)]
    if missing := [part.name for part in parts if part.name in UNIMPLEMENTED]:
        raise S3Error("NotImplemented", f"{missing[0]} in a lifecycle rule is not implemented")
    data: dict[str, Any] = {"ID": rule.text("ID", ""), "Status": rule.text("Status")}
    place = rule.find("Filter") or rule
    data["Filter"] = {"Prefix": place.text("Prefix", "")}
    if expiration := rule.find("Expiration"):
        data["Expiration"] = _moment(expiration)
    if transitions := rule.all("Transition"):
        data["Transitions"] = [{**_moment(each), "StorageClass": each.text("StorageClass")} for each in transitions]
    if abort := rule.find("AbortIncompleteMultipartUpload"):
        data["AbortIncompleteMultipartUpload"] = {"DaysAfterInitiation": abort.number("DaysAfterInitiation")}
    if data["Status"] not in ("Enabled", "Disabled"):
        raise S3Error("MalformedXML")
    try:
        rule_of(data, number)
    except LabError as error:
        raise S3Error("InvalidRequest", sentence_of(error)) from None
    return data


def _moment(element: xml.Element) -> dict[str, Any]:
    if element.find("Days"):
        return {"Days": element.number("Days")}
    return {"Date": element.text("Date").strip()}


def _written(rule: dict[str, Any]) -> xml.Content:
    """A rule's plain data as elements: those that come several times are named in the singular."""
    lists = [("Transition", _elements(each)) for each in rule.get("Transitions", [])]
    others = [(name, _elements(value)) for name, value in rule.items() if name != "Transitions"]
    return [*others, *lists]


def _elements(value: Any) -> xml.Content:
    return [(name, _elements(each)) for name, each in value.items()] if isinstance(value, dict) else value
