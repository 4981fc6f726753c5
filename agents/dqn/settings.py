"""The settings of a DQN, each with its meaning and its source.

The defaults are the same for every maze. Without LayerNorm, or with hard target copies and 1-step returns, the same
agent collapses on MiniGrid after learning.

γ_e was 0.99, as in most publications. Then two actions of which one costs a step more differ by one per cent, less than
the networks err, and a greedy policy can turn in circles: in MultiRoom-N2-S4 it did in a third of the episodes. Mean
return of five learners with a count bonus, for γ_e = 0.99, 0.97, 0.95:

    MultiRoom-N2-S4     30,000 steps   .54  .79  .83
    DoorKey-8x8         60,000 steps   .25  .65  .34
    LavaCrossingS9N1    60,000 steps   .26  .69  .58
    SimpleCrossingS9N1  50,000 steps   .56  .53  .68
    KeyCorridorS3R1     30,000 steps   .95  .95  .94
    Decoy-6x6           40,000 steps   .81  .81  .49

and in DoorKey-8x8 at γ_e = 0.97 with γ_i = 0.97 .19, n = 5 .18, Adam's step size 2.5e-4 .21, 1e-3 0. What it costs: in
longer runs the DoorKey mazes are solved as surely as with 0.99 but later, DoorKey-8x8 with a count by the median of ten
learners after 78,700 steps instead of 67,500 (docs/results.md).
"""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from explore.core.bonus import HALF_LIFE_SHARE
from explore.core.spec import Settings
from explore.encoding.steps import OnInvalid


class DQNSettings(Settings):
    """Settings of the DQN. The defaults that no paper is named for were measured on MiniGrid."""

    hidden: tuple[Annotated[int, Field(ge=1)], ...] = Field(
        (128, 128), min_length=1, description="widths of the hidden layers"
    )
    layer_norm: bool = Field(True, description="LayerNorm before each ReLU (Ba et al. 2016)")
    dueling: bool = Field(False, description="values as state value plus advantages (Wang et al. 2016)")
    double: bool = Field(
        True, description="the online network chooses the action that is bootstrapped from (van Hasselt 2016)"
    )
    heads: Literal["separate", "joint"] = Field(
        "separate",
        description="separate: a value function for the bonus (Burda et al. 2018); joint: bonus added to the reward",
    )
    discount: float = Field(0.97, ge=0, lt=1, description="γ_e, discount of the reward (Mnih et al. 2015: 0.99)")
    intrinsic_discount: float = Field(0.99, ge=0, lt=1, description="γ_i, discount of the bonus (Burda et al. 2018)")
    n_step: int = Field(3, ge=1, description="rewards summed before bootstrapping (3: Hessel et al. 2018)")
    bootstrap_truncated: bool = Field(
        True, description="bootstrap from the last state of a truncated episode (Pardo et al. 2018), or end there"
    )
    learning_rate: float = Field(5e-4, gt=0, description="Adam's step size")
    target_rate: float = Field(
        0.01,
        gt=0,
        le=1,
        description="share by which the target network moves to the online one (Lillicrap et al. 2016); 1: a hard copy",
    )
    target_interval: int = Field(1, ge=1, description="updates between two moves of the target network")
    batch: int = Field(64, ge=1, description="sequences per learner and update")
    updates: int = Field(2, ge=1, description="updates per vector step")
    capacity: int = Field(100_000, ge=1, description="transitions in a learner's replay")
    priority: float = Field(
        0.0, ge=0, le=1, description="α: starts are drawn by (error + 10⁻⁶)^α (Schaul et al. 2016: 0.6); 0: uniformly"
    )
    importance: float = Field(
        0.4, ge=0, le=1, description="β of the importance weights at the start; it rises to 1 (Schaul et al. 2016)"
    )
    on_invalid: OnInvalid = Field(
        "refuse", description="observations that are not finite: refuse them, or skip the steps to and from them"
    )
    warmup: int = Field(1_000, ge=1, description="transitions before the first update")
    bonus_half_life: float = Field(HALF_LIFE_SHARE, ge=0, description="share of the run in which β halves; 0: never")
    weights: tuple[float, ...] = Field(
        (0.0, 0.0, 0.1, 0.2, 0.4, 0.6, 1.0, 1.0),
        min_length=1,
        description="w of each environment slot, which acts on Q_e + w·Q_i (NGU's family, Badia et al. 2020)",
    )

    @property
    def envs(self) -> int:
        """Environment slots per learner."""
        return len(self.weights)

    @model_validator(mode="after")
    def _replay_holds_a_sequence(self) -> "DQNSettings":
        least = self.n_step * self.envs
        if self.capacity < least:
            raise ValueError(
                f"capacity {self.capacity} does not hold n_step {self.n_step} steps of {self.envs} environment slots: "
                f"at least {least} is needed"
            )
        return self
