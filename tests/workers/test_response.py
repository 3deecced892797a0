"""Response, word for word as the SDK answers on the real runtime."""

from __future__ import annotations

import json
from datetime import datetime
from http import HTTPStatus

import pytest

from labkit.workers import Blob, FetchResponse, File, FormData, Request, Response
from labkit.workers.ffi import JsException, jsnull, to_js
from labkit.workers.http import BodyUsedError, HttpStatusError
from labkit.workers.js.builtins import JSON, Object
from labkit.workers.js.responses import Response as JsResponse
from labkit.workers.js.sockets import WebSocket
from labkit.workers.js.urls import URLSearchParams
from labkit.workers.response import as_response
from tests.workers.running import run

RANGE = "RangeError: Responses may only be constructed with status codes in the range 200 to 599, inclusive."
NULL_BODY = "TypeError: Response with null body status (101, 204, 205, or 304) cannot have a body."


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ({}, "dict"),
        (5, "int"),
        ([1], "list"),
        (bytearray(b"x"), "bytearray"),
        (memoryview(b"x"), "memoryview"),
        (Request("https://a.com"), "Request"),
        (Response("x"), "Response"),
        (Blob("x"), "Blob"),
        (File("a", "n").js_object, "File"),
        (jsnull, "JsNull"),
        (JSON.parse("{}"), "Object"),
        (to_js([1]), "Array"),
    ],
)
def test_a_body_of_another_type_is_refused(body, name):
    with pytest.raises(TypeError) as caught:
        Response(body)
    assert str(caught.value) == f"Unsupported type in Response: {name}"


@pytest.mark.parametrize("status", [99, 101, 199, 600, "abc", True])
def test_a_status_out_of_range_is_refused(status):
    with pytest.raises(JsException) as caught:
        Response("x", status=status)
    assert str(caught.value) == RANGE


@pytest.mark.parametrize(
    ("given", "status"), [(200, 200), (599, 599), ("201", 201), (200.7, 200), (0, 200), (None, 200)]
)
def test_a_status_in_range_is_kept(given, status):
    assert Response("x", status=given).status == status


@pytest.mark.parametrize("status", [204, 205, 304])
def test_a_status_without_body_refuses_one(status):
    with pytest.raises(JsException) as caught:
        Response("x", status=status)
    assert str(caught.value) == NULL_BODY
    assert Response(None, status=status).status == Response("", status=status).status == status


def test_an_httpstatus_is_its_number():
    response = Response("x", status=HTTPStatus.NOT_FOUND)
    assert (response.status, response.status_text, response.ok) == (404, "Not Found", False)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (200, "OK"),
        (201, "Created"),
        (299, "Successful"),
        (306, "Redirection"),
        (413, "Payload Too Large"),
        (414, "URI Too Long"),
        (416, "Range Not Satisfiable"),
        (418, "I'm a teapot"),
        (422, "Unprocessable Entity"),
        (425, "Client Error"),
        (429, "Too Many Requests"),
        (599, "Server Error"),
    ],
)
def test_a_status_has_the_words_of_the_runtime(status, words):
    assert Response(None, status=status).status_text == words


def test_status_text_is_kept_unless_it_has_a_line_end():
    assert Response("x", status_text="hm").status_text == "hm"
    with pytest.raises(JsException, match="^TypeError: Invalid statusText$"):
        Response("x", status_text="a\nb")


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("x", "text/plain;charset=UTF-8"),
        (b"x", None),
        (None, None),
        (URLSearchParams.new("a=b"), "application/x-www-form-urlencoded;charset=UTF-8"),
        (Blob("x", content_type="a/b").js_object, "a/b"),
    ],
)
def test_a_body_names_its_type_where_it_has_one(body, kind):
    assert Response(body).headers["content-type"] == kind


def test_a_form_names_its_boundary():
    assert Response(FormData({"a": "b"})).headers["content-type"].startswith("multipart/form-data; boundary=")


