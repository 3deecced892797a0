"""`labkit.hono` beyond what the real Hono is asked in `tests/hono`: its router against a plain one, words, Python."""

from __future__ import annotations

import ast
import asyncio
import sys
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from labkit import hono
from labkit.hono import (
    NONCE,
    Hono,
    HTTPException,
    basic_auth,
    bearer_auth,
    cors,
    csrf,
    entrypoint,
    etag,
    logger,
    secure_headers,
    set_cookie,
    validator,
)
from labkit.lab import Lab


def ask(app, path="/", **init):
    """Status and text of one request, without a lab."""

    async def asked():
        response = await app.request(path, **init)
        return response.status, await response.text()

    return asyncio.run(asked())


SEGMENTS = st.sampled_from(["a", "b", ":x", ":y", ":n{[0-9]+}", "*"])
ROUTES = st.tuples(st.lists(SEGMENTS, max_size=4), st.sampled_from(["", "/*", "/:z?"])).map(
    lambda parts: "/" + "/".join(parts[0]) + parts[1] if parts[0] else parts[1] or "/"
)
PATHS = st.lists(st.sampled_from(["a", "b", "7", "c", ""]), min_size=1, max_size=5).map(
    lambda parts: "/" + "/".join(parts)
)


def plainly(route, path):
    """The parameters of a path, read segment by segment, or None."""
    if route.endswith("?"):
        short = route[: route.rindex("/")] or "/"
        found = plainly(short, path)
        return plainly(route[:-1], path) if found is None else found
    parts, segments = route.split("/")[1:], path.split("/")[1:]
    tail = parts[-1] == "*"
    if tail:
        parts = parts[:-1]
        segments = segments[: len(parts)] if len(segments) >= len(parts) else ["", *segments]
    if len(parts) != len(segments):
        return None
    params = {}
    for part, segment in zip(parts, segments, strict=True):
        digits = part.endswith("{[0-9]+}")
        if part == "*" or part.startswith(":"):
            if not segment or (digits and not segment.isdigit()):
                return None
            if part != "*":
                params.setdefault(part[1:].partition("{")[0], segment)
        elif part != segment:
            return None
    return params


@given(st.lists(ROUTES, min_size=1, max_size=6), PATHS)
def test_the_router_finds_what_a_slow_plain_one_finds(routes, path):
    app = Hono()
    for route in routes:
        app.get(route, lambda c: None)
    found = [(each.path, params) for each, params in app._matching("GET", path)]
    expected = [(route, plainly(route, path)) for route in routes]
    assert found == [(route, params) for route, params in expected if params is not None]


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_a_parameter_arrives_as_it_was_encoded(value):
    from urllib.parse import quote

    encoded = quote(value, safe="")
    app = Hono().get("/x/:value/end", lambda c: c.text(c.req.param("value")))
    assert ask(app, f"/x/{encoded}/end") == ((404, "404 Not Found") if value in (".", "..") else (200, value))


@given(st.text("%41zé/+", max_size=12))
def test_no_path_makes_the_router_fail(path):
    assert ask(Hono().get("*", lambda c: c.text("ok")), f"/{path}") == (200, "ok")


def test_handlers_may_be_async_or_not_functions_methods_or_partials():
    class Users:
        def show(self, c):
            return c.text("method")

    async def slow(c):
        return c.text("async")

    def said(word, c):
        return c.text(word)

    app = Hono().get("/method", Users().show).get("/async", slow).get("/partial", partial(said, "partial"))
    for word in ("method", "async", "partial"):
        app.get(f"/loop/{word}", lambda c, word=word: c.text(word))  # a default is no `next`
    for word in ("method", "async", "partial"):
        assert ask(app, f"/{word}") == (200, word)
        assert ask(app, f"/loop/{word}") == (200, word)


def test_a_decorator_leaves_its_function_and_comes_after_the_middleware_that_it_names():
    app, order = Hono(), []

    async def before(c, next):
        order.append("before")
        await next()

    @app.get("/x", before)
    def handler(c):
        order.append("handler")
        return c.text("x")

    assert callable(handler) and handler.__name__ == "handler"
    assert ask(app, "/x") == (200, "x")
    assert order == ["before", "handler"]


def test_an_error_of_the_app_goes_to_the_log_and_says_nothing_to_the_visitor():
    app = Hono()

    @app.get("/")
    def boom(c):
        raise KeyError("secret")

    lab = Lab(entrypoint(app), network=None)
    response = lab.run(lab.fetch("/"))
    assert (response.status, lab.run(response.text())) == (500, "Internal Server Error")
    [message] = lab.logs.messages
    assert message.endswith("KeyError: 'secret'") and "boom" in message and hono.__file__ not in message


def test_what_is_no_response_is_named():
    app = Hono().get("/", lambda c: {"a": 1})
    app.onError(lambda error, c: c.text(str(error)))
    assert ask(app)[1] == (
        "A handler returned dict, and must return a Response: c.text(...), c.json(...), c.body(...)."
    )


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_json_has_no_word_for_some_numbers(value):
    app = Hono().get("/", lambda c: c.json(value))
    app.onError(lambda error, c: c.text(type(error).__name__))
    assert ask(app)[1] == "ValueError"


def test_a_body_nested_too_deeply_is_malformed():
    app = Hono().post("/", validator("json", lambda value: value), lambda c: c.text("read"))
    deep = "[" * 100_000
    assert ask(app, method="POST", body=deep, headers={"content-type": "application/json"})[0] == 400


