"""Write what setup.cfg asks for as the requirements files that deptry reads: it reads no setup.cfg.

`python -m tests.support.dependencies FOLDER`
"""

from __future__ import annotations

import configparser
import sys
from pathlib import Path


def main(folder: Path) -> None:
    setup = configparser.ConfigParser()
    setup.read("setup.cfg", "utf-8")
    extras = setup["options.extras_require"]
    runtime = setup["options"]["install_requires"], extras["pg"], extras["prod"]
    (folder / "requirements.txt").write_text("\n".join(runtime), "utf-8")
    (folder / "requirements-dev.txt").write_text(extras["dev"], "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
