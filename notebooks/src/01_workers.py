# %% [markdown]
# # 01 · The network is the runtime
#
# You will be able to say where a Worker runs and what that does for its visitors and not for its data; what starts, what waits and what goes on after a response; what lives in a global; and what a month costs.
#
# 75 minutes. Prerequisite: [00 · Start here](00_start_here.ipynb).

# %%
import asyncio
import time

from labkit.notebook import *
from workers import Response, WorkerEntrypoint, fetch

# %% [markdown]
# ## Recall: three questions before you begin

# %%
recall("workers-r1")

# %%
recall("workers-r2")

# %%
recall("workers-r3")

# %% [markdown]
# ## Where does the code run?
#
# A Worker is deployed to every city at once. Nobody picks a region. A visitor's packets find the nearest city by themselves, because all cities announce the same address: anycast. This Worker says where it was:


# %%
class Where(WorkerEntrypoint):
    async def fetch(self, request):
        cf = request.cf
        return Response(f"{cf.colo}, for a visitor in {cf.city}, {cf.country}")


# %%
lab = Lab(Where)
for city in ("LIS", "PER", "GRU"):
    response = await lab.fetch("/", colo=city)
    print(await response.text())

# %% [markdown]
# At noon the data centre in London loses its power. A Londoner clicks.

# %%
predict("workers-p1")

# %%
lab.kill("LHR")
response = await lab.fetch("/", colo="LHR")
response.status, response.headers["cf-ray"]

# %%
reveal("workers-p1")

# %% [markdown]
# The end of `cf-ray` names the city that answered. No load balancer was configured, no health check, no failover: the route to London is gone, and the next nearest city has the same code.

# %%
lab.heal()

# %% [markdown]
# ### Near its visitor, and not near your data
#
# "There is no region" is true of the code. The data has one. This Worker shows a journey, from an API in Ashburn, Virginia. It asks five things, each after the last.


# %%
class Journey(WorkerEntrypoint):
    async def fetch(self, request):
        parts = []
        for thing in ("train", "seat", "hotel", "weather", "price"):
            response = await fetch(f"https://api.wattle.example/{thing}")
            parts.append(await response.text())
        return Response(", ".join(parts))


# %%
from labkit import Origin

api = Origin(lambda request: request.url.rpartition("/")[2], place="IAD", seconds=0.02)
journey = Lab(Journey, origins={"api.wattle.example": api})

# %%
predict("workers-p2")

# %%
for city in ("IAD", "SYD", "SYD"):
    before = journey.now
    await journey.fetch("/", colo=city)
    print(f"{city}: {(journey.now - before) * 1000:5.0f} ms")

# %%
reveal("workers-p2")

# %%
viz.waterfall(journey.trace)

# %% [markdown]
# Five bars, end to end: the Pacific is crossed ten times. The guide says "one network hop per request". Each call to an origin, a database or a bucket is a hop of its own, to wherever that thing lives. Ask side by side, or move the Worker to the data ("smart placement"), or keep a copy nearby.

# %% [markdown]
# ### Modify: the page that asks four times

# %%
# exercise: workers-01

# %% [markdown]
# ## How long does a cold start take?
#
# A container starts a machine's worth of software; an isolate is a slice of a process that is already running. The guide says that isolates start "in microseconds". A new isolate must fetch, compile and run your code: milliseconds, with one second of CPU as the limit.

# %%
cold = Lab(Where)
for _ in range(2):
    await cold.fetch("/", colo="PER")
viz.waterfall(cold.trace, request=cold.trace.where("client")[0].request)

# %% [markdown]
# Nobody publishes the exact figure; ours is marked as an assumption. What matters as much is how *often* it happens. Ask yourself: a small Worker gets one request a minute from all over the world, and an idle isolate is kept for ten minutes.

# %%
predict("workers-p3")

# %%
rate = 1 / 60
f"on one server {sim.workers.cold_fraction(rate, servers=1):.3%}, spread over 300 cities {sim.workers.cold_fraction(rate, servers=300):.1%}"

# %%
reveal("workers-p3")

# %%
viz.workers_cold_starts()

# %% [markdown]
# The price of being everywhere: traffic that would keep one server warm keeps three hundred cities cold. It is bearable because a start costs milliseconds; with containers it would not be. Since 2025 Cloudflare also sends the requests of a rare Worker to one warm isolate in a city, and reports 99.99 % warm.

# %%
viz.widgets.workers_cold_starts()

# %% [markdown]
# ## What are the three phases of a request?
#
# 1. **Start-up**: the module's top level runs, once for each isolate.
# 2. **Handler**: `fetch(request)` runs, once for each request, and returns a Response.
# 3. **After the response**: what `ctx.waitUntil` was given goes on, for up to {{workers.wait_until}} seconds.

