"""Traits of novelty: how it decays with visits, within an episode too, comes back, and separates unseen from seen.

All but that within an episode come from one run. First the early arms are pulled in turn, each pull an episode; then,
for longer, the late arms. With b_n the novelty of an early arm after its n-th pull:

    decay         p of b_n ~ n^−p: minus the slope of ln b_n over ln n, by least squares over the later pulls
    coming back   (b_after − b_N)/b_1: how far it rises again while the late arms are pulled, in units of b_1
    unseen        P(novelty unseen > novelty seen) + ½ P(equal), the area under the ROC curve, at the end

Novelty is the plugin's formula, without β, its decay, normalisation and clipping. The bonus learns once from each
step, as it does in the bandit simulator.
"""

from collections.abc import Sequence

import numpy as np
import torch

from bandits.trial.plugin_under_test import PluginUnderTest
from bandits.trial.traits.measurement import Arms, Floats, Measurement, Probe, TraitSpec, space
from explore.core.bonus import Bonus
from explore.core.transitions import Transitions

EARLY, LATE, UNSEEN = 4, 12, 64
PULLS = 48  # of each early arm
LATE_PULLS = 16  # of each late arm
FITTED = (4, 6, 8, 12, 16, 24, 32, 48)  # pulls that the exponent is fitted to: evenly in ln n, past the first few
LAPS = 16  # of the early arms in one episode
SMALLEST = 1e-12  # novelty below is taken for this, so that it has a logarithm

OVER_VISITS = (
    TraitSpec("decay of novelty", "exponent of n", "", "p in novelty ~ n^-p after n visits; 0.5 for counts"),
    TraitSpec(
        "novelty that comes back",
        "share of the first",
        "",
        "rise of an arm's novelty while other arms are visited; 0: the visits are never forgotten",
    ),
    TraitSpec(
        "unseen against seen",
        "AUC",
        "more",
        "chance that an unseen observation has more novelty than a seen one; 0.5: no difference",
    ),
)
EPISODE = (
    TraitSpec(
        "left within an episode",
        "share",
        "less",
        f"bonus at visit {LAPS} within one episode, as a share of the bonus at the first",
    ),
)


def over_visits(plugin: PluginUnderTest, names: Sequence[int]) -> list[Measurement]:
    """Decay, coming back, and unseen against seen, of the learners `names`."""
    arms = Arms(names, EARLY + LATE, UNSEEN)
    bonus = plugin.formula(space(), arms.action_space, learners=names, envs=1)
    early = arms.pull(range(EARLY))
    curve = []
    for _ in range(PULLS):
        for arm in range(EARLY):
            observe_and_learn(bonus, arms.pull([arm]))
        curve.append(bonus.score(early).double())
    for _ in range(LATE_PULLS):
        for arm in range(EARLY, EARLY + LATE):
            observe_and_learn(bonus, arms.pull([arm]))
    after = bonus.score(early).double()
    seen, unseen = bonus.score(arms.pull(range(EARLY + LATE))), bonus.score(arms.elsewhere())
    return [
        Measurement(exponent(torch.stack(curve, -1).numpy())),
        Measurement(returned(curve[0].numpy(), curve[-1].numpy(), after.numpy())),
        Measurement(area(unseen.numpy(), seen.numpy())),
    ]


def episode(plugin: PluginUnderTest, names: Sequence[int]) -> list[Measurement]:
    """What is left of the bonus at the last of several visits in one episode, the episodic factor included."""
    arms = Arms(names, EARLY)
    bonus = plugin.formula(space(), arms.action_space, learners=names, envs=1)
    earned = []
    for step in range(EARLY * LAPS):
        now = arms.walk(step % EARLY, (step + 1) % EARLY)
        factor = observe_and_learn(bonus, now)
        earned.append(bonus.score(now, factor).double())
    # The first lap ends where it began; at that arrival only the episode's first observation was seen before.
    first, last = (torch.cat(lap, 1).mean(1).numpy() for lap in (earned[: EARLY - 1], earned[-EARLY:-1]))
    return [Measurement(np.where(first > 0, last / np.where(first > 0, first, 1.0), 1.0))]


def observe_and_learn(bonus: Bonus, now: Transitions) -> torch.Tensor:
    """One step as an agent takes it: observed, then learned from; returns the episodic factor."""
    factor = bonus.observe(now)
    bonus.learn(now)
    return factor


def exponent(curve: Floats) -> Floats:
    """p of b_n ~ n^−p per learner, for b_1 … b_N in `(learners, arms, N)`."""
    picked = np.array([n for n in FITTED if n <= curve.shape[-1]])
    logarithm = np.log(np.maximum(curve[..., picked - 1], SMALLEST)).mean(1)
    across = np.log(picked) - np.log(picked).mean()
    slopes: Floats = (logarithm * across).sum(-1) / (across**2).sum()
    return -slopes


def returned(first: Floats, last: Floats, after: Floats) -> Floats:
    """(after − last)/first per learner, of `(learners, arms)`; 0 where nothing was there to begin with."""
    first, last, after = first.mean(1), last.mean(1), after.mean(1)
    some = np.abs(first) > SMALLEST
    return np.where(some, (after - last) / np.where(some, first, 1.0), 0.0)


def area(higher: Floats, lower: Floats) -> Floats:
    """P(higher > lower) + ½ P(equal) per learner, of `(learners, any)` each."""
    above, other = higher[:, :, None], lower[:, None, :]
    return np.asarray(((above > other) + 0.5 * (above == other)).mean((1, 2)), float)


PROBES: tuple[Probe, ...] = (Probe(OVER_VISITS, over_visits), Probe(EPISODE, episode))
