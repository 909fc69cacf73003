"""`crm_simulate`: what the cluster would do, and what it would look like afterwards."""

import argparse
import os
import sys
import time
from collections.abc import Callable
from typing import NamedTuple, NoReturn

from pcmk._core import Cib, DateTime, Simulation, simulate
from pcmk.kernel.errors import CibError, PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.versions import SOFTWARE

INJECTIONS = {
    "quorum": ("-q", "--quorum", "VALUE", "set whether the partition has quorum"),
    "watchdog": ("-w", "--watchdog", "VALUE", "set whether there is a watchdog"),
    "node-up": ("-u", "--node-up", "NODE", "bring a node online"),
    "node-down": ("-d", "--node-down", "NODE", "take a node offline"),
    "node-fail": ("-f", "--node-fail", "NODE", "mark a node as failed"),
    "ticket-grant": ("-g", "--ticket-grant", "TICKET", "grant a ticket"),
    "ticket-revoke": ("-r", "--ticket-revoke", "TICKET", "revoke a ticket"),
    "ticket-standby": ("-b", "--ticket-standby", "TICKET", "make a ticket standby"),
    "ticket-activate": ("-e", "--ticket-activate", "TICKET", "activate a ticket"),
    "operation": ("-i", "--op-inject", "SPEC", "inject the result RSC_TASK_INTERVAL@NODE=RC"),
}


class Failed(Exception):
    """The command ends with this exit code and message."""

    def __init__(self, code: ExitCode, message: str) -> None:
        super().__init__(message)
        self.code = code


class Parser(argparse.ArgumentParser):
    """Options as the field's commands take them: wrong usage is exit code 64."""

    def error(self, message: str) -> NoReturn:
        """End with what is wrong and how it should be."""
        self.print_usage(sys.stderr)
        self.exit(ExitCode.USAGE, f"{self.prog}: {message}\n")


class Source(NamedTuple):
    """The CIB to begin with; parameters may have been removed from one that comes from a file."""

    cib: Cib
    sanitized: bool


def build_parser() -> Parser:
    """The options of the command."""
    parser = Parser(prog="crm_simulate", description="Simulate a cluster's response to events.", allow_abbrev=False)
    parser.add_argument("-$", "--version", action="version", version=f"Pacemaker {SOFTWARE}")
    parser.add_argument("-V", "--verbose", action="count", default=0, help="tell more")
    parser.add_argument("-Q", "--quiet", action="store_true", help="tell only scores")
    run = parser.add_argument_group("operations")
    run.add_argument("-R", "--run", "--process", action="store_true", help="plan")
    run.add_argument("-S", "--simulate", action="store_true", help="plan, and carry the plan out")
    run.add_argument("-X", "--in-place", action="store_true", help="as -S, and write the result over the input file")
    run.add_argument("-A", "--show-attrs", action="store_true", help="show node attributes")
    run.add_argument("-c", "--show-failcounts", action="store_true", help="show fail counts and failures")
    run.add_argument("-s", "--show-scores", action="store_true", help="show scores")
    run.add_argument("-j", "--pending", action="store_true", help=argparse.SUPPRESS)
    run.add_argument(
        "--explain",
        action="append",
        metavar="RESOURCE[@NODE]",
        help="show nothing but why the plan is as it is for this",
    )
    run.add_argument("--profile", action="store_true", help="show the time that each pass of the scheduler took")
    events = parser.add_argument_group("events")
    for kind, (short, long, metavar, text) in INJECTIONS.items():
        events.add_argument(short, long, dest=f"inject {kind}", action="append", metavar=metavar, help=text)
    events.add_argument("-F", "--op-fail", action="append", metavar="SPEC", help="let RSC_TASK_INTERVAL@NODE=RC fail")
    events.add_argument("-t", "--set-datetime", metavar="TIME", help="plan as of this time")
    files = parser.add_argument_group("input and output")
    files.add_argument("--output-as", metavar="FORMAT", default="text", help="text (default), or json with --explain")
    files.add_argument("-x", "--xml-file", metavar="FILE", help="read the CIB from a file, `-` for standard input")
    files.add_argument("-p", "--xml-pipe", action="store_true", help="read the CIB from standard input")
    files.add_argument("-L", "--live-check", action="store_true", help="read the CIB of the running cluster")
    files.add_argument("-I", "--save-input", metavar="FILE", help="write the CIB after events")
    files.add_argument("-O", "--save-output", metavar="FILE", help="write the CIB at the end")
    files.add_argument("-G", "--save-graph", metavar="FILE", help="write the transition graph")
    files.add_argument("-D", "--save-dotfile", metavar="FILE", help="write the plan as a drawing for Graphviz")
    files.add_argument("-a", "--all-actions", action="store_true", help="draw optional actions as well")
    return parser


