"""`joinlab check` and `joinlab schema`: content files of every kind."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from simulator.scenario import library
from simulator.scenario.load import MODELS
from simulator.scenario.yaml_file import read
from tests.cli.command import joinlab, lines

BUILT_IN = [(kind, path) for kind in library.KINDS for path in library.builtin(kind).values()]
GOOD = library.builtin("flow")["two_buttons"].read_text(encoding="utf-8")
TO_DRAFT = "https://json-schema.org/draft/2020-12/schema"


def placed(folder: Path, **files: str) -> list[str]:
    """Files of these names and texts, as words of a command."""
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return [str(folder / f"{name}.yaml") for name in files]


@pytest.mark.parametrize("kind", library.KINDS)
def test_every_built_in_file_is_sound(kind) -> None:
    paths = [str(path) for path in library.builtin(kind).values()]
    assert paths
    done = joinlab("check", *paths)
    assert (done.code, done.err) == (0, "")
    for path in paths:
        assert f"{path}: the file of this {library.CALLED[kind]} is in order." in lines(done.out)


def test_a_built_in_flow_is_checked_by_its_name() -> None:
    done = joinlab("check", "two_buttons")
    assert (done.code, done.err) == (0, "")
    assert lines(done.out)[0] == "two_buttons: the file of this flow is in order."


def test_all_problems_of_all_files_are_told_and_the_sound_ones_named(tmp_path: Path) -> None:
    one, two, good = placed(
        tmp_path,
        one=GOOD.replace("effect: deny", "effect: denie").replace("refusal: excluded", "refusal: sulk"),
        two="",
        good=GOOD,
    )
    done = joinlab("check", one, two, good)
    assert done.code == 2
    assert [line.split(":")[0] for line in lines(done.err) if line.startswith(str(tmp_path))] == [one, one, two]
    assert '"denie" is not an effect.' in done.err
    assert '"sulk" is not a refusal.' in done.err
    assert f"{two}: the file is empty." in lines(done.err)
    assert f"{good}: the file of this flow is in order." in lines(done.out)
    assert f"{one}: the file" not in done.out


def test_a_file_that_is_not_sound_weighs_more_than_a_finding(tmp_path: Path) -> None:
    (path,) = placed(tmp_path, empty="")
    assert joinlab("check", "accept_or_leave", path, "--fail-on", "error").code == 2


def test_a_file_of_no_known_kind_is_refused_with_the_kinds(tmp_path: Path) -> None:
    (path,) = placed(tmp_path, what="colour: blue\n")
    done = joinlab("check", path)
    assert (done.code, done.out) == (2, "")
    assert done.err == (
        f"{path}: this is no kind of file that joinlab knows.\n"
        f"  Kinds: {', '.join(MODELS)}; `joinlab schema KIND` prints what each holds.\n"
    )


def test_a_scenario_is_checked_with_all_that_it_names(tmp_path: Path) -> None:
    scenario = library.builtin("scenario")["lecture"].read_text(encoding="utf-8")
    (path,) = placed(tmp_path, scenario=scenario.replace("population: office_workers", "population: nobody"))
    done = joinlab("check", path)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f'{path}:18: scenario.population: "nobody" is not the name of a built-in population.\n')


def test_a_scenario_finds_the_files_beside_it(tmp_path: Path) -> None:
    scenario = library.builtin("scenario")["everyday_meetings"].read_text(encoding="utf-8")
    flows = "flows: [accept_or_leave, granular_opt_in]"
    assert flows in scenario
    (path, _) = placed(
        tmp_path,
        scenario=scenario.replace(flows, "flows: [mine.yaml, accept_or_leave]"),
        mine=GOOD.replace("id: two_buttons", "id: mine", 1),
    )
    assert joinlab("check", path).code == 0
    done = joinlab("run", path, "--participants", "200", "--seed", "1", "--format", "json")
    assert [flow["id"] for flow in json.loads(done.out)["flows"]] == ["mine", "accept_or_leave"]


@pytest.mark.parametrize("kind", library.KINDS)
def test_a_schema_is_json_and_knows_every_key_of_the_built_in_files(kind) -> None:
    done = joinlab("schema", kind)
    assert (done.code, done.err) == (0, "")
    schema = json.loads(done.out)
    assert (schema["$schema"], schema["title"]) == (TO_DRAFT, f"joinlab {kind}")
    for path in library.builtin(kind).values():
        keys = set(read(path).value)
        assert keys <= set(schema["properties"])
        assert set(schema["required"]) <= keys


def test_every_kind_of_file_has_a_model_and_a_name() -> None:
    assert set(library.KINDS) == set(MODELS) == set(library.CALLED) == {kind for kind, _ in BUILT_IN}
