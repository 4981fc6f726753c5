"""Steps and seconds to a share of the planner's return, worked by hand."""

from agents.training.results import LearnerResult
from escapade.report.mazes.cost import cost_figures, reached, seconds_at


def learners(*curves):
    return [
        LearnerResult(n, 0, 0, None, None, None, list(zip([100, 200, 300, 400], curve, strict=True)))
        for n, curve in enumerate(curves)
    ]


THREE = learners([0, 0.5, 0.5, 0.9], [0, 0, 0.5, 0.5], [0.5, 0.1, 0.2, 0.9])


def test_the_median_of_the_first_evaluations_that_are_no_lower():
    """Half of 1.0 after 200, 300 and 100 steps; 90 % after 400, never and 400. Three learners, 60 steps a second."""
    cost = cost_figures(THREE, 60.0, 1.0)
    assert cost["half"] == {"steps": 200, "ci": None, "seconds": 10, "learners": 3}
    assert cost["most"] == {"steps": 400, "ci": None, "seconds": 20, "learners": 2}


def test_what_most_learners_never_reach_is_never():
    cost = cost_figures(learners([0, 0, 0, 1], [0] * 4, [0] * 4), 60.0, 1.0)
    assert cost["half"] == {"steps": None, "ci": None, "seconds": None, "learners": 1}


def test_six_learners_have_an_interval_whose_end_may_be_never():
    cost = cost_figures(learners(*[[0, 1, 1, 1]] * 5, [0] * 4), 60.0, 1.0)
    assert cost["half"]["ci"] == [200, None]


def test_a_share_of_nothing_has_no_cost():
    assert cost_figures(THREE, 60.0, None) == cost_figures(THREE, 60.0, 0.0) == cost_figures(THREE, 60.0, -1.0) == {}


def test_steps_and_seconds_as_text():
    agent = {"cost": cost_figures(THREE, 60.0, 1.0), "learners": 3, "steps_per_second": 60.0}
    assert reached(agent, "half") == "200 10s"
    assert reached({"cost": {"half": {"steps": 67_504, "seconds": 1234.5}}}, "half") == "67.5k 1,234s"
    assert reached({"cost": {"half": {"steps": 1_500_000, "seconds": 0.4}}}, "half") == "1.5M 0s"
    assert reached({}, "half") == "unknown"
    assert reached({"cost": cost_figures(learners([0] * 4), 60.0, 1.0)}, "most") == "never"
    assert seconds_at(200, agent) == 10
