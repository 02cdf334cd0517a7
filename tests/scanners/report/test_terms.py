"""Words of the methods say what they mean where they stand, and text stays text."""

from page_text import words

from scanners.report.terms import GUIDE, TERMS, explained, guide


def test_the_first_mention_of_a_term_is_explained():
    text = "C3 = 0.33, then C3 again; z250 2.5 (Kendall tau -0.11 of AR(1)); p = 0.05, q = 0.1"
    found = explained(text)
    assert words(found) == text
    for term in ("C3", "z250", "Kendall tau", "AR(1)", "p", "q"):
        assert found.count(f">{term}</abbr>") == 1, term
        assert TERMS[term][:20] in found.replace("&#39;", "'")


def test_parts_of_words_are_none_and_nothing_gets_in():
    assert explained("up by p% of the group, etc, C34") == "up by p% of the group, etc, C34"
    assert explained('<b>C3</b> "x"').startswith("&lt;b&gt;<abbr title=")
    assert "<b>" not in explained("<b>C3</b>")


def test_the_guide_has_each_term_once():
    assert [term for term, _ in guide()] == list(GUIDE)
    assert len({meaning for _, meaning in guide()}) == len(GUIDE)
