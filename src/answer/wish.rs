//! What sort of figure a question wishes for: its unit, its aspect.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use crate::analysis::figures::{UnitClass, unit_class};
use crate::analysis::phrases::QUANTITIES;
use crate::analysis::segment::Segmenter;
use crate::model::fact::{Aspect, Direction};
use crate::model::figure::FigureKind;
use crate::model::span::Span;

/// The figure wished for, as far as the question says.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Wish {
    pub aspect: Option<Aspect>,
    pub direction: Option<Direction>,
    pub kind: Option<FigureKind>,
    pub unit_class: Option<UnitClass>,
    /// The unit itself when the question names it: 多少公里.
    pub unit: Option<String>,
    /// True when the question asks of one person, household or month: 人均, 每户.
    pub is_each: bool,
    /// True when the question asks what was added: 新增, 新建.
    pub wants_added: bool,
    /// True when the question asks what was built: 新建, 新盖.
    pub wants_built: bool,
    /// True when the question asks how much there is in all: 总数, 现有.
    pub wants_stock: bool,
    /// True when the question asks how much there is, not how it changed: 总量, 多少亿元.
    pub wants_level: bool,
    /// True when the question asks for a goal, which for many an indicator is a growth.
    pub wants_goal: bool,
    /// True when it asks for all of it together: 加起来, 总共.
    pub asks_sum: bool,
    /// True when it asks for points: 提高几个百分点.
    pub asks_points: bool,
    /// True when it may be after a time: 年限是多少.
    pub asks_time: bool,
    /// True when it counts the homes of people, not those of trades: 多少户农户.
    pub asks_households: bool,
    /// True when it counts places that homes make up: 多少个小区.
    pub asks_homes_places: bool,
    /// True when it asks how much there is: 多少, 多大.
    pub wants_amount: bool,
    /// True when the question asks how much is produced, which is not counted in 个 or 家.
    pub wants_output: bool,
}

const PEOPLE: &[&str] = &[
    "多少人",
    "几个人",
    "多少个人",
    "几人",
    "多少名",
    "多少位",
    "人数",
    "几位",
    "几名",
    "多少万人",
    "哪些人",
];
const MONEY: &[&str] = &[
    "多少钱",
    "几块钱",
    "多少元",
    "几元",
    "多少亿元",
    "多少万元",
    "多少金额",
    "多少资金",
    "花了多少",
    "几个亿",
    "多少美元",
    "多少亿美元",
    "价钱",
    "售价",
    "多少块钱",
    "几钱",
    "几毛",
    "几分钱",
    "几角",
    "多少钞票",
    "多少票子",
    "多少银子",
];
/// Ask for money unless a noun follows: 几块 does, 几块奖牌 does not.
const MONEY_OR_COUNT: &[&str] = &["多少块", "几块", "多少款"];
const PERCENT: &[&str] = &[
    "百分之几",
    "百分之多少",
    "百分比",
    "几个点",
    "多少个点",
    "几个百分点",
    "多少个百分点",
    "几成",
    "比例",
    "多少%",
    "几%",
    "%多少",
    "百分之多",
    "几分之几",
    "多大比例",
    "多大一部分",
];
const CHANGE_UP: &[&str] = &[
    "增长",
    "增速",
    "增幅",
    "涨幅",
    "增加",
    "涨",
    "提高",
    "上升",
    "提升",
    "上调",
    "上涨",
    "多了",
    "同比",
    "增长率",
    "升幅",
    "成长",
    "长了多少",
    "长了几",
    "增",
    "加了",
    "加多少",
    "加几",
    "多多少",
    "多出多少",
    "多出来",
    "多几",
    "多了多少",
    "高了多少",
    "高了几",
    "快了几",
    "高多少",
    "快多少",
    "再加",
    "又加",
    "提了多少",
    "提了几",
    "再添",
    "添了多少",
    "升了",
    "多少个百分点的提高",
];
const CHANGE_DOWN: &[&str] = &[
    "下降",
    "减少",
    "降低",
    "跌",
    "降幅",
    "回落",
    "下滑",
    "降了",
    "少了",
    "减了",
    "降",
    "缩减",
    "低了多少",
    "低了几",
    "低多少",
    "少付",
    "少交",
    "少花",
    "省了",
    "省下",
    "少多少",
    "少几个",
    "压缩",
    "缩短",
    "减排",
    "砍掉",
    "砍了",
    "压减",
];
const SHARE: &[&str] =
    &["占比", "比重", "占多少", "占了多少", "占几成", "占全", "占到", "份额", "占了几", "占百分之", "占的"];
