"""The rule that is chosen, its figures with intervals, and gates that help."""

from dataclasses import replace

import numpy as np
import pytest
from pydantic import ValidationError

from labeler.decision import (
    FrameScores,
    Gate,
    Interval,
    Rule,
    RuleFigures,
    choose_rule,
    gate_values,
    outcomes,
    propose_gates,
    read_gate,
    require_useful,
    rule_figures,
)
from labeler.decision.firing import run_lengths
from labeler.decision.margin import lowest_of_runs
from labeler.errors import UsageError

FPS, LENGTH = 10, 40
EDGE = 25


def episodes(*kinds, columns=None):
    """Scores of episodes: `good`, `never`, `blip` (one false frame), `blip never`, `missed`."""
    parts = []
    for number, kind in enumerate(kinds):
        frames = np.arange(LENGTH)
        success = (frames >= EDGE) & ("never" not in kind)
        probabilities = np.where(success, 0.9, 0.1)
        if "blip" in kind:
            probabilities[10] = 0.95
        if kind == "missed":
            probabilities[:] = 0.1
        parts.append((np.full(LENGTH, number), frames, probabilities, success))
    joined = [np.concatenate(column) for column in zip(*parts, strict=True)]
    return FrameScores(joined[0], joined[1], joined[2], joined[3], columns or {})


def test_one_false_frame_is_outlasted_by_a_hold():
    found = episodes("good", "blip", "blip never", "never")
    single = rule_figures(found, Rule(threshold=0.5), FPS)
    assert (single.false_early.count, single.false_never.count) == (1, 1)
    chosen = choose_rule(found, FPS)
    assert chosen.reached and chosen.figures.false.count == 0
    assert chosen.rule.hold_frames(FPS) == 2, "the shortest that outlasts one frame"
    assert chosen.figures.missed.count == 0
    assert chosen.figures.delays == (1, 1)
    assert 0.1 < chosen.rule.threshold < 0.9


def test_without_false_frames_nothing_is_held():
    chosen = choose_rule(episodes("good", "never", "good"), FPS)
    assert (chosen.rule.hold_frames(FPS), chosen.figures.delays) == (1, (0, 0))


def hesitant(first, later, false):
    """Two successes, the first frame of each less sure; an episode without, one frame almost so."""
    found = episodes("good", "good", "never")
    found.probabilities[[EDGE, LENGTH + EDGE]] = first
    for start in (EDGE, LENGTH + EDGE):
        found.probabilities[start + 1 : start + LENGTH - EDGE] = later
    found.probabilities[2 * LENGTH + 10] = false
    return found


def with_higher_odds(found, factor):
    """The same frames with the odds of those without success multiplied."""
    odds = found.probabilities / (1 - found.probabilities) * factor
    return replace(
        found, probabilities=np.where(found.labels, found.probabilities, odds / (1 + odds))
    )


def test_the_quickest_rule_is_left_for_one_with_a_margin():
    found = hesitant(first=0.6, later=0.97, false=0.55)
    assert rule_figures(found, Rule(threshold=0.58), FPS).delays == (0, 0), "the quickest there is"
    chosen = choose_rule(found, FPS)
    assert chosen.reached and chosen.figures.delays == (1, 1)
    shifted = rule_figures(with_higher_odds(found, 2.7), chosen.rule, FPS)
    assert shifted.false.count == 0
    assert ", even with odds " in chosen.sentence and chosen.margin >= 1


def test_where_there_is_a_margin_nothing_is_waited_for():
    chosen = choose_rule(hesitant(first=0.97, later=0.97, false=0.55), FPS)
    assert (chosen.rule.hold, chosen.figures.delays) == (0.1, (0, 0))
    assert 0.55 < chosen.rule.threshold < 0.97


def test_no_margin_is_worth_more_than_a_third_of_a_second():
    found = hesitant(first=0.6, later=0.6, false=0.55)
    found.probabilities[2 * LENGTH + 5 : 2 * LENGTH + 20] = 0.55  # no hold outlasts it
    chosen = choose_rule(found, FPS)
    assert chosen.reached and 0 < chosen.margin < 1
    assert max(chosen.figures.delays) <= 3


def test_a_threshold_below_one_half_is_chosen_only_if_it_has_to_be():
    low = episodes("good", "never")
    assert choose_rule(low, FPS).rule.threshold >= 0.5
    low.probabilities[low.labels] = 0.4
    chosen = choose_rule(low, FPS)
    assert 0.1 < chosen.rule.threshold <= 0.4 and chosen.figures.missed.count == 0


def test_a_miss_may_be_nearer_than_a_false_success():
    chosen = choose_rule(episodes("good", "never"), FPS).rule.threshold
    middle = 0.5  # log-odds of 0.1 and 0.9 are as far from it
    assert middle < chosen < 0.9


