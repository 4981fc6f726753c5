"""What stands in for the classes of packages that are not installed."""

import subprocess
import sys

import pytest

from explore import BadInput
from explore.optional import missing_class


def test_a_subclass_of_a_missing_class_says_what_to_install():
    class Wrapper(missing_class("some_library", "some")):
        pass

    with pytest.raises(BadInput, match=r"Wrapper needs some_library.*pip install 'escapade\[some\]'"):
        Wrapper(1, name=2)


@pytest.mark.parametrize(
    ("package", "extra", "call"),
    [
        (
            "stable_baselines3",
            "sb3",
            "explore.integrations.stable_baselines3.BonusReplayBuffer(1, D, D, bonus='count')",
        ),
        ("stable_baselines3", "sb3", "explore.integrations.stable_baselines3.BonusVecEnv(None, 'count')"),
        ("stable_baselines3", "sb3", "explore.integrations.stable_baselines3.BonusCallback()"),
        ("tianshou", "tianshou", "explore.integrations.tianshou.BonusVectorReplayBuffer(9, 1, D, D, bonus='count')"),
        ("torchrl", "torchrl", "explore.integrations.torchrl.BonusTransform('count')"),
        ("stable_baselines3", "sb3", "agents.mazes.stable_baselines3.MazeVecEnv('MiniGrid-DoorKey-5x5-v0')"),
    ],
)
def test_an_integration_without_its_package_names_the_extra(package, extra, call):
    module = call.rpartition("(")[0].rpartition(".")[0]
    program = (
        f"import sys; sys.modules['{package}'] = None\n"
        f"import gymnasium, {module}\nD = gymnasium.spaces.Discrete(2)\n"
        f"try:\n    {call}\nexcept Exception as error:\n    print(type(error).__name__, error)"
    )
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert shown.startswith("BadInput")
    assert f"'escapade[{extra}]'" in shown