/// What stands between the two ends of a gap: 比全国快几个百分点.
const GAP: &[&str] = &[
    "比全国",
    "比全省",
    "比全市",
    "比全区",
    "比平均",
    "高于",
    "低于",
    "快于",
    "慢于",
    "高出",
    "跑赢",
    "比城镇",
    "比农村",
    "比城里",
    "比规上",
    "比工业",
    "比东部",
    "比预期",
];
const RANK: &[&str] = &["第几", "排名", "排第", "位次", "名次", "排几", "几名", "排多少", "第多少"];
const DURATION: &[&str] = &[
    "连续几年",
    "连续多少年",
    "多少年",
    "几年了",
    "多久",
    "几年",
    "多长时间",
    "多少天",
    "几天",
    "几个月",
    "多少小时",
    "多少分钟",
    "几连增",
    "几连丰",
    "几连冠",
    "几连升",
    "几连涨",
    "几连降",
    "几连快",
    "连着几",
    "连续几",
    "多少个月",
    "几个季度",
    "多少个季度",
    "多少个年头",
    "多少个小时",
    "几个小时",
    "几个钟头",
    "多少个钟头",
    "多少钟头",
    "几个年头",
];
const DATE: &[&str] =
    &["哪一年", "哪年", "什么时候", "何时", "几几年", "几月", "哪一天", "哪天", "什么时间", "几号"];
const MULTIPLE: &[&str] = &["多少倍", "几倍", "翻几番", "翻了几番", "几番"];
const FROM: &[&str] = &[
    "之前",
    "以前",
    "原本",
    "起步",
    "从多少",
    "从百分之",
    "由百分之",
    "从第几",
    "由多少",
    "原来是多少",
    "原来多少",
    "之前是多少",
    "原先",
    "原来",
    "一开始",
    "起初",
    "最初",
    "年前是",
    "起头",
    "起点",
    "基数",
    "开头是",
    "打底",
    "涨价之前",
    "调整前",
    "改之前",
    "三年前",
    "四年前",
    "五年前",
    "十年前",
];
const TO: &[&str] = &[
    "涨到",
    "提高到",
    "增加到",
    "增长到",
    "提升到",
    "升到",
    "升至",
    "降到",
    "降至",
    "下降到",
    "扩大到",
    "减少到",
    "提高至",
    "要到多少",
    "提到多少",
    "提到几",
    "提到了",
    "还剩",
    "调到",
    "加到",
    "到了多少",
];
/// Nouns that are counted in money.
const MONEY_NOUNS: &[&str] = &[
    "工资",
    "资金",
    "债",
    "补贴",
    "补助",
    "贷款",
    "奖金",
    "欠薪",
    "投资",
    "经费",
    "税",
    "收入",
    "费用",
    "助学金",
    "奖学金",
    "津贴",
    "养老金",
    "低保金",
    "慰问金",
    "救助金",
    "抚恤金",
    "补偿金",
];
/// The longest word for a sort of money, in characters.
const MAX_SORT_CHARS: usize = 4;
/// Ask for the rank something had before.
const RANKED_BEFORE: &[&str] = &[
    "两年前",
    "三年前",
    "四年前",
    "五年前",
    "十年前",
    "几年前",
    "原来",
    "原先",
    "之前排",
    "以前排",
    "之前是第",
    "以前是第",
    "之前第",
    "以前第",
];
/// Ask for points of a percentage.
const POINTS: &[&str] = &["几个百分点", "多少个百分点", "多少百分点", "几个点", "多少个点"];
/// Places that homes make up.
const HOMES_PLACES: &[&str] = &["小区", "社区", "村", "县", "乡镇", "街道", "老旧小区", "旧小区"];
/// Units that name what they count.
const COUNTED: &[&str] = &[
    "人口", "职工", "干部", "学生", "农民", "同胞", "群众", "居民", "游客", "老人", "儿童", "国家", "楼宇",
    "床位", "企业", "学校", "医院", "园区", "基地", "平台", "机组", "泊位", "车位", "席位", "社区", "站点",
    "项目",
];
/// What may stand between a noun and the word that asks.
const FILLERS: &[&str] = &[
    "大约", "大概", "具体", "一共", "总共", "到底", "究竟", "要", "现在", "目前", "应该", "是", "有", "为",
    "达", "到", "了", "约", "的", "均", "都", "去年", "今年", "前年", " ",
];
/// Nouns that say what a figure is measured in.
const NOUN_UNITS: &[(&str, UnitClass)] = &[
    ("率", UnitClass::Percent),
    ("体长", UnitClass::Length),
    ("全长", UnitClass::Length),
    ("总长", UnitClass::Length),
    ("长度", UnitClass::Length),
    ("高度", UnitClass::Length),
    ("海拔", UnitClass::Length),
    ("里程", UnitClass::Length),
    ("面积", UnitClass::Area),
    ("体重", UnitClass::Mass),
    ("重量", UnitClass::Mass),
    ("人口", UnitClass::People),
    ("人数", UnitClass::People),
    ("人次", UnitClass::People),
    ("人员", UnitClass::People),
    ("人才", UnitClass::People),
    ("毕业生", UnitClass::People),
    ("志愿者", UnitClass::People),
    ("老年人", UnitClass::People),
    ("老人", UnitClass::People),
    ("孩子", UnitClass::People),
    ("学生", UnitClass::People),
    ("教师", UnitClass::People),
    ("医生", UnitClass::People),
    ("党员", UnitClass::People),
    ("电量", UnitClass::Energy),
    ("票价", UnitClass::Money),
    ("售价", UnitClass::Money),
    ("价格", UnitClass::Money),
    ("车费", UnitClass::Money),
    ("收费", UnitClass::Money),
    ("金额", UnitClass::Money),
    ("总额", UnitClass::Money),
    ("利润", UnitClass::Money),
    ("营收", UnitClass::Money),
    ("债务", UnitClass::Money),
    ("存款", UnitClass::Money),
    ("贷款", UnitClass::Money),
    ("税收", UnitClass::Money),
    ("养老金", UnitClass::Money),
    ("工资", UnitClass::Money),
    ("余额", UnitClass::Money),
    ("产值", UnitClass::Money),
    ("贸易额", UnitClass::Money),
    ("销售额", UnitClass::Money),
    ("成交额", UnitClass::Money),
    ("交易额", UnitClass::Money),
    ("投资额", UnitClass::Money),
    ("时速", UnitClass::Speed),
    ("气温", UnitClass::Temperature),
];
/// Nouns whose 多少 asks for a sum of money, where nothing else is asked of them.
const SUMS: &[&str] = &[
    "收入",
    "支出",
    "总产值",
    "增加值",
    "生产总值",
    "gdp",
    "零售总额",
    "销售额",
    "投资额",
    "债券",
    "工资",
    "补贴",
    "余额",
];
/// Indicators that are changes themselves.
const RATES: &[&str] = &["cpi", "ppi", "居民消费价格", "物价"];
const LEVEL: &[&str] = &[
    "总量",
    "总额",
    "总收入",
    "总产值",
    "总花费",
    "总支出",
    "达到多少",
    "达多少",
    "规模",
    "是多少",
    "有多少",
    "共多少",
    "多大",
    "总数",
    "实现多少",
    "完成多少",
];
/// Words beside which 度 is a degree, not a unit of electricity.
const WARMTH: &[&str] =
    &["气温", "水温", "室温", "温度", "供暖", "供热", "暖气", "屋里", "屋内", "室内", "体温"];
