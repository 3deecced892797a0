"""Linearizability: whether what many callers saw can be the work of one thing that does one operation at a time.

`check(history)` decides it for all callers together, `sessions(history)` for each alone. A history is a list of
`Operation`s, or what a `Recorder` put into a lab's trace, or the text of a published one (`published`);
`labkit.viz.history` draws it.

    recorded = Recorder(lab)
    await recorded.write("flag", "on", lambda: lab.env("LHR").KV.put("flag", "on"), by="London")
    await recorded.read("flag", lambda: lab.env("NRT").KV.get("flag"), by="Tokyo")
    check(history(lab.trace))
"""

from labkit.sim.linearizability.checker import Verdict, check
from labkit.sim.linearizability.models import COUNTER, QUEUE, REGISTER, TEXT, Model
from labkit.sim.linearizability.operations import UNSEEN, Operation
from labkit.sim.linearizability.recorder import Recorder, history
from labkit.sim.linearizability.sessions import sessions

__all__ = [
    "COUNTER", "QUEUE", "REGISTER", "TEXT", "UNSEEN", "Model", "Operation", "Recorder", "Verdict", "check", "history",
    "sessions",
]  # fmt: skip
