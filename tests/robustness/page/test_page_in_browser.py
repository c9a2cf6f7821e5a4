"""The page as Chromium shows it, on a desk and on a phone."""

import html
import io
import json
import re
import shutil
import subprocess

import pytest

CHROMIUM = shutil.which("chromium")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium on the PATH")
SIZES = {"desk": (1280, 900), "phone": (390, 844)}
# Asks the page, inside a frame of the wanted width, for all that reaches beyond it.
PROBE = """<!doctype html>
<iframe id=f width=%d height=%d style="border:0" src="report.html"></iframe>
<pre id=out></pre><script>
f.onload = () => { const d = f.contentDocument;
d.querySelectorAll("details").forEach(e => e.open = true);
const wide = d.documentElement.scrollWidth, free = e => { for (; e; e = e.parentElement)
  if (["auto", "scroll"].includes(getComputedStyle(e).overflowX)) return false; return true; };
const out = [...d.querySelectorAll("main *")].filter(e => !e.closest("svg") && free(e) &&
  e.getBoundingClientRect().right > %d + 1).slice(0, 5).map(e => e.outerHTML.slice(0, 80));
document.getElementById("out").textContent = JSON.stringify({wide, out,
  mode: getComputedStyle(d.body).backgroundColor}); }
</script>"""


def chromium(folder, size, *arguments):
    done = subprocess.run(
        [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
         "--no-first-run", "--disable-background-networking", "--disable-component-update",
         "--disable-sync",
         "--allow-file-access-from-files", "--hide-scrollbars", "--enable-logging=stderr", "--v=0",
         f"--user-data-dir={folder / 'profile'}", "--window-size={},{}".format(*size), *arguments],
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert "CONSOLE" not in done.stderr, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def folder(full_files, tmp_path_factory):
    place = tmp_path_factory.mktemp("page")
    (place / "report.html").write_text(full_files["report.html"], encoding="utf-8")
    return place


@pytest.mark.parametrize("size", SIZES)
def test_nothing_reaches_beyond_the_screen(folder, size):
    width, height = SIZES[size]
    probe = folder / f"{size}.html"
    probe.write_text(PROBE % (width, height, width), encoding="utf-8")
    dom = chromium(
        folder, (1400, 1000), "--virtual-time-budget=5000", "--dump-dom", f"file://{probe}"
    )
    found = re.search(r"<pre id=\"out\">(\{.*?\})</pre>", dom, re.S)[1]
    found = json.loads(html.unescape(found))
    assert found["out"] == [] and found["wide"] == width


@pytest.mark.slow
def test_light_and_dark(folder):
    image = pytest.importorskip("PIL.Image")
    corner = {}
    for size, mode, scheme in (("phone", "dark", 0), ("desk", "light", 1)):
        path = folder / f"{size}_{mode}.png"
        chromium(
            folder, SIZES[size], f"--screenshot={path}",
            f"--blink-settings=preferredColorScheme={scheme}", f"file://{folder / 'report.html'}",
        )  # fmt: skip
        with image.open(io.BytesIO(path.read_bytes())) as picture:
            assert picture.size == SIZES[size]
            corner[mode] = picture.convert("RGB").getpixel((2, 2))
            assert len(picture.convert("RGB").getcolors(1 << 20)) > 50
    assert corner == {"dark": (20, 24, 28), "light": (255, 255, 255)}
