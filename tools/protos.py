"""Keep protos/ in step with the message structs, and the generated code in step with protos/.

protos.py [--check]

Writes `protos/pcmk/v1/*.proto`, the lock of field numbers `protos/fields.lock` and `python/pcmk/rpc/v1`. A number once
given is never given again: a field that goes, or whose type changes, leaves its number reserved. With `--check`
nothing is written and the exit status is 1 if a .proto file or the lock is out of step. `link.proto` and `peer.proto`
are written by hand.
"""

import importlib
import pkgutil
import re
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "python"))

from pcmk.kernel import messages  # noqa: E402
from pcmk.kernel.core import Daemon  # noqa: E402
from pcmk.kernel.messages import Message  # noqa: E402
from pcmk.rpc.fields import SCALARS, Field, fields_of, proto_name, proto_package  # noqa: E402
from pcmk.rpc.services import Service, service_of  # noqa: E402

PROTOS = ROOT / "protos" / "pcmk" / "v1"
LOCK = ROOT / "protos" / "fields.lock"
GENERATED = ROOT / "python" / "pcmk" / "rpc" / "v1"
BY_HAND = ("link", "peer")


class Entry(Struct, frozen=True):
    """A field as the lock knows it."""

    message: str
    field: str
    number: int
    type: str


class Lock:
    """Which numbers were ever given."""

    def __init__(self, text: str) -> None:
        self._entries: dict[str, list[Entry]] = {}
        for line in text.splitlines():
            if line and not line.startswith("#"):
                message, field, number, kind = line.split(" ", 3)
                self._entries.setdefault(message, []).append(Entry(message, field, int(number), kind))

    def number(self, message: str, field: str, kind: str) -> int:
        entries = self._entries.setdefault(message, [])
        for entry in entries:
            if (entry.field, entry.type) == (field, kind):
                return entry.number
        number = max((entry.number for entry in entries), default=0) + 1
        # 19000 to 19999 belong to Protobuf itself.
        number = 20000 if 19000 <= number < 20000 else number
        entries.append(Entry(message, field, number, kind))
        return number

    def retired(self, message: str, live: set[int]) -> list[Entry]:
        return [entry for entry in self._entries.get(message, []) if entry.number not in live]

    def text(self) -> str:
        lines = ["# Message, field, number, type. Written by tools/protos.py; lines are added and never taken away."]
        for message in sorted(self._entries):
            for entry in sorted(self._entries[message], key=lambda entry: entry.number):
                lines.append(f"{entry.message} {entry.field} {entry.number} {entry.type}")
        return "\n".join(lines) + "\n"


def main() -> None:
    lock = Lock(LOCK.read_text() if LOCK.exists() else "")
    services = {service.file: service for service in map(service_of, Daemon)}
    files = {PROTOS / f"{name}.proto": proto_file(name, services.get(name), lock) for name in modules()}
    files[LOCK] = lock.text()
    if sys.argv[1:] == ["--check"]:
        stale = [path for path, text in files.items() if not path.exists() or path.read_text() != text]
        for path in stale:
            print(f"{path.relative_to(ROOT)} is out of step; run `make protos`", file=sys.stderr)
        sys.exit(bool(stale))
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    generate()


def modules() -> list[str]:
    return sorted(module.name for module in pkgutil.iter_modules(messages.__path__))


def messages_in(module: str) -> list[type[Message]]:
    found = importlib.import_module(f"{messages.__name__}.{module}")
    return [
        value
        for value in vars(found).values()
        if isinstance(value, type) and issubclass(value, Message) and value.__module__ == found.__name__
    ]


def proto_file(module: str, service: Service | None, lock: Lock) -> str:
    package = proto_package(module)
    bodies = [proto_message(message, lock) for message in messages_in(module)]
    if service is not None:
        bodies += [proto_notice(service, lock), proto_service(service)]
    text = "\n".join(bodies)
    imports = sorted(set(imported(module, service)))
    title = (importlib.import_module(f"{messages.__name__}.{module}").__doc__ or module).strip()
    return (
        comment(title, "")
        + "// Written by tools/protos.py from the structs of the same names.\n"
        + f'syntax = "proto3";\n\npackage {package};\n\n'
        + "".join(f'import "pcmk/v1/{name}.proto";\n' for name in imports)
        + ("\n" if imports else "")
        + text
    )


