# %% [markdown]
# # 04 · Workers KV
#
# You will be able to say who sees a new value, and when; pick a cacheTtl with its price in staleness; build a flag service and a session store; and name the jobs that KV must not be given.
#
# 120 minutes. Prerequisites: [00 · Start here](00_start_here.ipynb) and [01 · The network is the runtime](01_workers.ipynb).

# %%
from labkit.notebook import *
from workers import Response, WorkerEntrypoint

# %% [markdown]
# ## Recall: three questions on earlier lessons
#
# Close the other notebooks first. A guess that costs some effort is worth more than an answer looked up.

# %%
recall("kv-r1")

# %%
recall("kv-r2")

# %%
recall("kv-r3")

# %% [markdown]
# ## Who sees the new value?
#
# Workers KV stores values under keys. Here is a Worker that keeps feature flags in it: `PUT` sets one, `GET` reads it. The binding `FLAGS` arrives on `env`; nothing else connects the two.


# %%
class Flags(WorkerEntrypoint):
    async def fetch(self, request):
        name = request.url.rpartition("/")[2]
        if request.method == "PUT":
            await self.env.FLAGS.put(name, await request.text())
            return Response("stored")
        return Response(await self.env.FLAGS.get(name) or "off")


# %% [markdown]
# The flag `dark-mode` is off. At nine in the morning a visitor in Sydney loads the page; half a minute later the product manager in London switches the flag on.

# %%
lab = Lab(Flags, kv=["FLAGS"])
await lab.fetch("/flags/dark-mode", method="PUT", body="off", colo="LHR")
await lab.advance(2)
await lab.fetch("/flags/dark-mode", colo="SYD")
await lab.advance(30)
await lab.fetch("/flags/dark-mode", method="PUT", body="on", colo="LHR")

# %% [markdown]
# One second later Sydney loads the page again.

# %%
predict("kv-p1", "What does Sydney get?", a="on", b="off", c="an error")

# %%
await lab.advance(1)
await (await lab.fetch("/flags/dark-mode", colo="SYD")).text()

# %%
reveal("kv-p1")

# %% [markdown]
# Off. London's write went to the central store and to nowhere else. Sydney still holds the copy it fetched half a minute ago, and that copy is good for another half minute. `copies` shows who holds what:

# %%
lab.kv("FLAGS").copies("dark-mode")

# %% [markdown]
# The guide that this course began with says that a write must invalidate or refresh every city's copy. It does neither. In the documentation's words, data "is not sent automatically to every location's cache" (How KV works, read in November 2026).
#
# Singapore never read the key, so it has nothing to be stale with:

# %%
await (await lab.fetch("/flags/dark-mode", colo="SIN")).text()

# %% [markdown]
# Two visitors, two answers, in the same second. Now give Sydney's copy its time:

# %%
await lab.advance(30)
await (await lab.fetch("/flags/dark-mode", colo="SYD")).text()

# %% [markdown]
# ### A key that was not there
#
# Tomorrow's flag, `new-basket`, does not exist yet. A curious page in Perth asks for it all the same. A second later London creates it.

# %%
await lab.fetch("/flags/new-basket", colo="PER")
await lab.advance(1)
await lab.fetch("/flags/new-basket", method="PUT", body="on", colo="LHR")
await lab.advance(1)

# %%
predict("kv-p2")

# %%
for city in ("PER", "LHR", "SIN"):
    print(city, await (await lab.fetch("/flags/new-basket", colo=city)).text())

# %%
reveal("kv-p2")

# %% [markdown]
# Perth cached the absence. "Nothing there" is an answer like any other, and is kept as long. Cloudflare's own documentation once promised that new keys are visible everywhere at once; the sentence was withdrawn in 2020.

# %% [markdown]
# ### The planet, one write later
#
# Two hundred cities read a flag, each about once in fifty seconds. London writes. The map shows every city that still holds a copy, and how old it is; crosses are the copies that are wrong by now.

# %%
viz.kv_planet(cache_ttl=60, reads_per_s=0.02, writes_per_s=0.01, pops=200)

# %% [markdown]
# ## How fast is a read?
#
# "Under ten milliseconds, globally" says the guide. The documentation says 500 µs to 10 ms *for hot keys*. Let one flag be read in forty cities, twice in each: the first read goes as far as it must, the second stays in town.

