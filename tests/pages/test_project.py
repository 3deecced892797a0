"""A folder that is a Pages project: its configuration, its functions, what it publishes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from labkit import Lab, pages
from labkit.errors import ConfigError
from labkit.folder import build

FUNCTION = "from workers import Response\ndef onRequest(context):\n    return Response(context.env.GREETING)\n"
MIDDLEWARE = """async def onRequest(context):
    response = await context.next()
    response.js_object.headers.set("x-through", "middleware")
    return response
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in {
        "functions/api/[id].py": FUNCTION,
        "functions/docs/_middleware.py": MIDDLEWARE,
        "public/index.html": "<h1>home",
        "public/docs/a.html": "<h1>a",
        "public/_routes.json": json.dumps({"version": 1, "include": ["/api/*", "/docs/*"], "exclude": ["/api/free"]}),
        "wrangler.jsonc": '{"name": "site", "pages_build_output_dir": "./public", /* . */ "vars": {"GREETING": "hi"}}',
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def said(lab: Lab, path: str) -> tuple[int, str]:
    response = lab.run(lab.fetch(path))
    return response.status, lab.run(response.text())


def test_a_project_is_its_functions_before_what_it_publishes(folder: Path):
    lab = build(folder, "paid", 0.0)
    assert said(lab, "/api/1") == (200, "hi")
    assert said(lab, "/") == (200, "<h1>home")
    response = lab.run(lab.fetch("/docs/a"))
    assert (lab.run(response.text()), response.headers["x-through"]) == ("<h1>a", "middleware")
    assert lab.config.name == "site" and lab.config.assets["run_worker_first"] == ["/api/*", "/docs/*", "!/api/free"]


def test_without_a_404_page_every_other_path_is_the_index(folder: Path):
    assert said(build(folder, "paid", 0.0), "/somewhere") == (200, "<h1>home")
    (folder / "public" / "404.html").write_text("none")
    assert said(build(folder, "paid", 0.0), "/somewhere") == (404, "none")


def test_rules_and_links_are_not_published(folder: Path):
    (folder / "secret").write_text("a secret")
    (folder / "public" / "linked").symlink_to(folder / "secret")
    (folder / "public" / "404.html").write_text("none")
    lab = build(folder, "paid", 0.0)
    assert said(lab, "/_routes.json") == said(lab, "/linked") == said(lab, "/../secret") == (404, "none")


def test_a_project_may_have_no_functions(folder: Path):
    for path in (folder / "functions").rglob("*.py"):
        path.unlink()
    for path in sorted((folder / "functions").rglob("*"), reverse=True):
        path.rmdir()
    (folder / "functions").rmdir()
    assert said(build(folder, "paid", 0.0), "/") == (200, "<h1>home")


def test_a_worker_is_no_pages_project():
    assert pages.project(Path(), {"main": "entry.py"}) is None


def test_a_folder_that_is_not_there_is_named(folder: Path):
    config: dict[str, Any] = {"pages_build_output_dir": "dist"}
    with pytest.raises(ConfigError, match="'pages_build_output_dir' names 'dist', and there is no such folder"):
        pages.project(folder, config)


def test_what_wrangler_uploads_of_no_folder_is_not_published(folder: Path):
    names = ("functions/a.txt", "node_modules/b/c.txt", "deep/node_modules/d.txt", "deep/functions/kept.txt",
             ".git/config", "deep/.DS_Store", ".wrangler/state", "_worker.js", "deep/_worker.js")  # fmt: skip
    for name in names:
        (folder / "public" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "public" / name).write_text("found")
    lab = build(folder, "paid", 0.0)
    assert [name for name in names if said(lab, f"/{name}")[1] == "found"] == [
        "deep/functions/kept.txt", "deep/_worker.js",
    ]  # fmt: skip


def test_a_project_that_publishes_its_own_folder_keeps_its_functions_to_itself(folder: Path):
    (folder / "wrangler.jsonc").write_text(
        '{"name": "site", "pages_build_output_dir": ".", "vars": {"GREETING": "hi"}}'
    )
    (folder / "index.html").write_text("<h1>root")
    lab = build(folder, "paid", 0.0)
    assert said(lab, "/functions/docs/_middleware.py") == (200, "<h1>root") and said(lab, "/api/1") == (200, "hi")
