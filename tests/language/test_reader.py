"""The reader as a whole: quotations and names across sentences, one claim for each proposition."""

from datetime import UTC, date, datetime

import pytest

from app.domain.values import BlockKind, ClaimKind, Factuality


def read(reader, text, *, published="2025-03-05", title=None):
    at = datetime.fromisoformat(published).replace(tzinfo=UTC) if published else None
    return reader.read(text, title=title, published_at=at)


def holders(reader, text, **options):
    return [c.holder.name if c.holder else None for c in read(reader, text, **options).claims]


VOICES = [
    (
        "The mayor, Ada Brandt, came late. She said the bridge was safe.",
        [None, "Ada Brandt"],
    ),
    (
        "Ada Brandt, the mayor, came late. The mayor said the bridge was safe.",
        [None, "Ada Brandt"],
    ),
    (
        "Engineer Ivo Lund built the bridge. Lund says it is safe.",
        [None, "Ivo Lund"],
    ),
    (
        '"The bridge is safe. It was checked in May," said Ivo Lund.',
        ["Ivo Lund", "Ivo Lund"],
    ),
    (
        '"The bridge is safe," said Ivo Lund. "It was checked in May."',
        ["Ivo Lund", "Ivo Lund"],
    ),
    (
        "Ivo Lund spoke first: “The bridge is safe. It was checked in May.” Nobody clapped for long.",
        ["Ivo Lund", "Ivo Lund", None],
    ),
    (
        'Ada Brandt, a doctor in Arn, said, "It is very common. Nobody should worry." Arn has two clinics.',
        ["Ada Brandt", "Ada Brandt", None],
    ),
    (
        "``The bridge is safe,'' said Ivo Lund. ``It was checked in May.''",
        ["Ivo Lund", "Ivo Lund"],
    ),
    (
        "The Tarn Roads Agency closed the bridge. It said the cables were worn.",
        [None, "Tarn Roads Agency"],
    ),
    (
        "Ada Brandt met Ivo Lund in her office. He said the cables were worn.",
        [None, "Ivo Lund"],
    ),
    (
        "Hanna Moor and her sister Pia Moor own the mill. They said they would sell it.",
        [None, "Hanna Moor and her sister Pia Moor"],
    ),
    (
        "Petra Lind sold the farm, she told the court.",  # a name the parser takes for a company's
        ["Petra Lind"],
    ),
    (
        "The Tarn Roads Agency closed the bridge. The cables were worn, it said.",
        [None, "Tarn Roads Agency"],
    ),
]


@pytest.mark.parametrize(("text", "expected"), VOICES)
def test_voices_are_followed_from_sentence_to_sentence(reader, text, expected):
    assert holders(reader, text) == expected


def test_roles_are_kept_apart_from_names(reader):
    (claim,) = read(reader, "Transport Minister Ada Brandt said the bridge was safe.").claims
    assert claim.holder is not None
    assert (claim.holder.name, claim.holder.role, claim.holder.cue) == ("Ada Brandt", "Transport Minister", "said")


def test_the_span_of_a_holder_is_the_mention_that_attributes(reader):
    text = "It rained. The bridge, she said, was safe."
    holder = read(reader, "Ada Brandt spoke. " + text).claims[-1].holder
    assert holder is not None
    assert ("Ada Brandt spoke. " + text)[holder.start : holder.end] == "she"


def test_a_spelling_variant_joins_the_fuller_name(reader):
    text = "Governor Andriy Holub left on Monday. Andrii Holub said he was ill. Mr Holub denied that he had quit."
    assert holders(reader, text) == [None, "Andriy Holub", "Andriy Holub"]