# %%
cities = sim.traffic.cities(40)
quick = Lab(Flags, kv=["FLAGS"])
await quick.fetch("/flags/dark-mode", method="PUT", body="on", colo="LHR")
await quick.advance(60)
for city in cities * 2:
    await quick.fetch("/flags/dark-mode", colo=city)

# %%
predict("kv-p3")

# %%
reads = [event for event in quick.trace.where("kv", "get")]
for outcome in ("miss", "hit"):
    times = sorted(event.seconds * 1000 for event in reads if event.outcome == outcome)
    print(f"{outcome:5} median {times[len(times) // 2]:6.1f} ms   slowest {times[-1]:6.1f} ms")

# %%
reveal("kv-p3")

# %% [markdown]
# A hit is a few milliseconds. A miss crosses a sea or two. Where did each miss find the value? The city's own cache is only the first of four places that are asked:

# %%
from collections import Counter

Counter(event.detail["tier"] for event in reads)

# %% [markdown]
# Local cache, regional tier, central tier, central store. The guide calls the first "the PoP's local memory"; it is Cloudflare's CDN cache, with an in-process cache before it for the very hottest keys. One miss, with its way there and back:

# %%
far = max(reads, key=lambda event: event.seconds)
viz.waterfall(quick.trace, request=far.request)

# %% [markdown]
# ### How often is it a hit?
#
# A copy lives for *T* seconds and is fetched again at the next read. With λ reads a second the share of hits is λT / (1 + λT). Your Worker above is one view of that. A model of millions of reads is another, the formula a third:

# %%
viz.agreement(sim.kv.caching(Flags, kv="FLAGS", url="/flags/{key}", key="dark-mode"))

# %% [markdown]
# Line, circles and crosses agree. Read the left end of the chart before you promise anybody ten milliseconds: a key that a city reads once in ten minutes is nearly always a miss there.

# %%
viz.widgets.kv_caching()

# %% [markdown]
# ## How old may the answer be?
#
# `cacheTtl` says how old a copy this read will accept, in seconds. The default is 60 and the least is 30. It is a bound on staleness that you choose, at the price of more misses.
#
# After a write, the share of cities that still serve the old value falls in a straight line, and reaches nothing after cacheTtl:

# %%
viz.agreement(sim.kv.propagation(Flags, kv="FLAGS", url="/flags/{key}", key="dark-mode"))

# %% [markdown]
# The long default of the documentation, "60 seconds or more", is the end of that line plus the time that news needs to travel. Now move the slider of cacheTtl to ten minutes.

# %%
viz.widgets.kv_propagation()

# %% [markdown]
# ### A longer cacheTtl, and a second look
#
# A dashboard in Madrid reads a limit with `cacheTtl=600`. London lowers the limit. Madrid reads again after two minutes, and once more a moment later.

# %%
env = Lab(kv=["LIMITS"])
madrid, london = env.env("MAD").LIMITS, env.env("LHR").LIMITS
await london.put("seats", "100")
await env.advance(5)
await madrid.get("seats", cacheTtl=600)
await london.put("seats", "20")
await env.advance(120)

# %%
predict("kv-p4")

# %%
first = await madrid.get("seats", cacheTtl=600)
await env.advance(1)
first, await madrid.get("seats", cacheTtl=600)

# %%
reveal("kv-p4")

# %% [markdown]
# The first answer was stale, and it set something going: a copy older than a minute is refreshed behind the reader's back. So a key that is read often is seldom minutes old, whatever its cacheTtl; a key that is read rarely can be.
#
# A shorter cacheTtl on one read also shortens the life of the copy for the next:

# %%
await london.put("seats", "10")
await env.advance(40)
long = await madrid.get("seats", cacheTtl=600)
short = await madrid.get("seats", cacheTtl=30)
long, short, await madrid.get("seats", cacheTtl=600)

# %% [markdown]
# ### When all copies end at once
#
# A sale opens at noon, and forty cities fetch its flag in the same second. Their copies end in the same second too, and again a minute later. Copies that began together stay in step, and the central store feels a pulse:

# %%
import asyncio

noon = Lab(Flags, kv=["FLAGS"])
await noon.fetch("/flags/sale", method="PUT", body="on", colo="LHR")
for tick in range(7):
    await asyncio.gather(*(noon.fetch("/flags/sale", colo=city) for city in cities))
    await noon.advance(25)

