"""The vocabulary of a ticket: states, events, and the closed sets its fields take (docs/rules.md C and D)."""

from enum import StrEnum


class State(StrEnum):
    """Main state of a ticket (C.2)."""

    DRAFT = "draft"  # 草稿
    REGISTERED = "registered"  # 待派单
    CONSULTING = "consulting"  # 派前会商
    DISPATCHED = "dispatched"  # 待签收
    IN_PROGRESS = "in_progress"  # 办理中
    RETURN_REVIEW = "return_review"  # 退单审核中
    REPLIED = "replied"  # 待审核
    CALLBACK = "callback"  # 待回访
    REWORK = "rework"  # 重办中
    SUSPENDED = "suspended"  # 挂账
    CLOSED = "closed"  # 已办结
    MERGED = "merged"  # 已并单
    WITHDRAWN = "withdrawn"  # 已撤诉
    VOID = "void"  # 作废
    ARCHIVED = "archived"  # 已归档


ENDED = frozenset({State.CLOSED, State.MERGED, State.WITHDRAWN, State.VOID, State.ARCHIVED})
OPEN = frozenset(State) - ENDED
OWED = OPEN - {State.SUSPENDED, State.REPLIED, State.CALLBACK}
"""Somebody still owes an answer by a deadline: not while it is shelved, nor while the answer is looked at."""
WITH_UNIT = frozenset(
    {State.DISPATCHED, State.IN_PROGRESS, State.RETURN_REVIEW, State.REPLIED, State.REWORK, State.SUSPENDED}
)
"""States in which exactly one lead assignment is active."""


class Event(StrEnum):
    """What may happen to a ticket. The number is the transition of docs/rules.md C.3."""

    CREATE = "create"  # 1 建单
    ANSWER_DIRECTLY = "answer_directly"  # 2 直接答复
    REDIRECT = "redirect"  # 3 告知/转线
    REGISTER = "register"  # 4 提交
    MERGE = "merge"  # 5 并单
    UNMERGE = "unmerge"  # 5 撤销并单
    ANSWER_WITH_MASTER = "answer_with_master"  # 5 随主单答复
    CLOSE_WITH_MASTER = "close_with_master"  # 5 随主单办结
    CLASSIFY = "classify"  # 分类
    DISPATCH = "dispatch"  # 6 派单
    CONSULT = "consult"  # 7 提请会商
    RULE = "rule"  # 8 裁定
    SIGN = "sign"  # 9 签收
    REQUEST_RETURN = "request_return"  # 10 退单申请
    APPROVE_RETURN = "approve_return"  # 11 同意退单
    REFUSE_RETURN = "refuse_return"  # 12 驳回退单
    ESCALATE_RETURN = "escalate_return"  # 13 争议升级
    REQUEST_EXTENSION = "request_extension"  # 14 延期申请
    GRANT_EXTENSION = "grant_extension"  # 14 同意延期
    DENY_EXTENSION = "deny_extension"  # 14 驳回延期
    CONTACT = "contact"  # 15 联系诉求人
    ASSIST = "assist"  # 16 协办/下派
    ASSIST_REPLY = "assist_reply"  # 16 协办反馈
    RECALL = "recall"  # 16 撤回协办
    ASSIGN_PERSON = "assign_person"  # 16 指定经办人
    ATTACH = "attach"  # 上传附件
    REPLY = "reply"  # 17 回复
    REFUSE_REPLY = "refuse_reply"  # 18 审核驳回
    APPROVE_REPLY = "approve_reply"  # 19 审核通过
    ATTEMPT_CALLBACK = "attempt_callback"  # 20 回访
    CLOSE = "close"  # 20 办结
    SEND_BACK = "send_back"  # 21 重办
    CONCLUDE = "conclude"  # 22 终结
    LOW_RATING = "low_rating"  # 差评立项
    RATE = "rate"  # 评价: what a citizen says of a direct answer
    APPEAL = "appeal"  # 考核申诉
    DECIDE_APPEAL = "decide_appeal"  # 申诉复核
    REQUEST_EXCLUSION = "request_exclusion"  # 申请不纳入考核
    DECIDE_EXCLUSION = "decide_exclusion"  # 不纳入考核审核
    REQUEST_SHELVING = "request_shelving"  # 23 挂账申请
    SHELVE = "shelve"  # 22, 23 挂账
    DENY_SHELVING = "deny_shelving"  # 23 驳回挂账
    RESUME = "resume"  # 24 激活
    WITHDRAW = "withdraw"  # 25 撤诉
    REQUEST_TERMINATION = "request_termination"  # 26 终止申请
    TERMINATE = "terminate"  # 26 终止办理
    DENY_TERMINATION = "deny_termination"  # 26 驳回终止
    URGE = "urge"  # 27 催办
    SUPERVISE = "supervise"  # 28 督办
    ANSWER_LETTER = "answer_letter"  # 28 督办反馈
    REVIEW_LETTER = "review_letter"  # 28 督办反馈审核
    MARK_DIFFICULT = "mark_difficult"  # 29 疑难认定
    STRIKE_OFF = "strike_off"  # 29 销号
    INSTRUCT = "instruct"  # 批示
    ARCHIVE = "archive"  # 30 归档
    REOPEN = "reopen"  # 31 重新办理
    VOID = "void"  # 作废
    MARK_DEADLINE = "mark_deadline"  # 临期/超期
    RECOMPUTE = "recompute"  # 时限重算
    HAND_OVER = "hand_over"  # 移交: a unit was merged or moved, its shares go along


