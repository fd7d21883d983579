"""Joining a meeting in the app, by keyboard alone."""

from __future__ import annotations

from textual.pilot import Pilot

from simulator.engine.reference_people import Decision
from simulator.scenario.vocabulary import DataCategory
from simulator.ui.screens.panels import HelpPanel, Pick
from simulator.ui.session import Session, Yourself
from simulator.ui.widgets.lines import ToggleLine
from simulator.ui.widgets.stage_view import ChoiceLine, StageView
from tests.ui.driving import NARROW, WIDE, drive, press, seen


def test_the_door_shows_who_hosts_who_is_there_and_whom_one_plays() -> None:
    async def journey(pilot: Pilot[None]) -> None:
        text = seen(pilot)
        assert "Join the meeting" in text
        assert "hosts it. You play" in text
        assert "(participant 7)" in text.replace("\n", " ")
        assert text.count("EU") > 3
        assert "$ joinlab ui granular_opt_in --screen join --seed 1 --participant 7" in text

    drive(journey, Session(flows=("granular_opt_in",), participant=7))


def test_a_toggle_shows_which_way_it_stands_without_colour_and_what_is_on_is_granted() -> None:
    async def journey(pilot: Pilot[None]) -> None:
        await press(pilot, "enter")
        assert "> [ ] off  Audio" in seen(pilot)
        assert "  [ ] off  Video" in seen(pilot)
        await press(pilot, "space", "down")
        assert "  [x] on   Audio" in seen(pilot)
        assert "> [ ] off  Video" in seen(pilot)
        await press(pilot, *["down"] * 6, "enter")
        assert pilot.app.session.decisions == (Decision("join_with_choices", frozenset({"audio"})),)
        assert "You can take back what was taken of yours" in seen(pilot)
        await press(pilot, "enter")
        text = seen(pilot)
        assert "Audio on, Video off" in text
        assert "granted, by you" in text
        await press(pilot, "right")
        assert "audio" in seen(pilot)
        assert "0.3 min" in seen(pilot)
        await press(pilot, "right")
        assert "Of 11 others" in seen(pilot)
        await press(pilot, "right")
        assert "of 1,501 participants" in seen(pilot)
        assert "< you" in seen(pilot)

    drive(journey, Session(flows=("granular_opt_in",), participant=7), size=WIDE)


def test_the_text_of_a_stage_is_wrapped_and_none_of_it_is_lost() -> None:
    async def journey(pilot: Pilot[None]) -> None:
        await press(pilot, "enter")
        told = " ".join(seen(pilot).replace("│", " ").split())
        assert "You can take this back at any time with one click; your data are then removed." in told

    drive(journey, Session(flows=("accept_or_leave",), participant=7), size=NARROW)


def test_an_option_that_takes_three_clicks_has_to_be_pressed_three_times() -> None:
    async def journey(pilot: Pilot[None]) -> None:
        await press(pilot, "enter", "down", "enter")
        assert "press 2 times" in seen(pilot)
        await press(pilot, "enter")
        assert "press once more" in seen(pilot)
        assert not pilot.app.session.decisions
        await press(pilot, "enter")
        assert pilot.app.session.decisions == (Decision("continue_without"),)

    drive(journey, Session(flows=("reject_hidden",), participant=7))


def test_what_officers_and_host_settled_is_told_before_one_is_asked() -> None:
    async def journey(pilot: Pilot[None]) -> None:
        await press(pilot, "enter")
        text = seen(pilot)
        assert 'The admin, in the account: took "Enable Meeting Summary".' in text
        assert "The host (" in text

    drive(journey, Session(flows=("zoom_iq_trial_aug_2023",), participant=7))


def test_going_back_takes_the_last_decision_back_and_then_leads_to_the_door() -> None:
    async def journey(pilot: Pilot[None]) -> None:
        await press(pilot, "enter", "enter")
        assert pilot.app.session.decisions
        await press(pilot, "b")
        assert not pilot.app.session.decisions
        assert "Agree and join" in seen(pilot)
        await press(pilot, "b")
        assert "Join the meeting" in seen(pilot)

    drive(journey, Session(flows=("accept_or_leave",), participant=7))


def test_another_flow_is_found_by_typing() -> None:
    async def journey(pilot: Pilot[None]) -> None:
        await press(pilot, "f")
        assert isinstance(pilot.app.screen, Pick)
        await press(pilot, *"two_but", "enter")
        assert pilot.app.session.flows[0] == "two_buttons"
        assert "$ joinlab ui two_buttons" in seen(pilot)

    drive(journey, Session(participant=7))


