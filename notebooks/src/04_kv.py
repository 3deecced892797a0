# %% [markdown]
# # 04 · Workers KV
#
# You will be able to say who sees a new value, and when; pick a cacheTtl with its price in staleness; build a flag service and a session store; and name the jobs that KV must not be given.
#
# 120 minutes. Prerequisites: [00 · Start here](00_start_here.ipynb) and [01 · The network is the runtime](01_workers.ipynb).

# %%
import asyncio
from dataclasses import replace
from random import Random

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
# Workers KV stores values under keys. Fernway, a bookshop with readers everywhere, keeps its feature flags there: `PUT` sets one, `GET` reads it. The binding `FLAGS` arrives on `env`; nothing else connects the two.


# %%
class Flags(WorkerEntrypoint):
    async def fetch(self, request):
        name = request.url.rpartition("/")[2]
        if request.method == "PUT":
            await self.env.FLAGS.put(name, await request.text())
            return Response("stored")
        value = await self.env.FLAGS.get(name)
        return Response("off" if value is None else value)


# %% [markdown]
# The flag `dark-mode` is off. At nine a reader in Sydney loads the page. Half a minute later the product manager in London switches the flag on.

# %%
lab = Lab(Flags, kv=["FLAGS"])
await lab.fetch("/flags/dark-mode", method="PUT", body="off", colo="LHR")
await lab.advance(2)
await lab.fetch("/flags/dark-mode", colo="SYD")
await lab.advance(30)
await lab.fetch("/flags/dark-mode", method="PUT", body="on", colo="LHR")

# %% [markdown]
# One second after that, Sydney loads the page again.

# %%
predict("kv-p1")

# %%
await lab.advance(1)
print(await (await lab.fetch("/flags/dark-mode", colo="SYD")).text())
reveal("kv-p1")

# %% [markdown]
# London's write went to a central store and to no other city. Sydney still holds the copy that it fetched half a minute ago, and that copy is good for another half minute. `copies` shows who holds what:

# %%
lab.kv("FLAGS").copies("dark-mode")

# %% [markdown]
# The guide that this course began with says that a write must invalidate or refresh every city's copy. It does neither. The documentation: values are "not sent automatically to every location's cache" (How KV works, read in November 2026).
#
# Singapore never read the key, so it has nothing to be stale with:

# %%
await (await lab.fetch("/flags/dark-mode", colo="SIN")).text()

# %% [markdown]
# Two readers, two answers, in the same second. If it is one reader, whose phone changed from one network to another, the shop goes dark and bright again before her eyes. Now give Sydney's copy its time:

# %%
await lab.advance(30)
await (await lab.fetch("/flags/dark-mode", colo="SYD")).text()

# %% [markdown]
# ### A key that was not there
#
# Tomorrow's flag, `new-basket`, does not exist yet. A page in Perth asks for it all the same. A second later London creates it.

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
reveal("kv-p2")

# %% [markdown]
# "Nothing there" is an answer like any other, and is kept as long. Cloudflare's own documentation once promised that new keys are visible everywhere at once; the sentence was withdrawn in 2020.

# %% [markdown]
# ### The planet, one write later
#
# A hundred and fifty cities read the flag, each about once in twenty seconds. After a minute and a half of that, London writes. One second later:

# %%
dice, everywhere = Random(4), sim.traffic.cities(150)
planet = Lab(Flags, kv=["FLAGS"])
sim.traffic.play(planet, sim.traffic.poisson(dice, everywhere, 0.05, 0, 90, "/flags/dark-mode"))
await planet.fetch("/flags/dark-mode", method="PUT", body="on", colo="LHR")
written = planet.now
await planet.advance(1)

# %%
viz.age_map(planet.kv("FLAGS").copies("dark-mode"), planet, oldest=60)

# %% [markdown]
# Each circle or triangle is a city with a copy. What colours it is how long ago that city asked, and nothing that London does.

# %%
predict("kv-p3")

