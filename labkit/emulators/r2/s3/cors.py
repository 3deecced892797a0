"""A bucket's CORS rules as S3 clients set and read them, and the answer to a browser that asks before it sends."""

from __future__ import annotations

from typing import Any

from labkit.emulators.r2.cors import Cors, Rule, rule_of
from labkit.emulators.r2.s3 import xml
from labkit.emulators.r2.s3.asks import Answer, Ask, document
from labkit.emulators.r2.s3.calls import Call
from labkit.emulators.r2.s3.errors import S3Error, sentence_of
from labkit.errors import LabError

MOST_RULES = 100
LISTS = {"AllowedOrigin": "AllowedOrigins", "AllowedMethod": "AllowedMethods", "AllowedHeader": "AllowedHeaders",
         "ExposeHeader": "ExposeHeaders"}  # fmt: skip
"""An element that may come several times, and the list that it is in plain data."""


def preflight(rules: Cors, call: Call) -> Answer:
    """The answer to a browser that asks before it sends. No signature is needed."""
    headers = rules.preflight(call.headers)
    if headers is None:
        raise S3Error("AccessForbidden")
    return Answer(204, headers)


async def get_cors(ask: Ask) -> Answer:
    async with ask.bucket.operation("GetBucketCors", ask.call.colo):
        rules = ask.bucket.cors.rules
        if not rules:
            raise S3Error("NoSuchCORSConfiguration")
    return document("CORSConfiguration", [("CORSRule", _written(rule)) for rule in rules])


async def put_cors(ask: Ask) -> Answer:
    found = xml.parsed(ask.content, "CORSConfiguration").all("CORSRule")
    if not 0 < len(found) <= MOST_RULES:
        raise S3Error("MalformedXML")
    rules = [_read(rule) for rule in found]
    async with ask.bucket.operation("PutBucketCors", ask.call.colo):
        ask.bucket.cors = rules
    return Answer()


async def delete_cors(ask: Ask) -> Answer:
    async with ask.bucket.operation("DeleteBucketCors", ask.call.colo):
        ask.bucket.cors = ()
    return Answer(204)


def _read(rule: xml.Element) -> dict[str, Any]:
    """A rule as plain data, which the bucket takes. Refuses what is none, and more than one `*` in a name."""
    data: dict[str, Any] = {many: [each.content.strip() for each in rule.all(one)] for one, many in LISTS.items()}
    if not all(xml.is_token(each) for each in data["AllowedHeaders"] + data["ExposeHeaders"]):
        raise S3Error("MalformedXML")
    if any(each.count("*") > 1 for each in data["AllowedOrigins"] + data["AllowedHeaders"]):
        raise S3Error("InvalidRequest", "An origin or a header can not have more than one wildcard.")
    if rule.find("MaxAgeSeconds"):
        data["MaxAgeSeconds"] = rule.number("MaxAgeSeconds")
    if rule.find("ID"):
        data["ID"] = rule.text("ID")
    try:
        rule_of(data)
    except LabError as error:
        raise S3Error("InvalidRequest", sentence_of(error)) from None
    return data


def _written(rule: Rule) -> xml.Content:
    found = zip(LISTS, (rule.origins, rule.methods, rule.headers, rule.exposed), strict=True)
    texts = [(name, text) for name, many in found for text in many]
    return [("ID", rule.id), *texts, ("MaxAgeSeconds", rule.max_age)]
