//! What a report does not state is not told by the figures beside it. The report is made up.

use std::sync::LazyLock;

use wenshu::answer::Answerer;
use wenshu::ingest::{Hints, Limits, read_report};
use wenshu::model::answer::Outcome;
use wenshu::model::period::Day;
use wenshu::model::question::Question;

use crate::digests::{LANGUAGE, answerer, digests};

const TODAY: Day = Day { year: 2026, month: 6, day: 1 };
const REPORT: &str = "绍兴市政府工作报告\n——2026年1月20日在绍兴市人民代表大会上\n\
    一、2025年工作回顾\n\
    全年新增经营主体3.2万户。固定电话和移动电话用户达到620万户。关停小水泥120万吨，关闭小砖厂45家。\
    医院床位增加到2.1万张。边远岗位补贴再提高300元。授权专利8700件。常住人口510万人。粮食亩产提升12斤。\
    甲乙高铁和丙丁等4条高速公路建成通车。每千人床位数、医师数增至7.8张、3.6个。人均预期寿命达到82.5岁。\
    接待国内外游客5200万人次。空港旅客吞吐量233万人次，其中口岸出入境航班297架次。\
    油料总产9万吨、亩产310斤，棉花总产3万吨。环保投入58亿元。企业利息支出减少12亿元。\
    工业用电比2020年增长33%。新增科技型中小企业720家、高新技术企业320家。生产氢燃料汽车760辆。\
    第八届纺织博览会圆满成功，成交额84亿美元。\n\
    新增节水灌溉面积22万亩，修复废弃矿山1200亩。固定资产投资增长6.3%，进出口总额4200亿元。\
    规上工业企业营收居全省第9位，培育规上服务业企业85家。出台提高特困供养标准等10项政策。\
    生产黄酒35万吨。高校毕业生留绍率达72%，平均每天新登记企业90户。居民人均可支配收入7.1万元。\
    老旧小区、城中村、危旧房改造1.2万套。加强困难群众救助制度建设，救助人数达到3.4万人。\
    财政性教育经费65亿元。鲜奶产量19万吨。规上建筑业企业达910家。完成中小学操场升级改造50所。\
    星级酒店达到46家。南部山区常住人口达到8.5万人。专精特新“小巨人”企业81家。现行命案破案率100%。\
    平均每个工作日办理公证76件。新能源汽车新上牌3.7万辆。新开工高速公路150公里。长三角港口货物吞吐量51亿吨。延续岗位补助比例60%政策，将纺织企业补助比例提高到80%。\n\
    二、2026年工作安排\n\
    新增养老床位1200张。城乡居民基础养老金标准再提高20元。边民补助由每人每年2000元提高到2600元。\n";

static ANSWERER: LazyLock<Answerer> = LazyLock::new(|| {
    let limits = Limits { max_file_bytes: 1 << 20 };
    let hints = Hints::default();
    let report =
        read_report(REPORT.as_bytes(), "2026_绍兴市.txt", &hints, &LANGUAGE.gazetteer, &limits).unwrap();
    let mut reports = digests();
    reports.push(report);
    answerer(&tempfile::tempdir().unwrap().keep(), reports)
});

/// The figure given for `question`; `None` for a decline.
fn figure(question: &str) -> Option<String> {
    match ANSWERER.answer(&Question::new(question, TODAY)) {
        Outcome::Answered(answer) => Some(answer.best.quote.figure().to_owned()),
        Outcome::Declined(_) => None,
    }
}

/// `stated` is answered with `expected`, and `near` with nothing.
fn check(stated: &str, expected: &str, near: &str) {
    assert_eq!(figure(stated).as_deref(), Some(expected), "{stated}");
    assert_eq!(figure(near), None, "{near}");
}

#[test]
fn what_was_added_is_not_what_there_is() {
    check("绍兴去年新增经营主体多少户", "3.2万户", "绍兴现在一共有多少户经营主体");
}

#[test]
fn two_together_are_not_one_of_them() {
    check("绍兴固定电话和移动电话用户一共多少户", "620万户", "绍兴去年移动电话用户多少户");
}

#[test]
fn what_is_told_of_another_is_not_told_of_this() {
    check("绍兴去年关闭小砖厂多少家", "45家", "绍兴去年关了多少家小水泥厂");
}

#[test]
fn beds_are_no_hospitals() {
    check("绍兴医院床位多少张", "2.1万张", "绍兴有几家医院");
}

