"""A model folder is data from anywhere: what does not fit is refused with one sentence, and what is taken answers sensibly.

The seal is no signature. Whoever forges a file can forge its checksum, so every forgery here has the right ones."""

import hashlib
import io
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hotline.classify import folder, registry, train
from hotline.classify.columns import ColumnsModel
from hotline.classify.folder import BrokenModel, Manifest
from hotline.classify.model import Columns, TextModel
from tests.rules.test_classify_model import NOW, letters

ASKED = [("路灯不亮", "云河路的路灯不亮"), ("", ""), ("", "1" * 500)]
UNITS = Columns(label="label", features=("大类", "街道"))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("hostile")
    train.train(letters(90, seed=41), home / "text", columns=Columns(), target="category", now=NOW)
    rows = [{"大类": f"{n % 3}", "街道": f"{n % 5}", "label": f"单位{n % 3}"} for n in range(60)]
    train.train(rows, home / "columns", columns=UNITS, target="unit", now=NOW)
    return home


@pytest.fixture(scope="module", params=["text", "columns"])
def original(made: Path, request: pytest.FixtureRequest) -> Path:
    return made / str(request.param)


@pytest.fixture
def forged(original: Path, tmp_path: Path) -> Iterator[Path]:
    shutil.copytree(original, tmp_path / "forged")
    yield tmp_path / "forged"


def seal(path: Path, **changes: Any) -> None:
    """Give a forged folder the checksums that belong to it."""
    manifest = msgspec.json.decode((path / folder.MANIFEST).read_bytes(), type=Manifest)
    manifest = msgspec.structs.replace(manifest, **changes)
    manifest.files = {name: folder._sha256(path / name) for name in manifest.files}
    manifest.seal = manifest.sealed()
    (path / folder.MANIFEST).write_bytes(msgspec.json.encode(manifest))


def refused_or_sensible(path: Path) -> bool:
    """True when it was taken."""
    try:
        model = registry.load(path)
    except BrokenModel as error:
        assert error.message.count("。") == 1
        return False
    if isinstance(model, TextModel):
        chances = model.asked(ASKED)
        assert all(said.label in model.labels for said in (model.suggest(*text) for text in ASKED))
    else:
        assert isinstance(model, ColumnsModel)
        chances = model.chances([{"大类": "1", "街道": "1"}, {}], UNITS)
    assert np.isfinite(chances).all() and chances.sum(axis=1) == pytest.approx(1.0)
    return True


def test_the_original_is_taken(forged: Path) -> None:
    seal(forged)
    assert refused_or_sensible(forged)


def test_one_sealed_before_models_kept_their_check_is_taken(forged: Path) -> None:
    path = forged / folder.MANIFEST
    told = {key: value for key, value in msgspec.json.decode(path.read_bytes()).items() if key != "checked"}
    told["seal"] = hashlib.sha256(msgspec.json.encode(told | {"seal": ""}, order="sorted")).hexdigest()
    path.write_bytes(msgspec.json.encode(told))
    assert refused_or_sensible(forged)
    told["thresholds"] = {"0.95": 0.1}
    path.write_bytes(msgspec.json.encode(told))
    assert not refused_or_sensible(forged), "and one that was changed is not"


