"""Run All reaches the end: cells that need an unfinished exercise are paused, all others are as they ever were."""

from __future__ import annotations

import re

import pytest
from IPython.core.interactiveshell import InteractiveShell

from labkit.grading import install, pause


@pytest.fixture
def shell(monkeypatch):
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance(history_length=0)
    shell.history_manager.enabled = False
    install()
    assert run(shell, "from labkit.grading import check, todo").success
    yield shell
    InteractiveShell.clear_instance()


def run(shell, source: str):
    return shell.run_cell(source, store_history=True)


PAUSED = "(paused) this cell uses exercise kv-02"
EXERCISE = "# exercise: kv-02\ndef f():\n    todo()\n"


def test_a_cell_that_needs_an_unfinished_exercise_is_paused(shell, capsys):
    run(shell, EXERCISE)
    assert run(shell, "x = f()").success
    assert capsys.readouterr().out.strip() == PAUSED


def test_cells_that_need_what_a_paused_cell_would_define_are_paused_too(shell, capsys):
    run(shell, EXERCISE)
    for cell in ["x = f()", "y = x + 1", "y"]:
        assert run(shell, cell).success
    assert capsys.readouterr().out.split("\n")[:-1] == [PAUSED] * 3


def test_the_exercise_cell_itself_says_what_to_do(shell, capsys):
    assert run(shell, "# exercise: kv-02\nanswer = todo()\n").success
    assert "(paused) exercise kv-02: write your answer in place of todo()" in capsys.readouterr().out
    assert run(shell, "answer").success
    assert capsys.readouterr().out.strip() == PAUSED


def test_finishing_the_exercise_wakes_the_cells(shell, capsys):
    run(shell, EXERCISE)
    run(shell, "x = f()")
    run(shell, "# exercise: kv-02\ndef f(): return 3")
    run(shell, "x = f()")
    capsys.readouterr()
    assert run(shell, "x").result == 3
    run(shell, "del x")
    assert isinstance(run(shell, "x").error_in_exec, NameError)


def test_the_last_expression_is_displayed_and_kept(shell, capsys):
    assert run(shell, "z = 5\nz + 1").result == 6
    assert run(shell, "_ + 1").result == 7
    assert "6" in capsys.readouterr().out


@pytest.mark.parametrize("cell", ["z = 5", "z = 5; z;", "if True:\n    5", "None", "def g():\n    return 1"])
def test_what_displayed_nothing_displays_nothing(shell, capsys, cell):
    result = run(shell, cell)
    assert result.success
    assert "Out[" not in capsys.readouterr().out


def test_a_paused_cell_displays_no_value(shell, capsys):
    run(shell, EXERCISE)
    result = run(shell, "1 + 1\nf()")
    assert result.success and result.result is None
    assert capsys.readouterr().out.strip() == PAUSED


def test_top_level_await_works(shell):
    assert run(shell, "import asyncio\nawait asyncio.sleep(0)\nasync def h(): return 4\nawait h()").result == 4


def test_top_level_await_can_pause(shell, capsys):
    run(shell, "# exercise: kv-02\nasync def f():\n    todo()")
    assert run(shell, "await f()").success
    assert capsys.readouterr().out.strip() == PAUSED


WORKER = """# exercise: kv-02
from workers import Response, WorkerEntrypoint
class Default(WorkerEntrypoint):
    async def fetch(self, request):
        todo()
"""


def test_a_worker_that_is_still_to_be_written_pauses_the_cells_that_visit_it(shell, capsys):
    run(shell, WORKER)
    run(shell, "from labkit import Lab\nlab = Lab(Default)")
    assert run(shell, "answer = await lab.fetch('/')\nawait answer.text()").success
    assert run(shell, "answer.status").success
    assert capsys.readouterr().out.split("\n")[:-1] == [PAUSED] * 2


def test_magics_are_paused_too(shell, capsys):
    run(shell, EXERCISE)
    assert run(shell, "%%capture out\nq = f()").success
    assert run(shell, "%time q = f()").success
    assert PAUSED in capsys.readouterr().out


def test_other_errors_are_shown_as_ever_with_the_cells_own_line(shell, capsys):
    result = run(shell, "a = 1\n\nb = a / 0\nb")
    assert isinstance(result.error_in_exec, ZeroDivisionError)
    assert result.error_in_exec.__traceback__.tb_next.tb_lineno == 3
    assert "labkit" not in capsys.readouterr().out


def test_a_misspelt_name_is_still_a_name_error(shell):
    run(shell, EXERCISE)
    run(shell, "x = f()")
    assert isinstance(run(shell, "nothing_of_the_kind").error_in_exec, NameError)


def test_a_cell_with_a_future_import_is_left_alone(shell):
    assert run(shell, "from __future__ import annotations\n3").result == 3


def test_star_imports_definitions_and_docstrings_work(shell):
    cell = '"""A docstring."""\nfrom math import *\nclass K:\n    """K."""\n    x = floor(3.5)\nK.x'
    assert run(shell, cell).result == 3


def test_todo_outside_an_exercise_pauses_without_a_name(shell, capsys):
    assert run(shell, "todo()").success
    assert "(paused) this cell needs code that is still to be written" in capsys.readouterr().out


def test_installing_twice_changes_nothing(shell):
    install()
    install()
    assert len([one for one in shell.ast_transformers if isinstance(one, pause.Pausing)]) == 1


def test_without_ipython_installing_does_nothing():
    InteractiveShell.clear_instance()
    install()


def test_a_cell_survives_a_reset_of_the_namespace(shell):
    run(shell, "%reset -f")
    assert run(shell, "1 + 1").result == 2


REFUSALS = {
    "a binding that is awaited": ("await lab.env().DB.prepare('SELEC 1').all()", "D1_ERROR: near"),
    "an emulator that is not there": ("lab.d1('DBX')", "No D1 database is bound to 'DBX'"),
    "in a function of the learner's": ("def ask():\n    lab.run(lab.env().DB.exec('x'))\nask()", "D1_EXEC_ERROR"),
}


@pytest.mark.parametrize(("cell", "words"), REFUSALS.values(), ids=REFUSALS)
def test_a_refusal_shows_the_learners_lines_alone(shell, capsys, cell, words):
    run(shell, "from labkit import Lab\nlab = Lab(d1=['DB'])")
    assert not run(shell, cell).success
    shown = re.sub("\x1b\\[[0-9;]*m", "", capsys.readouterr().out)
    assert words in shown and all(line in shown for line in cell.splitlines())
    assert ".py" not in shown and "Submission" not in shown


def test_an_error_of_another_kind_keeps_all_its_lines(shell, capsys):
    assert not run(shell, "import json\njson.loads('{')").success
    assert "decoder.py" in capsys.readouterr().out
