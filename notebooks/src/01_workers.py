# %% [markdown]
# # 01 · The network is the runtime
#
# You will be able to say where a Worker runs, and why your data is somewhere else; to keep one visitor's data from another; to do work after the response; to grant a Worker no more than it needs; and to work out whether it is cheaper than what a customer has.
#
# 75 minutes. Prerequisites: [00 · Start here](00_start_here.ipynb), and Python with `async` and `await`.

# %%
import asyncio
import time

from labkit import Origin
from labkit.network.links import Links
from labkit.notebook import *
from workers import Response, WorkerEntrypoint, fetch

# %% [markdown]
# ## Recall: three questions on what you know
#
# Close lesson 00 first. A guess that costs some effort is worth more than an answer looked up.

# %%
recall("workers-r1")

# %%
recall("workers-r2")

# %%
recall("workers-r3")

# %% [markdown]
# This course grew out of a written guide to the platform. Most of the guide is right; some of it has aged, and some was never so. Where it says something that can be tested, this lesson quotes it after the words **The guide says**. You run the experiment, and the documentation has the last word, with its date.

# %% [markdown]
# ## Where does your code run?
#
# Wattle sells journeys to Australians. It deploys its Worker once, and the Worker is in every city of Cloudflare's network. All cities announce the same address to the Internet, which carries each visitor to the nearest. That is *anycast*, and nobody has to configure it.


# %%
class Where(WorkerEntrypoint):
    async def fetch(self, request):
        seen = request.cf
        return Response(f"answered in {seen.colo}, asked from {seen.city}, {seen.country}")


lab = Lab(Where)
for city in ("SYD", "LHR", "GRU"):
    print(await (await lab.fetch("/", colo=city)).text())

# %% [markdown]
# `request.cf` is what the network knows of the visitor and of itself. Now an excavator in London cuts a cable, and the data centre is dark.

# %%
predict("workers-p1")

# %%
lab.kill("LHR")
response = await lab.fetch("/", colo="LHR")
print(response.status, await response.text())
reveal("workers-p1")

# %% [markdown]
# Manchester answers, and still knows that she is in London: `colo` is where the code runs, `city` where the visitor is. Nobody changed an address or restarted a server.
#
# **The guide says** "There is no region." So it is, for the code. Wattle's data does have a region: its four APIs stand in Ashburn, Virginia (IAD), where its founders were. In a lab, a host outside of Cloudflare is an `Origin`: it has a place, and thinks for 50 ms.


# %%
class OneByOne(WorkerEntrypoint):
    async def fetch(self, request):
        for part in ("flights", "hotels", "weather", "offers"):
            await fetch(f"https://api.wattle.example/{part}")
        return Response("your journey")


ashburn = {"api.wattle.example": Origin(lambda request: {"ok": True}, place="IAD")}

# %%
predict("workers-p2")

# %%
lab = Lab(OneByOne, origins=ashburn)
await lab.fetch("/", colo="SYD")
reveal("workers-p2")

# %%
viz.waterfall(lab.trace)

# %% [markdown]
# The Worker is next to the visitor. The data is where it was.
#
# **The guide says** that an application made of Workers has "one network hop per request". Count the bars: each call to something that lives elsewhere is a hop of its own, to wherever that is. The same holds for a database, a bucket or a cold key (docs, *Data location*, November 2026). Run the same Worker next to the APIs:

# %%
await lab.fetch("/", colo="IAD")
for run in lab.trace.where("workers", "fetch"):
    print(f"{run.place}: {run.seconds * 1000:4.0f} ms in the Worker")
print(f"Sydney to Ashburn and back, once: {Links().rtt('SYD', 'IAD') * 1000:.0f} ms")

# %% [markdown]
# One crossing and the short time in Ashburn together are less than half of what Sydney waits for now. `"placement"` in the configuration asks for that: `{"mode": "smart"}` lets the platform find the place, `{"region": "aws:us-east-1"}` names it (changelog of 22 January 2026). A lab ignores placement; `colo="IAD"` is how you try it.
#
# The other way out costs nothing: questions that do not need one another's answers can travel together. Nine of them:


# %%
class AtOnce(WorkerEntrypoint):
    async def fetch(self, request):
        calls = [fetch(f"https://api.wattle.example/{number}") for number in range(9)]
        await asyncio.gather(*calls)
        return Response("your journey")


