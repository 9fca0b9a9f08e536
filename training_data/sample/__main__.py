"""Write the sample bookshop: `python -m training_data.sample FOLDER`."""

from __future__ import annotations

import sys

from training_data.sample.bookshop import main

if __name__ == "__main__":
    main(sys.argv[1])
