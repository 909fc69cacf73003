"""What numbers mean."""

from pcmk.kernel.exitcodes import ExitCode
from tests.unit.compat.conftest import Shell


def test_each_family_has_names_and_texts(shell: Shell):
    assert shell.run("crm_error -n 201 202").stdout == (
        "pcmk_err_generic - Error\npcmk_err_no_quorum - Operation requires quorum\n"
    )
    assert shell.run("crm_error -n -r -- -1029 -10000").stdout == (
        "pcmk_rc_dot_error - Error writing dot(1) file\nUnknown - Error\n"
    )
    assert shell.run("crm_error -n -X 105 130").stdout == (
        "CRM_EX_NOSUCH - No such object\nCRM_EX_UNKNOWN - Interrupted by signal\n"
    )


def test_lists_hold_what_is_known(shell: Shell):
    lines = shell.run("crm_error -l -n").stdout.splitlines()
    assert "  203: pcmk_err_schema_validation  Update does not conform to the configured schema" in lines
    assert shell.run("crm_error -l -r").stdout.startswith("-1043: Digest does not match expected value\n")
    assert shell.run("crm_error -l -X").stdout == shell.run("crm_error -X").stdout


def test_a_word_is_no_number(shell: Shell):
    result = shell.run("crm_error abc")
    assert result.code == ExitCode.USAGE
    assert "'abc'" in result.stderr
