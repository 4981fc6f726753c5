from . import (
    checkpoints,
    clusters,
    database,
    experiments,
    lock,
    plan,
    progress,
    session,
    store,
    sweep,
    weights,
    workers,
)

__all__ = [
    "checkpoints",
    "clusters",
    "database",
    "experiments",
    "lock",
    "plan",
    "progress",
    "session",
    "store",
    "sweep",
    "weights",
    "workers",
]