# %%
frames = []
for after in (1, 20, 40, 61):
    visits = sim.traffic.poisson(dice, everywhere, 0.05, planet.now, written + after, "/flags/dark-mode")
    sim.traffic.play(planet, visits)
    await planet.advance(max(0, written + after - planet.now))
    frames.append((after, planet.kv("FLAGS").copies("dark-mode")))

# %%
viz.ripple(frames)

# %%
reveal("kv-p3")

# %% [markdown]
# ## How fast is a read?
#
# "Under ten milliseconds, globally", says the guide. Let one flag be read in forty cities, twice in each: the first read goes as far as it must, the second stays in town.

# %%
cities = sim.traffic.cities(40)
quick = Lab(Flags, kv=["FLAGS"])
await quick.fetch("/flags/dark-mode", method="PUT", body="on", colo="LHR")
await quick.advance(60)
for city in cities * 2:
    await quick.fetch("/flags/dark-mode", colo=city)

# %%
predict("kv-p4")

# %%
reads = quick.trace.where("kv", "get")
for outcome in ("miss", "hit"):
    times = sorted(event.seconds * 1000 for event in reads if event.outcome == outcome)
    print(f"{outcome:5} median {times[len(times) // 2]:6.1f} ms   slowest {times[-1]:6.1f} ms")
reveal("kv-p4")

# %% [markdown]
# A miss crosses a sea or two. This is the slowest of them, and nearly all of it is the way:

# %%
far = max(reads, key=lambda event: event.seconds)
viz.waterfall(quick.trace, request=far.request)

# %% [markdown]
# The city's own cache is only the first of four places that are asked. The guide calls it "the PoP's local memory"; it is the cache that the CDN uses, with memory in front of it for the very hottest keys. Behind it stand a regional tier, a central tier, and the central stores.

# %%
order("kv-o1")

# %% [markdown]
# ### A whole site
#
# One hot key is a benchmark. A site has two hundred pages, a few of them popular. Readers in sixty cities open them for five minutes, the page of rank *n* with weight 1/*n*:

# %%
site = Lab(Flags, kv=["FLAGS"])
site.kv("FLAGS").bulk_put({"key": f"page-{rank}", "value": "on"} for rank in range(1, 201))
ranks, weights = range(1, 201), [1 / rank for rank in range(1, 201)]
moments = sim.traffic.poisson(dice, sim.traffic.cities(60), 0.1, 5, 305)
visits = [replace(visit, url=f"/flags/page-{dice.choices(ranks, weights)[0]}") for visit in moments]
answers = sim.traffic.play(site, visits)

# %%
site.trace.sql("""
    select coalesce(tier, 'all reads') as answered_by, count(*) as reads, round(quantile_cont(ms, 0.5), 1) as p50,
           round(quantile_cont(ms, 0.95), 1) as p95, round(quantile_cont(ms, 0.99), 1) as p99
    from (select detail->>'tier' as tier, 1000 * ("end" - start) as ms from events where operation = 'get')
    group by rollup(tier) order by reads
""")

# %% [markdown]
# The last row is all reads together: with few hot keys, most of them leave the city. Now hold it against what is published. The first row is the documentation's; the second Cloudflare's report on its own redesign; the third one site's measurement.

# %%
facts.table("kv.hot_read", "kv.read_outside_north_america", "kv.read_in_production")

# %% [markdown]
# "Under ten milliseconds" is true of a hot key, and only there. Whether a key is hot is decided by your visitors, city by city.

# %% [markdown]
# ### How often is it a hit?
#
# A copy lives for *T* seconds, then the next read fetches another. With λ reads a second in a city, the share of hits is λT / (1 + λT). Your Worker above is one view of that, a model of millions of reads another, the formula a third:

# %%
rates = (0.001, 0.01, 0.1, 1)
viz.agreement(sim.kv.caching(Flags, reads_per_s=rates, places=60, visits=400))

