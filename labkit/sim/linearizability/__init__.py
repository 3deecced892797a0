"""Linearizability: whether what many callers saw can be the work of one thing that does one operation at a time.

`check(history)` decides it, from a list of `Operation`s, from what a `Recorder` put into a lab's trace, or from the
text of a published history (`published`); `labkit.viz.history` draws it.

    recorded = Recorder(lab)
    await recorded.write("flag", "on", lambda: lab.env("LHR").KV.put("flag", "on"), by="London")
    await recorded.read("flag", lambda: lab.env("NRT").KV.get("flag"), by="Tokyo")
    check(history(lab.trace))
"""

from labkit.sim.linearizability.checker import Verdict, check
from labkit.sim.linearizability.models import COUNTER, QUEUE, REGISTER, TEXT, Model
from labkit.sim.linearizability.operations import UNSEEN, Operation
from labkit.sim.linearizability.recorder import Recorder, history

__all__ = [
    "COUNTER", "QUEUE", "REGISTER", "TEXT", "UNSEEN", "Model", "Operation", "Recorder", "Verdict", "check", "history",
]  # fmt: skip
