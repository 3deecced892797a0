# %% [markdown]
# # A lesson of a few cells
#
# A value holds up to {{kv.value_bytes}} bytes, that is {{ kv.value_bytes:MiB }} MiB.

# %%
total = sum(range(10))
total

# %% tags=["raises-exception"]
1 / 0

# %% [markdown]
# The same in TypeScript:
#
# <!-- include: typescript/77_demo.ts -->

# %%
predict("demo-p1", "What is twice two?", a="four", b="five")

# %%
# exercise: demo-01

# %%
# exercise: demo-02

# %%
# exercise: demo-03
