"""`docs/reasons.md`: every reason of a condition."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from documents.markdown import document, generated_from, table
from workspace_gateway_network.api.meanings import MEANINGS
from workspace_gateway_network.api.reasons import Reason, ReasonClass
from workspace_gateway_network.api.spec import ReadyWhen

_CLASSES = {
    ReasonClass.NEEDS_A_PERSON: (
        "Needs a person",
        "`Ready` is False and `Stalled` is True. Trying again cannot help. Once the cause is gone, the next resync sees it.",
    ),
    ReasonClass.WILL_RETRY: (
        "Will retry",
        "`Ready` is False and `Reconciling` is True. Something is wrong now, and the operator tries again by itself.",
    ),
    ReasonClass.WORKING: (
        "Working",
        "`Ready` is Unknown and `Reconciling` is True. Nothing is wrong; it is not done yet.",
    ),
    ReasonClass.GOOD: ("Good", "`Ready` is True. Neither `Reconciling` nor `Stalled` is there."),
}

EXAMPLES = Path(__file__).with_name("examples.json")
"""What a condition with each reason said when it came about on the stage; `e2e.test_reasons` compares, and records with RECORD_EXAMPLES."""


def examples() -> dict[str, str]:
    """A message for every reason."""
    recorded: dict[str, str] = json.loads(EXAMPLES.read_text(encoding="utf-8"))
    return recorded


def render() -> str:
    """The document."""
    return document(
        "# Reasons", generated_from("`operator/workspace_gateway_network/api/{reasons,meanings}.py`"), _INTRODUCTION, *_sections()
    )


def _sections() -> Iterator[str]:
    for reason_class, (title, meaning) in _CLASSES.items():
        yield f"## {title}"
        yield meaning
        yield table(["Reason", "It means", "For example", "What to do"], _rows(reason_class))


def _rows(reason_class: ReasonClass) -> Iterator[list[str]]:
    said = examples()
    for reason in Reason:
        always = reason.class_under(ReadyWhen.NETWORK_PREPARED)
        published = reason.class_under(ReadyWhen.GATEWAY_PUBLISHED)
        if reason_class in {always, published}:
            only = "" if always is reason_class else f" with `readyWhen: {ReadyWhen.GATEWAY_PUBLISHED}`"
            yield [f"`{reason}`{only}", MEANINGS[reason].meaning, said[reason], MEANINGS[reason].remedy]


_INTRODUCTION = """
Every condition of a WorkspaceGatewayNetwork has a reason from this list, and a message that names what it is about. The reason of
`Ready` is the first bad cause in the order of this page; the other causes are in the conditions that belong to them:

```console
$ kubectl get wgn team-a -o jsonpath='{range .status.conditions[*]}{.type}={.status} {.reason}: {.message}{"\\n"}{end}'
```

A reason belongs to one of four classes, and the class alone decides about `Ready`, `Reconciling` and `Stalled`, so that `kubectl wait`,
Flux and Argo CD need not know the list. Two reasons have two classes: to await the gateway or its hostname is good, unless
`spec.readyWhen` is `GatewayPublished`. Then it is work that goes on, without a deadline.

The examples are what conditions said in the end-to-end tests, word for word.
"""
