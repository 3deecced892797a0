"""What replicas and Time Travel look back on: every state that ever was, from the pages that each commit changed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.emulators.d1 import history as module
from labkit.emulators.d1.bookmarks import bookmark, commit_of
from labkit.emulators.d1.history import History
from labkit.emulators.d1.view import View
from labkit.emulators.sqlite import Engine
from labkit.emulators.sqlite.paged import PAGE

DAYS = 30 * 86400


def page(number: int) -> bytes:
    return bytes([number]) * PAGE


def state(history: History, index: int) -> list[bytes]:
    """The pages after a commit."""
    found = history.after(index)
    return [found.pages.get(each) or history.pages[each] for each in range(found.count)]


writes = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 255)), max_size=4)


@settings(max_examples=60, deadline=None)
@given(commits=st.lists(st.tuples(writes, st.none() | st.integers(0, 4)), max_size=14), recent=st.integers(2, 8))
def test_a_view_stays_as_it_is_while_the_pages_go_on(commits, recent):
    module.RECENT, usual = recent, module.RECENT
    try:
        history, views = History(0.0, DAYS), []
        for changes, cut in commits:
            views.append((view := View(history), history.index, list(history.pages)))
            view.show(history.index)
            for at, value in sorted(changes):
                if at <= history.count:
                    history.write(at, page(value))
            if cut is not None:
                history.truncate(cut)
            history.commit(0.0)
            for view, index, expected in views[recent % 2 :: 2]:  # the others are asked at the end only
                view.show(index)
                assert shown(view) == [each[100:] for each in expected]
        for view, index, expected in views:
            view.show(index)
            assert shown(view) == [each[100:] for each in expected]
    finally:
        module.RECENT = usual


def shown(view: View) -> list[bytes]:
    """Its pages, without the header, which has numbers of the view's own."""
    return [view.read(at)[100:] for at in range(view.count)]


@settings(max_examples=60, deadline=None)
@given(commits=st.lists(st.tuples(writes, st.none() | st.integers(0, 4)), max_size=14), recent=st.integers(2, 8))
def test_every_state_that_was_can_be_seen_again_sealed_or_not(
    commits,
    recent,
):
    module.RECENT, usual = recent, module.RECENT
    try:
        history, states = History(0.0, DAYS), [[]]
        for number, (changes, cut) in enumerate(commits):
            for at, value in sorted(changes):
                if at <= history.count:  # SQLite leaves no hole
                    history.write(at, page(value))
            if cut is not None:
                history.truncate(cut)
            expected = [history.read(at) for at in range(history.count)]
            if history.commit(float(number)):
                states.append(expected)
            assert history.pages == states[-1] == expected
        again = History(0.0, DAYS)
        again.restore(history.snapshot())
        again.pack()
        for each in (history, again):
            assert each.index == len(states) - 1
            assert [state(each, index) for index in range(len(states))] == states
    finally:
        module.RECENT = usual


def test_a_page_that_was_cut_off_before_it_was_sealed_and_is_there_again_keeps_what_it_was():
    history = History(0.0, DAYS)
    for contents in ([1, 2, 3], [1], [1, 2, 3], [1], [1, 7, 8]):
        for at, value in enumerate(contents):
            history.write(at, page(value))
        history.truncate(len(contents))
        history.commit(0.0)
        history.pack()
    assert state(history, 1) == state(history, 3) == [page(1), page(2), page(3)]
    assert state(history, 2) == state(history, 4) == [page(1)]


def filled(count: int, **options: float) -> History:
    """A commit each ten seconds."""
    history = History(0.0, options.get("keep", DAYS))
    for number in range(1, count + 1):
        history.write(0, page(number % 256))
        history.commit(number * 10.0)
    return history


def test_a_moment_is_the_last_commit_up_to_it():
    history = filled(600)
    assert history.sealed and history.recent
    for moment, index in ((0, 0), (9.9, 0), (10, 1), (19, 1), (3000, 300), (5999, 599), (6000, 600), (1e9, 600)):
        assert history.last_before(moment) == index
        assert history.unix_of(index) == index * 10.0
    history.pack()
    assert [history.unix_of(index) for index in range(601)] == [index * 10.0 for index in range(601)]


def test_what_is_older_than_it_must_be_kept_is_dropped_and_refused():
    history = filled(1000, keep=2000.0)
    assert 0 < history.oldest <= 800
    assert state(history, 850) == [page(850 % 256)]
    with pytest.raises(LookupError):
        history.after(history.oldest - 1)


def test_a_commit_that_changes_nothing_is_none():
    history = filled(3)
    history.write(0, page(3))
    assert not history.commit(99.0)
    assert history.index == 3


def test_what_is_written_and_not_committed_is_seen_by_the_writer_only_and_forgotten_by_a_rollback():
    history = filled(1)
    history.write(1, page(9))
    assert (history.read(1), history.count, len(history.pages)) == (page(9), 2, 1)
    history.roll_back()
    assert history.count == 1


def test_going_back_is_a_commit_of_its_own():
    history = filled(5)
    history.go_back(2, 100.0)
    assert (history.index, history.pages) == (6, [page(2)])
    assert state(history, 5) == [page(5)]


def test_a_sealed_commit_of_one_row_takes_about_a_hundred_bytes():
    history = History(0.0, DAYS)
    engine = Engine(pages=history)
    engine.run("CREATE TABLE t (id INTEGER PRIMARY KEY, v TEXT)")
    for number in range(1024):
        engine.run("INSERT INTO t (v) VALUES (?)", (f"a row of text, number {number}",))
        history.commit(float(number))
    sealed = sum(len(each.blob) for each in history.sealed)
    commits = history.sealed[-1].last
    assert commits >= 512
    assert sealed / commits < 200


def test_bookmarks_sort_as_commits_do():
    commits = [0, 1, 9, 10, 1023, 1024, 1025, 70_000, 2**31]
    marks = [bookmark("db", index, 1e9 + index) for index in commits]
    assert marks == sorted(marks)
    assert [commit_of(mark) for mark in marks] == commits
    assert bookmark("db", 5, 1e9) != bookmark("another", 5, 1e9)
    assert commit_of("first-primary") is None
