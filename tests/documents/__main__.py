"""Writes the reference."""

from documents import DOCS, DOCUMENTS

for name, render in DOCUMENTS.items():
    (DOCS / name).write_text(render(), encoding="utf-8")
