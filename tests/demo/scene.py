"""What happens in the demo, and whether it did: everything is looked at from outside, with kubectl and with GETs of a third party."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

from controlplane import KubectlFailed
from demo import world
from demo.comparison import Snapshot, differences
from demo.example import Example
from stage.stage import Stage

Document = dict[str, Any]
T = TypeVar("T")

READY_SECONDS = 60.0
REPAIR_SECONDS = 60.0
NOTICE_SECONDS = 20.0
_POLL_SECONDS = 0.1


class DidNotHappen(Exception):
    """Something that the story is about was not observed; the message is a sentence."""


class Scene:
    """One example on one stage, with two people in Azure: somebody who breaks things, and an auditor who only looks."""

    def __init__(self, *, example: Example, stage: Stage) -> None:
        self.example = example
        self.stage = stage
        self.somebody = self.stage.principal("somebody")
        self.auditor = self.stage.principal("auditor")
        self.before = self.snapshot()
        self.ids_before = self.resource_ids()
        self._thread = ThreadPoolExecutor(max_workers=1)

    # Kubernetes, with kubectl.

    def apply(self) -> str:
        """Apply the example's file; gives what kubectl printed."""
        return self.stage.kubectl("apply", "--filename", str(self.example.path))

    def table(self) -> str:
        """`kubectl get wgn -o wide`."""
        return self.stage.kubectl("get", "wgn", "-o", "wide")

    def tables_until_ready(self) -> Iterator[str]:
        """The table whenever it gives a new reason, and at last the one that says Ready."""
        said: list[str] = []
        while True:
            news = self.eventually(
                lambda: self._is_ready() or self._new_table(said), what="The resource did not become Ready", seconds=READY_SECONDS
            )
            if not isinstance(news, str):
                break
            yield news
        yield self.table()

    def condition(self, kind: str) -> Document:
        """One condition of the resource; an empty document where it isn't there."""
        return self.stage.condition(kind, self.example.name)

    def look_now(self, request: str) -> str:
        """Ask the operator to look at Azure now, instead of at its next resync; gives what kubectl printed. Each request has its own word."""
        annotation = f"workspacegateway.dev/reconcile-requested-at={request}"
        return self.stage.kubectl("annotate", "wgn", self.example.name, annotation, "--overwrite")

    def event(self, reason: str) -> Document | None:
        """The newest event of a reason about the resource."""
        found = [event for event in self.stage.events(self.example.name) if event["reason"] == reason]
        return found[-1] if found else None

    def wait_for_event(self, reason: str, *, seconds: float) -> Document:
        """The event, once it is there."""
        return self.eventually(lambda: self.event(reason), what=f"No event {reason} came", seconds=seconds)

    def delete(self) -> Future[str]:
        """Start `kubectl delete`, which returns when the resource is gone; the future has what it printed."""
        return self._thread.submit(self.stage.kubectl, "delete", "wgn", self.example.name)

    # Azure.

    def snapshot(self) -> Snapshot:
        """Everything of Azure that is not the operator's, as the auditor reads it."""
        found = {name: self.auditor.get(id) for name, id in world.foreign_ids(self.example).items()}
        return {name: _without_subnets(document) for name, document in found.items()}

    def resource_ids(self) -> frozenset[str]:
        """The id of everything there is in Azure."""
        return frozenset(resource["id"] for resource in self.stage.azure.resources())

    def left_behind(self) -> list[str]:
        """What is in Azure and was not before the example was applied."""
        return sorted(self.resource_ids() - self.ids_before)

    def subnet(self) -> Document:
        """The subnet, as the auditor reads it."""
        return self._read(self.example.subnet_id)

    def group_id(self) -> str:
        """The network security group that the resource says it uses."""
        id: str = self.stage.status(self.example.name)["effective"]["networkSecurityGroupId"]
        return id

    def rules(self) -> list[Document]:
        """The rules of that group, by priority, as the auditor reads them."""
        rules: list[Document] = self._read(self.group_id())["properties"]["securityRules"]
        return sorted(rules, key=lambda rule: int(rule["properties"]["priority"]))

    def remove_delegation(self) -> None:
        """Somebody writes the subnet without its delegations."""
        subnet = self.somebody.get(self.example.subnet_id) or {}
        subnet["properties"]["delegations"] = []
        self.somebody.put(self.example.subnet_id, subnet)

    def deny(self, rule_id: str) -> None:
        """Somebody turns a rule into a Deny."""
        rule = self.somebody.get(rule_id) or {}
        rule["properties"]["access"] = "Deny"
        self.somebody.put(rule_id, rule)

    def delegations(self) -> list[str]:
        """The services that the subnet is delegated to."""
        return [each["properties"]["serviceName"] for each in self.subnet()["properties"].get("delegations", [])]

    def access(self, rule_id: str) -> str:
        """Allow or Deny."""
        return str(self._read(rule_id)["properties"]["access"])

    def differences(self) -> list[str]:
        """Where things that are not the operator's differ from how they were before the example was applied."""
        return differences(self.before, self.snapshot())

    def foreign_differences(self) -> list[str]:
        """The same without the two properties of the subnet that the operator is there to set."""
        ours = tuple(f"subnet {self.example.subnet_name}.properties.{name}" for name in ("delegations", "networkSecurityGroup"))
        return [path for path in self.differences() if not path.startswith(ours)]

    # Waiting.

    def eventually(self, condition: Callable[[], T | None], *, what: str, seconds: float) -> T:
        """Poll until the condition gives something true. Raises `DidNotHappen` after the seconds, or when the operator has ended."""
        deadline = time.monotonic() + seconds
        while not (found := condition()):
            operator = self.stage.operator
            if operator is None or operator.exit_status is not None:
                raise DidNotHappen(f"{what}: the operator has ended.")
            if time.monotonic() > deadline:
                raise DidNotHappen(f"{what} within {seconds:g} s.")
            time.sleep(_POLL_SECONDS)
        return found

    def evidence(self) -> str:
        """What helps to see why something did not happen."""
        try:
            described = self.stage.kubectl("describe", "wgn", self.example.name)
        except KubectlFailed as failure:
            described = str(failure)
        operator = self.stage.operator
        log = "\n".join(operator.log.read_text(errors="replace").splitlines()[-30:]) if operator else ""
        return f"$ kubectl describe wgn {self.example.name}\n{described}\nThe end of the operator's log:\n{log}"

    def _read(self, id: str) -> Document:
        document = self.auditor.get(id)
        if document is None:
            raise DidNotHappen(f"{id} is not in Azure.")
        return document

    def _is_ready(self) -> bool:
        return bool(self.condition("Ready").get("status") == "True")

    def _new_table(self, said: list[str]) -> str | None:
        """The table, when its row gives a reason that was not given before."""
        table = self.table()
        columns = row(table)
        news = f"{columns['REASON']}: {columns['MESSAGE']}"
        if not columns["REASON"] or columns["READY"] == "True" or news in said:
            return None
        said.append(news)
        return table


def row(table: str) -> dict[str, str]:
    """The columns of the first row of a kubectl table; kubectl puts every value under its heading."""
    header, line = table.splitlines()[:2]
    headings = list(re.finditer(r"\S+", header))
    ends = [*(heading.start() for heading in headings[1:]), None]
    return {heading[0]: line[heading.start() : end].strip() for heading, end in zip(headings, ends, strict=True)}


def _without_subnets(document: Document | None) -> Document | None:
    """A network with no more than the ids of its subnets, which are read one by one."""
    if document is None or "subnets" not in document["properties"]:
        return document
    ids = [subnet["id"] for subnet in document["properties"]["subnets"]]
    return {**document, "properties": {**document["properties"], "subnets": ids}}
