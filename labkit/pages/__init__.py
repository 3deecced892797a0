"""Pages Functions in Python form: a folder of functions, one file a route, as one Worker in front of static assets.

    # my-site/functions/api/users/[id].py
    from workers import Response

    def onRequestGet(context):
        return Response.json({"user": context.params["id"]})

    # in a cell
    from labkit import Lab, pages
    lab = Lab(pages.build("my-site/functions"), assets="my-site/public")

The platform has Pages Functions in JavaScript and TypeScript only. What `wrangler pages functions build` does with
such a folder, one Worker made of all its files, `build` does with Python files; the Worker runs on a lab and, with
`build(...).write("src")`, on Cloudflare as a Python Worker with static assets. Names are the platform's everywhere
(`onRequestGet`, `context.waitUntil`, `context.functionPath`), so that its documentation holds word for word; what a
Python Worker has too, `Request` and `Response`, is the SDK's. `tests/pages` holds its answers against those of the
Worker that wrangler makes of the same functions in JavaScript.

| | |
|---|---|
| modelled | The route of a file (`index`, `[name]`, `[[name]]`), which is tried first, trailing slashes, case |
| | `onRequest` and the seven methods, single or in lists; a HEAD is no GET; without a function, the assets answer |
| | `_middleware.py` of each folder, outermost first; `next()`, `next(request)`, `data`, `functionPath` |
| | `params` percent-encoded, as they came; `passThroughOnException`; what is no Response is refused in its words |
| | `_routes.json`: made as wrangler makes it, or given; `exclude` before `include`; its limits (Functions, "Routing") |
| | A project: `pages_build_output_dir`, `functions/`, index.html for all that is missing where there is no 404.html |
| simplified | A file whose name begins with `_` is for others, which import it by that name; any other has a function |
| | `next(url, **options)` takes options as the SDK's `Request` does, where JavaScript's takes an object |
| | Where nothing is bound to `ASSETS`, no file is found: 404. Routes that differ by letters: nearly in ICU's order |
| | Refused, where wrangler takes the first: `[a].py` beside `[b].py`; and JavaScript among the functions |
| not modelled | `_worker.js`, plugins, `--fallback-service`, previews, `assets:` imports |
"""

from __future__ import annotations

from labkit.pages.project import project
from labkit.pages.site import Site, build

__all__ = ["Site", "build", "project"]
