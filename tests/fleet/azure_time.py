"""One clock for the operator and Azure, which stands still while Azure answers: minutes of waiting take no time at all."""

from __future__ import annotations

import functools
import http.client
import json
import math
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from azure.core.pipeline.transport import AioHttpTransport

from arm_emulator.client import Emulator
from worlds.virtual_time import VirtualTimeLoop

TICK = 0.1
"""Time passes in steps of so many seconds, so that Azure's clock need not be moved for each request that becomes possible."""


class AzureTimeLoop(VirtualTimeLoop):
    """A loop that moves the emulator's clock, which must have been stopped, with its own."""

    def __init__(self, emulator: Emulator) -> None:
        super().__init__()
        self.in_flight = 0
        address = urlsplit(emulator.url)
        tls = ssl.create_default_context(cafile=emulator.ca)
        self._control = http.client.HTTPSConnection(str(address.hostname), address.port, context=tls)

    def is_idle(self) -> bool:
        return super().is_idle() and not self.in_flight

    def jump(self, to: float) -> None:
        before = self.time()
        if to > before:
            super().jump(before + max(1, math.ceil(round((to - before) / TICK, 6))) * TICK)
            self._control.request("POST", "/_emulator/clock", json.dumps({"advance": self.time() - before}))
            answer = self._control.getresponse()
            answer.read()
            if answer.status != http.HTTPStatus.OK:
                raise RuntimeError(f"the emulator did not move its clock: {answer.status}")

    def close(self) -> None:
        self._control.close()
        super().close()

    @contextmanager
    def standing_still_for_requests(self) -> Iterator[None]:
        """Count what is under way through the SDK's transport, tokens included: no time passes meanwhile."""
        send = AioHttpTransport.send

        @functools.wraps(send)
        async def counted(*arguments: Any, **options: Any) -> Any:
            self.in_flight += 1
            try:
                return await send(*arguments, **options)
            finally:
                self.in_flight -= 1

        AioHttpTransport.send = counted
        try:
            yield
        finally:
            AioHttpTransport.send = send
