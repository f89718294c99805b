"""One small made-up case, looked at once."""

from __future__ import annotations

import pytest

from wugan.apps.diagnosis.case import Case
from wugan.apps.diagnosis.demo import write_case
from wugan.apps.diagnosis.diagnose import Examination, examine


@pytest.fixture(scope="session")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """A scan of 3.5 mm, a slide of half a millimetre, an invented record."""
    return write_case(tmp_path_factory.mktemp("diagnosis") / "Doe_Jane", 3.5, (448.0, 320.0))


@pytest.fixture(scope="session")
def examination(case: Case) -> Examination:
    """The case, looked at on the local runtime."""
    return examine(case)