# %% [markdown]
# Line, circles and crosses agree. Read the left end before you promise anybody ten milliseconds: a key that a city reads once in ten minutes is nearly always a miss there. Move the sliders: what does a longer copy buy, and at which rate does it buy nothing?

# %%
viz.widgets.kv_caching()

# %% [markdown]
# ## How old may the answer be?
#
# `cacheTtl`, an option of `get`, says how old a copy this read accepts. The default is {{kv.default_cache_ttl}} seconds and the least is {{kv.min_cache_ttl}}. It is a bound on staleness, chosen by the reader, and paid for in misses.
#
# The guide's sample passes `cacheTtl: 60` to save a round trip. That is what you get anyway.

# %% [markdown]
# After a write, the share of cities with the old value falls in a straight line, and reaches nothing when cacheTtl has passed:

# %%
viz.agreement(sim.kv.propagation(Flags, after=(1, 15, 30, 45, 61), places=60))

# %% [markdown]
# "Up to 60 seconds globally is normal", says the guide. The documentation says 60 seconds *or more*: the end of this line, plus the time that news needs to travel, and as much later as somebody's cacheTtl is longer.

# %%
facts.table("kv.propagation", "kv.min_cache_ttl", "kv.refresh_ttl")

# %%
viz.widgets.kv_propagation()

# %% [markdown]
# ### A longer cacheTtl, and a second look
#
# The ticket desk in Madrid reads how many seats are on sale, with `cacheTtl=600`. London lowers the number. Madrid reads again after two minutes, and once more a second later.

# %%
hall = Lab(kv=["HALL"])
madrid, lisbon, london = (hall.env(city).HALL for city in ("MAD", "LIS", "LHR"))
await london.put("seats", "100")
await hall.advance(5)
await madrid.get("seats", cacheTtl=600)
await london.put("seats", "20")

# %%
predict("kv-p5")

# %%
await hall.advance(120)
first = await madrid.get("seats", cacheTtl=600)
await hall.advance(1)
print(first, await madrid.get("seats", cacheTtl=600))
reveal("kv-p5")

# %% [markdown]
# A copy older than a minute, where cacheTtl allows it, still answers, and is refreshed behind the reader's back. So a key that is read often is seldom minutes old, whatever its cacheTtl. A key that is read rarely can be, and its first reader is the one who sees it.

# %% [markdown]
# ### A shorter one, by somebody else
#
# The desks in Madrid and Lisbon read whether the doors are open, with `cacheTtl=600`. Twenty seconds later another page in Madrid reads the same key with `cacheTtl=30`. It is answered from the same copy. Then London shuts the doors.

# %%
await london.put("doors", "open")
await hall.advance(5)
for city in (madrid, lisbon):
    await city.get("doors", cacheTtl=600)
await hall.advance(20)
await madrid.get("doors", cacheTtl=30)

# %%
await london.put("doors", "shut")
await hall.advance(20)
for name, city in (("Madrid", madrid), ("Lisbon", lisbon)):
    print(name, await city.get("doors", cacheTtl=600))

# %% [markdown]
# All Workers of a city share its copy, and the shortest cacheTtl among them decides how long it lives.

# %% [markdown]
# ### Two keys that belong together
#
# The price of a ticket is one key, its currency another. Sydney looked at the currency a moment ago. London changes both, in the right order.

# %%
await london.put("currency", "EUR")
await hall.advance(2)
sydney = hall.env("SYD").HALL
await sydney.get("currency")
await london.put("price", "5900")
await london.put("currency", "JPY")

# %%
await hall.advance(1)
await sydney.get("price"), await sydney.get("currency")

# %% [markdown]
# A ticket for 5900 euros. Each key has copies and ages of its own, and nothing keeps two of them in step. What must agree belongs in one value.

# %% [markdown]
# ### When all copies end at once
#
# A sale opens at noon, and forty cities fetch its flag in the same second. From then on each is asked every 25 seconds.

