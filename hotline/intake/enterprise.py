"""涉企: does an enterprise speak, or is it about its affairs? A consumer's or a worker's quarrel with a company is not."""

import re

OURSELVES = re.compile(
    r"我(?:们)?(?:公司|企业|厂|单位是一家|司(?!机|法))|本(?:公司|企业|厂)|(?:作为|是)(?:一)?家[^。，,；;]{0,12}(?:企业|公司|工厂)|企业(?:负责人|法人)|我是[^。，,；;]{0,12}(?:公司|企业|厂)的?(?:法人|负责人|老板|经理|会计|财务)|"
    r"我(?:们)?(?:的|家)?(?:小)?(?:店|铺|餐馆|饭店|超市|门店|合作社)|(?:我|本人)(?:想|要|准备)?(?:开|经营|办)了?[一个家]{0,2}[^。，,；;]{0,8}(?:店|厂|公司|铺|馆|超市)|个体(?:户|工商户)|小微企业|商户们|我们商户"
)
"""The firm, the shop or its owner is the one that speaks."""
AFFAIRS = re.compile(
    r"惠企|涉企|助企|营商环境|招商引资|招商时|稳岗(?:返还|补贴)|专精特新|高新技术企业|高企|规上企业|技改|研发加计|(?:拖欠|欠|结算|支付)[^。；;]{0,14}(?:货款|工程款|账款|尾款|服务费)|(?:货款|工程款|账款)[^。；;]{0,8}(?:拖|欠|没付|未付|不付)|清欠|商票|"
    r"(?:重复|多头|频繁|涉企)检查|一个月[^。，,]{0,6}检查|(?:办理?|变更|注销|申领|换发|补办)[^。，,；;]{0,8}(?:营业执照|经营许可证|许可证)|(?:营业执照|经营许可证|个体户|公司)[^。，,；;]{0,6}(?:办理|怎么办|变更|注销|年报)|注册(?:一?[个家])?公司|异常名录|年报|"
    r"一般纳税人|增值税|开票额度|企业所得税|招投标|招标|投标|政府采购|履约保证金|投标保证金|园区(?:厂房|企业|配套|承诺|水电)|用工补贴|企业开户|公司开户|限电排产|电力增容|厂房"
)
"""Matters that only somebody who runs a business has."""
NOT_THEIRS = re.compile(
    r"(?:拖欠|不发|没发|克扣|欠|讨)[^。；;]{0,10}(?:工资|薪|工钱)|(?:工资|薪水)[^。；;]{0,8}(?:拖|没|不)|加班|辞退|开除|劳动合同|不交社保|不缴社保|没交社保|公积金|工伤|入职|离职|上班|打工|无照|没有?营业执照|举报[^。；;]{0,14}(?:公司|厂|店)"
)
"""The voice of a worker, a neighbour or a witness: what is said of a company is not said for one."""


def concerns_enterprise(text: str) -> bool:
    """Whether 涉企 is proposed; a person may say otherwise."""
    if NOT_THEIRS.search(text):
        return False
    return OURSELVES.search(text) is not None or AFFAIRS.search(text) is not None
