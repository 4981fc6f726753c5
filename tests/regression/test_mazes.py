"""What the bonuses reach in a maze that ε-greedy hardly solves, against what was recorded learner by learner.

The same seeds give the same learners on the same machine; elsewhere another rounding gives others, so an agent fails
where its learners are significantly below those recorded (one-sided Mann-Whitney test, Bonferroni's correction
for the agents). To record anew after a change that is meant: `python tests/regression/test_mazes.py`, and say why in
the commit.
"""

import json
from pathlib import Path

import pytest
from scipy.stats import mannwhitneyu

from agents.training.training import train

RECORDED = Path(__file__).with_suffix("") / "returns.json"
MAZE, LEARNERS, STEPS = "MiniGrid-DoorKey-6x6-v0", 5, 50_000
AGENTS = ("count", "rnd", "icm")


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


def test_what_is_recorded_is_far_enough_up_for_a_fall_to_be_seen() -> None:
    recorded = json.loads(RECORDED.read_text("utf-8"))
    nothing = [0.0] * LEARNERS
    assert all(
        mannwhitneyu(nothing, recorded[agent], alternative="less").pvalue < 0.05 / len(AGENTS) for agent in AGENTS
    )


if __name__ == "__main__":
    RECORDED.parent.mkdir(exist_ok=True)
    RECORDED.write_text(json.dumps({agent: returns(agent) for agent in AGENTS}, indent=1) + "\n", "utf-8")
