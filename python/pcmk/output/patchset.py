"""Patchsets for people (specification, part 7.5)."""

from collections.abc import Iterator

from pcmk._core import Element

VERSIONS = ("admin_epoch", "epoch", "num_updates")


def lines(patchset: Element) -> Iterator[str]:
    """A patchset (format 2) line by line: its versions, then a line or more for each change."""
    yield from _versions(patchset)
    for change in patchset.children:
        if change.name == "change":
            yield from _change(change)


def _versions(patchset: Element) -> Iterator[str]:
    version = patchset.child("version")
    source, target = (_version(version, name) for name in ("source", "target"))
    if source != target:
        yield f"Diff: --- {source} {patchset.get('format', '(no format)')}"
        yield f"Diff: +++ {target} {patchset.get('digest', '(no digest)')}"
    elif target != "0.0.0":
        yield f"Local-only Change: {target}"


def _version(version: Element | None, name: str) -> str:
    found = version.child(name) if version is not None else None
    return ".".join(found.get(each, "0") if found is not None else "0" for each in VERSIONS)


def _change(change: Element) -> Iterator[str]:
    path = change.get("path", "")
    match change.get("operation"):
        case "create":
            prefix = f"++ {path}: "
            text = "".join(child.to_xml(pretty=True) for child in change.children)
            text += "".join(f"<!--{comment}-->" for comment in change.comments)
            for number, line in enumerate(text.splitlines()):
                yield f"{prefix if number == 0 else '++'.ljust(len(prefix))} {line}"
        case "move":
            yield f"+~ {path} moved to offset {change.get('position')}"
        case "delete":
            position = change.get("position")
            yield f"-- {path} ({position})" if position is not None else f"-- {path}"
        case "modify":
            yield from _modified(change, path)
        case _:
            pass


def _modified(change: Element, path: str) -> Iterator[str]:
    edits = change.child("change-list")
    edited = edits.children if edits is not None else []
    to = [f"@{each.get('name')}={each.get('value')}" for each in edited if each.get("operation") == "set"]
    gone = [f"@{each.get('name')}" for each in edited if each.get("operation") == "unset"]
    if to:
        yield f"+  {path}:  {', '.join(to)}"
    if gone:
        yield f"-- {path}:  {', '.join(gone)}"