@pytest.mark.parametrize("hold", [1, 2, 3, 7])
def test_runs_are_met_where_their_lowest_value_is(hold):
    random = np.random.default_rng(hold)
    values, breaks = random.random(200), random.random(200) < 0.1
    lowest = lowest_of_runs(values, breaks, hold)
    for threshold in (0.2, 0.5, 0.8):
        met = run_lengths(values >= threshold, breaks) >= hold
        assert (met == (lowest >= threshold)).all()


def test_what_happens_in_each_episode():
    found = outcomes(episodes("good", "blip", "blip never", "never", "missed"), Rule(), FPS)
    assert [one.false for one in found] == [False, True, True, False, False]
    assert [one.missed for one in found] == [False, False, False, False, True]
    assert [one.delay for one in found] == [0, None, None, None, None]
    assert [one.cutoff for one in found] == [EDGE, EDGE, None, None, EDGE]


def test_a_limit_that_cannot_be_kept_is_said():
    found = episodes("good", "never")
    found.probabilities[LENGTH + EDGE :] = 0.95
    chosen = choose_rule(found, FPS)
    assert not chosen.reached
    assert (chosen.figures.false.count, chosen.figures.missed.count) == (1, 0)
    assert "No rule has no falsely successful episode; this one has fewest: 1 of 2." in (
        chosen.sentence
    )
    assert choose_rule(found, FPS, limit=0.5).reached


def test_probabilities_that_say_nothing_give_no_rule():
    found = episodes("good", "never")
    found.probabilities[:] = 0.9
    with pytest.raises(UsageError, match="No threshold decides any episode correctly"):
        choose_rule(found, FPS)


def test_without_never_episodes_no_false_rate_is_stated():
    chosen = choose_rule(episodes("good", "good"), FPS)
    assert chosen.figures.false_never.share is None
    assert "nothing can be said" in chosen.figures.sentences[0]
    assert "nothing is known about those" in chosen.sentence


def test_without_success_nothing_is_chosen():
    with pytest.raises(UsageError, match="No frame is labelled success"):
        choose_rule(episodes("never"), FPS)


def test_a_hold_longer_than_the_episodes_misses_all():
    figures = rule_figures(episodes("good"), Rule(hold=10), FPS)
    assert figures.missed.count == 1 and figures.delay(0.5) is None


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [(0, 12, 0, 0.2209), (12, 12, 0.7791, 1), (3, 10, 0.0667, 0.6525)],
)
def test_intervals_are_exact(count, of, low, high):
    assert Interval(count, of).bounds == pytest.approx((low, high), abs=1e-4)


@pytest.mark.parametrize(
    ("count", "quantile", "bounds"),
    [
        (20, 0.5, (5, 14)),
        (6, 0.5, (0, 5)),
        (5, 0.5, (0, None)),
        (16, 0.95, (12, None)),
        (1, 0.5, (0, None)),
    ],
)
def test_delays_have_intervals_of_the_tables(count, quantile, bounds):
    """The 6th and 15th of 20, for a median; delays here are their own places."""
    none = Interval(0, count)
    figures = RuleFigures(none, none, none, tuple(range(count)), FPS)
    assert figures.delay_bounds(quantile) == bounds


def test_delays_are_said_with_their_intervals():
    none = Interval(0, 20)
    told = RuleFigures(none, none, none, tuple(range(20)), FPS).sentences[-1]
    assert told == (
        "Delay: median 9.5 frames (0.95 s; 0.50 to 1.40 s), 95% within 18.05 frames (1.81 s; "
        "at least 1.60 s), of 20 of 20 episodes decided correctly; intervals with 95% confidence"
    )


def test_an_interval_is_said_in_words():
    assert Interval(0, 12).text == "0 of 12: below 22% with 95% confidence"


def heights(count):
    """Something that is low until success, and then high, with a little difference each time."""
    return np.concatenate(
        [np.where(np.arange(LENGTH) >= EDGE, 0.2 + number / 100, 0.0) for number in range(count)]
    )


def lasting(*kinds):
    """As `episodes`; a blip lasts from frame 5 to 19, which no hold outlasts."""
    found = episodes(*kinds)
    for number, kind in enumerate(kinds):
        if "blip" in kind:
            found.probabilities[number * LENGTH + 5 : number * LENGTH + 20] = 0.95
    return found


def test_gates_that_separate_are_proposed():
    found = lasting("good", "good", "blip", "blip never")
    columns = {
        "observation.state[z]": heights(4),
        "observation.state[x]": np.linspace(0, 1, len(found)),
    }
    chosen = choose_rule(found, FPS)
    assert chosen.figures.false.count == 2
    best, *_ = propose_gates(found, chosen, FPS, columns)
    assert best.gate.source == "observation.state[z]" and best.gate.comparison == ">"
    assert best.gate.bound == pytest.approx(0.1)
    assert (best.gain, best.after.figures.missed.count) == (2, 0)
    assert best.after.figures.delay(0.5) == 0
    assert "falsely successful 2 → 0, missed 0 → 0 of 3" in best.text
    known = replace(found, columns={best.gate.source: columns[best.gate.source]})
    assert choose_rule(known, FPS, gates=(best.gate,)).rule == best.after.rule


