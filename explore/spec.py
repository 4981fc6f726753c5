"""Spec strings: `name:setting=value,setting=value` names a plugin and its settings.

A plugin states its settings as a `Settings` model, one field per setting with its meaning, range and default;
`settings_from` checks what the user wrote against it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pydantic

from explore.errors import BadInput, unknown


class Settings(pydantic.BaseModel):
    """The settings of one plugin. Subclasses add fields: `beta: float = Field(0.02, ge=0, description="…")`."""

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


Model = TypeVar("Model", bound=Settings)


@dataclass(frozen=True)
class Spec:
    """A parsed spec string: the plugin's name and the settings as written."""

    name: str
    settings: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        written = ",".join(f"{key}={value}" for key, value in self.settings.items())
        return f"{self.name}:{written}" if written else self.name


def parse(text: str) -> Spec:
    """Read `name` or `name:setting=value,…`; BadInput where it is neither."""
    name, colon, rest = text.strip().partition(":")
    if not name or (colon and not rest):
        raise BadInput(f"'{text}' is not a spec: write a name, or name:setting=value,setting=value.")
    settings: dict[str, str] = {}
    for part in rest.split(",") if rest else []:
        key, equals, value = (piece.strip() for piece in part.partition("="))
        if not (key and equals and value):
            raise BadInput(f"'{part}' in '{text}' is not a setting: write setting=value.")
        if key in settings:
            raise BadInput(f"setting '{key}' is given twice in '{text}'.")
        settings[key] = value
    return Spec(name, settings)


def settings_from(model: type[Model], given: Mapping[str, Any], owner: str) -> Model:
    """Check the `given` settings of the plugin `owner` against its `model`; BadInput names the first wrong one."""
    for key in given:
        if key not in model.model_fields:
            raise unknown(f"setting of {owner}", key, model.model_fields)
    try:
        return model(**given)
    except pydantic.ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        # A validator that looks at several fields has no field of its own to name.
        said = first["msg"].removeprefix("Value error, ")
        named = f"setting '{where}' of {owner}" if where else owner
        value = f" is {first['input']!r}" if where else ""
        raise BadInput(f"{named}{value}: {said[0].lower()}{said[1:]}.") from None


def written(settings: Settings) -> str:
    """The settings that differ from their defaults, as `setting=value,…`."""
    fields = type(settings).model_fields
    return ",".join(f"{key}={value}" for key, value in settings if value != fields[key].default)
