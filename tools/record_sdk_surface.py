"""Record the public names and signatures of Cloudflare's Python SDK: `python tools/record_sdk_surface.py WHEEL`.

The wheel is read as text and never imported. What is kept are facts: names, parameters, defaults. The file that it
writes under tests/data/ is what `tests/workers/test_surface.py` holds ours against.
"""

from __future__ import annotations

import ast
import json
import sys
import zipfile
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parents[1] / "tests" / "data"
MODULES = (
    "workers/__init__.py",
    "workers/blob.py",
    "workers/entrypoints.py",
    "workers/fetch.py",
    "workers/formdata.py",
    "workers/request.py",
    "workers/response.py",
    "workers/rpc.py",
    "workers/types.py",
    "workers/utils.py",
    "workers/workflows.py",
    "workers/asgi.py",
    "workers/wsgi.py",
    "workers/gateway/options.py",
)
SPECIAL = ("__init__", "__contains__", "__delitem__", "__getitem__", "__iter__", "__len__", "__setitem__")
Function = ast.FunctionDef | ast.AsyncFunctionDef


def surface(wheel: Path) -> dict[str, Any]:
    """The surface of a wheel: its version, `__all__`, and what each module defines in public."""
    with zipfile.ZipFile(wheel) as archive:
        trees = {name: ast.parse(archive.read(name)) for name in MODULES}
    return {
        "version": wheel.name.split("-")[1],
        "all": public_names(trees["workers/__init__.py"]),
        "modules": {name: members(tree.body) for name, tree in trees.items()},
    }


def public_names(tree: ast.Module) -> list[str]:
    """The list that the module assigns to `__all__`."""
    values = (node.value for node in tree.body if isinstance(node, ast.Assign) and ast.unparse(node) and _is_all(node))
    return sorted(ast.literal_eval(next(values)))


def _is_all(node: ast.Assign) -> bool:
    return [ast.unparse(target) for target in node.targets] == ["__all__"]


def members(body: list[ast.stmt]) -> dict[str, Any]:
    """Public functions by signature, classes by their members, and assigned names."""
    found: dict[str, Any] = {}
    for node in body:
        if isinstance(node, Function) and is_public(node.name):
            found[node.name] = signature(node)
        elif isinstance(node, ast.ClassDef) and is_public(node.name):
            found[node.name] = {"bases": [ast.unparse(base) for base in node.bases], "members": members(node.body)}
        elif isinstance(node, ast.AnnAssign) and is_public(ast.unparse(node.target)):
            found[ast.unparse(node.target)] = "value"
    return found


def is_public(name: str) -> bool:
    return not name.startswith("_") or name in SPECIAL


def signature(node: Function) -> str:
    """`async (self, key, value=None)`, without the types: those are ours to write better."""
    for arg in [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs, node.args.vararg, node.args.kwarg]:
        if arg is not None:
            arg.annotation = None
    decorators = [ast.unparse(decorator) for decorator in node.decorator_list]
    kinds = [kind for kind in ("property", "staticmethod", "contextmanager") if kind in decorators]
    words = [*kinds, *(["async"] if isinstance(node, ast.AsyncFunctionDef) else []), f"({ast.unparse(node.args)})"]
    return " ".join(words)


if __name__ == "__main__":
    wheel = Path(sys.argv[1])
    recorded = surface(wheel)
    target = DATA / f"workers_runtime_sdk_{recorded['version']}.json"
    target.write_text(json.dumps(recorded, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    print(f"{target.name}: {len(recorded['all'])} public names")
