"""Bugs put into the judgement of rules on purpose: the solver finds every one of them."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import pytest

from workspace_gateway_network.planning import access
from worlds.second_opinion import disagreement

SCENES = 400
"""How many groups a bug may hide in."""


@dataclass(frozen=True)
class Bug:
    """Code, and what it was changed to, in one module of the engine."""

    module: str
    code: str
    change: str


BUGS = {
    "regions share addresses": Bug("facts", "service in _REGIONAL and is_region(region)", "service in ()"),
    "a region has one spelling": Bug("regions", "_OTHERWISE.get(region, region)", "region"),
    "every word is a region": Bug("regions", "return word in _REGIONS", "return bool(word)"),
    "services have private addresses": Bug("facts", '"10.0.0.0/8", ', ""),
    "storage is outside of Azure": Bug("facts", "if service in _IN_AZURE_CLOUD:", "if service in ():"),
    "the network's own prefixes are unknown": Bug("facts", "return self.virtual_network if tag == VIRTUAL_NETWORK else ()", "return ()"),
    "services may be inside the network": Bug("facts", "return is_service(tag)\n\n\n", "return False\n\n\n"),
    "the last address is left out": Bug("facts", "first + network.num_addresses", "first + max(network.num_addresses - 1, 1)"),
    "a security group of applications may be outside the network": Bug(
        "facts", "return frozenset({VIRTUAL_NETWORK})", "return frozenset()"
    ),
    "the last port is left out": Bug("meaning", "((low, high + 1)", "((low, max(high, low + 1))"),
    "an odd protocol is any protocol": Bug("meaning", "Part(ALL_PROTOCOLS, UNKNOWN + word)", "Part(ALL_PROTOCOLS)"),
    "an odd address is no address": Bug("meaning", "return _tagged(UNKNOWN + word)", "return Part(())"),
    "odd ports are no ports": Bug("meaning", "for entry in sorted(found.unknown)", "for entry in ()"),
    "the internet is everywhere": Bug("meaning", "return INTERNET", "return (Part(EVERYWHERE),)"),
    "application security groups are left out": Bug("meaning", "for group in side.application_security_groups:", "for group in ():"),
    "source ports are left out": Bug("space", "meaning.ports(rule.source.ports)", "meaning.ports(rule.destination.ports)"),
    "IPv6 is left out": Bug("flow", "for family in EVERYWHERE", "for family in EVERYWHERE[:1]"),
    "families are mixed": Bug("flow", "([family])", "(EVERYWHERE)"),
    "what a tag does not hold is lost": Bug("points", "(holding if holds else ~holding)", "holding"),
    "the cells of a tag are lost": Bug("points", "for cells, tag, holds in term.conditional:", "for cells, tag, holds in ():"),
    "only the flow's own tags count": Bug("tags", "for more in (0, *self.alone)", "for more in (0,)"),
    "what surrounds a tag is not followed": Bug("tags", "(name, *supersets(name))", "(name,)"),
    "tags that share nothing hold the same": Bug("tags", "if self._apart[number] & way:", "if self._apart[number] & 0:"),
    "known addresses may be outside of the network": Bug("tags", "if self.network and not way & self.network:", "if False:"),
    "what is cut away is lost": Bug("box", "self._left |= dict.fromkeys(_beyond(rest, inside), there)", "pass"),
    "what is taken stays": Bug("box", "self._left[inside] = there & ~far", "self._left[inside] = there"),
    "a rule of the whole flow leaves it": Bug("box", "self._open &= ~far", "self._open &= -1"),
    "what was cut is taken whole": Bug("box", "self._touched |= far", "self._touched |= 0"),
    "rules are walked by name": Bug("judgement", "key=lambda rule: rule.priority", "key=lambda rule: rule.name"),
    "directions are mixed": Bug("judgement", "if rule.direction is flow.direction]", "if rule]"),
    "default rules are left out": Bug("judgement", "for rule in (*rules, *DEFAULT_RULES) if", "for rule in rules if"),
    "the last offender is named": Bug(
        "judgement", "certain.rule if certain else denied[0].rule", "certain.rule if certain else denied[-1].rule"
    ),
    "nothing is certain by a tag": Bug("certainty", "for witness in points.witnesses", "for witness in ()"),
    "nothing is certain by an address": Bug("certainty", "if points.known else []", "if not points.known else []"),
    "what is hidden in a flow has no ways of its own": Bug("points", "all(way in bases for way, _ in hidden)", "True"),
    "what one rule denies goes before nothing": Bug(
        "certainty", "key=lambda each: (not each.is_by_itself, each.number)", "key=lambda each: each.number"
    ),
    "a rule is sure where it only may match": Bug("dimension", "return term.possible & ~beyond", "return term.possible"),
    "only one rule lets pass": Bug("certainty", "for box in allowed:", "for box in list(allowed)[:1]:"),
}


@pytest.fixture
def engine(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleNamespace]:
    """The engine with one bug in it, as a package of its own."""
    bug: Bug = request.param
    name = f"buggy_{abs(hash(bug))}"
    (tmp_path / name).mkdir()
    for source in Path(next(iter(access.__path__))).glob("*.py"):
        text = source.read_text(encoding="utf-8")
        if source.stem == bug.module:
            assert bug.code in text, "the code that the bug was made of has changed: change the bug as well"
            text = text.replace(bug.code, bug.change)
        (tmp_path / name / source.name).write_text(text.replace(access.__name__, name), encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    modules = {part: importlib.import_module(f"{name}.{part}") for part in ("facts", "judgement")}
    yield SimpleNamespace(**modules)
    for loaded in [each for each in sys.modules if each.split(".")[0] == name]:
        del sys.modules[loaded]


@pytest.mark.timeout(600)
@pytest.mark.parametrize("engine", [pytest.param(bug, id=name) for name, bug in BUGS.items()], indirect=True)
def test_the_solver_finds_the_bug(engine: SimpleNamespace) -> None:
    assert any(differs(number, engine) for number in range(SCENES))


def differs(number: int, engine: SimpleNamespace) -> bool:
    try:
        return bool(disagreement(number, engine=engine))
    except (IndexError, KeyError, ValueError):
        return True  # a broken engine may as well break down
