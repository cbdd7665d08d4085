"""CPython's import protocol over a simulated `sys.modules`, and what it has to go by.

What the simulation does not know it passes over, and concludes nothing from it.
"""

from integrity.imports.loading.loader import Loader
from integrity.imports.loading.sources import Full, Sources, targets

__all__ = ["Full", "Loader", "Sources", "targets"]
