"""A blocking call in a cell to the server that the cell's own loop runs: refused at once, for it would wait for ever.

A notebook has one thread for its cells and for the server. While boto3 or requests waits there, nobody answers; boto3
gives up after minutes and says nothing of why. Python tells an audit hook of each connection before it is made. A
hook cannot be taken off again, so one is set with the first server and looks at the ports that are served now.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterable
from functools import cache
from typing import Any

from labkit.errors import LabError

_served: dict[int, asyncio.AbstractEventLoop] = {}
"""The loop that answers at a port."""
_HERE = ("127.", "::1", "::ffff:127.", "0.0.0.0", "localhost")


def watch(ports: Iterable[int]) -> None:
    """From now on, refuse blocking connections to these ports from what runs on this loop."""
    _set_hook()
    _served.update(dict.fromkeys(ports, asyncio.get_running_loop()))


def forget(ports: Iterable[int]) -> None:
    """Nobody answers there any more: what listens at these ports next is none of ours."""
    for port in ports:
        _served.pop(port, None)


@cache
def _set_hook() -> None:
    sys.addaudithook(_look)


def _look(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "socket.connect" and _served and _would_wait(*arguments):
        raise LabError(
            "This call blocks the loop on which the server runs, so that nobody could answer it. In a notebook, run it "
            'on a thread: await asyncio.to_thread(s3.get_object, Bucket="files", Key="k"), or use an async client.'
        )


def _would_wait(socket: Any, address: Any) -> bool:
    """Whether a connection that is about to be made blocks the very loop that would have to answer."""
    loop = asyncio._get_running_loop()
    if loop is None or not isinstance(address, tuple) or _served.get(address[1]) is not loop:
        return False
    return socket.gettimeout() != 0 and str(address[0]).startswith(_HERE)
