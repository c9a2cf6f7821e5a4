"""The networks of the export matrix, by name.

Importing this builds nothing and imports neither KerasHub nor data: builders do, when called.
"""

from architectures.applications import APPLICATIONS
from architectures.graphs import GRAPHS
from architectures.hub_images import HUB_IMAGES
from architectures.hub_text import HUB_TEXT
from architectures.recurrent import RECURRENT
from architectures.small import SMALL
from architectures.trained import TRAINED

_EVERY = (*APPLICATIONS, *HUB_IMAGES, *HUB_TEXT, *RECURRENT, *SMALL, *GRAPHS, *TRAINED)
ARCHITECTURES = {architecture.name: architecture for architecture in _EVERY}
