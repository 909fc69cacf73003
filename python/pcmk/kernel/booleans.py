"""Words that stand for yes in configuration, agents' metadata and the environment (reference on rules, section 9.6)."""

_TRUE = frozenset({"true", "on", "yes", "y", "1"})
_FALSE = frozenset({"false", "off", "no", "n", "0"})


def is_true(text: str) -> bool:
    """Whether a text stands for yes, whatever its case; everything else does not."""
    return text.lower() in _TRUE


def is_false(text: str) -> bool:
    """Whether a text stands for no, whatever its case."""
    return text.lower() in _FALSE
