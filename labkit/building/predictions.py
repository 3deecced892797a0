"""A prediction, answered: what the solved notebook adds to a cell that asks for one."""

from __future__ import annotations

import ast


def answered(code: str) -> str:
    """The cell with an answer added below each `predict("id", "question", a=..., b=...)` that has none.

    A prediction is graded for taking part, so the answer is its first option.
    """
    if "predict(" not in code:
        return code
    return "\n".join([code, *(f'predict("{name}", "{option}")' for name, option in _asked(code))])


def _asked(code: str) -> list[tuple[str, str]]:
    """The id and the first option of each question that a cell asks."""
    calls = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call) and _is_predict(node)]
    return [(call.args[0].value, call.keywords[0].arg) for call in calls if call.keywords]  # type: ignore[union-attr]


def _is_predict(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Name) and call.func.id == "predict" and isinstance(call.args[0], ast.Constant)