const ADDED: &[&str] =
    &["新增", "净增", "新建", "新开", "新设", "新添", "新认定", "新引进", "新盖", "新来", "新办", "新注册"];
const BUILT: &[&str] = &["新建", "新盖", "新修"];
const STOCK: &[&str] = &[
    "总数",
    "共有",
    "现有",
    "现在有",
    "一共有",
    "总共有",
    "保有量",
    "累计有",
    "累计达",
    "总共多少",
    "存量",
    "已经有",
    "总里程",
    "运营里程",
    "营业里程",
    "通车里程",
    "总面积",
    "草原面积",
    "湿地面积",
    "森林面积",
    "耕地面积",
    "总规模",
    "装机",
];
/// Classifiers of what stays, so that 有多少家 asks for all of it.
const COUNTED_IN_ALL: [char; 6] = ['家', '座', '所', '条', '户', '个'];
const ASKING: &[&str] = &["多少", "几", "多大", "多长", "多高", "多重", "多远", "多深"];

/// Turns of speech with an asking word that ask nothing.
const ASKS_NOTHING: &[&str] =
    &["这几年", "近几年", "前几年", "那几年", "最近几年", "过去几年", "好几", "这几个", "那几个", "没几"];

/// Units that words begin with, besides counting: 节水, 口岸. Others make words of what they count: 头牛, 辆车.
const WORD_STARTS: &[&str] = &[
    "节", "县", "乡", "村", "镇", "市", "省", "口", "门", "道", "班", "场", "点", "级", "度", "单", "起",
    "打", "宗", "条", "座", "台", "站", "支", "期", "分", "元", "月", "日",
];

/// Nouns that begin like a unit.
const NO_UNIT: &[&str] = &[
    "面积", "家里", "家人", "家庭", "家长", "家电", "家具", "家政", "人均", "件事", "位置", "度假", "年级",
    "代表", "项目", "点钱", "分之", "天然", "名义", "场馆", "份额", "层次", "条件", "次数", "种类", "站点",
    "区域", "市场", "县城", "省份", "元素", "吨位", "里程", "户籍", "年来", "安全", "安置", "安排",
];

