"""Blocks of ugly copy: every offset exact, every line of layout told for what it is."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.values import BlockKind
from app.language.segment import Block, segment
from app.language.sentences import LONGEST, split_sentences

H, P, B, M = BlockKind.HEADING, BlockKind.PARAGRAPH, BlockKind.BULLET, BlockKind.METADATA

LAYOUTS = [
    ("A river rose.\n\nIt fell again.", [(P, "A river rose."), (P, "It fell again.")]),
    ("A river rose.\r\nIt fell again.\r\n", [(P, "A river rose."), (P, "It fell again.")]),
    (" date 2025-02-11 \n\n\nThe pass is shut.", [(M, "date 2025-02-11"), (P, "The pass is shut.")]),
    (
        " date 2025-02-11 Snow Shuts the Pass\n\nLorries wait.",
        [(M, "date 2025-02-11"), (H, "Snow Shuts the Pass"), (P, "Lorries wait.")],
    ),
    ("2025-02-11\n\nAuthor: Wim\n\nLorries wait.", [(M, "2025-02-11"), (M, "Author: Wim"), (P, "Lorries wait.")]),
    ("By Ina Vos\nLorries wait.", [(M, "By Ina Vos"), (P, "Lorries wait.")]),
    ("EXCLUSIVE by Ina Vos\nLorries wait.", [(M, "EXCLUSIVE by Ina Vos"), (P, "Lorries wait.")]),
    ("By our farming correspondent\nLorries wait.", [(M, "By our farming correspondent"), (P, "Lorries wait.")]),
    ("By noon the road was clear.", [(P, "By noon the road was clear.")]),
    ("Issued 9 March 2025\nLorries wait.", [(M, "Issued 9 March 2025"), (P, "Lorries wait.")]),
    ("WHAT WE KNOW\nLorries wait.", [(H, "WHAT WE KNOW"), (P, "Lorries wait.")]),
    ("What comes next?\n\nNobody knows.", [(P, "What comes next?"), (P, "Nobody knows.")]),
    ("What Comes Next?\n\nNobody knows.", [(H, "What Comes Next?"), (P, "Nobody knows.")]),
    ("- Lorries wait.\n- Trains run.", [(B, "Lorries wait."), (B, "Trains run.")]),
    ("1. Lorries wait.\n2) Trains run.\n• Ships sail.", [(B, "Lorries wait."), (B, "Trains run."), (B, "Ships sail.")]),
    (
        "The convoy brought:\n\n900 tents\n\nFlour and oil\n\nAhead\n\nMore will come.",
        [(P, "The convoy brought:"), (B, "900 tents"), (B, "Flour and oil"), (H, "Ahead"), (P, "More will come.")],
    ),
    ("Ferry to sail again on Monday", [(P, "Ferry to sail again on Monday")]),
    ("The rain\nhad not let up by then, and the\nriver rose over its banks at noon.\n", [
        (H, "The rain"), (P, "had not let up by then, and the\nriver rose over its banks at noon."),
    ]),
    (
        "The rain had not let up by the evening, and the\nriver rose over its banks at about half past\n"
        "six. Thirty families left their homes for the\nschool.",
        [(P, "The rain had not let up by the evening, and the\nriver rose over its banks at about half past\n"
             "six. Thirty families left their homes for the\nschool.")],
    ),
    ("\u200b\ufeffLorries wait.\u200b\x00", [(P, "Lorries wait.")]),
    ("\n \t\n", []),
    ("", []),
    ("Photo: a lorry in the snow\nLorries wait.", [(M, "Photo: a lorry in the snow"), (P, "Lorries wait.")]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), LAYOUTS)
def test_layout_is_recognised(text, expected):
    assert [(b.kind, text[b.start : b.end]) for b in segment(text)] == expected


LEADS = [
    ("OLD HARBOUR, Feb 11 (Lantern News) - Lorries wait.", "OLD HARBOUR, Feb 11 (Lantern News) -", "Lorries wait."),
    ("SKARN — Lorries wait.", "SKARN —", "Lorries wait."),
    (
        "Old Harbour, 11 February (Lantern News) – Lorries wait.",
        "Old Harbour, 11 February (Lantern News) –",
        "Lorries wait.",
    ),
    ("(Lantern News) - Lorries wait.", "(Lantern News) -", "Lorries wait."),
    ("14:20 GMT: Lorries wait.", "14:20 GMT:", "Lorries wait."),
    ("UPDATED 23:05 Lorries wait.", "UPDATED 23:05", "Lorries wait."),
    ("(CORRECTS name of town) Lorries wait.", "(CORRECTS name of town)", "Lorries wait."),
    ("EVENING BRIEF | Lorries wait.", "EVENING BRIEF |", "Lorries wait."),
    ("14:20\nLorries wait.", "14:20", "Lorries wait."),
]


@pytest.mark.parametrize(("text", "lead", "body"), LEADS)
def test_datelines_and_stamps_lead_the_paragraph(text, lead, body):
    block = segment(text)[-1]
    assert block.lead is not None
    assert (text[slice(*block.lead)], text[block.start : block.end], block.kind) == (lead, body, P)


def test_a_dash_after_an_acronym_is_no_dateline():
    text = "EFTA - the trade bloc - met."
    assert segment(text) == (Block(0, len(text), P, 0),)


def test_a_kicker_leaves_a_headline_a_headline():
    assert segment("LIVE: Snow Shuts the Pass\n\nLorries wait.")[0].kind == H


SENTENCES = [
    ("It rained. It stopped.", ["It rained.", "It stopped."]),
    ("Gen. Marr met Mr. Oto at No. 5. They left.", ["Gen. Marr met Mr. Oto at No. 5.", "They left."]),
    ("The U.S. Army came. In the U.S. the price fell.", ["The U.S. Army came.", "In the U.S. the price fell."]),
    ("He flew to the U.S. The trip was short.", ["He flew to the U.S.", "The trip was short."]),
    ("It left at 6 p.m. and sank. She left at 6 p.m. The sea was calm.", [
        "It left at 6 p.m. and sank.", "She left at 6 p.m.", "The sea was calm."]),
    ("It sank at 6 p.m. (1700 GMT) off Arn. She left at 6 p.m. (The sea was calm.)", [
        "It sank at 6 p.m. (1700 GMT) off Arn.", "She left at 6 p.m.", "(The sea was calm.)"]),
    ("Arn, pop. 900, owes M/s. Oto and Sons Rs. 400. Winds hit 30 m/s. They fell.", [
        "Arn, pop. 900, owes M/s. Oto and Sons Rs. 400.", "Winds hit 30 m/s.", "They fell."]),
    ("“It broke. We ran,” he said. She nodded.", ["“It broke.", "We ran,” he said.", "She nodded."]),
    ("“Why?” Marta asked. Nobody spoke.", ["“Why?” Marta asked.", "Nobody spoke."]),
    ("Did it sink? It did.", ["Did it sink?", "It did."]),
    ("The toll rose to 3.5 million. J. K. Osei wrote it.", ["The toll rose to 3.5 million.", "J. K. Osei wrote it."]),
    ("It ended.The road is open.", ["It ended.", "The road is open."]),
    ("Smith & Sons Ltd. closed. Acme Inc. The firm", ["Smith & Sons Ltd. closed.", "Acme Inc.", "The firm"]),
    ("他走了。她来了。", ["他走了。", "她来了。"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), SENTENCES)
def test_sentences_end_where_they_end(text, expected):
    assert [text[a:b] for a, b in split_sentences(text, 0, len(text))] == expected


@given(st.text(alphabet=st.sampled_from("aB1 .!?\n\r\t\"'“”:;,-–|()\u200b\x00\u2028😀م"), max_size=200))
def test_blocks_and_sentences_cover_all_that_is_visible_in_order(text):
    blocks = segment(text)
    spans = [s for b in blocks for s in ([b.lead] if b.lead else []) + [(b.start, b.end)]]
    spans = sorted(set(spans))
    assert all(a[1] <= b[0] for a, b in pairwise(spans))
    covered = {i for a, b in spans for i in range(a, b)}
    assert all(c in covered for c in range(len(text)) if text[c].isalpha())
    for block in blocks:
        pieces = list(split_sentences(text, block.start, block.end))
        assert [text[i] for a, b in pieces for i in range(a, b) if not text[i].isspace()] == [
            c for c in text[block.start : block.end] if not c.isspace()
        ]


def test_an_endless_line_is_cut_into_pieces_of_bounded_length():
    text = "word, " * 20_000
    pieces = list(split_sentences(text, 0, len(text)))
    assert max(b - a for a, b in pieces) <= LONGEST
    assert "".join(text[a:b].replace(" ", "") for a, b in pieces) == text.replace(" ", "")
