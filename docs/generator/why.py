"""The measured figures of docs/why.md, from the recordings of evidence and traits; what is missing is said."""

from collections.abc import Sequence

from bandits.trial.traits.recorded import figures
from benchmarks.evidence.document import interval, short
from benchmarks.evidence.sweeps import PLANNERS, recorded
from docs.generator import evidence, traits
from docs.generator.evidence import Result
from docs.generator.markdown import NOT_MEASURED
from escapade.report.markdown import table
from escapade.report.mazes.cost import reached


def sample_cost() -> str:
    """Steps of each agent until it has 90 % of the planner's return."""
    rows = [
        (short(result.maze), result.name, reached(result.agent, "most"))
        for result in evidence.results()
        if "most" in result.agent["cost"]
    ]
    return _table_or_nothing(("maze", "agent", "steps and seconds to 90 % of the planner's return"), rows)


def planners() -> str:
    """What planners with a budget get in each recorded maze, beside the exact one and two agents."""
    agents = {(result.maze, result.agent["spec"]): result.agent for result in reversed(evidence.results())}
    rows = []
    for sweep in recorded():
        for maze in dict.fromkeys(each["maze"] for each in sweep.planners):
            returns = {each["method"]: each["return"] for each in sweep.planners if each["maze"] == maze}
            ours = [agents.get((maze, spec)) for spec in ("epsilon-greedy", "count")]
            values = [sweep.optima[maze], *(returns.get(method) for method in PLANNERS)]
            values += [None if agent is None else agent["return"]["iqm"] for agent in ours]
            rows.append((short(maze), *("–" if value is None else f"{value:.2f}" for value in values)))
    names = ("maze", "exact planner", *PLANNERS, "ε-greedy learners", "`count` learners")
    return _table_or_nothing(names, list(dict.fromkeys(rows)))


def escapes() -> str:
    """How many learners of each agent reach the goal, with the return."""
    return _escapes(evidence.results())


def traps() -> str:
    """The same, in the traps alone."""
    return _escapes([result for result in evidence.results() if result.maze.startswith("escapade/")])


def _escapes(results: Sequence[Result]) -> str:
    rows = []
    for result in results:
        value = interval(result.agent["return"]["iqm"], result.agent["return"]["ci"])
        rows.append((short(result.maze), result.name, result.escaped, value))
    return _table_or_nothing(("maze", "agent", "learners that solve it", "return"), rows)


def held_out() -> str:
    """Return on training layouts and on held-out ones."""
    rows = []
    for result in evidence.results():
        agent, other = result.agent, result.agent["held_out"]
        if other["return"] is not None:
            trained = interval(agent["return"]["iqm"], agent["return"]["ci"])
            rows.append((short(result.maze), result.name, trained, interval(other["return"], other["ci"])))
    return _table_or_nothing(("maze", "agent", "trained layouts", "held-out layouts"), rows)


def spread() -> str:
    """The worst, the median and the best learner of each agent: they differ in their seed alone."""
    rows = []
    for result in evidence.results():
        returns = sorted(result.agent["returns"])
        three = (returns[0], returns[len(returns) // 2], returns[-1])
        rows.append((short(result.maze), result.name, *(f"{value:.2f}" for value in three)))
    return _table_or_nothing(("maze", "agent", "worst learner", "median", "best learner"), rows)


def reward_scale() -> str:
    """How regret changes where all rewards are a tenth, or ten times as large."""
    rows = []
    for kind, names in (
        ("policy", ("epsilon-greedy", "ucb", "thompson", "boltzmann", "gradient")),
        ("bonus", ("count", "rnd", "icm")),
    ):
        for name in names:
            of_plugin = figures(kind).get(name, {})
            small, large = of_plugin.get("rewards × 0.1"), of_plugin.get("rewards × 10")
            if small is not None and large is not None:
                rows.append((f"`{name}`", kind, f"{small[0]:.2f}", f"{large[0]:.2f}"))
    return _table_or_nothing(("plugin", "kind", "rewards × 0.1", "rewards × 10"), rows)


def weaknesses(names: Sequence[str]) -> str:
    """Each bonus with how many weaknesses its recordings show."""
    rows = []
    for name in names:
        if not traits.recorded_traits(name):
            continue
        against = traits.weaknesses(name)
        trained = evidence.results_of(name)
        failed = [short(result.maze) for result in trained if result.fails]
        in_mazes = ", ".join(failed) or ("none of those recorded" if trained else NOT_MEASURED)
        rows.append((f"[`{name}`](bonus/{name}.md)", str(len(against)), in_mazes))
    return _table_or_nothing(("bonus", "weaknesses", "mazes that fewer than half of the learners solve"), rows)


def _table_or_nothing(names: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    return table(names, rows) if rows else f"This is {NOT_MEASURED}: no sweep with these figures is recorded."
