"""The contract as checks: each runs new plugins through its trajectories and reports a fault or none.

They are in `outputs` (what is returned), `state` (what is kept, and what is touched), `episodes` (where episodes begin
and end), `strategies` and `policies`. Where a check and one that it depends on both fail, the former counts as
not checked, since its fault may have the same cause.
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
from bandits.trial.contract.state import device, independent, inputs_unchanged, pure, repeatable, round_trip
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
    Rule("shapes", "observe returns one float32 per slot, score one per transition.", shapes),
    Rule(
        "finite",
        "All outputs are finite: for a batch of one, one observation that never changes, and huge ones.",
        finite,
        ("shapes",),
    ),
    Rule("pure score", "score changes no tensor and no random stream, bit for bit.", pure),
    Rule(
        "repeatable",
        "The same seed gives the same values; the global random state is neither used nor changed.",
        repeatable,
        ("pure score",),
    ),
    Rule(
        "independent learners",
        "A learner's outputs are the same alone and together with others, in any order.",
        independent,
        ("pure score", "repeatable"),
    ),
    Rule(
        "state round trip",
        "A bonus that loads the state of another continues with the same outputs.",
        round_trip,
        ("pure score", "repeatable"),
    ),
    Rule("falls with visits", "The bonus of observations that are visited repeatedly falls.", falls, ("finite",)),
    Rule(
        "reset boundaries",
        "The first observation of an episode is not taken for a successor, and idle rows have no effect.",
        boundaries,
        ("pure score", "repeatable"),
    ),
    Rule(
        "episodic memory",
        "The episodic memory of a slot is cleared when its episode terminates or is truncated, not before.",
        memory,
        ("pure score", "repeatable"),
    ),
    Rule("inputs unchanged", "It steps and resets no environment, and does not change its inputs.", inputs_unchanged),
    Rule(
        "copies",
        "A copy, and a bonus that was moved to a device, continue with the same outputs.",
        device,
        ("pure score", "repeatable"),
    ),
)

STRATEGY: tuple[Rule, ...] = (
    Rule("shapes", "choose returns one int64 per slot.", strategy_shapes),
    Rule("valid actions", "Only valid actions are chosen, for any values.", strategy_valid, ("shapes",)),
    Rule("pure choice", "choose changes neither the values nor the global random state.", strategy_pure),
    Rule("repeatable", "The same seed gives the same actions.", strategy_repeatable, ("pure choice",)),
    Rule(
        "independent learners",
        "A learner chooses the same actions alone and together with others, in any order.",
        strategy_independent,
        ("pure choice", "repeatable"),
    ),
    Rule(
        "state round trip",
        "A strategy that loads the state of another continues with the same choices.",
        strategy_round_trip,
        ("pure choice", "repeatable"),
    ),
)

HARMLESS = ("own arrays", "arms")  # before a policy runs in the simulator, whose memory is not protected

POLICY: tuple[Rule, ...] = (
    Rule("own arrays", "It writes only to the run's own state and random stream.", policy_arrays),
    Rule("arms", "Only existing arms are pulled, of one or of many, for any rewards.", policy_arms),
    Rule("numbers", "Its state never becomes NaN, for any rewards.", policy_numbers),
    Rule("own stream", "It uses only the run's own random stream.", policy_stream),
    Rule("no hidden state", "Nothing is remembered from run to run.", policy_state, ("own stream",)),
    Rule("compiles", "It runs in the simulator's loop.", policy_compiles, only_after=HARMLESS),
    Rule(
        "thread count",
        "The results are the same with 1, 2 and 4 threads, and for the first runs of a larger simulation.",
        policy_threads,
        ("own stream", "no hidden state"),
        only_after=(*HARMLESS, "compiles"),
    ),
    Rule(
        "batched",
        "Its functions for many runs at once, if it has any, give the same results as those for one run.",
        policy_batched,
        ("thread count",),
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
            return Check(rule.name, None, f"Checked only if '{needed}' passes.")
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
            return Check(rule.name, None, f"It depends on '{needed}', which fails; the fault here: {fault}")
    return Check(rule.name, False, fault)