# %%
opened = []


class Phases(WorkerEntrypoint):
    async def fetch(self, request):
        opened.append(request.url)
        print(f"handler: request {len(opened)} of this isolate")
        self.ctx.waitUntil(self.record())
        return Response("thanks")

    async def record(self):
        await asyncio.sleep(2)
        print("after the response: recorded")


# %%
phases = Lab(Phases)
for _ in range(2):
    await phases.fetch("/", colo="LHR")
phases.logs

# %%
predict("workers-p4")

# %%
await phases.advance(3)
phases.logs

# %%
reveal("workers-p4")

# %% [markdown]
# The visitors had their answers two seconds before the record was written. Give the work to nobody, and it ends with the response:


# %%
class Careless(WorkerEntrypoint):
    async def fetch(self, request):
        asyncio.create_task(self.record())
        await asyncio.sleep(0)
        return Response("thanks")

    async def record(self):
        await asyncio.sleep(2)
        print("never printed")


# %%
careless = Lab(Careless)
await careless.fetch("/", colo="LHR")
await careless.advance(5)
careless.logs

# %% [markdown]
# ### An error in each phase
#
# An exception in the handler is a page with status 500 and the code 1101; the traceback is in the logs and never in the page. After the response an error reaches the logs only.


# %%
class Broken(WorkerEntrypoint):
    async def fetch(self, request):
        return Response(str(1 / 0))


# %%
broken = Lab(Broken)
response = await broken.fetch("/", colo="LHR")
print(response.status, await response.text())
broken.logs

# %% [markdown]
# ## What does a Worker hold in its hands?
#
# `env` holds the bindings: a namespace, a database, another Worker, a variable, a secret. The platform wires them when you deploy. The grant is the credential; there is no key to leak, and what is not bound cannot be reached.


# %%
class Auth(WorkerEntrypoint):
    async def whose(self, token, *more):
        return {"user": "ada" if token == "t-1" else None, "more": list(more)}


class Front(WorkerEntrypoint):
    async def fetch(self, request):
        found = await self.env.AUTH.whose(request.headers.get("x-token") or "")
        return Response(f"{self.env.GREETING}, {found['user'] or 'stranger'}")


# %%
front = Lab(
    Front,
    {"services": [{"binding": "AUTH", "service": "auth"}], "vars": {"GREETING": "Good morning"}},
    services={"auth": Auth},
)
await (await front.fetch("/", headers={"x-token": "t-1"})).text()

# %% [markdown]
# `self.env.AUTH.whose(...)` calls a method of another Worker, in the same city and without HTTP. Two traps. Arguments with names arrive as one dict at the end; and a configuration key with a typing error is ignored by `wrangler`, with a warning that scrolls by. The lab refuses it:

# %%
try:
    Lab(Front, {"service": [{"binding": "AUTH", "service": "auth"}]})
except Exception as error:
    print(error)

# %% [markdown]
# The rest is the web's own: `fetch`, `Request`, `Response`, `Headers`, `URL`, streams, `crypto.subtle`, WebSockets. Node's modules need `nodejs_compat` in JavaScript Workers dated before August 2026; since then it is on by itself, and most modules are native. The guide's "polyfilled subset" is history.

# %% [markdown]
# ## What lives in a global?
#
# This Worker remembers the user of the request in a global, waits for fifty milliseconds, and greets.

# %%
user = None


class Greeter(WorkerEntrypoint):
    async def fetch(self, request):
        global user
        user = request.url.rpartition("/")[2]
        await asyncio.sleep(0.05)
        return Response(f"Good morning, {user}")


# %%
predict("workers-p5")

# %%
greeter = Lab(Greeter)
responses = await asyncio.gather(*(greeter.fetch(f"/{name}", colo="LHR") for name in ("ada", "grace", "alan")))
[await response.text() for response in responses]

# %%
reveal("workers-p5")

# %% [markdown]
# One isolate serves many requests at once, and all of them share its globals. On a laptop, with one request at a time, the fault cannot be seen. In production, one visitor reads another's name.
#
# Another city shares nothing with this one, and an isolate that is idle for a while is thrown away with all it knew:

# %%
counts = Lab(Phases)
for city in ("LHR", "LHR", "SYD", "LHR"):
    await counts.fetch("/", colo=city)
counts.evict("LHR")
await counts.fetch("/", colo="LHR")
[entry.place + " " + entry.message for entry in counts.logs if entry.message.startswith("handler")]

