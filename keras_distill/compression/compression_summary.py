from collections.abc import Mapping


class CompressionSummary(Mapping):
    """What was done to each layer of a model, as a mapping that prints as a table.

    `keras_distill.compression.summary` makes it. It maps the path of each layer to a dict of
    `type`, `done`, `skipped` (the reason, or None), `sparsity` (fraction of zeros in the
    kernel), `distinct` (number of different kernel values), `bits` (of a kernel weight),
    `bytes` and `gzip_bytes` (of all the layer's weights), and `macs` (multiply-accumulates of
    one example, None where that is not known). The table keeps to 120 columns:
    where names are longer it shortens them with an ellipsis; the mapping has them whole.

    Args:
        name: name of the model.
        layers: {path: facts} in the order of the model.
        operations: names of operations of the graph that are no layers; they stay float.

    Example:

    ```python
    model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(4, name="head")])
    print(kd.compression.summary(model)["head"]["bytes"])  # 144
    ```
    """

    _HEADINGS = ("layer", "type", "done", "sparsity", "distinct", "bits", "bytes", "gzip", "MACs")
    _COLUMNS = 120

    def __init__(self, name, layers, operations=()):
        self.name = name
        self.operations = tuple(operations)
        self._layers = dict(layers)

    def __getitem__(self, path):
        return self._layers[path]

    def __iter__(self):
        return iter(self._layers)

    def __len__(self):
        return len(self._layers)

    def to_dict(self):
        """A plain dict of plain values, ready for JSON."""
        return {path: dict(facts) for path, facts in self._layers.items()}

    def __str__(self):
        rows = [self._HEADINGS, *(_row(path, facts) for path, facts in self._layers.items())]
        widths = [max(len(row[column]) for row in rows) for column in range(len(self._HEADINGS))]
        lines = [f"Compression of {self.name!r}"]
        over = sum(widths) + 2 * len(widths) - 2 - self._COLUMNS
        # Paths say most, types least.
        for column, least in ((0, 28), (1, 13), (2, 24), (0, 12)):
            cut = max(min(over, widths[column] - least), 0)
            widths[column], over = widths[column] - cut, over - cut
        for row in rows:
            cells = [
                _shortened(cell, width).ljust(width) if column < 3 else cell.rjust(width)
                for column, (cell, width) in enumerate(zip(row, widths, strict=True))
            ]
            lines.append("  ".join(cells).rstrip())
        raw = sum(facts["bytes"] for facts in self._layers.values())
        packed = sum(facts["gzip_bytes"] for facts in self._layers.values())
        macs = [facts["macs"] for facts in self._layers.values()]
        besides = ", those marked ? left out" if None in macs else ""
        total = f"{sum(filter(None, macs)):,}{besides}"
        lines.append(f"Weights: {raw:,} bytes, {packed:,} bytes gzip; MACs: {total}")
        for path, facts in self._layers.items():
            if facts["skipped"]:
                lines.append(f"Skipped {path}: {facts['skipped']}.")
        for name in self.operations:
            lines.append(f"Skipped {name}: an operation of the graph that is no layer.")
        return "\n".join(lines)

    __repr__ = __str__


def _row(path, facts):
    if facts["bits"] is None:
        middle = ("", "", "")
    else:
        middle = (f"{facts['sparsity']:.1%}", f"{facts['distinct']:,}", str(facts["bits"]))
    done = "skipped" if facts["skipped"] else facts["done"]
    sizes = (f"{facts['bytes']:,}", f"{facts['gzip_bytes']:,}", _macs(facts["macs"]))
    return (path, facts["type"], done, *middle, *sizes)


def _macs(number):
    if number is None:
        return "?"
    for size, unit in ((10**9, "G"), (10**6, "M"), (10**3, "k")):
        if number >= 10 * size:
            return f"{number / size:.1f}{unit}"
    return f"{number:,}" if number else ""


def _shortened(text, width):
    if len(text) <= width:
        return text
    # Both ends of a path tell: the block at one, the layer at the other.
    end = (width - 1) // 2
    return f"{text[: width - 1 - end]}…{text[-end:]}"
