"""Checkpoints of transformers through the whole loading path. Random weights: what is tested is how they are read."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from transformers import AutoModel, AutoModelForSequenceClassification

from app.domain.errors import ConfigurationError
from app.ml.runtime import Models, Replacements, load_models, load_search_encoder
from tests.ml import checkpoints
from tests.ml.hub_server import COMMIT, hub

torch = pytest.importorskip("torch", reason="claimline[torch] is not installed")

TEXTS = ["Water rose in the lower town.", "", "The road was closed on Friday. " * 40, "数字 \ud800"]
PAIRS = [("The bridge was closed on Friday.", "The bridge was closed."), ("It rained.", "A fire broke out " * 40)]
ARTICLE = "The bridge over the Tesk was closed on Friday after a truck overturned. " * 30


def _load(models_dir: Path, **replaced: object) -> Models:
    chosen = Replacements(**{name: str(value) for name, value in replaced.items()})
    return load_models(models_dir, threads=1, batch_tokens=256, replacements=chosen)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("checkpoints")


@pytest.fixture(scope="module")
def encoder_folder(folder: Path) -> Path:
    return checkpoints.bert(folder / "tiny-encoder", "BertModel", hidden=384)


@pytest.fixture(scope="module")
def classifier_folder(folder: Path) -> Path:
    return checkpoints.classifier(folder / "tiny-nli", "CONTRADICTION", "Entailed", "neutral")


def test_an_encoder_gives_the_normalised_mean_of_its_states(models_dir: Path, encoder_folder: Path) -> None:
    encoder = load_search_encoder(
        models_dir, threads=1, batch_tokens=256, replacements=Replacements(encoder=str(encoder_folder))
    )
    model = AutoModel.from_pretrained(encoder_folder).eval()
    inputs = checkpoints.tokenizer()(TEXTS[:1], return_tensors="pt")
    with torch.inference_mode():
        mean = model(**inputs).last_hidden_state[0].mean(dim=0).numpy()
    assert np.allclose(encoder.encode(TEXTS)[0], mean / np.linalg.norm(mean), atol=1e-5)


@pytest.mark.parametrize(
    "said", [{"pooling_mode_cls_token": True, "pooling_mode_mean_tokens": False}, {"pooling_mode": "cls"}]
)
def test_an_encoder_that_is_read_by_its_first_token_is(
    said: dict[str, object], encoder_folder: Path, tmp_path: Path, models_dir: Path
) -> None:
    checkpoint = _pooled(tmp_path / "tiny-encoder", said)
    encoder = _load(models_dir, encoder=checkpoint).encoder
    assert encoder.version != _load(models_dir, encoder=encoder_folder).encoder.version
    model = AutoModel.from_pretrained(checkpoint).eval()
    with torch.inference_mode():
        state = model(**checkpoints.tokenizer()(TEXTS[:1], return_tensors="pt")).last_hidden_state[0, 0].numpy()
    assert np.allclose(encoder.encode(TEXTS)[0], state / np.linalg.norm(state), atol=1e-5)


def test_every_text_has_a_unit_vector_long_empty_or_malformed(models_dir: Path, encoder_folder: Path) -> None:
    encoder = _load(models_dir, encoder=encoder_folder).encoder
    vectors = np.array(encoder.encode(TEXTS))
    assert vectors.shape == (len(TEXTS), 384)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)
    assert encoder.encode([]) == []


def test_what_was_made_for_the_shipped_encoder_stays_with_it(models_dir: Path, encoder_folder: Path) -> None:
    shipped, replaced = _load(models_dir), _load(models_dir, encoder=encoder_folder)
    assert replaced.encoder.version != shipped.encoder.version
    assert replaced.worthiness.version == shipped.worthiness.version
    assert replaced.question_encoder.version == shipped.question_encoder.version


def test_entailment_reads_the_labels_in_the_checkpoints_order(models_dir: Path, classifier_folder: Path) -> None:
    judged = _load(models_dir, entailment=classifier_folder).entailment.judge(PAIRS)
    model = AutoModelForSequenceClassification.from_pretrained(classifier_folder).eval()
    inputs = checkpoints.tokenizer()(*([side] for side in PAIRS[0]), return_tensors="pt")
    with torch.inference_mode():
        contradiction, entailment, neutral = model(**inputs).logits[0].softmax(dim=-1).tolist()
    found = [judged[0].entailment, judged[0].neutral, judged[0].contradiction]
    assert found == pytest.approx([entailment, neutral, contradiction], abs=1e-5)
    assert len(judged) == len(PAIRS)


def test_a_directorys_version_is_its_name_and_what_its_files_hash_to(folder: Path, models_dir: Path) -> None:
    labels = ("entailment", "neutral", "contradiction")
    one, same = (checkpoints.classifier(folder / part / "nli", *labels) for part in ("a", "b"))
    versions = [_load(models_dir, entailment=each).entailment.version for each in (one, same)]
    assert versions[0] == versions[1]
    assert versions[0].startswith("nli@")
    (same / "config.json").write_text((same / "config.json").read_text().replace("gelu", "relu"))
    assert _load(models_dir, entailment=same).entailment.version != versions[0]


@pytest.mark.parametrize("kind", ["bart", "gpt2"])
def test_a_summariser_of_either_kind_writes_the_same_again(kind: str, folder: Path, models_dir: Path) -> None:
    checkpoint = getattr(checkpoints, kind)(folder / kind)
    first, again = (_load(models_dir, summariser=checkpoint).summariser for _ in range(2))
    assert first is not None
    assert again is not None
    written = first.write(ARTICLE)
    assert isinstance(written, str)
    assert again.write(ARTICLE) == written
    assert "[CLS]" not in written
    assert first.version.startswith(f"{kind}@")


def test_a_summariser_writes_what_its_checkpoint_was_taught(folder: Path, models_dir: Path) -> None:
    taught = checkpoints.taught(folder / "taught", ARTICLE, "A truck overturned on Friday, on the Tesk bridge.")
    summariser = _load(models_dir, summariser=taught).summariser
    assert summariser is not None
    assert summariser.write(ARTICLE) == "A truck overturned on Friday, on the Tesk bridge."


def test_a_causal_summariser_is_asked_in_the_checkpoints_chat_form(folder: Path, models_dir: Path) -> None:
    checkpoint = checkpoints.gpt2(folder / "chat")
    (checkpoint / "chat_template.jinja").write_text("{% for m in messages %}{{ m['content'] }}{% endfor %} reply:")
    plain, chat = (
        _load(models_dir, summariser=each).summariser for each in (checkpoints.gpt2(folder / "plain"), checkpoint)
    )
    assert plain is not None
    assert chat is not None
    assert plain.write(ARTICLE) != chat.write(ARTICLE)


@pytest.mark.parametrize(
    ("setting", "make", "message"),
    [
        ("entailment", lambda f: checkpoints.classifier(f, "LABEL_0", "LABEL_1", "LABEL_2"), "not LABEL_0, LABEL_1"),
        ("entailment", lambda f: checkpoints.classifier(f, "entailment", "not_entailment"), "labels must be"),
        ("encoder", lambda f: checkpoints.bert(f, "BertModel"), "32 dimensions, the store's 384"),
        ("encoder", checkpoints.bart, "not a model that writes"),
        ("encoder", lambda f: _pooled(f, {"pooling_mode_max_tokens": True}), "only the mean and the first token"),
        ("summariser", lambda f: checkpoints.bert(f, "BertModel"), "no weights for"),
        ("summariser", lambda f: f, "no such directory, and the hub does not give it"),
        ("encoder", lambda _: checkpoints.SHIPPED, "cannot be loaded as AutoModel"),
    ],
)
def test_a_checkpoint_that_is_unfit_is_refused_in_one_line(
    setting: str, make: object, message: str, tmp_path: Path, models_dir: Path
) -> None:
    checkpoint = make(tmp_path / "unfit")  # type: ignore[operator]
    with pytest.raises(ConfigurationError, match=message) as caught:
        _load(models_dir, **{setting: checkpoint})
    assert f"CLAIMLINE_{setting.upper()}_MODEL={checkpoint}: " in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_head_that_was_never_trained_is_refused(tmp_path: Path, models_dir: Path) -> None:
    trained = checkpoints.classifier(tmp_path / "nli", "entailment", "neutral", "contradiction")
    config = (trained / "config.json").read_text()
    body = checkpoints.bert(tmp_path / "body", "BertModel")
    (body / "config.json").write_text(config)
    with pytest.raises(ConfigurationError, match=r"no weights for classifier\."):
        _load(models_dir, entailment=body)


def test_a_device_that_is_not_there_is_named(classifier_folder: Path, models_dir: Path) -> None:
    if torch.cuda.is_available():
        pytest.skip("this machine has the device")
    with pytest.raises(ConfigurationError, match="CLAIMLINE_MODEL_DEVICE cuda is not to be had"):
        _load(models_dir, entailment=classifier_folder, device="cuda")


def test_code_that_comes_with_a_checkpoint_is_not_run(tmp_path: Path, models_dir: Path) -> None:
    checkpoint = checkpoints.bert(tmp_path / "own-code", "BertModel", hidden=384)
    config = json.loads((checkpoint / "config.json").read_text())
    config |= {"model_type": "own", "auto_map": {"AutoConfig": "own.Config", "AutoModel": "own.Model"}}
    (checkpoint / "config.json").write_text(json.dumps(config))
    (checkpoint / "own.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w').close()")
    with pytest.raises(ConfigurationError, match="no checkpoint that transformers can read"):
        _load(models_dir, encoder=checkpoint)
    assert not (tmp_path / "ran").exists()


def test_pickled_weights_are_read_as_tensors_and_run_nothing(tmp_path: Path, models_dir: Path) -> None:
    checkpoint = checkpoints.bert(tmp_path / "pickled", "BertModel", hidden=384)
    weights = AutoModel.from_pretrained(checkpoint).state_dict()
    kept = _load(models_dir, encoder=checkpoint).encoder.encode(TEXTS)
    (checkpoint / "model.safetensors").unlink()
    torch.save(weights, checkpoint / "pytorch_model.bin")
    assert np.allclose(_load(models_dir, encoder=checkpoint).encoder.encode(TEXTS), kept, atol=1e-6)
    torch.save(weights | {"extra": _Opens(tmp_path / "ran")}, checkpoint / "pytorch_model.bin")
    with pytest.raises(ConfigurationError, match="cannot be loaded as AutoModel"):
        _load(models_dir, encoder=checkpoint)
    assert not (tmp_path / "ran").exists()


class _Opens:
    """Unpickled by a reader that runs what it is told, it leaves a file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __reduce__(self) -> tuple[object, tuple[str, str]]:
        return open, (str(self._path), "w")