# %%
noon = Lab(Flags, kv=["FLAGS"])
await noon.fetch("/flags/sale", method="PUT", body="on", colo="LHR")
for tick in range(7):
    await asyncio.gather(*(noon.fetch("/flags/sale", colo=city) for city in cities))
    await noon.advance(25)

# %%
noon.trace.sql("""
    select 25 * round(start / 25) as second, count(*) filter (outcome = 'hit') as hits,
           count(*) filter (outcome = 'miss') as misses
    from events where operation = 'get' group by second order by second
""")

# %% [markdown]
# Copies that begin together end together, and the stores feel a pulse. Whoever probes such a planet at a fixed moment finds every copy fresh or every copy stale, and takes it for the average; the charts above begin in the middle of things for that reason.

# %% [markdown]
# ### What KV promises, in five lines
#
# | your question | KV's answer |
# |---|---|
# | Do I read my own write? | In the same city usually, and at once; promised to nobody |
# | When does everybody? | When their copy's time is over: cacheTtl, plus the way |
# | Can an answer go back in time? | Yes, for whoever changes cities |
# | Who wins, of two writers? | The last to arrive, without a word to the other |
# | Are two keys of one moment? | No |

# %%
viz.widgets.kv_planet()

# %% [markdown]
# ## Worked example: a shop sign that a city may miss for an hour
#
# Fernway's sign changes once a day. Nobody minds if Perth shows yesterday's for an hour, and everybody minds a slow page. So: a long cacheTtl, and a decision for when nothing is stored.


# %%
class Sign(WorkerEntrypoint):
    async def fetch(self, request):
        # 1. read, from a copy of up to an hour where there is one
        text = await self.env.SHOP.get("sign", cacheTtl=3600)
        # 2. decide what an absence means: None, and nothing else, is one
        if text is None:
            text = "Welcome"
        # 3. answer
        return Response(text)


# %%
shop = Lab(Sign, kv=["SHOP"])
await shop.env("LHR").SHOP.put("sign", "Signed copies today")
await shop.advance(5)
await (await shop.fetch("/", colo="PER")).text()

# %% [markdown]
# The same, faded: two lines are missing.

# %%
# exercise: kv-01

# %%
# exercise: kv-02

# %% [markdown]
# ## What else can a key carry?
#
# A value is text, bytes or a stream, up to {{kv.value_bytes:MiB}} MiB. Beside it fit {{kv.metadata_bytes}} bytes of metadata, which come back in the same read and in listings, and an end: `expirationTtl`, in seconds, {{kv.min_expiration_ttl}} at least.

# %%
things = Lab(kv=["THINGS"], strict=True)
kv = things.env("LHR").THINGS
await kv.put("doc:1", '{"title": "Timetable"}', metadata={"author": "Signe"}, expirationTtl=3600)
await things.advance(5)
await kv.getWithMetadata("doc:1", "json")

# %%
print(await kv.get("doc:1"))
print(await kv.get("doc:1", type="json"))
print(bytes(await kv.get("doc:1", type="arrayBuffer"))[:8])
print(await kv.get("nobody"), await kv.get(["doc:1", "doc:2"]))

# %% [markdown]
# A list of up to {{kv.bulk_get_keys}} keys is one trip. A `put` replaces all that a key carries, its metadata and its end included:

# %%
await kv.put("doc:1", "a new text")
await kv.getWithMetadata("doc:1")

# %% [markdown]
# `expiration` sets the end as a moment, in seconds since 1970, `expirationTtl` as seconds from now. Keep `expirationTtl` for what ends by its nature: a session, a one-time link. The guide's sample gives a feature flag five minutes to live:

# %%
await kv.put("flag:dark-mode", "on", expirationTtl=300)
await things.advance(301)
print(await kv.get("flag:dark-mode"))

# %% [markdown]
# Gone, and its absence is cached for a minute. A switch that nobody threw.

# %% [markdown]
# ### Options that nobody reads
#
# The platform's options keep their JavaScript names, in Python too. What it does not know it ignores in silence, and your value lives for ever. A lab warns; a lab with `strict=True`, as this one, refuses.