CUTS = [
    (
        "Police said 14 people were arrested in Arn, and the border guard closed three crossings.",
        ["Police said 14 people were arrested in Arn", "the border guard closed three crossings."],
    ),
    ("The mill burned down, and it was never rebuilt.", ["The mill burned down, and it was never rebuilt."]),
    (
        "Two trains collided near Arn; eleven passengers were taken to hospital.",
        ["Two trains collided near Arn", "eleven passengers were taken to hospital."],
    ),
    (
        "The mayor promised to resign in June, but he denied taking any money.",
        ["The mayor promised to resign in June", "he denied taking any money."],
    ),
    ("He packed, left and never came back.", ["He packed, left and never came back."]),
    ("If the dam breaks, the town and the mill flood.", ["If the dam breaks, the town and the mill flood."]),
    ("How much longer must we wait?", []),
    ("He shrugged.", []),
    ("14 dead", ["14 dead"]),
    ("Ferry to sail again on Monday", ["Ferry to sail again on Monday"]),
    ("Ferry Sails Again\n\nThe ferry sailed on Monday.", ["The ferry sailed on Monday."]),
    ("By Ina Vos\n\nThe ferry sailed on Monday.", ["The ferry sailed on Monday."]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), CUTS)
def test_one_claim_for_each_proposition(reader, text, expected):
    assert [c.exact for c in read(reader, text).claims] == expected


AGAINST_EACH_OTHER = [
    (
        "Growers say half the crop was lost; the ministry says it was a fifth.",
        [("Growers", "Growers say half the crop was lost"), ("ministry", "the ministry says it was a fifth.")],
    ),
    (
        "Lantern says 30 divers drowned; Skarn says nine did.",
        [("Lantern", "Lantern says 30 divers drowned"), ("Skarn", "Skarn says nine did.")],
    ),
    (
        "The owner said 12 boats sank, while the coastguard says it was three.",
        [("owner", "The owner said 12 boats sank"), ("coastguard", "the coastguard says it was three.")],
    ),
    (
        "Guards said 14 prisoners escaped but the governor put the number at 31.",
        [("Guards", "Guards said 14 prisoners escaped"), ("governor", "the governor put the number at 31.")],
    ),
    (
        "Growers say prices fell by a tenth; they rose, the ministry said.",
        [("Growers", "Growers say prices fell by a tenth"), ("ministry", "they rose, the ministry said.")],
    ),
    (
        "The guard told us the gate was shut and the alarm rang.",
        [("guard", "The guard told us the gate was shut and the alarm rang.")],
    ),
]


@pytest.mark.parametrize(("text", "expected"), AGAINST_EACH_OTHER)
def test_what_somebody_else_says_in_one_sentence_is_a_claim_apart(reader, text, expected):
    claims = read(reader, text).claims
    assert [(c.holder.name if c.holder else None, c.exact) for c in claims] == expected


KINDS = [
    ("The ferry sank off Arn on Sunday.", ClaimKind.EVENT),
    ("There were 180 people on board.", ClaimKind.QUANTITY),
    ("The new ferry will be built in Arn.", ClaimKind.PREDICTION),
    ("The captain should have turned back.", ClaimKind.ASSESSMENT),
    ("It was a terrible decision.", ClaimKind.ASSESSMENT),
    ("The ferry belongs to a company in Arn.", ClaimKind.BACKGROUND),
    ("The owner says the ferry is in good order.", ClaimKind.STATEMENT),
]


@pytest.mark.parametrize(("text", "expected"), KINDS)
def test_kinds_of_claims(reader, text, expected):
    assert [c.kind for c in read(reader, text).claims] == [expected]


def test_a_contrast_to_a_judgement_is_an_event_of_its_own(reader):
    claims = read(reader, "The general described the raid as minor, yet it resulted in nine deaths.").claims
    assert [c.kind for c in claims] == [ClaimKind.ASSESSMENT, ClaimKind.EVENT]
    assert [c.holder is not None for c in claims] == [True, False]


def test_a_remark_that_nobody_could_check_it_takes_back_the_claim_before(reader):
    claims = read(reader, "Rebels took the fort on Sunday. The report could not be independently verified.").claims
    assert [c.factuality for c in claims] == [Factuality.UNCONFIRMED]