#[test]
fn a_rise_is_not_what_it_rose_to() {
    check("绍兴边远岗位补贴提高了多少", "300元", "绍兴边远岗位补贴一个月多少钱");
    check("绍兴粮食亩产提升了几多", "12斤", "绍兴去年粮食亩产多少斤");
}

#[test]
fn the_whole_is_not_the_part() {
    check("绍兴去年授权专利多少件", "8700件", "绍兴去年授权发明专利多少件");
    check("绍兴常住人口多少", "510万人", "绍兴女性常住人口多少人");
    check("绍兴常住人口多少", "510万人", "绍兴枫桥镇常住人口多少");
}

#[test]
fn what_stands_behind_a_figure_is_what_it_counts() {
    check("绍兴去年建成通车几条高速公路", "4条", "绍兴高铁通车几条");
}

#[test]
fn what_is_counted_per_thousand_is_dealt_out() {
    assert_eq!(figure("绍兴每千人床位数").as_deref(), Some("7.8张"));
    assert_eq!(figure("绍兴每千人医师数").as_deref(), Some("3.6个"));
}

#[test]
fn a_life_expected_is_no_plan() {
    assert_eq!(figure("绍兴人均预期寿命").as_deref(), Some("82.5岁"));
}

#[test]
fn a_plan_is_not_what_was_done() {
    check("绍兴2026年新增养老床位多少张", "1200张", "绍兴2025年新增养老床位多少张");
}

#[test]
fn guests_from_everywhere_are_not_those_from_abroad() {
    check("绍兴去年接待了多少游客", "5200万人次", "绍兴去年接待外国游客多少人次");
}

#[test]
fn what_follows_a_rival_is_the_rivals() {
    check("绍兴去年油料亩产多少斤", "310斤", "绍兴去年棉花亩产多少斤");
}

#[test]
fn what_is_told_in_another_unit_is_not_told_beside_it() {
    check("绍兴去年空港旅客吞吐量多少", "233万人次", "绍兴去年口岸出入境的旅客有多少人次");
}

#[test]
fn a_concrete_thing_must_be_named() {
    check("绍兴去年环保投入多少亿元", "58亿元", "绍兴去年铁路投入多少亿元");
}

#[test]
fn less_of_something_is_how_much_it_fell() {
    assert_eq!(figure("绍兴的企业去年少付多少利息").as_deref(), Some("12亿元"));
}

#[test]
fn what_is_set_for_both_parts_is_set_for_each() {
    assert_eq!(figure("绍兴今年农村基础养老金标准提高多少钱").as_deref(), Some("20元"));
}

#[test]
fn a_change_is_told_against_the_year_asked_for() {
    check("绍兴去年工业用电比2020年增长百分之多少", "33%", "绍兴去年工业用电比2018年增长百分之多少");
}

#[test]
fn how_many_there_are_is_not_what_came_in_addition() {
    check("绍兴去年新增高新技术企业多少家", "320家", "绍兴有多少家高新技术企业");
}

#[test]
fn cars_of_one_sort_are_not_all_cars() {
    check("绍兴去年生产氢燃料汽车多少辆", "760辆", "绍兴汽车产量");
    assert_eq!(figure("绍兴去年生产汽车多少辆"), None);
}

#[test]
fn one_edition_is_not_another() {
    check("绍兴第八届纺织博览会成交额多少", "84亿美元", "绍兴第五届纺织博览会成交额多少");
}

#[test]
fn a_word_that_begins_like_a_unit_is_none() {
    check("绍兴去年新增多少节水灌溉面积", "22万亩", "绍兴去年修复了多少个废弃矿山");
}

#[test]
fn growth_is_no_lead() {
    check("绍兴去年固定资产投资增长多少", "6.3%", "绍兴去年固定资产投资的增速比全国快了几个百分点");
}

#[test]
fn a_rank_is_no_number() {
    check("绍兴规上工业企业营收在全省排第几", "第9位", "绍兴规上工业企业有多少户");
}

#[test]
fn what_a_year_brought_is_not_what_there_is() {
    check("绍兴去年培育规上服务业企业多少家", "85家", "绍兴现在有多少家规上服务业企业");
}

#[test]
fn policies_are_not_what_they_raise() {
    check("绍兴去年生产黄酒多少吨", "35万吨", "绍兴特困供养标准");
}

