"""A question with buttons: a click makes the same call that the learner could type."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from labkit.grading.page import Fields, Page

VIEW = "application/vnd.jupyter.widget-view+json"


@dataclass(repr=False)
class Ask(Page):
    """A question as a page. In a notebook it has a button for each option below it; it never waits for an answer."""

    options: Mapping[str, str] = field(default_factory=dict)
    answered: Callable[[str], Page] = lambda letter: Page("")

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        bundle: dict[str, Any] = {"text/plain": self.text(), "text/html": self.html()}
        if in_notebook():
            bundle[VIEW] = self._widget()._repr_mimebundle_()[VIEW]
        return bundle

    def _widget(self) -> Any:
        """The page with buttons in place of the list of options, and below them what the last click gave."""
        import ipywidgets as widgets  # pyright: ignore[reportMissingImports]

        result = widgets.HTML()
        buttons = [widgets.Button(description=f"{letter}: {text}", layout=widgets.Layout(width="auto"))
                   for letter, text in self.options.items()]  # fmt: skip
        for letter, button in zip(self.options, buttons, strict=True):
            button.on_click(lambda _, letter=letter: setattr(result, "value", self.answered(letter).html()))
        question = Page(self.label, [part for part in self.parts if not isinstance(part, Fields)])
        return widgets.VBox([widgets.HTML(question.html()), *buttons, result])


def in_notebook() -> bool:
    """Whether a Jupyter kernel runs us, so that a widget has somebody to talk to."""
    ipython = sys.modules.get("IPython")
    return getattr(ipython and ipython.get_ipython(), "kernel", None) is not None
