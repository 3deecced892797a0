"""Request, word for word as the SDK answers on the real runtime."""

from __future__ import annotations

import json
from http import HTTPMethod

import pytest

from labkit.workers import Blob, File, FormData, Request
from labkit.workers.bindings import UnknownOption
from labkit.workers.ffi import JsException, JsObject, jsnull
from labkit.workers.js.requests import Request as JsRequest
from labkit.workers.js.urls import URLSearchParams
from tests.workers.running import run

URL = "https://a.com/"
BODYLESS = "TypeError: Request with a GET or HEAD method cannot have a body."


def posted(body, **options) -> Request:
    return Request(URL, method="POST", body=body, **options)


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda: Request("/rel"), "TypeError: Invalid URL: /rel"),
        (lambda: Request("https://"), "TypeError: Invalid URL: https://"),
        (lambda: Request(5), "TypeError: Invalid URL: 5"),
        (lambda: Request(None), "TypeError: Invalid URL: undefined"),
        (lambda: Request(URL, body="x"), BODYLESS),
        (lambda: Request(URL, method="HEAD", body="x"), BODYLESS),
        (lambda: Request(URL, method="foo"), "TypeError: Invalid HTTP method string: foo"),
        (lambda: Request(URL, method="CONNECT"), "TypeError: Invalid HTTP method string: CONNECT"),
        (lambda: Request(URL, headers={"a b": "c"}), "TypeError: Invalid header name."),
        (lambda: Request(URL, headers={"a": "c\nd"}), "TypeError: Invalid header value."),
        (
            lambda: Request(URL, headers=[("a",)]),
            "TypeError: To initialize a Headers object from a sequence, each inner sequence must have exactly two "
            "elements.",
        ),
        (
            lambda: Request(URL, redirect="error"),
            'TypeError: Invalid redirect value, must be one of "follow" or "manual" ("error" won\'t be implemented '
            'since it does not make sense at the edge; use "manual" and check the response status code).',
        ),
        (lambda: Request(URL, cache="force-cache"), "TypeError: Unsupported cache mode: force-cache"),
    ],
)
def test_a_request_is_refused_in_the_words_of_the_runtime(make, error):
    with pytest.raises(JsException) as caught:
        make()
    assert str(caught.value) == error


@pytest.mark.parametrize(("given", "method"), [("get", "GET"), ("patch", "PATCH"), ("TRACE", "TRACE")])
def test_a_method_is_an_httpmethod_in_capitals(given, method):
    found = Request(URL, method=given).method
    assert found is HTTPMethod[method]
    assert found == method


def test_a_method_may_be_given_as_an_httpmethod():
    assert Request(URL, method=HTTPMethod.PUT).method == "PUT"


def test_what_the_runtime_has_not_is_an_attribute_error():
    for name in ("credentials", "destination", "mode", "referrer", "referrer_policy", "is_history_navigation"):
        with pytest.raises(AttributeError):
            getattr(Request(URL), name)


def test_the_rest_has_the_runtimes_defaults():
    request = Request(URL)
    assert (request.cache, request.integrity, request.keepalive, request.redirect) == (None, "", False, "follow")
    assert Request(URL, cache="no-store").cache == "no-store"
    assert Request(URL, redirect="manual").redirect == "manual"


def test_an_unknown_option_is_ignored_with_a_warning():
    with pytest.warns(UnknownOption, match="Request ignores the unknown option 'nonsense'"):
        Request(URL, nonsense=1)


def test_options_are_keywords_only():
    with pytest.raises(TypeError, match="positional"):
        Request(URL, {"method": "POST"})  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("hi", "text/plain;charset=UTF-8"),
        (b"hi", None),
        (URLSearchParams.new("a=b"), "application/x-www-form-urlencoded;charset=UTF-8"),
        (Blob("x", content_type="text/z").js_object, "text/z"),
        (Blob("x", content_type="text/z"), "text/plain;charset=UTF-8"),
    ],
)
def test_a_body_names_its_type_where_it_has_one(body, kind):
    assert posted(body).headers["content-type"] == kind


