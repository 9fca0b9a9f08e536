"""`python -m mome.cli` is the command `mome`; torchrun and `accelerate launch` start it
this way.
"""

from __future__ import annotations

from mome.cli.main import main

if __name__ == "__main__":
    main()
