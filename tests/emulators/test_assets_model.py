"""Static assets against a plain model: a dict of files, and for each place the contents that it has seen."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.emulators.sites import Visitor
from tests.emulators.worlds import planet

PATHS = ["/a.txt", "/b.txt", "/c/d.txt"]
CONTENTS = st.sampled_from(["one", "two", "three"])
SITES = st.dictionaries(st.sampled_from(PATHS), CONTENTS, min_size=1)
PLACES = st.sampled_from(["SYD", "LHR", "GRU"])


class Site(RuleBasedStateMachine):
    @initialize(files=SITES)
    def begin(self, files):
        self.site = Visitor(files, bench=planet())
        self.files, self.stored, self.seen = dict(files), set(files.values()), set[tuple[str, str]]()
        self.down_until, self.saved = 0.0, None

    @rule(files=SITES)
    def deploy(self, files):
        upload = self.site.assets.deploy(files)
        assert {files[path] for path in upload.uploaded} == set(files.values()) - self.stored
        assert len(upload.uploaded) == len(set(files.values()) - self.stored)
        self.files, self.stored = dict(files), self.stored | set(files.values())

    @rule(path=st.sampled_from(PATHS), colo=PLACES)
    def get(self, path, colo):
        arrives = self.site.bench.now
        answer = self.site.get(path, colo)
        content, body = self.files.get(path), self.site.bench.run(answer.text())
        if content is None:
            assert (answer.status, body) == (404, "")
        elif answer.status == 500:
            assert arrives < self.down_until and (colo, content) not in self.seen
        else:
            assert (answer.status, body) == (200, content)
            self.seen.add((colo, content))

    @rule(seconds=st.integers(1, 30))
    def outage(self, seconds):
        self.site.assets.outage(seconds)
        self.down_until = self.site.bench.now + seconds

    @rule(seconds=st.integers(1, 60))
    def wait(self, seconds):
        self.site.bench.advance(seconds)

    @rule()
    def save(self):
        model = dict(self.files), set(self.stored), set(self.seen), self.down_until
        self.saved = self.site.assets.snapshot(), model

    @rule()
    def go_back(self):
        if self.saved:
            state, (files, stored, seen, self.down_until) = self.saved
            self.site.assets.restore(state)
            self.files, self.stored, self.seen = dict(files), set(stored), set(seen)

    @invariant()
    def copies_are_where_the_contents_were_seen(self):
        for path, content in getattr(self, "files", {}).items():
            held = {row["colo"] for row in self.site.assets.copies(path) if row["tier"] == "local"}
            assert held == {colo for colo, seen in self.seen if seen == content}


TestSite = Site.TestCase
TestSite.settings = settings(max_examples=40, stateful_step_count=25, deadline=None)
