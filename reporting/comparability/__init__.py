"""May these figures be added, ranked, charted together? Yes, or no with reasons by observation."""

from reporting.comparability.adding import FiledSum, Total
from reporting.comparability.comparison import Comparison, Reference
from reporting.comparability.engine import compare, compare_each
from reporting.comparability.estimating import Estimate
from reporting.comparability.knowledge import PURPOSES

__all__ = ["PURPOSES", "Comparison", "Estimate", "FiledSum", "Reference", "Total", "compare", "compare_each"]
