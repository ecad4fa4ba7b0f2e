from __future__ import annotations

import io
import time

import pytest
from rich.console import Console

from controlplane.progress import progress


def test_without_a_terminal_there_is_a_plain_line_every_fifteen_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    written = io.StringIO()
    with progress("Compiling", total=60, console=Console(file=written)) as shown:
        for _ in range(40):
            now += 1.0
            shown.step("k8s.io/api/core/v1")
        now += 35.0
        shown.idle()
    assert written.getvalue() == ("Compiling: 15 of 60, 0:15\nCompiling: 30 of 60, 0:30\nCompiling: 40 of 60, 1:15\n")


def test_on_a_terminal_there_is_a_bar() -> None:
    written = io.StringIO()
    console = Console(file=written, force_terminal=True, width=100, _environ={})
    with progress("Compiling", total=2, console=console) as shown:
        shown.step("k8s.io/api/core/v1")
        shown.step("go.etcd.io/etcd/server/v3")
    assert "Compiling" in written.getvalue()
    assert "2/2" in written.getvalue()
    assert "━" in written.getvalue()
