"""What is wanted: what stands behind 希望, 要求, 请 …; else what is asked."""

import re
from collections.abc import Iterator

from hotline.intake.phones import PHONE
from hotline.intake.places import Found

BEGIN = r"(?:(?<=[,，。;；、!！?？\n：:])|(?<=[,，。;；!！?？：:]\s)|^)"
OFFICE = "有关|相关|政府|部门|领导|热线|城管|公安|交警|住建|环保|社区|街道|物业|教育|消防|运管|市场|交通|民政|医保|人社|水务|园林|公交|电力|供电|燃气|市里|区里|县里|上级|法院|开发商|卫健|工商|市政|环卫|居委会|村委会|派出所|信访|纪委|路政|铁路|(?!问|转告|告知|核实|假|客|看)[^,，。;；!！?？\n：:]{1,10}(?:局|委|办|书记|市长|县长|局长|主任|领导|部门|公司|政府|中心|大队|街道|社区|单位|管理处|方)"
BEG = "(?:强烈|现|特|就|只|也|还|非常|真诚|诚恳|急切|衷心|再次|特此|在此|所以|因此|故|我|我们|本人)?"

WISHES = (
    rf"{BEG}(?:希望|要求|请求|恳请|恳求|祈求|诉求(?:是|[:：])|诉求(?=[补退赔要尽解])|盼望?(?!着|复|了|到|来)|建议|烦请|还请|敬请|恳切|想让|想请|企盼)",
    r"望(?![江湖海京山月春城远]|着|见|去|不到|回复|答复|而)",
    r"(?<=[也再])请(?!假|客|问|教)",
    r"麻烦(?!死|的|大|不|很|了)",
    r"(?:就|只)?想(?:申请|要回|退|换)",
    rf"{BEGIN}要(?=查|退|换|赔|你们|他们|[城供交环物政社公街村][管电警保业府区交安道委]|开发商|商家|老板|公司)",
    r"我们?就?要(?=[他她你]们?[赔退给道]|退|换|赔|讨|举报一)",
    rf"{BEGIN}(?:请问)?(?:你们)?(?:能不能|能否|可否|可不可以|能(?=帮))",
    r"求求(?:你们|您)?|跪求|拜托(?:你们|您)?|(?<=[,，。])求(?=帮|解决|处理|回复|关注|政府|领导)",
    r"(?<=[,，。])你们(?=给|管一?管|派|帮|查|催|看一?看|来|处理)",
    r"(?<=[,，。])(?:叫|让|喊)(?=[^,，。]{2,6}(?:来|去|上门))",
    rf"{BEGIN}请(?!问|假|客|了|来电|人|教|核实[:：]|转告)",
    rf"(?<![申邀宴])请(?!问)(?={OFFICE}|尽快|尽早|及时|立即|马上|赶快|赶紧|抓紧|帮|派|核实(?![:：])|处理|协调|查|落实|督促|责令|给|安排|解决|你们|贵|把|将|联系|回[电复]|来|公开|公布|做主|出面|调解|监督|重新|尽|严|关注|重视)",
)  # fmt: skip
HELP = rf"{BEGIN}(?:你们|领导|政府)?(?:(?=(?:快点?|赶紧|赶快|马上)?(?:派个?人|来人|来个人|管一?管吧?|快来|来清|来处理))|(?=帮(?:我|忙|我们)(?:看|查|问|催|反映|解决|协调|处理)))"
SEND = rf"{BEGIN}(?=(?:{OFFICE})(?:能)?(?:赶快|赶紧|尽快|马上|快|给|来)(?:派|来|修|处理|解决|查|个)[^,，。;；!！?？\n]{{1,20}}(?:[,，。!！]|$))"
"""No word of wishing at all: 快派人来, 物业赶快派人疏通."""
WISH = re.compile(
    rf"(?:{'|'.join(WISHES)})[,，：:\s]*([^。;；!！?？\n]{{2,120}})|{HELP}([^。;；!！?？\n]{{2,120}})|{SEND}([^。;；!！?？\n]{{2,120}})"
)

ASKING = r"会不会|啥|咋|谁(?!知|都)|合不合|合法吗|该不该|有没有|行不行|对不对|算不算|要不要|需不需要|怎么(?!也|都|说也)|如何|什么|哪|多少(?!年了|次|回|遍)|(?<![好前这近十没])几(?=[点号天月年个时])|吗|能不能|是否|可不可以|是不是|何时|多久|还能.{1,12}不|还[^,，。]{1,3}不[^,，。]{1,3}$|难道"
QUESTION = re.compile(
    r"(?:(?:想?咨询(?:一下|下)?|请问(?:一下|下)?|想问(?:一下|下|问)?|想(?:要)?(?:了解|知道)(?:一下|下)?|问一?下)[,，：:\s]*(?:(?:各位)?领导[,，:：]\s?)?)+([^。;；!！\n]{3,120})"
)
NO_QUESTION = re.compile(r"(?:各位|尊敬的)?(?:领导|书记|市长|局长|县长|有关部门|相关部门|大家)?[?？,，]?")
ASKED = re.compile(
    rf"(?:^|(?<=[,，。;；!！?？]))(?!(?:喂?[,，]?)?(?:12345|您好|你好|在)吗)((?=[^,，。;；!！?？\s]{{0,40}}?(?:{ASKING}))[^,，。;；!！?？\s]{{3,40}}(?:[,，](?=[^,，。;；!！?？\s]{{0,20}}?(?:{ASKING}))[^,，。;；!！?？\s]{{4,30}})*)(?=[,，。;；!！?？\s\n]|$)"
)
"""A clause that asks, when no word says that it does."""
CLAUSE_ASKING = re.compile(rf"[^,，?？]*?(?:{ASKING})[^,，?？]*(?:[,，](?=[^,，?？]*(?:{ASKING}))[^,，?？]*)*[?？]?")