def test_who_plays_as_themselves_is_asked_neutrally_before_they_see_what_came_of_it() -> None:
    async def journey(pilot: Pilot[None]) -> None:
        await press(pilot, "y")
        await press(pilot, *"DE", "enter")
        await press(pilot, *"peer", "enter")
        assert pilot.app.session.yourself == Yourself(place="DE")
        assert "You join as yourself: on one level with the host, in DE, by desktop." in " ".join(seen(pilot).split())
        await press(pilot, "enter", "down", "enter")
        assert "Asked neutrally" in seen(pilot)
        assert "saying no had cost you nothing" in pilot.app.screen.query_one(StageView).card.text
        assert "f Flow" not in seen(pilot)
        await press(pilot, "space", *["down"] * 8, "enter")
        assert pilot.app.session.wanted == {DataCategory.AUDIO}
        assert "What you granted" in seen(pilot)
        assert "--wanted audio" in seen(pilot).replace("\n", " ")

    drive(journey, Session(flows=("two_buttons",)), size=WIDE)


def test_help_says_what_the_screen_is_for_and_which_keys_work() -> None:
    async def journey(pilot: Pilot[None]) -> None:
        await press(pilot, "question_mark")
        assert isinstance(pilot.app.screen, HelpPanel)
        text = seen(pilot)
        assert "Join a meeting under a flow" in text
        assert "Join under another flow." in text
        await press(pilot, "escape")
        assert "Join the meeting" in seen(pilot)

    drive(journey, Session(), size=WIDE)


def test_keys_typed_faster_than_the_screen_is_drawn_are_all_taken_and_none_twice() -> None:
    async def journey(pilot: Pilot[None]) -> None:
        await press(pilot, "enter")
        view = pilot.app.screen.query_one(StageView)
        for _ in range(7):
            view.action_move(1)
        line = pilot.app.screen.focused
        assert isinstance(line, ChoiceLine)
        line.action_press()
        line.action_press()
        await press(pilot)
        assert pilot.app.session.decisions == (Decision("join_with_choices"),)

    drive(journey, Session(flows=("granular_opt_in",), participant=7))


def test_a_stage_with_a_time_limit_says_what_is_left_and_then_counts_as_not_answered() -> None:
    session = Session(flows=("zoom_ai_companion_required_consent",), participant=6, ticking=True)

    async def journey(pilot: Pilot[None]) -> None:
        await press(pilot, "enter")
        view = pilot.app.screen.query_one(StageView)
        assert view.card.time_limit == 90
        for _ in range(80):
            view.tick()
        assert "It goes away in 10 seconds." in " ".join(pilot.app.screen.query_one("#time").render().plain.split())
        for _ in range(10):
            view.tick()
        await press(pilot)
        assert session.decisions == (Decision("no_answer"),)

    drive(journey, session)


def test_a_time_limit_stands_still_where_nobody_plays() -> None:
    async def journey(pilot: Pilot[None]) -> None:
        await press(pilot, "enter")
        assert "It goes away in 90 seconds." in seen(pilot)
        await pilot.pause(1.2)
        assert "It goes away in 90 seconds." in seen(pilot)

    drive(journey, Session(flows=("zoom_ai_companion_required_consent",), participant=6))


def test_a_mouse_does_what_the_keys_do() -> None:
    async def journey(pilot: Pilot[None]) -> None:
        await pilot.click("#door ChoiceLine")
        await press(pilot)
        assert "[ ] off  Audio" in seen(pilot)
        await pilot.click(pilot.app.screen.query(ToggleLine)[1])
        await press(pilot)
        assert "[x] on   Video" in seen(pilot)
        await pilot.click(pilot.app.screen.query(ChoiceLine)[1])
        await press(pilot)
        assert pilot.app.session.decisions == (Decision("share_nothing"),)

    drive(journey, Session(flows=("granular_opt_in",), participant=7), size=WIDE)


def test_what_was_switched_survives_a_change_of_size() -> None:
    async def journey(pilot: Pilot[None]) -> None:
        await press(pilot, "enter", "space", "down")
        await pilot.resize_terminal(120, 40)
        await press(pilot)
        assert "  [x] on   Audio" in seen(pilot)
        assert "> [ ] off  Video" in seen(pilot)
        assert "in the room" in seen(pilot)

    drive(journey, Session(flows=("granular_opt_in",), participant=7))