# %% [markdown]
# A global is a cache for what is the same for everybody, and may vanish. It is no counter, no rate limiter, no session.

# %% [markdown]
# ### Bug hunt: good morning, Grace

# %%
# exercise: workers-02

# %% [markdown]
# ## What do you pay for?
#
# For requests, and for CPU time: the milliseconds in which your code computes. Waiting is free. Two Workers: one waits for a slow database, one counts.


# %%
class Waits(WorkerEntrypoint):
    async def fetch(self, request):
        await asyncio.sleep(0.8)
        return Response("done")


class Counts(WorkerEntrypoint):
    async def fetch(self, request):
        for _ in range(2000):
            pass
        return Response("done")


# %%
for worker in (Waits, Counts):
    busy = Lab(worker)
    await busy.fetch("/", colo="LHR")
    event = busy.trace.where("workers", "fetch")[0]
    print(f"{worker.__name__:7} {event.seconds * 1000:5.0f} ms on the clock, {event.units['workers.cpu_ms']:5.1f} ms of CPU")

# %% [markdown]
# On the free plan an invocation may compute for {{workers.cpu_ms@free}} ms. The second Worker, on that plan:

# %%
free = Lab(Counts, plan="free")
response = await free.fetch("/", colo="LHR")
print(response.status, await response.text())
free.logs

# %% [markdown]
# Do not time your code with the clock. In production it stands still while you compute and moves when you wait, so that nobody can measure another's secrets by it:


# %%
class Clock(WorkerEntrypoint):
    async def fetch(self, request):
        before = time.time()
        for _ in range(2000):
            pass
        between = time.time()
        await asyncio.sleep(0.01)
        return Response(f"computing {between - before:.4f} s, waiting {time.time() - between:.4f} s")


# %%
await (await Lab(Clock).fetch("/", colo="LHR")).text()

# %% [markdown]
# ### "Five to twenty times cheaper"
#
# So says the guide of Workers against Lambda. Take fifteen million requests a month, 7 ms of computing each. Lambda bills the whole time of a request, waiting included, by its memory.

# %%
predict("workers-p6")

# %%
for wall_ms, memory_mb in ((20, 128), (500, 512)):
    there, here = sim.workers.lambda_month(15e6, wall_ms, memory_mb), sim.workers.workers_month(15e6, 7)
    print(f"{wall_ms} ms, {memory_mb} MB: Lambda ${there:.2f}, Workers ${here:.2f}")

# %%
reveal("workers-p6")

# %%
viz.workers_costs()

# %% [markdown]
# It depends on how much of the time is waiting. A short request that computes is dearer here; one that waits half a second is many times cheaper. Lambda's prices are list prices from memory, marked so in `facts`. Your own Worker's bill comes from its trace:

# %%
busy.bill(scale=15_000_000)

# %% [markdown]
# ## A customer conversation
#
# **Tom, who runs an API on Lambda in us-east-1:** Your colleague says we get faster by moving to Workers.
#
# **You:** Where are your users, and where is your database?
#
# **Tom:** Users everywhere, PostgreSQL in Virginia. Four queries a page.

# %% [markdown]
# **You:** Then the code would move to Sydney and call Virginia four times. That is slower than today. Pages that need no query get fast everywhere at once; pages with queries want the Worker beside the database, or one call in place of four, or cached answers.
#
# **Tom:** And the bill?
#
# **You:** You wait for PostgreSQL most of the time. That wait is free here and billed there. Send me the milliseconds and the megabytes, and we compute it.

# %% [markdown]
# ## In TypeScript
#
# <!-- include: typescript/01_workers.ts -->
#
# `npm create cloudflare@latest` makes the project, `npx wrangler types` writes `Env` from wrangler.jsonc, `npx wrangler dev` runs it on your laptop, `npx wrangler deploy` everywhere, and `npx wrangler tail` shows its logs. `wrangler dev --remote` of the guide is legacy: give single bindings `"remote": true`.

# %% [markdown]
# ## Limits and prices

# %%
facts.table("workers")

# %% [markdown]
# ## Summary
#
# - The code is in every city; the data is where it is. Count the hops.
# - Start-up once an isolate, handler once a request, `waitUntil` after the response.
# - A global belongs to an isolate: many visitors at once, one city, no promise to last.
# - Waiting is free and computing is not: do the sum before you say "cheaper".

# %% [markdown]
# ## Where the emulator differs
#
# The lab counts CPU time by steps of your code, a function's entry or a turn of a loop, at a round figure for each, so that a loop costs the same on every laptop. Concurrent requests of one isolate do not slow each other down; memory has no limit; connections are open already, so no time goes to TCP and TLS. Cold starts and eviction times are assumptions.