def imported(module: str, service: Service | None) -> Iterator[str]:
    used = [field.type for message in messages_in(module) for field in fields_of(message) if field.is_message]
    if service is not None:
        yield "link"
        used += [message for pair in service.methods for message in pair] + list(service.notices)
    for message in used:
        name = message.__module__.rpartition(".")[2]
        if name != module:
            yield name


def proto_message(message: type[Message], lock: Lock) -> str:
    name = proto_name(message)
    lines: list[str] = []
    live: set[int] = set()
    for field in fields_of(message):
        kind = field_type(field)
        number = lock.number(name, field.name, kind)
        live.add(number)
        lines.append(f"  {'optional ' if field.explicit else ''}{kind} {field.name} = {number};\n")
    names = {field.name for field in fields_of(message)}
    for entry in lock.retired(name, live):
        lines.append(f"  reserved {entry.number};\n")
        if entry.field not in names:
            lines.append(f'  reserved "{entry.field}";\n')
            names.add(entry.field)
    text = comment(message.__doc__ or "", "")
    if not lines:
        return f"{text}message {message.__name__} {{}}\n"
    return f"{text}message {message.__name__} {{\n{''.join(lines)}}}\n"


def field_type(field: Field) -> str:
    if field.type is dict:
        return "map<string, string>"
    name = proto_name(field.type) if field.is_message else SCALARS[field.type]
    return f"repeated {name}" if field.repeated else name


def proto_notice(service: Service, lock: Lock) -> str:
    name = f"{service.name}Notice"
    head = f"// What the stream `Watch` of {service.name} carries.\nmessage {name} "
    if not service.notices:
        return head + "{}\n"
    lines: list[str] = []
    for message in service.notices:
        kind = proto_name(message)
        lines.append(f"    {kind} {snake(message)} = {lock.number(f'pcmk.v1.{name}', snake(message), kind)};\n")
    return f"{head}{{\n  oneof body {{\n{''.join(lines)}  }}\n}}\n"


def proto_service(service: Service) -> str:
    lines = [
        f"  rpc {request.__name__}({proto_name(request)}) returns ({proto_name(answer)});\n"
        for request, answer in service.methods
    ]
    streams = [
        f"  rpc {stream.name}({proto_name(stream.request)}) returns (stream {proto_name(stream.answer)});\n"
        for stream in service.streams
    ]
    return (
        "// A request that is refused ends with a status that has the `pcmk.v1.Failure` in the trailing metadata\n"
        "// `pcmk-failure-bin`. The first metadata of `Watch` say that everything published from then on will follow.\n"
        f"service {service.name} {{\n{''.join(lines)}"
        f"{''.join(streams)}"
        f"  rpc Watch(pcmk.v1.WatchRequest) returns (stream {service.name}Notice);\n}}\n"
    )


def snake(message: type[Message]) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", message.__name__).lower()


def comment(text: str, indent: str) -> str:
    lines: list[str] = []
    for paragraph in textwrap.dedent(text.replace("\n    ", "\n")).strip().split("\n\n"):
        lines += textwrap.wrap(" ".join(paragraph.split()), 114)
    return "".join(f"{indent}// {line}\n" for line in lines)


def generate() -> None:
    from grpc_tools import _proto, protoc

    names = [*modules(), *BY_HAND]
    GENERATED.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        include = [f"-I{ROOT / 'protos'}", f"-I{Path(next(iter(_proto.__path__)))}"]
        outputs = [f"--python_out={folder}", f"--pyi_out={folder}"]
        status = protoc.main(["protoc", *include, *outputs, *(f"pcmk/v1/{name}.proto" for name in names)])
        if status:
            sys.exit(status)
        wanted = {"__init__.py": '"""Generated by tools/protos.py; do not edit."""\n'}
        for path in sorted((Path(folder) / "pcmk" / "v1").iterdir()):
            # The files import each other by the path of the .proto file, which is not where they are put.
            wanted[path.name] = path.read_text().replace("from pcmk.v1 import", "from pcmk.rpc.v1 import")
    for stale in GENERATED.glob("*.py*"):
        if stale.is_file() and stale.name not in wanted:
            stale.unlink()
    for name, text in wanted.items():
        (GENERATED / name).write_text(text)


if __name__ == "__main__":
    main()