# %%
async def words(attempt):
    """What becomes of a call: its result, or the words of the refusal."""
    try:
        print(await attempt)
    except Exception as error:
        print(error)


# %%
await words(kv.put("doc:2", "for an hour", expiration_ttl=3600))
await words(kv.get("doc:1", "json", cacheTtl=300))
await words(kv.put("doc:2", "for ever", expirationTtl=None))
await words(kv.delete(["doc:1", "doc:2"]))

# %% [markdown]
# The second is subtle: `get` takes a type *or* options. After a type in its place nobody reads the keywords; write `type="json", cacheTtl=300`. The third is no "no end": None travels as null, and null counts as 0. The fourth would have deleted a key called `doc:1,doc:2`.
#
# The other refusals, in the runtime's own words:

# %%
await words(kv.put("k", "v", expirationTtl=59))
await words(kv.get("k", cacheTtl=29))
await words(kv.put("k" * 513, "v"))
await words(kv.put("k", "v", metadata={"m": "x" * 1025}))
await words(kv.put("k", {"a": "dict"}))
await words(kv.get([f"doc:{number}" for number in range(101)]))

# %%
# exercise: kv-03

# %% [markdown]
# ### The keys of a namespace
#
# A namespace has no folders. People write `flag:dark-mode` and `session:9f2c`, and list by prefix. The guide's sample calls `list` once and goes on. Here are 2,500 flags:

# %%
things.kv("THINGS").bulk_put({"key": f"flag:{number:04}", "value": "on"} for number in range(2500))
await things.advance(1)

# %%
predict("kv-p6")

# %%
page = await kv.list(prefix="flag:")
print(len(page["keys"]), page["list_complete"], page["keys"][-1])
reveal("kv-p6")

# %% [markdown]
# `page["keys"]`, not `page.keys`: a page is a dict, and dicts have a method of that name. Where there is more, `cursor` says where to go on:

# %%
names, cursor, complete = [], None, False
while not complete:
    page = await kv.list(prefix="flag:", cursor=cursor)
    names += [key["name"] for key in page["keys"]]
    complete, cursor = page["list_complete"], page.get("cursor")
len(names), names[-1]

# %% [markdown]
# Pages are cached in each city for up to a minute, and no write clears them. London adds a flag and lists again, at once and a minute later:

# %%
await kv.put("flag:0000-first", "on")
for wait in (1, 60):
    await things.advance(wait)
    page = await kv.list(prefix="flag:", limit=1000)
    print(wait, any(key["name"] == "flag:0000-first" for key in page["keys"]))

# %% [markdown]
# A listing is for operators and exports. It is no index for your pages: slower than a read, ten times its price, and a minute old.

# %%
# exercise: kv-04

# %% [markdown]
# ### On the command line
#
# ```sh
# npx wrangler kv namespace create FLAGS --binding FLAGS --update-config
# npx wrangler kv key put dark-mode on --binding FLAGS --remote
# npx wrangler kv bulk put flags.json --binding FLAGS --remote
# ```
#
# The first line is optional since October 2025: a binding without an id gets its namespace when you deploy. Without `--remote`, wrangler 4 writes to your laptop's own copy. What counts in code is the name of the *binding*; the guide makes `CONFIG` and reads `MY_KV`:


# %%
class Guide(WorkerEntrypoint):
    async def fetch(self, request):
        return Response(await self.env.MY_KV.get("dark-mode"))


# %%
guide = Lab(Guide, {"kv_namespaces": [{"binding": "CONFIG"}]})
print((await guide.fetch("/")).status, guide.logs[-1].message.splitlines()[-1])

# %% [markdown]
# ## What if two places write at once?
#
# "It is Redis at the edge" is the most expensive sentence that is said of KV. Here is a count of signatures, as it is often written: `POST` adds one, `GET` shows the count.


# %%
class Petition(WorkerEntrypoint):
    async def fetch(self, request):
        count = int(await self.env.VOTES.get("train") or 0)
        if request.method == "POST":
            count += 1
            await self.env.VOTES.put("train", str(count))
        return Response(str(count))