def main(argv: list[str] | None = None) -> int:
    """Run the command; the exit code is the field's."""
    options = build_parser().parse_args(argv)
    try:
        return carry_out(options)
    except Failed as failed:
        print(f"crm_simulate: {failed}", file=sys.stderr)
        return failed.code


def carry_out(options: argparse.Namespace) -> int:
    """Simulate, print, and write the files that were asked for."""
    check_format(options)
    source = read_source(options)
    cib = source.cib
    now = int(time.time())
    effective, now_line = effective_time(cib, options.set_datetime, now)
    execute = bool(options.simulate or options.in_place or options.op_fail)
    plan = bool(execute or options.run or options.show_scores or options.save_graph or options.save_dotfile)
    injections = [(kind, value) for kind in INJECTIONS for value in getattr(options, f"inject {kind}") or ()]
    try:
        simulation = simulate(
            cib,
            now=effective,
            wall_now=now,
            now_line=now_line,
            sanitized=source.sanitized,
            injections=usable(last_only(injections)),
            fail=[value for _, value in usable([("operation", spec) for spec in options.op_fail or ()])],
            schedule=plan,
            execute=execute,
            scores=options.show_scores,
            attributes=options.show_attrs,
            failures=options.show_failcounts,
            quiet=options.quiet,
            drawing=options.save_dotfile is not None,
            all_actions=options.all_actions,
            numbers=options.verbose > 0,
            profile=options.profile,
        )
    except ValueError as error:
        raise Failed(ExitCode.USAGE, str(error)) from error
    code = tell(options, simulation)
    if options.explain:
        explain(options, Source(simulation.injected, source.sanitized), effective)
    return code


def check_format(options: argparse.Namespace) -> None:
    """Refuse what cannot be written in the format that was asked for."""
    known = ("text", "json") if options.explain else ("text",)
    if options.output_as not in known:
        what = "only supported with --explain" if options.output_as == "json" else "not supported"
        raise Failed(ExitCode.UNIMPLEMENT_FEATURE, f"output as {options.output_as} is {what}")


def explain(options: argparse.Namespace, source: Source, now: int) -> None:
    """Print why the plan is as it is for the resources that were named, and for what they consist of."""
    import json  # only this needs them
    from dataclasses import asdict

    from pcmk.output.explanation import explanation
    from pcmk.scheduler import schedule

    trace = schedule(source.cib, now=now, trace=True, sanitized=source.sanitized).trace
    try:
        asked = [spec.partition("@") for spec in options.explain]
        answers = [answer for name, _, node in asked for answer in trace.explain_tree(name, node or None)]
    except PcmkError as error:
        raise Failed(ExitCode(error.code), error.message) from error
    if options.output_as == "json":
        document = {
            "resources": [asdict(answer) for answer in answers],
            "fencing": [asdict(fencing) for fencing in trace.fencing],
        }
        print(json.dumps(document, indent=2))
    else:
        print("\n\n".join("\n".join(explanation(answer, trace.fencing)) for answer in answers))


def read_source(options: argparse.Namespace) -> Source:
    """The CIB that the options name, in the newest schema; standard input if they name none."""
    if options.live_check:
        return Source(in_newest_schema(read_live()), sanitized=False)
    try:
        data = sys.stdin.buffer.read() if options.xml_file in (None, "-") else read_bytes(options.xml_file)
    except OSError as error:
        raise Failed(ExitCode.DATAERR, f"Could not read input XML: {options.xml_file}: {error.strerror}") from error
    try:
        cib = Cib.parse(data)
    except CibError as error:
        raise Failed(ExitCode.DATAERR, f"Could not read input XML: {error.message}") from error
    return Source(in_newest_schema(cib), sanitized=True)


