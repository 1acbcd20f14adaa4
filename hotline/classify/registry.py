"""Open any model folder; which model serves is written in the `model` table."""

from enum import StrEnum
from pathlib import Path

from hotline.classify import folder
from hotline.classify.columns import ColumnsModel
from hotline.classify.folder import BrokenModel
from hotline.classify.model import TextModel


class ModelRole(StrEnum):
    CHAMPION = "champion"  # 在用
    CHALLENGER = "challenger"  # 候选
    SHADOW = "shadow"  # 旁观: answers, but nobody is shown it


def load(path: Path) -> TextModel | ColumnsModel:
    """The model in a folder, or BrokenModel with a sentence."""
    manifest = folder.read_manifest(path)
    if manifest.form == "text":
        return TextModel.load(path, manifest)
    if manifest.form == "columns":
        with folder.opening(path):
            return ColumnsModel.load(path, manifest)
    raise BrokenModel(f"模型 {path} 的形式 {manifest.form} 不认识,请用 hotline train 重新训练。")