votes = Lab(Petition, kv=["VOTES"])

# %% [markdown]
# Vienna and Hamburg take turns, one signature a second, fifty each. After each, somebody in that city looks at the count.

# %%
predict("kv-p7")

# %%
for city in ("VIE", "HAM") * 50:
    await votes.fetch("/", method="POST", colo=city)
    await votes.fetch("/", colo=city)
    await votes.advance(1)
print(await votes.env("SYD").VOTES.get("train"))
reveal("kv-p7")

# %% [markdown]
# KV has no compare-and-set: the write that lands last wins. A hundred people were thanked, and no log has an error. Write faster, and there is one:

# %%
vienna = votes.env("VIE").VOTES
await words(vienna.put("train", "52"))
await words(vienna.put("train", "53"))

# %% [markdown]
# ### A limiter that lets them through
#
# Ten requests a minute for each address, says this limiter, and forgives KV its 429. A script in London sends ten a second for a minute.


# %%
class Limiter(WorkerEntrypoint):
    async def fetch(self, request):
        seen = int(await self.env.SEEN.get("203.0.113.7") or 0)
        if seen >= 10:
            return Response("slow down", status=429)
        try:
            await self.env.SEEN.put("203.0.113.7", str(seen + 1), expirationTtl=60)
        except Exception:
            pass
        return Response("welcome")


# %%
predict("kv-p8")

# %%
gate = Lab(Limiter, kv=["SEEN"])
answers = sim.traffic.play(gate, sim.traffic.poisson(dice, ["LHR"], 10, 0, 60))
print(sum(answer.status == 200 for answer in answers), "of", len(answers))
reveal("kv-p8")

# %% [markdown]
# What to use instead: a Durable Object, which is one place for one key and does one thing after another (lesson 07); D1 for what needs SQL (05); the rate limiting binding for limits. The same holds for stock, seats, locks, and for "have I seen this message".

# %% [markdown]
# Some counts need no counter. If every fact has a key of its own, nobody overwrites anybody.

# %%
# exercise: kv-05

# %% [markdown]
# ## What does it cost?
#
# A page reads three flags, in one bulk read, on each of its hundred million views a month. None of the three was ever set.

# %%
month = Lab(Flags, kv=["FLAGS"])
await month.env("LHR").FLAGS.get(["dark-mode", "new-basket", "search-v2"])
month.bill(scale=100_000_000)

# %% [markdown]
# A read of nothing is a read, and a bulk read is as many as it has keys. Now put the three flags into one value:

# %%
predict("kv-p9")

# %%
once = Lab(Flags, kv=["FLAGS"])
await once.env("LHR").FLAGS.get("all-flags")
print(month.bill(scale=100_000_000).total, once.bill(scale=100_000_000).total)
reveal("kv-p9")

# %% [markdown]
# Put together what is read together, as long as nobody has to change a part of it while somebody else changes another.
#
# "KV is for data that is read a thousand times more than it is written", says the guide. In money, for a hundred million reads a month:

# %%
from labkit.billing import price

for ratio in (1000, 100, 10, 1):
    bill = price({"kv.read": 1e8, "kv.write": 1e8 / ratio})
    print(f"{ratio:5} reads a write: ${bill.total:,}, of which writes ${bill['kv.write'].amount:,.2f}")

# %% [markdown]
# A write costs ten reads. But money is the smaller half of the rule: each write makes three hundred copies wrong for a while. Below, the share of reads that get an old value, with ten reads a minute in each city:

