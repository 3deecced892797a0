"""The checker agrees with every verdict that was published with a history that is here."""

from __future__ import annotations

from math import inf

import pytest

from labkit.sim.linearizability import QUEUE, REGISTER, TEXT, UNSEEN, Operation, check, published
from labkit.sim.linearizability.search import search
from tests.sim.linearizability import histories


@pytest.mark.parametrize("name", histories.ETCD)
def test_the_verdict_on_a_log_of_etcd_is_porcupines(name: str):
    verdict, length = histories.ETCD[name]
    text = histories.etcd(name)
    assert len(text) == length
    assert check(published.jepsen(text)).verdict == verdict


@pytest.mark.parametrize("name", histories.KEY_VALUE)
def test_the_verdict_on_a_log_of_texts_is_porcupines(name: str):
    verdict, length = histories.KEY_VALUE[name]
    text = histories.key_value(name)
    assert len(text) == length
    assert check(published.key_value(text), TEXT).verdict == verdict


def test_the_one_wrong_read_of_a_refused_log_is_named():
    verdict = check(published.key_value(histories.key_value("c01-bad")), TEXT)
    assert [str(each) for each in verdict.stale] == ["0: read(7) -> 'x 0 0 y'"]
    assert [each.name for each in verdict.reasons] == ["append", "read"]


def drawn(rows: str) -> list[Operation]:
    """A history as papers draw it: a row a process, each bar an operation such as `[w1 ]` from its [ to its ]."""
    return [_bar(process, row, start) for process, row in enumerate(rows.strip("\n").split("\n"))
            for start in (place for place, letter in enumerate(row) if letter == "[")]  # fmt: skip


NAMES = {"w": "write", "r": "read", "e": "enqueue", "d": "dequeue"}


def _bar(process: int, row: str, start: int) -> Operation:
    end = row.find("]", start)
    letter, value = row[start + 1], row[start + 2 : end if end > 0 else None].strip(" -")
    name = NAMES[letter]
    argument, result = (None, value or None) if name in ("read", "dequeue") else (value, UNSEEN)
    return Operation(process, name, argument, result, start, end if end > 0 else inf)


PAPERS = {
    "after Herlihy and Wing 1990, figure 1a": ("yes", QUEUE, """
[ex------]    [dy------] [ez----]
   [ey-------------] [dx------]
"""),
    "after Herlihy and Wing 1990, figure 1b": ("no", QUEUE, """
[ex----]           [dy----]
           [ey-]
"""),
    "after Herlihy and Wing 1990, figure 1c": ("yes", QUEUE, """
[ex---------------------]
           [dx------]
"""),
    "after Herlihy and Wing 1990, figure 1d": ("no", QUEUE, """
[ex----------]   [dy----]
    [ey-----]       [dy----]
"""),
    "after Herlihy and Wing 1990, figure 2, a register": ("yes", REGISTER.starting("0"), """
[w0--] [r1--------]      [w0----]
   [w1----------]  [r1---]   [r0---]
"""),
    "after Herlihy and Wing 1990, figure 2, a register that goes back": ("no", REGISTER.starting("0"), """
[w0--] [r1--------]         [r1----]
   [w1----------] [w0---]
"""),
    "Porcupine's first example": ("yes", REGISTER.starting("0"), """
[w100----------------]
   [r100----------]
      [r0----]
"""),
    "Porcupine's second example": ("no", REGISTER.starting("0"), """
[w200-----------------------]
  [r200----]
               [r0----]
"""),
    "Horn and Kroening, H": ("yes", REGISTER, """
[w1----]   [r2------]
           [w2----]
"""),
    "Horn and Kroening, H'": ("no", REGISTER, """
[w1----]   [r2------]
                        [w2----]
"""),
}  # fmt: skip


@pytest.mark.parametrize("name", PAPERS)
def test_the_verdict_on_a_drawn_history_is_its_authors(name: str):
    verdict, model, rows = PAPERS[name]
    assert check(drawn(rows), model).verdict == verdict


def test_without_what_is_remembered_a_search_that_took_hundreds_of_steps_takes_more_than_100_000():
    history = published.jepsen(histories.etcd("etcd_002"))
    assert search(history, REGISTER, 1000).verdict == "yes"
    assert search(history, REGISTER, 100_000, cache=False).verdict == "unknown"
