# %% [markdown]
# # A lesson of a few cells
#
# A value holds up to {{kv.value_bytes}} bytes, that is {{ kv.value_bytes:MiB }} MiB. Go to [the doubler](#demo-01).

# %%
from labkit.notebook import *

# %% tags=["raises-exception"]
1 / 0

# %% [markdown]
# ## The same in TypeScript
#
# <!-- include: typescript/77_demo.ts -->

# %%
predict("demo-p1", "What is twice two?", a="four", b="five")

# %%
recall("demo-r1")

# %%
order("demo-o1")

# %%
import ipywidgets

ipywidgets.interact(lambda x: print("The slider is at", x), x=(0, 10))

# %%
# exercise: demo-01

# %%
double(21)

# %%
# exercise: demo-02

# %%
# exercise: demo-03
