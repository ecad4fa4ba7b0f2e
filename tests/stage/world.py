"""All that Azure holds, in a form in which two moments can be compared."""

from __future__ import annotations

import difflib
import json
import re
from typing import Any

from arm_emulator.client import Emulator

World = dict[str, Any]
"""Every resource by its id."""

_MADE_ANEW_BY_AZURE = {"etag", "internalId", "resourceGuid"}
_COUNTED_BY_AZURE = re.compile(r"numberOf(RecordSets|VirtualNetworkLinks(WithRegistration)?)")


def world(azure: Emulator) -> World:
    """Everything in Azure, but for etags and the like, and with the entries of lists that have names in the order of these."""
    return {document["id"]: _comparable(document) for document in azure.resources()}


def of_others(everything: World) -> World:
    """A world without what carries a mark, the links to such groups, the SOA of such zones, and the counts of what a zone holds."""
    ours = {id for id, document in everything.items() if _is_marked(document)}
    born_with_ours = {id for id in everything if id.rpartition("/SOA/")[0] in ours}
    return {id: _unmarked(document) for id, document in everything.items() if id not in ours | born_with_ours}


def assert_same(expected: World, found: World) -> None:
    """Raise AssertionError with what differs between two worlds, or parts of them."""
    if expected != found:
        raise AssertionError(f"Azure is other than expected:\n{difference(expected, found)}")


def difference(expected: World, found: World) -> str:
    """What differs, line by line."""
    one, other = (json.dumps(each, indent=1, sort_keys=True).splitlines() for each in (expected, found))
    return "\n".join(difflib.unified_diff(one, other, "expected", "found", lineterm="", n=8))


def _comparable(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _comparable(each) for key, each in value.items() if key not in _MADE_ANEW_BY_AZURE}
    if isinstance(value, list):
        entries = [_comparable(each) for each in value]
        have_names = all(isinstance(each, dict) and "name" in each for each in entries)
        return sorted(entries, key=lambda each: str(each["name"])) if have_names else entries
    return value


def _is_marked(document: dict[str, Any]) -> bool:
    notes = {**document.get("tags", {}), **document.get("properties", {}).get("metadata", {})}
    return str(document.get("name", "")).startswith("wgn-") or "wgn-owner" in notes


def _unmarked(value: Any) -> Any:
    if isinstance(value, dict):
        group = str((value.get("networkSecurityGroup") or {}).get("id", "")).rpartition("/")[2]
        kept = {key: each for key, each in value.items() if key != "networkSecurityGroup" or not group.startswith("wgn-")}
        return {key: _unmarked(each) for key, each in kept.items() if not _COUNTED_BY_AZURE.fullmatch(key)}
    if isinstance(value, list):
        return [_unmarked(each) for each in value if not (isinstance(each, dict) and _is_marked(each))]
    return value