ONCE = settings(max_examples=70, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@given(st.data())
@ONCE
def test_any_file_with_any_bytes_changed(original: Path, tmp_path: Path, data: st.DataObject) -> None:
    path = tmp_path / "forged"
    shutil.rmtree(path, ignore_errors=True)
    shutil.copytree(original, path)
    names = sorted(one.name for one in path.iterdir())
    victim = path / data.draw(st.sampled_from(names))
    content = bytearray(victim.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        # Half of the changes hit the beginning, where an array says what it is.
        at = data.draw(st.integers(0, max(0, min(len(content), 128 if data.draw(st.booleans()) else len(content)) - 1)))
        change = data.draw(st.sampled_from(["byte", "cut", "grow", "digits"]))
        if change == "byte":
            content[at : at + 1] = bytes([data.draw(st.integers(0, 255))])
        elif change == "cut":
            del content[at : at + data.draw(st.integers(1, 64))]
        elif change == "grow":
            content[at:at] = data.draw(st.binary(max_size=64))
        else:
            content[at : at + 4] = b"9999"
    victim.write_bytes(content)
    if victim.name != folder.MANIFEST:
        seal(path)
    refused_or_sensible(path)


def array(path: Path, name: str, value: Any) -> None:
    file = io.BytesIO()
    np.save(file, value, allow_pickle=True)
    (path / f"{name}.npy").write_bytes(file.getvalue())
    seal(path)


WEIGHTS = ["nan", "infinite", "huge", "pickle", "text", "one row less", "other order", "other type", "scalar", "empty"]


@pytest.mark.parametrize("how", WEIGHTS)
def test_weights_that_are_none_are_refused(forged: Path, how: str) -> None:
    weights = np.load(forged / "weights.npy")
    wrong = weights.copy()
    wrong[0, 0] = {"nan": np.nan, "infinite": np.inf, "huge": 1e30}.get(how, 0)
    others = {
        "pickle": np.array([{"a": 1}], dtype=object),
        "text": np.array(["路灯"] * len(weights)),
        "one row less": weights[1:],
        "other order": np.asfortranarray(weights),
        "other type": weights.astype(np.complex64),
        "scalar": np.float32(1),
        "empty": weights[:0],
    }
    array(forged, "weights", others.get(how, wrong))
    assert not refused_or_sensible(forged)


HEADERS = {
    "long header": b"\x93NUMPY\x02\x00" + (1 << 30).to_bytes(4, "little") + b"{" * 5_000,
    "deep header": b"\x93NUMPY\x02\x00" + (9_000).to_bytes(4, "little") + b"(" * 9_000,
    "larger than the file": b"\x93NUMPY\x01\x00\x76\x00"
    + b"{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999, 4), }".ljust(117)
    + b"\n",
    "archive": b"PK\x03\x04" + b"\0" * 64,
    "nothing": b"",
}


@pytest.mark.parametrize("name", list(HEADERS))
def test_headers_that_lie_are_refused(forged: Path, name: str) -> None:
    (forged / "weights.npy").write_bytes(HEADERS[name])
    seal(forged)
    assert not refused_or_sensible(forged)


CLAIMS: list[dict[str, Any]] = [
    {"labels": []},
    {"labels": ["路灯"] * 4},
    {"labels": ["一", "二", "三", "四", "五"]},
    {"calibration": {}},
    {"calibration": {"sharpness": -1.0}},
    {"calibration": {"sharpness": 1e300}},
    {"calibration": {"sharpness": 1.0, "neighbours": 1e300}},
    {"thresholds": {"0.95": -1.0}},
    {"features": [{"name": "words"}]},
    {"features": [{"name": "words", "unit": "word", "part": "all", "longest": 10**9}]},
    {"features": [{"name": "../../etc/passwd", "unit": "word", "part": "all", "longest": 1}]},
    {"form": "other"},
]


@pytest.mark.parametrize("claims", CLAIMS, ids=str)
def test_claims_that_do_not_fit_are_refused(made: Path, tmp_path: Path, claims: dict[str, Any]) -> None:
    shutil.copytree(made / "text", tmp_path / "forged")
    seal(tmp_path / "forged", **claims)
    assert not refused_or_sensible(tmp_path / "forged")


@pytest.mark.parametrize("name", ["near.letters", "near.labels", "near.starts"])
def test_neighbours_that_point_nowhere_are_refused(made: Path, tmp_path: Path, name: str) -> None:
    shutil.copytree(made / "text", tmp_path / "forged")
    places = np.load(tmp_path / "forged" / f"{name}.npy")
    for wrong in (10**6, -1):
        places[len(places) // 2] = wrong
        array(tmp_path / "forged", name, places)
        assert not refused_or_sensible(tmp_path / "forged")


def test_a_manifest_without_end_is_refused(forged: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder, "LONGEST_MANIFEST", 100)
    assert not refused_or_sensible(forged)
    (forged / folder.MANIFEST).write_bytes(b"[" * 100_000)
    assert not refused_or_sensible(forged)


def test_a_file_that_no_disk_can_open_is_refused(forged: Path) -> None:
    manifest = msgspec.json.decode((forged / folder.MANIFEST).read_bytes(), type=Manifest)
    manifest.files["字" * 200] = "0" * 64
    manifest.seal = manifest.sealed()
    (forged / folder.MANIFEST).write_bytes(msgspec.json.encode(manifest))
    assert not refused_or_sensible(forged)


def test_a_full_disk_is_not_kept_full_by_half_a_model(
    made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = TextModel.load(made / "text")

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "save", full)
    with pytest.raises(OSError, match="No space"):
        model.save(tmp_path / "new")
    assert not list(tmp_path.iterdir())
