"""Run every benchmark, or those named: `python -m benchmarks [bandits] [bonuses] … [traits]`.

`python -m benchmarks traits`, `evidence`, `integrations` and `implementations` take words of their own, such as
`--record`.
"""

import importlib
import pkgutil
import sys

import benchmarks


def main(arguments: list[str]) -> int:
    """Run the benchmarks `arguments`, all where none is named; 2 for an unknown name, 1 where one fails."""
    known = sorted(module.name for module in pkgutil.iter_modules(benchmarks.__path__) if module.name != "__main__")
    if arguments[:1] in (["traits"], ["evidence"], ["integrations"], ["implementations"]):
        importlib.import_module(f"benchmarks.{arguments[0]}").main(*arguments[1:])
        return 0
    for name in arguments:
        if name not in known:
            sys.stderr.write(f"benchmarks: unknown benchmark '{name}': known are {', '.join(known)}.\n")
            return 2
    failed = False
    for name in arguments or known:
        print(f"\n{name}\n{'=' * len(name)}")
        failed |= bool(importlib.import_module(f"benchmarks.{name}").main())
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
