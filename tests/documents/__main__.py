"""Writes the reference."""

from documents import DOCS, DOCUMENTS, emulator

for name, render in DOCUMENTS.items():
    (DOCS / name).write_text(render(), encoding="utf-8")
emulator.write(DOCS / "emulator.md")
