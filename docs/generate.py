"""Writes the pages that are made from the code: ``make docs``."""

from pathlib import Path

import api_page
import embedded_types_page
import permissions_page
import readme
import terminal_pictures

FOLDER = Path(__file__).parent / "pages"
PAGES = {
    "reference/api.md": api_page.page,
    "reference/embedded-resource-types.md": embedded_types_page.page,
    "permissions.md": permissions_page.page,
    "guides/check.svg": terminal_pictures.check,
    "guides/watch.svg": terminal_pictures.watch,
}

if __name__ == "__main__":
    for name, page in PAGES.items():
        (FOLDER / name).write_text(page(), encoding="utf-8")
    (readme.ROOT / "README.md").write_text(readme.page(), encoding="utf-8")
