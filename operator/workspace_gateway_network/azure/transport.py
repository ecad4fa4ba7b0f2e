"""The SDK's transport over aiohttp, with one difference: a write is sent once.

aiohttp by itself sends an idempotent request a second time when its connection breaks, and counts PUT and DELETE among them. A second
PUT would run behind the guarding read of the first, over whatever somebody wrote in between.
"""

from __future__ import annotations

import aiohttp
from azure.core.pipeline.transport import AioHttpTransport


class BrokenWriteError(aiohttp.ClientError):
    """The connection broke during a write, which may or may not have happened."""


async def send_writes_once(request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
    """A middleware that turns what aiohttp would try again into what it does not, for everything but reads."""
    try:
        return await handler(request)
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        if request.method == "GET":
            raise
        raise BrokenWriteError(str(error)) from error


def make_transport() -> AioHttpTransport:
    """A transport like the SDK's own: proxies from the environment, no cookies, bodies as they come."""
    session = aiohttp.ClientSession(
        trust_env=True,
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        middlewares=(send_writes_once,),
    )
    return AioHttpTransport(session=session)