def test_headers_are_checked_and_cookies_kept_apart():
    response = Response("x", headers=[("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"), ("Content-Type", "text/html")])
    assert response.headers.get_all("set-cookie") == ["a=1", "b=2"]
    assert response.headers["content-type"] == "text/html"
    with pytest.raises(JsException, match="Invalid header name."):
        Response("x", headers={"a b": "c"})
    with pytest.raises(TypeError, match="^Received unexpected type for headers argument$"):
        Response("x", headers=("a", "b"))


def test_headers_can_be_changed_on_the_javascript_side_only():
    response = Response("x")
    response.headers["q"] = "1"
    assert "q" not in response.headers
    response.js_object.headers.set("q", "1")
    assert response.headers["q"] == "1"


def test_a_plain_response_has_the_runtimes_defaults():
    response = Response("x")
    assert (response.url, response.type, response.redirected, response.ok) == ("", "default", False, True)
    assert not response.body_used


def test_its_repr_names_what_is_set():
    assert repr(Response("x")) == "Response(status=200, status_text='OK', content_type='text/plain;charset=UTF-8')"
    assert repr(Response(None, status=404)) == "Response(status=404, status_text='Not Found')"


def test_json_on_the_class_makes_a_response():
    response = Response.json({"a": 1, "b": [1, 2], "\u00e9": None}, status=201)
    assert run(response.text()) == '{"a": 1, "b": [1, 2], "\\u00e9": null}'
    assert response.headers.items() == [("content-type", "application/json")]
    assert response.status == 201
    assert Response.json([], 202).status == 202


def test_json_on_a_response_reads_it():
    assert run(Response('{"a": 1}').json()) == {"a": 1}
    with pytest.raises(json.JSONDecodeError):
        run(Response("{").json())


def test_json_keeps_a_content_type_that_is_given():
    given = Response.json({}, headers={"Content-Type": "application/problem+json", "x": "y"})
    assert given.headers.items() == [("content-type", "application/problem+json"), ("x", "y")]
    assert Response.json({}, headers=[("x", "y")]).headers["content-type"] == "application/json"


def test_json_refuses_what_pythons_json_refuses():
    with pytest.raises(TypeError, match="^Object of type datetime is not JSON serializable$"):
        Response.json({"at": datetime(2026, 1, 1)})
    with pytest.raises(TypeError, match="^Object of type bytes is not JSON serializable$"):
        Response.json(b"x")


def test_json_turns_javascripts_refusals_into_pythons():
    with pytest.raises(TypeError, match="null body status"):
        Response.json({}, status=204)
    with pytest.raises(ValueError, match="in the range 200 to 599"):
        Response.json({}, status=99)


def test_json_of_a_javascript_object_is_compact():
    data = to_js({"a": 1}, dict_converter=Object.fromEntries)
    assert run(Response.from_json(data).text()) == '{"a":1}'


def test_a_redirect_is_javascripts_own_and_immutable():
    response = Response.redirect("https://a.com/x")
    assert isinstance(response, JsResponse)
    assert (response.status, response.headers.get("location")) == (302, "https://a.com/x")
    assert Response.redirect("https://a.com", 308).status == 308
    with pytest.raises(JsException, match="^TypeError: Can't modify immutable headers.$"):
        response.headers.set("a", "b")


def test_a_redirect_needs_a_whole_url_and_a_status_of_its_kind():
    with pytest.raises(TypeError, match="^Unable to parse URL: /x$"):
        Response.redirect("/x")
    with pytest.raises(ValueError, match="^200 is not a redirect status code. It must be one of: 301, 302, 303, 307,"):
        Response.redirect("https://a.com", 200)


def test_a_second_read_is_a_body_used_error():
    response = Response("hi")
    assert run(response.text()) == "hi"
    for again in (response.text, response.bytes, response.json, response.blob, response.memoryview):
        with pytest.raises(BodyUsedError, match="^Response body is already used$"):
            run(again())
    with pytest.raises(OSError, match="^Response body is already used$"):
        response.clone()


