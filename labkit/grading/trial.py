"""What a requirement is handed: the learner's names, fresh labs, and the words for what was done, expected and got.

Every call is written down, so that feedback can say what we did. All of it runs within a budget of steps.
"""

from __future__ import annotations

import asyncio
import copy
import inspect
import json
import random
from collections.abc import Mapping
from typing import Any, NoReturn

from labkit import durations
from labkit.grading.attempt import NotAttempted
from labkit.grading.blame import describe_logged
from labkit.grading.compare import difference, show
from labkit.grading.requirement import Unmet
from labkit.grading.visits import crashes, in_words
from labkit.steps import StepBudget
from labkit.timeline import Timeline

AN_ANSWER = "an answer from your Worker"
PATIENCE = 3600.0
"""Simulated seconds that a visitor waits for an answer before the check gives up."""

GOODBYE_STEPS = 10_000


class Trial:
    """One requirement, tried on one namespace. Authors call it `ex`.

    `seed` and `random` differ between requirements, and again when an instructor regrades with another seed.
    """

    def __init__(self, exercise: str, namespace: Mapping[str, Any], seed: int):
        self.exercise, self.namespace, self.seed = exercise, namespace, seed
        self.random = random.Random(seed)
        self.lines: list[str] = []
        self.timeline = Timeline()  # the requirement itself runs here; each lab has its own
        self._timelines = [self.timeline]

    def name(self, name: str) -> Any:
        """What the learner called `name`. Where there is nothing of that name, the exercise is not attempted."""
        if name not in self.namespace:
            raise NotAttempted(self.exercise)
        return self.namespace[name]

    def call(self, name: str, *args: Any, **options: Any) -> Any:
        """The result of the learner's function, which gets copies of the arguments; await it if it is a coroutine."""
        function = self.name(name)
        given = [*(show(arg, 80) for arg in args), *(f"{key}={show(arg, 80)}" for key, arg in options.items())]
        self.did(f"{name}({', '.join(given)})")
        if not callable(function):
            self.fail(f"a function called {name}", show(function), f"The exercise calls {name}.")
        self._refuse_signature(function, name, args, options)
        return function(*copy.deepcopy(args), **copy.deepcopy(options))

    def _refuse_signature(self, function: Any, name: str, args: tuple[Any, ...], options: dict[str, Any]) -> None:
        try:
            signature = inspect.signature(function)
            signature.bind(*args, **options)
        except ValueError:  # a callable of C code does not tell
            return
        except TypeError as error:
            self.fail(
                f"{name} can be called so", f"{name}{signature}: {error}", "The parameters are not those asked for."
            )

    def lab(self, main: str | tuple[str, ...] = "Default", **options: Any) -> Any:
        """A fresh Lab around the learner's class of that name (or classes). `options` are those of `labkit.lab.Lab`."""
        from labkit.lab import Lab

        names = (main,) if isinstance(main, str) else main
        classes = {"Default" if len(names) == 1 else name: self.name(name) for name in names}
        for name, value in zip(names, classes.values(), strict=True):
            if not isinstance(value, type):
                self.fail(f"a class called {name}", show(value), "A Worker is a class that extends WorkerEntrypoint.")
        lab = Lab(classes, **{"seed": self.seed, **options})
        self._timelines.append(lab.world.timeline)
        return lab

    async def fetch(self, lab: Any, url: str = "/", *, raises: bool = False, **options: Any) -> Any:
        """A visitor's response, as `lab.fetch` gives it. Options: method, headers, body, json, colo, country.

        A Worker that raises fails the requirement with its own line, unless `raises` lets the error page through.
        """
        line, logged = in_words(url, options), len(lab.logs)
        response = await self._patiently(lab, lab.fetch(url, **options), line)
        self.did(f"{line} -> {response.status}")
        if not raises and response.status >= 500:
            page = f"Where a Worker raises, the visitor gets the platform's error page with status {response.status}."
            self._refuse(crashes(lab.logs[logged:], response), page)
        return response

    async def advance(self, lab: Any, duration: float | str) -> None:
        """Let time pass: seconds, or words such as "3 days"."""
        self.did(f"{durations.seconds(duration):g} s pass" if not isinstance(duration, str) else f"{duration} pass")
        await lab.advance(duration)

    async def scheduled(self, lab: Any, cron: str | None = None) -> Any:
        """Run the `scheduled` handler once; its Outcome. A handler that raises fails the requirement."""
        line, logged = f"the cron trigger {cron or ''} rings".replace("  ", " "), len(lab.logs)
        outcome = await self._patiently(lab, lab.scheduled(cron), line)
        self.did(f"{line} -> {outcome.outcome}")
        self._refuse(crashes(lab.logs[logged:]), "A handler that raises counts as failed.")
        return outcome

    async def _patiently(self, lab: Any, submission: Any, line: str) -> Any:
        try:
            return await lab.world.timeline.submit(asyncio.wait_for(submission.coroutine, PATIENCE))
        except TimeoutError:
            self.did(line)
            self.fail("an answer", f"none after {PATIENCE:g} simulated seconds", "The visitor has gone.")

    def _refuse(self, crashed: list[str], because: str) -> None:
        if crashed:
            self.fail(AN_ANSWER, describe_logged(crashed[-1]), because)

    def close(self) -> None:
        """End what is still under way on the labs, without a word: it is nobody's concern any more."""
        for timeline in self._timelines:
            tasks = asyncio.all_tasks(timeline)
            for task in tasks:
                task._log_destroy_pending = False  # type: ignore[attr-defined]
                task.cancel()
            with StepBudget(GOODBYE_STEPS):
                timeline.advance(1)  # a Worker lives through the CPU time it owes before it hears of the end
            for task in tasks:
                if task.done() and not task.cancelled():
                    task.exception()  # asyncio calls it retrieved now

    def did(self, sentence: str) -> None:
        """Write down what was done, for the feedback's "we did"."""
        self.lines.append(sentence)

    def equal(self, got: Any, expected: Any, *, because: str) -> None:
        """The answer must be the same plain value: the learner's `__eq__` is never asked, and True is not 1."""
        found = difference(got, expected)
        if found:
            where = f"at {found.path}: " if found.path else ""
            self.fail(where + found.expected, where + found.got, because)

    def near(self, got: Any, expected: float, *, within: float, because: str) -> None:
        """The answer must be a number within a distance of the expected one."""
        if type(got) not in (int, float) or not abs(got - expected) <= within:
            self.fail(f"{expected:g}, give or take {within:g}", show(got), because)

    def true(self, condition: Any, *, expected: str, got: Any, because: str) -> None:
        """A condition that must be True itself: an object that only counts as true is not enough."""
        if condition is not True:
            self.fail(expected, got if type(got) is str else show(got), because)

    def fail(self, expected: str, got: str, because: str) -> NoReturn:
        """The requirement is not met."""
        raise Unmet(expected, got, because)

    async def json(self, response: Any) -> Any:
        """A response's JSON body. Fails the requirement where the body is something else."""
        text = await response.text()
        try:
            return json.loads(text)
        except ValueError:
            self.fail("a JSON body", show(text), "The client parses the body as JSON.")

    async def result(self, value: Any) -> Any:
        """A value, awaited where it can be: for functions that may be plain or async."""
        return await value if inspect.isawaitable(value) else value
