"""The S3 endpoint from inside a lab: a Worker signs with its own code, by the lab's clock, and pays one subrequest."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from labkit import Lab, facts
from labkit.emulators.r2.s3 import Token
from labkit.emulators.r2.s3.calls import from_request
from labkit.workers.request import Request

SIGNING = '''
import hashlib
import hmac
from datetime import datetime, timezone
from urllib.parse import quote

HOST = "lab.r2.cloudflarestorage.com"


def key_of(secret, scope):
    key = b"AWS4" + secret.encode()
    for part in scope.split("/"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key


def signed(method, path, body, key_id, secret, now):
    """The headers of a signed request."""
    date = now.strftime("%Y%m%dT%H%M%SZ")
    scope = f"{date[:8]}/auto/s3/aws4_request"
    headers = {"host": HOST, "x-amz-content-sha256": hashlib.sha256(body).hexdigest(), "x-amz-date": date}
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name]}\\n" for name in sorted(headers))
    request = "\\n".join((method, path, "", lines, names, headers["x-amz-content-sha256"]))
    text = "\\n".join(("AWS4-HMAC-SHA256", date, scope, hashlib.sha256(request.encode()).hexdigest()))
    signature = hmac.new(key_of(secret, scope), text.encode(), hashlib.sha256).hexdigest()
    credential = f"AWS4-HMAC-SHA256 Credential={key_id}/{scope}"
    headers["authorization"] = f"{credential}, SignedHeaders={names}, Signature={signature}"
    del headers["host"]
    return headers


def presigned(path, key_id, secret, now, seconds):
    """A URL that anybody may GET for some seconds."""
    date = now.strftime("%Y%m%dT%H%M%SZ")
    scope = f"{date[:8]}/auto/s3/aws4_request"
    query = {"X-Amz-Algorithm": "AWS4-HMAC-SHA256", "X-Amz-Credential": f"{key_id}/{scope}", "X-Amz-Date": date,
             "X-Amz-Expires": str(seconds), "X-Amz-SignedHeaders": "host"}
    text = "&".join(f"{name}={quote(value, safe='')}" for name, value in sorted(query.items()))
    request = "\\n".join(("GET", path, text, f"host:{HOST}\\n", "host", "UNSIGNED-PAYLOAD"))
    lines = "\\n".join(("AWS4-HMAC-SHA256", date, scope, hashlib.sha256(request.encode()).hexdigest()))
    signature = hmac.new(key_of(secret, scope), lines.encode(), hashlib.sha256).hexdigest()
    return f"https://{HOST}{path}?{text}&X-Amz-Signature={signature}"
'''
WORKER = (
    SIGNING
    + """
from workers import Response, WorkerEntrypoint, fetch


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        now, keys = datetime.now(timezone.utc), (self.env.KEY_ID, self.env.SECRET)
        if request.url.endswith("/link"):
            return Response(presigned("/files/k", *keys, now, 60))
        if "/many/" in request.url:
            for _ in range(int(request.url.rpartition("/")[2])):
                headers = signed("GET", "/files/known", b"", *keys, now)
                answer = await fetch(f"https://{HOST}/files/known", headers=headers)
            return Response(str(answer.status))
        headers = signed("PUT", "/files/k", b"from a Worker", *keys, now)
        answer = await fetch(f"https://{HOST}/files/k", method="PUT", headers=headers, body=b"from a Worker")
        return Response(await answer.text(), status=answer.status, headers={"etag": answer.headers.get("etag") or ""})
"""
)
KEYS = Token("0123456789abcdef" * 2, "a secret that a Worker has")


def served(**options: Any) -> Lab:
    """A lab whose Worker has a pair of keys among its secrets."""
    known = {"KEY_ID": KEYS.access_key_id, "SECRET": KEYS.secret_access_key}
    lab = Lab(WORKER, r2=["FILES"], vars=known, **options)
    lab.s3.admit(KEYS)
    lab.r2("FILES").store.put("known", b"x")
    return lab


@pytest.fixture
def lab() -> Lab:
    return served()


def test_a_worker_signs_with_its_own_code_and_the_binding_has_what_it_put(lab):
    answer = lab.run(lab.fetch("/"))
    assert (answer.status, answer.headers["etag"]) == (200, f'"{hashlib.md5(b"from a Worker").hexdigest()}"')
    found = lab.run(lab.env().FILES.get("k"))
    assert lab.run(found.text()) == "from a Worker"
    put = lab.trace.where("r2", "PutObject")
    assert len(put) == 1 and put[0].units == {"r2.std.class_a": 1}


def test_a_presigned_url_of_a_workers_holds_by_the_labs_clock(lab):
    lab.run(lab.fetch("/"))
    link = lab.run(lab.run(lab.fetch("/link")).text())
    lab.run(lab.advance(59))
    assert lab.run(lab.run(lab.fetch(link)).text()) == "from a Worker"
    lab.run(lab.advance(2))
    late = lab.run(lab.fetch(link))
    assert late.status == 400 and "<Code>ExpiredRequest</Code>" in lab.run(late.text())


def test_a_signature_of_another_day_is_refused(lab):
    space: dict = {}
    exec(SIGNING, space)
    keys = KEYS.access_key_id, KEYS.secret_access_key
    now = lab.date.replace(year=lab.date.year - 1)
    headers = space["signed"]("GET", "/files", b"", *keys, now)
    answer = lab.run(lab.fetch("https://lab.r2.cloudflarestorage.com/files", headers=headers))
    assert "RequestTimeTooSkewed" in lab.run(answer.text())
    headers = space["signed"]("GET", "/files", b"", *keys, lab.date)
    assert lab.run(lab.fetch("https://lab.r2.cloudflarestorage.com/files", headers=headers)).status == 200


def test_a_fetch_of_the_endpoint_is_one_subrequest():
    lab = served(plan="free")
    most = facts.value("workers.subrequests", plan="free")
    assert lab.run(lab.run(lab.fetch(f"/many/{most}")).text()) == "200"
    assert len(lab.trace.where("r2", "GetObject")) == most
    assert lab.run(lab.fetch(f"/many/{most + 1}")).status == 500


def test_the_host_is_that_of_the_url_whatever_a_worker_says(lab):
    headers = {"host": "other.lab.r2.cloudflarestorage.com"}
    call = lab.run(from_request(Request("https://lab.r2.cloudflarestorage.com/files", headers=headers), "SYD", 0.0))
    assert [value for name, value in call.lines if name == "host"] == ["lab.r2.cloudflarestorage.com"]
