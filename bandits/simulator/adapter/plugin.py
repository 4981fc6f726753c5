"""Bonuses and strategies drive bandits: every run is a learner, and all runs advance together.

A pull is an episode of one step: from the one state there is, observed as `arms`, to an observation that names the arm.
A **bonus** b is added to the average rewards,

    A_t = argmax_a Q_t(a) + b_t(a),

with Q the sample averages (0 before the first pull), b_t(a) the bonus of the transition of arm a under the present
statistics, ties broken at random. The bonus sees every transition that happened, and learns from it once. On the scale
of a bandit's rewards the default β of the mazes has no effect, and a bonus that is divided by its running mean never
falls: where a spec does not say otherwise, β is 1 here and novelty is not divided (by the deviation of its return where
networks learn it). Every pull is the first arrival of its episode.

A **strategy** chooses from the values Q.

The n-th pull of arm a in run i pays the same as it does to a compiled policy.
"""

from collections.abc import Callable
from typing import Any

from bandits.simulator.adapter.players import bonus_player, spaces, strategy_player
from bandits.simulator.adapter.stepwise import Choose, Learn, play
from bandits.simulator.results import PolicyResult
from bandits.testbed import Testbed
from explore.bonuses.base.learned import Learned
from explore.core.bonus import Bonus
from explore.core.plugins import BONUSES, make_bonus, make_strategy
from explore.core.spec import parse
from explore.errors import BadInput

MOST_LEARNED = 50  # runs of a bonus with networks of its own, of which it has as many
MOST_RUNS = 2000  # runs of any other plugin
BETA = 1.0


def check_plugin(spec: str, bed: Testbed) -> None:
    """BadInput where the settings are wrong, or the testbed is one that plugins cannot play."""
    player(spec, bed, 1, 1, 0)


def simulate_plugin(
    bed: Testbed,
    spec: str,
    *,
    runs: int,
    horizon: int,
    seed: int = 0,
    progress: Callable[[int], None] | None = None,
) -> PolicyResult:
    """Play the first runs with the plugin, at most `MOST_RUNS`, or `MOST_LEARNED` where it has networks to train.

    `progress` is called with the step, as a share of all `runs`.

    BadInput for wrong settings, or a testbed with contexts or delayed rewards.
    """
    played = min(runs, _most_runs(spec, bed.arms))
    choose, learn = player(spec, bed, played, horizon, seed)
    report = None if progress is None else (lambda t: progress(runs * t // horizon))
    return play(bed, spec, choose, learn, runs=played, horizon=horizon, seed=seed, progress=report)


def _most_runs(spec: str, arms: int) -> int:
    """The largest number of runs for the plugin."""
    if parse(spec).name not in BONUSES.names():
        return MOST_RUNS
    one = make_bonus(spec, *spaces(arms))
    return MOST_LEARNED if any(True for _ in one.parameters()) else MOST_RUNS


def bonus_defaults(plugin: type[Bonus]) -> dict[str, Any]:
    """The settings of a bonus that drives a bandit, where the user gives none.

    A running mean that forgets would keep the bonus of the best-known arm at β for ever.
    """
    return {"beta": BETA, "scale": "rnd" if issubclass(plugin, Learned) else "none"}


def player(spec: str, bed: Testbed, runs: int, horizon: int, seed: int) -> tuple[Choose, Learn]:
    """The two functions by which the plugin plays."""
    if bed.delay != 0.0 or bed.context_rows:
        raise BadInput(f"'{spec}' supports no contexts, Markov arms or delays: take another testbed, and delay=0.")
    name = parse(spec).name
    if name in BONUSES.names():
        plugin, settings = BONUSES.resolve(spec)
        chosen = bonus_defaults(plugin) | settings.model_dump(include=settings.model_fields_set)
        bonus = plugin(*spaces(bed.arms), learners=runs, envs=1, seed=seed, **chosen)
        return bonus_player(bonus, bed.arms, runs, seed)
    return strategy_player(make_strategy(spec, bed.arms, learners=runs, envs=1, horizon=horizon), runs, seed)
