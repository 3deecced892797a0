"""Sites in Python answer as the Workers do that wrangler builds of the same functions in JavaScript."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from labkit import pages
from labkit.pages.router import Rule
from tests.pages.replay import EVERYTHING, HERE, HOST, lab_of, plain, played, recorded

FUNCTION = """
async def {name}(context):
    seen = context.data.setdefault("seen", [])
    seen.append([{path!r}, "{name}", context.params, context.functionPath])
    rest = await context.next()
    return rest if "x-seen" in rest.headers else Response(None, headers={{"x-seen": json.dumps(seen)}})
"""


@pytest.mark.parametrize("name", sorted(recorded()["sites"]))
def test_a_site_answers_as_wranglers_does(name: str):
    problems = []
    for case, ours in zip(recorded()["sites"][name], played(name), strict=True):
        theirs, mine = plain(case["response"]), plain(ours)
        if theirs != mine:
            problems.append(f"{case['request']}\n    wrangler {theirs}\n    here     {mine}")
    assert not problems, "\n".join(problems)


def site_of(files: dict[str, list[str]], routes: Any = None) -> pages.Site:
    """A folder of functions that say that they were called, and call the next."""
    return pages.build(
        {
            f"{path}.py": "import json\nfrom workers import Response\n"
            + "".join(FUNCTION.format(path=path, name=name) for name in names)
            for path, names in files.items()
        },
        routes=routes,
    )


@pytest.mark.parametrize("tree", recorded()["trees"], ids=lambda tree: " ".join(tree["files"])[:80])
def test_a_folder_has_wranglers_routes_in_wranglers_order(tree: dict[str, Any]):
    site = site_of(tree["files"])
    theirs = [
        {"path": path, "method": method or "any", "function": module, "middleware": middleware}
        for path, _, method, middleware, module in tree["routes"]
    ]
    assert [{key: value.replace(".py ", " ") for key, value in row.items()} for row in site.routes] == theirs
    assert site.rules["include"] == tree["include"]


@pytest.mark.parametrize("tree", recorded()["trees"], ids=lambda tree: " ".join(tree["files"])[:80])
def test_a_path_calls_the_functions_that_wranglers_worker_calls(tree: dict[str, Any]):
    lab = lab_of(site_of(tree["files"], EVERYTHING))
    for method, path, called in tree["answers"]:
        response = lab.run(lab.fetch(HOST + path, method=method))
        assert json.loads(response.headers.get("x-seen", "[]")) == called, (method, path)


@pytest.mark.parametrize("rule", recorded()["rules"]["rules"])
def test_a_rule_matches_the_paths_that_wranglers_does(rule: str):
    known = recorded()["rules"]
    assert [path for path in known["paths"] if Rule(rule).matches(path)] == known["rules"][rule]


def test_there_are_cases_enough():
    assert sum(map(len, recorded()["sites"].values())) >= 130
    assert sum(len(tree["answers"]) for tree in recorded()["trees"]) >= 300


def test_each_function_is_written_twice():
    def names(site: Path, kind: str) -> set[str]:
        files = (path for path in (site / kind).rglob("*") if path.suffix == f".{kind}")
        return {path.relative_to(site / kind).with_suffix("").as_posix() for path in files}

    for site in (HERE / "sites").iterdir():
        assert names(site, "js") == names(site, "py") != set()
