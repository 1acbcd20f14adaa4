"""审核驳回: why a reply goes back (docs/rules.md C.3, 18)."""

OTHER = "其他"
REASONS = (
    "未联系诉求人",
    "答非所问",
    "格式不规范",
    "缺少依据",
    "与事实不符",
    "未逐项答复",
    "未说明后续安排",
    "公开答复不宜公开",
    OTHER,
)


def fault(reasons: tuple[str, ...], more: str) -> tuple[str, str] | None:
    """What is wrong with the reasons given; one of the list is needed, and words of one's own for 其他."""
    unknown = [reason for reason in reasons if reason not in REASONS]
    if unknown or not reasons:
        return "reasons", f"请从下列理由中选择:{'、'.join(REASONS)}。"
    if OTHER in reasons and not more.strip():
        return "reason", "选择“其他”的,请写明驳回理由。"
    return None
