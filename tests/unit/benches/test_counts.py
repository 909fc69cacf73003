"""Instruction counts: what is read of a profile, and when they are told to differ."""

from benches.counts import differences, instructions

PROFILE = """\
# callgrind format
version: 1
events: Ir

ob=(1) /usr/lib/ld.so
fl=(1) ???
fn=(1) start
0 5
cob=(2) /some/where/measure
cfn=(2) main
calls=1 10
0 107

ob=(2)
fn=(2)
10 40
+2 7
cob=(3) /usr/lib/libc.so.6
cfn=(3) malloc
calls=3 0
* 60

ob=(3)
fn=(3)
0 60

totals: 112
"""


def test_the_own_instructions_of_a_program_are_counted():
    count = {program: instructions(PROFILE.splitlines(True), program) for program in ("measure", "libc.so.6", "other")}
    assert count == {"measure": 47, "libc.so.6": 60, "other": 0}


def test_what_is_beyond_the_margin_is_told():
    recorded = {"same": 100, "nearly": 1000, "more": 100, "fewer": 100, "gone": 100}
    found = {"same": 100, "nearly": 1040, "more": 106, "fewer": 94, "new": 100}
    assert [line.split(":")[0] for line in differences(recorded, found)] == ["fewer", "gone", "more", "new"]
