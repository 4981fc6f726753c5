"""Agent specs: `strategy+bonus`, such as `epsilon-greedy`, `count`, `boltzmann+rnd:beta=0.01` or `noisy+count`.

The parts are joined by `+`, in any order: at most one strategy (ε-greedy where none is named), at most one bonus (mix
several with the `mix` bonus, which then comes last because its own setting may contain `+`) and at most one network.
"""

from dataclasses import dataclass
from typing import Any

from agents.dqn.networks.plain import NETWORKS
from explore.core.plugins import BONUSES, STRATEGIES
from explore.core.registry import Registry
from explore.core.spec import Spec, parse
from explore.errors import BadInput, unknown

DEFAULT_STRATEGY = "epsilon-greedy"
NETWORK_STRATEGY = "greedy"  # a network that explores by itself needs no random actions


@dataclass(frozen=True)
class AgentSpec:
    """What an agent is made of, checked: every name is known and every setting in range."""

    strategy: Spec
    bonus: Spec | None
    network: Spec | None


def parse_agent(text: str) -> AgentSpec:
    """Read an agent spec; BadInput names the part that is wrong."""
    kinds: dict[str, Registry[Any]] = {"strategy": STRATEGIES, "bonus": BONUSES, "network": NETWORKS}
    parts: dict[str, Spec] = {}
    for part in _parts(text):
        spec = parse(part)
        kind = next((kind for kind, registry in kinds.items() if spec.name in registry.names()), None)
        if kind is None:
            known = [name for registry in kinds.values() for name in registry.names()]
            raise unknown("strategy, bonus or network", spec.name, known)
        if kind in parts:
            hint = ": mix several bonuses with the 'mix' bonus" if kind == "bonus" else ""
            raise BadInput(f"'{text}' names more than one {kind}, '{parts[kind].name}' and '{spec.name}'{hint}.")
        kinds[kind].resolve(spec)  # refuses a bad setting here, before anything runs
        parts[kind] = spec
    explores = "network" in parts and parts["network"].name != "plain"
    strategy = parts.get("strategy", Spec(NETWORK_STRATEGY if explores else DEFAULT_STRATEGY))
    return AgentSpec(strategy, parts.get("bonus"), parts.get("network"))


def _parts(text: str) -> list[str]:
    parts = text.split("+")
    for place, part in enumerate(parts):
        if part.strip().startswith("mix:"):
            return [*parts[:place], "+".join(parts[place:])]
    return parts