/// Reads the wish off the part of a normalized question that asks; `before` is the clause in front of it.
pub fn read_wish(question: &str, before: &str, segmenter: &Segmenter) -> Wish {
    // 河道治理之前，防洪标准…: the clause in front says where the change began.
    let follows_before = ["之前", "以前", "之前呢"].iter().any(|end| before.ends_with(end))
        && !before.contains(|ch: char| ch.is_ascii_digit());
    // 新建交的国家 were not built.
    let mut asking = question.replace("新建交的", "建交的");
    for word in ASKS_NOTHING {
        asking = asking.replace(word, "");
    }
    let question = asking.as_str();
    let has = |words: &[&str]| words.iter().any(|word| question.contains(word));
    let mut wish = Wish {
        wants_added: has(ADDED) || asks_adding(question),
        wants_built: has(BUILT),
        wants_stock: has(STOCK),
        wants_output: asks_volume(question),
        asks_sum: has(&["加起来", "总共", "一共", "合计", "总计"]),
        asks_points: has(POINTS),
        asks_time: has(&[
            "年限", "时间", "时长", "期", "多长", "年数", "时效", "天数", "时限", "耗时", "用时", "车程",
            "寿命",
        ]),
        asks_households: has(&["农户", "人家", "居民", "住户", "牧户", "家庭", "贫困户", "农牧户"]),
        asks_homes_places: ["几个", "多少个"].iter().any(|word| {
            question
                .match_indices(word)
                .any(|(at, _)| HOMES_PLACES.iter().any(|noun| question[at + word.len()..].starts_with(noun)))
        }),
        wants_amount: has(&["多少", "多大", "多高"]),
        is_each: has(&[
            "人均",
            "每人",
            "每户",
            "户均",
            "每月",
            "一个月",
            "每平米",
            "平均每",
            "平均收入",
            "平均纯收入",
            "平均工资",
            "平均一个",
        ]),
        ..Wish::default()
    };
    if has(DATE) {
        wish.kind = Some(FigureKind::Date);
        return wish;
    }
    let asks_rank = has(RANK) && !has(&["安排多少", "安排几", "几名员工", "几名教师"]);
    if asks_rank {
        wish.kind = Some(FigureKind::Rank);
        // 五年前排第几: the rank it had before.
        wish.aspect = Some(if has(RANKED_BEFORE) { Aspect::From } else { Aspect::Rank });
        return wish;
    }
    if has(MULTIPLE) {
        wish.kind = Some(FigureKind::Multiple);
        wish.unit_class = Some(UnitClass::Multiple);
        return wish;
    }
    let asks_start = asks_start(question) || follows_before;
    if has(DURATION) && !has(TO) && !asks_start {
        wish.kind = Some(FigureKind::Duration);
        wish.unit_class = Some(UnitClass::Duration);
        wish.aspect = Some(Aspect::Duration);
        return wish;
    }
    if has(PERCENT) {
        wish.unit_class = Some(UnitClass::Percent);
        wish.kind = Some(FigureKind::Share);
    } else if has(PEOPLE) || asks_people(question) {
        wish.unit_class = Some(UnitClass::People);
    } else if has(MONEY) || MONEY_OR_COUNT.iter().any(|word| ends_asking(question, word)) {
        wish.unit_class = Some(UnitClass::Money);
    } else if has(DURATION) {
        wish.unit_class = Some(UnitClass::Duration);
        wish.kind = Some(FigureKind::Duration);
    }
    // 多少引导资金: what sort of money may stand between.
    let asks_noun = |noun: &&str| {
        question.match_indices("多少").any(|(at, word)| {
            let rest = &question[at + word.len()..];
            let clause = rest.split(|ch: char| !ch.is_alphanumeric()).next().unwrap_or_default();
            let sort = clause.strip_suffix(*noun);
            // 多少家企业有补贴 counts those who have it.
            let is_sort = |sort: &str| {
                sort.chars().count() <= MAX_SORT_CHARS
                    && (!sort.starts_with(['家', '户', '个', '人', '名', '位'])
                        || ["家电", "家庭", "人才", "人力", "户籍", "个税"]
                            .iter()
                            .any(|word| sort.starts_with(word)))
                    && !sort.ends_with(['有', '拿', '领', '缴', '获', '完', '得', '到'])
            };
            rest.starts_with(*noun) || sort.is_some_and(is_sort)
        })
    };
    if wish.unit_class.is_none()
        && (in_hundred_millions(question, segmenter) || MONEY_NOUNS.iter().any(asks_noun))
    {
        wish.unit_class = Some(UnitClass::Money);
    }
    if ["多少面积", "面积多少", "多大面积", "面积多大", "面积是多少"]
        .iter()
        .any(|word| question.contains(word))
    {
        wish.unit_class = Some(UnitClass::Area);
    } else if question.contains('度')
        && WARMTH.iter().any(|word| question.contains(word) || before.contains(word))
    {
        wish.unit_class = Some(UnitClass::Temperature);
    } else if question.contains("人民币") {
        wish.unit_class = Some(UnitClass::Money);
        wish.unit = Some("元".to_owned());
    } else if let Some(unit) = asked_unit(question, segmenter).filter(|unit| !counts_noun(question, unit)) {
        let class = unit_class(&unit);
        if !matches!(class, UnitClass::Other) && wish.unit_class.is_none() {
            wish.unit_class = Some(class);
        }
        wish.unit = Some(unit);
    }
    let bare_unit = bare_unit(question);
    let names_unit = bare_unit.is_some();
    if let Some(unit) = bare_unit.filter(|_| wish.unit_class.is_none()) {
        wish.unit_class = Some(unit_class(&unit));
        wish.unit = Some(unit);
    }
    let is_of_pay = has(&["工钱", "工资", "欠薪", "薪水"]) && ends_asking(question, "多少");
    if wish.unit_class.is_none() && (wish.is_each && asks_pay(question) || is_of_pay) {
        wish.unit_class = Some(UnitClass::Money);
    }
    if wish.unit_class.is_none() && !has(&["多长时间"]) && has(&["多长", "多宽", "多远"]) {
        wish.unit_class = Some(UnitClass::Length);
    }
    // 死亡人数降了多少: a noun says what is counted, not that the change is told in it.
    let is_by_noun =
        wish.unit.is_none() && (wish.unit_class.is_none() || wish.unit_class == Some(UnitClass::People));
    if wish.unit_class.is_none() {
        let meant = NOUN_UNITS.iter().find(|(noun, _)| asks_for(question, noun));
        wish.unit_class = meant.map(|(_, class)| *class);
    }
    if has(GAP)
        && !has(&["不高于", "不低于", "不快于", "不慢于"])
        && (wish.unit_class == Some(UnitClass::Percent) || has(&["多少", "几"]))
        && !has(DURATION)
    {
        wish.aspect = Some(Aspect::Gap);
    } else if asks_start {
        wish.aspect = Some(Aspect::From);
    } else if has(TO) {
        wish.aspect = Some(Aspect::To);
    } else if has(SHARE) && !asks_change_in_points(question) {
        wish.aspect = Some(Aspect::Share);
        wish.unit_class = wish.unit_class.or(Some(UnitClass::Percent));
    } else if asks_change(question, CHANGE_DOWN) || asks_by(question, '少') {
        wish.aspect = Some(Aspect::Change);
        wish.direction = Some(Direction::Down);
    } else if asks_change(question, CHANGE_UP) || asks_by(question, '多') {
        wish.aspect = Some(Aspect::Change);
        wish.direction = Some(Direction::Up);
    } else if asks_how_far(question) {
        wish.aspect = Some(Aspect::Change);
    }
    if wish.aspect.is_none()
        && wish.unit_class.is_none()
        && SUMS.iter().any(|noun| asks_how_much(question, noun))
    {
        wish.unit_class = Some(UnitClass::Money);
    }
    wish.wants_goal = has(&["目标", "预期", "任务是", "任务多少", "任务量"]);
    let asks_rate = has(RATES) || wish.wants_goal;
    if wish.aspect.is_none()
        && !asks_rate
        && (names_unit || has(LEVEL) || QUANTITIES.iter().any(|noun| asks_for(question, noun)))
    {
        wish.wants_level = true;
    }
    if wish.aspect == Some(Aspect::Change) && is_by_noun {
        wish.unit_class = None;
    }
    if wish.aspect == Some(Aspect::Change)
        && has(&["增速", "增幅", "涨幅", "降幅", "增长率"])
        && wish.unit_class.is_none()
    {
        wish.unit_class = Some(UnitClass::Percent);
    }
    wish
}

