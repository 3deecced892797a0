"""A lab behind a real HTTP and WebSocket server on loopback: `server = await lab.serve()`, `labkit serve DIR`.

While it is served, the lab's time keeps pace with real time, so that a visitor in Sydney takes what Sydney takes.

| modelled | the upgrade, text, bytes, subprotocols, close codes and reasons of WebSockets, both ways |
| modelled | 413 for a body over the limit | https://developers.cloudflare.com/workers/platform/limits/ |
| modelled | a visitor who leaves ends the request; `waitUntil` goes on |
| modelled | the body is compressed as its `content-encoding: gzip` says, where the visitor takes it |
| modelled | `/cdn-cgi/handler/scheduled` | https://developers.cloudflare.com/workers/configuration/cron-triggers/ |
| simplified | a response leaves once its body is whole; a request comes in once its body is whole |
| simplified | a status line has the standard words, whatever `statusText` says |
| not modelled | TLS, HTTP/2 and 3, the headers that the edge adds to a request; compression that nobody asked for |
"""

from __future__ import annotations

from labkit.serving.server import Server

__all__ = ["Server"]
