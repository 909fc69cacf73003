"""What is wrong with cluster options, told as the scheduler tells of those that it looks at itself (specification of
cluster options, section 1.2)."""

import re
from collections.abc import Callable

from pcmk._core import Cib
from pcmk.compat.daemon_options import CLUSTER
from pcmk.kernel.booleans import is_false, is_true
from pcmk.kernel.durations import duration

_NUMBER = re.compile(r"\s*[+-]?\d+")
_INFINITE = re.compile(r"[+-]?INFINITY")


def _is_number(text: str) -> bool:
    return bool(_NUMBER.match(text) or _INFINITE.fullmatch(text))


def _is_above_zero(text: str) -> bool:
    return _is_number(text) and not text.lstrip().startswith("-") and text.strip().strip("+0") != ""


_VALID: dict[str, Callable[[str], bool]] = {
    "boolean": lambda text: is_true(text) or is_false(text),
    "duration": lambda text: duration(text) is not None,
    "integer": _is_number,
    "percentage": lambda text: re.match(r"\s*\+?\d+%", text) is not None,
    "nonnegative_integer": _is_above_zero,
}
"""By kind, where the reference refuses anything."""
_OWN = {"fencing-max-attempts": _is_above_zero}


def option_faults(cib: Cib) -> tuple[list[str], list[str]]:
    """Errors, of values that no option of that name can have, and warnings, of names that are deprecated."""
    errors: list[str] = []
    warnings: list[str] = []
    names = {name: option for option in CLUSTER for name in (option.name, option.former) if name}
    for pair in cib.find("/cib/configuration/crm_config/cluster_property_set/nvpair[@name]"):
        name, value = pair.get("name", ""), pair.get("value", "")
        option = names.get(name)
        if option is None:
            continue
        if name == option.former:
            warnings.append(f"legacy-option: option {option.name} old={name}")
        valid = _OWN.get(option.name) or _VALID.get(option.kind)
        if valid is not None and not valid(value):
            errors.append(f"invalid-option: option {option.name} value={value}")
    return errors, warnings
