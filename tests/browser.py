"""A page as a browser shows it."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

from PIL import Image

if TYPE_CHECKING:
    from pathlib import Path

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
_TIMEOUT_S = 60


def shown(page: str, folder: Path, picture: Path, *, width: int, height: int) -> Image.Image:
    """Open a page without a window; the folder is the browser's, the screenshot is written to `picture`."""
    assert CHROMIUM is not None
    file = folder / "page.html"
    file.write_text(page, "utf-8")
    subprocess.run(
        [
            *(
                CHROMIUM,
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--hide-scrollbars",
            ),
            *("--no-proxy-server", "--force-color-profile=srgb", f"--user-data-dir={folder / 'profile'}"),
            *(
                f"--window-size={width},{height}",
                f"--screenshot={picture}",
                "--virtual-time-budget=10000",
                file.as_uri(),
            ),
        ],
        check=True,
        capture_output=True,
        timeout=_TIMEOUT_S,
    )
    return Image.open(picture).convert("RGB")
