"""A lab behind a real HTTP and WebSocket server on loopback: `server = await lab.serve()`, `labkit serve DIR`.

While it is served, the lab's time keeps pace with real time, so that a visitor in Sydney takes what Sydney takes.

| | |
|---|---|
| modelled | Method, URL with the real host, headers, bodies both ways; 413 over the limit (Workers limits) |
| | A body that comes in parts leaves part by part: server-sent events, downloads. Broken off, it breaks off |
| | WebSockets: the upgrade or its refusal, text, bytes, subprotocol, codes and reasons of goodbyes, both ways |
| | A visitor who leaves ends the request, and what `waitUntil` was given goes on (docs, "Context") |
| | `content-encoding: gzip` packs the body for those who take it, unless `encodeBody` is manual (docs, "Response") |
| | `/cdn-cgi/handler/scheduled` (docs, "Cron Triggers"), its answers as Miniflare 4.20260426 gives them |
| simplified | A request enters once its body is whole; the Worker is a megabyte ahead of a visitor who reads slowly |
| | The body of a GET is dropped; the status line has the standard words, whatever `statusText` says |
| | What the computer itself takes comes on top of the simulated time |
| not modelled | TLS, HTTP/2 and 3, headers that the edge adds to a request, packing unasked, 414 and 431 |
| | The local routes for queues and email; cron triggers fire by themselves, as in production, unlike `wrangler dev` |
"""

from __future__ import annotations

from labkit.serving.server import Server

__all__ = ["Server"]
