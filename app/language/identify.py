"""The language of a text, by py3langid: naive Bayes over byte n-grams of some hundred languages, offline."""

from __future__ import annotations

import threading
from typing import Any

from app.domain.languages import Identified

# Nigerian Pidgin is mostly English in print; "zxx" is what is in no language at all, such as figures.
LIKE_ENGLISH = ("en", "pcm", "zxx")


class Identifier:
    """Loads its model (a second, 80 MB) on first use. May be shared between threads."""

    def __init__(self) -> None:
        self._model: Any = None
        self._loading = threading.Lock()

    def __call__(self, text: str) -> Identified:
        ranked = self._loaded().rank(text)
        shares = {language: float(share) for language, share in ranked}
        return Identified(language=str(ranked[0][0]), english=sum(shares.get(each, 0.0) for each in LIKE_ENGLISH))

    def load_soon(self) -> None:
        """Load in the background, so that the first text does not wait for it."""
        threading.Thread(target=self._loaded, daemon=True).start()

    def _loaded(self) -> Any:
        with self._loading:
            if self._model is None:
                from py3langid.langid import MODEL_FILE, LanguageIdentifier

                self._model = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
            return self._model
