"""Values are made by the hundred thousand in a simulated hour, most of them frozen dataclasses.

What `dataclass` writes for these sets each field through `object.__setattr__`, which looks the field up again every
time. Here it is set through its slot. Nothing else changes; above all they stay frozen.
"""

import dataclasses
import sys
from functools import cache
from typing import Any


@cache
def make_faster() -> None:
    """Give all frozen dataclasses of the package that are loaded by now an `__init__` that does the same faster."""
    for name, module in list(sys.modules.items()):
        if name.startswith("pcmk."):
            for value in list(vars(module).values()):
                if isinstance(value, type) and value.__module__ == name and _is_plain(value):
                    faster(value)


def faster(kind: Any) -> None:
    """Replace what `dataclass` wrote as the `__init__` of a class."""
    kind.__init__ = _init_of(kind)


def _is_plain(kind: Any) -> bool:
    """Whether it is frozen, has slots, and its `__init__` is the one that `dataclass` writes."""
    own = kind.__dict__
    parameters = own.get("__dataclass_params__")
    if parameters is None or not parameters.frozen or "__slots__" not in own or hasattr(kind, "__post_init__"):
        return False
    written = "__init__" in own and own["__init__"].__code__.co_filename == "<string>"
    return written and all(
        field.init and not field.kw_only and field.default_factory is dataclasses.MISSING
        for field in dataclasses.fields(kind)
    )


def _init_of(kind: Any) -> Any:
    names: dict[str, Any] = {}
    parameters, lines = ["self"], ["    pass"]
    for number, field in enumerate(dataclasses.fields(kind)):
        names[f"set_{number}"] = getattr(kind, field.name).__set__
        lines.append(f"    set_{number}(self, {field.name})")
        if field.default is dataclasses.MISSING:
            parameters.append(field.name)
        else:
            names[f"default_{number}"] = field.default
            parameters.append(f"{field.name}=default_{number}")
    exec(f"def __init__({', '.join(parameters)}):\n" + "\n".join(lines), names)
    return names["__init__"]
