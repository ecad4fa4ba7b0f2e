"""What Kubernetes and Prometheus get to see on the operator's port."""

from __future__ import annotations

import socket

import aiohttp
import pytest
from prometheus_client import CollectorRegistry, Counter

from workspace_gateway_network.runtime.endpoints import Probe, serve


async def fetch(port: int, path: str) -> tuple[int, str, str]:
    async with aiohttp.ClientSession() as session, session.get(f"http://127.0.0.1:{port}{path}") as response:
        return response.status, response.headers["Content-Type"], await response.text()


async def test_probes_answer_by_what_is_wrong_now() -> None:
    problem: str | None = None
    well: Probe = lambda: None  # noqa: E731
    probes = {"workers": well, "watch": lambda: problem}
    async with serve(host="127.0.0.1", port=0, registry=CollectorRegistry(), live=probes, ready={"listed": well}) as port:
        assert await fetch(port, "/healthz") == (200, "text/plain; charset=utf-8", "[+] workers\n[+] watch\n")
        problem = "silent for 400 s"
        assert await fetch(port, "/healthz") == (503, "text/plain; charset=utf-8", "[+] workers\n[-] watch: silent for 400 s\n")
        assert await fetch(port, "/readyz") == (200, "text/plain; charset=utf-8", "[+] listed\n")


async def test_metrics_are_in_the_format_that_they_say() -> None:
    registry = CollectorRegistry()
    Counter("wgn_things_total", "Things.", registry=registry).inc()
    async with serve(host="127.0.0.1", port=0, registry=registry, live={}, ready={}) as port:
        status, content_type, text = await fetch(port, "/metrics")
    assert status == 200
    assert content_type.startswith("text/plain; version=")
    assert "# HELP wgn_things_total Things.\n" in text
    assert "wgn_things_total 1.0\n" in text


async def test_nothing_is_served_when_the_block_has_ended_or_the_port_is_taken() -> None:
    async with serve(host="127.0.0.1", port=0, registry=CollectorRegistry(), live={}, ready={}) as port:
        with pytest.raises(OSError, match="address already in use"):
            async with serve(host="127.0.0.1", port=port, registry=CollectorRegistry(), live={}, ready={}):
                pass
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0
