"""A public bucket: what each place's cache holds, for how long it hides a change, what the bucket answers itself."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit import Lab, facts
from labkit.errors import LabError
from labkit.workers.request import Request
from tests.emulators.buckets import DAY, DOMAIN, Around
from tests.emulators.worlds import flat, planet

HOUR = 3600
PNG = "/a.png"


@pytest.fixture
def around() -> Around:
    around = Around(planet())
    around.bucket.publish(DOMAIN)
    return around


def read(around: Around, path: str, *colos: str) -> dict[str, tuple[int, str | None, str]]:
    return {colo: around.get(path, colo) for colo in colos}


@pytest.mark.parametrize(
    ("http", "seconds"),
    [
        ({}, 2 * HOUR), ({"cacheControl": "max-age=60"}, 60), ({"cacheControl": "public, max-age=86400"}, DAY),
        ({"cacheControl": "s-maxage=30, max-age=600"}, 30),
    ],
)  # fmt: skip
def test_an_overwritten_object_is_stale_in_each_place_until_its_time_is_over_there(around: Around, http, seconds: int):
    around.put("a.png", b"old", http=http)
    around.get(PNG, "SYD")
    filled = {"SYD": around.bench.now}
    around.bench.advance(seconds / 2)
    around.get(PNG, "LHR")
    filled["LHR"] = around.bench.now
    around.put("a.png", b"new", http=http)
    for colo in ("SYD", "LHR"):
        around.bench.until(filled[colo] + seconds - 1)
        assert around.get(PNG, colo) == (200, "HIT", "old")
        around.bench.until(filled[colo] + seconds)
        assert around.get(PNG, colo) == (200, "EXPIRED", "new")
        assert around.get(PNG, colo) == (200, "HIT", "new")


def test_a_404_that_was_cached_before_the_upload_hides_it_for_three_minutes_in_that_place(around: Around):
    assert around.get(PNG, "SYD")[:2] == (404, "MISS")
    missed = around.bench.now
    around.put("a.png")
    assert around.get(PNG, "LHR") == (200, "MISS", "hello")
    around.bench.until(missed + 179)
    assert around.get(PNG, "SYD")[:2] == (404, "HIT")
    around.bench.until(missed + 180)
    assert around.get(PNG, "SYD") == (200, "EXPIRED", "hello")


def test_a_deleted_object_is_still_served_where_it_is_held(around: Around):
    around.put("a.png")
    read(around, PNG, "SYD", "LHR")
    around.bucket.store.delete(["a.png"])
    assert set(read(around, PNG, "SYD", "LHR").values()) == {(200, "HIT", "hello")}
    assert around.get(PNG, "FRA")[:2] == (404, "MISS")


def test_the_bucket_is_asked_at_every_miss_and_at_no_hit(around: Around):
    around.put("a.png")
    for colo in ("SYD", "SYD", "LHR", "LHR"):
        around.get(PNG, colo)
    assert [event.units for event in around.operations("GetObject")] == [{"r2.std.class_b": 1}] * 2
    assert around.bench.charged == {}
    public = around.operations("public")
    assert [event.outcome for event in public] == ["MISS", "HIT", "MISS", "HIT"]
    assert public[0].seconds > 10 * public[1].seconds
    assert {event.units["r2.egress_gb"] for event in public} == {5e-9}


@pytest.mark.parametrize(
    ("path", "is_cached"),
    [
        ("/a.png", True), ("/a.PNG", True), ("/folder.d/a.js", True), ("/robots.txt", True), ("/a.pdf", True),
        ("/a.html", False), ("/a.json", False), ("/a", False), ("/png", False), ("/a.png/b", False),
        ("/x/robots.txt", False),
    ],
)  # fmt: skip
def test_what_is_cached_is_a_matter_of_the_extension(around: Around, path: str, is_cached: bool):
    around.put(path[1:])
    seen = [around.get(path)[1] for _ in range(2)]
    assert seen == (["MISS", "HIT"] if is_cached else ["DYNAMIC", "DYNAMIC"])


def test_everything_can_be_cached():
    around = Around(planet())
    around.bucket.publish(DOMAIN, cache_everything=True)
    around.put("a.json")
    assert [around.get("/a.json")[1] for _ in range(2)] == ["MISS", "HIT"]


@pytest.mark.parametrize("control", ["no-store", "no-cache", "private, max-age=60", "max-age=0"])
def test_what_its_headers_forbid_to_cache_is_a_bypass(around: Around, control: str):
    around.put("a.png", http={"cacheControl": control})
    assert [around.get(PNG)[1] for _ in range(2)] == ["BYPASS", "BYPASS"]


def test_what_may_not_be_cached_any_more_is_held_no_more(around: Around):
    around.put("a.png", http={"cacheControl": "max-age=60"})
    around.get(PNG)
    around.put("a.png", http={"cacheControl": "no-store"})
    around.bench.advance(60)
    assert around.get(PNG)[1] == "BYPASS"
    around.bucket.outage(60)
    assert around.ask(PNG).status == 500


def test_what_has_not_changed_is_revalidated_and_read_from_the_bucket_only_in_name(around: Around):
    around.put("a.png", http={"cacheControl": "max-age=60"}, storage_class="InfrequentAccess")
    around.get(PNG)
    around.bench.advance(60)
    assert around.get(PNG)[1] == "REVALIDATED"
    first, second = around.operations("GetObject")
    assert first.units == {"r2.ia.class_b": 1, "r2.ia.retrieval_gb": 5e-9} and second.units == {"r2.ia.class_b": 1}
    assert around.get(PNG)[1] == "HIT"


@pytest.mark.parametrize(
    ("asked", "read"),
    [({}, 5), ({"range": "bytes=1-2"}, 2), ({"range": "bytes=9-"}, 0), ({"if_none_match": "*"}, 0),
     ({"if_match": '"zz"'}, 0)],
)  # fmt: skip
def test_what_is_not_cached_is_retrieved_as_far_as_it_is_read(around: Around, asked: dict[str, str], read: int):
    around.put("a.html", storage_class="InfrequentAccess")
    around.ask("/a.html", **asked)
    [event] = around.operations("GetObject")
    assert event.units == {"r2.ia.class_b": 1} | ({"r2.ia.retrieval_gb": read / 1e9} if read else {})


def test_what_is_stale_is_served_while_the_bucket_fails_and_what_is_not_there_is_an_error(around: Around):
    around.put("a.png", http={"cacheControl": "max-age=60"})
    around.get(PNG, "SYD")
    around.bench.advance(60)
    around.bucket.outage(HOUR)
    assert around.get(PNG, "SYD") == (200, "STALE", "hello")
    assert around.ask(PNG, "LHR").status == 500
    around.bench.advance(HOUR)
    assert around.get(PNG, "SYD")[1] == "REVALIDATED"


def test_stale_while_revalidate_is_served_at_once_and_fetched_behind_it(around: Around):
    http = {"cacheControl": "max-age=60, stale-while-revalidate=30"}
    around.put("a.png", b"old", http=http)
    around.get(PNG)
    filled = around.bench.now
    around.put("a.png", b"new", http=http)
    around.bench.until(filled + 60)
    assert around.get(PNG) == (200, "UPDATING", "old")
    assert around.operations("public")[-1].seconds < 0.05
    around.bench.advance(5)
    assert around.get(PNG) == (200, "HIT", "new")
    assert len(around.operations("GetObject")) == 2


def test_behind_the_window_and_with_directives_against_it_a_reader_waits(around: Around):
    around.put("a.png", b"old", http={"cacheControl": "max-age=60, stale-while-revalidate=30"})
    around.put("b.png", b"old", http={"cacheControl": "max-age=60, must-revalidate, stale-while-revalidate=30"})
    for path in (PNG, "/b.png"):
        around.get(path)
    around.bench.advance(61)
    assert around.get("/b.png")[1] == "REVALIDATED"
    around.bench.advance(30)
    assert around.get(PNG)[1] == "REVALIDATED"


@pytest.mark.parametrize(
    ("control", "late", "status"),
    [
        ("max-age=60", DAY, 200), ("max-age=60, must-revalidate", 0, 500), ("max-age=60, proxy-revalidate", 0, 500),
        ("s-maxage=60", 0, 500), ("max-age=60, stale-if-error=0", 0, 500),
        ("max-age=60, stale-if-error=30", 29, 200), ("max-age=60, stale-if-error=30", 30, 500),
        ("max-age=60, stale-if-error=30, must-revalidate", 0, 500),
    ],
)  # fmt: skip
def test_headers_say_whether_what_is_stale_is_served_while_the_bucket_fails(around: Around, control, late, status):
    around.bucket.home = "SYD"
    around.put("a.png", http={"cacheControl": control})
    around.get(PNG)
    around.bench.until(around.bench.now + 60 + late)
    around.bucket.outage("1 minute")
    assert around.get(PNG)[:2] == (status, "STALE" if status == 200 else None)


@pytest.mark.parametrize("seconds", ["9" * 320, "9" * 5000])
def test_any_number_of_seconds_is_some_time(around: Around, seconds: str):
    around.put("a.png", http={"cacheControl": f"max-age={seconds}, stale-while-revalidate={seconds}"})
    assert around.get(PNG)[:2] == (200, "MISS")
    around.bench.advance(30 * DAY)
    assert around.get(PNG)[:2] == (200, "HIT")


@pytest.mark.parametrize("path", ["/a.png", "/a.html"])
@pytest.mark.parametrize("asked", ["bytes=" + "9" * 5000 + "-", "bytes=0-" + "9" * 5000])
def test_a_range_of_any_number_is_answered(around: Around, path: str, asked: str):
    around.put(path[1:])
    assert around.ask(path, range=asked).status == (416 if asked.endswith("-") else 206)


def test_a_fill_goes_on_where_whoever_asked_for_it_is_gone(around: Around):
    around.put("a.png")

    async def gone() -> None:
        asking = asyncio.ensure_future(around.hosts[DOMAIN](Request(f"https://{DOMAIN}{PNG}"), "SYD"))
        await asyncio.sleep(0.05)
        asking.cancel()
        await asyncio.sleep(10)

    around.bench.run(gone())
    assert around.get(PNG) == (200, "HIT", "hello")


def test_a_purge_reaches_all_places_and_another_url_stays(around: Around):
    for key in ("a.png", "b.png"):
        around.put(key, b"old")
        read(around, f"/{key}", "SYD", "LHR")
        around.put(key, b"new")
    assert around.bucket.purge(f"https://{DOMAIN}/a.png") == 2
    assert {each[2] for each in read(around, PNG, "SYD", "LHR").values()} == {"new"}
    assert around.get("/b.png", "SYD") == (200, "HIT", "old")
    around.bucket.purge()
    assert around.get("/b.png", "SYD") == (200, "MISS", "new")


@pytest.mark.parametrize("url", [f"HTTPS://{DOMAIN.upper()}:443/x/../a b.png#top", f"https://{DOMAIN}/a%20b.png"])
def test_a_purge_takes_a_url_as_a_browser_does(around: Around, url: str):
    around.put("a b.png")
    around.get("/a b.png")
    assert around.bucket.purge(url) == 1


def test_a_purge_does_not_reach_what_a_place_is_fetching(around: Around):
    around.put("a.png", b"old")

    async def purged() -> None:
        asked = asyncio.ensure_future(around.hosts[DOMAIN](Request(f"https://{DOMAIN}{PNG}"), "LHR"))
        await around.world.timeline.sleep(0.15)
        around.put("a.png", b"new")
        assert around.bucket.purge() == 0
        await asked

    around.bench.run(purged())
    assert around.get(PNG, "LHR") == (200, "HIT", "old")


@pytest.mark.parametrize("url", ["https://other.test/a.png", PNG, "a.png", "", 5, f"https://{DOMAIN}.test/a.png"])
def test_a_purge_of_what_is_not_the_buckets_is_refused(around: Around, url: Any):
    with pytest.raises(LabError, match="is not public at"):
        around.bucket.purge(url)


def test_the_query_belongs_to_the_key_of_the_cache_and_not_to_the_object(around: Around):
    around.put("a.png", b"old")
    around.get(PNG)
    around.put("a.png", b"new")
    assert around.get(PNG + "?v=2") == (200, "MISS", "new")
    assert around.get(PNG) == (200, "HIT", "old")


def test_many_at_once_cost_one_read(around: Around):
    around.put("a.png")

    async def crowd() -> None:
        answer = around.hosts[DOMAIN]
        await asyncio.gather(*(answer(Request(f"https://{DOMAIN}{PNG}"), "SYD") for _ in range(50)))

    around.bench.run(crowd())
    assert len(around.operations("GetObject")) == 1
    assert sorted(event.outcome for event in around.operations("public")) == ["HIT"] * 49 + ["MISS"]


def test_with_tiers_one_place_beside_the_bucket_asks_it_for_all(around: Around):
    around.bucket.unpublish(DOMAIN)
    around.bucket.publish(DOMAIN, tiered=True)
    around.put("a.png", b"old")
    assert [around.get(PNG, colo)[1] for colo in ("SYD", "LHR", "LHR")] == ["MISS", "HIT", "HIT"]
    assert len(around.operations("GetObject")) == 1
    around.put("a.png", b"new")
    assert around.get(PNG, "FRA") == (200, "HIT", "old")
    assert "age" not in around.ask(PNG, "IAD").headers
    assert around.bucket.purge() == 5


def test_headers_are_those_of_the_object(around: Around):
    http = {
        "contentType": "image/png", "contentLanguage": "en", "contentDisposition": "inline", "contentEncoding": "br",
        "cacheExpiry": datetime(2030, 1, 1, tzinfo=UTC),
    }  # fmt: skip
    stored = around.put("a.png", http=http, custom={"by": "u1"})
    headers = dict(around.ask(PNG).headers.items())
    assert headers == {
        "accept-ranges": "bytes", "cf-cache-status": "MISS", "content-disposition": "inline", "content-encoding": "br",
        "content-language": "en", "content-length": "5", "content-type": "image/png", "etag": f'"{stored.etag}"',
        "expires": "Tue, 01 Jan 2030 00:00:00 GMT", "last-modified": "Tue, 14 Nov 2023 22:13:20 GMT",
    }  # fmt: skip


@pytest.mark.parametrize("text", ["text/html\r\nset-cookie: a=b", "a\nb", "a\0b", "ü☕"])
def test_metadata_that_would_break_a_header_are_left_out(around: Around, text: str):
    around.put("a.png", http={"contentType": text, "cacheControl": "max-age=86400"})
    headers = dict(around.ask(PNG).headers.items())
    assert "content-type" not in headers and headers["cache-control"] == "max-age=86400"


def test_a_cacheable_object_without_cache_control_gets_four_hours_in_the_browser(around: Around):
    around.put("a.png")
    around.put("a.html")
    assert around.ask(PNG).headers["cache-control"] == "max-age=14400"
    assert "cache-control" not in around.ask("/a.html").headers
    around.bench.advance(100)
    hit = around.ask(PNG).headers
    assert (hit["cache-control"], hit["cf-cache-status"], hit["age"]) == ("max-age=14400", "HIT", "100")


@pytest.mark.parametrize(
    ("http", "shown"),
    [
        ({"cacheControl": "public, max-age=60"}, "public, max-age=14400"),
        ({"cacheControl": "max-age=14399"}, "max-age=14400"), ({"cacheControl": "max-age=14401"}, "max-age=14401"),
        ({"cacheControl": "s-maxage=30"}, "s-maxage=30, max-age=14400"),
        ({"cacheControl": "s-maxage=30, max-age=86400"}, "s-maxage=30, max-age=86400"),
        ({"cacheControl": "no-store"}, "no-store"),
        ({"cacheExpiry": datetime(2023, 11, 14, 23, tzinfo=UTC)}, "max-age=14400"),
    ],
)  # fmt: skip
def test_a_browser_keeps_for_four_hours_what_the_place_keeps_for_less(around: Around, http, shown: str):
    around.put("a.png", http=http)
    headers = around.ask(PNG).headers
    assert headers["cache-control"] == shown and "expires" not in headers


MODIFIED, LATER, EARLIER = (
    "Tue, 14 Nov 2023 22:13:20 GMT",
    "Wed, 15 Nov 2023 00:00:00 GMT",
    "Mon, 13 Nov 2023 00:00:00 GMT",
)
ETAG = '"5d41402abc4b2a76b9719d911017c592"'


@pytest.mark.parametrize("path", ["/a.png", "/a.html"])
@pytest.mark.parametrize(
    ("asked", "status", "body"),
    [
        ({"if_none_match": ETAG}, 304, ""), ({"if_none_match": '"zz"'}, 200, "hello"),
        ({"if_none_match": "*"}, 304, ""),
        ({"if_modified_since": MODIFIED}, 304, ""), ({"if_modified_since": LATER}, 304, ""),
        ({"if_modified_since": LATER, "if_none_match": '"zz"'}, 200, "hello"),
        ({"if_modified_since": EARLIER, "if_none_match": ETAG}, 304, ""),
        ({"if_modified_since": EARLIER}, 200, "hello"), ({"if_modified_since": "nonsense"}, 200, "hello"),
        ({"range": "bytes=1-2"}, 206, "el"), ({"range": "bytes=-2"}, 206, "lo"), ({"range": "bytes=3-"}, 206, "lo"),
        ({"range": "bytes=1-2", "if_range": ETAG}, 206, "el"),
        ({"range": "bytes=1-2", "if_range": '"zz"'}, 200, "hello"),
        ({"range": "bytes=9-"}, 416, None), ({"range": "bytes=0-0,2-3"}, 200, "hello"),
    ],
)  # fmt: skip
def test_conditions_and_ranges_hold_behind_the_cache_and_without_it(around: Around, path, asked, status, body):
    around.put(path[1:])
    for _ in range(2):
        found = around.ask(path, **asked)
        assert found.status == status
        assert body is None or around.bench.run(found.text()) == body
        if status == 206:
            assert found.headers["content-range"].endswith("/5")
            assert found.headers["content-length"] == str(len(body or ""))


def test_a_write_condition_is_the_buckets_own(around: Around):
    around.put("a.html")
    assert around.ask("/a.html", if_match='"zz"').status == 412
    assert around.ask("/a.html", if_match=ETAG).status == 200
    assert around.ask("/a.html", if_match="nonsense").status == 200


def test_head_has_no_body_and_fills_the_cache_as_get_does(around: Around):
    around.put("a.png")
    around.put("a.html")
    found = around.ask(PNG, method="HEAD")
    assert found.status == 200 and around.bench.run(found.text()) == "" and found.headers["content-length"] == "5"
    assert around.get(PNG)[1] == "HIT"
    around.ask("/a.html", method="HEAD")
    assert len(around.operations("HeadObject")) == 1


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
def test_a_public_bucket_is_only_read(around: Around, method: str):
    around.put("a.png")
    assert around.ask(PNG, method=method).status == 405
    assert around.bucket.store.head("a.png")


@pytest.mark.parametrize(
    ("path", "key"), [("/a%20b.png", "a b.png"), ("/%C3%BC/x.png", "ü/x.png"), ("/a%2Fb.png", "a/b.png")]
)
def test_a_path_is_a_key_percent_decoded(around: Around, path: str, key: str):
    around.put(key)
    assert around.get(path)[0] == 200


def test_the_root_lists_nothing_and_a_name_that_is_too_long_is_refused(around: Around):
    around.put("a.png")
    assert around.get("/")[:2] == (404, "DYNAMIC")
    assert around.get("/" + "k" * 1025)[0] == 400
    assert around.get("/../../a.png")[0] == 200


CORS = [{"AllowedOrigins": ["https://app.test"], "AllowedMethods": ["GET"], "ExposeHeaders": ["ETag"],
         "AllowedHeaders": ["x-*"], "MaxAgeSeconds": 600}]  # fmt: skip


def test_a_page_of_an_allowed_origin_may_read(around: Around):
    around.put("a.png")
    around.bucket.cors = CORS
    found = around.ask(PNG, origin="https://app.test").headers
    assert found["access-control-allow-origin"] == "https://app.test" and found["vary"] == "Origin"
    assert found["access-control-expose-headers"] == "ETag"
    for origin in ("https://app.test.evil", "http://app.test", "null"):
        assert "access-control-allow-origin" not in around.ask(PNG, origin=origin).headers
    assert "access-control-allow-origin" not in around.ask(PNG).headers


def test_each_origin_has_a_copy_of_its_own_and_is_purged_by_name(around: Around):
    around.bucket.cors = CORS
    around.put("a.png")
    assert [around.get(PNG)[1], around.get(PNG, origin="https://app.test")[1]] == ["MISS", "MISS"]
    url = f"https://{DOMAIN}{PNG}"
    assert around.bucket.purge(url) == 1
    assert around.get(PNG, origin="https://app.test")[1] == "HIT"
    assert around.bucket.purge(url, from_origin="https://app.test") == 1


@pytest.mark.parametrize(
    ("method", "names", "status"),
    [("GET", "", 204), ("GET", "X-User, x-b", 204), ("PUT", "", 403), ("GET", "authorization", 403)],
)
def test_a_preflight(around: Around, method: str, names: str, status: int):
    around.bucket.cors = CORS
    asked = {"origin": "https://app.test", "access_control_request_method": method}
    found = around.ask(PNG, method="OPTIONS", **asked, **({"access_control_request_headers": names} if names else {}))
    assert found.status == status
    if status == 204:
        assert found.headers["access-control-max-age"] == "600"
        assert found.headers["access-control-allow-methods"] == "GET"


@pytest.mark.parametrize(
    "rule",
    [
        {"AllowedOrigins": ["https://a.test/"], "AllowedMethods": ["GET"]}, {"AllowedOrigins": ["*"]},
        {"AllowedOrigins": ["*"], "AllowedMethods": ["PATCH"]}, {"AllowedOrigins": "*", "AllowedMethods": ["GET"]},
        {"AllowedOrigins": ["*"], "AllowedMethods": ["GET"], "Origins": []}, "GET", 5,
        {"AllowedOrigins": ["*"], "AllowedMethods": ["GET"], "AllowedHeaders": "content-type"},
        {"AllowedOrigins": ["*"], "AllowedMethods": ["GET"], "ExposeHeaders": [5]},
        {"AllowedOrigins": [5], "AllowedMethods": ["GET"]}, {"AllowedOrigins": ["*"], "AllowedMethods": 5},
        {"AllowedOrigins": ["*"], "AllowedMethods": ["GET"], "MaxAgeSeconds": "600"},
        {"AllowedOrigins": ["*"], "AllowedMethods": ["GET"], "MaxAgeSeconds": -1},
    ],
)  # fmt: skip
def test_what_is_no_cors_rule(around: Around, rule: Any):
    with pytest.raises(LabError):
        around.bucket.cors = [rule]


@pytest.mark.parametrize("rules", [None, "x", 5, {"AllowedOrigins": ["*"], "AllowedMethods": ["GET"]}])
def test_cors_rules_are_a_list(around: Around, rules: Any):
    with pytest.raises(LabError, match="a list of rules"):
        around.bucket.cors = rules


def test_an_r2_dev_address_is_not_cached_and_limited():
    around = Around(planet())
    around.put("a.png")
    host = around.bucket.publish_dev().removeprefix("https://").rstrip("/")
    assert host.startswith("pub-") and host.endswith(".r2.dev")
    most, second = facts.value("r2.dev_requests_per_second"), int(around.world.unix) + 1

    async def crowd() -> list[int]:
        await asyncio.sleep(second - around.world.unix)
        asked = (around.hosts[host](Request(f"https://{host}/a.png"), "SYD") for _ in range(most + 1))
        return [response.status for response in await asyncio.gather(*asked)]

    statuses = around.bench.run(crowd())
    assert (statuses.count(200), statuses.count(429)) == (most, 1)
    around.bench.advance(1)
    found = around.ask("/a.png", host=host)
    assert found.status == 200 and "cf-cache-status" not in found.headers


def test_what_was_asked_before_a_snapshot_was_restored_does_not_count():
    around = Around(planet())
    around.bucket.publish_dev()
    around.put("a.png")
    state, most = around.bucket.snapshot(), facts.value("r2.dev_requests_per_second")

    async def crowd() -> set[int]:
        request = Request(f"https://{around.bucket.dev_domain}/a.png")
        answers = [around.hosts[around.bucket.dev_domain](request, "SYD") for _ in range(most)]
        return {each.status for each in await asyncio.gather(*answers)}

    assert around.bench.run(crowd()) == {200}
    around.bench.world.timeline = type(around.bench.world.timeline)()
    around.bucket.restore(state)
    assert around.bench.world.timeline.run(crowd()) == {200}


def test_a_domain_of_ones_own_is_not_limited(around: Around):
    around.put("a.html")

    async def crowd() -> set[int]:
        asked = [Request(f"https://{DOMAIN}/a.html") for _ in range(facts.value("r2.dev_requests_per_second") + 1)]
        return {response.status for response in await asyncio.gather(*(around.hosts[DOMAIN](r, "SYD") for r in asked))}

    assert around.bench.run(crowd()) == {200}


def test_what_is_no_domain_and_what_is_taken(around: Around):
    around.hosts[".r2.test"] = around.hosts["api.test"] = None
    for domain in ("https://files.test", "files", "", "-.-", "a..test", "a-.test", "f\n.test", None, 5):
        with pytest.raises(LabError, match="is no domain"):
            around.bucket.publish(domain)  # type: ignore[arg-type]
    for domain in (DOMAIN, DOMAIN.upper(), "api.test", "a.r2.test", "a.b.r2.test"):
        with pytest.raises(LabError, match="taken already"):
            around.bucket.publish(domain)
    del around.hosts[".r2.test"], around.hosts["api.test"]
    around.bucket.unpublish(DOMAIN)
    assert around.hosts == {}
    with pytest.raises(LabError, match="not public"):
        around.bucket.unpublish(DOMAIN)


def test_a_snapshot_of_the_caches_has_what_a_domain_holds(around: Around):
    around.put("a.png", b"old")
    around.get(PNG)
    state = around.caches.snapshot()
    around.bucket.purge()
    around.caches.restore(state)
    around.put("a.png", b"new")
    assert around.get(PNG) == (200, "HIT", "old")


def test_with_the_network_off_a_domain_is_cached_too():
    around = Around(flat())
    around.bucket.publish(DOMAIN)
    around.put("a.png")
    assert [around.get(PNG)[1] for _ in range(2)] == ["MISS", "HIT"]
    assert around.bench.now == 0


def test_a_visitor_and_a_worker_of_a_lab_reach_it():
    from labkit.workers import Response, WorkerEntrypoint, fetch

    class Proxy(WorkerEntrypoint):
        async def fetch(self, request: Any) -> Any:
            found = await fetch(f"https://{DOMAIN}{PNG}")
            return Response(f"{found.status} {found.headers['cf-cache-status']} {await found.text()}")

    lab = Lab(Proxy, r2=["FILES"])
    lab.r2("FILES").publish(DOMAIN)
    lab.run(lab.env().FILES.put("a.png", "hello"))
    assert lab.run(lab.run(lab.fetch("/", colo="SYD")).text()) == "200 MISS hello"
    assert lab.run(lab.fetch(f"https://{DOMAIN}{PNG}", colo="SYD")).headers["cf-cache-status"] == "HIT"


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.integers(0, 9)), st.tuples(st.just("delete"), st.just(0)),
        st.tuples(st.just("wait"), st.sampled_from([30, 90, 170])), st.tuples(st.just("purge"), st.just(0)),
        st.tuples(st.just("get"), st.sampled_from(["SYD", "LHR"])),
    ),
    max_size=14,
)  # fmt: skip


@settings(max_examples=40)
@given(STEPS)
def test_a_place_answers_with_what_it_got_at_its_last_fill_until_that_is_over(steps):
    around, present, held = Around(planet()), None, {}
    around.bucket.publish(DOMAIN)
    for step, value in steps:
        if step == "put":
            present = f"{value}"
            around.put("a.png", present.encode(), http={"cacheControl": "max-age=120"})
        elif step == "delete":
            present = None
            around.bucket.store.delete(["a.png"])
        elif step == "wait":
            around.bench.advance(value)
        elif step == "purge":
            around.bucket.purge()
            held = {}
        else:
            status, cache, body = around.get(PNG, value)
            if cache != "HIT":
                held[value] = around.bench.now + (180 if present is None else 120), present
            until, known = held[value]
            assert (status, body) == (200, known) if known is not None else status == 404
            assert cache != "HIT" or around.bench.now < until + 1


WORDS = st.sampled_from(
    ['"', "*", "W/", ETAG, "bytes=", "-", ",", "0", "99999999999999999999", "9" * 5000, "=", " ", MODIFIED,
     "Mon, 01 Jan 0001 00:00:00", "Mon, 01 Jan 0001 00:00:00 -0000", "Sat, 31 Dec 9999 23:59:59 -2359", "é", "%"]
)  # fmt: skip
TEXTS = st.lists(WORDS, max_size=4).map("".join)
NAMES = ["range", "if_match", "if_none_match", "if_modified_since", "if_unmodified_since", "if_range", "origin"]


@settings(max_examples=60)
@given(
    st.dictionaries(st.sampled_from(NAMES), TEXTS, max_size=3), st.sampled_from(["/a.png", "/a.html", "/%ff%00/..%2f"])
)
def test_whatever_is_asked_is_answered(headers: dict[str, str], path: str):
    around = Around(flat())
    around.bucket.publish(DOMAIN)
    around.put("a.png")
    around.put("a.html")
    for _ in range(2):
        assert around.ask(path, **headers).status in (200, 206, 304, 404, 412, 416)
