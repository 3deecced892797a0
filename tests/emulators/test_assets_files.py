"""Which files a version holds, as what, and what is refused: wrangler's words, and the folder that nobody leaves."""

from __future__ import annotations

import mimetypes
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit import facts
from labkit.emulators.assets.content_types import TYPES, content_type
from labkit.emulators.assets.files import read
from labkit.emulators.assets.ignored import ignoring
from labkit.errors import ConfigError, LabError
from tests.emulators.sites import Visitor

MIB = 1 << 20


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    public = tmp_path / "public"
    (public / "a").mkdir(parents=True)
    (public / "index.html").write_text("home")
    (public / "a" / "ž.txt").write_text("letters")
    (tmp_path / "secret.txt").write_text("not public")
    return public


def test_a_folder_is_read_with_its_hidden_files_and_folders(folder: Path):
    (folder / ".hidden").write_text("")
    (folder / "node_modules").mkdir()
    (folder / "node_modules" / "m.js").write_text("")
    (folder / "empty").mkdir()
    assert list(read(folder, "paid").files) == ["/.hidden", "/a/ž.txt", "/index.html", "/node_modules/m.js"]


def test_a_dict_is_a_folder_too():
    found = read({"/b.html": "text", "a/c": b"\xff", "_headers": "/*\n  x: 1"}, "paid")
    assert [(file.path, file.content) for file in found.files.values()] == [("/a/c", b"\xff"), ("/b.html", b"text")]
    assert (found.headers, found.redirects) == ("/*\n  x: 1", None)


@pytest.mark.parametrize("path", ["", "/", "a//b", "../a", "a/../b", "a/./b", "a/", ".."])
def test_a_path_that_no_file_in_a_folder_has_is_refused(path: str):
    with pytest.raises(ConfigError, match="No file in a folder has the path"):
        read({path: ""}, "paid")


@pytest.mark.parametrize("files", [{"/a": 5}, {5: "a"}, {"/a": None}])
def test_what_is_neither_text_nor_bytes_is_no_asset(files):
    with pytest.raises(ConfigError, match="text or bytes by their path"):
        read(files, "paid")


def test_two_files_of_one_path_are_refused():
    with pytest.raises(ConfigError, match="Two files have the path 'a'"):
        read({"/a": "1", "a": "2"}, "paid")


@pytest.mark.parametrize("files", [5, ["a"], True, b"a"])
def test_what_is_neither_a_folder_nor_files_is_refused(files):
    with pytest.raises(ConfigError, match="Assets are a folder, or contents by their paths; this is"):
        Visitor(files)


def test_no_name_is_no_folder():
    with pytest.raises(ConfigError, match="The assets directory cannot be an empty string"):
        Visitor("")


def test_a_file_that_is_too_large_is_not_read_first(folder: Path, monkeypatch: pytest.MonkeyPatch):
    with (folder / "large.bin").open("wb") as file:
        file.truncate(25 * MIB + 1)
    read_before: list[str] = []
    read_bytes = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda path: read_before.append(path.name) or read_bytes(path))
    with pytest.raises(ConfigError, match="large.bin with a size of 25 MiB"):
        read(folder, "paid")
    assert read_before == ["ž.txt", "index.html"]


def test_a_link_to_a_file_inside_is_a_file_and_one_that_leads_out_is_left_out(folder: Path, tmp_path: Path):
    (folder / "inside.html").symlink_to(folder / "index.html")
    (folder / "outside.txt").symlink_to(tmp_path / "secret.txt")
    (folder / "up").symlink_to(tmp_path, target_is_directory=True)
    (folder / "broken").symlink_to(folder / "nowhere")
    with pytest.warns(UserWarning, match="outside.txt is a link that leaves the folder of assets"):
        site = Visitor(folder)
    assert site.text("/inside") == "home"
    assert [site.get(path).status for path in ("/outside.txt", "/up/secret.txt", "/broken")] == [404, 404, 404]


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path):
    with pytest.raises(
        ConfigError, match=r'"assets.directory" field in your configuration file does not exist:\n.*gone'
    ):
        read(tmp_path / "gone", "paid")


def test_25_mib_are_the_most_and_one_byte_more_is_refused():
    assert len(read({"a": bytes(25 * MIB)}, "paid").files) == 1
    with pytest.raises(ConfigError) as caught:
        read({"dir/a.bin": bytes(25 * MIB + 1)}, "paid")
    assert str(caught.value).startswith(
        "Asset too large.\nCloudflare Workers supports assets with sizes of up to 25 MiB. We found a file "
        "(in memory)/dir/a.bin with a size of 25 MiB.\nEnsure all assets in your assets directory"
    )


def test_a_version_holds_20000_files_on_the_free_plan_and_not_one_more():
    files = {f"f{number}": b"" for number in range(20_000)}
    assert len(read(files | {"_headers": ""}, "free").files) == 20_000
    with pytest.raises(ConfigError) as caught:
        read(files | {"one": b""}, "free")
    assert str(caught.value).startswith(
        "Maximum number of assets exceeded.\nCloudflare Workers supports up to 20,000 assets in a version. We found "
        '20,001 files in the specified assets directory "(in memory)".'
    )
    assert len(read(files | {"one": b""}, "paid").files) == 20_001
    assert facts.value("assets.files", plan="paid") == 100_000