def test_a_content_type_that_is_given_stays():
    assert posted("hi", headers={"Content-Type": "text/html"}).headers["content-type"] == "text/html"


@pytest.mark.parametrize(
    ("body", "text"), [({"a": 1}, "{'a': 1}"), (5, "5"), (bytearray(b"ab"), "bytearray(b'ab')"), (None, "")]
)
def test_what_is_no_body_becomes_the_text_that_javascript_makes_of_it(body, text):
    assert run(posted(body).text()) == text


def test_bytes_that_are_no_utf8_become_replacement_characters():
    assert run(posted(b"\xff\xfe").text()) == "\ufffd\ufffd"
    assert run(posted("\ufeffhi").text()) == "hi"


def test_a_second_read_is_an_oserror():
    request = posted("hi")
    assert run(request.text()) == "hi"
    assert request.body_used
    for again in (request.text, request.bytes, request.json, request.blob, request.buffer, request.form_data):
        with pytest.raises(OSError, match="^Body already used$"):
            run(again())
    with pytest.raises(OSError, match="^Body already used$"):
        request.clone()
    with pytest.raises(JsException, match="^TypeError: Cannot reconstruct a Request with a used body.$"):
        Request(request)


def test_a_request_without_body_can_be_read_again_and_again():
    request = Request(URL)
    assert run(request.text()) == run(request.text()) == ""
    assert request.body is jsnull
    assert not request.body_used


def test_an_empty_body_is_a_body():
    request = posted("")
    assert repr(request.body) == "[object ReadableStream]"
    assert run(request.text()) == ""
    assert request.body_used


def test_json_is_pythons_and_so_are_its_errors():
    assert run(posted('{"a": 1}').json()) == {"a": 1}
    with pytest.raises(json.JSONDecodeError, match="Expecting property name"):
        run(posted("{").json())


def test_bytes_and_a_buffer_are_the_same_octets():
    assert run(posted(b"ab").bytes()) == b"ab"
    assert run(posted(b"ab").buffer()).to_bytes() == b"ab"
    assert isinstance(run(posted(b"ab").bytes()), bytes)


def test_a_blob_has_the_type_of_the_request():
    blob = run(posted("x").blob())
    assert (blob.size, blob.content_type) == (1, "text/plain;charset=utf-8")


def test_a_request_of_a_request_takes_its_body_over():
    old = posted("hi", headers={"a": "b"})
    new = Request(old, headers={"x": "y"})
    assert old.body_used
    assert (new.headers.items(), run(new.text()), new.method) == ([("x", "y")], "hi", "POST")


def test_a_request_of_a_request_with_a_new_body_leaves_the_old_one():
    old = posted("hi")
    assert run(Request(old, body="new").text()) == "new"
    assert run(old.text()) == "hi"


def test_a_clone_is_read_apart():
    request = posted("hi")
    clone = request.clone()
    assert (run(request.text()), run(clone.text())) == ("hi", "hi")


def test_a_clone_of_a_stream_is_read_apart():
    async def both():
        request = posted("hi")
        _ = request.body
        clone = request.clone()
        return await request.text(), await clone.text()

    assert run(both()) == ("hi", "hi")