# %%
for writes in ("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1):
    stale = sim.kv.stale_reads(reads_per_s=1 / 6, writes_per_s=1 / writes[1], cache_ttl=60)
    print(f"one write a {writes[0]:6} {stale:7.2%} of reads are stale")

# %% [markdown]
# ## Build two services, and guard a door
#
# Everything about flags in this lesson, in one Worker.

# %%
# exercise: kv-06

# %%
# exercise: kv-07

# %% [markdown]
# What can you promise about the logout? Let Singapore read a session, log out in London, and knock in Singapore every five seconds with the stolen cookie:

# %%
sessions = Lab(Default, kv=["SESSIONS"])
answer = await sessions.fetch("/login", json={"user": "ada"}, colo="LHR")
stolen = {"cookie": answer.headers["set-cookie"].partition(";")[0]}
await sessions.advance(1)
await sessions.fetch("/me", headers=stolen, colo="SIN")
await sessions.fetch("/logout", method="POST", headers=stolen, colo="LHR")

# %%
predict("kv-p10")

# %%
for _ in range(8):
    answer = await sessions.fetch("/me", headers=stolen, colo="SIN")
    print(f"{answer.status} ", end="")
    await sessions.advance(5)
reveal("kv-p10")

# %% [markdown]
# "Logged out everywhere within half a minute, and a little for the way" is the promise that KV can keep. Where that is too long, the session belongs in a Durable Object or D1, and pays the distance on every click.

# %% [markdown]
# The last one is the guide's. In its JavaScript the missing `await` compares with a text that everybody can send.

# %%
# exercise: kv-08

# %% [markdown]
# ## A customer conversation
#
# **Priya, who runs the checkout of a chain of cinemas:** We keep sessions in Redis in Virginia, and Sydney waits a quarter of a second for every page. I hear that KV is Redis at the edge.
#
# **You:** It is a store with copies: it does not count, lock, or tell anybody that something changed. Sessions it can do. How often does somebody click?
#
# **Priya:** Every twenty seconds. And a logout deletes the session at once, I hope. Is it strongly consistent?

# %%
share = sim.kv.hit_ratio(reads_per_s=1 / 20, cache_ttl=30)
f"{share:.0%} of the clicks are answered from the city's own copy, with cacheTtl=30"

# %% [markdown]
# **You:** No, and no setting makes it so. The city that deletes refuses at once. Another may serve its copy for as long as your reads accept: half a minute at least. With that bound, most of your clicks are a few milliseconds, and the rest ask the next tier.
#
# **Priya:** Forty million page views a month, a million logins. What is it?

# %%
price({"kv.read": 40e6, "kv.write": 1e6, "kv.delete": 1e6, "kv.storage_gb_mo": 0.2})

# %% [markdown]
# **Priya:** A stolen laptop for half a minute: legal will live with it. Payments will not.
#
# **You:** Then payments ask a Durable Object, one for each user: always the truth, from one place, at the price of the distance. Keep KV for the ninety-nine pages that take no money.

# %% [markdown]
# **Priya:** And the number of seats that are left?
#
# **You:** Never in KV. Two cities would sell the same last seat, and nobody would see an error.
#
# **Priya:** You lose a sale with me there.
#
# **You:** I would lose it later, with your seats.

# %% [markdown]
# ## In TypeScript
#
# The flag service of kv-06 and the export of kv-04, as most teams deploy them. `npx wrangler types` writes the interface `Env` from the configuration; written by hand, it drifts.
#
# <!-- include: typescript/04_kv.ts -->

# %% [markdown]
# ## Limits and prices

# %%
from labkit.facts.pricing import price_list

price_list("kv.")

# %%
facts.table("kv")

# %% [markdown]
# ## Summary
#
# - A write goes to the central stores. A city keeps what it has read, value or absence, until its time is over.
# - `cacheTtl` bounds staleness, and the reader chooses it: 60 seconds unless you say so, 30 at least.
# - Hot keys take milliseconds, cold ones the way to a store and back.
# - The last write wins, one a second to a key: no counters, locks, limits or stock.
# - A list ends where `list_complete` says so.
# - What must be revoked at once, a token or a payment, does not belong here.

# %% [markdown]
# ## Where the emulator differs
#
# What this lesson's KV models, simplifies and leaves out:

# %%
fidelity("kv")

# %%
progress()
