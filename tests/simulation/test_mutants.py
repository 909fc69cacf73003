"""The mutants are measured by hand (`docs/invariants.md`); here they only have to fit the code as it is."""

from pathlib import Path

import pytest

from tests.simulation.mutants import MUTANTS, ROOT, Mutant, mutate


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mutant_fits_the_code(mutant: Mutant, tmp_path: Path) -> None:
    original = (ROOT / "python" / "pcmk" / mutant.file).read_text()
    path = tmp_path / mutant.file
    path.parent.mkdir(parents=True)
    path.write_text(original)
    mutate(mutant, tmp_path)
    mutated = path.read_text()
    assert mutated != original
    compile(mutated, mutant.file, "exec")
