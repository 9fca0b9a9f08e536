"""SQL <-> pointer form: dialect-free SQL whose names are pointers into the slice, without joins
that keys imply.

`SELECT T1.name FROM singer AS T1 JOIN song AS T2 ON T1.id = T2.singer_id WHERE T2.genre = 'pop'`
becomes `SELECT i4 WHERE i9 = i11`. The FROM clause follows from the tables that own the pointers.
It is written only if it says more: `FROM i2` for a table that no column names, `FROM i2 JOIN i5 ON
i3 = i7` for a join that no key implies. Pretraining and tuning encode; decoding parses back.
"""

from __future__ import annotations

from mome.backbones.bundled.decoding import decode_form
from mome.backbones.bundled.encoding import encode_query
from mome.backbones.bundled.pointers import Pointers


class PointerForm(Pointers):
    """The pointer form over one slice of one catalog."""

    def encode(self, sql: str) -> str:
        """Return the pointer form of `sql` in the catalog's dialect. Raises NotExpressible if there
        is none.
        """
        return encode_query(sql, self)

    def decode(self, form: str) -> str:
        """Return SQL in the catalog's dialect. Raises NotExpressible if the form is no query."""
        return decode_form(form, self)
