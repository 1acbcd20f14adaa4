"""涉企 read from the words: who speaks for a business, and who only speaks of one."""

import pytest

from hotline.intake.enterprise import concerns_enterprise

THEIRS = """
我公司去年通过专精特新认定,奖励一直没到账|我们厂变压器容量不够,天天跳闸,想申请增容|我司中标的项目验收一年了,尾款没付|我开了一家面馆,食品经营许可怎么办
个体工商户怎么注销|平台公司拖欠我们货款四百多万|市场监管、消防、环保轮流来,一个月检查七次|园区承诺的厂房水电还没通|异常名录怎么移出|我的店门口施工围挡挡了半年,没有生意
本企业想申报研发加计扣除|招标文件明显为一家公司量身定做|履约保证金一年没退|作为一家小微企业,融资太难|一般纳税人怎么开红字发票|稳岗返还什么时候发
我是某机械公司的负责人,工业用地证办不下来|想注册公司,地址有什么要求|合作社的冷库用电能不能按农业电价,我们合作社有三十户|变更营业执照地址要哪些材料
"""
OTHERS = """
公司拖欠我们三个月工资|楼下饭店油烟太大|举报一家化工厂夜里偷排|健身房老板跑路不退卡|单位不交社保|我在电子厂上班,天天加班|物业公司不打扫卫生|开发商延期交房
快递公司把我的件弄丢了|超市卖过期牛奶|路灯不亮|孩子上学怎么报名|驾校不退学费|这家店没有营业执照|装修公司停工不退钱|包工头欠我工钱|银行让我买保险|公交公司的司机甩站|保险公司拒赔|供热公司温度不达标
"""


def said(lines: str) -> list[str]:
    return [one for line in lines.split("\n") for one in line.split("|") if one]


@pytest.mark.parametrize("text", said(THEIRS))
def test_a_business_that_speaks_is_proposed_as_one(text: str) -> None:
    assert concerns_enterprise(text)


@pytest.mark.parametrize("text", said(OTHERS))
def test_a_worker_a_neighbour_or_a_customer_is_no_business(text: str) -> None:
    assert not concerns_enterprise(text)
