"""The contract as checks: each runs new plugins through its trajectories and reports a fault or none.

They are in `outputs` (what is returned), `state` (what is kept, and what is touched), `episodes` (where episodes begin
and end), `strategies` and `policies`. Where a check and one that it builds on both fail, the former counts as not
checked: its fault may have the other's cause.
"""

from collections.abc import Iterator

from bandits.trial.comparison import Refused, Rule, fixed_random_state
from bandits.trial.contract.episodes import boundaries, memory
from bandits.trial.contract.outputs import falls, finite, shapes
from bandits.trial.contract.policies import (
    policy_arms,
    policy_arrays,
    policy_batched,
    policy_compiles,
    policy_numbers,
    policy_state,
    policy_stream,
    policy_threads,
)
from bandits.trial.contract.state import device, hands_off, independent, pure, repeatable, round_trip
from bandits.trial.contract.strategies import (
    strategy_independent,
    strategy_pure,
    strategy_repeatable,
    strategy_round_trip,
    strategy_shapes,
    strategy_valid,
)
from bandits.trial.plugin_under_test import PluginUnderTest
from bandits.trial.result import Check, Kind

BONUS: tuple[Rule, ...] = (
    Rule("shapes", "observe and score give one float32 per slot and per transition.", shapes),
    Rule("finite", "All is finite: a batch of one, one observation for ever, huge ones.", finite, ("shapes",)),
    Rule("pure score", "score leaves every tensor and every random stream as it was, bit for bit.", pure),
    Rule(
        "repeatable",
        "The same seed gives the same values, whatever the global random state, which is left alone.",
        repeatable,
        ("pure score",),
    ),
    Rule(
        "independent learners",
        "A learner is the same alone and in company, in any order, whatever happens to the others.",
        independent,
        ("pure score", "repeatable"),
    ),
    Rule(
        "state round trip",
        "A bonus that loads the state of another goes on as that one does.",
        round_trip,
        ("pure score", "repeatable"),
    ),
    Rule("falls with visits", "What is seen again and again earns less.", falls, ("finite",)),
    Rule(
        "reset boundaries",
        "Where an episode begins is no successor of where the last one ended, and an idle step is no step.",
        boundaries,
        ("pure score", "repeatable"),
    ),
    Rule(
        "episodic memory",
        "What only the episode knows is forgotten when it ends, either way, in its slot, and not before.",
        memory,
        ("pure score", "repeatable"),
    ),
    Rule("hands off", "No environment is stepped or reset, and what is handed over is not changed.", hands_off),
    Rule("moving", "A copy, and a bonus that was moved, go on as before.", device, ("pure score", "repeatable")),
)

STRATEGY: tuple[Rule, ...] = (
    Rule("shapes", "choose gives one int64 per slot.", strategy_shapes),
    Rule("valid actions", "Only actions that exist are chosen, whatever the values.", strategy_valid, ("shapes",)),
    Rule("pure choice", "choose leaves the values and the global random state as they were.", strategy_pure),
    Rule("repeatable", "The same seed gives the same actions.", strategy_repeatable, ("pure choice",)),
    Rule(
        "independent learners",
        "A learner chooses the same alone and in company, in any order.",
        strategy_independent,
        ("pure choice", "repeatable"),
    ),
    Rule(
        "state round trip",
        "A strategy that loads the state of another goes on as that one does.",
        strategy_round_trip,
        ("pure choice", "repeatable"),
    ),
)

HARMLESS = ("own arrays", "arms")  # before a policy is let into the simulator, whose memory nothing guards

POLICY: tuple[Rule, ...] = (
    Rule("own arrays", "Nothing is written but the run's state and stream.", policy_arrays),
    Rule("arms", "Only arms that exist are pulled, of one or of many, whatever was paid.", policy_arms),
    Rule("numbers", "Nothing in its state becomes NaN, whatever was paid.", policy_numbers),
    Rule("own stream", "Random numbers come from the run's stream alone.", policy_stream),
    Rule("state alone", "Nothing is kept outside of the state: every run begins anew.", policy_state, ("own stream",)),
    Rule("compiles", "It plays in the simulator's loop.", policy_compiles, only_after=HARMLESS),
    Rule(
        "any threads",
        "The figures are the same for 1, 2 and 4 threads, and for the first runs of many.",
        policy_threads,
        ("own stream", "state alone"),
        only_after=(*HARMLESS, "compiles"),
    ),
    Rule(
        "side by side",
        "Its functions for many runs at once, where it has some, play as those for one run.",
        policy_batched,
        ("any threads",),
        only_after=(*HARMLESS, "compiles"),
    ),
)

RULES: dict[Kind, tuple[Rule, ...]] = {"bonus": BONUS, "strategy": STRATEGY, "policy": POLICY}


def rules(plugin: PluginUnderTest) -> dict[str, Rule]:
    """The rules for a plugin of the plugin's kind by name, in order."""
    return {rule.name: rule for rule in RULES[plugin.kind]}


def contract(plugin: PluginUnderTest) -> Iterator[Check]:
    """Every check of the contract, in order."""
    known: dict[str, Check] = {}
    for name in rules(plugin):
        yield judge(plugin, name, known)


def judge(plugin: PluginUnderTest, name: str, known: dict[str, Check]) -> Check:
    """One check by name; `known` holds those made already; those that this one needs are added."""
    if name not in known:
        known[name] = _checked(plugin, rules(plugin)[name], known)
    return known[name]


def _checked(plugin: PluginUnderTest, rule: Rule, known: dict[str, Check]) -> Check:
    for needed in rule.only_after:
        if judge(plugin, needed, known).passed is not True:
            return Check(rule.name, None, f"It is tried only where '{needed}' holds.")
    try:
        with fixed_random_state():
            fault, note = rule.judge(plugin)
    except Refused as refused:
        fault, note = str(refused), ""
    except Exception as error:  # whatever a plugin under trial raises
        fault, note = f"{type(error).__name__}: {error}", ""
    first = RULES[plugin.kind][0].name  # all build on it
    if fault is None:
        return Check(rule.name, True, f"{rule.promise} {note}".strip(), note)
    for needed in (first, *rule.needs):
        if needed != rule.name and judge(plugin, needed, known).passed is not True:
            return Check(rule.name, None, f"It builds on '{needed}', which fails; seen here: {fault}")
    return Check(rule.name, False, fault)