#[test]
fn five_years_are_not_told_by_the_last() {
    check("绍兴去年黄酒产量", "35万吨", "“十四五”期间绍兴一共生产了多少黄酒");
}

#[test]
fn plans_are_not_told_by_results() {
    check("绍兴去年关停小水泥多少吨", "120万吨", "绍兴去年计划关停多少万吨小水泥");
}

#[test]
fn a_year_s_growth_is_not_told_against_another_year() {
    check("绍兴工业用电比2020年增长多少", "33%", "绍兴去年工业用电增长多少");
}

#[test]
fn one_rate_is_not_another() {
    check("绍兴高校毕业生留绍率多少", "72%", "绍兴高校毕业生去向落实率多少");
}

#[test]
fn a_day_is_no_year() {
    check("绍兴平均每天新登记企业多少户", "90户", "绍兴去年新登记企业多少户");
}

#[test]
fn one_of_three_is_not_all_three() {
    check("绍兴老旧小区、城中村、危旧房改造多少套", "1.2万套", "绍兴去年城中村改造了多少套");
}

#[test]
fn all_residents_are_not_those_of_towns() {
    check("绍兴居民人均可支配收入多少", "7.1万元", "绍兴城镇居民人均可支配收入多少");
}

#[test]
fn a_bare_number_is_of_the_clause_before() {
    assert_eq!(figure("绍兴困难群众救助了多少人").as_deref(), Some("3.4万人"));
}

#[test]
fn another_noun_in_the_same_place_is_another_thing() {
    check("绍兴财政性教育经费多少", "65亿元", "绍兴财政性医疗经费多少");
}

#[test]
fn tons_are_no_output_in_money() {
    check("绍兴鲜奶产量多少", "19万吨", "绍兴鲜奶产值多少");
}

#[test]
fn all_there_are_is_not_what_came_in_addition() {
    check("绍兴规上建筑业企业有多少家", "910家", "绍兴去年新增规上建筑业企业多少家");
}

#[test]
fn what_is_to_be_done_is_no_stock() {
    assert_eq!(figure("绍兴去年有多少所中小学的操场得到升级改造").as_deref(), Some("50所"));
}

#[test]
fn a_rank_of_hotels_is_not_all_of_them() {
    check("绍兴星级酒店有几家", "46家", "绍兴五星级酒店有几家");
}

#[test]
fn the_best_of_a_sort_are_not_the_sort() {
    check("绍兴专精特新小巨人企业多少家", "81家", "绍兴专精特新企业一共多少家");
}

#[test]
fn one_sort_of_case_is_not_all_cases() {
    check("绍兴命案破案率多少", "100%", "绍兴刑事案件破案率多少");
}

#[test]
fn a_working_day_is_no_year() {
    check("绍兴平均每个工作日办理公证多少件", "76件", "绍兴去年办理公证一共多少件");
}

#[test]
fn what_got_plates_is_not_what_runs() {
    check("绍兴新能源汽车新上牌多少辆", "3.7万辆", "绍兴新能源汽车总共多少辆");
}

#[test]
fn what_was_begun_is_not_the_length_in_all() {
    check("绍兴新开工高速公路多少公里", "150公里", "绍兴高速公路加起来一共多少公里");
}

#[test]
fn a_start_that_is_given_is_not_asked_for() {
    assert_eq!(figure("绍兴边民补助原来2000元，今年提到多少").as_deref(), Some("2600元"));
    assert_eq!(figure("绍兴边民补助今年要上调，上调之前是多少").as_deref(), Some("2000元"));
}

#[test]
fn a_place_nobody_loaded_counts_in_the_story_too() {
    check("绍兴空港旅客吞吐量多少", "233万人次", "西宁机场三期用上以后，旅客吞吐量多少");
}

#[test]
fn a_region_is_not_the_place_the_report_is_of() {
    check("绍兴报告里长三角港口货物吞吐量多少", "51亿吨", "绍兴去年港口货物吞吐量多少");
}

#[test]
fn what_was_raised_is_not_what_stands_beside_it() {
    assert_eq!(figure("绍兴纺织企业补助比例提高到多少").as_deref(), Some("80%"));
}

#[test]
fn a_year_may_stand_between_a_noun_and_what_asks() {
    check("绍兴鲜奶产量去年多少", "19万吨", "绍兴鲜奶产值去年多少");
}