@pytest.mark.parametrize("revision", ["", "@v1", f"@{COMMIT}"])
def test_a_hub_id_is_fetched_at_its_revision_and_then_kept(
    revision: str, classifier_folder: Path, tmp_path: Path
) -> None:
    with hub("desk/tiny-nli", classifier_folder) as (address, asked):
        *warned, version = _version(f"desk/tiny-nli{revision}", home=tmp_path, address=address)
    assert version == f"desk/tiny-nli@{COMMIT}"
    assert ["model_not_pinned" in line for line in warned] == ([] if COMMIT in revision else [True])
    assert f"/desk/tiny-nli/resolve/{COMMIT}/model.safetensors" in asked
    *_, offline = _version(f"desk/tiny-nli{revision}", home=tmp_path, address=address)
    assert offline == f"desk/tiny-nli@{COMMIT}"


@pytest.mark.parametrize("reference", ["desk/other", "desk/tiny-nli@v2"])
def test_what_the_hub_does_not_have_is_one_line(reference: str, classifier_folder: Path, tmp_path: Path) -> None:
    with hub("desk/tiny-nli", classifier_folder) as (address, _):
        [line] = _version(reference, home=tmp_path, address=address)
    assert line.startswith(f"CLAIMLINE_ENTAILMENT_MODEL={reference}: no such directory, and the hub does not give it")


def _pooled(folder: Path, said: dict[str, object]) -> Path:
    """An encoder that says how its states become a vector."""
    checkpoints.bert(folder, "BertModel", hidden=384)
    (folder / "1_Pooling").mkdir()
    (folder / "1_Pooling" / "config.json").write_text(json.dumps(said))
    return folder


def _version(reference: str, *, home: Path, address: str) -> list[str]:
    """What a fresh process with the hub at ``address`` says of a hub id: warnings, then its version or the error."""
    script = (
        "import sys; from app.ml.checkpoint import Choice, find; from app.domain.errors import ConfigurationError\n"
        "try: print(find(Choice('entailment', sys.argv[1])).version)\n"
        "except ConfigurationError as error: print(error)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, reference],
        env={"HF_HOME": str(home), "HF_ENDPOINT": address, "HF_HUB_DISABLE_TELEMETRY": "1", "PATH": ""},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return done.stdout.splitlines()
