from . import checkpoints, database, experiments, lock, plan, progress, session, store, sweep, weights, workers

__all__ = [
    "checkpoints",
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
