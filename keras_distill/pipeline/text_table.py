"""A table of words as lines for the terminal."""

import io


def text_table(rows, left=(), width=160):
    """Rows as lines.

    Args:
        rows: Dicts from a column's title to its cell, a string. A column without any is left
            out.
        left: Titles of the columns that are set to the left; others are numbers.
        width: Most characters of a line.

    Returns:
        A list of lines without line breaks.
    """
    from rich import box
    from rich.console import Console
    from rich.table import Table

    titles = dict.fromkeys(title for row in rows for title in row if row[title])
    table = Table(box=box.SIMPLE_HEAD)
    for title in titles:
        table.add_column(title, justify="left" if title in left else "right", overflow="fold")
    for row in rows:
        table.add_row(*[row[title] for title in titles])
    text = io.StringIO()
    Console(file=text, width=width, highlight=False, markup=False).print(table)
    return [line.rstrip() for line in text.getvalue().splitlines() if line.strip()]
