"""The built-in law: complete on every day, cited, and saying what its sources say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache

import pytest
from faker.config import AVAILABLE_LOCALES

from simulator.scenario import library
from simulator.scenario.jurisdiction import Jurisdiction, Rule
from simulator.scenario.load import load_model
from simulator.scenario.overlay import Overlays
from simulator.scenario.sourced import Source
from simulator.scenario.vocabulary import Confidentiality, Known, Role, Sector, Verdict, VoidTest

FILES = library.builtin("jurisdiction")
OVERLAYS = library.content_root() / "overlays" / "sectors.yaml"
FIRST_DAY = date(2023, 1, 1)
DAYS = (FIRST_DAY, date(2023, 3, 1), date(2023, 8, 7), date(2025, 1, 1), date(2026, 7, 1), date(2030, 1, 1))
"""The first day that the files must cover, days of the source story, and a day after every date in them."""
TESTS = [test for test in VoidTest if test is not VoidTest.EXCLUDED]
VOID, STANDS, UNSETTLED = Verdict.VOID, Verdict.STANDS, Verdict.UNSETTLED
ALL_PARTY = "us_ca us_fl us_il us_ma us_md us_mt us_nh us_or us_pa us_wa"
DISPUTED = "us_ct us_de us_mi us_nv"
ONE_PARTY = "us_1p us_co us_fed us_ga us_nc us_nj us_ny us_oh us_tx us_va"
"""American files by who must agree to a recording: everybody, nobody knows for sure, or one party."""
ELSEWHERE = "au br ca ca_qc ch cn de eu fr in jp kr sg uk"

each_file = pytest.mark.parametrize("name", FILES)


@cache
def law(name: str) -> Jurisdiction:
    return load_model(FILES[name], Jurisdiction, called="jurisdiction")


@cache
def overlays() -> Overlays:
    return load_model(OVERLAYS, Overlays, called="overlays")


def rule(name: str, test: VoidTest, day: str) -> Rule:
    found = law(name).rule(test, date.fromisoformat(day))
    assert found is not None
    return found


def days_around_changes(rules: list[Rule]) -> Iterator[date]:
    """The days on each side of every date in the rules."""
    one = timedelta(days=1)
    for entry in rules:
        if entry.valid_from:
            yield from (entry.valid_from - one, entry.valid_from)
        if entry.valid_to:
            yield from (entry.valid_to, entry.valid_to + one)


def lacking(source: Source) -> bool:
    """Whether a reader could not follow the source up."""
    return (source.url if source.known is Known.PUBLISHED else source.citation) is None


def test_the_jurisdictions_are_there_and_every_american_one_says_who_must_agree_to_a_recording() -> None:
    assert FILES.keys() == set(f"{ALL_PARTY} {DISPUTED} {ONE_PARTY} {ELSEWHERE}".split())


@each_file
def test_the_file_is_named_after_its_id_and_code(name: str) -> None:
    assert law(name).id == name
    assert law(name).code.lower().replace("-", "_") == name


@each_file
def test_every_test_has_exactly_one_rule_on_every_day(name: str) -> None:
    rules = law(name).rules
    # What is in force changes only at these days, so none between them is left out.
    days = {day for day in (*DAYS, *days_around_changes(rules)) if day >= FIRST_DAY}
    found = Counter((day, entry.test) for day in days for entry in rules if entry.in_force(day))
    assert {(day, test): found[day, test] for day in days for test in TESTS if found[day, test] != 1} == {}


def test_a_rule_id_is_used_once_over_all_files() -> None:
    ids = Counter(entry.id for name in FILES for entry in law(name).rules)
    ids.update(overlay.id for overlay in overlays().overlays)
    assert [name for name, count in ids.items() if count > 1] == []


@each_file
def test_rule_ids_begin_with_the_file_they_are_in(name: str) -> None:
    assert [entry.id for entry in law(name).rules if entry.id.split(".")[0] != name] == []


@each_file
def test_every_rule_says_something_and_cites_something(name: str) -> None:
    assert [entry.id for entry in law(name).rules if not entry.says.strip() or not entry.citation.strip()] == []


@each_file
def test_every_address_of_a_rule_is_a_listed_published_source(name: str) -> None:
    published = {source.url for source in law(name).sources if source.known is Known.PUBLISHED}
    assert [entry.id for entry in law(name).rules if entry.url and entry.url not in published] == []


@each_file
def test_a_published_source_has_an_address_and_a_remembered_one_a_citation(name: str) -> None:
    assert [source.supports for source in law(name).sources if lacking(source)] == []


@each_file
def test_what_is_known_with_low_confidence_is_unsettled(name: str) -> None:
    rash = [entry.id for entry in law(name).rules if entry.confidence == "low" and entry.verdict is not UNSETTLED]
    assert rash == []


@each_file
def test_where_no_rule_was_found_nothing_is_void(name: str) -> None:
    invented = [r.id for r in law(name).rules if r.citation.startswith("no rule found") and r.verdict is VOID]
    assert invented == []


@each_file
def test_minors_are_bound_by_an_age_exactly_where_the_law_has_one(name: str) -> None:
    rules = [entry for entry in law(name).rules if entry.test is VoidTest.MINOR]
    assert [entry.id for entry in rules if (entry.age == 0) != (entry.verdict is STANDS)] == []


@each_file
def test_faker_has_names_for_the_place(name: str) -> None:
    assert law(name).locale in AVAILABLE_LOCALES


@pytest.mark.parametrize(
    ("names", "test", "day", "verdict"),
    [
        # Accept or leave.
        ("eu de uk", VoidTest.FORCED, "2023-08-07", VOID),
        ("us_1p us_il", VoidTest.FORCED, "2023-08-07", STANDS),
        ("us_ca jp", VoidTest.FORCED, "2023-08-07", UNSETTLED),
        ("fr ca ca_qc kr cn au sg", VoidTest.FORCED, "2023-08-07", VOID),
        ("us_fed us_tx us_wa us_fl us_ny us_va", VoidTest.FORCED, "2026-07-01", STANDS),
        ("us_co", VoidTest.FORCED, "2023-06-30", STANDS),
        ("us_co br ch", VoidTest.FORCED, "2023-07-01", UNSETTLED),
        ("in", VoidTest.FORCED, "2027-05-12", STANDS),
        ("in", VoidTest.FORCED, "2027-05-13", VOID),
        # Accept or stay muted and unseen.
        ("eu de uk us_ca", VoidTest.DETRIMENT, "2026-07-01", UNSETTLED),
        ("fr ca ca_qc kr cn au sg br ch us_co", VoidTest.DETRIMENT, "2026-07-01", UNSETTLED),
        ("us_1p us_il", VoidTest.DETRIMENT, "2026-07-01", STANDS),
        # The host or the administrator agreed for everybody.
        ("eu de", VoidTest.NOT_OWN_CHOICE, "2023-08-07", VOID),
        ("uk us_ca", VoidTest.NOT_OWN_CHOICE, "2023-08-07", UNSETTLED),
        ("us_1p us_il", VoidTest.NOT_OWN_CHOICE, "2023-08-07", STANDS),
        ("fr ca ca_qc cn", VoidTest.NOT_OWN_CHOICE, "2023-03-01", VOID),
        ("au br ch kr sg", VoidTest.NOT_OWN_CHOICE, "2026-07-01", UNSETTLED),
        ("us_md", VoidTest.NOT_OWN_CHOICE, "2026-03-31", STANDS),
        ("us_md us_co", VoidTest.NOT_OWN_CHOICE, "2026-04-01", UNSETTLED),
        ("jp", VoidTest.NOT_OWN_CHOICE, "2023-06-01", STANDS),
        ("jp", VoidTest.NOT_OWN_CHOICE, "2023-06-02", UNSETTLED),
        ("in", VoidTest.NOT_OWN_CHOICE, "2027-05-12", STANDS),
        ("in", VoidTest.NOT_OWN_CHOICE, "2027-05-13", VOID),
        # A switch that was already on.
        ("eu de uk us_ca", VoidTest.PRE_TICKED, "2023-03-01", VOID),
        ("us_1p us_il jp", VoidTest.PRE_TICKED, "2023-03-01", UNSETTLED),
        ("fr br cn", VoidTest.PRE_TICKED, "2023-03-01", VOID),
        ("ca_qc", VoidTest.PRE_TICKED, "2023-09-21", UNSETTLED),
        ("ca_qc", VoidTest.PRE_TICKED, "2023-09-22", VOID),
        ("kr", VoidTest.PRE_TICKED, "2024-09-14", UNSETTLED),
        ("kr", VoidTest.PRE_TICKED, "2024-09-15", VOID),
        ("au ca ch sg us_co", VoidTest.PRE_TICKED, "2026-07-01", UNSETTLED),
        # One yes to several purposes.
        ("eu de uk", VoidTest.BUNDLED, "2023-03-01", VOID),
        ("us_ca", VoidTest.BUNDLED, "2023-03-28", UNSETTLED),
        ("us_ca au ca ch sg us_co", VoidTest.BUNDLED, "2026-07-01", UNSETTLED),
        ("us_1p us_il jp", VoidTest.BUNDLED, "2023-03-29", STANDS),
        ("fr br cn kr", VoidTest.BUNDLED, "2023-03-01", VOID),
        ("ca_qc", VoidTest.BUNDLED, "2023-09-21", UNSETTLED),
        ("ca_qc", VoidTest.BUNDLED, "2023-09-22", VOID),
        # More clicks to refuse.
        ("us_ca", VoidTest.UNEQUAL_PATH, "2023-03-28", UNSETTLED),
        ("us_ca", VoidTest.UNEQUAL_PATH, "2023-03-29", VOID),
        ("eu de uk", VoidTest.UNEQUAL_PATH, "2026-07-01", UNSETTLED),
        ("us_co", VoidTest.UNEQUAL_PATH, "2023-06-30", STANDS),
        ("us_co", VoidTest.UNEQUAL_PATH, "2023-07-01", UNSETTLED),
        # Nobody, or somebody else, can take it back.
        ("eu de fr uk", VoidTest.WITHDRAWAL, "2026-07-01", VOID),
        ("au br ca ca_qc ch cn kr sg us_ca us_co us_tx us_ct", VoidTest.WITHDRAWAL, "2026-07-01", UNSETTLED),
        ("in", VoidTest.WITHDRAWAL, "2027-05-12", STANDS),
        ("in", VoidTest.WITHDRAWAL, "2027-05-13", UNSETTLED),
        ("jp us_1p us_fed us_il us_wa us_ny us_va", VoidTest.WITHDRAWAL, "2026-07-01", STANDS),
        # The superior hosts.
        ("eu de", VoidTest.POWER_GAP, "2026-07-01", VOID),
        ("uk", VoidTest.POWER_GAP, "2026-07-01", UNSETTLED),
        ("fr", VoidTest.POWER_GAP, "2026-07-01", VOID),
        ("au br ca ca_qc ch cn kr sg", VoidTest.POWER_GAP, "2026-07-01", UNSETTLED),
        (f"{ALL_PARTY} {DISPUTED} {ONE_PARTY} jp", VoidTest.POWER_GAP, "2026-07-01", STANDS),
        # Speakers recognised by voice.
        ("eu de uk us_il in", VoidTest.VOICEPRINT, "2026-07-01", VOID),
        ("us_tx fr ca ca_qc br kr cn au", VoidTest.VOICEPRINT, "2023-08-07", VOID),
        ("us_co", VoidTest.VOICEPRINT, "2025-06-30", UNSETTLED),
        ("us_co us_tx", VoidTest.VOICEPRINT, "2026-01-01", VOID),
        ("us_wa", VoidTest.VOICEPRINT, "2024-03-30", STANDS),
        ("us_wa", VoidTest.VOICEPRINT, "2024-03-31", UNSETTLED),
        ("us_ca us_1p us_va us_ny jp", VoidTest.VOICEPRINT, "2026-07-01", STANDS),
        # Recording without everybody's agreement.
        (f"{ALL_PARTY} eu de fr ch", VoidTest.RECORDING, "2023-08-07", VOID),
        (f"{DISPUTED} au cn", VoidTest.RECORDING, "2023-08-07", UNSETTLED),
        (f"{ONE_PARTY} uk jp ca ca_qc br kr sg", VoidTest.RECORDING, "2023-08-07", STANDS),
        ("in", VoidTest.RECORDING, "2023-10-04", STANDS),
        ("in", VoidTest.RECORDING, "2023-10-05", UNSETTLED),
    ],
)
def test_the_law_says(names: str, test: VoidTest, day: str, verdict: Verdict) -> None:
    assert {name: rule(name, test, day).verdict for name in names.split()} == dict.fromkeys(names.split(), verdict)


def test_staying_after_a_notice_settles_recording_in_america_and_france_but_not_elsewhere_in_europe() -> None:
    settled = (*ALL_PARTY.split(), "us_ct", "us_de", "us_mi", "fr", "au")
    open_ones = ("us_nv", "eu", "de", "ch", "in", "cn")
    notice = {name: rule(name, VoidTest.RECORDING, "2026-07-01").notice for name in (*settled, *open_ones)}
    assert notice == dict.fromkeys(settled, STANDS) | dict.fromkeys(open_ones, UNSETTLED)


def test_only_massachusetts_asks_who_noticed_and_only_germany_and_france_look_at_speakers_alone() -> None:
    rules = [rule(name, VoidTest.RECORDING, "2026-07-01") for name in FILES]
    assert [entry.id for entry in rules if entry.noticed] == ["us_ma.gl_272_99"]
    assert sorted(entry.id for entry in rules if entry.whose == "recorded") == [
        "de.stgb_201_recording", "fr.code_penal_226_1_recording",
    ]  # fmt: skip


def test_a_voiceprint_needs_a_consent_apart_from_others_in_brazil_china_and_korea() -> None:
    found = [name for name in FILES if rule(name, VoidTest.VOICEPRINT, "2026-07-01").separate]
    assert found == ["br", "cn", "kr"]


def test_no_admin_or_host_stands_in_for_a_speaker_where_an_adult_must_opt_in() -> None:
    must = {name: rule(name, VoidTest.NOT_OWN_CHOICE, "2030-01-01") for name in ("de", "ca_qc", "cn", "in")}
    assert {name: entry.verdict for name, entry in must.items()} == dict.fromkeys(must, VOID)


def test_a_parent_decides_below_the_age_of_each_law() -> None:
    names = (name for name in FILES if not name.startswith("us_"))
    ages = {name: rule(name, VoidTest.MINOR, "2026-07-01").age for name in names}
    europe = {"eu": 16, "de": 16, "fr": 15, "uk": 13, "ch": 0}
    asia = {"in": 18, "jp": 0, "kr": 14, "cn": 14, "sg": 13}
    assert ages == europe | asia | {"ca": 13, "ca_qc": 14, "br": 18, "au": 15}


@pytest.mark.parametrize("name", [name for name in FILES if name.startswith("us_")])
def test_everywhere_in_america_a_parent_decides_below_13(name: str) -> None:
    assert {entry.age for entry in law(name).rules if entry.test is VoidTest.MINOR} == {13}


def test_what_colorado_leaves_open_for_its_choice_architecture_rules_is_who_acts_for_work() -> None:
    rules = [entry for entry in law("us_co").rules if entry.in_force(date(2024, 7, 1)) and entry.verdict is UNSETTLED]
    assert [entry.id for entry in rules if "outside the act" not in entry.says] == []
    assert "4 CCR 904-3-7.09" in rule("us_co", VoidTest.UNEQUAL_PATH, "2024-07-01").citation


def test_connecticut_asks_the_notice_to_name_language_models_only_since_july_2026() -> None:
    before, after = (rule("us_ct", VoidTest.NOT_OWN_CHOICE, day) for day in ("2026-06-30", "2026-07-01"))
    assert ("language models" in before.says, "language models" in after.says) == (False, True)


def test_an_electronic_signature_makes_a_biometric_release_since_august_2024() -> None:
    assert rule("us_il", VoidTest.VOICEPRINT, "2024-08-01").id == "us_il.bipa_15b"
    assert rule("us_il", VoidTest.VOICEPRINT, "2024-08-02").id == "us_il.bipa_15b_electronic"


def test_the_capability_case_is_cited_only_once_it_was_decided() -> None:
    before = rule("us_ca", VoidTest.NOT_OWN_CHOICE, "2025-02-09").citation
    after = rule("us_ca", VoidTest.NOT_OWN_CHOICE, "2025-02-10").citation
    assert ("Ambriz" in before, "Ambriz" in after) == (False, True)


SECRET = (Confidentiality.PRIVILEGED, Confidentiality.HEALTH, Confidentiality.INSIDE_INFORMATION)


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("word", SECRET)
def test_what_is_privileged_about_health_or_inside_information_is_out_wherever_it_is_hosted(
    word: Confidentiality, name: str, day: date
) -> None:
    reaching = [
        overlay
        for overlay in overlays().overlays
        if overlay.in_force(day)
        and overlay.lever is None
        and overlay.verdict is VOID
        and overlay.reaches.meeting(word, Sector.WORK, law(name).code)
        and overlay.reaches.person("US-1P", Role.EXTERNAL, 40)
    ]
    assert len(reaching) == 1


def test_only_the_trade_secret_and_the_works_council_wait_for_a_lever() -> None:
    levers = {overlay.id: overlay.lever for overlay in overlays().overlays if overlay.lever}
    assert levers == {
        "overlay.trade_secret": "company_veto",
        "overlay.works_council_de": "works_council",
        "overlay.works_council_eu": "works_council",
    }


def test_training_takes_a_parents_separate_consent_since_the_rule_on_children_of_2025() -> None:
    days = ("2025-06-22", "2025-06-23", "2026-04-21", "2026-04-22")
    children = [overlay for overlay in overlays().overlays if overlay.reaches.below_age]
    found = [[rule.verdict for rule in children if rule.in_force(date.fromisoformat(day))] for day in days]
    assert found == [[], [UNSETTLED], [UNSETTLED], [VOID]]
    assert {rule.reaches.below_age for rule in children} == {13}
    assert {tuple(rule.reaches.places or ()) for rule in children} == {("US",)}


def test_the_places_of_sector_rules_are_places_with_rules_or_their_countries() -> None:
    known = {law(name).code for name in FILES} | {law(name).code.split("-")[0] for name in FILES}
    named = {
        code for rule in overlays().overlays for code in (*(rule.reaches.places or ()), *(rule.reaches.hosted_in or ()))
    }
    assert named - known == set()


def test_the_overlays_are_named_after_their_file_and_sourced() -> None:
    assert overlays().id == OVERLAYS.stem
    assert {overlay.id.split(".")[0] for overlay in overlays().overlays} == {"overlay"}
    assert [source.supports for source in overlays().sources if lacking(source)] == []
    published = {source.url for source in overlays().sources if source.known is Known.PUBLISHED}
    assert {rule.url for rule in overlays().overlays if rule.url} <= published
