"""`crm_simulate`: what the cluster would do, and what it would look like afterwards."""

import sys
import time
from collections.abc import Callable, Sequence

from pcmk._core import Cib, DateTime, Simulation, simulate
from pcmk.compat.entry import outcome
from pcmk.compat.options import About, Given, option, usage
from pcmk.kernel.errors import CibError, PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.output.report import Report

PROGRAM = "crm_simulate"
INJECTIONS = (
    "quorum", "watchdog", "node-up", "node-down", "node-fail", "ticket-grant", "ticket-revoke", "ticket-standby",
    "ticket-activate", "op-inject",
)  # fmt: skip
"""Options for events, in the order in which their kinds are carried out."""
OPERATION = "op-inject"

OPTIONS = (
    option("-R --run --process", text="plan"),
    option("-S --simulate", text="plan, and carry the plan out"),
    option("-X --in-place", text="as -S, and write the result over the input"),
    option("-P --profile", "[FOLDER]", "show how long plans for the CIBs in a folder take, or each pass of this"),
    option("-N --repeat", "N", "-P: plan this often for each"),
    option("-A --show-attrs", text="show node attributes"),
    option("-c --show-failcounts", text="show fail counts and failures"),
    option("-s --show-scores", text="show scores"),
    option("-U --show-utilization", text="show what nodes offer and resources use"),
    option("--explain", "RESOURCE[@NODE]", "show nothing but why the plan is as it is for this (may be repeated)"),
    option("-q --quorum", "VALUE", "set whether the partition has quorum"),
    option("-w --watchdog", "VALUE", "set whether there is a watchdog"),
    option("-u --node-up", "NODE", "bring a node online"),
    option("-d --node-down", "NODE", "take a node offline"),
    option("-f --node-fail", "NODE", "mark a node as failed"),
    option("-g --ticket-grant", "TICKET", "grant a ticket"),
    option("-r --ticket-revoke", "TICKET", "revoke a ticket"),
    option("-b --ticket-standby", "TICKET", "make a ticket standby"),
    option("-e --ticket-activate", "TICKET", "activate a ticket"),
    option("-i --op-inject", "SPEC", "inject the result RSC_TASK_INTERVAL@NODE=RC"),
    option("-F --op-fail", "SPEC", "let RSC_TASK_INTERVAL@NODE=RC fail"),
    option("-t --set-datetime", "TIME", "plan as of this time"),
    option("-x --xml-file", "FILE", "read the CIB from a file, `-` for standard input"),
    option("-p --xml-pipe", text="read the CIB from standard input"),
    option("-L --live-check", text="read the CIB of the running cluster"),
    option("-I --save-input", "FILE", "write the CIB after events"),
    option("-O --save-output", "FILE", "write the CIB at the end"),
    option("-G --save-graph", "FILE", "write the transition graph"),
    option("-D --save-dotfile", "FILE", "write the plan as a drawing for Graphviz"),
    option("-a --all-actions", text="-D: draw optional actions as well"),
    option("-Q --quiet", text="tell only scores"),
    option("-j --pending"),
)

ABOUT = About(PROGRAM, "simulate a cluster's response to events", OPTIONS)


class Source:
    """The CIB to begin with; parameters may have been removed from one that comes from a file."""

    __slots__ = ("cib", "sanitized")

    def __init__(self, cib: Cib, *, sanitized: bool) -> None:
        self.cib = cib
        self.sanitized = sanitized


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; the exit code is the field's."""
    return outcome(ABOUT, command, sys.argv[1:] if arguments is None else arguments)


def command(given: Given, report: Report) -> int:
    """Carry the command out."""
    if given.words:
        usage(f"Unexpected argument {given.words[0]}")
    folder = given.get("profile")
    if folder:
        from pcmk.compat.simulation_times import profile

        return profile(folder, given.get("repeat") or "1", report)
    source = read_source(given)
    now = int(time.time())
    effective, now_line = effective_time(source.cib, given.get("set-datetime"), now)
    simulation = simulated(given, source, effective, now_line, now, for_programs=not report.is_text)
    code = tell(given, simulation, report)
    if given.has("explain"):
        explain(given, Source(simulation.injected, sanitized=source.sanitized), effective, report)
    return code


def simulated(
    given: Given, source: Source, effective: int, now_line: str | None, now: int, *, for_programs: bool
) -> Simulation:
    """Simulate; raises `PcmkError` (USAGE) for what can't be injected."""
    execute = given.has("simulate") or given.has("in-place") or given.has("op-fail")
    planned = ("run", "show-scores", "show-utilization", "save-graph", "save-dotfile")
    injections = [(kind, value) for kind in INJECTIONS for value in given.all(kind)]
    try:
        return simulate(
            source.cib,
            now=effective,
            wall_now=now,
            now_line=now_line,
            sanitized=source.sanitized,
            injections=[
                ("operation" if kind == OPERATION else kind, value) for kind, value in usable(last_only(injections))
            ],
            fail=[value for _, value in usable([(OPERATION, spec) for spec in given.all("op-fail")])],
            schedule=execute or any(map(given.has, planned)),
            execute=execute,
            for_programs=for_programs,
            scores=given.has("show-scores"),
            utilization=given.has("show-utilization"),
            attributes=given.has("show-attrs"),
            failures=given.has("show-failcounts"),
            quiet=given.has("quiet"),
            drawing=given.has("save-dotfile"),
            all_actions=given.has("all-actions"),
            numbers=given.has("verbose"),
            profile=given.has("profile"),
        )
    except ValueError as error:
        raise PcmkError(ExitCode.USAGE, str(error)) from error


