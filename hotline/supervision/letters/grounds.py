"""Why a letter is written, and how far supervision goes (docs/rules.md C.3, 28: 潍坊 §26, 济南 §28)."""

GROUNDS: dict[str, str] = {
    "refused": "拒不接收交办工单",
    "unsigned": "逾期未签收",
    "overdue": "逾期未办结",
    "unsolved": "应解决而未解决",
    "negative": "办理不力，造成负面影响",
    "false": "回复不实或弄虚作假",
    "repeated": "群众反复投诉",
    "instruction": "领导批示未落实",
    "decision": "协商会决定须落实",
    "unanswered": "督办函逾期未反馈",
    "knowledge": "知识库未按期更新",
    "other": "其他",
}

LEVELS: dict[int, str] = {
    1: "一级督办（系统督办）",
    2: "二级督办（热线督办函）",
    3: "三级督办（挂牌督办）",
    4: "四级督办（约谈）",
}
HIGHEST = max(LEVELS)