/// People by what they are, besides those in 人 and 者.
const PEOPLE_NOUNS: &[&str] = &[
    "娃娃",
    "娃",
    "孩子",
    "小孩",
    "儿童",
    "婴幼儿",
    "学生",
    "大学生",
    "毕业生",
    "研究生",
    "博士生",
    "硕士生",
    "本科生",
    "留学生",
    "考生",
    "新生",
    "老师",
    "教师",
    "医生",
    "护士",
    "干部",
    "职工",
    "党员",
    "农民",
    "农民工",
    "群众",
    "居民",
    "游客",
    "旅客",
    "病人",
    "患者",
    "女工",
    "战士",
    "运动员",
];

/// 多少手艺人, 几个老年人加入: people of some sort, with nothing behind them but what they do.
fn asks_people(question: &str) -> bool {
    const DOINGS: &str = "加参入得领拿有是被上去来到了在能享从受喝搬脱住登获免";
    let ends_or_does = |behind: &str| {
        let next = behind.chars().next();
        next.is_none_or(|next| !next.is_alphanumeric() || DOINGS.contains(next))
    };
    ["多少", "几个", "几名", "几位"].iter().any(|word| {
        question.match_indices(word).any(|(at, _)| {
            let rest = &question[at + word.len()..];
            // 多少个残疾娃娃: of a few characters, what sort of people may stand before.
            let starts = rest.char_indices().take(MAX_SORT_CHARS).map(|(at, _)| &rest[at..]);
            let named =
                starts.flat_map(|rest| PEOPLE_NOUNS.iter().filter_map(|noun| rest.strip_prefix(noun)));
            if named.into_iter().any(ends_or_does) {
                return true;
            }
            let noun = rest.char_indices().take(5).take_while(|(_, ch)| ch.is_alphabetic());
            let mut noun = noun.skip(1).filter(|(_, ch)| matches!(ch, '人' | '者'));
            noun.any(|(end, ch)| ends_or_does(&rest[end + ch.len_utf8()..]))
        })
    })
}

