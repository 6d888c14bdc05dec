"""Who has filed what, when, how fully: a calculation over every duty.

`asked` says what a definition asks of a filing, `content` how fully filings answer it (frames, no database), `standing`
reads both for the duties a user may see, `rates` and `statutory` count them.
"""

from reporting.completeness.rates import Rates, rates
from reporting.completeness.standing import Picture, Standing, picture

__all__ = ["Picture", "Rates", "Standing", "picture", "rates"]