lab = Lab(AtOnce, origins=ashburn)
await lab.fetch("/", colo="SYD")
viz.waterfall(lab.trace)

# %% [markdown]
# Two crossings for nine calls, not one: no more than {{workers.simultaneous_connections}} calls of a request may wait for an answer at the same time, and the seventh waits for its turn (docs, *Limits*, November 2026).
#
# ### Modify the page

# %%
# exercise: workers-01

# %% [markdown]
# ## What starts when a request arrives?
#
# Not a machine and not a process. V8, the engine of Chrome, keeps many programs apart inside one process; each gets an *isolate*, a memory of its own, and most of what it needs is running already. A container brings a file system and a process of its own.
#
# **The guide says** that "cold starts are measured in microseconds". Ask twice, in a city that has never run the code:

# %%
lab = Lab(Where)
for _ in range(2):
    await lab.fetch("/", colo="NRT")
for event in lab.trace.where("workers"):
    print(f"{event.operation:10} {event.seconds * 1e6:8,.0f} microseconds")

# %% [markdown]
# Milliseconds. A cold isolate has to fetch the code, compile it and run its top level; that alone may take a second of CPU (changelog of 10 October 2025; 400 ms before). No figure for the whole is published, so the lab's is an assumption, and so is the time for which an idle isolate is kept:

# %%
facts.table("workers.cold_start", "workers.isolate_idle", "workers.startup_cpu")

# %% [markdown]
# Cloudflare does not make cold starts vanish; it hides them and makes them rare. A Worker may be started while the visitor's TLS handshake is under way. And since September 2025 a city sends all requests for one Worker to few of its machines, where it is likely to run already: *worker sharding*, from 99.9 to 99.99 % warm for large customers (Cloudflare's blog, 26 September 2025).
#
# A small customer has another problem.

# %%
predict("workers-p3")

# %%
spread = sim.workers.cold_starts(Where, requests_per_s=(0.1, 0.3, 1, 3), visits=300)
reveal("workers-p3")

# %%
viz.agreement(spread)

# %% [markdown]
# The line is theory: the share e^(-λτ/S), for λ requests a second over S cities that keep an isolate for τ seconds. The circles are a model of a million requests; the crosses are your `Where`, asked on the lab. One server would be warm for all of them. Traffic that is spread thin finds nobody at home: a platform that is everywhere *must* start in milliseconds.
#
# Then a cold start is a small thing. One request in three minutes, from a hundred cities:

# %%
asked = {"requests_per_s": 0.005, "pops": 100, "within_ms": (10, 20, 50, 100, 200, 500, 1000, 3000)}
hostings = (sim.workers.ISOLATES, sim.workers.CONTAINERS, sim.workers.SERVER)
viz.agreement(*(sim.workers.latency(hosting, None, **asked) for hosting in hostings))

# %% [markdown]
# Nearly every visitor of the isolates meets a cold start and has her answer sooner than from a warm server in Virginia. The container is warm for most, and slow for all who are far.
#
# How long is code kept, and over how many places is it spread? Move the sliders:

# %%
viz.widgets.workers_cold_starts()

# %% [markdown]
# ## Who else is in your isolate?
#
# An isolate that waits for one visitor's answer goes on with another visitor. That is what makes it cheap. It has one memory for all of them.

# %%
last = None


class Echo(WorkerEntrypoint):
    async def fetch(self, request):
        global last
        last = request.url[-1]
        await asyncio.sleep(0.05)  # a question to some database
        return Response(last)


# %%
predict("workers-p4")

# %%
lab = Lab(Echo)
responses = await asyncio.gather(*(lab.fetch(f"/{letter}", colo="LIS") for letter in "abc"))
print([await response.text() for response in responses])
reveal("workers-p4")

# %% [markdown]
# No error, nothing in the log. On a laptop, one visitor at a time, it is right every time. Put a name in place of the letter, and one customer reads another's.
#
# What do other cities see of a global?

# %%
visits = 0


class Counter(WorkerEntrypoint):
    async def fetch(self, request):
        global visits
        visits += 1
        return Response(f"{request.cf.colo} {visits}")


lab = Lab(Counter)
for city in ("LHR", "LHR", "SYD", "LHR"):
    print(await (await lab.fetch("/", colo=city)).text())

