"""The reference in docs/ says what the code says."""

from __future__ import annotations

import re

import pytest

from documents import DOCS, DOCUMENTS, ROLE, permissions


@pytest.mark.parametrize("name", DOCUMENTS)
def test_it_is_what_make_docs_writes(name: str) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == DOCUMENTS[name](), "run 'make docs'"


@pytest.mark.parametrize("name", DOCUMENTS)
def test_its_links_lead_somewhere(name: str) -> None:
    text = (DOCS / name).read_text(encoding="utf-8")
    assert [link for link in re.findall(r"\]\(([^)#]+)\)", text) if not (DOCS / link).exists()] == []


def test_the_custom_role_is_what_the_features_come_to() -> None:
    assert ROLE.read_text(encoding="utf-8") == permissions.role(), "run 'make docs'"
