"""A coroutine of a lost machine is let go where none of its code would hear of it, and kept where any would."""

from __future__ import annotations

import asyncio
import gc
import weakref
from contextlib import asynccontextmanager, contextmanager, nullcontext, suppress
from typing import Any

import pytest

from labkit.lost import Graveyard, closes_unheard

HEARD: list[str] = []


class Pause:
    """What is awaited: it suspends once."""

    def __await__(self):
        yield


class Told:
    def __enter__(self):
        return self

    def __exit__(self, *_: Any) -> None:
        HEARD.append("with")


async def plain():
    await Pause()


async def nested():
    value = [1]
    for _ in range(3):
        await plain()
    return value


async def after_a_finally():
    try:
        value = 1
    finally:
        value = 2
    with nullcontext():
        pass
    await Pause()
    return value


async def before_a_try():
    await Pause()
    with suppress(ValueError):
        await Pause()


async def of_a_future():
    await asyncio.get_running_loop().create_future()


async def asleep():
    await asyncio.sleep(10)


async def with_finally():
    try:
        await Pause()
    finally:
        HEARD.append("finally")


async def with_except():
    try:
        await Pause()
    except BaseException:
        HEARD.append("except")
        raise


async def with_another_except():
    try:
        await Pause()
    except (HEARD.append("evaluated"), ValueError)[1]:
        pass


async def with_with():
    with Told():
        await Pause()


async def inside_of_a_finally():
    try:
        raise ValueError
    finally:
        await Pause()


async def inside_of_an_except():
    try:
        raise ValueError
    except ValueError:
        await Pause()
        HEARD.append("after")


async def outside_of_what_is_plain():
    with Told():
        await nested()


async def within_what_is_plain():
    await with_with()


@asynccontextmanager
async def telling():
    try:
        yield
    finally:
        HEARD.append("async with")


async def with_async_with():
    async with telling():
        await Pause()


async def counted():
    try:
        yield 1
    finally:
        HEARD.append("async for")


async def with_async_for():
    async for _ in counted():
        await Pause()


def numbers():
    try:
        yield from range(9)
    finally:
        HEARD.append("generator")


async def over_a_generator():
    for _ in numbers():
        await Pause()


async def holding_a_generator():
    held = numbers()
    next(held)
    await Pause()
    return held


@contextmanager
def loop():
    new = asyncio.new_event_loop()
    asyncio._set_running_loop(new)
    try:
        yield
    finally:
        asyncio._set_running_loop(None)
        new.close()


def suspended(function) -> Any:
    coroutine = function()
    with loop():
        coroutine.send(None)
    return coroutine


UNHEARD = [plain, nested, after_a_finally, before_a_try, of_a_future, asleep]
KEPT = [
    with_finally, with_except, with_another_except, with_with, inside_of_a_finally, outside_of_what_is_plain,
    within_what_is_plain, with_async_with, with_async_for, over_a_generator, holding_a_generator,
]  # fmt: skip


@pytest.mark.parametrize("function", UNHEARD)
def test_what_nobody_would_hear_of_is_closed_and_free(function):
    HEARD.clear()
    coroutine, graveyard = suspended(function), Graveyard()
    gone = weakref.ref(coroutine)
    graveyard.bury(coroutine)
    del coroutine
    assert gone() is None
    assert len(graveyard) == 0
    assert HEARD == []


@pytest.mark.parametrize("function", KEPT)
def test_what_somebody_would_hear_of_is_kept_and_never_closed(function):
    HEARD.clear()
    graveyard = Graveyard()
    graveyard.bury(suspended(function))
    gc.collect()
    assert len(graveyard) == 1
    assert HEARD == []


@pytest.mark.parametrize("function", KEPT)
def test_it_would_have_been_heard(function):
    """The other half of the claim: what is kept is kept for a reason, except where Python alone hears."""
    HEARD.clear()
    suspended(function).close()
    gc.collect()
    assert HEARD or function is inside_of_a_finally


def test_code_that_waits_inside_of_an_except_clause_may_be_let_go_or_kept_but_hears_nothing():
    HEARD.clear()
    Graveyard().bury(suspended(inside_of_an_except))
    assert HEARD == []


def test_a_coroutine_that_has_not_begun_or_has_ended_is_let_go():
    new, ended = plain(), plain()
    assert closes_unheard(new)
    new.close()
    ended.close()
    assert closes_unheard(ended)


def test_what_nobody_can_look_into_is_kept():
    class Opaque:
        def __await__(self) -> Any:
            return iter([None])

    async def waits():
        await Opaque()

    assert not closes_unheard(suspended(waits))


@pytest.mark.filterwarnings("error::pytest.PytestUnraisableExceptionWarning")
def test_what_kept_code_raises_when_its_lab_is_dropped_is_told_to_nobody():
    async def complains():
        try:
            await Pause()
        finally:
            raise ValueError("no machine runs this")

    graveyard = Graveyard()
    graveyard.bury(suspended(complains))
    assert len(graveyard) == 1
    del graveyard
    gc.collect()