def test_a_gate_that_only_makes_the_rule_quicker_is_proposed_too():
    found = episodes("good", "blip", "good", "blip never")
    chosen = choose_rule(found, FPS)
    assert (chosen.figures.false.count, chosen.figures.delay(0.5)) == (0, 1)
    (best,) = propose_gates(found, chosen, FPS, {"z": heights(4)})
    assert (best.gain, best.after.figures.delay(0.5)) == (0, 0)


def test_no_gate_rests_on_a_single_episode():
    found = lasting("good", "good", "blip never")
    edges = np.array([EDGE, LENGTH + EDGE, 2 * LENGTH + 5])
    column = np.full(len(found), 0.5)
    column[edges] = 0.2, 0.4, 0.5  # the nearest true one is as far from the other as the false one
    chosen = choose_rule(found, FPS)
    assert propose_gates(found, chosen, FPS, {"z": column}) == ()


def test_nothing_is_proposed_where_nothing_is_false():
    found = episodes("good", "good")
    columns = {"x": np.arange(2 * LENGTH) * 1.0}
    assert propose_gates(found, choose_rule(found, FPS), FPS, columns) == ()


def test_a_hold_that_is_given_is_kept():
    chosen = choose_rule(episodes("good", "good"), FPS, hold=0.5)
    assert chosen.rule.hold == 0.5 and chosen.figures.delays == (4, 4)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("observation.state[gripper.pos] < 30", ("observation.state", "gripper.pos", "<", 30)),
        ("observation.state[5]>=-.5", ("observation.state", "5", ">=", -0.5)),
        ("complementary_info.force > 1e-3", ("complementary_info.force", None, ">", 0.001)),
    ],
)
def test_gates_are_read(text, expected):
    gate = read_gate(text)
    assert (gate.column, gate.entry, gate.comparison, gate.bound) == expected
    assert read_gate(gate.text) == gate


@pytest.mark.parametrize("text", ["", "z", "z = 3", "z < nan", "< 3", "z[] < 3", "z < 1e999"])
def test_other_texts_are_no_gates(text):
    with pytest.raises(UsageError, match="is not a gate"):
        read_gate(text)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("state < 1", "is a vector"),
        ("state[zz] < 1", "no entry zz"),
        ("state[7] < 1", "no entry 7"),
    ],
)
def test_gates_that_fit_no_column_are_refused(text, message):
    column = np.stack([np.arange(4.0), np.full(4, 2.0)], axis=1)
    with pytest.raises(UsageError, match=message):
        gate_values(read_gate(text), column, ("x", "z"))


def test_a_number_has_no_entries():
    with pytest.raises(UsageError, match="has no entry 0") as error:
        gate_values(read_gate("observation.force[0] < 1"), np.arange(4.0), ())
    assert error.value.advice == "Compare observation.force itself."


def test_gates_on_what_never_changes_are_refused():
    gate = read_gate("state[z] < 1")
    with pytest.raises(UsageError, match="state\\[z\\] is 2 in every frame"):
        require_useful(gate, np.full(4, 2.0))
    with pytest.raises(UsageError, match="is not a number in any frame"):
        require_useful(gate, np.full(4, np.nan))
    assert require_useful(gate, np.array([1.0, 2.0])) == ""
    said = require_useful(gate, np.array([1.0, np.nan, 2.0]))
    assert said == "state[z] is not a number in 1 frame; its gate is closed there."


def test_a_bound_is_typed_as_exactly_as_it_is():
    gate = Gate(column="x", comparison="<", bound=1234567.25)
    assert read_gate(gate.text) == gate


def test_a_release_above_the_threshold_is_refused():
    with pytest.raises(ValidationError, match="release"):
        Rule(threshold=0.5, release=0.6)


@pytest.mark.parametrize("release", [0.0, 0.2, 0.5])
def test_no_release_changes_what_happens_to_an_episode(release):
    """Why none is proposed: an episode ends at its first success."""
    found = lasting("good", "blip", "blip never", "never", "missed")
    plain = Rule(threshold=0.5, hold=0.3)
    released = plain.model_copy(update={"release": release})
    assert rule_figures(found, released, FPS) == rule_figures(found, plain, FPS)


def test_a_rule_says_what_it_is():
    gate = Gate(column="observation.state", entry="z", comparison=">", bound=0.04)
    rule = Rule(threshold=0.85, hold=0.2, release=0.5, gates=(gate,))
    assert rule.text == (
        "probability ≥ 0.85, for 0.2 s, while observation.state[z] > 0.04, until it falls below 0.5"
    )
    assert Rule.model_validate_json(rule.model_dump_json()) == rule
