"""Takes the README's picture of the web page: one of its examples, answered by the demonstration's model.

    python benchmarks/page_picture.py [BUNDLE]

Needs Chromium and the extra [serve]. Another model, another picture: take it again when the bundle has changed.
"""

import io
import shutil
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
PICTURE = ROOT / "reports" / "pictures" / "page.png"
PORT = 8765
EXAMPLE = "jazz.ogg"
WIDTH, HEIGHT, BELOW = 1180, 900, 40  # CSS pixels; the picture ends so far below the families' terms


def main() -> None:
    """Serves, looks, and writes the picture."""
    bundle = sys.argv[1] if len(sys.argv) > 1 else str(ROOT / "models" / "demo" / "bundle.json")
    code = "from classically_punk.cli.app import main; main()"
    command = [sys.executable, "-c", code, "serve", "--bundle", bundle, "--port", str(PORT), "--workers", "1"]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as service, sync_playwright() as playwright:
        try:
            address = f"http://127.0.0.1:{PORT}/"
            wait_for(service, address)
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium") or shutil.which("google-chrome"), args=["--no-sandbox"]
            )
            page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT}, reduced_motion="reduce")
            page.goto(f"{address}#example={EXAMPLE}")
            page.wait_for_selector("#why-part:not([hidden])")
            end = page.evaluate("document.getElementById('families').getBoundingClientRect().bottom + scrollY")
            seen = page.screenshot(full_page=True, clip={"x": 0, "y": 0, "width": WIDTH, "height": end + BELOW})
            browser.close()
        finally:
            service.terminate()
    picture = Image.open(io.BytesIO(seen)).convert("RGB").quantize(256, Image.Quantize.MAXCOVERAGE, kmeans=2)
    picture.save(PICTURE, optimize=True)
    print(f"{PICTURE.relative_to(ROOT)}: {PICTURE.stat().st_size / 1024:.0f} KiB")


def wait_for(service: "subprocess.Popen[bytes]", address: str) -> None:
    """Raises RuntimeError when it ends before it answers."""
    while service.poll() is None:
        with suppress(OSError), urllib.request.urlopen(f"{address}healthz"):
            return
        time.sleep(0.1)
    raise RuntimeError("the service does not start: try punk serve")


if __name__ == "__main__":
    main()
