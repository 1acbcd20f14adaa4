"""The addresses of notices (通知) and of 催办 from outside."""

from hotline.directory.people import Role
from hotline.notices import http as notices
from hotline.supervision.urging import http as urging
from hotline.tickets.permissions import CHIEFS
from hotline.web.administration import ADMIN, LOOK
from hotline.web.endpoint import ANYONE_SIGNED_IN, Endpoint, Query

API = "/api/v1"

NOTICE_DESK: tuple[Endpoint, ...] = (
    Endpoint(
        "GET",
        f"{API}/me/notices",
        notices.inbox,
        "我的通知,从新到旧",
        answer=notices.Inbox,
        roles=ANYONE_SIGNED_IN,
        query=(
            Query("unread", str, "1:只要未读的"),
            Query("cursor", str, "上一页的 next_cursor"),
            Query("limit", int, "每页条数,最多 100"),
        ),
    ),
    Endpoint(
        "POST",
        f"{API}/me/notices/read",
        notices.read,
        "标为已读:若干条,或到某一条为止的全部",
        body=notices.ReadBody,
        answer=notices.Unread,
        roles=ANYONE_SIGNED_IN,
    ),
    Endpoint(
        "GET",
        f"{API}/me/notices/wish",
        notices.wish,
        "我的通知设置:邮件、短信、企业微信、钉钉,免打扰,汇总",
        answer=notices.WishView,
        roles=ANYONE_SIGNED_IN,
    ),
    Endpoint(
        "PUT",
        f"{API}/me/notices/wish",
        notices.put_wish,
        "改动我的通知设置",
        body=notices.WishBody,
        answer=notices.WishView,
        roles=ANYONE_SIGNED_IN,
    ),
    Endpoint(
        "GET",
        f"{API}/notices/messages",
        notices.messages,
        "发出的消息及其状态,不含内容",
        answer=notices.Messages,
        roles=LOOK,
        query=(
            Query("state", str, "waiting 待发、sending 发送中、sent 已发、failed 失败、unsure 未确认;多个用逗号分开"),
            Query("cursor", str, "上一页的 next_cursor"),
            Query("limit", int, "每页条数,最多 100"),
        ),
    ),
    Endpoint(
        "POST",
        f"{API}/notices/messages/{{id}}/retry",
        notices.retry,
        "重新发送一条失败或未确认的消息",
        answer=notices.Retried,
        roles=ADMIN,
    ),
    Endpoint(
        "POST",
        f"{API}/public/requests/{{query_code}}/urge",
        urging.urge,
        "诉求人催办,凭查询码和电话后四位核验,24 小时内一次",
        body=urging.UrgeBody,
        answer=urging.Urged,
        limit="30/minute",
    ),
    Endpoint(
        "GET",
        f"{API}/supervision/candidates",
        urging.candidates,
        "督办候选:诉求人催办两次以上而尚未督办的工单",
        answer=urging.Candidates,
        roles=CHIEFS | {Role.SUPERVISION},
    ),
)