class Kind(StrEnum):
    CONSULT = "consult"  # 咨询
    SEEK_HELP = "seek_help"  # 求助
    COMPLAINT = "complaint"  # 投诉
    REPORT = "report"  # 举报
    SUGGESTION = "suggestion"  # 建议
    PRAISE = "praise"  # 表扬
    OTHER = "other"  # 其他


class Urgency(StrEnum):
    NORMAL = "normal"  # 一般
    URGENT = "urgent"  # 紧急
    CRITICAL = "critical"  # 特急


class Disposition(StrEnum):
    """处理方式 of what is not dispatched (B.6)."""

    ANSWERED = "answered"  # 直接答复
    EMERGENCY_LINE = "emergency_line"  # 转110/119/120/122
    LEGAL_CHANNEL = "legal_channel"  # 告知法定途径
    PROGRESS_TOLD = "progress_told"  # 告知办理进展或结果
    EXPLAINED = "explained"  # 解释劝导
    MARKET_CHANNEL = "market_channel"  # 告知市场社会渠道
    OTHER_PLACE = "other_place"  # 转外地或中央单位
    INVALID = "invalid"  # 无效
    MALICIOUS = "malicious"  # 骚扰恶意


class Closing(StrEnum):
    """Sub-code of CLOSED."""

    ANSWERED = "answered"  # 直接答复
    TOLD = "told"  # 告知/转线
    HANDLED = "handled"  # 办理完成
    CONCLUDED = "concluded"  # 终结: dissatisfied again after two rounds, or lawful but not granted
    TERMINATED = "terminated"  # 终止办理
    UNREASONABLE = "unreasonable"  # 不合理诉求


class Part(StrEnum):
    LEAD = "lead"  # 主办
    ASSIST = "assist"  # 协办
    CHILD = "child"  # 下派


class Stage(StrEnum):
    """State of one assignment (承办任务)."""

    TO_SIGN = "to_sign"  # 待签收
    IN_HAND = "in_hand"  # 办理中
    RETURN_REVIEW = "return_review"  # 退单审核中
    REPLIED = "replied"  # 已回复待审核
    REFUSED = "refused"  # 回复驳回
    DONE = "done"  # 已完成
    RETURNED = "returned"  # 已退回
    RECALLED = "recalled"  # 已撤回


