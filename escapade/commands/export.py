"""`escapade export`: the results of learners as a table for other programs."""

from pathlib import Path
from typing import Annotated

import typer

from escapade import report, terminal
from explore.errors import BadInput


def export(
    folders: Annotated[list[Path], typer.Argument(help="Folders that `run --out` or `mazes --out` wrote.")],
    csv: Annotated[Path | None, typer.Option(help="Write the table as CSV here.")] = None,
    parquet: Annotated[Path | None, typer.Option(help="Write the table as Parquet here.")] = None,
) -> None:
    """Write the results of learners as a table, a row per evaluation.

    Example: escapade export escapade-runs/quick --csv quick.csv
    """
    if csv is None and parquet is None:
        raise BadInput("name a file with --csv or --parquet.")
    table = report.export.rows(folders)
    for path, option in ((csv, "--csv"), (parquet, "--parquet")):
        if path is not None:
            terminal.output.check_file(path, option)
    if parquet is not None:
        with terminal.extras.needed("--parquet", "parquet"):
            report.export.write_parquet(table, parquet)
    if csv is not None:
        report.export.write_csv(table, csv)
    console = terminal.output.Output(None).console
    for path in (csv, parquet):
        if path is not None:
            console.print(f"written: {path}, {len(table):,} rows")
