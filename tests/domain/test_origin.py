from __future__ import annotations

from app.domain.origin import is_copy

WIRE = (
    "The harbour board closed the eastern quay on Tuesday after divers found cracks in eleven of the forty piles that "
    "carry it, and said freight would be landed at Sant Orm until the spring. A crane has been taken down."
)


def test_a_wire_text_with_a_new_opening_is_a_copy() -> None:
    assert is_copy(
        WIRE, "Our correspondent writes: " + WIRE.replace("A crane has been taken down.", "Fishermen are angry.")
    )


def test_the_same_news_in_other_words_is_no_copy() -> None:
    told = (
        "Freight ships will have to go to Sant Orm for months, as eleven piles under the eastern quay are cracked. "
        "Divers saw the damage this week and the board of the harbour shut the place on Tuesday."
    )
    assert not is_copy(WIRE, told)


def test_a_short_text_proves_nothing() -> None:
    assert not is_copy("The quay is closed.", "The quay is closed.")
