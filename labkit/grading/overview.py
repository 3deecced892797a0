"""`progress`: what the learner has done, over every topic that has exercises or questions."""

from __future__ import annotations

from labkit.grading import journal, questions, shelf
from labkit.grading.journal import Event, History
from labkit.grading.page import Fields, Fold, Page, Part, Say


def progress() -> Page:
    """What is done and what comes next."""
    events = journal.read()
    exercises = {name: state_of(History(name, events)) for name in shelf.folders()}
    met = sum(state == "met" for state in exercises.values())
    parts: list[Part] = [Say(f"Progress: {met} of {len(exercises)} exercises met", loud=True)]
    for topic in shelf.topics():
        asked = [question.id for question in questions.of_topic(topic)]
        parts.append(_topic(topic.name, exercises, asked, events))
    following = next((name for name, state in exercises.items() if state != "met"), None)
    parts.append(Say(f"Next: {following}" if following else "Every exercise is met."))
    return Page("Progress", parts)


def state_of(history: History) -> str:
    """The only place that decides what the progress file makes of an exercise."""
    if history.passed:
        return "met"
    if not history.attempts:
        return "not attempted"
    return f"not yet met, {history.attempts} different {'answer' if history.attempts == 1 else 'answers'}"


def _topic(name: str, exercises: dict[str, str], asked: list[str], events: list[Event]) -> Fold:
    mine = {id: state for id, state in exercises.items() if id.rpartition("-")[0] == name}
    met = sum(state == "met" for state in mine.values())
    done = {event["id"] for event in events if event["event"] in ("prediction", "recall", "order")} & set(asked)
    summary = f"{name}: {met} of {len(mine)} exercises met, {len(done)} of {len(asked)} questions answered"
    return Fold(summary, [Fields(list(mine.items()), prose=list(mine))])