def in_newest_schema(cib: Cib) -> Cib:
    """The CIB as the cluster would use it. One that does not conform to its schema is refused."""
    from pcmk.schema.check import NOT_CONFORMING, problems_of, told
    from pcmk.schema.upgrade import declared, refused, upgraded

    try:
        if declared(cib) is None:
            disabled = 'Schema validation of configuration is disabled (support for validate-with set to "none" is '
            print(f"{disabled}deprecated and will be removed in a future release)", file=sys.stderr)
            return cib
        result = upgraded(cib).cib
    except ValueError as error:
        raise Failed(*refused(error)) from error
    # What was upgraded was checked with it.
    found = problems_of(cib) if result is cib else []
    if found:
        raise Failed(ExitCode.CONFIG, told(NOT_CONFORMING, found))
    return result


def read_bytes(path: str) -> bytes:
    """The content of a file. (`pathlib` takes longer to import than a small CIB to plan.)"""
    with open(path, "rb") as file:
        return file.read()


def read_live() -> Cib:
    """The CIB of the running cluster, or of the file that stands for it."""
    file = os.environ.get("CIB_file")
    try:
        if file:
            return Cib.parse(read_bytes(file))
        from pcmk.client import Connection  # only a live call needs it
        from pcmk.kernel.core import Daemon
        from pcmk.kernel.messages.cib import CibAnswer, CibQuery
        from pcmk.runtime.settings import from_environment

        with Connection(from_environment()) as connection:
            return Cib.parse(connection.ask(Daemon.BASED, CibQuery(), CibAnswer).xml)
    except OSError as error:
        raise Failed(ExitCode.NOINPUT, f"Could not read {file}: {error.strerror}") from error
    except PcmkError as error:
        raise Failed(ExitCode(error.code), error.message) from error


def effective_time(cib: Cib, text: str | None, now: int) -> tuple[int, str | None]:
    """The time to plan for, and the line that says where it comes from."""
    if text is not None:
        try:
            return DateTime.parse(text, now).epoch, f"Setting effective cluster time: {text}"
        except ValueError as error:
            raise Failed(ExitCode.USAGE, f"{text!r} is no date: {error}") from error
    recorded = cib.root.get("execution-date")
    if recorded is None or not recorded.lstrip("-").isdigit():
        return now, None
    moment = time.strftime("%Y-%m-%d %H:%M:%SZ", time.gmtime(int(recorded)))
    return int(recorded), f"Using the original execution date of: {moment}"


def last_only(injections: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Of quorum and watchdog only what was said last counts."""
    final = {kind: value for kind, value in injections if kind in ("quorum", "watchdog")}
    return list(final.items()) + [entry for entry in injections if entry[0] not in final]


def usable(injections: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Drops specifications of operations that cannot be read, and says so."""
    kept: list[tuple[str, str]] = []
    for kind, value in injections:
        if kind == "operation" and (fields := spec_fields(value)) < 3:
            print(f"Invalid operation spec: {value}.  Only found {fields} fields", file=sys.stderr)
        else:
            kept.append((kind, value))
    return kept


def spec_fields(spec: str) -> int:
    """How many of the parts of `KEY@NODE=RC` there are."""
    key, at, rest = spec.partition("@")
    node, equals, rc = rest.partition("=")
    parts = [bool(key), bool(at and node), bool(equals and rc.lstrip("-").isdigit())]
    return parts.index(False) if False in parts else 3


def tell(options: argparse.Namespace, simulation: Simulation) -> int:
    """Print what was found and write files; the exit code says whether all went well."""
    for complaint in simulation.complaints:
        print(complaint, file=sys.stderr)
    if options.verbose:
        for text in (*simulation.errors, *simulation.warnings):
            print(text, file=sys.stderr)
    write(options.save_input, lambda: simulation.injected.to_xml(pretty=True))
    write(options.save_graph, lambda: simulation.graph_xml)
    write(options.save_dotfile, lambda: simulation.dot)
    target = options.xml_file if options.in_place else options.save_output
    write(target, lambda: simulation.cib.to_xml(pretty=True))
    if not options.explain:
        sys.stdout.write(simulation.text)
    if options.profile:
        for name, nanoseconds in simulation.timings:
            print(f"{nanoseconds / 1e6:10.3f} ms  {name}")
    if simulation.unsound:
        print("Transition failed: terminated\nAn invalid transition was produced", file=sys.stderr)
        return ExitCode.ERROR
    return ExitCode.OK


def write(path: str | None, make: Callable[[], str | None]) -> None:
    """Write a file if it was asked for; only then is the text made."""
    text = None if path is None else make()
    if path is None or text is None:
        return
    try:
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise Failed(ExitCode.IOERR, f"Could not write {path}: {error.strerror}") from error


if __name__ == "__main__":
    sys.exit(main())