def test_headers_have_no_case_and_several_values_are_joined():
    pairs = [("X-A", "1"), ("x-a", " 2 "), ("Set-Cookie", "a=1"), ("set-cookie", "b=2")]
    headers = Request(URL, headers=pairs).headers
    assert headers.items() == [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"), ("x-a", "1, 2")]
    assert headers.get_all("SET-cookie") == ["a=1", "b=2"]
    assert headers["X-a"] == headers.get("x-A") == "1, 2"
    assert "X-A" in headers


def test_headers_come_in_the_order_of_their_names():
    assert Request(URL, headers={"B": "1", "a": "2"}).headers.keys() == ["a", "b"]


def test_a_missing_header_is_none():
    headers = Request(URL).headers
    assert headers["nope"] is None
    assert headers.get_all("nope") is None
    assert "nope" not in headers


def test_header_values_become_text():
    headers = Request(URL, headers={"X-A": 5, "B": None, "C": True, "D": 1.5}).headers
    assert dict(headers) == {"b": "undefined", "c": "true", "d": "1.5", "x-a": "5"}


def test_changing_the_copy_of_the_headers_changes_nothing():
    request = Request(URL)
    request.headers["a"] = "b"
    assert request.headers.items() == []


@pytest.mark.parametrize("headers", [("a", "b"), Request(URL).headers, "a: b"])
def test_headers_of_another_kind_are_refused(headers):
    with pytest.raises(TypeError, match="^Received unexpected type for headers argument$"):
        Request(URL, headers=headers)


def test_cf_is_an_object_with_attributes_and_no_items():
    request = Request(JsRequest.arrived("GET", URL, {}, cf=JsObject({"colo": "SYD"})))
    assert request.cf.colo == "SYD"
    with pytest.raises(TypeError, match="not subscriptable"):
        request.cf["colo"]
    with pytest.raises(AttributeError):
        _ = request.cf.nope
    assert request.cf.to_py() == {"colo": "SYD"}


def test_a_request_made_here_has_no_cf_unless_given():
    assert Request(URL).cf is None
    assert Request(URL, cf={"cacheTtl": 5}).cf.cacheTtl == 5


def test_the_headers_of_a_request_from_outside_cannot_be_changed():
    request = JsRequest.arrived("GET", URL, {"a": "b"})
    with pytest.raises(JsException, match="^TypeError: Can't modify immutable headers.$"):
        request.headers.set("a", "c")
    JsRequest.new(request).headers.set("a", "c")


def test_a_js_request_is_wrapped_without_options():
    request = Request(URL).js_object
    assert Request(request).js_object is request
    with pytest.raises(ValueError, match="^Expected no options when constructing Request from a js.Request$"):
        Request(request, method="POST")


def test_its_repr_names_method_and_url():
    assert repr(Request("https://A.com")) == "Request(method='GET', url='https://a.com/')"


def test_a_urlencoded_form_is_read():
    form = run(posted("a=1&b=x%20y+z&a=3", headers={"content-type": "application/x-www-form-urlencoded"}).form_data())
    assert list(form.items()) == [("a", "1"), ("b", "x y z"), ("a", "3")]
    assert form.get_all("a") == ["1", "3"]
    assert form["zz"] is jsnull


def test_a_multipart_form_goes_out_and_comes_back():
    content = b"\x00\r\n--\xff"
    sent = FormData({"a": "b\u00e9", "f": File(content, 'n"\u00e9.bin', content_type="text/x")})
    form = run(posted(sent).form_data())
    assert list(form.keys()) == ["a", "f"]
    assert form["a"] == "b\u00e9"
    assert (form["f"].name, form["f"].content_type, run(form["f"].bytes())) == ('n"\u00e9.bin', "text/x", content)


def test_a_multipart_body_is_laid_out_as_the_runtime_does_it():
    request = posted(FormData({"a": "b", "f": File("hello", "n.txt")}))
    boundary = request.headers["content-type"].removeprefix("multipart/form-data; boundary=")
    assert run(request.text()) == (
        f'--{boundary}\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n'
        f'--{boundary}\r\nContent-Disposition: form-data; name="f"; filename="n.txt"\r\n'
        f"Content-Type: application/octet-stream\r\n\r\nhello\r\n--{boundary}--"
    )


@pytest.mark.parametrize(
    ("headers", "error"),
    [
        (
            {},
            "Unrecognized Content-Type header value. FormData can only parse the following MIME types: "
            "multipart/form-data, application/x-www-form-urlencoded",
        ),
        (
            {"content-type": "multipart/form-data"},
            "No boundary string in Content-Type header. The multipart/form-data MIME type requires a boundary "
            "parameter, e.g. 'Content-Type: multipart/form-data; boundary=\"abcd\"'. See RFC 7578, section 4.",
        ),
        (
            {"content-type": "multipart/form-data; boundary=q"},
            "No initial boundary string (or you have a truncated message).",
        ),
    ],
)
def test_a_body_that_is_no_form_is_a_type_error(headers, error):
    with pytest.raises(TypeError) as caught:
        run(posted("x", headers=headers).form_data())
    assert str(caught.value) == error
