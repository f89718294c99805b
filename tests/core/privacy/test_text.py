from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wugan.privacy.text import TextMask, parse_date

WEEKS = timedelta(weeks=-10)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("seen by Dr. Maria van der Berg on 3 March 2021", "seen by Dr. [NAME] on 2020-12-23"),
        ("Mrs. Okonkwo, a 93-year-old woman", "Mrs. [NAME], a [AGE]-year-old woman"),
        ("a 45-year-old man", "a 45-year-old man"),
        (
            "my name is Peter O'Brien and I live at 12 Baker Street, London.",
            "my name is [NAME] and I live at [ADDRESS].",
        ),
        ("Call (555) 123-4567 or +44 20 7946 0958 or 020 7946 0958", "Call [PHONE] or [PHONE] or [PHONE]"),
        ("MRN: 1234567, SSN 123-45-6789", "MRN: [ID], SSN [ID]"),
        ("card 4111 1111 1111 1111", "card [ACCOUNT]"),
        ("IBAN GB82 WEST 1234 5698 7654 32", "IBAN [ACCOUNT]"),
        ("mail a.b@c.org, see https://x.y/z?q=1", "mail [EMAIL], see [URL]"),
        ("John Smith and Sarah Connor came", "[NAME] and [NAME] came"),
        ("on 01/15/2020, in June 2019", "on 2019-11-06, in [DATE]"),
        ("scanned 2020-01-20T10:00:00Z from 10.0.0.17", "scanned 2019-11-11 from [IP]"),
    ],
)
def test_what_identifies_is_masked(text: str, masked: str) -> None:
    assert TextMask(shift=WEEKS).mask(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "Haemoglobin 13.5 g/dL, glucose 5.4 mmol/L, BP 120/80, follow up in 3-4 weeks, L4-L5 disc, T2-weighted",
        "10/12 nodes. May improve. Mark the site. Dose 1000-2000 mg. Levels 120 130 140 150.",
        "Sodium 138, potassium 4.2, platelets 250 000, WBC 7.1 x 10^9/L, ratio 1.73 m2, grade 2/3, pT2 pN1 M0",
        "The lungs are clear. No effusion. Right upper lobe nodule 8 mm. Compare with the prior study.",
    ],
)
def test_measurements_stay(text: str) -> None:
    assert TextMask(shift=WEEKS).mask(text) == text


@settings(max_examples=25)
@given(
    name=st.from_regex(r"[A-Z][a-z]{4,9}", fullmatch=True),
    before=st.sampled_from(["the patient ", "", "Saw ", "re: "]),
    cased=st.sampled_from([str, str.lower, str.upper]),
)
def test_a_known_name_is_found_however_it_is_written(name: str, before: str, cased: object) -> None:
    masked = TextMask(names=[f"Xaver {name}"]).mask(f"{before}{cased(name)} was well")  # type: ignore[operator]
    assert name.lower() not in masked.lower() or name.lower() in "the patient was well saw"


@settings(max_examples=25)
@given(
    st.dates(date(1950, 1, 1), date(2049, 12, 31)), st.sampled_from(["%Y-%m-%d", "%m/%d/%Y", "%d %B %Y", "%B %d, %Y"])
)
def test_dates_in_any_spelling_move_alike(day: date, spelling: str) -> None:
    text = day.strftime(spelling)
    assert parse_date(text) == day
    assert TextMask(shift=WEEKS).mask(f"on {text} again") == f"on {(day + WEEKS).isoformat()} again"


@settings(max_examples=25)
@given(st.text(max_size=200))
def test_any_text_is_masked_without_overlap(text: str) -> None:
    spans = TextMask().find(text)
    assert all(one.end <= other.start for one, other in zip(spans, spans[1:], strict=False))
    assert all(0 <= span.start < span.end <= len(text) for span in spans)


@pytest.mark.timeout(15)  # patterns that go back and forth take minutes
@pytest.mark.parametrize(
    "piece", ["a.", "Aa-", "Alpha Beta ", "A1-", "1 ", "foo dot bar ", "five six ", "x@y.", "The Old, "]
)
def test_long_texts_of_any_shape_are_read_in_one_go(piece: str) -> None:
    text = piece * (24_000 // len(piece))
    assert all(span.end <= len(text) for span in TextMask().find(text))
