"""The registry: built-in and third-party plugins are found through entry points.

A distribution declares, say, `[project.entry-points."escapade.bonuses"]` with `mine = "my_package:Mine"`; once it is
installed, `mine` is a bonus like any other. Nothing is imported before it is asked for. A plugin that cannot be
imported, or whose name another distribution took first, is reported by `entries()` and does not affect the others.
"""

from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Generic, TypeVar

from explore.core.spec import Settings, Spec, parse, settings_from
from explore.errors import BadInput, unknown
from explore.version import OWN

Plugin = TypeVar("Plugin")


@dataclass(frozen=True)
class Entry:
    """One installed plugin: its name, the distribution and version it comes from, and what is wrong with it."""

    name: str
    distribution: str
    version: str
    target: str
    problem: str | None = None


class Registry(Generic[Plugin]):
    """The plugins of one entry-point `group`; `kind` is the word for one of them in messages."""

    def __init__(self, group: str, kind: str) -> None:
        self.group = group
        self.kind = kind
        self._added: dict[str, Plugin] = {}
        self._loaded: dict[str, Plugin] = {}
        self._seen: tuple[EntryPoint, ...] = ()
        self._by_name: dict[str, EntryPoint] = {}

    def add(self, name: str, plugin: Plugin) -> None:
        """Register `plugin` from Python for this process; BadInput where the name is taken or it has no settings."""
        if name in self._added or name in self._points():
            raise BadInput(f"the {self.kind} name '{name}' is taken: choose another.")
        self._check(f"the {self.kind} '{name}' ({plugin!r})", plugin)
        self._added[name] = plugin

    def names(self) -> list[str]:
        """The names that can be asked for, sorted."""
        return sorted({*self._points(), *self._added})

    def get(self, name: str) -> Plugin:
        """The plugin called `name`; BadInput where it is unknown, its import fails, or it states no settings."""
        if name in self._added:
            return self._added[name]
        if name not in self._loaded:
            point = self._points().get(name)
            if point is None:
                raise unknown(self.kind, name, self.names())
            what = f"the {self.kind} '{name}' ({point.value})"
            try:
                loaded = point.load()
            except (Exception, SystemExit) as error:  # whatever a third party's import raises
                raise BadInput(f"{what} cannot be imported: {type(error).__name__}: {error}") from error
            self._check(what, loaded)
            self._loaded[name] = loaded
        return self._loaded[name]

    def resolve(self, spec: str | Spec) -> tuple[Plugin, Settings]:
        """The plugin that a spec string names and its checked settings."""
        parsed = parse(spec) if isinstance(spec, str) else spec
        plugin: Any = self.get(parsed.name)
        return plugin, settings_from(plugin.Settings, parsed.settings, f"the {self.kind} '{parsed.name}'")

    def entries(self) -> list[Entry]:
        """Everything installed in this group, sound or not, sorted by name; imports each plugin."""
        points = self._points()
        listed = [Entry(name, "this process", "", repr(plugin)) for name, plugin in self._added.items()]
        for point in entry_points(group=self.group):
            origin, version = _origin(point)
            problem = None
            if points[point.name] != point:
                problem = f"its name is taken by {_origin(points[point.name])[0]}"
            else:
                try:
                    self.get(point.name)
                except BadInput as error:
                    problem = str(error)
            listed.append(Entry(point.name, origin, version, point.value, problem))
        return sorted(listed, key=lambda entry: (entry.name, entry.problem is not None))

    def _check(self, what: str, plugin: Any) -> None:
        settings = getattr(plugin, "Settings", None)
        if not (isinstance(settings, type) and issubclass(settings, Settings)):
            raise BadInput(f"{what} is not a {self.kind}: its Settings must be a class derived from explore.Settings.")

    def _points(self) -> dict[str, EntryPoint]:
        """One entry point per name: Escapade's own before others, then by distribution name."""
        points = tuple(entry_points(group=self.group))
        if points != self._seen:  # reading each point's distribution takes time
            self._by_name = {}
            for point in sorted(points, key=lambda point: (_origin(point)[0] != OWN, _origin(point))):
                self._by_name.setdefault(point.name, point)
            self._seen = points
        return self._by_name


def _origin(point: EntryPoint) -> tuple[str, str]:
    return (point.dist.name, point.dist.version) if point.dist else ("unknown", "")
