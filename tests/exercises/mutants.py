"""Small changes to a model answer, one at a time: what a check must notice.

Kept mutation tools (mutmut, cosmic-ray, mutatest) change files and start processes for each mutant; here
a mutant is a source text that is graded in this process, a few milliseconds each.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

SWAPS = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
    ast.And: ast.Or, ast.Or: ast.And, ast.Add: ast.Sub, ast.Sub: ast.Add,
}  # fmt: skip


@dataclass(frozen=True)
class Mutant:
    """A changed source. `change` is "old line => new line", by which an author excuses it."""

    change: str
    source: str


def mutants_of(source: str) -> Iterator[Mutant]:
    """Every mutant of a source, in its order."""
    tree = ast.parse(source)
    before = ast.unparse(tree)
    for place in range(len(list(_nodes(tree)))):
        for variant in _variants_at(tree, place):
            after = ast.unparse(variant)
            if after != before:
                yield Mutant(_change(before, after), after)


def _nodes(tree: ast.AST) -> Iterator[ast.AST]:
    """The nodes that run: annotations do not."""
    yield tree
    for name, value in ast.iter_fields(tree):
        if name in ("annotation", "returns"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _nodes(child)


def _variants_at(tree: ast.AST, place: int) -> Iterator[ast.AST]:
    """The whole tree with the node at a place changed in each way that fits it."""
    node = list(_nodes(tree))[place]
    for number in range(len(list(_changes(node)))):
        variant = copy.deepcopy(tree)
        target = list(_nodes(variant))[place]
        yield _Replace(target, list(_changes(target))[number]).visit(variant)


class _Replace(ast.NodeTransformer):
    def __init__(self, target: ast.AST, new: ast.AST):
        self.target, self.new = target, new

    def visit(self, node: ast.AST) -> ast.AST:
        return self.new if node is self.target else self.generic_visit(node)


def _changes(node: ast.AST) -> Iterator[ast.AST]:
    """What a node may become."""
    match node:
        case ast.Compare():
            yield from (_with(node, ops=ops) for ops in _swapped_each(node.ops))
        case ast.BoolOp():
            yield _with(node, op=SWAPS[type(node.op)]())
            yield from (_without(node, index) for index in range(len(node.values)))
        case ast.BinOp() | ast.AugAssign() if type(node.op) in SWAPS:
            yield _with(node, op=SWAPS[type(node.op)]())
        case ast.UnaryOp(op=ast.Not()):
            yield node.operand
        case ast.Constant(value=bool()):
            yield ast.Constant(not node.value)
        case ast.Constant(value=int() | float()):
            yield ast.Constant(node.value + 1)
        case ast.Return(value=ast.expr()) if not _is_none(node.value):
            yield ast.Return(ast.Constant(None))
        case ast.Await():
            yield node.value
    if isinstance(node, ast.Assign | ast.AugAssign) or (isinstance(node, ast.Expr) and not _is_text(node.value)):
        yield ast.Pass()


def _with(node: ast.AST, **fields) -> ast.AST:
    changed = copy.copy(node)
    for name, value in fields.items():
        setattr(changed, name, value)
    return changed


def _swapped_each(operators: list[ast.cmpop]) -> Iterator[list[ast.cmpop]]:
    for index, one in enumerate(operators):
        yield [*operators[:index], SWAPS[type(one)](), *operators[index + 1 :]]


def _without(node: ast.BoolOp, index: int) -> ast.AST:
    rest = [value for at, value in enumerate(node.values) if at != index]
    return _with(node, values=rest) if len(rest) > 1 else rest[0]


def _is_none(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant)


def _change(before: str, after: str) -> str:
    """The first line that differs, old and new."""
    old, new = before.splitlines(), after.splitlines()
    for kind, at, end, at_new, end_new in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            return f"{' '.join(map(str.strip, old[at:end]))} => {' '.join(map(str.strip, new[at_new:end_new]))}"
    raise AssertionError("a mutant without a change")