# %%
Counter((round(event.start / 25) * 25, event.outcome) for event in noon.trace.where("kv", "get"))

# %% [markdown]
# Forty misses, then hits, then misses at once. A simulation that starts every cache empty measures this pulse and takes it for the average; the charts above begin in the middle of things for that reason.

# %% [markdown]
# ## Worked example: a banner that a city may miss for an hour
#
# A shop shows a banner that changes once a day. Nobody minds if Perth shows yesterday's for an hour, and everybody minds a slow page. So: a long cacheTtl, and a decision for when nothing is stored.


# %%
class Banner(WorkerEntrypoint):
    async def fetch(self, request):
        # 1. read, from a copy of up to an hour where there is one
        text = await self.env.SHOP.get("banner", cacheTtl=3600)
        # 2. decide what absence means
        if text is None:
            text = "Welcome"
        # 3. answer
        return Response(text)


# %%
shop = Lab(Banner, kv=["SHOP"])
await shop.env("LHR").SHOP.put("banner", "Free delivery today")
await shop.advance(5)
await (await shop.fetch("/", colo="PER")).text()

# %% [markdown]
# ### The same, with two blanks

# %%
# exercise: kv-01

# %% [markdown]
# ### Put the lines in order

# %%
order("kv-o1")

# %% [markdown]
# ### Modify: as stale as the promise allows

# %%
# exercise: kv-02

# %% [markdown]
# ## What if two places write at once?
#
# "It is Redis at the edge" is the most expensive sentence that is said of KV. Here is a counter of signatures, as it is often written: `POST` adds one, `GET` shows the count.


# %%
class Petition(WorkerEntrypoint):
    async def fetch(self, request):
        count = int(await self.env.VOTES.get("train") or 0)
        if request.method == "POST":
            count += 1
            await self.env.VOTES.put("train", str(count))
        return Response(str(count))


# %% [markdown]
# Vienna and Hamburg take turns, one signature a second, fifty each. After each, somebody in that city looks at the count.

# %%
predict("kv-p5")

# %%
votes = Lab(Petition, kv=["VOTES"])
for city in ("VIE", "HAM") * 50:
    await votes.fetch("/", method="POST", colo=city)
    await votes.fetch("/", colo=city)
    await votes.advance(1)
await votes.env("SYD").VOTES.get("train")

# %%
reveal("kv-p5")

# %% [markdown]
# Each city added one to its own copy and wrote over the other's work. KV has no compare-and-set: the write that lands last wins. The signatures are lost without an error anywhere.
#
# Write faster, and there is an error:

# %%
try:
    for number in range(3):
        await votes.env("VIE").VOTES.put("train", str(number))
except Exception as error:
    print(error)

# %% [markdown]
# One write a second to a key, and the next is refused. What to use instead: a Durable Object, which is one place for one key (lesson 07), or D1 (lesson 05). The same holds for rate limits, stock, and seats. A rule of thumb: KV is for what is read a thousand times for each time it is written.

# %% [markdown]
# ### Modify: let no two people write the same key

# %%
# exercise: kv-03

# %% [markdown]
# ## What else can a key carry?
#
# A value is text, bytes or a stream, up to {{kv.value_bytes:MiB}} MiB. Beside it fit {{kv.metadata_bytes}} bytes of metadata, which come back in the same read and in listings, and an end: `expirationTtl`, in seconds, {{kv.min_expiration_ttl}} at least.

# %%
things = Lab(kv=["THINGS"])
kv = things.env("LHR").THINGS
await kv.put("doc:1", '{"title": "Timetable"}', metadata={"author": "Signe"}, expirationTtl=3600)
await things.advance(5)
await kv.getWithMetadata("doc:1", "json")

# %%
print(await kv.get("doc:1"))
print(await kv.get("doc:1", type="json"), await kv.get("doc:1", type="arrayBuffer"))
print(await kv.get("nobody"), await kv.get(["doc:1", "doc:2"]))

# %% [markdown]
# A list of keys is one operation for the limit on operations, and as many reads as it has keys on the bill.
#
# Options are spelt in camelCase, in Python too. The real runtime ignores what it does not know, in silence. The lab warns:

# %%
await kv.put("doc:2", "soon gone", expiration_ttl=60)
await things.advance(3600)
await kv.get("doc:2")

# %% [markdown]
# It is still there: the option was never read. What the runtime does refuse, it refuses in these words:


