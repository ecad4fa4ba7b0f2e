"""Words for what a request was about, and Azure's own words without what changes from one answer to the next."""

from __future__ import annotations

import re

from workspace_gateway_network.azure.failure import Failure
from workspace_gateway_network.model.noun import noun, plural

_NAMED_WITH_PARENT = frozenset({"microsoft.network/privatednszones/virtualnetworklinks", "microsoft.network/privatednszones/a"})
"""What has names that say little by themselves, such as `@`."""
_VERBS = {"GET": "read", "PUT": "write", "PATCH": "tag", "DELETE": "delete", "POST": "register"}
_LONGEST_QUOTE = 400

_VOLATILE = (
    re.compile(r"\s*\b(Trace|Correlation|Request|Activity|Tracking) ?I[dD]\b.*", re.DOTALL),
    re.compile(r"\s*Timestamp:.*", re.DOTALL),
    re.compile(r"\s*To retrieve status of the operation use uri: \S+"),
    re.compile(r"\s*(The call can be retried in|Retry after|Please retry after) \d+ seconds?\.?", re.IGNORECASE),
    re.compile(r"\s*For more details please go to \S+"),
    re.compile(r"\s*In order to delete the [^.]*\."),
    re.compile(r"\s*To learn (more|how to do this), see \S+"),
    re.compile(r"\s*See aka\.ms/\S+"),
    re.compile(r" ?\(?[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}\)?(?= is updating)"),
)


def verb(failure: Failure) -> str:
    """What was tried: read, write, tag, delete or register."""
    return _VERBS.get(failure.method, failure.method)


def thing(path: str) -> str:
    """What an ARM path names, such as `subnet team-a`, or `the virtual networks of subscription …`."""
    parts = path.strip("/").split("/")
    within = f"resource group {parts[3]}" if len(parts) > 3 and parts[2].lower() == "resourcegroups" else f"subscription {parts[1]}"
    at = _providers(parts)
    if at == len(parts):
        return within
    names_one = not is_collection(path)
    parent = parts[: -2 if names_one else -1]
    above = thing("/".join(parent)) if len(parent) > at + 2 else within
    resource_type = kind(path)
    if not names_one:
        return f"the {plural(resource_type)} of {above}"
    named = f"{noun(resource_type)} {parts[-1]}"
    return f"{named} of {above}" if resource_type in _NAMED_WITH_PARENT else named


def kind(path: str) -> str:
    """The resource type that an ARM path names, in lower case; of a collection, its members' type; empty for a resource group."""
    parts = path.strip("/").split("/")
    at = _providers(parts)
    return "/".join((*parts[at + 1 : at + 2], *parts[at + 2 :: 2])).lower()


def is_collection(path: str) -> bool:
    """Whether an ARM path names all resources of a type rather than one."""
    parts = path.strip("/").split("/")
    return _providers(parts) < len(parts) and (len(parts) - _providers(parts)) % 2 == 1


def quoted(message: str) -> str:
    """Azure's sentence, as far as it stays the same when the same thing goes wrong again, and never endless."""
    steady = message
    for volatile in _VOLATILE:
        steady = volatile.sub("", steady)
    steady = " ".join(steady.split())
    if len(steady) > _LONGEST_QUOTE:
        steady = steady[: _LONGEST_QUOTE - 1].rstrip() + "…"
    return steady if not steady or steady[-1] in ".!?…" else steady + "."


def _providers(parts: list[str]) -> int:
    """Where `providers` is; the end where a path has none."""
    return next((at for at, part in enumerate(parts) if part.lower() == "providers"), len(parts))
