"""Print the requirements of a pyproject.toml and of the extras named, one a line, for `pip install`.

requirements.py PYPROJECT [EXTRA ...]
"""

import sys
import tomllib


def main() -> None:
    path, *extras = sys.argv[1:]
    with open(path, "rb") as file:
        project = tomllib.load(file)["project"]
    wanted = list(project["dependencies"])
    for extra in extras:
        wanted += project["optional-dependencies"][extra]
    print("\n".join(wanted))


if __name__ == "__main__":
    main()
