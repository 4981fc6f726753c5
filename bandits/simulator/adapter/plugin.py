"""Bonuses and strategies as bandit policies: every run is a learner, and all runs advance together.

A pull is an episode of one step, from the single state, observed as `arms` (their number), to the arm's index as the
next observation. A **bonus** b is added to the average rewards,

    A_t = argmax_a Q_t(a) + b_t(a),

with Q the sample averages (0 before the first pull), b_t(a) the bonus of the transition of arm a under the current
statistics, ties broken at random. The bonus observes every transition of a pull and learns from it once. On the scale
of a bandit's rewards the default β of the mazes has no effect, and a bonus that is divided by its running mean never
falls. Where a spec does not set them, β is therefore 1, and novelty is not divided by anything (for bonuses with
networks: by the deviation of its discounted return). Every pull is the first visit of its episode.

A **strategy** chooses from the values Q.

The n-th pull of arm a in run i has the same reward as with a compiled policy.
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

MAX_RUNS_WITH_NETWORKS = 50  # of a bonus that trains networks: it has one network per run
MAX_RUNS = 2000  # of any other plugin
BETA = 1.0  # default β in a bandit


def check_plugin(spec: str, bed: Testbed) -> None:
    """BadInput for wrong settings, and for a testbed that plugins cannot play (contexts or delayed rewards)."""
    make_player(spec, bed, 1, 1, 0)


def simulate_plugin(
    bed: Testbed,
    spec: str,
    *,
    runs: int,
    horizon: int,
    seed: int = 0,
    progress: Callable[[int], None] | None = None,
) -> PolicyResult:
    """Play the first runs with the plugin: at most `MAX_RUNS`, or `MAX_RUNS_WITH_NETWORKS` if it trains networks.

    `progress` is called with the finished share of the steps, in runs: `runs`·t // `horizon`.

    BadInput for wrong settings, or a testbed with contexts or delayed rewards.
    """
    played_runs = min(runs, _max_runs(spec, bed.arms))
    choose, learn = make_player(spec, bed, played_runs, horizon, seed)
    report = None if progress is None else (lambda t: progress(runs * t // horizon))
    return play(bed, spec, choose, learn, runs=played_runs, horizon=horizon, seed=seed, progress=report)


def _max_runs(spec: str, arms: int) -> int:
    """The largest number of runs for the plugin."""
    if parse(spec).name not in BONUSES.names():
        return MAX_RUNS
    bonus = make_bonus(spec, *spaces(arms))
    return MAX_RUNS_WITH_NETWORKS if any(True for _ in bonus.parameters()) else MAX_RUNS


def bonus_defaults(plugin: type[Bonus]) -> dict[str, Any]:
    """The default settings of a bonus in a bandit.

    The scale "mean" is no default: the bonus would be divided by a mean that falls with it, and would stay near β.
    """
    return {"beta": BETA, "scale": "rnd" if issubclass(plugin, Learned) else "none"}


def make_player(spec: str, bed: Testbed, runs: int, horizon: int, seed: int) -> tuple[Choose, Learn]:
    """The functions choose and learn of the plugin (`stepwise.play`)."""
    if bed.delay != 0.0 or bed.context_rows:
        raise BadInput(f"'{spec}' supports no contexts, Markov arms or delays: take another testbed, and delay=0.")
    name = parse(spec).name
    if name in BONUSES.names():
        plugin, settings = BONUSES.resolve(spec)
        with_defaults = bonus_defaults(plugin) | settings.model_dump(include=settings.model_fields_set)
        bonus = plugin(*spaces(bed.arms), learners=runs, envs=1, seed=seed, **with_defaults)
        return bonus_player(bonus, bed.arms, runs, seed)
    return strategy_player(make_strategy(spec, bed.arms, learners=runs, envs=1, horizon=horizon), runs, seed)
