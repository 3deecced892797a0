"""The closed forms of Workflows beside what is counted."""

from __future__ import annotations

from labkit.sim import workflows
from labkit.sim.workflows import Policy
from labkit.sim.workflows.replay import IDLE, NAP
from labkit.sim.workflows.retries import USUAL
from tests.sim.cases import Case, Random

INSTANCES, STEP = 300, 2
LINEAR = Policy(4, 3.0, "linear")


def passes(random: Random, rounds: float) -> list[list[int]]:
    """How often each round's step is come to in each instance, by going through `run()` again after each long sleep."""
    found = []
    for _ in range(INSTANCES):
        met, reached = [0] * int(rounds), 0
        while reached < rounds:
            for number in range(reached + 1):
                met[number] += 1
            while random.exponential(NAP) <= IDLE:
                reached += 1
                if reached == rounds:
                    break
                met[reached] += 1
            else:
                reached += 1
                if reached == rounds:  # the last sleep was long: once more from the top, to the end
                    met = [each + 1 for each in met]
        found.append(met)
    return found


def runs(random: Random, rounds: float) -> tuple[float, float]:
    """The first round's step is come to in each run."""
    return sum(met[0] for met in passes(random, rounds)), INSTANCES


def replayed(random: Random, rounds: float) -> tuple[float, float]:
    return sum(sum(met) - len(met) for met in passes(random, rounds)), INSTANCES


def before(random: Random, rounds: float) -> tuple[float, float]:
    return sum(met[STEP - 1] for met in passes(random, rounds)), INSTANCES


def step(random: Random, p: float, policy: Policy) -> tuple[int, bool, float]:
    """Attempts, whether all failed, and seconds between them, attempt by attempt."""
    attempts, waited = 1, 0.0
    while random.random() < p:
        if attempts > policy.limit:
            return attempts, True, waited
        factor = {"constant": 1, "linear": attempts, "exponential": 2 ** (attempts - 1)}[policy.backoff]
        waited += policy.delay * factor
        attempts += 1
    return attempts, False, waited


def stepped(which: int, policy: Policy = USUAL):
    def replication(random: Random, p: float) -> tuple[float, float]:
        return sum(step(random, p, policy)[which] for _ in range(INSTANCES)), INSTANCES

    return replication


ROUNDS, FAILING = (2, 5, 10), (0.2, 0.5, 0.8)
CONSTANT = Policy(5, 10.0, "constant")

CASES = [
    Case("executions of run()", "rounds", ROUNDS, workflows.runs, runs),
    Case("replayed steps", "rounds", ROUNDS, workflows.replayed, replayed),
    Case("executions before the second step", "rounds", ROUNDS, lambda x: workflows.executions_before(STEP, x), before),
    Case("attempts of a step", "p", FAILING, workflows.attempts, stepped(0)),
    Case("steps that fail", "p", (0.5, 0.7, 0.9), workflows.failed, stepped(1)),
    Case("exponential backoff", "p", FAILING, workflows.waited, stepped(2)),
    Case("linear backoff", "p", FAILING, lambda x: workflows.waited(x, LINEAR), stepped(2, LINEAR)),
    Case("constant backoff", "p", FAILING, lambda x: workflows.waited(x, CONSTANT), stepped(2, CONSTANT)),
]
