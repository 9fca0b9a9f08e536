"""Variables of a launcher that fit together say which process this is; others are refused."""

from __future__ import annotations

import pytest

from mome.errors import LaunchError
from mome.tune.launch import Launch, read_launch

HERE = {"MASTER_ADDR": "localhost", "MASTER_PORT": "29500"}


def put(variables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Set these variables of a launcher and no others."""
    for name in ("RANK", "WORLD_SIZE", *HERE):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize(
    ("variables", "launch"),
    [
        ({}, Launch()),
        ({"RANK": "", "WORLD_SIZE": " "}, Launch()),
        ({"WORLD_SIZE": "1"}, Launch()),
        ({"RANK": "0", "WORLD_SIZE": "1"}, Launch()),
        (HERE, Launch()),
        ({"RANK": "0", "WORLD_SIZE": "2", **HERE}, Launch(0, 2)),
        ({"RANK": "3", "WORLD_SIZE": "4", **HERE}, Launch(3, 4)),
    ],
)
def test_which_process_this_is(
    variables: dict[str, str], launch: Launch, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(variables, monkeypatch)
    assert read_launch() == launch


@pytest.mark.parametrize(
    ("variables", "what"),
    [
        ({"RANK": "1"}, "RANK is set and WORLD_SIZE is not"),
        ({"RANK": "0"}, "RANK is set and WORLD_SIZE is not"),
        ({"RANK": "x"}, "RANK is 'x'"),
        ({"RANK": "-1", "WORLD_SIZE": "2", **HERE}, "RANK is '-1'"),
        ({"RANK": "1.0", "WORLD_SIZE": "2", **HERE}, "RANK is '1.0'"),
        ({"RANK": "²", "WORLD_SIZE": "2", **HERE}, "RANK is '²'"),
        ({"RANK": "2", "WORLD_SIZE": "2", **HERE}, "RANK is 2, and with WORLD_SIZE 2"),
        ({"WORLD_SIZE": "2"}, "WORLD_SIZE is 2 and RANK is not set"),
        ({"WORLD_SIZE": "0"}, "WORLD_SIZE is '0'"),
        ({"WORLD_SIZE": "two"}, "WORLD_SIZE is 'two'"),
        ({"RANK": "0", "WORLD_SIZE": "2"}, "MASTER_ADDR is not"),
        ({"RANK": "0", "WORLD_SIZE": "2", "MASTER_ADDR": "localhost"}, "MASTER_PORT is not"),
        ({"RANK": "0", "WORLD_SIZE": "2", **HERE, "MASTER_PORT": "0"}, "MASTER_PORT is '0'"),
        ({"RANK": "0", "WORLD_SIZE": "2", **HERE, "MASTER_PORT": "70000"}, "MASTER_PORT is"),
        ({"RANK": "0", "WORLD_SIZE": "2", **HERE, "MASTER_ADDR": "no.invalid"}, "no known host"),
    ],
)
def test_variables_that_do_not_fit_together(
    variables: dict[str, str], what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(variables, monkeypatch)
    with pytest.raises(LaunchError, match="start the processes with torchrun") as told:
        read_launch()
    assert what in str(told.value)
