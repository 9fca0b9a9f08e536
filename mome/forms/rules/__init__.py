"""The constructs of the form, each with its SQL and how it is recognised in SQL."""

from mome.forms.engine import Rules
from mome.forms.rules.aggregates import AGGREGATES
from mome.forms.rules.buckets import BUCKETS
from mome.forms.rules.dates import DATES
from mome.forms.rules.periods import PERIODS
from mome.forms.rules.ranks import RANKS
from mome.forms.rules.series import SERIES
from mome.forms.rules.texts import TEXTS

# Where several constructs have the same SQL, the first is read.
RULES = Rules((*DATES, *TEXTS, *PERIODS, *AGGREGATES, *SERIES, *RANKS, *BUCKETS))
