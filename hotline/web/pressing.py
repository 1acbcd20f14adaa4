"""Supervision: letters, reviews, tasks, the meeting and what follows it."""

from hotline.callback.desk.http import ShownNumbers
from hotline.directory.people import CENTRE, UNIT
from hotline.directory.people import Role as R
from hotline.reports.letters import http as papers
from hotline.reports.meetings import http as meeting_papers
from hotline.supervision.actions import FREEZERS
from hotline.supervision.directives import http as directives
from hotline.supervision.directives.actions import BREAKERS
from hotline.supervision.directives.actions import WRITERS as DIRECTIVE_WRITERS
from hotline.supervision.directives.directive import Directive
from hotline.supervision.letters import http as letters
from hotline.supervision.letters.actions import REVIEWERS, WRITERS
from hotline.supervision.meetings import http as meetings
from hotline.supervision.meetings.actions import CALLERS, KEEPERS
from hotline.supervision.meetings.board import Board
from hotline.supervision.standing import http as standing
from hotline.supervision.striking import http as striking
from hotline.tickets.permissions import HANDS, SIGNERS
from hotline.web.endpoint import Endpoint, Query

API = "/api/v1"
WEEK = f"{API}/reports/difficult/{{week}}"
LETTERS = f"{API}/supervision/letters"
LEADERS = frozenset({R.SUPERVISOR, R.SUPERVISION, R.CENTRE_LEADER, R.CITY_LEADER})
READERS = CENTRE | UNIT | {R.CITY_LEADER}

DAYS = Query("days", int, "最近多少天,默认 90")

