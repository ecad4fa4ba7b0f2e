"""`/metrics`, `/healthz` and `/readyz`, on one port.

`/healthz` fails only for what a restart can cure: this event loop, the workers, the watch. `/readyz` fails until all resources have been
listed once, because a plan made without knowing the others could take what is theirs. Neither asks whether Azure answers or lets us in:
restarting cures no outage, and an operator that is alive must stay so to report the outage in each resource's conditions. A rollout during
one would otherwise hang on a pod that is as good as the one it replaces.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

Probe = Callable[[], str | None]
"""What is wrong, in a few words; None when nothing is."""


@asynccontextmanager
async def serve(
    *, host: str, port: int, registry: CollectorRegistry, live: Mapping[str, Probe], ready: Mapping[str, Probe]
) -> AsyncIterator[int]:
    """Serve as long as the block lasts, and give the port, which is a free one where `port` is 0. Raises OSError when it is taken."""
    application = web.Application()
    application.router.add_get("/metrics", _metrics(registry))
    application.router.add_get("/healthz", _probes(live))
    application.router.add_get("/readyz", _probes(ready))
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
        yield int(runner.addresses[0][1])
    finally:
        await runner.cleanup()


def _metrics(registry: CollectorRegistry) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def metrics(_: web.Request) -> web.Response:
        # With thousands of resources this takes a while, which the event loop has not.
        body = await asyncio.to_thread(generate_latest, registry)
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})

    return metrics


def _probes(probes: Mapping[str, Probe]) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def answer(_: web.Request) -> web.Response:
        found = {name: probe() for name, probe in probes.items()}
        lines = (f"[-] {name}: {problem}\n" if problem else f"[+] {name}\n" for name, problem in found.items())
        return web.Response(text="".join(lines), status=503 if any(found.values()) else 200)

    return answer
