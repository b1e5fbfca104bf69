"""People for the tests of the generator: small tables of our own, and those of Faker."""

from __future__ import annotations

import pytest

from have_we_met.synthetic import contact_columns
from have_we_met.synthetic.names import Lists, Names


@pytest.fixture(scope="session")
def few_names() -> Names:
    """Twelve first names in two languages: crowded, and independent of any library's lists."""
    family = {"Okonjo": 5.0, "D'Ávila": 3.0, "Zhao Wei": 1.0}
    return Names.of(
        [
            Lists(
                language="en_US",
                share=3.0,
                male={"Tarquin": 4.0, "Quillon": 2.0, "Öznur": 1.0},
                female={"Zephyrine": 3.0, "Quillon": 2.0, "Ximena-Lux": 1.0},
                last_male=family,
                last_female=family,
                two_surnames=0.3,
            ),
            Lists(
                language="ru_RU",
                share=1.0,
                male={"Наум": 2.0, "Савва": 1.0},
                female={"Злата": 2.0, "Нонна": 1.0},
                last_male={"Зыков": 2.0, "Лапин": 1.0},
                last_female={"Зыкова": 2.0, "Лапина": 1.0},
            ),
        ]
    )


@pytest.fixture(scope="session")
def table() -> dict[str, list[str | None]]:
    """The columns of 60,000 contacts under seed 0."""
    return next(contact_columns(60_000, chunk=60_000))
