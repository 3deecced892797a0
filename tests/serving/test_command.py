"""`labkit serve DIR`, as a process of its own."""

from __future__ import annotations

import asyncio
import re
import signal
import subprocess
import sys
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from labkit.cli import main
from labkit.errors import LabError
from labkit.folder import build, migrate, secrets, stamps
from labkit.serve import keep, next_version
from tests.serving.test_server import is_free

COUNTER = """
from workers import Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        count = int(await self.env.COUNTS.get("n") or 0) + 1
        await self.env.COUNTS.put("n", str(count))
        print("counted", count)
        return Response(f"{self.env.GREETING} {self.env.TOKEN} {count}")
"""
JSONC = """{
    // a counter
    "name": "counter", "main": "src/entry.py",
    "vars": {"GREETING": "hello"}, "kv_namespaces": [{"binding": "COUNTS"}],
}"""
TOML = """
name = "counter"
main = "src/entry.py"
[vars]
GREETING = "hello"
[[kv_namespaces]]
binding = "COUNTS"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "entry.py").write_text(COUNTER)
    (tmp_path / "wrangler.jsonc").write_text(JSONC)
    (tmp_path / ".dev.vars").write_text("# secrets\nTOKEN = 'a=b'\n\nno line of ours\n")
    return tmp_path


@pytest.fixture
def served(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """The command, serving the folder on a port of its choice."""
    command = [
        sys.executable,
        "-m",
        "labkit.cli",
        "serve",
        str(folder),
        "--port",
        "0",
        "--speed",
        "inf",
        "--colo",
        "SYD",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        yield process
        process.kill()


def said(process: subprocess.Popen[str], words: str) -> str:
    """What the command has said up to a line with these words."""
    lines: list[str] = []
    assert process.stdout
    while words not in (line := process.stdout.readline()):
        assert line, f"it ended with {process.wait()} after {lines}"
        lines.append(line)
    return "".join([*lines, line])


def test_it_serves_until_ctrl_c_and_leaves_the_port_free(served):
    greeting = said(served, "Ctrl-C ends it")
    assert "counter is at http://localhost:" in greeting and "SYD (Sydney" in greeting
    assert re.search(r"env\.COUNTS +kv_namespaces\n  env\.GREETING +vars\n", greeting)
    port = int(re.findall(r"localhost:(\d+)", greeting)[0])
    assert httpx.get(f"http://127.0.0.1:{port}/a").text == "hello a=b 1"
    assert "counted 1" in said(served, "GET /a 200 OK")
    served.send_signal(signal.SIGINT)
    rest, _ = served.communicate(timeout=30)
    assert (served.returncode, rest) == (0, "") and is_free(port)


def test_a_changed_file_begins_it_anew_with_what_is_stored(served, folder):
    port = int(re.findall(r"localhost:(\d+)", said(served, "Ctrl-C ends it"))[0])
    url, entry = f"http://127.0.0.1:{port}/", folder / "src" / "entry.py"
    assert httpx.get(url).text == "hello a=b 1"
    entry.write_text("class (")
    assert "is not Python, at line 1" in said(served, "The version before goes on.")
    entry.write_text(COUNTER.replace("{count}", "{count}!"))
    said(served, "Ctrl-C ends it")
    assert httpx.get(url).text == "hello a=b 2!"


def test_toml_is_read_too(folder):
    (folder / "wrangler.jsonc").unlink()
    (folder / "wrangler.toml").write_text(TOML)
    lab = build(folder, "free", 0.0)
    assert (lab.config.name, lab.world.plan, [name for _, name in lab.config.bound]) == ("counter", "free", ["COUNTS"])
    assert lab.run(lab.run(lab.fetch("/")).text()) == "hello a=b 1"


@pytest.mark.parametrize(
    "name, text, why",
    [
        ("wrangler.jsonc", '{"name": "a"}', 'names no "main"'),
        ("wrangler.jsonc", '{"main": "gone.py"}', "no Worker at"),
        ("wrangler.jsonc", '{"main": "src/entry.py", "kv_namespace": []}', "Did you mean 'kv_namespaces'?"),
        ("wrangler.jsonc", "{", "is not JSON"),
        ("wrangler.toml", "name", "wrangler.toml is not TOML"),
        ("other.toml", "name", "There is no wrangler.json, wrangler.jsonc, wrangler.toml in"),
    ],
)
def test_a_folder_that_is_no_worker_is_refused_in_a_sentence(folder, capsys, name, text, why):
    (folder / "wrangler.jsonc").unlink()
    (folder / name).write_text(text)
    assert main(["serve", str(folder)]) == 1
    said = capsys.readouterr().err
    assert why in said and "Traceback" not in said


def test_a_change_is_seen_in_the_workers_own_files_alone(folder):
    before = stamps(folder)
    assert {Path(name).name for name in before} == {"entry.py", "wrangler.jsonc", ".dev.vars"}
    for place in (".venv", "node_modules", "__pycache__"):
        (folder / place).mkdir()
        (folder / place / "other.py").write_text("")
    assert stamps(folder) == before
    (folder / "src" / "helper.py").write_text("")
    assert stamps(folder) != before


NOTES = """
from workers import Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        db = self.env.DB
        if request.method == "POST":
            await db.prepare("INSERT INTO notes (text) VALUES (?)").bind(await request.text()).run()
        found = await db.prepare("SELECT text FROM notes").all()
        return Response.json([row.text for row in found.results])
