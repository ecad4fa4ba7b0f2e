"""Plays recordings: sends their requests to an emulator, in order, and lets each operation last as long as it did."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass

from arm_emulator.client import Document, Emulator, EmulatorRefusal
from contract.emulator.azure import Arm, Seen
from contract.emulator.replay.circumstances import ids_in, in_order, named_operations, occupied, presupposed, settings
from contract.emulator.replay.comparison import differences
from contract.emulator.replay.recordings import NETWORK, Recorded, operation_id
from contract.emulator.replay.scores import Outcome, Score

_REPLAYED = "Microsoft.Network/"
"""The namespace whose exchanges are sent."""
_GONE = {"ResourceGroupNotFound", "ParentResourceNotFound", "ResourceNotFound"}
"""What is told at the end of a recording, by how far the deletion of the whole group has come."""
_BUSY = {"AnotherOperationInProgress", "RetryableError"}
_OVER = {"Succeeded", "Failed", "Canceled"}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Running:
    """An operation that is kept from ending, by the id that the emulator gave it. ``target`` is in lower case."""

    id: str
    target: str
    deletes: bool


class Player:
    """Plays one run after the other, each in a world of its own. ``scores`` has what came of it."""

    def __init__(self, *, arm: Arm, emulator: Emulator) -> None:
        self.arm = arm
        self.emulator = emulator
        self.scores: list[Score] = []
        self._settings: Document = {}
        self._forget()

    async def play(self, run: Sequence[Recorded]) -> None:
        self._forget()
        self.emulator.reset(presupposed(run))
        self._settings = settings(run)
        self.emulator.settings(hold_operations=True, **self._settings)
        await self.arm.log_in()
        started = frozenset(id for each in run for id in each.started)
        for each in in_order(run):
            if not each.type.startswith(_REPLAYED) or (each.operation and each.operation not in started):
                continue
            if named_operations(each) - started:
                self._note(each, Outcome.NOT_APPLICABLE, ["the operation in its way was started by a call that isn't in the file"])
            else:
                await self._send(each)

    def _forget(self) -> None:
        self._running: list[_Running] = []
        self._ids: dict[str, str] = {}
        """Of operations: the recorded id to the emulator's, as they stand in URLs."""
        self._etags: dict[str, str] = {}
        """The recorded etag to the emulator's."""
        self._occupied: dict[str, Document] = {}
        self._group_deleted = False

    async def _send(self, recorded: Recorded) -> None:
        self._arrange(recorded)
        path = recorded.path
        if recorded.operation:
            path = path.replace(f"/{recorded.operation}?", f"/{self._ids.get(recorded.operation, recorded.operation)}?")
        headers = {name: self._etags.get(value, value) for name, value in recorded.headers.items()}
        answer = await self.arm.send(recorded.method, f"{self.emulator.url}{path}", recorded.body, headers=headers)
        self._remember(recorded, answer)
        self._judge(recorded, answer)

    def _remember(self, recorded: Recorded, answer: Seen) -> None:
        """Which ids and etags of the emulator's stand for recorded ones."""
        for header in ("azure-asyncoperation", "location"):
            if recorded.writes and header in recorded.answer_headers and header in answer.headers:
                self._ids[operation_id(recorded.answer_headers[header])] = operation_id(answer.headers[header])
        if recorded.writes and "azure-asyncoperation" in answer.headers:
            id = _plain(operation_id(answer.headers["azure-asyncoperation"]))
            self._running.append(_Running(id=id, target=recorded.id.lower(), deletes=recorded.method == "DELETE"))
        if recorded.accepted and answer.status < 300 and isinstance(recorded.answer, dict) and recorded.answer.get("etag"):
            self._etags[recorded.answer["etag"]] = str(answer.body.get("etag"))

    def _judge(self, recorded: Recorded, answer: Seen) -> None:
        found = differences(recorded, status=answer.status, headers=answer.headers, text=answer.text)
        code = _code(answer)
        if self._group_deleted and {recorded.code, code} <= _GONE:
            found = [each for each in found if not each.startswith("error.")]
        if found and {recorded.code, code} <= _BUSY and recorded.code != code:
            self._note(recorded, Outcome.OTHER_CONFLICT, found)
        elif not found and self._depends_on_setting(recorded):
            self._note(recorded, Outcome.BY_SETTING, found)
        else:
            self._note(recorded, Outcome.DIFFERENT if found else Outcome.EQUAL, found)

    def _depends_on_setting(self, recorded: Recorded) -> bool:
        """Whether the answer would be another one with the settings that the emulator starts with."""
        read = recorded.type == NETWORK and recorded.method == "GET" and recorded.is_resource and recorded.accepted
        return read and not self._settings["network_etag_header"]

    def _note(self, recorded: Recorded, outcome: Outcome, details: list[str]) -> None:
        self.scores.append(Score(recorded=recorded, outcome=outcome, details=tuple(details)))

    # --- what has to have happened before a request -------------------------------------------------------------

    def _arrange(self, recorded: Recorded) -> None:
        for each in [each for each in self._running if self._is_over(recorded, each)]:
            self.emulator.release_operation(each.id)
            self._running.remove(each)
        for id, users in occupied(recorded):
            self._occupy(id.lower(), users)
        self._keep_group(recorded)

    def _is_over(self, recorded: Recorded, running: _Running) -> bool:
        """Whether an answer shows that an operation had ended by then."""
        target, id = running.target, recorded.id.lower()
        if recorded.operation:
            polled = _plain(self._ids.get(recorded.operation, ""))
            return running.id == polled and (recorded.state in _OVER or recorded.status == 204)
        if recorded.status == 404:
            return _within(id, target) and running.deletes
        if recorded.method == "GET":
            return recorded.accepted and recorded.state in _OVER | {""} and (_within(target, id) or _within(id, target))
        unhindered = recorded.code not in _BUSY and recorded.type.startswith(NETWORK) and _network(target) == _network(id)
        if not recorded.accepted:
            return unhindered
        referred = any(_within(target, each.lower()) for each in ids_in(recorded.body))
        return unhindered or referred or (recorded.method == "DELETE" and _within(target, id))

    def _occupy(self, id: str, users: Document) -> None:
        """Let others come into a subnet or to a security group, or leave it and what is in it."""
        changed = [each for each in {id, *self._occupied} if _within(each, id)] if not users else [id]
        for each in changed:
            before = self._occupied.get(each, {})
            changes = {
                name: users.get(name) for name in before.keys() | users.keys() if _names(before.get(name)) != _names(users.get(name))
            }
            if not changes:
                continue
            try:
                self.emulator.patch(each, {"properties": changes})
            except EmulatorRefusal:  # not there yet: the answer will show the difference
                continue
            self._occupied[each] = users

    def _keep_group(self, recorded: Recorded) -> None:
        """Let the resource group come and go: the recorded clients made and deleted it in calls that are not in the file."""
        group, found, _ = recorded.id.partition("/providers/")
        if not found or "/resourcegroups/" not in group.lower():
            return
        if recorded.code in _GONE and self.emulator.get(group if recorded.code == "ResourceGroupNotFound" else recorded.id) is not None:
            self.emulator.delete(group)
            self._group_deleted = True
        if self._group_deleted and recorded.accepted and recorded.method == "PUT":
            self.emulator.put(group, {"location": "westus"})
            self._group_deleted = False


def _code(answer: Seen) -> str:
    if answer.status < 400 or not answer.text:
        return ""
    return str(answer.body.get("error", answer.body).get("code", ""))


def _within(id: str, outer: str) -> bool:
    return id == outer or id.startswith(f"{outer}/")


def _network(id: str) -> str:
    """The network that an id lies in."""
    return "/".join(id.split("/")[:9])


def _plain(operation: str) -> str:
    """An operation's id without the base64 and the names that private DNS wraps it in."""
    try:
        return base64.b64decode(operation, validate=True).decode().split(";")[-1].partition("_")[0]
    except ValueError:
        return operation


def _names(users: object) -> list[str]:
    return sorted(str(each.get("id") or each.get("name")).lower() for each in users) if isinstance(users, list) else []
