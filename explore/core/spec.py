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

    def resolved(self) -> dict[str, Any]:
        """Every setting with its value, defaults included, as JSON values: what a recorded result depends on.

        Settings that name other plugins override it and resolve those plugins' settings too.
        """
        return self.model_dump(mode="json")


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


def settings_from(model: type[Model], values: Mapping[str, Any], owner: str) -> Model:
    """Check the setting `values` of the plugin `owner` against its `model`; BadInput names the first wrong one."""
    for key in values:
        if key not in model.model_fields:
            raise unknown("setting", key, model.model_fields, owner)
    try:
        return model(**values)
    except pydantic.ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        # A validator that looks at several fields has no field of its own to name.
        named = f"setting '{where}' of {owner} is '{first['input']}'" if where else owner
        raise BadInput(f"{named}: {requirement(first)}.") from None


_REQUIREMENTS = {
    "greater_than": "it must be above {gt:g}",
    "greater_than_equal": "it must be at least {ge:g}",
    "less_than": "it must be below {lt:g}",
    "less_than_equal": "it must be at most {le:g}",
    "float_parsing": "it must be a number",
    "float_type": "it must be a number",
    "finite_number": "it must be a finite number",
    "int_parsing": "it must be a whole number",
    "int_type": "it must be a whole number",
    "int_from_float": "it must be a whole number",
    "bool_parsing": "it must be true or false",
    "bool_type": "it must be true or false",
    "literal_error": "it must be {expected}",
}


def requirement(error: Mapping[str, Any]) -> str:
    """What would be right in place of what one of pydantic's `error`s is about, in our words where we have some."""
    if error["type"] in _REQUIREMENTS:
        return _REQUIREMENTS[error["type"]].format(**error.get("ctx", {}))
    message: str = error["msg"].removeprefix("Value error, ")
    return message[0].lower() + message[1:].rstrip(".")


def written(settings: Settings) -> str:
    """The settings that differ from their defaults, as `setting=value,…`."""
    fields = type(settings).model_fields
    return ",".join(f"{key}={value}" for key, value in settings if value != fields[key].default)