@pytest.mark.parametrize(("make", "words"), [
    (lambda: bearer_auth(), 'bearer auth middleware requires options for "token" or "verifyToken"'),
    (lambda: basic_auth(username="ada"), 'options for "username and password" or "verifyUser"'),
    (lambda: validator("body", lambda value: value), "it checks json, form, query, param, header, cookie"),
])  # fmt: skip
def test_middleware_without_what_it_needs_is_refused(make, words):
    with pytest.raises(ValueError, match=words):
        make()


@pytest.mark.parametrize("make", [lambda: secure_headers(xFrameOption="DENY"), lambda: cors(orgin="*")])
def test_a_misspelt_option_is_refused(make):
    with pytest.raises(TypeError, match="xFrameOption|orgin"):
        make()


def test_a_misspelt_option_of_a_cookie_is_refused():
    app = Hono().get("/", lambda c: set_cookie(c, "a", "b", httponly=True) or c.text("set"))
    app.onError(lambda error, c: c.text(str(error)))
    assert "httponly" in ask(app)[1]


class User(BaseModel):
    name: str
    tags: list[str] = []


def test_a_validator_takes_any_type_that_pydantic_knows():
    app = Hono().post("/user", validator("json", User), lambda c: c.text(c.req.valid("json").name))
    app.post("/list", validator("json", list[int]), lambda c: c.json(c.req.valid("json")))
    app.post("/either", validator("json", User | None), lambda c: c.text(str(c.req.valid("json"))))
    json = {"method": "POST", "headers": {"content-type": "application/json"}}
    assert ask(app, "/user", body='{"name":"ada"}', **json) == (200, "ada")
    assert ask(app, "/list", body='[1,"2"]', **json) == (200, "[1,2]")
    assert ask(app, "/either", body="null", **json) == (200, "None")
    assert ask(app, "/list", body='["x"]', **json) == (
        400,
        '{"success":false,"error":{"name":"ValidationError","issues":[{"type":"int_parsing","loc":[0],'
        '"msg":"Input should be a valid integer, unable to parse string as an integer"}]}}',
    )


def test_the_issues_of_a_validator_do_not_repeat_what_was_sent():
    app = Hono().post("/", validator("json", User), lambda c: c.text("ok"))
    sent = {"method": "POST", "body": '{"name":["hunter2"]}', "headers": {"content-type": "application/json"}}
    status, text = ask(app, **sent)
    assert status == 400 and "hunter2" not in text


def test_a_nonce_is_one_word_in_a_request_and_another_in_the_next():
    app = Hono()
    app.use(secure_headers(contentSecurityPolicy={"scriptSrc": [NONCE]}))
    app.get("/", lambda c: c.text(NONCE(c)))
    lab = Lab(entrypoint(app), network=None)

    def asked():
        response = lab.run(lab.fetch("/"))
        return response.headers["content-security-policy"], lab.run(response.text())

    (policy, word), (_, other) = asked(), asked()
    assert policy == f"script-src {word}" and word != other


def test_an_apps_middleware_is_deployed_with_it_and_tells_the_labs_time():
    """All of it is copied into the isolate, options and all."""
    app = Hono()
    app.use(logger(), cors(["https://a.example"]), secure_headers(), etag(), csrf())
    app.use("/in/*", bearer_auth("token"), basic_auth(username="ada", password="1"))

    @app.get("/slow", validator("query", User))
    async def slow(c):
        await asyncio.sleep(1.5)
        return c.text("late")

    lab = Lab(entrypoint(app), network=None)
    assert lab.run(lab.fetch("/slow?name=x")).status == 200
    assert lab.logs.messages == ["<-- GET /slow?name=x", "--> GET /slow?name=x \x1b[32m200\x1b[0m 2s"]


def test_the_other_handlers_of_a_worker_stand_beside_the_app():
    app = Hono().get("/", lambda c: c.text(c.env.WORD))

    class Default(entrypoint(app)):
        async def scheduled(self, controller, env, ctx):
            print("tick")

    lab = Lab(Default, vars={"WORD": "hi"}, network=None)
    response = lab.run(lab.fetch("/"))
    assert lab.run(response.text()) == "hi"
    assert lab.run(lab.scheduled("* * * * *")).outcome == "ok"
    assert lab.logs.messages == ["tick"]


def test_there_is_no_execution_context_where_nobody_gave_one():
    app = Hono().get("/", lambda c: c.executionCtx)
    app.onError(lambda error, c: c.text(str(error)))
    assert ask(app) == (200, "This context has no ExecutionContext")


def test_an_http_exception_keeps_its_cause():
    cause = KeyError("why")
    error = HTTPException(409, message="taken", cause=cause)
    assert (error.status, str(error), error.cause, error.__cause__) == (409, "taken", cause, cause)


def test_the_file_needs_nothing_of_the_workbook():
    tree = ast.parse(Path(hono.__file__).read_text(encoding="utf-8"))
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {node.module if isinstance(node, ast.ImportFrom) else node.names[0].name for node in nodes}
    assert {name.split(".")[0] for name in names} - sys.stdlib_module_names == {"js", "workers", "pydantic"}


def test_every_public_name_is_documented():
    public = {name: value for name, value in vars(hono).items() if getattr(value, "__module__", "") == hono.__name__}
    methods = {f"{name}.{key}": each for name, value in public.items() if isinstance(value, type)
               for key, each in vars(value).items()}  # fmt: skip
    named = {name: each for name, each in (public | methods).items() if "_" not in (name[0], name.split(".")[-1][0])}
    bare = [name for name, each in named.items() if (callable(each) or isinstance(each, property)) and not each.__doc__]
    assert bare == []