# %% [markdown]
# Nothing. Each city has isolates of its own, and `visits` in the notebook is still what it was: the Worker was copied with everything it mentions. Nor does a global last. Evict the isolates, as the platform does when it needs the room:

# %%
lab.evict("LHR")
print(await (await lab.fetch("/", colo="LHR")).text(), visits)

# %% [markdown]
# People build limits for visitors out of this. Three tries at a password, kept in a global:

# %%
tries = {}


class Door(WorkerEntrypoint):
    async def fetch(self, request):
        who = request.headers["x-user"]
        tries[who] = tries.get(who, 0) + 1
        return Response("try again" if tries[who] <= 3 else "locked")


lab, guesses = Lab(Door), 0
for city in ("LHR", "CDG", "FRA", "MAD", "IAD") * 10:
    response = await lab.fetch("/", colo=city, headers={"x-user": "ada"})
    guesses += await response.text() == "try again"
f"{guesses} guesses at Ada's password"

# %% [markdown]
# Three in each city; a thief with a list of cities has nine hundred, and new ones after each eviction. In production a busy city runs several isolates, which is worse still.
#
# Keep in a global what is the same for everybody and can be lost: a parsed table, a compiled pattern, a list that is fetched once. What must be counted belongs in a Durable Object (lesson 07).
#
# ### Bug hunt

# %%
# exercise: workers-02

# %% [markdown]
# ## What goes on around the response?
#
# **The guide says** that every request runs in three phases, and then its list has got lost. Here it is, as a Worker writes it. This one is a module, as you would deploy it, with a top level of its own:

# %%
entry = """
import asyncio
from workers import Response, WorkerEntrypoint

print("1. the top level")

class Default(WorkerEntrypoint):
    async def fetch(self, request):
        print("2. the handler")
        self.ctx.waitUntil(self.later())
        return Response("hello")

    async def later(self):
        await asyncio.sleep(2)
        print("3. after the response")
"""

# %%
lab = Lab(entry)
await lab.fetch("/", colo="LIS")
await lab.fetch("/", colo="LIS")
await lab.advance(5)
lab.logs

# %% [markdown]
# | phase | how often | what it may do |
# |---|---|---|
# | the top level | once in each isolate, before its first request | compute for {{workers.startup_cpu}} second; no `fetch`, no bindings' methods, no waiting |
# | the handler | once for each request | everything, within the request's CPU limit |
# | after the response | what `ctx.waitUntil` was given | everything, for {{workers.wait_until}} seconds |
#
# (docs: *Limits*, *Context*, November 2026)
#
# What about a task that is started and not handed to `waitUntil`?


# %%
class Careless(WorkerEntrypoint):
    async def fetch(self, request):
        asyncio.create_task(self.later())
        await asyncio.sleep(0)
        return Response("hello")

    async def later(self):
        await asyncio.sleep(2)
        print("done")


# %%
predict("workers-p5")

# %%
lab = Lab(Careless)
await lab.fetch("/", colo="LIS")
await lab.advance(5)
reveal("workers-p5")

# %%
lab.logs

# %% [markdown]
# The warning is the lab's; production cancels without a word.
#
# ### Worked example: a note that nobody waits for
#
# A bookshop notes each visit at a statistics server, which thinks for two seconds. The numbers are the steps that every Worker of this kind takes.


# %%
class Shop(WorkerEntrypoint):
    async def fetch(self, request):
        # 1. What the visitor waits for
        response = Response("your book")
        # 2. What goes on when she has it
        self.ctx.waitUntil(self.note(request.cf.colo))
        return response

    async def note(self, colo):
        # 3. The note itself
        await fetch("https://stats.fernway.example/", method="POST", body=colo)


# %%
lab = Lab(Shop, origins={"stats.fernway.example": Origin("noted", place="FRA", seconds=2)})
await lab.fetch("/", colo="LIS")
await lab.advance(5)
viz.waterfall(lab.trace)

# %% [markdown]
# The visitor's bar ends long before the note's. `waitUntil` got the coroutine, not its result: no `await` in front of it.
#
# ### The same, with blanks

# %%
# exercise: workers-03

# %% [markdown]
# ### When it goes wrong
#
# A Worker that raises has no answer. The visitor gets the platform's page, and you get the traceback:


