"""Forms of output, the same for all commands."""

import json
from pathlib import Path

import pytest

from pcmk._core import Element
from pcmk.kernel.exitcodes import ExitCode
from tests.unit.compat.conftest import Shell


def test_xml_has_the_request_the_items_and_the_outcome(shell: Shell):
    result = shell.run("crm_error --output-as=xml -n -X 105")
    root = Element.parse(result.stdout)
    assert (root.name, root.get("request")) == ("pacemaker-result", "crm_error --output-as=xml -n -X 105")
    code, status = root.children
    assert code.attrib == {"code": "105", "name": "CRM_EX_NOSUCH", "description": "No such object"}
    assert status.attrib == {"code": "0", "message": "OK"}


def test_arguments_with_blanks_are_quoted_in_the_request(shell: Shell):
    root = Element.parse(shell.run("iso8601 --output-as=xml -d", "2009-W53-7 00:00:00Z").stdout)
    assert root.get("request") == "iso8601 --output-as=xml -d '2009-W53-7 00:00:00Z'"


def test_json_has_the_same(shell: Shell):
    root = json.loads(shell.run("crm_error --output-as=json -X 105").stdout)
    assert root["element"] == "pacemaker-result"
    assert root["children"][0] == {"element": "result-code", "code": "105", "description": "No such object"}
    assert root["children"][1] == {"element": "status", "code": "0", "message": "OK"}


def test_an_error_is_part_of_the_document(shell: Shell):
    result = shell.run("crm_ticket --output-as=xml -t none -L")
    status = Element.parse(result.stdout).children[-1]
    assert (result.code, result.stderr) == (ExitCode.NOSUCH, "")
    assert status.get("message") == "No such object"
    assert [error.text for error in status.children[0].children] == ["crm_ticket: No such ticket 'none'"]


def test_none_says_nothing(shell: Shell):
    result = shell.run("crm_error --output-as=none -X 105")
    assert (result.code, result.stdout) == (ExitCode.OK, "")


@pytest.mark.parametrize("form", ["text", "xml"])
def test_output_goes_to_a_file(shell: Shell, tmp_path: Path, form: str):
    file = tmp_path / "out"
    result = shell.run(f"crm_error --output-as={form} --output-to={file} -X 105")
    assert (result.code, result.stdout) == (ExitCode.OK, "")
    assert "No such object" in file.read_text()


def test_a_file_that_cannot_be_written_and_an_unknown_form_are_errors(shell: Shell, tmp_path: Path):
    result = shell.run(f"crm_error --output-to={tmp_path}/none/out -X 105")
    assert result.code == ExitCode.CANTCREAT
    assert "No such file" in result.stderr
    result = shell.run("crm_error --output-as=yaml -X 105")
    assert result.code == ExitCode.ERROR
    assert "yaml" in result.stderr


@pytest.mark.parametrize("line", ["crm_error --output-as=xml --nosuch", "crm_error -Z --output-as xml"])
def test_an_option_that_is_not_known_is_an_error_in_the_document(shell: Shell, line: str):
    result = shell.run(line)
    status = Element.parse(result.stdout).children[-1]
    assert (result.code, result.stderr, status.get("code")) == (ExitCode.USAGE, "", str(int(ExitCode.USAGE)))
    assert status.children[0].children[0].text.startswith("crm_error: Unknown option -")


def test_a_form_without_a_name_is_a_usage_error(shell: Shell):
    result = shell.run("crm_error --output-as")
    assert (result.code, result.stdout) == (ExitCode.USAGE, "")
