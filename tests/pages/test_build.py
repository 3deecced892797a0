"""What a folder of functions must hold, and what is made of it."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit import Lab, pages
from labkit.errors import ConfigError

OK = "from workers import Response\ndef onRequest(context):\n    return Response('ok')\n"


@pytest.fixture(scope="module")
def site_lab() -> Lab:
    return Lab(pages.build(Path(__file__).parent / "sites" / "routing" / "py"), network=None)


def refused(functions, sentence: str, **options):
    with pytest.raises(ConfigError, match=sentence):
        pages.build(functions, **options)


@pytest.mark.parametrize("path", ["../x.py", "/x.py", "a//b.py", "./x.py", "a/../../x.py", "a\\x.py", "a\0.py", ""])
def test_a_path_that_leaves_the_functions_is_refused(path: str):
    refused({path: OK}, "no path below the functions")


def test_a_link_out_of_the_folder_is_no_function(tmp_path):
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret.py").write_text(OK)
    root = tmp_path / "functions"
    root.mkdir()
    (root / "index.py").write_text(OK)
    (root / "linked.py").symlink_to(tmp_path / "outside" / "secret.py")
    (root / "below").symlink_to(tmp_path / "outside", target_is_directory=True)
    assert [row["path"] for row in pages.build(root).routes] == ["/"]


def test_a_file_that_is_not_python_is_named_with_its_line():
    refused({"a/b.py": OK + "def :\n"}, r"^functions/a/b\.py is not Python, at line 4: invalid syntax: def :")
    refused({"a.py": OK + "return 1\n"}, r"^functions/a\.py is not Python, at line 4: 'return' outside function")
    refused({"a.py": "x = '\0'"}, r"^functions/a\.py is not Python, at line 1: ")


def test_a_file_that_is_not_text_is_named(tmp_path):
    (tmp_path / "a.py").write_bytes(b"\xff")
    refused(tmp_path, r"a\.py is not UTF-8")


def test_a_file_without_a_function_is_refused_and_one_for_others_is_not():
    refused({"a.py": "def handler(context): ..."}, r"^functions/a\.py has no onRequest, onRequestGet \.\.\.; ")
    assert [row["path"] for row in pages.build({"_words.py": "x = 1", "index.py": OK}).routes] == ["/"]


@pytest.mark.parametrize("name", ["on_request", "on_request_get", "onRequestTrace", "onrequest", "onRequestget"])
def test_a_function_has_the_platforms_name_or_is_refused(name: str):
    refused({"a.py": f"def {name}(context): ..."}, rf"^functions/a\.py: {name} is none of onRequest, onRequestGet, ")


@pytest.mark.parametrize(
    "text",
    ["onRequest = [print]", "onRequest: list = []", "from x import y as onRequest", "if 1:\n    onRequest = 1",
     "try:\n    onRequest = 1\nexcept E:\n    pass", "a, (b, onRequest) = 1, (2, 3)", "class onRequest: ...",
     "async def onRequest(context): ..."],
)  # fmt: skip
def test_a_function_is_any_name_that_the_module_binds(text: str):
    assert [row["function"] for row in pages.build({"a.py": text}).routes] == ["a.py onRequest"]


def test_a_name_inside_of_a_function_is_not_the_modules():
    refused({"a.py": "def f():\n    onRequest = 1"}, "has no onRequest")


def test_two_files_for_one_route_are_refused():
    refused({"[a].py": OK, "[b].py": OK}, r"^functions/\[a\]\.py and functions/\[b\]\.py have the same route")
    refused({"x/[a]/y.py": OK, "x/[b]/y.py": OK}, "have the same route")
    get, post = (f"def onRequest{method}(context): ..." for method in ("Get", "Post"))
    assert len(pages.build({"[a].py": get, "[b].py": post}).routes) == 2


def test_an_index_goes_before_the_file_of_its_folders_name():
    assert [row["function"] for row in pages.build({"a.py": OK, "a/index.py": OK}).routes] == ["a/index.py onRequest"]


@pytest.mark.parametrize(("path", "sentence"), [
    ("[a-b].py", r'Invalid Pages function route parameter - "\[a-b\]"'),
    ("[[a.b]].py", r'Invalid Pages function route parameter - "\[\[a\.b\]\]"'),
    ("x[[rest]].py", "a whole segment"),
    ("[a][b].py", "text between them"),
    ("a:b.py", "no ':' and no '\\*' of its own"),
    ("a*.py", "no ':' and no '\\*' of its own"),
    ("api.js", r"^functions/api\.js is JavaScript's"),
    ("lib/x.ts", "is JavaScript's"),
])  # fmt: skip
def test_a_name_that_is_no_route_is_refused(path: str, sentence: str):
    refused({path: OK}, sentence)


@pytest.mark.parametrize("path", ["_json.py", "a/_b.py", "_not-a-name.py"])
def test_a_file_for_others_has_a_name_of_its_own(path: str):
    refused({"index.py": OK, "_b.py": "", path: ""}, "is taken or no name")


def test_nothing_to_build_is_refused(tmp_path):
    refused(tmp_path, "There are no functions")
    refused(tmp_path / "none", "There is no folder of functions")
    refused(7, "give it a folder, or paths and their texts")


def test_modules_of_paths_that_look_alike_stay_apart():
    named = "from workers import Response\ndef onRequest(context):\n    return Response({!r})\n"
    site = pages.build({path: named.format(path) for path in ("a_b.py", "a/b.py", "a-b.py")})
    lab = Lab(site)
    for path in ("a_b", "a/b", "a-b"):
        assert lab.run(lab.run(lab.fetch(f"/{path}")).text()) == f"{path}.py"


def test_the_files_of_a_site_are_a_worker_by_themselves(tmp_path):
    entry = pages.build(Path(__file__).parent / "sites" / "context" / "py").write(tmp_path / "src")
    lab = Lab(entry, vars={"GREETING": "hi"})
    assert lab.run(lab.run(lab.fetch("/env")).text()) == "hi"
    assert lab.run(lab.run(lab.fetch("/deep/shout", method="POST", body="a")).text()) == "A"
    assert lab.run(lab.fetch("/elsewhere")).status == 404


def test_a_failing_function_is_named_by_its_own_file_and_line():
    lab = Lab(pages.build({"api/[id].py": "def onRequest(context):\n    raise ValueError('bad')\n"}))
    assert lab.run(lab.fetch("/api/7")).status == 500
    assert 'functions/api/[id].py", line 2' in str(lab.logs[-1].message)


def test_static_assets_stand_behind_the_functions():
    site = pages.build(
        {"api/[id].py": OK, "app/_middleware.py": "async def onRequest(c):\n    return await c.next()\n"}
    )
    lab = Lab(site, assets={"/index.html": "<h1>home", "/api/a/b.txt": "a file", "/app/x.html": "<h1>x"})
    said = {path: lab.run(lab.fetch(path)) for path in ("/", "/api/1", "/api/a/b.txt", "/app/x", "/none")}
    assert {path: lab.run(answer.text()) for path, answer in said.items()} | {"/none": ""} == {
        "/": "<h1>home", "/api/1": "ok", "/api/a/b.txt": "a file", "/app/x": "<h1>x", "/none": "",
    }  # fmt: skip
    assert said["/none"].status == 404


def rules(*include: str, exclude: tuple[str, ...] = (), **other):
    return {"version": 1, "include": [*include], "exclude": [*exclude], **other}


def test_paths_that_the_rules_leave_out_are_the_assets():
    functions = {"[[all]].py": OK}
    lab = Lab(pages.build(functions, routes=rules("/api/*", exclude=("/api/free/*",))))
    assert [lab.run(lab.fetch(path)).status for path in ("/api/1", "/api", "/apix", "/api/free/1", "/")] == [
        200, 200, 404, 404, 404,
    ]  # fmt: skip


def test_rules_are_read_from_a_file(tmp_path):
    file = tmp_path / "_routes.json"
    file.write_text(json.dumps(rules("/a", exclude=("/b",), description="mine")))
    site = pages.build({"a.py": OK}, routes=file)
    assert site.assets == {"binding": "ASSETS", "run_worker_first": ["/a", "!/b"]}
    file.write_text("{")
    refused({"a.py": OK}, "_routes.json is not JSON", routes=file)


@pytest.mark.parametrize(("given", "sentence"), [
    ({"version": 2, "include": ["/a"], "exclude": []}, "It has this form"),
    ({"version": 1, "include": ["/a"]}, "It has this form"),
    (rules(), "Routes must have at least 1 include rule"),
    (rules("a"), "All rules must start with '/'"),
    (rules("/api/*", "/api/x"), "Overlapping rules"),
    (rules("/" + "a" * 100), "over the 100 character limit"),
    (rules(*(f"/{n}" for n in range(100)), exclude=("/x",)), "over the 100 rule limit"),
])  # fmt: skip
def test_rules_that_wrangler_refuses_are_refused(given, sentence: str):
    refused({"a.py": OK}, f"^Invalid _routes.json file found at: here. .*{sentence}", routes=given)


def test_rules_at_the_limits_are_taken():
    pages.build({"a.py": OK}, routes=rules("/" + "a" * 99, *(f"/{n}" for n in range(98)), exclude=("/x",)))


@settings(max_examples=60)
@given(st.text(min_size=1, max_size=12), st.sampled_from(["GET", "POST", "HEAD"]))
def test_no_path_makes_the_router_fail(site_lab, text: str, method: str):
    response = site_lab.run(site_lab.fetch(f"/{quote(text, safe='/%:@;+[]*()')}", method=method))
    assert response.status in (200, 404), text


def test_a_site_shows_its_routes():
    site = pages.build({"api/[id].py": OK, "_middleware.py": OK})
    assert "/api/:id" in repr(site.routes) and "_middleware.py onRequest" in site._repr_html_()


@pytest.mark.parametrize("given", [3, b"def onRequest(c): ...", lambda context: None])
def test_what_is_no_text_is_no_file(given):
    with pytest.raises(ConfigError, match="'a.py': give the text of the file, not"):
        pages.build({"a.py": given})


@pytest.mark.parametrize("depth", ["(" * 5000, "-" * 100_000 + "1"])
def test_what_is_nested_too_deeply_is_refused_in_a_line(depth: str):
    with pytest.raises(ConfigError) as refused:
        pages.build({"a.py": f"x = {depth}"})
    assert len(str(refused.value)) < 300


@pytest.mark.parametrize("routes", [3, [], None.__class__])
def test_rules_of_no_form_are_refused(routes):
    with pytest.raises(ConfigError, match="Invalid _routes.json"):
        pages.build({"a.py": "def onRequest(context): ..."}, routes=routes)