/// 多少亿, 几万亿: of money, unless another unit follows as in 多少亿人次.
fn in_hundred_millions(question: &str, segmenter: &Segmenter) -> bool {
    ["多少亿", "多少万亿", "几万亿"].iter().any(|word| question.contains(word))
        && asked_unit(question, segmenter).is_none_or(|unit| unit_class(&unit) == UnitClass::Money)
}

/// 有多少家, 数量: a question for all there are, where it names no time.
pub fn asks_how_many_there_are(question: &str) -> bool {
    let counts = |word: &str| {
        question.match_indices(word).any(|(at, _)| question[at + word.len()..].starts_with(COUNTED_IN_ALL))
    };
    question.contains("数量") || ["有多少", "有几"].iter().any(|word| counts(word))
}

/// How a question ends that asks what came about: 去年有多少家企业上市, but 有多少家上市公司.
const COMING_ABOUT: &[&str] = &[
    "了", "过", "的", "上市", "参展", "参加", "参会", "入驻", "获奖", "开业", "落户", "注册", "成立", "建成",
    "投产", "完成", "通过", "入选", "达标", "开工", "关闭", "关停", "上云", "评上", "通车", "投用", "签约",
    "出台", "改造", "认定", "通航",
];

/// Words that a verb follows: 有多少所学校要翻新, 有多少户被拆.
const BEFORE_VERBS: &[&str] =
    &["要", "将", "打算", "准备", "计划", "被", "得到", "获得", "能够", "可以", "用上", "享受", "参加"];

/// 去年有多少家上市公司, 航线有多少条: how many there were then, when nothing is said to have come about.
pub fn asks_how_many_there_were(question: &str) -> bool {
    let question = question.trim_end_matches(|ch: char| !ch.is_alphanumeric() || "呢啊呀吗嘛".contains(ch));
    question.match_indices("有多少").any(|(at, word)| {
        let counted = question[at + word.len()..].strip_prefix(COUNTED_IN_ALL);
        counted.is_some_and(|noun| {
            !COMING_ABOUT.iter().any(|end| noun.ends_with(end))
                && !BEFORE_VERBS.iter().any(|word| noun.contains(word))
        })
    })
}

/// 又建了几座, 多了几家: what came in addition.
fn asks_adding(question: &str) -> bool {
    ["又建", "又开", "又修", "再建", "多了几", "添了"].iter().any(|word| question.contains(word))
}

/// True when `word` closes what is asked, with no noun behind it.
fn ends_asking(question: &str, word: &str) -> bool {
    question.match_indices(word).any(|(at, _)| {
        let rest =
            question[at + word.len()..].trim_start_matches(['呢', '了', '啊', '呀', '嘛', '吗', '哦', '的']);
        rest.is_empty() || rest.starts_with(|ch: char| !ch.is_alphanumeric())
    })
}

/// True when `noun` is what the question is after: 参保率多少, 城镇化率达到多少, 失业率.
fn asks_for(question: &str, noun: &str) -> bool {
    behind(question, noun).any(|rest| {
        rest.is_empty()
            || ["多少", "几", "多大", "多长", "多高", "多重", "咋样", "怎么样", "？", "?", "如何"]
                .iter()
                .any(|tail| rest.starts_with(tail))
    })
}

/// The unit that closes a question in which no word asks: 技术合同成交额 亿元.
fn bare_unit(question: &str) -> Option<String> {
    if ASKING.iter().chain(&["百分", "占", "第"]).any(|word| question.contains(word)) {
        return None;
    }
    let (_, unit) = question.trim_end_matches(['?', '？', ' ']).rsplit_once(['万', '亿'])?;
    (unit_class(unit) != UnitClass::Other && !unit.is_empty()).then(|| unit.to_owned())
}

