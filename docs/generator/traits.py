"""What the trial of a bonus measured, from `bandits/trial/traits/recorded.json`: in tables, and in sentences."""

from bandits.trial.traits.catalogue import trait_specs
from bandits.trial.traits.recorded import figures
from docs.generator.markdown import NOT_MEASURED
from escapade.report.markdown import table

Figure = tuple[float, float, float]  # value and 95 % interval

# The columns of the table to choose by: trait, heading, digits after the point.
CHOICE = (
    ("decay of novelty", "decay of novelty", 2),
    ("unseen against seen", "unseen against seen", 2),
    ("rare against common", "rare against common", 1),
    ("pull of pure noise", "pull of pure noise", 2),
    ("longest lock", "longest lock", 0),
    ("cost of observe", "µs to observe", 1),
    ("cost of score", "µs to score", 1),
)
CHANCE_OF_NOISE = 1 / 8  # one noise arm among eight
RANDOM_PLAY_OPENS = 8  # arms in a row: random actions need 2^N episodes, of which there are 50
NO_DIFFERENCE = 0.5  # chance that an unseen observation has more novelty than a seen one


def recorded_traits(name: str) -> dict[str, Figure | None]:
    """The traits of a built-in bonus by name; empty where none is recorded."""
    traits: dict[str, Figure | None] = {}
    for trait, figure in figures("bonus").get(name, {}).items():
        traits[trait] = None if figure is None else (figure[0], figure[1], figure[2])
    return traits


def choice_table(names: list[str]) -> str:
    """A row per bonus and a column per trait that matters for the choice."""
    rows = []
    for name in names:
        traits = recorded_traits(name)
        cells = [_number(traits.get(trait), digits) for trait, _, digits in CHOICE]
        rows.append((f"[`{name}`](bonus/{name}.md)", *cells))
    return table(("bonus", *(heading for _, heading, _ in CHOICE)), rows)


def meanings() -> str:
    """What the columns of the table mean."""
    specs = {spec.name: spec for spec in trait_specs("bonus")}
    return "\n".join(f"- *{heading}*: {specs[trait].meaning}." for trait, heading, _ in CHOICE)


def traits_table(name: str) -> str:
    """A row per trait of one bonus."""
    traits = recorded_traits(name)
    if not traits:
        return f"The traits are {NOT_MEASURED}: `escapade check {name}` measures them."
    rows = []
    for spec in trait_specs("bonus"):
        figure = traits.get(spec.name)
        value = "–" if figure is None else f"{figure[0]:.3g} [{figure[1]:.3g}, {figure[2]:.3g}]"
        better = f", {spec.better} is better" if spec.better else ""
        rows.append((spec.name, value, spec.unit, f"{spec.meaning}{better}"))
    return table(("trait", "value and 95 % interval", "unit", "meaning"), rows)


def weaknesses(name: str) -> list[str]:
    """What the recorded traits say against a bonus, a sentence each; only what its 95 % interval supports."""
    traits = recorded_traits(name)
    sentences = []
    if (noise := traits.get("pull of pure noise")) and noise[1] > CHANCE_OF_NOISE:
        sentences.append(
            f"Pure noise attracts it: an arm that shows only noise gets {noise[0]:.0%} of the pulls among eight arms "
            "(chance: 12.5 %)."
        )
    if (unseen := traits.get("unseen against seen")) and unseen[1] <= NO_DIFFERENCE:
        sentences.append(
            f"Over the whole run it does not tell unseen observations from seen ones: the unseen one has more novelty "
            f"in {unseen[0]:.0%} of the pairs (chance: 50 %)."
        )
    if (decay := traits.get("decay of novelty")) and decay[1] <= 0:
        sentences.append(
            f"Its novelty does not fall with the visits (exponent {decay[0]:.2f}); only its episodic factor, or β by "
            "its half-life, reduces the bonus."
        )
    if (back := traits.get("novelty that comes back")) and back[1] > 0:
        sentences.append(
            f"It forgets: while other arms are visited, the novelty of an arm rises again by {back[0]:.2f} of what it "
            "was at first."
        )
    if (rare := traits.get("rare against common")) and rare[1] <= 1:
        sentences.append(
            f"After 150,000 steps of learning its bonus is not significantly larger for rare states than for common "
            f"ones (ratio {rare[0]:.2f} [{rare[1]:.2f}, {rare[2]:.2f}])."
        )
    if (lock := traits.get("longest lock")) and lock[1] < RANDOM_PLAY_OPENS:
        sentences.append(
            f"The longest combination lock that it opens in 50 episodes has {lock[0]:.0f} arms, hardly more than with "
            "random actions."
        )
    return sentences


def _number(figure: Figure | None, digits: int) -> str:
    return "–" if figure is None else f"{figure[0]:.{digits}f}"