"""


@pytest.fixture
def notes(tmp_path):
    """A Worker with a database, two migrations and a page."""
    for name in ("migrations", "public"):
        (tmp_path / name).mkdir()
    (tmp_path / "entry.py").write_text(NOTES)
    (tmp_path / "public" / "index.html").write_text("<h1>first")
    (tmp_path / "migrations" / "0001_notes.sql").write_text("CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT);")
    (tmp_path / "wrangler.toml").write_text("""
name = "notes"
main = "entry.py"
assets = { directory = "public" }
[[d1_databases]]
binding = "DB"
""")
    return tmp_path


def answered(lab, path, **options):
    response = lab.run(lab.fetch(path, **options))
    return lab.run(response.text())


def test_migrations_of_the_folder_are_applied_once_and_a_changed_page_is_served(notes):
    lab = build(notes, "paid", 0.0)
    assert migrate(lab) == ["  DB: applied 0001_notes.sql"] and migrate(lab) == []
    assert answered(lab, "/api", method="POST", body="tea") == '["tea"]'
    assert answered(lab, "/") == "<h1>first"
    (notes / "public" / "index.html").write_text("<h1>second")
    (notes / "migrations" / "0002_more.sql").write_text("ALTER TABLE notes ADD COLUMN at TEXT;")
    after = build(notes, "paid", 0.0)
    asyncio.run(keep(lab, after))
    assert migrate(after) == ["  DB: applied 0002_more.sql"]
    assert (answered(after, "/api"), answered(after, "/")) == ('["tea"]', "<h1>second")


def test_a_migration_that_fails_is_named(notes):
    (notes / "migrations" / "0002_wrong.sql").write_text("CREATE TABEL x (y);")
    with pytest.raises(LabError, match="Migration 0002_wrong.sql failed and is undone"):
        migrate(build(notes, "paid", 0.0))


def test_a_folder_may_have_static_assets_alone(notes):
    (notes / "wrangler.toml").write_text('name = "page"\nassets = { directory = "public" }\n')
    assert answered(build(notes, "paid", 0.0), "/") == "<h1>first"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("A=1\r\nB = two # a note\r\n#C=3", {"A": "1", "B": "two"}),
        ("export A=1\nB: 2\nC=", {"A": "1", "B": "2", "C": ""}),
        ('A="a # b\nc\\nd" # e\nB=\'x\\ny\'\nC=`"q"`', {"A": "a # b\nc\nd", "B": "x\\ny", "C": '"q"'}),
        ("A=b=c\nno line of ours\nD=e", {"A": "b=c", "D": "e"}),
    ],
)
def test_secrets_are_read_as_dotenv_reads_them(folder: Path, text: str, found: dict[str, str]):
    (folder / ".dev.vars").write_bytes(text.encode())
    assert dict(secrets(folder)) == found


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (".dev.vars", b"\xff"),
        ("wrangler.jsonc", b"\xff"),
        ("wrangler.jsonc", b"{"),
        ("src/entry.py", b"\xff"),
        ("src/entry.py", b"def ("),
        ("src/entry.py", b"x = " + b"-" * 100_000 + b"1"),
    ],
)
def test_whatever_a_file_holds_the_version_before_goes_on(folder: Path, capsys, name: str, content: bytes):
    async def changed() -> None:
        waiting = asyncio.ensure_future(next_version(Namespace(folder=folder, plan="paid"), 0.0, {}))
        while "The version before goes on." not in (seen := capsys.readouterr().out):
            await asyncio.sleep(0.01)
            assert not waiting.done() or waiting.result()
        assert "Traceback" not in seen
        waiting.cancel()

    (folder / name).write_bytes(content)
    asyncio.run(asyncio.wait_for(changed(), 20))