# %%
class Broken(WorkerEntrypoint):
    async def fetch(self, request):
        if request.url.endswith("/later"):
            self.ctx.waitUntil(self.fail())
            return Response("all is well")
        return "not a Response" if request.url.endswith("/text") else await self.fail()

    async def fail(self):
        raise ValueError("no such book")


lab = Lab(Broken)
for path in ("/", "/text", "/later"):
    response = await lab.fetch(path, colo="LIS")
    print(path, response.status, await response.text())

# %%
lab.logs

# %% [markdown]
# Error {{workers.error_exception}} stands for any exception, and for a handler that returns something else than a Response. What fails after the response fails for the log alone. Where an older server stands behind the Worker, `self.ctx.passThroughOnException()` sends such requests there instead of the error page; a lab has nothing behind it.

# %% [markdown]
# ## What may a Worker touch?
#
# Its own code, and what is on `env`. A *binding* is a name on `env`: a variable, a secret, a KV namespace, another Worker. There is no connection string and no key to steal, because the grant in the configuration *is* the credential. What is not granted is not there:


# %%
class Greeter(WorkerEntrypoint):
    async def fetch(self, request):
        return Response(self.env.GREETING)


for wrangler in ({"vars": {"GREETING": "G'day"}}, {"vars": {"GREETINGS": "G'day"}}):
    lab = Lab(Greeter, wrangler)
    response = await lab.fetch("/", colo="SYD")
    print(response.status, await response.text(), lab.logs)

# %% [markdown]
# A misspelt name shows when somebody visits. A misspelt *section* is worse: wrangler warns, and deploys without it. A lab refuses.

# %%
try:
    Lab(Greeter, {"var": {"GREETING": "G'day"}})
except Exception as error:
    print(error)

# %% [markdown]
# A secret reads like a variable and is set by `wrangler secret put`, so that it stands in no file: `Lab(..., secrets={"KEY": "..."})`.
#
# Another Worker is granted in the same way. Its methods are called by name, in the same city, without a network in between:


# %%
class Auth(WorkerEntrypoint):
    async def verify(self, token, scope="none"):
        return {"customer": "oslo", "scope": scope} if token == "t-7f2" else None


class Front(WorkerEntrypoint):
    async def fetch(self, request):
        return Response.json(await self.env.AUTH.verify("t-7f2", scope="read"))


grant = {"services": [{"binding": "AUTH", "service": "auth"}]}
lab = Lab(Front, grant, services={"auth": Auth})

# %%
predict("workers-p6")

# %%
response = await lab.fetch("/", colo="OSL")
print(await response.text())
reveal("workers-p6")

# %% [markdown]
# Call by position: `verify("t-7f2", "read")`. A binding can also be asked over HTTP, with `await self.env.AUTH.fetch(request)`. Either way it is one request on the bill, and the computing of both. `Auth` has isolates of its own:

# %%
viz.waterfall(lab.trace)

# %% [markdown]
# The guide's sample configuration binds a namespace like this:
#
# ```jsonc
# "kv_namespaces": [{ "binding": "MY_KV", "id": "abc123..." }]
# ```
#
# The id is a placeholder, and the deployment fails. Leave it out: since October 2025 `wrangler deploy` creates what a binding without an id needs (docs, *Automatic provisioning*). An id you copy from elsewhere is the id of somebody's data.

# %% [markdown]
# ### Modify the grant

# %%
# exercise: workers-04

# %% [markdown]
# ## What are you billed for?
#
# Requests, and the milliseconds for which V8 executes your code. A Worker that waits costs nothing: the isolate serves others meanwhile. So one would like to know what one computes.


# %%
class Stopwatch(WorkerEntrypoint):
    async def fetch(self, request):
        began = time.time()
        for turn in range(500):
            pass
        computed = time.time() - began
        await asyncio.sleep(2)
        return Response.json({"computed": computed, "in all": round(time.time() - began, 3)})


# %%
predict("workers-p7")

# %%
lab = Lab(Stopwatch)
print(await (await lab.fetch("/", colo="LIS")).text())
reveal("workers-p7")

# %% [markdown]
# A clock that could time code could also time the processor's secrets, so it stands still until the Worker waits for something (docs, *Performance and timers*: they "only advance or increment after I/O occurs"). The vendor's local runtime does not stop it: a profile made there is not what you pay for. What you pay for is measured outside, and stands in the trace:

