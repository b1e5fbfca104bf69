from __future__ import annotations

from collections import Counter

from have_we_met.synthetic.companies import COUNT, SHARES, companies
from have_we_met.synthetic.providers import FREE


def test_companies_and_their_domains_go_together() -> None:
    """No two companies have one name or one domain."""
    known = companies()

    assert len(set(known.plain)) == COUNT
    assert len(set(known.domain)) == COUNT
    assert not set(known.domain) & set(FREE)


def test_a_company_is_nobodys() -> None:
    """Every company's domain ends in the reserved .example and is spelled from its name."""
    known = companies()
    spelled = [f"{name.lower().replace(' ', '-')}.example" for name in known.plain]

    assert spelled == known.domain.tolist()


def test_a_legal_name_is_the_plain_one_and_a_form() -> None:
    """Legal forms stand behind the name; a good third has none."""
    known = companies()
    both = zip(known.legal, known.plain, strict=True)
    forms = Counter(legal.removeprefix(plain).strip() for legal, plain in both)

    assert set(forms) == {"Inc", "Inc.", "LLC", "Ltd", "Corp", "GmbH", ""}
    assert 0.3 < forms[""] / COUNT < 0.4


def test_a_few_companies_are_large() -> None:
    """The largest has 0.7 percent of the people, the largest thousand a good half."""
    assert 0.006 < SHARES[0] < 0.008
    assert 0.5 < SHARES[999] < 0.65
