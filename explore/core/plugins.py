"""The registries of bonuses and strategies, and how to make a plugin from its spec string."""

from typing import TYPE_CHECKING, Any

from explore.core.registry import Registry

if TYPE_CHECKING:  # names of plugins can be looked up without PyTorch
    import gymnasium as gym

    from explore.core.bonus import Bonus
    from explore.core.strategy import Strategy

BONUSES: "Registry[type[Bonus]]" = Registry("escapade.bonuses", "bonus")
"""The bonuses: those of Escapade, those of other distributions, and those added in this process."""

STRATEGIES: "Registry[type[Strategy]]" = Registry("escapade.strategies", "strategy")
"""The action-selection strategies: those of Escapade, of other distributions, and added in this process."""


def make_bonus(
    spec: str, observation_space: "gym.Space[Any]", action_space: "gym.Space[Any]", **contract: Any
) -> "Bonus":
    """The bonus that a spec string such as `"rnd:beta=0.01"` describes, for one environment's spaces.

    contract: `learners`, `envs` and `seed`, as `Bonus` takes them. BadInput where the spec is wrong.
    """
    plugin, settings = BONUSES.resolve(spec)
    return plugin(observation_space, action_space, **contract, **settings.model_dump())


def make_strategy(spec: str, actions: int, **contract: Any) -> "Strategy":
    """The strategy that a spec string such as `"boltzmann:end=0.1"` describes, for `actions` discrete actions.

    contract: `learners`, `envs` and `horizon`, as `Strategy` takes them. BadInput where the spec is wrong.
    """
    plugin, settings = STRATEGIES.resolve(spec)
    return plugin(actions, **contract, **settings.model_dump())
