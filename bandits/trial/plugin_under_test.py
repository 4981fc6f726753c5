"""The plugin under test: a spec string or a class, and built anew for every check."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import gymnasium as gym

from bandits.policy import POLICIES, Policy
from bandits.trial.result import Kind
from explore.core.bonus import Bonus
from explore.core.plugins import BONUSES, STRATEGIES
from explore.core.registry import Registry
from explore.core.spec import Settings, parse
from explore.core.strategy import Strategy
from explore.errors import BadInput, unknown


@dataclass(frozen=True)
class PluginUnderTest:
    """The plugin under test. `settings` are those of the spec; the rest are the plugin's defaults."""

    spec: str
    kind: Kind
    plugin_class: type[Any]
    origin: str
    settings: dict[str, Any]

    def bonus(
        self,
        observation_space: gym.Space[Any],
        action_space: gym.Space[Any],
        *,
        learners: int | Sequence[int],
        envs: int,
        seed: int = 0,
        **override: Any,
    ) -> Bonus:
        """A fresh bonus with the plugin's settings; `override` replaces some."""
        settings = {**self.settings, **override}
        built: Bonus = self.plugin_class(
            observation_space, action_space, learners=learners, envs=envs, seed=seed, **settings
        )
        return built

    def formula(self, *args: Any, **kwargs: Any) -> Bonus:
        """A fresh bonus whose score is the plugin's formula: β = 1, no decay, no scale, no clip, every visit paid."""
        built = self.bonus(*args, beta=1.0, half_life=0.0, scale="none", clip=0.0, first_visit=False, **kwargs)
        for part in built.modules():
            if isinstance(part, Bonus):  # the parts of a mix have settings of their own
                part.scale = part.first_visits = None
        return built

    def strategy(self, actions: int, *, learners: int, envs: int, horizon: int) -> Strategy:
        """A fresh strategy with the plugin's settings."""
        built: Strategy = self.plugin_class(actions, learners=learners, envs=envs, horizon=horizon, **self.settings)
        return built

    def policy(self) -> Policy:
        """A fresh policy with the plugin's settings."""
        built: Policy = self.plugin_class(**self.settings)
        return built

    def all_settings(self) -> dict[str, Any]:
        """Every setting, defaults included."""
        return dict(self.plugin_class.Settings(**self.settings))


def plugin_under_test(spec_or_class: str | type[Any], kind: Kind | None = None) -> PluginUnderTest:
    """The plugin that a spec string names, or a class derived from Bonus, Strategy or Policy; BadInput otherwise.

    kind: which plugin is meant where several kinds have one of that name; else the first of bonus, strategy, policy.
    """
    if isinstance(spec_or_class, str):
        return plugins_under_test(spec_or_class, kind)[0]
    for base, its_kind in _kinds():
        if isinstance(spec_or_class, type) and issubclass(spec_or_class, base) and kind in (None, its_kind):
            return PluginUnderTest(
                spec_or_class.__name__, its_kind, spec_or_class, f"class of {spec_or_class.__module__}", {}
            )
    raise BadInput(
        f"{spec_or_class!r} cannot be tested: give a spec string, or a class derived from Bonus, Strategy or Policy."
    )


def plugins_under_test(spec: str, kind: Kind | None = None) -> list[PluginUnderTest]:
    """Everything that the spec names, one per kind, where the settings suit; BadInput where nothing does."""
    parsed = parse(spec)
    named = {its: registry for its, registry in _registries() if kind in (None, its)}
    holding = {its: registry for its, registry in named.items() if parsed.name in registry.names()}
    if not holding:
        every = sorted({name for registry in named.values() for name in registry.names()})
        raise unknown(" or ".join(", ".join(named).rsplit(", ", 1)), parsed.name, every)
    suitable, refusals = [], []
    for its, registry in holding.items():
        try:
            plugin_class, settings = registry.resolve(parsed)
        except BadInput as error:
            refusals.append(error)
            continue
        suitable.append(
            PluginUnderTest(spec, its, plugin_class, _origin(registry, parsed.name), _set_by_user(settings))
        )
    if not suitable:
        raise refusals[0]
    return suitable


def _registries() -> list[tuple[Kind, Registry[Any]]]:
    return [("bonus", BONUSES), ("strategy", STRATEGIES), ("policy", POLICIES)]


def _kinds() -> list[tuple[type[Any], Kind]]:
    return [(Bonus, "bonus"), (Strategy, "strategy"), (Policy, "policy")]


def _set_by_user(settings: Settings) -> dict[str, Any]:
    return {name: value for name, value in settings if name in settings.model_fields_set}


def _origin(registry: Registry[Any], name: str) -> str:
    entry = next(entry for entry in registry.entries() if entry.name == name and entry.problem is None)
    return f"{entry.distribution} {entry.version}".strip()
