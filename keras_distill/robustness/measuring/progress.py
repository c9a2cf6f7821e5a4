"""A bar that shows how far measuring is."""

import contextlib


@contextlib.contextmanager
def progress(wanted, total):
    """Gives `step(text)`, to be called when one of the `total` pieces of work is done."""
    if not wanted:
        yield lambda text: None
        return
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description:<28}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns) as bar:
        task = bar.add_task("measuring", total=total)
        yield lambda text: bar.update(task, description=text, advance=1)
        bar.update(task, description="measured")