def test_a_response_without_body_can_be_read_again_and_again():
    response = Response(None)
    assert response.body is None
    assert run(response.text()) == run(response.text()) == ""


def test_every_way_to_read_gives_the_same_octets():
    assert run(Response("hi").bytes()) == b"hi"
    assert run(Response("hi").buffer()).to_bytes() == b"hi"
    assert run(Response("hi").memoryview()) == memoryview(b"hi")
    assert run(Response("hi").string()) == "hi"
    blob = run(Response("hi").blob())
    assert (blob.size, blob.content_type) == (2, "text/plain;charset=utf-8")


def test_a_form_is_read_under_both_names():
    headers = {"content-type": "application/x-www-form-urlencoded"}
    assert run(Response("a=b", headers=headers).form_data())["a"] == "b"
    assert run(Response("a=b", headers=headers).formData())["a"] == "b"
    with pytest.raises(TypeError, match="^Unrecognized Content-Type"):
        run(Response("a=b").form_data())


def test_a_clone_is_pyodides_and_knows_no_forms():
    response = Response("hi")
    clone = response.clone()
    assert not isinstance(clone, FetchResponse)
    assert not hasattr(clone, "form_data")
    assert (run(response.text()), run(clone.text())) == ("hi", "hi")


def test_replace_body_keeps_status_and_headers():
    response = Response("a", status=201, headers={"x": "y"})
    changed = response.replace_body("b")
    assert (changed.status, changed.headers["x"], run(changed.text()), run(response.text())) == (201, "y", "b", "a")


def test_replace_body_writes_the_repr_of_bytes_as_the_sdk_does():
    assert run(Response("a").replace_body(b"b").text()) == "b'b'"


def test_raise_for_status_raises_for_4xx_and_5xx_alone():
    Response("", status=399).raise_for_status()
    with pytest.raises(HttpStatusError, match="^404 Client Error: Not Found for url: $"):
        Response("", status=404).raise_for_status()
    with pytest.raises(HttpStatusError, match="^500 Server Error: Internal Server Error for url: $"):
        Response("", status=500).raise_for_status()


def test_a_js_response_is_wrapped_without_options():
    inner = Response("x").js_object
    assert Response(inner).js_object is inner
    with pytest.raises(ValueError, match="^Expected no options when constructing Response from a js.Response$"):
        Response(inner, status=201)


def test_a_body_passed_on_is_shared_with_the_response_it_came_from():
    first = Response("hi")
    second = Response(first.body)
    assert second.headers.items() == []
    assert not first.body_used
    assert run(second.text()) == "hi"
    assert first.body_used
    with pytest.raises(JsException, match="^TypeError: This ReadableStream is disturbed"):
        Response(first.body)


def test_a_websocket_needs_status_101_and_101_a_websocket():
    socket = WebSocket.new()
    with pytest.raises(JsException, match="^RangeError: Responses with a WebSocket must have status code 101.$"):
        Response(None, web_socket=socket)
    with pytest.raises(JsException) as caught:
        Response("x", status=101, web_socket=socket)
    assert str(caught.value) == NULL_BODY
    response = Response(None, status=101, web_socket=socket)
    assert (response.status, response.js_object.webSocket) == (101, socket)


def test_the_lab_reads_the_octets_without_using_the_body():
    response = Response("hi")
    assert response._body == b"hi"
    assert not response.body_used
    assert Response(None)._body is None


@pytest.mark.parametrize("value", [Response("x"), Response("x").js_object, Response("x").clone()])
def test_whatever_kind_of_response_a_handler_returns_is_one(value):
    assert isinstance(as_response(value), Response)


@pytest.mark.parametrize("value", [None, "text", {"a": 1}, 5])
def test_a_handler_that_returns_none_fails_in_the_words_of_the_runtime(value):
    message = "TypeError: Incorrect type for Promise: the Promise did not resolve to 'Response'."
    with pytest.raises(JsException) as caught:
        as_response(value)
    assert str(caught.value) == message