ACTIVE = frozenset({Stage.TO_SIGN, Stage.IN_HAND, Stage.RETURN_REVIEW, Stage.REPLIED, Stage.REFUSED})


class Asked(StrEnum):
    """What a unit may ask the centre for."""

    RETURN = "return"  # 退单
    EXTENSION = "extension"  # 延期
    SHELVING = "shelving"  # 挂账
    TERMINATION = "termination"  # 终止办理
    APPEAL = "appeal"  # 考核申诉: a callback's result is to be left out of the rates
    EXCLUSION = "exclusion"  # 不纳入考核: the whole ticket is to be left out of the rates


OUTLIVES_TICKET = frozenset({Asked.APPEAL, Asked.EXCLUSION})
"""What is about the rates is decided even after the ticket has ended."""


class Decision(StrEnum):
    PENDING = "pending"  # 待审
    GRANTED = "granted"  # 同意
    REFUSED = "refused"  # 驳回
    LAPSED = "lapsed"  # 失效: the ticket went on without it


class OverlayKind(StrEnum):
    """Runs beside the main state and never changes it."""

    URGE = "urge"  # 催办
    SUPERVISION = "supervision"  # 督办
    DIFFICULT = "difficult"  # 疑难
    SHELVED = "shelved"  # 挂账
    INSTRUCTION = "instruction"  # 批示
    LOW_RATING = "low_rating"  # 差评
    RECTIFICATION = "rectification"  # 差评整改: the unit puts right what was rated low


class Outcome(StrEnum):
    """How a callback ended."""

    SATISFIED = "satisfied"  # 满意
    DISSATISFIED = "dissatisfied"  # 不满意或未解决
    UNREACHED = "unreached"  # 未接通: counts neither way
    DECLINED = "declined"  # 拒绝评价: counts neither way
    NOT_ASKED = "not_asked"  # 不回访: wanted no call, or left no way to be called; counts neither way


class DissatisfiedWith(StrEnum):
    """不满意原因 (F.7)."""

    ATTITUDE = "attitude"  # 态度
    EFFICIENCY = "efficiency"  # 效率
    RESULT = "result"  # 结果: with the result alone, though the procedure was right
    PROCEDURE = "procedure"  # 程序
    NOT_CONTACTED = "not_contacted"  # 未联系
    FALSE = "false"  # 办理不实


class Solved(StrEnum):
    YES = "yes"  # 已解决
    PARTLY = "partly"  # 部分解决
    NO = "no"  # 未解决


class Light(StrEnum):
    """How near a deadline is (预警灯)."""

    NEAR = "near"  # 临期
    ORANGE = "orange"  # 将超期
    LATE = "late"  # 超期
    VERY_LATE = "very_late"  # 严重超期


class Channel(StrEnum):
    """来源. Phone, letters and web first; other platforms as they are connected (D)."""

    PHONE = "phone"  # 12345电话
    MAYOR_MAILBOX = "mayor_mailbox"  # 市长信箱
    WEB = "web"  # 网站
    WECHAT = "wechat"  # 微信
    APP = "app"  # APP
    SMS = "sms"  # 短信
    PEOPLE_NET = "people_net"  # 人民网留言
    STATE_COUNCIL = "state_council"  # 中国政府网/互联网+督查
    PROVINCE = "province"  # 省12345
    COUNTY = "county"  # 县区热线
    POLICE_110 = "police_110"  # 110非警务警情
    CPPCC = "cppcc"  # 政协微建议
    MEDIA = "media"  # 媒体信箱
    RATING = "rating"  # 好差评差评
    WINDOW = "window"  # 办不成事窗口
    VISIT = "visit"  # 现场/信函
    LEADER_DAY = "leader_day"  # 领导接听日
    PATROL = "patrol"  # 巡查/预警自建
    OPEN311 = "open311"  # Open311
