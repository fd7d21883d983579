"""What a scenario names is gathered, and what does not fit together is refused before anything runs."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from simulator.engine.inputs import gather
from simulator.engine.law_tables import rule_ids
from simulator.errors import ScenarioError
from simulator.meetings.recorded import RecordedMeeting, Speaker
from simulator.scenario import library
from simulator.scenario.document import Scenario
from simulator.scenario.vocabulary import Confidentiality, Reading, VoidTest, WorksCouncil
from simulator.scenario.yaml_file import read
from tests.engine.by_hand import flow_of, stage

CODES = ", ".join(library.code_of(name) for name in library.builtin("jurisdiction"))


@pytest.fixture
def scenario() -> Scenario:
    """The built-in scenario of everyday meetings."""
    return library.scenario("everyday_meetings")


def refused(scenario: Scenario, **given: object) -> str:
    """The whole text of the refusal."""
    with pytest.raises(ScenarioError) as caught:
        gather(scenario, **given)  # type: ignore[arg-type]
    return str(caught.value)


def test_a_scenario_comes_with_all_that_it_names(scenario: Scenario) -> None:
    inputs = gather(scenario)
    assert [flow.id for flow in inputs.flows] == scenario.flows
    assert inputs.population.id == scenario.population
    assert inputs.mix.id == scenario.meetings
    assert inputs.parameters.id == scenario.parameters
    assert inputs.codes == tuple(inputs.population.jurisdictions.of)
    assert set(inputs.law.jurisdictions) == set(inputs.codes)
    assert inputs.law.day == scenario.date
    assert "overlay.hipaa" in {overlay.id for overlay in inputs.law.overlays}


def test_flows_given_take_the_place_of_those_that_the_scenario_names(scenario: Scenario) -> None:
    flow = flow_of(stage())
    assert gather(scenario, flows=[flow]).flows == (flow,)


def test_where_the_reading_is_left_open_the_law_is_read_both_ways(scenario: Scenario) -> None:
    inputs = gather(scenario.model_copy(update={"reading": None}))
    assert inputs.law.reading is Reading.STRICT
    assert inputs.lenient is not None
    assert inputs.lenient.reading is Reading.LENIENT
    assert inputs.lenient.jurisdictions == inputs.law.jurisdictions


@pytest.mark.parametrize("reading", Reading)
def test_where_the_reading_is_fixed_the_law_is_read_in_one_way(scenario: Scenario, reading: Reading) -> None:
    inputs = gather(scenario.model_copy(update={"reading": reading}))
    assert inputs.law.reading is reading
    assert inputs.lenient is None


@pytest.mark.parametrize("veto", [True, False])
def test_the_companys_veto_is_a_lever_of_the_scenario(scenario: Scenario, veto: bool) -> None:
    inputs = gather(scenario.model_copy(update={"company_veto": veto}))
    assert ("overlay.trade_secret" in {overlay.id for overlay in inputs.law.overlays}) is veto


@pytest.mark.parametrize("council", WorksCouncil)
def test_a_works_council_that_has_not_agreed_is_a_lever_of_the_scenario(
    scenario: Scenario, council: WorksCouncil
) -> None:
    inputs = gather(scenario.model_copy(update={"works_council": council}))
    found = "overlay.works_council_de" in {overlay.id for overlay in inputs.law.overlays}
    assert found is (council is WorksCouncil.NOT_AGREED)


def test_people_are_placed_evenly_where_the_scenario_says_and_stay_there(scenario: Scenario) -> None:
    inputs = gather(scenario.model_copy(update={"places": ["DE", "BR"]}))
    assert inputs.population.jurisdictions.of == {"DE": 0.5, "BR": 0.5}
    assert inputs.population.cross_border.value == 0
    assert inputs.codes == ("DE", "BR")
    assert set(inputs.law.jurisdictions) == {"DE", "BR"}


def test_a_place_without_rules_in_a_scenario_is_refused(scenario: Scenario) -> None:
    message, remedy = refused(scenario.model_copy(update={"places": ["DE", "XX"]})).splitlines()
    assert message == "scenario everyday_meetings has people in 'XX', for which there are no rules."
    assert remedy.endswith(f"Jurisdictions: {CODES}.")


def test_only_the_types_and_classes_that_the_scenario_names_are_held(scenario: Scenario) -> None:
    narrowed = {"meeting_types": ["client"], "confidentiality": [Confidentiality.CONFIDENTIAL]}
    mix = gather(scenario.model_copy(update=narrowed)).mix
    assert [(kind.id, kind.confidentiality) for kind in mix.types] == [("client", {Confidentiality.CONFIDENTIAL: 1.0})]


def test_a_type_that_the_mix_lacks_is_refused(scenario: Scenario) -> None:
    assert refused(scenario.model_copy(update={"meeting_types": ["bord"]})).splitlines() == [
        "meeting_types of scenario everyday_meetings has 'bord', which working_week lacks.",
        '  Did you mean "board"? Types: one_to_one, team, stand_up, client, interview, all_hands, lecture, telehealth, '
        "board, webinar.",
    ]


def test_a_choice_that_leaves_no_meetings_is_refused(scenario: Scenario) -> None:
    none = {"meeting_types": ["board"], "confidentiality": [Confidentiality.PUBLIC]}
    assert refused(scenario.model_copy(update=none)).splitlines() == [
        "scenario everyday_meetings leaves no meetings: those types of working_week are never public.",
        "  Leave `confidentiality` or `meeting_types` out, or name a mix that has such meetings.",
    ]


def test_a_flow_with_a_day_of_its_own_is_judged_by_the_law_of_that_day(scenario: Scenario) -> None:
    first, other = scenario.flows
    inputs = gather(scenario.model_copy(update={"dates": {other: date(2023, 8, 8)}}))
    assert [inputs.law_of(flow).day for flow in inputs.flows] == [scenario.date, date(2023, 8, 8)]
    for flow in inputs.flows:
        lenient = inputs.lenient_of(flow)
        assert lenient is not None
        assert (lenient.day, lenient.reading) == (inputs.law_of(flow).day, Reading.LENIENT)
        assert inputs.law_of(flow).reading is Reading.STRICT


def test_a_day_of_a_flow_that_is_not_there_is_refused(scenario: Scenario) -> None:
    assert refused(scenario.model_copy(update={"dates": {"accept_or_leve": date(2023, 8, 8)}})).splitlines() == [
        "dates of scenario everyday_meetings has 'accept_or_leve', which is none of its flows.",
        '  Did you mean "accept_or_leave"? Flows: accept_or_leave, granular_opt_in.',
    ]


def test_what_a_file_narrows_wrongly_is_told_with_its_lines_all_at_once(tmp_path: Path) -> None:
    mine = tmp_path / "mine.yaml"
    text = library.builtin("scenario")["everyday_meetings"].read_text(encoding="utf-8")
    text += "dates: {two_buttns: 2023-08-08}\nplaces: [DE, XX]\nmeeting_types: [board, bord]\n"
    mine.write_text(text, "utf-8")
    found = refused(library.scenario(str(mine)), document=read(mine))
    last = len(text.splitlines())
    assert [line.split(": ")[:2] for line in found.splitlines() if line.startswith(str(mine))] == [
        [f"{mine}:{last - 2}", "scenario.dates.two_buttns"],
        [f"{mine}:{last}", "scenario.meeting_types[1]"],
        [f"{mine}:{last - 1}", "scenario.places[1]"],
    ]


def test_a_relative_path_starts_beside_the_scenario(scenario: Scenario, tmp_path: Path) -> None:
    text = library.builtin("population")["office_workers"].read_text(encoding="utf-8")
    (tmp_path / "mine.yaml").write_text(text.replace("willing:\n  value: 0.27", "willing:\n  value: 0.31"), "utf-8")
    inputs = gather(scenario.model_copy(update={"population": "mine.yaml"}), beside=tmp_path)
    assert inputs.population.willing.value == 0.31


def test_people_in_a_jurisdiction_without_rules_are_refused(scenario: Scenario, tmp_path: Path) -> None:
    text = library.builtin("population")["office_workers"].read_text(encoding="utf-8")
    mine = text.replace("US-IL:", "US-XX:")
    (tmp_path / "mine.yaml").write_text(mine, "utf-8")
    text = refused(scenario.model_copy(update={"population": "mine.yaml"}), beside=tmp_path)
    line = next(number for number, held in enumerate(mine.splitlines(), start=1) if "US-XX" in held)
    assert text == (
        f"{tmp_path}/mine.yaml:{line}: population.jurisdictions.of.US-XX: people are in a place for which there are no "
        f'rules.\n  Did you mean "US-TX"? Jurisdictions: {CODES}.'
    )


def test_a_code_in_small_letters_is_refused_with_the_one_that_is_meant(scenario: Scenario, tmp_path: Path) -> None:
    text = library.builtin("population")["office_workers"].read_text(encoding="utf-8")
    (tmp_path / "mine.yaml").write_text(text.replace("US-IL:", "us-il:"), "utf-8")
    text = refused(scenario.model_copy(update={"population": "mine.yaml"}), beside=tmp_path)
    assert 'Did you mean "US-IL"?' in text


def test_a_place_without_a_file_has_the_rules_of_the_one_that_stands_for_it(scenario: Scenario, tmp_path: Path) -> None:
    text = library.builtin("population")["office_workers"].read_text(encoding="utf-8")
    (tmp_path / "mine.yaml").write_text(text.replace("US-IL:", "US-AZ:"), "utf-8")
    inputs = gather(scenario.model_copy(update={"population": "mine.yaml"}), beside=tmp_path)
    assert "US-AZ" in inputs.codes
    assert inputs.law.jurisdictions["US-AZ"].code == "US-AZ"
    assert inputs.law.rule("US-AZ", VoidTest.RECORDING) == inputs.law.rule("US-1P", VoidTest.RECORDING)
    # Two places of one file share its rules, and each is counted once.
    ids = rule_ids(inputs.law, inputs.codes)
    assert len(set(ids)) == len(ids)


def test_a_day_that_no_rule_reaches_is_refused_with_the_first_that_all_do(scenario: Scenario) -> None:
    assert refused(scenario.model_copy(update={"date": date(2021, 6, 1)})) == (
        "the law of 2021-06-01 is not known for DE (known from 2021-12-01 on), US-CA (known from 2023-01-01 on), "
        "JP (known from 2022-04-01 on).\n  Choose a day from 2023-01-01 on, or add what was the law then to de.yaml, "
        "us_ca.yaml, jp.yaml (verdict unsettled where it was open)."
    )


def test_a_stage_shown_in_a_jurisdiction_without_rules_is_refused(scenario: Scenario) -> None:
    flow = flow_of(stage(when={"jurisdictions": ["DE", "QQ"]}))
    assert refused(scenario, flows=[flow]).splitlines() == [
        "stage ask of flow by_hand names 'QQ', for which there are no rules.",
        f"  Jurisdictions: {CODES}.",
    ]


def test_a_flow_twice_in_one_comparison_is_refused(scenario: Scenario) -> None:
    assert refused(scenario, flows=[flow_of(stage()), flow_of(stage("other"))]).splitlines() == [
        "flow by_hand appears twice in one comparison.",
        "  Name it once.",
    ]


def test_a_recorded_meeting_larger_than_the_engine_takes_is_refused(scenario: Scenario) -> None:
    speakers = tuple(Speaker(f"s{number}", 1) for number in range(1001))
    crowd = RecordedMeeting("crowd", Path("crowd.csv"), 1000, speakers)
    message = "crowd.csv: meeting crowd has 1001 people; the engine takes at most 1000."
    assert refused(scenario, recorded=[crowd]) == message


def test_a_scenario_without_flows_is_refused(scenario: Scenario) -> None:
    assert refused(scenario.model_copy(update={"flows": []})).splitlines() == [
        "scenario everyday_meetings names no flows.",
        "  Add `flows: [accept_or_leave]`.",
    ]


def test_all_that_does_not_fit_is_said_at_once(scenario: Scenario) -> None:
    flow = flow_of(stage(when={"jurisdictions": ["QQ"]}))
    speakers = tuple(Speaker(f"s{number}", 1) for number in range(1001))
    text = refused(scenario, flows=[flow, flow], recorded=[RecordedMeeting("crowd", Path("crowd.csv"), 1000, speakers)])
    assert [line for line in text.splitlines() if not line.startswith("  ")] == [
        "flow by_hand appears twice in one comparison.",
        "stage ask of flow by_hand names 'QQ', for which there are no rules.",
        "stage ask of flow by_hand names 'QQ', for which there are no rules.",
        "crowd.csv: meeting crowd has 1001 people; the engine takes at most 1000.",
        "4 problems; nothing was run.",
    ]
