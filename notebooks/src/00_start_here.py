# %% [markdown]
# # 00 · Start here
#
# You will be able to run a Worker on a simulated planet, answer a prediction, pass an exercise, and judge how far to trust what you see.
#
# 15 minutes. You need Python with `async` and `await`; nothing of Cloudflare.

# %%
from labkit.notebook import *
from workers import Response, WorkerEntrypoint

# %% [markdown]
# ## What is this?
#
# Cloudflare runs your code in more than 300 cities. This workbook runs them all inside this notebook: no account, no network, no waiting. Here is a Worker, the unit of code that Cloudflare runs. It answers every request with one sentence.


# %%
class Hello(WorkerEntrypoint):
    async def fetch(self, request):
        return Response("Hello from somewhere")


# %% [markdown]
# A `Lab` puts a Worker on the planet. `lab.fetch` is a visitor's request; `colo` says in which city it enters, by the code of its airport. NRT is Tokyo. Run the cell.

# %%
lab = Lab(Hello)
response = await lab.fetch("/", colo="NRT")
await response.text()

# %% [markdown]
# ## How long did that take?
#
# The clock on your wall does not count here. A lab has a clock of its own, in seconds since it was made, and it moves only when something in the lab takes time: a message on its way, a Worker that waits.
#
# Before you look, commit yourself. Click an answer, or write `predict("start-p1", "b")`.

# %%
predict("start-p1")

# %%
before = lab.now
await lab.fetch("/", colo="NRT")
f"{(lab.now - before) * 1000:.1f} ms"

# %%
reveal("start-p1")

# %% [markdown]
# Predictions are not marked right or wrong; they count as soon as you have made them. People who guess first remember more than people who are told, even when the guess was wrong.
#
# Where did the time go? Every request leaves a trace:

# %%
viz.waterfall(lab.trace)

# %% [markdown]
# The bar at the top is what the visitor waits for: the way from a phone to the nearest city, the Worker, and the way back. Three days pass as quickly as three milliseconds, because nothing happens in between:

# %%
await lab.advance("3 days")
lab.date

# %% [markdown]
# ## Your first exercise
#
# An exercise is a cell that begins with `# exercise:` and ends in `check(...)`. Change the code between the two and run the cell; the answer appears below it. Run it once as it is, to see what "not attempted" looks like.

# %%
# exercise: start-01

# %% [markdown]
# When a requirement is not met, its row says what we did, what we expected, what came back, and why anybody would care. Stuck? `hint("start-01")` gives one hint at a time, the next after you have tried something else. `solution("start-01")` opens once you have passed, or after four different attempts; `reset("start-01")` shows the cell as it was.

# %%
hint("start-01")

# %% [markdown]
# ## Seeing what your own Worker did
#
# Your class stays yours: put it in a lab and send it around the world. If the exercise is not finished, this cell pauses, says so, and lets the rest of the notebook run.

# %%
mine = Lab(Default)
for city in ("LHR", "SYD", "GRU"):
    response = await mine.fetch("/", colo=city)
    print(city, await response.text())

# %% [markdown]
# What a Worker prints does not appear in the notebook. It runs far away; its output is in the logs, as with `wrangler tail`:

# %%
mine.logs

# %% [markdown]
# ## What is simulated, and why trust it?
#
# The API is Cloudflare's own Python SDK, name for name, so that the class above deploys unchanged. Behaviour follows the documentation first, then recordings of the real runtime, word for word. Limits and prices carry their source and the day on which we read them:

# %%
facts.table("workers")

# %% [markdown]
# A figure that nobody publishes is marked *assumption*. You can change your mind about it and see what follows.
#
# Distances are modelled on measured round trips between the world's data centres. Your laptop's speed plays no part, and chance comes from a seed: run a notebook twice and you see the same numbers.

# %%
from labkit.network.links import Links

links = Links()
for a, b in (("LHR", "AMS"), ("LHR", "IAD"), ("LHR", "SYD")):
    print(f"{a} to {b} and back: {links.rtt(a, b) * 1000:4.0f} ms")

# %% [markdown]
# Where a simulation differs from production, the lesson says so at its end, and `labkit where kv` in a terminal prints the list for a primitive. The checks in your notebook are not secret: you could cheat, and would cheat nobody else.

# %% [markdown]
# ## Keeping your place
#
# You work on a copy. Updates never overwrite it, and your progress is a plain file beside it that survives a crashed kernel.

# %%
progress()

# %% [markdown]
# ## Summary
#
# - A `Lab` is a planet with a clock of its own; `lab.fetch` is a visitor, `lab.advance` lets time pass.
# - Predict, run, read the one sentence after it. Then the exercise.
# - A wrong answer is the part that teaches: read its row before you ask for a hint.
#
# Next: [01 · The network is the runtime](01_workers.ipynb).
