"""How requests end, with a server that answers as the API server does under load, or as a proxy does in its place."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from kubernetes.aio.client import Configuration

from workspace_gateway_network.cluster.client import KubernetesClient as Client
from workspace_gateway_network.cluster.client import StatusError


class Server:
    """Gives its answers in turn, the last one for ever: status, body, headers."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, str, dict[str, str]]] = []
        self.requests: list[tuple[str, str, str, str]] = []

    async def handle(self, request: web.Request) -> web.Response:
        body = await request.text()
        self.requests.append((request.method, request.path_qs, request.headers.get("Content-Type", ""), body))
        status, text, headers = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return web.Response(status=status, text=text, headers=headers)


class Observer:
    def __init__(self) -> None:
        self.codes: list[str] = []

    def kubernetes_request(self, *, method: str, code: str, host: str) -> None:
        self.codes.append(f"{method} {code}")
        assert host.startswith("127.0.0.1:")


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def observer() -> Observer:
    return Observer()


@pytest.fixture
async def client(server: Server, observer: Observer) -> AsyncIterator[Client]:
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", server.handle)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    configuration = Configuration(host=f"http://127.0.0.1:{runner.addresses[0][1]}/")
    client = Client(configuration=configuration, observer=observer)
    yield client
    await client.close()
    await runner.cleanup()


async def test_json_goes_there_and_comes_back(server: Server, client: Client) -> None:
    server.answers = [(200, '{"kind": "Thing"}', {})]
    assert await client.get("/things", limit="5") == {"kind": "Thing"}
    await client.post("/things", {"a": 1})
    await client.json_patch("/things/a", [{"op": "remove", "path": "/b"}])
    await client.merge_patch("/things/a", {})
    assert server.requests == [
        ("GET", "/things?limit=5", "", ""),
        ("POST", "/things", "application/json", '{"a": 1}'),
        ("PATCH", "/things/a", "application/json-patch+json", '[{"op": "remove", "path": "/b"}]'),
        ("PATCH", "/things/a", "application/merge-patch+json", "{}"),
    ]


async def test_a_busy_api_server_is_asked_again_when_it_says(server: Server, client: Client, observer: Observer) -> None:
    server.answers = [(429, "{}", {"Retry-After": "0"}), (503, "{}", {"Retry-After": "0"}), (201, "{}", {})]
    assert await client.post("/things", {}) == {}
    assert observer.codes == ["POST 429", "POST 503", "POST 201"]


async def test_it_is_asked_five_times_at_most(server: Server, client: Client, observer: Observer) -> None:
    server.answers = [(429, '{"reason": "TooManyRequests", "message": "later"}', {"Retry-After": "0"})]
    with pytest.raises(StatusError, match=r"^429 TooManyRequests: later$"):
        await client.get("/things")
    assert observer.codes == ["GET 429"] * 5


async def test_what_it_may_have_done_already_is_not_asked_for_again(server: Server, client: Client, observer: Observer) -> None:
    server.answers = [(500, '{"reason": "InternalError", "message": "etcd"}', {})]
    with pytest.raises(StatusError, match=r"^500 InternalError: etcd$"):
        await client.post("/things", {})
    assert observer.codes == ["POST 500"]


async def test_a_refusal_has_its_causes(server: Server, client: Client) -> None:
    server.answers = [(403, '{"reason": "Forbidden", "details": {"causes": [{"reason": "NamespaceTerminating"}]}}', {})]
    with pytest.raises(StatusError) as raised:
        await client.post("/things", {})
    assert raised.value.has_cause("NamespaceTerminating")
    assert not raised.value.has_cause("FieldValueInvalid")


async def test_what_a_proxy_says_in_its_place_is_said(server: Server, client: Client) -> None:
    server.answers = [(502, "<html>Bad gateway</html>", {})]
    with pytest.raises(StatusError, match=r"^502 Unknown: <html>Bad gateway</html>$"):
        await client.get("/things")


async def test_no_answer_is_counted_and_raised(observer: Observer) -> None:
    client = Client(configuration=Configuration(host="http://127.0.0.1:1"), observer=observer)
    with pytest.raises(aiohttp.ClientConnectorError):
        await client.get("/things")
    await client.close()
    assert observer.codes == ["GET <error>"]
    assert client.answered_at == float("-inf")
