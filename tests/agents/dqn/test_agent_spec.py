"""Agent specs: what they mean, and what is refused."""

import pytest

from agents.dqn.agent_spec import parse_agent
from explore.errors import BadInput


@pytest.mark.parametrize(
    ("text", "strategy", "bonus", "network"),
    [
        ("epsilon-greedy", "epsilon-greedy", None, None),
        ("count", "epsilon-greedy", "count", None),
        ("boltzmann+count:beta=0.1", "boltzmann", "count:beta=0.1", None),
        ("count:beta=0.1+boltzmann", "boltzmann", "count:beta=0.1", None),
        ("noisy", "greedy", None, "noisy"),
        ("noisy+count", "greedy", "count", "noisy"),
        ("epsilon-greedy:end=0.1+bootstrapped", "epsilon-greedy:end=0.1", None, "bootstrapped"),
        (
            "mix:bonuses=count+first-visit,how=product",
            "epsilon-greedy",
            "mix:bonuses=count+first-visit,how=product",
            None,
        ),
        ("greedy+mix:bonuses=count+simhash", "greedy", "mix:bonuses=count+simhash", None),
    ],
)
def test_parts_find_their_place(text: str, strategy: str, bonus: str | None, network: str | None) -> None:
    spec = parse_agent(text)
    assert str(spec.strategy) == strategy
    assert (None if spec.bonus is None else str(spec.bonus)) == bonus
    assert (None if spec.network is None else str(spec.network)) == network


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("cuont", "unknown strategy, bonus or network 'cuont': did you mean 'count'?"),
        ("count+simhash", "names more than one bonus, 'count' and 'simhash': mix several bonuses"),
        ("greedy+boltzmann", "names more than one strategy"),
        ("count:beta=-1", "setting 'beta'"),
        ("count:betta=1", "did you mean 'beta'?"),
        ("noisy:sigma=0", "setting 'sigma'"),
    ],
)
def test_a_wrong_part_is_named(text: str, said: str) -> None:
    with pytest.raises(BadInput) as refused:
        parse_agent(text)
    assert said in str(refused.value)
