"""A learner's hands on JupyterLab: open a notebook, run it, click, type, look.

    with open_lab(work, scratch) as page:
        open_notebook(page, "04_kv.ipynb")
        run_all(page)
        screenshot(page, "04.png")

`page` is Playwright's, so everything else it can do is at hand too.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Locator, Page, sync_playwright

from tests.browser.server import serving

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}
NOTEBOOK = ".jp-NotebookPanel:not(.lm-mod-hidden)"
SCROLLED = f"{NOTEBOOK} .jp-WindowedPanel-outer"
HEIGHTS = """panel => {
    const last = [...panel.querySelectorAll('.jp-Cell')].at(-1).getBoundingClientRect();
    return [last.bottom - panel.getBoundingClientRect().top + panel.scrollTop, panel.clientHeight];
}"""
INKS = """element => {
    let below = element;
    while (getComputedStyle(below).backgroundColor === 'rgba(0, 0, 0, 0)') below = below.parentElement;
    return [getComputedStyle(element).color, getComputedStyle(below).backgroundColor];
}"""


@contextmanager
def open_lab(work: Path, scratch: Path, width: int = 1100, height: int = 1300) -> Iterator[Page]:
    """A browser's page on a new JupyterLab whose root is `work`, with the side bar folded away."""
    with serving(work, scratch) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            page = browser.new_page(viewport={"width": width, "height": height})
            page.set_default_timeout(30_000)
            page.goto(f"{address}/lab")
            page.wait_for_selector("#jp-main-dock-panel")
            page.wait_for_function("window.jupyterapp !== undefined")
            page.evaluate("async () => { await jupyterapp.restored }")
            command(page, "application:toggle-left-area")
            yield page
        finally:
            browser.close()


def command(page: Page, name: str, **arguments: object) -> None:
    """Run a command of JupyterLab, the same one that its menu runs, and wait until it is done."""
    page.evaluate("async ([name, args]) => { await jupyterapp.commands.execute(name, args) }", [name, arguments])


def open_notebook(page: Page, path: str) -> None:
    """Open a notebook, by its path from the root, and wait for its kernel: a Run All before that is lost."""
    command(page, "docmanager:open", path=path)
    page.wait_for_selector(f"{NOTEBOOK} .jp-Cell")
    wait_idle(page)


def wait_idle(page: Page) -> None:
    """Return when the status bar says that the kernel is idle."""
    page.wait_for_function("document.querySelector('#jp-main-statusbar')?.innerText.includes('| Idle')")


def run_all(page: Page, seconds: float = 120) -> None:
    """Run every cell and wait until the last one is done and the page has drawn it."""
    page.set_default_timeout(seconds * 1000)
    command(page, "notebook:run-all-cells")
    wait_idle(page)
    page.set_default_timeout(30_000)
    page.wait_for_timeout(300)


def cell(page: Page, text: str) -> Locator:
    """The code cell whose input holds a text, such as "# exercise: kv-02"."""
    return page.locator(f"{NOTEBOOK} .jp-CodeCell").filter(has=page.locator(".jp-InputArea", has_text=text)).first


def rewrite(page: Page, found: Locator, code: str) -> None:
    """Replace a cell's text by typing into its editor, and run it."""
    found.locator(".cm-content").click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(code)
    page.keyboard.press("Control+Enter")
    wait_idle(page)


def errors(page: Page) -> list[str]:
    """What the notebook shows in red: the last line of each traceback, and each warning whole."""
    red = page.locator(f"{NOTEBOOK} .jp-RenderedText[data-mime-type='application/vnd.jupyter.stderr']")
    texts = [text.strip() for text in red.all_inner_texts()]
    return [text.splitlines()[-1] if "Traceback" in text else text for text in texts if text]


def theme(page: Page, name: str) -> None:
    """Put on the "light" or the "dark" theme."""
    command(page, "apputils:change-theme", theme=THEMES[name])
    page.wait_for_selector(f"body[data-jp-theme-light='{str(name == 'light').lower()}']", state="attached")
    page.wait_for_timeout(300)


def contrast(found: Locator) -> float:
    """The contrast ratio, 1 to 21, of an element's text on the first background below it, as WCAG defines it."""
    inks = found.evaluate(INKS)
    light, dark = sorted((_luminance(ink) for ink in inks), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(ink: str) -> float:
    """The relative luminance of a colour such as "rgb(17, 17, 17)"."""
    channels = [int(part) / 255 for part in re.findall(r"\d+", ink)[:3]]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def screenshot(page: Page, path: Path | str) -> Path:
    """What the window shows now, as a PNG."""
    page.screenshot(path=path)
    return Path(path)


def screenshots(page: Page, folder: Path, stem: str) -> list[Path]:
    """The whole notebook, a window at a time: stem-01.png, stem-02.png and on."""
    folder.mkdir(parents=True, exist_ok=True)
    panel = page.locator(SCROLLED)
    total, window = panel.evaluate(HEIGHTS)
    taken = []
    for number, top in enumerate(range(0, int(total), window - 60), 1):
        panel.evaluate("(element, top) => element.scrollTo(0, top)", top)
        page.wait_for_timeout(150)
        taken.append(folder / f"{stem}-{number:02d}.png")
        panel.screenshot(path=taken[-1])
    return taken