# %%
async def refused(attempt):
    try:
        await attempt
    except Exception as error:
        print(error)


# %%
await refused(kv.put("k", "v", expirationTtl=59))
await refused(kv.put("k" * 513, "v"))
await refused(kv.put("k", "v", metadata={"m": "x" * 1025}))
await refused(kv.get("k", cacheTtl=29))
await refused(kv.put("k", {"a": "dict"}))

# %% [markdown]
# ### From a blank page

# %%
# exercise: kv-04

# %% [markdown]
# ### The keys of a namespace
#
# Keys have no folders: people write `flag:dark-mode` and `session:9f2c`, and list by prefix. A page holds {{kv.list_page}} keys at most. The guide's sample reads the first page and stops. Here are 2,500 flags:

# %%
things.kv("THINGS").bulk_put({"key": f"flag:{number:04}", "value": "on"} for number in range(2500))
await things.advance(90)
page = await kv.list(prefix="flag:")
len(page["keys"]), page.list_complete

# %%
names, cursor = [], None
while True:
    page = await kv.list(prefix="flag:", **({"cursor": cursor} if cursor else {}))
    names += [key["name"] for key in page["keys"]]
    if page.list_complete:
        break
    cursor = page.cursor

# %%
len(names), len(things.trace.where("kv", "list"))

# %% [markdown]
# `page["keys"]`, not `page.keys`: the page is a dict, and dicts have a method of that name. Pages are cached for up to a minute in each city, and no write clears them, so a listing is neither fresh nor, for a key written a moment ago, complete.

# %% [markdown]
# ## What does it cost?
#
# A page reads three flags on each of its hundred million views a month, one of them missing. Reads of nothing are reads.

# %%
month = Lab(Flags, kv=["FLAGS"])
for flag in ("dark-mode", "new-basket", "missing"):
    await month.env("LHR").FLAGS.get(flag)
month.bill(scale=100_000_000)

# %%
predict("kv-p6")

# %%
once = Lab(Flags, kv=["FLAGS"])
await once.env("LHR").FLAGS.get("all-flags")
print(month.bill(scale=100_000_000).total, once.bill(scale=100_000_000).total)

# %%
reveal("kv-p6")

# %% [markdown]
# Three flags under three keys are three reads; all flags in one value are one. Put together what is read together, as long as nobody has to change a part of it at the same moment as somebody else.

# %% [markdown]
# ## A customer conversation
#
# **Priya, who runs the shop's checkout:** We keep sessions in Redis in Virginia. Sydney waits a quarter of a second for every page. KV would fix that?
#
# **You:** For reading, yes. After the first page, Sydney reads its own copy. What happens when somebody logs out?
#
# **Priya:** The session is deleted. At once, I hope.

# %% [markdown]
# **You:** At once in the city where it is deleted. A city that read the session a moment ago serves its copy for up to a minute, or for half of one if you read with `cacheTtl=30`. Shorter than that KV cannot promise.
#
# **Priya:** A stolen laptop for half a minute: legal will live with it. Payments will not.

# %% [markdown]
# **You:** Then payments ask somewhere else: a Durable Object for each user answers from one place, always with the truth, and costs the distance. Keep KV for the ninety-nine pages that do not take money.
#
# **Priya:** And the number of items left in stock?
#
# **You:** Never in KV. Two cities would sell the same last bicycle.

# %% [markdown]
# ## In TypeScript
#
# The same flag Worker as most teams deploy it. `wrangler types` writes the interface `Env` from the configuration; written by hand, it drifts.
#
# <!-- include: typescript/04_kv.ts -->
#
# The namespace is made once, `npx wrangler kv namespace create FLAGS`, and its id goes into `kv_namespaces` of wrangler.jsonc.

# %% [markdown]
# ## Limits and prices

# %%
facts.table("kv")

# %% [markdown]
# ## Summary
#
# - A write goes to the central store; a city keeps what it has read, value or absence, until its copy's time is over.
# - `cacheTtl` is a bound on staleness that you choose. 60 seconds unless you say so, 30 at least.
# - No compare-and-set, one write a second to a key: no counters, no locks, no stock.
# - Read together, store together; the bill counts reads, of nothing too.

# %% [markdown]
# ## Where the emulator differs
#
# What this lesson's KV models, simplifies and leaves out, as its own source says:

# %%
from labkit.emulators import kv as emulator

print(emulator.__doc__)
