"""The models of this process: loaded once, shared by all its threads."""

import threading
from datetime import datetime
from pathlib import Path

from hotline.classify.actions import load_classifier
from hotline.classify.classifier import Classifier

_lock = threading.Lock()
_loaded: dict[Path, Classifier] = {}


def classifier(data: Path, now: datetime) -> Classifier | None:
    """The classifier over the models in `data`; None while there is none: then a person decides."""
    found = _loaded.get(data)
    if found is not None:
        return found
    with _lock:
        found = _loaded.get(data) or load_classifier(data, now=now)
        if found is not None:
            _loaded[data] = found
        return found