# %%
viz.waterfall(lab.trace)

# %% [markdown]
# Two seconds passed; `cpu_ms` is billed. (In a lab each request costs one, and a hundred turns of a loop another. That is more than the truth, so that limits show early.) The free plan stops a request after {{workers.cpu_ms@free}} ms:


# %%
class Heavy(WorkerEntrypoint):
    async def fetch(self, request):
        for turn in range(2000):
            pass
        return Response("done")


for plan in ("paid", "free"):
    lab = Lab(Heavy, plan=plan)
    print(plan, await (await lab.fetch("/", colo="LIS")).text(), lab.logs)

# %% [markdown]
# On the paid plan the limit is {{workers.cpu_ms@paid}} ms, and `"limits": {"cpu_ms": 300000}` raises it to five minutes. A second limit counts *calls*: `fetch`, and each method of a binding.

# %%
facts.table("workers.cpu_ms", "workers.cpu_ms_max", "workers.subrequests", "workers.requests_per_day")

# %% [markdown]
# ### Modify: sooner

# %%
# exercise: workers-05

# %% [markdown]
# ### A month
#
# A lab prices what it has seen. Here are a hundred requests to `Stopwatch`, as if they were fifteen million:

# %%
lab = Lab(Stopwatch)
for _ in range(100):
    await lab.fetch("/", colo="LIS")
lab.bill(scale=150_000)

# %%
# exercise: workers-06

# %% [markdown]
# **The guide says** that this "tends to be 5–20x cheaper" than Lambda or Cloud Run. Lambda bills the memory that you reserve, for as long as the request takes. A small API, then:

# %%
predict("workers-p8")

# %%
requests = 15_000_000
for computes, takes, memory in ((7, 20, 128), (7, 500, 512), (200, 200, 512)):
    ours = sim.workers.workers_month(requests, computes)
    theirs = sim.workers.lambda_month(requests, takes, memory)
    print(f"{computes:3} of {takes:3} ms, {memory} MB: Workers ${ours:5.2f}, Lambda ${theirs:5.2f}")
reveal("workers-p8")

# %% [markdown]
# Dearer, eight times cheaper, dearer again. Waiting with much memory reserved is what Workers save you; pure computing is what they do not. Lambda's prices are list prices of us-east-1 without the free tier, and nothing in front of either is counted:

# %%
facts.table("aws_lambda")

# %%
viz.widgets.workers_costs()

# %% [markdown]
# "No idle billing" is not true of everything on the platform: a Durable Object is billed for the time that it is in memory, a container for the time that it runs (docs, *Pricing*, November 2026).

# %% [markdown]
# ## Build: a gate in front of an API
#
# First, the bones. A shop that may be slow is asked, for a second at most:

# %%
order("workers-o1")

# %% [markdown]
# Now from a blank page. All six sections are in it.

# %%
# exercise: workers-07

# %% [markdown]
# Look at your own gate from Oslo, with the `Auth` from above behind it:

# %%
sea = {"api.tern.example": Origin("high tide at noon"), "log.tern.example": Origin("noted", seconds=1)}
gate = Lab(Default, grant, services={"auth": Auth}, origins=sea)
await gate.fetch("/tides", colo="OSL", headers={"authorization": "Bearer t-7f2"})
await gate.advance(5)
viz.waterfall(gate.trace)

# %% [markdown]
# ## A conversation with a customer
#
# **Tom, who runs an API on Lambda in us-east-1:** Your colleague says faster, and twenty times cheaper.
#
# **You:** Where are your visitors, and where is your database?
#
# **Tom:** Everywhere; in Virginia, four queries a page. Forty million requests a month, 9 ms of computing, 180 ms in all, 512 MB.

# %%
print(f"Lambda ${sim.workers.lambda_month(40e6, 180, 512):.2f} a month")
print(f"Workers ${sim.workers.workers_month(40e6, 9):.2f} a month")
for city in ("IAD", "FRA", "SYD"):
    print(f"{city}: four queries, {4 * Links().rtt(city, 'IAD') * 1000:4.0f} ms on the way")