WITH_PHONE = re.compile(
    rf"(?:[,，、\s(（]+|(?<![打拨通我的])(?=(?:联系|手机)?(?:电话|号码|方式)|手机号))(?:我的?|本人|座机)?(?:联系|手机)?(?:电话|号码|方式|手机号?码?)?(?:是|为)?[：:\s]*{PHONE.pattern}"
)
"""A number said behind a demand, which is how to reach somebody and no part of what they want."""
GOES_ON = (
    "让 给(?!我打电话) 把 将 使 以 便于 并 且 而且 也 还(?!是|没) 予以 给予 不要 不能 不得 不再 别(?!说|的|人) 尽快 尽早 及时 立即 马上 抓紧 早日 务必 切实 真正 彻底 认真 严肃 依法 同时 另外也 防止 避免 确保 保证 保障 对 追究 赔 退 查 处理 处罚 解决 落实 "
    "加强 加大 加快 加装 增加 增设 减少 降低 改善 改造 规范 完善 恢复 维护 维修 修复 造福 方便 取缔 取消 整治 治理 清理 拆除 责令 督促 协调 安排 出台 制定 公开 公布 告知 明确 提供 帮助 关注 重视 高度 核实 调查 调解 回复 答复 何时 "
    "为 从 在 由 要 能 可以 应 打造 建设 创建 修建 设立 开通 延长 缩短 补发 补偿 支付 发放 返还 归还 停止 禁止 限制 做到 做好 重新 统一 合理 优化 提高 提升 完成 开放 派 叫 请 至少 或者 或 和 不 坑 危害 影响不要"
)
CONTINUES = re.compile(rf"\s*(?:{'|'.join(GOES_ON.split())})")
"""With what a further clause still belongs to the wish: 望清淤,还我们一条清水河. Otherwise the caller goes on to tell."""
ONLY_WHO = re.compile(r"(?:领导|部门|政府|书记|市长|局长|县长|公司|单位|社区|你们|局|各位|您)\s*$|^.{0,2}$")
"""Who is asked, and not yet for what: 望有关部门,…"""
TELLS = re.compile(
    r"\s*(?:谢谢|多谢|感谢|.{0,4}为[谢盼]|拜托|辛苦|望|盼|请回复|(?:联系)?电话|座机|打我|姓名|身份证|手机)"
)


def ended(text: str, begun: int, end: int) -> int:
    """Where, at a comma, a wish is over."""
    at = begun
    while (comma := COMMA.search(text, at, end)) is not None:
        behind = NEXT_COMMA.search(text, comma.end(), end)
        clause = text[comma.end() : behind.start() if behind else end]
        said = text[begun : comma.start()]
        if TELLS.match(clause):
            return comma.start()
        if not (
            ONLY_WHO.search(said) or CONTINUES.match(clause) or (re.search(ASKING, clause) and re.search(ASKING, said))
        ):
            return comma.start()
        at = comma.end()
    return end


COMMA = re.compile(r"[,，]|\s(?=[\u4e00-\u9fff])")
NEXT_COMMA = re.compile(r"[,，]")


def demands(text: str) -> list[Found]:
    """Wishes, or else what is asked."""
    return [*wanted(WISH, text)] or [*asked(text)] or [*wanted(ASKED, text)][:1]


def asked(text: str) -> Iterator[Found]:
    """What stands behind 请问, up to the end of the clause that asks."""
    for one in wanted(QUESTION, text):
        if NO_QUESTION.fullmatch(one.value):
            continue
        clause = CLAUSE_ASKING.match(one.value)
        yield one._replace(value=clause[0].strip() if clause and len(clause[0].strip()) > 2 else one.value)


def wanted(shape: re.Pattern[str], text: str) -> Iterator[Found]:
    at = 0
    while (found := shape.search(text, at)) is not None:
        begun = found.start(found.lastindex or 1)
        number = WITH_PHONE.search(text, begun - 1, found.end())
        end = number.start() if number else found.end()
        if shape is WISH:
            end = ended(text, begun, end)
        at = max(end, found.start() + 1)
        if len(value := text[begun:end].strip(" ,，")) > 1:
            yield Found(found.start(), end, "demand", value)
