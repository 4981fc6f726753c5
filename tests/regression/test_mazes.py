"""What the agents reach in a maze that ε-greedy hardly leaves, against what was recorded learner by learner.

The same seeds give the same learners on the same machine; elsewhere another rounding gives others, so an agent fails
where its learners are significantly below those recorded (exact one-sided Mann-Whitney test, Bonferroni's correction
for the agents). To record anew after a change that is meant: `python tests/regression/test_mazes.py`, and say why in
the commit.
"""

import json
from pathlib import Path
from statistics import median

import pytest
from scipy.stats import mannwhitneyu

from agents.training.training import train

RECORDED = Path(__file__).with_suffix("") / "returns.json"
MAZE, LEARNERS, STEPS = "MiniGrid-DoorKey-6x6-v0", 5, 30_000
AGENTS = ("epsilon-greedy", "count", "rnd", "icm")


def returns(agent: str) -> list[float]:
    """The mean of each learner's curve, which falls where it learns later or worse."""
    block = train(MAZE, agent, learners=range(LEARNERS), steps=STEPS, seed=1)
    return [sum(value for _, value in learner.curve) / len(learner.curve) for learner in block.results]


@pytest.mark.parametrize("agent", AGENTS)
def test_no_agent_falls_below_what_was_recorded(agent: str) -> None:
    recorded = json.loads(RECORDED.read_text("utf-8"))[agent]
    now = returns(agent)
    p_value = float(mannwhitneyu(now, recorded, alternative="less", method="exact").pvalue)
    assert p_value > 0.05 / len(AGENTS), f"{agent} fell from {recorded} to {now}"


def test_the_median_learner_with_a_bonus_is_ahead_of_every_learner_without() -> None:
    recorded = json.loads(RECORDED.read_text("utf-8"))
    assert all(max(recorded["epsilon-greedy"]) < median(recorded[agent]) for agent in AGENTS[1:])


if __name__ == "__main__":
    RECORDED.parent.mkdir(exist_ok=True)
    RECORDED.write_text(json.dumps({agent: returns(agent) for agent in AGENTS}, indent=1) + "\n", "utf-8")
