"""Writes the manual pages of all commands to a folder, and removes those of commands that are gone."""

import sys
from pathlib import Path

from pcmk.cli.manual import SECTION, pages


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    found = pages()
    for name, text in found.items():
        (folder / name).write_text(text)
    for old in folder.glob(f"*.{SECTION}"):
        if old.name not in found:
            old.unlink()
    print(f"{len(found)} pages in {folder}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