def explain(given: Given, source: Source, now: int, report: Report) -> None:
    """Tell why the plan is as it is for the resources that were named, and for what they consist of."""
    from msgspec import to_builtins  # only this needs them

    from pcmk.output.explanation import explanation
    from pcmk.scheduler import schedule

    trace = schedule(source.cib, now=now, trace=True, sanitized=source.sanitized).trace
    asked = [spec.partition("@") for spec in given.all("explain")]
    answers = [answer for name, _, node in asked for answer in trace.explain_tree(name, node or None)]
    report.say("\n\n".join("\n".join(explanation(answer, trace.fencing)) for answer in answers))
    report.data(
        {
            "resources": to_builtins(answers),
            "fencing": to_builtins(trace.fencing),
        }
    )


def read_source(given: Given) -> Source:
    """The CIB that the options name, in the newest schema; standard input if they name none."""
    if given.has("live-check"):
        from pcmk.compat.cib_access import open_cib  # only a live call needs it

        return Source(in_newest_schema(open_cib(PROGRAM).read()), sanitized=False)
    file = given.get("xml-file")
    try:
        data = sys.stdin.buffer.read() if file in (None, "-") else read_bytes(file)
    except OSError as error:
        raise PcmkError(ExitCode.DATAERR, f"Could not read input XML: {file}: {error.strerror}") from error
    try:
        cib = Cib.parse(data)
    except CibError as error:
        raise PcmkError(ExitCode.DATAERR, f"Could not read input XML: {error.message}") from error
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
        raise PcmkError(*refused(error)) from error
    # What was upgraded was checked with it.
    found = problems_of(cib) if result is cib else []
    if found:
        raise PcmkError(ExitCode.CONFIG, told(NOT_CONFORMING, found))
    return result


def read_bytes(path: str) -> bytes:
    """The content of a file. (`pathlib` takes longer to import than a small CIB to plan.)"""
    with open(path, "rb") as file:
        return file.read()


def effective_time(cib: Cib, text: str | None, now: int) -> tuple[int, str | None]:
    """The time to plan for, and the line that says where it comes from."""
    if text is not None:
        try:
            return DateTime.parse(text, now).epoch, f"Setting effective cluster time: {text}"
        except ValueError as error:
            raise PcmkError(ExitCode.USAGE, f"{text!r} is no date: {error}") from error
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
        if kind == OPERATION and (fields := spec_fields(value)) < 3:
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


def tell(given: Given, simulation: Simulation, report: Report) -> int:
    """Tell what was found and write files; the exit code says whether all went well."""
    for complaint in simulation.complaints:
        print(complaint, file=sys.stderr)
    if given.has("verbose"):
        from pcmk.output.findings import worded

        for kind, found in (("error", simulation.errors), ("warning", simulation.warnings)):
            for each in found:
                print(f"{kind}: {worded(each, simulation.cib)}", file=sys.stderr)
    write(given.get("save-input"), lambda: simulation.injected.to_xml(pretty=True))
    write(given.get("save-graph"), lambda: simulation.graph_xml)
    write(given.get("save-dotfile"), lambda: simulation.dot)
    if given.has("in-place"):
        replace_input(given, simulation.cib)
    else:
        write(given.get("save-output"), lambda: simulation.cib.to_xml(pretty=True))
    if not given.has("explain"):
        report.write(simulation.text, simulation.elements)
    for name, nanoseconds in simulation.timings:
        report.say(f"{nanoseconds / 1e6:10.3f} ms  {name}")
    if simulation.unsound:
        report.warn("Transition failed: terminated\nAn invalid transition was produced")
        return ExitCode.ERROR
    return ExitCode.OK


def replace_input(given: Given, cib: Cib) -> None:
    """Put the result where the CIB came from; raises `PcmkError` (USAGE) if that is the running cluster."""
    if not given.has("live-check"):
        write(given.get("xml-file"), lambda: cib.to_xml(pretty=True))
        return
    from pcmk.compat.cib_access import FileCib, open_cib

    access = open_cib(PROGRAM)
    if not isinstance(access, FileCib):
        usage("--in-place needs a file, the running cluster is not changed")
    access.write(cib)


def write(path: str | None, make: Callable[[], str | None]) -> None:
    """Write a file if it was asked for; only then is the text made."""
    text = None if path is None else make()
    if path is None or text is None:
        return
    try:
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise PcmkError(ExitCode.IOERR, f"Could not write {path}: {error.strerror}") from error


if __name__ == "__main__":
    sys.exit(main())
