"""The socket: TLS with a certificate authority of the emulator's own, on loopback only."""

from __future__ import annotations

import asyncio
import gc
import ipaddress
import json
import os
import signal
import socket
import ssl
import sys
from dataclasses import dataclass
from pathlib import Path

import trustme
from aiohttp import web

from arm_emulator.app import App
from arm_emulator.arm import Document
from arm_emulator.settings import Settings

_SHUTDOWN_SECONDS = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening:
    """Where to listen, and what to leave in ``state_dir``: ``ca.pem``, ``endpoint.json``, ``exchanges.jsonl``."""

    host: str
    port: int
    state_dir: Path
    until_stdin_closes: bool = False


async def serve(listening: Listening, *, settings: Settings, seed: Path | None) -> None:
    """Serve until SIGTERM, SIGINT, or the end of standard input where that was asked for."""
    if not _is_loopback(listening.host):
        raise ValueError(f"{listening.host} is not a loopback address")
    listening.state_dir.mkdir(parents=True, exist_ok=True)
    app = _app(listening.state_dir, settings=settings, seed=seed)
    runner = web.ServerRunner(web.Server(app.handle, access_log=None), handle_signals=False)
    await runner.setup()
    try:
        sock = socket.create_server((listening.host, listening.port), backlog=512)
        site = web.SockSite(runner, sock, ssl_context=_tls(listening.state_dir, listening.host), shutdown_timeout=_SHUTDOWN_SECONDS)
        await site.start()
        url = f"https://{listening.host}:{sock.getsockname()[1]}"
        _announce(listening.state_dir, url)
        await _until_told(until_stdin_closes=listening.until_stdin_closes)
    finally:
        app.close()
        await runner.cleanup()


def _app(state_dir: Path, *, settings: Settings, seed: Path | None) -> App:
    """The emulator with its seed sown. What a seed of many thousand resources makes is no garbage: nobody looks through it for any."""
    gc.disable()
    try:
        document: Document | None = json.loads(seed.read_text()) if seed else None
        return App(settings=settings, journal=state_dir / "exchanges.jsonl", seed=document)
    finally:
        gc.freeze()
        gc.enable()


def _announce(state_dir: Path, url: str) -> None:
    endpoint = {
        "url": url,
        "ca": str((state_dir / "ca.pem").resolve()),
        "authority": url,
        "audience": url,
        "exchanges": str((state_dir / "exchanges.jsonl").resolve()),
        "pid": os.getpid(),
    }
    written = state_dir / "endpoint.json.new"
    written.write_text(json.dumps(endpoint, indent=2) + "\n")
    written.replace(state_dir / "endpoint.json")
    print(f"arm_emulator: {url}, certificate authority {endpoint['ca']}", flush=True)


async def _until_told(*, until_stdin_closes: bool) -> None:
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    if until_stdin_closes:
        loop.add_reader(sys.stdin.fileno(), lambda: None if os.read(sys.stdin.fileno(), 1024) else told.set())
    await told.wait()


def _tls(state_dir: Path, host: str) -> ssl.SSLContext:
    """A server context. The authority stays the same in one state directory, so that clients survive a restart."""
    authority = _authority(state_dir)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(host, "localhost").configure_cert(context)
    return context


def _authority(state_dir: Path) -> trustme.CA:
    certificate, key = state_dir / "ca.pem", state_dir / "ca.key"
    if certificate.exists() and key.exists():
        return trustme.CA.from_pem(certificate.read_bytes(), key.read_bytes())
    authority = trustme.CA(organization_name="arm_emulator", key_type=trustme.KeyType.ECDSA)
    key.touch(mode=0o600)
    key.write_bytes(authority.private_key_pem.bytes())
    certificate.write_bytes(authority.cert_pem.bytes())
    return authority


def _is_loopback(host: str) -> bool:
    return host == "localhost" or ipaddress.ip_address(host).is_loopback
