"""Set up the workbook and open it, with nothing but Python and its standard library.

    python3 lab.py            make .venv once, then open JupyterLab on your copies in work/
    python3 lab.py test       the same set-up, then the whole test suite
    python3 lab.py WORD ...   the same set-up, then `labkit WORD ...`: doctor, where, progress and others

Only the set-up lives here; everything else is the `labkit` command's. An old Python must get a sentence
and not a SyntaxError, so this file parses on Python 3.6: no annotations import, no walrus, no match.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
OLDEST = (3, 11)
AGAIN = "py lab.py" if os.name == "nt" else "python3 lab.py"

# What an installer prints when it fails, and the one sentence that a learner needs then. The first match counts.
REMEDIES = [
    (
        r"No space left on device|not enough space on the disk",
        "The disk is full: free 1 GB, then run `{again}` again.",
    ),
    (
        r"certificate verify failed|CERTIFICATE_VERIFY_FAILED|invalid peer certificate|UnknownIssuer",
        "The package index's certificate is not trusted here: point SSL_CERT_FILE and PIP_CERT at your company's "
        "certificate file, then run `{again}` again.",
    ),
    (
        r"name resolution|getaddrinfo|dns error|NewConnectionError|Connection refused|unreachable|timed out|"
        r"Max retries exceeded|from versions: none|error sending request|Failed to fetch|ProxyError|tunnel",
        "The package index cannot be reached: connect to the internet for this first set-up (later runs need none), "
        "or set HTTPS_PROXY if you sit behind a proxy, then run `{again}` again.",
    ),
]


class Refused(Exception):
    """The set-up cannot go on; the message is one sentence with the remedy."""


def main(words):
    """Set up if need be, then hand the words to `labkit`; returns the exit code."""
    if words[:1] in (["-h"], ["--help"]):
        print(__doc__)
        return 0
    try:
        refuse_old_python(sys.version_info)
        set_up(with_tests=list(words[:1]) == ["test"])
    except Refused as reason:
        print(reason, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. `%s` goes on from here." % AGAIN, file=sys.stderr)
        return 130
    return follow([str(python()), "-m", "labkit.cli"] + (list(words) or ["start"]))


def refuse_old_python(version):
    """Refuse a Python older than `OLDEST`, naming a newer one on PATH if there is one."""
    if tuple(version[:2]) >= OLDEST:
        return
    newer = next((name for name in ("python3.13", "python3.12", "python3.11") if starts(name)), None)
    remedy = "run `%s lab.py`" % newer if newer else "install one from python.org, then run `%s` again" % AGAIN
    raise Refused("The workbook needs Python 3.11 or newer and this is %d.%d: %s." % (version[0], version[1], remedy))


def starts(name):
    """Whether a command of that name is on PATH and starts (pyenv puts shims there that do not)."""
    return bool(shutil.which(name)) and not subprocess.call([name, "-c", ""], stderr=subprocess.DEVNULL)


def set_up(with_tests=False):
    """Make and fill .venv, unless its stamps say that it already holds exactly this; tests need more packages."""
    wanted = stamp()
    stamps = [VENV / "set-up-of"] + ([VENV / "set-up-of-tests"] if with_tests else [])
    if python().exists() and all(path.exists() and path.read_text() == wanted for path in stamps):
        return
    try:
        fill(".[test]" if with_tests else ".")
        for path in stamps:
            path.write_text(wanted)
    except OSError as error:
        raise Refused(
            "This folder cannot be written (%s): move it to your home folder, then run `%s` again." % (error, AGAIN)
        ) from None


def fill(project):
    """Install the project and what it needs into .venv, by uv where it is on PATH, else by pip."""
    uv = shutil.which("uv")
    print("Setting up .venv with %s ..." % ("uv: a few seconds" if uv else "pip: about a minute, once"), flush=True)
    if not usable():
        make_venv(with_pip=not uv)
    by_uv = [uv, "pip", "install", "--python", str(python()), "pip"]
    by_pip = [str(python()), "-m", "pip", "install", "--disable-pip-version-check"]
    install((by_uv if uv else by_pip) + ["-c", "constraints.txt", "-e", project])


def stamp():
    """What .venv was set up from: the Python, the place (an editable install names it), the lists of packages."""
    lists = b"".join((ROOT / name).read_bytes() for name in ("pyproject.toml", "constraints.txt"))
    return "Python %d.%d in %s from %s\n" % (*sys.version_info[:2], ROOT, hashlib.sha256(lists).hexdigest())


def python():
    """The Python of .venv."""
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def usable():
    """Whether .venv already has a Python that starts, is of this version, and has pip."""
    try:
        asked = [str(python()), "-c", "import pip, sys; print(sys.version_info[:2])"]
        seen = subprocess.check_output(asked, stderr=subprocess.DEVNULL, universal_newlines=True)
    except (OSError, subprocess.CalledProcessError):
        return False
    return seen.strip() == str(tuple(sys.version_info[:2]))


def make_venv(with_pip):
    """Make an empty .venv in place of whatever stood there."""
    if with_pip:
        refuse_without_ensurepip()
    if VENV.exists():
        shutil.rmtree(str(VENV))
    install([sys.executable, "-m", "venv"] + ([] if with_pip else ["--without-pip"]) + [str(VENV)])


def refuse_without_ensurepip():
    """Refuse a Python that cannot put pip into a venv, as Debian's is without its python3-venv package."""
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        raise Refused(
            "This Python cannot make virtual environments: on Debian and Ubuntu run `sudo apt install python3-venv`, "
            "elsewhere install Python from python.org, then run `%s` again." % AGAIN
        ) from None


def install(command):
    """Run one step of the set-up with its progress on one line; refuse with the remedy when it fails."""
    said = []
    output = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "universal_newlines": True, "errors": "replace"}
    process = subprocess.Popen(command, cwd=str(ROOT), **output)
    for line in process.stdout:
        said.append(line.rstrip())
        show(said[-1])
    show("")
    if process.wait():
        raise Refused(remedy_for(said))


def remedy_for(said):
    """The sentence for what a failed installer printed; where the cause is unknown, its last lines come first."""
    for pattern, sentence in REMEDIES:
        if re.search(pattern, "\n".join(said), re.IGNORECASE):
            return sentence.format(again=AGAIN)
    unknown = "The packages could not be installed (the reason is above): delete .venv, then run `%s` again." % AGAIN
    return "\n".join(said[-15:] + [unknown])


def show(line):
    """Show a line of progress over the last one, on a terminal only."""
    if sys.stdout.isatty():
        sys.stdout.write("\r%-78s%s" % (line.strip()[:78], "" if line else "\r"))
        sys.stdout.flush()


def follow(command):
    """Run a command to its end and return its exit code; Ctrl-C reaches it too, and it ends by itself."""
    process = subprocess.Popen(command)
    try:
        return process.wait()
    except KeyboardInterrupt:
        return wind_up(process)


def wind_up(process):
    """Give an interrupted command ten seconds to end, then end it."""
    try:
        return process.wait(timeout=10)
    except (KeyboardInterrupt, subprocess.TimeoutExpired):
        process.terminate()
        return process.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
