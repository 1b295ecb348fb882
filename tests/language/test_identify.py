"""English, and what is surely something else, by the real identifier."""

from __future__ import annotations

import time

import pytest

from app.domain.languages import Identified, foreign_language
from app.language.identify import Identifier
from tests.pages import TEXT

OTHERS = {
    "de": "Die Fähre verließ den Hafen am Dienstagmorgen mit 240 Passagieren an Bord, teilte der Betreiber mit.",
    "fr": "Le ferry a quitté le port mardi matin avec 240 passagers à bord, a indiqué l'exploitant.",
    "es": "El transbordador salió del puerto el martes por la mañana con 240 pasajeros a bordo, dijo el operador.",
    "it": "Il traghetto ha lasciato il porto martedì mattina con 240 passeggeri a bordo, ha detto l'operatore.",
    "nl": "De veerboot was dinsdag in de haven en is om zes uur met 240 passagiers vertrokken, zei de eigenaar.",
    "pt": "O navio deixou o porto na manhã de terça-feira com 240 passageiros a bordo, disse o operador.",
    "sv": "Färjan lämnade hamnen på tisdagsmorgonen med 240 passagerare ombord, sade operatören.",
    "da": "Færgen forlod havnen tirsdag morgen med 240 passagerer om bord for at sejle til øen, sagde ejeren.",
    "pl": "Prom opuścił port we wtorek rano z 240 pasażerami na pokładzie, poinformował operator.",
    "ru": "Паром вышел из порта во вторник утром с 240 пассажирами на борту, сообщил оператор.",
    "uk": "Пором вийшов з порту у вівторок вранці з 240 пасажирами на борту, повідомив оператор.",
    "tr": "Feribot salı sabahı 240 yolcuyla limandan ayrıldı, işletmeci açıkladı.",
    "ja": "フェリーは火曜日の朝、乗客240人を乗せて出港したと運航会社が発表した。",
    "ko": "운영사는 화요일 아침 승객 240명을 태운 페리가 항구를 떠났다고 밝혔다.",
    "cy": "Gadawodd y fferi'r porthladd fore Mawrth gyda 240 o deithwyr ar ei bwrdd, meddai'r gweithredwr.",
}
READ_AS_ENGLISH = [
    TEXT,
    TEXT.upper(),
    "Yes.",
    "One.",
    "Kursk",
    "PM resigns",
    "Putin: no deal",
    "Tokyo 2-1 Osaka",
    "12:00 14:30 18:45",
    "GDP 2.1% Q3 2024 vs 1.9% Q2",
    "0x7f 0x8a 0xff",
    "x" * 200,
    "https://www.example.org/de/artikel/1234",
    "AC Milan 2 Inter 1 (Leao 12, Giroud 40, Barella 77)",
    "Zürich, Bern, Genève, Lausanne",
    "Nguyễn Phú Trọng met Võ Văn Thưởng in Hà Nội on Friday.",
    "Haaland, Ødegaard, Sørloth, Nusa; Nyland, Ryerson, Ajer, Østigård, Wolfe",
    "Macron à l'Élysée, says Le Monde correspondent Jean Dupont in Paris.",
    "The slogan was „Wir schaffen das“, and the chancellor of the day said it in Berlin on 31 August 2015.",
    f"{TEXT} {OTHERS['de']}",
    "Wetin dey happen for Lagos no be small thing, the governor said.",
]


@pytest.fixture(scope="module")
def identify() -> Identifier:
    return Identifier()


@pytest.mark.parametrize("language", OTHERS)
def test_a_sentence_in_another_language_is_told(identify: Identifier, language: str) -> None:
    assert foreign_language(OTHERS[language], declared=None, identify=identify) == language
    assert foreign_language(OTHERS[language] * 50, declared="en", identify=identify) == language


@pytest.mark.parametrize("text", READ_AS_ENGLISH)
def test_english_and_what_cannot_be_told_pass(identify: Identifier, text: str) -> None:
    assert foreign_language(text, declared=None, identify=identify) is None


def test_what_the_sender_declares_decides_where_the_text_does_not(identify: Identifier) -> None:
    assert foreign_language("Guten Morgen", declared=None, identify=identify) is None
    assert foreign_language("Guten Morgen", declared="de-AT", identify=identify) == "de"
    assert foreign_language("Guten Morgen", declared="fr", identify=identify) is None
    assert foreign_language(TEXT, declared="de", identify=identify) is None


def test_only_the_beginning_is_looked_at() -> None:
    seen: list[int] = []

    def identify(text: str) -> Identified:
        seen.append(len(text))
        return Identified("de", 0.0)

    assert foreign_language("Fähre " * 30_000, declared=None, identify=identify) == "de"
    assert seen == [3000]


@pytest.mark.parametrize("junk", ["\x01\x02", "\ud7ff", "🚢" * 5000, "\u202e" * 100, "…" * 9000, "\n" * 9000, ""])
def test_junk_is_no_language(identify: Identifier, junk: str) -> None:
    foreign_language(junk, declared=None, identify=identify)


def test_an_article_costs_milliseconds(identify: Identifier) -> None:
    text = OTHERS["de"] * 2000
    foreign_language(text, declared=None, identify=identify)
    started = time.process_time()
    for _ in range(20):
        foreign_language(text, declared=None, identify=identify)
    assert (time.process_time() - started) / 20 < 0.02
