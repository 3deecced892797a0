"""The `labkit` command: one verb a line, each handed to the module that does it and imported only then.

A verb's module has `main(arguments) -> exit code`, with its own options: `labkit VERB --help`.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from dataclasses import dataclass

from labkit.errors import LabError
from labkit.facts.spelling import did_you_mean


@dataclass(frozen=True)
class Verb:
    """Where a verb is done, and what `labkit --help` says of it. Verbs that share a module are told their name."""

    module: str
    summary: str
    shared: bool = False


TERMINAL = "labkit.grading.terminal"
VERBS = {
    "start": Verb("labkit.start", "lay your copies of the notebooks in work/ and open JupyterLab"),
    "doctor": Verb("labkit.doctor", "check this machine; ends in a code for your instructor"),
    "progress": Verb(TERMINAL, "what you have done", shared=True),
    "check": Verb(TERMINAL, "check a file with your answer to an exercise", shared=True),
    "hint": Verb(TERMINAL, "the next hint of an exercise", shared=True),
    "solution": Verb(TERMINAL, "the model answer of an exercise", shared=True),
    "reset": Verb(TERMINAL, "begin an exercise anew", shared=True),
    "serve": Verb("labkit.serve", "serve a Worker's folder on this machine, as `wrangler dev` does"),
    "where": Verb("labkit.where", "the files of a stem such as kv, and what its emulator leaves out"),
    "test": Verb("labkit.suite", "run the whole test suite, or pytest with your words"),
    "build": Verb("labkit.building.command", "make the notebooks from their sources"),
    "bench": Verb("tests.bench", "measure speed and print the table"),
    "constraints": Verb("labkit.constraints", "refresh the pins of pyproject.toml's packages (needs uv)"),
}


def main(arguments: list[str] | None = None) -> int:
    """Run one verb; returns its exit code. What the workbook refuses is one sentence, never a traceback."""
    options = parser().parse_args(arguments)
    try:
        return call(options.verb, options.words)
    except LabError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def parser() -> argparse.ArgumentParser:
    """The command line: a verb, and words that only the verb understands."""
    table = "\n".join(f"  {name:<12} {verb.summary}" for name, verb in VERBS.items())
    made = argparse.ArgumentParser(
        prog="labkit",
        description="The Edge Workbook's command.",
        epilog=f"verbs:\n{table}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("verb", help="one of those below; `labkit VERB --help` says more")
    made.add_argument("words", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    return made


def call(name: str, words: list[str]) -> int:
    """Import a verb's module and run it. Refuses an unknown verb with the nearest right one."""
    if name not in VERBS:
        raise LabError(f"labkit has no verb {name!r}. {did_you_mean(name, VERBS)}")
    verb = VERBS[name]
    try:
        module = importlib.import_module(verb.module)
    except ModuleNotFoundError as error:
        if error.name and verb.module.startswith(error.name):
            raise LabError(f"`labkit {name}` is not built yet: there is no {error.name}.") from None
        raise
    return module.main(name, words) if verb.shared else module.main(words)


if __name__ == "__main__":
    sys.exit(main())
