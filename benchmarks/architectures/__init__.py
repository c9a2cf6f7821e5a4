"""The networks of the export matrix, by name.

Importing this builds nothing and imports neither KerasHub nor data: builders do, when called.
"""

from architectures.small import SMALL

ARCHITECTURES = {architecture.name: architecture for architecture in [*SMALL]}