# %% [markdown]
# **You:** In Sydney a page with four queries gets *slower*: the code has moved and the database has not. Pages without a query get fast everywhere at once. For the rest: one query instead of four, the Worker beside the database, or a copy near the visitor. Which pages need the database?
#
# **Tom:** And the bill?
#
# **You:** You wait most of the time, and pay for the wait. Here you would not. If your functions computed all that time, I would tell you to stay.

# %% [markdown]
# ## What the guide lists, as it is today
#
# | the guide | today | source, read 23 November 2026 |
# |---|---|---|
# | JS, TypeScript, Python, Rust, WebAssembly | the same. Python is CPython on WebAssembly, as in this course | [languages](https://developers.cloudflare.com/workers/languages/) |
# | handlers `fetch`, `scheduled`, `queue`, `tail`, `email` | the same, and `alarm` in Durable Objects | [handlers](https://developers.cloudflare.com/workers/runtime-apis/handlers/) |
# | `fetch`, `Request`, `Response`, `Headers`, `URL`, `WebSocket`, streams, `crypto.subtle`, `TextEncoder` | the same, and the Cache API, `HTMLRewriter`, TCP sockets | [runtime APIs](https://developers.cloudflare.com/workers/runtime-apis/) |
# | Node's modules are off, `nodejs_compat` adds "a polyfilled subset" | on by default for compatibility dates from 4 August 2026, most of them native | [changelog](https://developers.cloudflare.com/changelog/post/2026-08-04-nodejs-compat-default/) |
# | no file system | `node:fs` on a virtual one, in memory, since September 2025 | [node:fs](https://developers.cloudflare.com/workers/runtime-apis/nodejs/fs/) |
# | `wrangler dev --remote` for real bindings | legacy: `"remote": true` on a binding, since September 2025 | [changelog](https://developers.cloudflare.com/changelog/2025-09-16-remote-bindings-ga) |
# | request size ~100 MB | by the zone's plan: 100 MB on Free and Pro, 200 on Business, up to 5 GB on Enterprise | [limits](https://developers.cloudflare.com/workers/platform/limits/) |
# | `npm create cloudflare`, `wrangler dev`, `deploy`, `tail`, `secret put` | the same; Python projects use `pywrangler`, with the same commands | [commands](https://developers.cloudflare.com/workers/wrangler/commands/) |

# %% [markdown]
# ## In TypeScript
#
# Calls side by side under one deadline, a method of another entrypoint, and a page that `waitUntil` keeps for the next visitor. The course's tests type-check this file and run it on Cloudflare's runtime.
#
# <!-- include: typescript/01_workers.ts -->

# %% [markdown]
# The guide writes its `Env` by hand, and has forgotten `FILES`, which its configuration binds. The reverse mistake compiles: a name in `Env` that nothing binds is `undefined` at run time. `npx wrangler types` writes `Env` from the configuration, so that the two cannot drift apart.
#
# `AbortSignal.timeout` does what `asyncio.timeout` does. A promise that nobody waits for is cancelled as silently as a task: `ctx.waitUntil` takes both.

# %% [markdown]
# ## Limits and prices

# %%
facts.table(
    *("workers.cpu_ms", "workers.cpu_ms_max", "workers.memory_mb", "workers.subrequests"),
    *("workers.simultaneous_connections", "workers.startup_cpu", "workers.wait_until"),
    *("workers.size_bytes", "workers.env_vars", "workers.env_var_bytes", "workers.body_bytes"),
)

# %% [markdown]
# `facts.table("workers")` has the rest. The month of `Stopwatch` on the free plan, which charges nothing and serves what it allows:

# %%
lab.bill("free", scale=150_000)

# %% [markdown]
# ## Summary
#
# - The code is in every city, the data is where it is. Count the crossings; ask side by side.
# - A cold start takes milliseconds. Spread thin, most are cold; it hardly matters.
# - An isolate serves many visitors and is lost some day: a global holds nothing of one visitor's, and nothing that must last.
# - Top level, handler, after the response: `ctx.waitUntil`.
# - The grant is the credential.
# - Computing is billed, waiting is not. Do the sum before you say "cheaper".
#
# Next: [04 · Workers KV](04_kv.ipynb); 02 and 03 are being written.

# %% [markdown]
# ## Where the emulator differs
#
# What this lesson's Workers run on, and how it departs from production:

# %%
fidelity("workers")
