from __future__ import annotations

import pytest

from have_we_met import ModelError
from have_we_met.services.validators import make_validator
from have_we_met.services.validators.base import UNSAID


@pytest.mark.parametrize("value", [None, "", "  ", "\t\u200b", float("nan"), b""])
async def test_what_was_not_said_is_not_wrong(value: object) -> None:
    """A box that may stay empty and did is valid, without a value."""
    assert await make_validator("stdnum.gb.nhs")(value) == UNSAID


@pytest.mark.parametrize("value", [[], {}, object(), ["943 476 5919"]])
async def test_what_is_no_text_is_not_valid(value: object) -> None:
    """A list is no number, and says something all the same."""
    checked = await make_validator("stdnum.gb.nhs")(value)

    assert (checked.valid, checked.reason) == (False, "It is no text and no number.")


@pytest.mark.parametrize(
    ("name", "options", "says"),
    [
        ("stdnun", {}, r"no validator 'stdnun' \(did you mean 'stdnum'\?\)"),
        ("stdnum", {}, "options.scheme: must be given"),
        ("stdnum.it.codice", {}, "options.scheme: .*did you mean 'it.codicefiscale'"),
        ("stdnum.gb.nino", {}, "options.scheme: no identifier scheme"),
        ("stdnum.os", {}, "options.scheme: no identifier scheme"),
        ("stdnum.gb.nhs", {"shceme": 1}, "options: no setting 'shceme'.*did you mean 'scheme'"),
    ],
)
def test_mistakes_name_what_was_meant(name: str, options: dict[str, object], says: str) -> None:
    """A wrong name and a wrong option say where they are, and what may have been meant."""
    with pytest.raises(ModelError, match=says):
        make_validator(name, options)
