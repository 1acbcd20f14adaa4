"""May a model answer here? Its labels must be words that we know."""

from hotline.classify.folder import Manifest
from hotline.classify.labels import Tree
from hotline.tickets.states import Kind, Urgency

SERVED = ("category", "kind", "urgency")
LEVEL = 2


def unfit(manifest: Manifest, tree: Tree) -> str | None:
    """One sentence why it may not; None when it may."""
    if manifest.target not in SERVED or manifest.form != "text":
        return "目前只有诉求分类、诉求类型、紧急程度三种文本模型用于推荐,此模型不属于其中。"
    words: dict[str, set[str]] = {
        "category": {node.code for node in tree.level(LEVEL)},
        "kind": {kind.value for kind in Kind},
        "urgency": {urgency.value for urgency in Urgency},
    }
    known = words[manifest.target]
    strange = sorted(set(manifest.labels) - known)
    if strange:
        what = "二级分类代码" if manifest.target == "category" else "取值"
        return f"模型的标签“{'、'.join(strange[:3])}”不是本系统的{what},请用系统的代码作标签重新训练。"
    return None