/// 每月能领多少, 每人发多少: a sum of money for one.
fn asks_pay(question: &str) -> bool {
    ["领", "拿", "补", "发", "交", "缴", "付"]
        .iter()
        .any(|verb| ends_asking(question, &format!("{verb}多少")))
}

/// What stands behind each `noun` of the question, past 大概是 and its like.
fn behind<'q>(question: &'q str, noun: &'q str) -> impl Iterator<Item = &'q str> {
    question.match_indices(noun).map(|(at, _)| {
        let mut rest = &question[at + noun.len()..];
        // 产值去年多少, 覆盖率 2025年 达到多少: a time says nothing of what is asked.
        let past = |rest: &'q str| {
            let filler = FILLERS.iter().find_map(|filler| rest.strip_prefix(filler));
            let year = || rest.trim_start_matches(|ch: char| ch.is_ascii_digit());
            filler.or_else(|| {
                year().strip_prefix('年').filter(|shorter| shorter.len() + "年".len() < rest.len())
            })
        };
        while let Some(shorter) = past(rest) {
            rest = shorter;
        }
        rest
    })
}

/// True when the question ends in how much of `noun` there is: 劳务收入多少, 财政支出一共是多少.
fn asks_how_much(question: &str, noun: &str) -> bool {
    behind(question, noun)
        .any(|rest| rest.strip_prefix("多少").is_some_and(|tail| !tail.starts_with(char::is_alphanumeric)))
}

/// 原来是多少, 之前几块; not 比以前少了多少, nor 原来39亿，今年加到多少, where the start is given.
fn asks_start(question: &str) -> bool {
    FROM.iter().any(|word| {
        question.match_indices(word).any(|(at, _)| {
            let rest = question[at + word.len()..]
                .trim_start_matches(['是', '才', '只', '有', '的', '就', '为', '要']);
            !question[..at].ends_with(['比', '较', '跟', '同', '与', '和'])
                && !rest.starts_with(|ch: char| ch.is_ascii_digit())
        })
    })
}

/// 比重涨了几个点: a share that is asked for by how much it changed.
fn asks_change_in_points(question: &str) -> bool {
    let by_points = |word: &str| {
        question.match_indices(word).any(|(at, _)| {
            let rest = question[at + word.len()..].trim_start_matches(['了', '幅']);
            POINTS.iter().any(|ask| rest.starts_with(ask))
        })
    };
    CHANGE_UP.iter().chain(CHANGE_DOWN).any(|word| by_points(word))
}

/// What follows a verb that asks by how much.
const OF_HOW_MUCH: &[&str] = &["了多少", "了几", "多少", "出多少", "出几"];

/// 产量, 货运量多少: what is measured, not counted.
fn asks_volume(question: &str) -> bool {
    ["产量", "挖了多少", "采了多少", "产了多少", "打了多少"].iter().any(|word| question.contains(word))
        || ["量多少", "量是多少", "量有多少", "量达到多少"].iter().any(|word| {
            question.match_indices(word).any(|(at, _)| !question[..at].ends_with(['数', '质', '授', '申']))
        })
}

/// 多打了多少, 少还多少: more of it, or less, in any verb.
fn asks_by(question: &str, more: char) -> bool {
    question.match_indices(more).any(|(at, word)| {
        let rest = &question[at + word.len()..];
        if question[..at].ends_with(['多', '至', '不', '减']) {
            return false;
        }
        let is_verb = rest
            .chars()
            .next()
            .is_some_and(|ch| ch.is_alphanumeric() && !"少大高长久远重了数年儿".contains(ch));
        // 比上年多安排多少: of two characters only where something is compared.
        let n_chars = if question.contains('比') { 2 } else { 1 };
        let ends = rest.char_indices().skip(1).take(n_chars).map(|(end, _)| &rest[end..]);
        is_verb && ends.into_iter().any(|tail| OF_HOW_MUCH.iter().any(|words| tail.starts_with(words)))
    })
}

/// 轻了百分之几: how far something has gone, in any verb; not 完成了百分之几.
fn asks_how_far(question: &str) -> bool {
    ["了百分之", "了几个百分点", "了多少个百分点", "了几个点"].iter().any(|word| {
        question.match_indices(word).any(|(at, _)| {
            !["占", "到", "达", "成", "用", "超", "过", "有", "盖", "含"]
                .iter()
                .any(|verb| question[..at].ends_with(verb))
        })
    })
}