@pytest.mark.parametrize(("name", "kind"), [("_worker.js", "file"), ("_worker.js/index.js", "directory")])
def test_server_code_is_not_shown_to_the_world_by_accident(name: str, kind: str):
    with pytest.raises(ConfigError) as caught:
        read({name: ""}, "paid")
    assert str(caught.value).startswith(
        f"Uploading a Pages _worker.js {kind} as an asset.\nThis could expose your private server-side code to the "
        "public Internet. Is this intended?"
    )
    assert list(read({name: "", ".assetsignore": ""}, "paid").files) == [f"/{name}"], "an empty .assetsignore means it"
    assert not read({name: "", ".assetsignore": "_worker.js"}, "paid").files


@pytest.mark.parametrize(
    ("lines", "left_out", "kept"),
    [
        ("*.map", ["a.map", "b/c.map", "A.MAP"], ["a.mapx", "amap"]),
        ("/*.map", ["a.map"], ["b/a.map"]),
        ("build", ["build", "build/a", "x/build/a"], ["builds", "rebuild/a"]),
        ("build/", ["build/a", "x/build/a"], ["build"]),
        ("a/b", ["a/b", "a/b/c"], ["x/a/b"]),
        ("**/b", ["b", "a/b", "a/x/b/c"], ["ab"]),
        ("a/**", ["a/b", "a/b/c"], ["a", "b/a"]),
        ("a/**/z", ["a/z", "a/b/z", "a/b/c/z"], ["z", "b/a/z"]),
        ("f?.txt", ["f1.txt"], ["f.txt", "f12.txt", "f/.txt"]),
        ("f[0-9].txt\ng[!0-9].txt", ["f1.txt", "gx.txt"], ["fx.txt", "g1.txt"]),
        ("*\n!keep.txt", ["a"], ["keep.txt"]),
        ("a/\n!a/b", ["a/b"], []),
        ("a/*\n!a/b", ["a/c"], ["a/b"]),
        ("# a\n\n   \na ", ["a"], ["# a", "b"]),
        ("\\#a\n\\!b\nc\\ ", ["#a", "!b", "c "], ["c"]),
        ("[z-a]\n!", [], ["z", "a"]),
        ("/", [], ["a"]),
        ("", ["_headers", "_redirects", ".assetsignore"], ["a/_headers", "x/.assetsignore"]),
        ("!_headers", [], ["_headers"]),
        ("a.b", ["a.b"], ["axb"]),
        ("a\r\nb\r", ["a", "b"], []),
    ],
)
def test_lines_of_assetsignore_mean_what_gitignore_says(lines: str, left_out: list[str], kept: list[str]):
    is_ignored = ignoring(lines)
    assert [path for path in [*left_out, *kept] if is_ignored(path)] == left_out


@settings(max_examples=60)
@given(st.text("ab*?/![]\\#. \n-", max_size=20), st.text("ab/.", min_size=1, max_size=8))
def test_any_assetsignore_can_be_read(text: str, path: str):
    assert ignoring(text)(path) in (True, False)


def test_content_types_do_not_come_from_the_machine(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(mimetypes, "types_map", {".html": "x/y", ".webp": "x/y"})
    assert content_type("/a/x.html") == "text/html; charset=utf-8"
    assert content_type("/x.JS") == "text/javascript; charset=utf-8"
    assert content_type("/x.webp") == "image/webp"
    assert content_type("/x.json") == "application/json"


@pytest.mark.parametrize("path", ["/none", "/a.b/none", "/.html", "/x.", "/x.unheard"])
def test_what_has_no_known_extension_has_no_type(path: str):
    assert content_type(path) is None


def test_the_fidelity_table_counts_the_extensions_rightly():
    from labkit.emulators import assets

    assert f"| {len(TYPES)} file extensions of" in (assets.__doc__ or "")


def test_a_changed_folder_is_seen_when_it_is_looked_at_again(folder: Path):
    site = Visitor(folder)
    assert site.assets.refresh() is None
    (folder / "index.html").write_text("home, rebuilt")
    assert site.text("/") == "home", "a version stays as it was uploaded"
    upload = site.assets.refresh()
    assert upload is not None and upload.uploaded == ["/index.html"]
    assert (site.text("/"), site.assets.refresh()) == ("home, rebuilt", None)
    (folder / "new.txt").write_text("n")
    (folder / "a" / "ž.txt").unlink()
    assert [(row["action"], row["path"]) for row in site.assets.refresh() or ()] == [
        ("=", "/index.html"), ("+", "/new.txt"), ("-", "/a/ž.txt"),
    ]  # fmt: skip


def test_a_version_that_is_refused_changes_nothing(folder: Path):
    site = Visitor(folder)
    with pytest.raises(ConfigError, match="does not exist"):
        site.assets.deploy(folder / "gone")
    (folder / "index.html").write_text("home, rebuilt")
    assert site.assets.deploy().uploaded == ["/index.html"], "it still is the folder that was read before"
    assert site.assets.version == 2


def test_a_snapshot_goes_back_to_the_folder_too(folder: Path):
    site = Visitor(folder)
    state = site.assets.snapshot()
    (folder / "index.html").write_text("home, rebuilt")
    site.assets.refresh()
    site.assets.deploy({"other.txt": "no folder"})
    assert site.assets.refresh() is None
    site.assets.restore(state)
    assert site.text("/") == "home"
    assert site.assets.refresh() is not None, "the folder is not as it was"
    assert site.text("/") == "home, rebuilt"


def test_files_that_were_given_by_name_cannot_be_read_again():
    site = Visitor({"a": "1"})
    with pytest.raises(LabError, match="no folder that could be read again"):
        site.assets.deploy()
