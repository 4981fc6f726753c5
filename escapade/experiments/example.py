"""The experiment file that `escapade init` writes."""

from agents.dqn.settings import DQNSettings
from escapade.experiments.experiment import text_of

EXAMPLE = "example"


def commented_example() -> str:
    """The example, followed by every setting of the DQN with its default and its meaning."""
    defaults = DQNSettings().resolved()
    lines = [
        f"# {name} = {_toml(defaults[name])}  # {field.description}" for name, field in DQNSettings.model_fields.items()
    ]
    return text_of(EXAMPLE) + "\n".join(lines) + "\n"


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)
