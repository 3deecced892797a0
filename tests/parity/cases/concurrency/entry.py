"""asyncio inside a handler: gather, timeouts, tasks, queues, locks, and a sleep that blocks."""

import asyncio
import time

from attempt import report
from workers import WorkerEntrypoint


async def after(seconds, value):
    await asyncio.sleep(seconds)
    return value


async def completed():
    order = []
    for task in asyncio.as_completed([after(0.03, "slow"), after(0.01, "fast")]):
        order.append(await task)
    return order


async def first():
    done, pending = await asyncio.wait(
        [asyncio.ensure_future(after(0.03, "slow")), asyncio.ensure_future(after(0.001, "fast"))],
        return_when=asyncio.FIRST_COMPLETED,
    )
    return [[task.result() for task in done], len(pending)]


async def group():
    async with asyncio.TaskGroup() as tasks:
        one, two = tasks.create_task(after(0.002, 1)), tasks.create_task(after(0.001, 2))
    return [one.result(), two.result()]


async def timeout():
    async with asyncio.timeout(0.001):
        await asyncio.sleep(1)


async def through_a_queue():
    queue = asyncio.Queue()
    await queue.put("x")
    return await queue.get()


async def failing():
    results = await asyncio.gather(after(0.001, 1), timeout(), return_exceptions=True)
    return [results[0], type(results[1]).__name__]


async def locked():
    lock, order = asyncio.Lock(), []

    async def use(name):
        async with lock:
            order.append(name)
            await asyncio.sleep(0.001)
            order.append(name)

    await asyncio.gather(use("a"), use("b"))
    return order


async def blocking():
    begun = time.time()
    time.sleep(0.01)
    return time.time() - begun < 1


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        return await report(
            {
                "gather": lambda: asyncio.gather(after(0.02, "a"), after(0.01, "b"), after(0, "c")),
                "as completed": completed,
                "first": first,
                "task group": group,
                "wait_for": lambda: asyncio.wait_for(asyncio.sleep(1), 0.001),
                "timeout": timeout,
                "queue": through_a_queue,
                "gathered failure": failing,
                "lock": locked,
                "to_thread": lambda: asyncio.to_thread(lambda: "ran"),
                "blocking sleep": blocking,
                "run": lambda: asyncio.run(after(0, "x")),
            }
        )