/// A word of change asks for a change unless it belongs to a name: 新增, 增加值, 提高班.
fn asks_change(question: &str, words: &[&str]) -> bool {
    words.iter().any(|word| {
        question.match_indices(word).any(|(at, _)| {
            let before = &question[..at];
            let after = &question[at + word.len()..];
            let inside = before.ends_with(['新', '净', '倍']) && word.starts_with('增')
                || before.ends_with('多') && word.starts_with('少')
                || before.ends_with('参') && word.starts_with('加')
                || after.starts_with("值")
                || after.starts_with("贡献")
                || after.starts_with("的贡献")
                || (*word == "增加" && after.starts_with("值"))
                || (*word == "增"
                    && (after.starts_with('加') || after.starts_with('值') || after.starts_with('收')))
                || (*word == "降" && after.starts_with("费"))
                || (*word == "涨" && after.starts_with("到"))
                || after.starts_with("到多少")
                || after.starts_with("到了多少")
                || after.starts_with("到百分之")
                || after.starts_with("到几")
                || after.starts_with("了到")
                || after.starts_with("至多少")
                || (*word == "涨" && after.starts_with("价之前"));
            !inside
        })
    })
}

/// The unit after 多少 or 几: 多少公里, 几家; not what only begins like one: 多少节水灌溉面积.
fn asked_unit(question: &str, segmenter: &Segmenter) -> Option<String> {
    ASKING.iter().find_map(|word| {
        let at = question.find(word)? + word.len();
        if NO_UNIT.iter().any(|noun| question[at..].starts_with(noun)) {
            return None;
        }
        let rest = question[at..].trim_start_matches(['万', '亿', '个']);
        let rest = if rest.is_empty() { &question[at..] } else { rest };
        let named = (1..=4).rev().find_map(|n_chars| {
            let end = rest.char_indices().nth(n_chars).map_or(rest.len(), |(end, _)| end);
            let whole = &rest[..end];
            // 张床位 is 张 with what is counted.
            let classifier = COUNTED.iter().find_map(|noun| whole.strip_suffix(noun));
            let unit = classifier.filter(|classifier| !classifier.is_empty()).unwrap_or(whole);
            let class = unit_class(unit);
            let is_begun = || WORD_STARTS.contains(&whole) && segmenter.first_word(rest).len() > whole.len();
            (whole.chars().count() == n_chars && class != UnitClass::Other && !is_begun())
                .then(|| unit.to_owned())
        });
        // 多少个废弃矿山 counts them, whatever they are.
        let counts = || question[at..].trim_start_matches(['万', '亿']).starts_with('个');
        named.or_else(|| counts().then(|| "个".to_owned()))
    })
}

/// True for 几块奖牌, 多少款产品: a unit that is money's as well, with a noun behind it, only counts.
fn counts_noun(question: &str, unit: &str) -> bool {
    matches!(unit, "块" | "款" | "分" | "角" | "毛")
        && ASKING.iter().any(|word| {
            let Some(at) = question.find(&format!("{word}{unit}")) else { return false };
            let rest = &question[at + word.len() + unit.len()..];
            rest.starts_with(char::is_alphanumeric)
                && !rest.starts_with(['钱', '了', '呢', '啊', '呀', '吗', '吧', '嘛', '钞'])
        })
}

/// What ranks and shares are asked by.
const RANK_OR_SHARE: &[&str] = &["第几", "排名", "排第几", "位次", "名次", "占比", "比重", "占多少"];
/// Words that ask and name what is asked for as well.
const NAMING: &[&str] = &["人数", "比例", "价格", "售价", "多少年", "几年"];

/// Finds the words that only ask, besides [`ASKING`].
static ASKING_FOR: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    let lists = [PEOPLE, MONEY, PERCENT, MULTIPLE, DATE, DURATION, RANK_OR_SHARE];
    let words = lists.into_iter().flatten().filter(|word| !NAMING.contains(word));
    AhoCorasick::new(words).ok()
});

/// Byte ranges of the words that only ask, so that they are not searched for.
pub fn asking_words(question: &str, segmenter: &Segmenter) -> Vec<Span> {
    let hits = ASKING_FOR.iter().flat_map(|words| words.find_overlapping_iter(question));
    let mut spans: Vec<Span> = hits.map(|hit| Span::new(hit.start(), hit.end())).collect();
    // 多少学生: what is counted is a word to look for as well.
    let unit = asked_unit(question, segmenter).filter(|unit| !COUNTED.contains(&unit.as_str()));
    for word in ASKING {
        for (at, _) in question.match_indices(word) {
            let end = at + word.len();
            let behind = question[end..].trim_start_matches(['万', '亿', '个']);
            let unit = unit.as_deref().filter(|unit| behind.starts_with(unit));
            let unit_end = unit.map_or(end, |unit| question.len() - behind.len() + unit.len());
            spans.push(Span::new(at, unit_end));
        }
    }
    spans
}
