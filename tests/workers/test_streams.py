"""Streams: one reader, chunks of bytes, a writer that waits, and the runtime's words."""

from __future__ import annotations

import asyncio

import pytest

from labkit.errors import NotEmulated
from labkit.workers import Response
from labkit.workers.ffi import JsException, create_proxy, to_js
from labkit.workers.http import AbortError
from labkit.workers.js.streams import ReadableStream
from labkit.workers.js.transforms import FixedLengthStream, IdentityTransformStream, TransformStream
from tests.workers.running import run


def test_a_reader_gets_the_bytes_and_then_the_end():
    async def read():
        reader = Response("hello").body.getReader()
        first, last = await reader.read(), await reader.read()
        return first.done, first.value.to_bytes(), last.done, last.value

    assert run(read()) == (False, b"hello", True, None)


def test_a_stream_is_looped_over():
    async def read():
        return [chunk.to_bytes() async for chunk in Response("hi").body]

    assert run(read()) == [b"hi"]


def test_a_stream_has_one_reader_at_a_time():
    response = Response("hi")
    reader = response.body.getReader()
    assert (response.body_used, response.body.locked) == (False, True)
    with pytest.raises(JsException, match="^TypeError: This ReadableStream is currently locked to a reader.$"):
        response.body.getReader()
    with pytest.raises(AbortError, match="^This ReadableStream is currently locked to a reader.$"):
        run(response.text())
    reader.releaseLock()
    with pytest.raises(JsException, match="^TypeError: This ReadableStream reader has been released.$"):
        run(reader.read())
    assert run(response.text()) == "hi"


def test_a_tee_gives_the_same_chunks_twice():
    async def both():
        one, two = Response("hello").body.tee()
        return await Response(one).text(), await Response(two).text()

    assert run(both()) == ("hello", "hello")


def test_cancelling_uses_the_body_up():
    async def cancel():
        response = Response("hi")
        await response.body.cancel("why")
        return response.body_used

    assert run(cancel())


def test_a_workers_own_source_starts_and_is_pulled():
    pulls = []

    def start(controller):
        controller.enqueue(to_js(b"ab"))

    async def pull(controller):
        pulls.append(1)
        await asyncio.sleep(1)
        controller.enqueue(to_js(b"x"))
        if len(pulls) == 3:
            controller.close()

    async def read():
        return await Response(ReadableStream.new(start=create_proxy(start), pull=create_proxy(pull))).text()

    assert run(read()) == "abxxx"


def test_a_source_that_fails_fails_the_reader():
    async def read():
        return await Response(ReadableStream.new(start=lambda controller: controller.error("boom"))).text()

    with pytest.raises(AbortError, match="^boom$"):
        run(read())


def test_a_body_of_text_chunks_is_refused():
    def start(controller):
        controller.enqueue("text")
        controller.close()

    async def read():
        return await Response(ReadableStream.new(start=start)).text()

    with pytest.raises(AbortError, match="^This ReadableStream did not return bytes.$"):
        run(read())


def test_a_stream_over_an_async_iterable():
    async def produce():
        yield b"a"
        await asyncio.sleep(1)
        yield b"b"

    async def read():
        return await Response(ReadableStream.of(produce())).text()

    assert run(read()) == "ab"


def test_writes_begin_at_the_call_and_end_when_read():
    async def pipe():
        transform = TransformStream.new()
        writer = transform.writable.getWriter()
        written = writer.write(to_js(b"ab"))
        closed = writer.close()
        before = written.done()
        text = await Response(transform.readable).text()
        await asyncio.gather(written, closed)
        return before, text

    assert run(pipe()) == (False, "ab")


def test_a_write_that_nobody_reads_waits():
    async def wait():
        writer = TransformStream.new().writable.getWriter()
        async with asyncio.timeout(5):
            await writer.write(to_js(b"ab"))

    with pytest.raises(TimeoutError):
        run(wait())


def test_a_stream_has_one_writer():
    stream = TransformStream.new().writable
    writer = stream.getWriter()
    with pytest.raises(JsException, match="locked to a writer"):
        stream.getWriter()
    writer.releaseLock()
    stream.getWriter()


def test_a_transformer_changes_each_chunk_and_adds_a_last():
    async def pipe():
        transform = TransformStream.new(
            transform=lambda chunk, controller: controller.enqueue(to_js(chunk.to_bytes().upper())),
            flush=lambda controller: controller.enqueue(to_js(b"!")),
        )
        return await Response(Response("hello").body.pipeThrough(transform)).text()

    assert run(pipe()) == "HELLO!"


def test_an_aborted_writer_fails_the_reader():
    async def pipe():
        transform = TransformStream.new()
        writer = transform.writable.getWriter()
        writer.abort("enough")
        return await Response(transform.readable).text()

    with pytest.raises(AbortError, match="^enough$"):
        run(pipe())


def test_an_identity_stream_takes_bytes_alone():
    async def write():
        await IdentityTransformStream.new().writable.getWriter().write("text")

    with pytest.raises(JsException, match="did not return bytes"):
        run(write())


@pytest.mark.parametrize(
    ("length", "error"),
    [
        (2, "Attempt to write too many bytes through a FixedLengthStream."),
        (3, None),
        (4, "FixedLengthStream did not see all expected bytes before close()."),
    ],
)
def test_a_fixed_length_stream_counts(length, error):
    async def pipe():
        stream = FixedLengthStream.new(length)
        writer = stream.writable.getWriter()
        works = [writer.write(to_js(b"abc")), writer.close()]
        try:
            return await Response(stream.readable).text()
        finally:
            await asyncio.gather(*works, return_exceptions=True)

    if error is None:
        assert run(pipe()) == "abc"
    else:
        with pytest.raises(AbortError) as caught:
            run(pipe())
        assert str(caught.value) == error


def test_readers_with_their_own_buffer_say_that_they_are_missing():
    with pytest.raises(NotEmulated, match="byob"):
        Response("x").body.getReader({"mode": "byob"})
    with pytest.raises(NotEmulated, match="type='bytes'"):
        ReadableStream.new(type="bytes")
