"""Cross-origin rules of a bucket: which pages may read its answers, and what a browser is told before it asks.

https://developers.cloudflare.com/r2/buckets/cors/.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from labkit.emulators.r2.s3 import xml
from labkit.emulators.r2.s3.asks import Answer, Ask, document
from labkit.emulators.r2.s3.calls import Call
from labkit.emulators.r2.s3.errors import S3Error

METHODS = ("GET", "PUT", "POST", "DELETE", "HEAD")
MOST_RULES = 100


@dataclass(frozen=True)
class Rule:
    """One rule; `*` in an origin or a header stands for any characters."""

    origins: tuple[str, ...]
    methods: tuple[str, ...]
    headers: tuple[str, ...] = ()
    exposed: tuple[str, ...] = ()
    max_age: int | None = None
    id: str | None = None

    def permits(self, origin: str, method: str, headers: list[str]) -> bool:
        has_origin = any(_fits(each, origin) for each in self.origins)
        return has_origin and method in self.methods and all(self._has(header) for header in headers)

    def _has(self, header: str) -> bool:
        return any(_fits(each.lower(), header.lower()) for each in self.headers)


def preflight(rules: tuple[Rule, ...], call: Call) -> Answer:
    """The answer to a browser that asks before it sends. No signature is needed."""
    origin, method = call.headers.get("origin", ""), call.headers.get("access-control-request-method", "")
    if not origin or not method:
        raise S3Error(
            "InvalidRequest", "Insufficient information. Origin and Access-Control-Request-Method are needed."
        )
    wanted = [
        each.strip() for each in call.headers.get("access-control-request-headers", "").split(",") if each.strip()
    ]
    rule = next((each for each in rules if each.permits(origin, method, wanted)), None)
    if rule is None:
        raise S3Error("AccessForbidden")
    headers = {**_permitted(rule, origin), "access-control-allow-methods": ", ".join(rule.methods)}
    if wanted:
        headers["access-control-allow-headers"] = ", ".join(wanted)
    if rule.max_age is not None:
        headers["access-control-max-age"] = str(rule.max_age)
    return Answer(204, headers)


def headers_for(rules: tuple[Rule, ...], call: Call) -> dict[str, str]:
    """What an answer says to a page of another origin; nothing where no rule permits it."""
    origin = call.headers.get("origin")
    rule = origin and next((each for each in rules if each.permits(origin, call.method, [])), None)
    return _permitted(rule, origin) if rule and origin else {}


async def get_cors(ask: Ask) -> Answer:
    async with ask.bucket.operation("GetBucketCors", ask.call.colo):
        rules = ask.s3.cors.get(ask.bucket_name, ())
        if not rules:
            raise S3Error("NoSuchCORSConfiguration")
    return document("CORSConfiguration", [("CORSRule", _written(rule)) for rule in rules])


async def put_cors(ask: Ask) -> Answer:
    found = xml.parsed(ask.content, "CORSConfiguration").all("CORSRule")
    if not 0 < len(found) <= MOST_RULES:
        raise S3Error("MalformedXML")
    rules = tuple(_read(rule) for rule in found)
    async with ask.bucket.operation("PutBucketCors", ask.call.colo):
        ask.s3.cors[ask.bucket_name] = rules
    return Answer()


async def delete_cors(ask: Ask) -> Answer:
    async with ask.bucket.operation("DeleteBucketCors", ask.call.colo):
        ask.s3.cors.pop(ask.bucket_name, None)
    return Answer(204)


def _permitted(rule: Rule, origin: str) -> dict[str, str]:
    headers = {"access-control-allow-origin": "*" if "*" in rule.origins else origin, "vary": "Origin"}
    if rule.exposed:
        headers["access-control-expose-headers"] = ", ".join(rule.exposed)
    return headers


def _fits(pattern: str, text: str) -> bool:
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), text, re.DOTALL) is not None


def _read(rule: xml.Element) -> Rule:
    texts = {name: tuple(each.content.strip() for each in rule.all(name)) for name in _MANY}
    origins, methods = texts["AllowedOrigin"], texts["AllowedMethod"]
    if not origins or not methods or any(each.count("*") > 1 for each in origins + texts["AllowedHeader"]):
        raise S3Error("MalformedXML")
    if unknown := sorted(set(methods) - set(METHODS)):
        raise S3Error(
            "InvalidRequest", f"Found unsupported HTTP method in CORS config. Unsupported method is {unknown[0]}"
        )
    if any(not _is_header(each) for each in texts["AllowedHeader"] + texts["ExposeHeader"]):
        raise S3Error("MalformedXML")
    max_age = rule.number("MaxAgeSeconds") if rule.find("MaxAgeSeconds") else None
    return Rule(origins, methods, texts["AllowedHeader"], texts["ExposeHeader"], max_age, rule.text("ID", "") or None)


_MANY = ("AllowedOrigin", "AllowedMethod", "AllowedHeader", "ExposeHeader")
_is_header = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+").fullmatch


def _written(rule: Rule) -> xml.Content:
    many = zip(_MANY, (rule.origins, rule.methods, rule.headers, rule.exposed), strict=True)
    texts = [(name, text) for name, found in many for text in found]
    return [("ID", rule.id), *texts, ("MaxAgeSeconds", rule.max_age)]