PRESSING = (
    Endpoint(
        "GET",
        LETTERS,
        letters.register,
        "函件登记簿:督办函、预警函、提示函;承办单位只见发给本单位的",
        answer=letters.Register,
        roles=READERS,
        query=(
            Query("ticket", int, "只看一件工单的"),
            Query("kind", str, "supervision、warning 或 notice"),
            Query("open", bool, "true:只看反馈尚未审核通过的"),
            Query("cursor", str, "上一页的 next_cursor"),
            Query("limit", int, "每页条数,最多 200"),
        ),
    ),
    Endpoint(
        "POST",
        LETTERS,
        letters.warn,
        "制发预警函或提示函,编文号",
        body=letters.NewWarning,
        answer=letters.LetterView,
        status=201,
        roles=WRITERS,
    ),
    Endpoint(
        "GET",
        f"{API}/tickets/{{id}}/pressing",
        letters.pressing,
        "督办函拟稿:主送、可用级别、工单本身所涉的事由、通常时限",
        answer=letters.Pressing,
        roles=WRITERS,
    ),
    Endpoint(
        "GET",
        f"{LETTERS}/{{letter}}",
        papers.one,
        "一份函件;文件一经取用即封存,以后逐字节相同",
        answer=letters.LetterView,
        roles=READERS,
        query=(Query("format", str, "json、pdf 或 docx"),),
    ),
    Endpoint(
        "POST",
        f"{LETTERS}/{{letter}}/receipt",
        papers.receive,
        "主送单位签收,记下人、时间和所收文件的校验值",
        answer=letters.LetterView,
        roles=SIGNERS,
    ),
    Endpoint(
        "POST",
        f"{LETTERS}/{{letter}}/answer",
        letters.give_answer,
        "主送单位反馈",
        body=letters.LetterAnswer,
        answer=letters.LetterView,
        roles=SIGNERS,
    ),
    Endpoint(
        "POST",
        f"{LETTERS}/{{letter}}/review",
        letters.review,
        "中心审核反馈;退回的,函件重新待反馈",
        body=letters.LetterReview,
        answer=letters.LetterView,
        roles=REVIEWERS,
    ),
    Endpoint(
        "GET",
        f"{API}/supervision/reviews",
        standing.reviews,
        "待审核的考核申诉和不纳入考核申请,及近期的决定;承办单位只见本单位的",
        answer=standing.Reviews,
        roles=READERS,
        query=(DAYS,),
    ),
    Endpoint(
        "GET",
        f"{API}/supervision/low-ratings",
        standing.low_ratings,
        "差评工单:联系、整改、二次回访",
        answer=standing.LowRatings,
        roles=LEADERS,
        query=(DAYS,),
    ),
    Endpoint(
        "GET",
        f"{API}/supervision/shelved",
        standing.shelved,
        "挂账工单:计划、节点或复核日期,过期的在前",
        answer=standing.ShelvedList,
        roles=LEADERS,
    ),
    Endpoint(
        "GET",
        f"{API}/supervision/directives",
        directives.listing,
        "批示及分解的任务、反馈、办结率;承办单位只见本单位的任务",
        answer=directives.Directives,
        roles=READERS,
        query=(Query("days", int, "最近多少天,默认 180;未办结的总在"),),
    ),
    Endpoint(
        "POST",
        f"{API}/supervision/directives",
        directives.write,
        "录入对报告、专报的批示",
        body=directives.NewDirective,
        answer=Directive,
        status=201,
        roles=DIRECTIVE_WRITERS,
    ),
    Endpoint(
        "POST",
        f"{API}/supervision/directives/{{directive}}/tasks",
        directives.break_down,
        "批示分解:给各单位的任务,各有期限",
        body=directives.BreakDown,
        answer=Directive,
        status=201,
        roles=BREAKERS,
    ),
    Endpoint(
        "POST",
        f"{API}/supervision/tasks/{{task}}/feedback",
        directives.feed_back,
        "承办单位反馈任务落实情况",
        body=directives.TaskFeedback,
        answer=directives.Directives,
        roles=SIGNERS,
    ),
    Endpoint(
        "POST",
        f"{API}/supervision/tasks/{{task}}/settle",
        directives.settle,
        "中心核实:办结,或退回并写明理由",
        body=directives.TaskSettled,
        answer=directives.Directives,
        roles=BREAKERS,
    ),
    Endpoint(
        "GET",
        f"{WEEK}/meeting",
        meeting_papers.meeting,
        "协商会:定稿名单上各件的单位意见、决定、进展和销号;可取议程、纪要文件",
        answer=Board,
        roles=LEADERS | CALLERS,
        query=(Query("format", str, "json、docx 或 pdf"),),
    ),
    Endpoint(
        "PUT",
        f"{WEEK}/meeting",
        meetings.save_meeting,
        "记录协商会:时间、地点、主持、参会、纪要",
        body=meetings.MeetingBody,
        answer=Board,
        roles=KEEPERS,
    ),
    Endpoint(
        "PUT",
        f"{WEEK}/items/{{ticket}}/decision",
        meetings.decide,
        "一件一行的决定;carry_out 时裁定并制发督办函,一次办完",
        body=meetings.DecisionBody,
        answer=Board,
        roles=FREEZERS,
    ),
    Endpoint(
        "POST",
        f"{WEEK}/items/{{ticket}}/comment",
        meetings.comment,
        "承办单位的会前意见,定稿后 1 个工作日内",
        body=meetings.NewComment,
        answer=meetings.OwnItems,
        roles=SIGNERS,
    ),
    Endpoint(
        "POST",
        f"{WEEK}/items/{{ticket}}/verify",
        meetings.verify,
        "中心回访核实销号申请:已解决即销号,未解决则退回",
        body=meetings.VerifyBody,
        answer=Board,
        roles=CALLERS,
    ),
    Endpoint(
        "GET",
        f"{API}/strikes",
        striking.listing,
        "销号回访:等中心回访核实的销号申请,没打过的在前",
        answer=striking.StrikeCards,
        roles=CALLERS,
    ),
    Endpoint(
        "POST",
        f"{API}/strikes/{{ticket}}/number",
        striking.number,
        "显示诉求人的完整号码给核实销号的人,并留痕",
        answer=ShownNumbers,
        roles=CALLERS,
    ),
    Endpoint(
        "GET",
        f"{API}/department/difficult",
        meetings.own,
        "本单位在疑难名单上的工单:待提意见、进展、销号",
        answer=meetings.OwnItems,
        roles=UNIT,
        query=(Query("days", int, "最近多少天定稿的,默认 120"),),
    ),
    Endpoint(
        "POST",
        f"{API}/department/difficult/{{ticket}}/progress",
        meetings.report,
        "填报本周进展",
        body=meetings.Words,
        answer=meetings.OwnItems,
        roles=HANDS,
    ),
    Endpoint(
        "POST",
        f"{API}/department/difficult/{{ticket}}/strike",
        meetings.ask_strike,
        "申请销号",
        body=meetings.Words,
        answer=meetings.OwnItems,
        roles=HANDS,
    ),
)
