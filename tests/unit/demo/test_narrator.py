"""How the story looks, on a terminal and elsewhere."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from demo.narrator import Narrator

TABLE = """\
NAME     READY   MESSAGE
team-a   True    The network is prepared.
"""


class Clock:
    """Moves on by one and a half seconds at each look."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        self.now += 1.5
        return self.now


@pytest.fixture
def screen() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def plain(screen: io.StringIO) -> Narrator:
    return Narrator(Console(file=screen, force_terminal=False, width=80), clock=Clock())


@pytest.fixture
def terminal(screen: io.StringIO) -> Narrator:
    return Narrator(Console(file=screen, force_terminal=True, color_system="standard", width=60, _environ={}), clock=Clock())


def test_a_sentence_comes_with_the_seconds_since_the_one_before(plain: Narrator, screen: io.StringIO) -> None:
    plain.tell("The operator runs.")
    plain.tell("The resource is Ready.")

    assert screen.getvalue() == "   1.5 s  The operator runs.\n   1.5 s  The resource is Ready.\n"


def test_time_before_the_story_does_not_count(plain: Narrator, screen: io.StringIO) -> None:
    clock = plain._clock
    clock()
    clock()
    plain.restart()
    plain.tell("The operator runs.")

    assert screen.getvalue() == "   1.5 s  The operator runs.\n"
    assert plain.seconds == 3.0


def test_a_long_sentence_goes_on_beside_its_time(plain: Narrator, screen: io.StringIO) -> None:
    plain.tell("word " * 30)

    first, second = screen.getvalue().splitlines()
    assert first == "   1.5 s  " + " ".join(["word"] * 22)
    assert second == "          " + " ".join(["word"] * 8)


def test_what_kubectl_printed_is_shown_word_for_word_where_nobody_watches(plain: Narrator, screen: io.StringIO) -> None:
    long = f"{TABLE.rstrip()} {'and so on ' * 20}end\n"
    plain.show(long, command="kubectl get wgn -o wide")

    shown = screen.getvalue().splitlines()
    assert shown == ["          $ kubectl get wgn -o wide", *(f"          {line}" for line in long.splitlines())]


def test_a_line_that_is_too_long_ends_at_the_edge_of_the_terminal(terminal: Narrator, screen: io.StringIO) -> None:
    terminal.show(f"{'x' * 100}\n")

    assert screen.getvalue() == " " * 10 + "x" * 49 + "…\n"


def test_words_of_kubectl_have_the_colour_of_what_they_mean(terminal: Narrator, screen: io.StringIO) -> None:
    terminal.show("team-a  True  Unknown  False")

    assert screen.getvalue() == " " * 10 + "team-a  \x1b[32mTrue\x1b[0m  \x1b[33mUnknown\x1b[0m  \x1b[31mFalse\x1b[0m\n"


def test_no_colours_and_no_waiting_where_nobody_watches(plain: Narrator, screen: io.StringIO) -> None:
    with plain.awaiting("The operator is starting …"):
        plain.chapter("One resource is applied")
        plain.quote("Warning DriftDetected: Somebody changed [subnet team-a].")
        plain.show(TABLE)

    assert screen.getvalue() == (
        "\n"
        "One resource is applied\n"
        "            Warning DriftDetected: Somebody changed [subnet team-a].\n"
        "          NAME     READY   MESSAGE\n"
        "          team-a   True    The network is prepared.\n"
    )


def test_a_watcher_sees_what_is_awaited(terminal: Narrator, screen: io.StringIO) -> None:
    with terminal.awaiting("The operator is starting …"):
        pass

    assert "The operator is starting …" in screen.getvalue()


def test_commands_to_copy_are_never_cut(terminal: Narrator, screen: io.StringIO) -> None:
    command = f"  curl {'x' * 100}"
    terminal.print_as_is(f"Look:\n\n{command}\n")

    assert screen.getvalue() == f"Look:\n\n\x1b[36m{command}\x1b[0m\n"


def test_a_failure_ends_with_its_reason(plain: Narrator, screen: io.StringIO) -> None:
    plain.fail("The delegation did not come back within 60 s.", evidence="$ kubectl describe wgn team-a\nName: team-a\n")

    assert screen.getvalue() == (
        "\n$ kubectl describe wgn team-a\nName: team-a\n\n   1.5 s  The delegation did not come back within 60 s.\n"
    )