BESIDE = [
    ("A chairlift stopped near Arn on Sunday, and it is not clear how many skiers were on it.", Factuality.ASSERTED),
    ("The bursar, whose degrees have not been verified, moved to Arn in May.", Factuality.ASSERTED),
    ("The editor quit after a panel found that the story was untrue.", Factuality.ASSERTED),
    ("The guards knew that the rumours were false.", Factuality.ASSERTED),
    ("Customs officers said the stamp in it was false.", Factuality.ASSERTED),
    ("Most of the calls were false alarms.", Factuality.ASSERTED),
    ("The fort fell on Sunday, the rebels said, a claim that CNS could not verify.", Factuality.UNCONFIRMED),
    ("The fort fell on Sunday, the rebels said, but this has not been confirmed.", Factuality.UNCONFIRMED),
    ("The rebels hold the fort, which could not be confirmed.", Factuality.UNCONFIRMED),
    ("The rumours about the fort are false.", Factuality.DENIED),
    ("What was written about the fort is false, the general said.", Factuality.DENIED),
    ("That's a lie, the general said.", Factuality.DENIED),
    ("The rumour about the fort isn't true.", Factuality.DENIED),
]


@pytest.mark.parametrize(("text", "expected"), BESIDE)
def test_how_sure_a_claim_is_is_not_told_by_a_clause_about_something_else(reader, text, expected):
    assert [c.factuality for c in read(reader, text).claims] == [expected]


OTHER_SENSES = [
    ("The flood claimed at least 30 lives.", None, Factuality.ASSERTED),
    ("No rebel has claimed the attack.", None, Factuality.ASSERTED),
    ("A court denied bail to the skipper.", None, Factuality.ASSERTED),
    ("The skipper denied the charge.", "skipper", Factuality.DENIED),
    ("Grain lost 1.2 percent, oil added 0.4 percent.", None, Factuality.ASSERTED),
    ("Three climbers were reported missing on Friday.", None, Factuality.ASSERTED),
    ("The skipper was due to sail on Monday but fell ill.", None, Factuality.ASSERTED),
    ("The skipper is due to sail on Monday.", None, Factuality.PLANNED),
]


@pytest.mark.parametrize(("text", "holder", "factuality"), OTHER_SENSES)
def test_a_verb_that_can_report_does_not_always(reader, text, holder, factuality):
    (claim,) = read(reader, text).claims
    assert (claim.holder.name if claim.holder else None, claim.factuality) == (holder, factuality)


def test_the_sentence_before_is_the_context_within_a_paragraph(reader):
    claims = read(reader, "The ferry sank. Nine people died there.\n\nThe owner is bankrupt.").claims
    assert [c.context for c in claims] == ["", "The ferry sank.", ""]


def test_an_inquiry_of_now_into_a_day_gone_is_asserted(reader):
    (claim,) = read(reader, "Officers are investigating a burglary at the mill on Sunday.").claims
    assert (claim.factuality, claim.times[0].edtf) == (Factuality.ASSERTED, "2025-03-02")


def test_the_day_last_spoken_of_dates_the_next(reader):
    claims = read(reader, "The ferry sank on 3 May 2021. Two days later divers found the wreck.", published=None).claims
    assert [t.edtf for c in claims for t in c.times] == ["2021-05-03", "2021-05-05"]


def test_an_undated_article_is_read_by_its_own_date_line(reader):
    reading = read(reader, "date 2025-03-05\n\nThe ferry sank on Monday.", published=None)
    assert reading.dated == date(2025, 3, 5)
    assert [t.edtf for c in reading.claims for t in c.times] == ["2025-03-03"]


def test_metadata_and_headings_are_sentences_but_no_claims(reader):
    reading = read(reader, "By Ina Vos\n\nWHAT WE KNOW\n\n- The ferry sank.")
    assert [(s.exact, s.block) for s in reading.sentences] == [
        ("By Ina Vos", BlockKind.METADATA),
        ("WHAT WE KNOW", BlockKind.HEADING),
        ("The ferry sank.", BlockKind.BULLET),
    ]
    assert [c.exact for c in reading.claims] == ["The ferry sank."]


def test_the_same_text_is_read_the_same_way_twice(reader):
    text = "Ada Brandt said nine people died. “It was dark,” she added. The toll could rise to 12, officials fear."
    assert read(reader, text) == read(reader, text)


def test_the_version_names_the_rules_and_the_model(reader):
    assert reader.version.startswith("reader@")
    assert reader.version.endswith("-3.8.0")
