//! How the kind of a figure fits the one wished for: its aspect, its unit, whether it was added or is there in all.

use rust_decimal::Decimal;

use crate::analysis::figures::{UnitClass, unit_class};
use crate::answer::understand::Understood;
use crate::answer::wish::Wish;
use crate::index::passage::Passage;
use crate::model::fact::{Aspect, Fact};
use crate::model::figure::FigureKind;
use crate::model::span::Span;

/// Words for what was added to, or taken from, what there was.
const CHANGING: &[&str] = &[
    "增加", "加装", "增设", "增添", "多出", "再加", "扩", "减", "压", "砍", "退出", "取消", "淘汰", "节约",
    "少", "化解", "关停", "再提", "提高", "上调", "降低", "省", "精简", "清理", "撤销", "裁", "削",
];
/// More money than this, in yuan, is never one person's, or one household's.
const LARGEST_SHARE_YUAN: u32 = 10_000_000;
/// Words that make a figure one of so many, not of all.
const DENSITIES: &[&str] = &[
    "每千人",
    "每万人",
    "每百人",
    "每十万人",
    "每百户",
    "每千名",
    "每万名",
    "万人拥有",
    "千人拥有",
    "万人发明",
];
/// Words for what came in addition.
pub const ADDING: &[&str] = &[
    "新增",
    "净增",
    "新设",
    "新建",
    "新开",
    "新开办",
    "新认定",
    "新引进",
    "新培育",
    "新建成",
    "新登记",
    "新入库",
    "新改扩建",
    "新开工",
    "新上牌",
    "新注册",
];
/// Words for what was made new of what there was.
const REBUILDING: &[&str] = &["改扩建", "扩建", "改建", "改造", "提档", "升级", "修复", "治理"];
/// Words for what a year's work brought, which is not all there is: 培育企业85家, 建成机场3座.
const BRINGING: &[&str] = &["培育", "建成", "引进", "创建", "认定", "绿化", "造林"];
/// Characters of the verbs by which something is built.
const BUILDING: [char; 10] = ['新', '增', '建', '修', '盖', '开', '扩', '成', '投', '竣'];
/// Words for what there is in all.
const TOTALS: &[&str] = &[
    "总里程",
    "通车里程",
    "运营里程",
    "营业里程",
    "总量",
    "总数",
    "总长",
    "总规模",
    "总计",
    "保有量",
    "存量",
    "拥有量",
    "总面积",
];
/// Words by which a clause tells how much there is by now.
const REACHED: &[&str] = &["突破", "达到", "累计"];
/// Nouns whose bare figure counts people: 农村贫困人口减少1240万.
const PEOPLE: &[&str] = &[
    "人口",
    "人数",
    "人员",
    "群众",
    "学生",
    "职工",
    "居民",
    "残疾人",
    "劳动力",
    "毕业生",
    "农民",
    "农民工",
    "老年人",
    "婴幼儿",
    "儿童",
    "幼儿",
    "孩子",
    "教师",
    "党员",
    "干部",
    "侨民",
    "移民",
    "村民",
    "市民",
    "难民",
    "灾民",
    "渔民",
    "网民",
    "牧民",
];
/// Characters of what is told as a change: 物价, 涨, 增速, 降, 贡献.
const TOLD_AS_CHANGE: &[char] = &['价', '涨', '增', '降', '减', '升', '跌', '速', '幅', '省', '缩', '压'];
/// Words that ask for a density.
const ASKED_DENSITIES: &[&str] = &[
    "每千人",
    "每一千人",
    "每千名",
    "每一千名",
    "每万人",
    "每一万人",
    "每万名",
    "每一万名",
    "每百名",
    "每百户",
    "每十万人",
];
/// Words for what comes every day.
const A_DAY: &[&str] = &["每天", "日均", "每日", "每小时", "每个工作日"];
/// Words for what comes every year.
const A_YEAR: &[&str] = &["每年", "年均"];
/// Words that set one against another.
const COMPARING: &[&str] =
    &["比", "高于", "低于", "快于", "慢于", "高出", "低出", "快", "慢", "领先", "相差", "差距"];
/// In how many characters of its words the noun for the people of a bare figure ends.
const MAX_PEOPLE_CHARS: usize = 6;
/// Classifiers for things of one sort: 几座医院 may be told in 家, never in 张.
const CLASSIFIERS: &[&str] = &[
    "家所座处间户站栋幢园片块",
    "台辆套部架艘列组只",
    "件项部款种类宗单笔份例本册篇条起",
    "头只口匹羽峰",
    "株棵",
    "场次届期趟班列批",
    "条座项段",
    "张",
    // Operations.
    "台例",
];

/// Whether the fact counts what was added or what there is in all, as asked.
pub fn stock_fit(understood: &Understood, passage: &Passage, fact: &Fact) -> f32 {
    let Some(words) = fact.anchors.subject.iter().map(|span| span.start).min() else { return 0.8 };
    let start = words.max(fact.anchors.clause.start);
    let end = fact.anchors.clause.end.max(start);
    let text = Span { start, end }.of(&passage.normalized);
    let clause = fact.anchors.clause.of(&passage.normalized);
    // 新增中小企业7227家、高新技术企业3200家: what opens the clause is said of all in it.
    let is_added = ADDING.iter().any(|word| text.contains(word) || clause.starts_with(word));
    match (understood.wish.wants_added, understood.wish.wants_stock) {
        (true, false) => {
            if is_added {
                1.0
            } else if matches!(fact.aspect, Aspect::To | Aspect::From)
                || tells_all(passage, fact)
                || REBUILDING.iter().any(|word| text.contains(word)) && !clause.contains(['新', '增'])
                || REACHED.iter().any(|word| clause.contains(word))
                || clause.contains('超') && !text.contains(BUILDING)
                || TOTALS.iter().any(|word| text.contains(word))
                || understood.wish.wants_built
                    && (!clause.contains(BUILDING) || clause.contains("维修") && !clause.contains('新'))
            {
                0.0
            } else {
                0.4
            }
        }
        (false, true) if unit_class(&fact.figure.unit) == UnitClass::Money => 1.0,
        (false, true) => {
            // 新增经营主体11万多户 does not tell how many there are.
            let is_brought = BRINGING.iter().any(|word| text.contains(word))
                && !REACHED.iter().chain(TOTALS).any(|word| clause.contains(word));
            if is_added || is_brought || REBUILDING.iter().any(|word| text.contains(word)) {
                0.05
            } else {
                1.0
            }
        }
        _ => {
            if is_added {
                0.7
            } else {
                1.0
            }
        }
    }
}

/// 规上工业企业达54家: the word right before the figure says that it is all there are.
fn tells_all(passage: &Passage, fact: &Fact) -> bool {
    let before = passage.text.get(..fact.figure.span.start as usize).unwrap_or_default();
    // 全省经营主体超850万户, not 建成厂房超5万平方米.
    let words = before.rsplit(['，', '；', '。', '：']).next().unwrap_or_default();
    if before.ends_with(['超', '过', '破']) && !words.contains(BUILDING) {
        return true;
    }
    let before = before.trim_end_matches(['超', '过', '近', '约']);
    ["达", "达到", "达到了", "共有", "已有", "现有", "总数为"].iter().any(|word| before.ends_with(word))
}

/// True when the fact's own words tell of something added or taken away.
fn is_change_of_stock(passage: &Passage, fact: &Fact) -> bool {
    let says = |span: &Span| {
        let words = span.of(&passage.normalized);
        ADDING.iter().chain(CHANGING).any(|word| words.contains(word))
    };
    fact.anchors.subject.iter().chain(&fact.anchors.related).any(says)
}

/// True when the figure is counted in another way than is asked for: by rank, a day, a year, or so many people.
fn is_counted_otherwise(understood: &Understood, passage: &Passage, fact: &Fact) -> bool {
    let wish = &understood.wish;
    let question = understood.normalized.as_str();
    let clause = fact.anchors.clause.of(&passage.normalized);
    let says = |text: &str, words: &[&str]| words.iter().any(|word| text.contains(word));
    // 每千人养老床位数27.3张 is no number of beds, nor the other way round.
    let is_dense = says(clause, DENSITIES);
    let misses_density = is_dense && !says(question, &["每", "万人", "千人", "人均"]);
    let misses_total = says(question, ASKED_DENSITIES)
        && fact.aspect == Aspect::Level
        && fact.figure.kind == FigureKind::Amount
        && !clause.contains(['每', '均'])
        && !is_dense;
    // 规上工业企业有多少户 is not told by where 规上工业企业营收 ranks.
    let is_rank =
        fact.figure.kind == FigureKind::Rank && wish.kind != Some(FigureKind::Rank) && wish.wants_amount;
    // 100兆瓦级储能 is a sort of 储能.
    let behind = passage.text.get(fact.figure.span.end as usize..).unwrap_or_default();
    let is_class = (behind.starts_with('级') || fact.figure.unit == "级") && !question.contains('级');
    let is_in_points = fact.figure.unit.contains("百分点")
        && wish.aspect.is_none_or(|asked| asked == Aspect::Share)
        && !question.contains("点");
    let is_daily = says(clause, A_DAY) && !says(question, &["天", "日", "小时"]);
    // 每年新增40万人 is not what five years add up to.
    let is_yearly = understood.period.is_sum_told
        && understood.period.years.is_some_and(|(from, to)| from != to)
        && says(clause, A_YEAR)
        && !says(question, A_YEAR);
    // 房子加起来多少平方米 is told by no 人均住房面积.
    let is_per_head = wish.asks_sum
        && fact.anchors.subject.iter().any(|span| says(span.of(&passage.normalized), &["人均", "户均"]))
        && !says(question, &["人均", "每人", "平均", "户均", "每户"]);
    misses_density
        || misses_total
        || is_rank
        || is_class
        || is_in_points
        || is_daily
        || is_yearly
        || is_per_head
}

/// Whether the figure tells what is asked of its indicator: a level, a change, a share.
pub fn aspect_fit(understood: &Understood, passage: &Passage, fact: &Fact) -> f32 {
    let wish = &understood.wish;
    if wish.kind == Some(FigureKind::Date) {
        return if fact.figure.kind == FigureKind::Date { 1.0 } else { 0.0 };
    }
    if fact.figure.kind == FigureKind::Date {
        return 0.05;
    }
    if is_counted_otherwise(understood, passage, fact) {
        return 0.1;
    }
    let clause = fact.anchors.clause.of(&passage.normalized);
    if wish.kind == Some(FigureKind::Multiple) {
        return if fact.figure.kind == FigureKind::Multiple { 1.0 } else { 0.1 };
    }
    // What a change began with is the level, or the rank, of the year it began in.
    if fact.aspect == Aspect::From && understood.period.is_just(fact.period) {
        let is_wished = match wish.aspect {
            Some(Aspect::Rank) => fact.figure.kind == FigureKind::Rank,
            Some(Aspect::Duration) => fact.figure.kind == FigureKind::Duration,
            Some(Aspect::From) | None => true,
            Some(_) => false,
        };
        return if is_wished { 0.95 } else { 0.1 };
    }
    match wish.aspect {
        None => match fact.aspect {
            Aspect::Level => 1.0,
            Aspect::To => 0.95,
            Aspect::Share if wish.wants_level && wish.unit_class != Some(UnitClass::Percent) => 0.15,
            Aspect::Share => 0.75,
            Aspect::Change if wish.wants_level => 0.15,
            Aspect::Change if wish.wants_goal && fact.figure.kind == FigureKind::Share => 0.85,
            // 合格率多少 is told by no fall of prices.
            Aspect::Change if asks_rate(&understood.normalized) => 0.15,
            Aspect::Change if wish.unit_class == Some(UnitClass::Percent) => 0.6,
            // 边民补助再提高1200元 does not tell how much it is.
            Aspect::Change if fact.figure.kind == FigureKind::Amount => 0.15,
            // 实际利用外资多少 is told by no growth; 物价多少 may be.
            Aspect::Change if wish.wants_amount && !understood.normalized.contains(TOLD_AS_CHANGE) => 0.15,
            Aspect::Change => 0.35,
            Aspect::Rank | Aspect::Duration if wish.kind == Some(fact.figure.kind) => 1.0,
            Aspect::Rank if wish.wants_level => 0.1,
            Aspect::Rank | Aspect::Duration => 0.35,
            Aspect::From => 0.25,
            Aspect::Gap => 0.15,
        },
        Some(Aspect::Gap) => match fact.aspect {
            Aspect::Gap => 1.0,
            // 固定资产投资增长6.1% is no lead over anybody.
            Aspect::Change if COMPARING.iter().any(|word| clause.contains(word)) => 0.4,
            _ => 0.1,
        },
        Some(Aspect::Change) => match fact.aspect {
            Aspect::Change => match (wish.direction, fact.direction) {
                (Some(asked), Some(is)) if asked != is => 0.7,
                _ => 1.0,
            },
            // 提高几个百分点 is told by no level.
            Aspect::Level if fact.figure.kind == FigureKind::Share && wish.asks_points => 0.1,
            Aspect::Level if fact.figure.kind == FigureKind::Share => 0.25,
            // 加装电梯51台, 退出产能5000万吨: the words themselves tell of more or less, not of more than the year before.
            Aspect::Level if is_change_of_stock(passage, fact) && !compares_years(&understood.normalized) => {
                0.7
            }
            Aspect::Level => 0.15,
            // 比重提高到33.4% is no growth.
            Aspect::To if fact.figure.kind == FigureKind::Share => 0.1,
            Aspect::To if compares_years(&understood.normalized) => 0.15,
            Aspect::To => 0.3,
            Aspect::Gap => 0.35,
            _ => 0.1,
        },
        Some(Aspect::To) => match fact.aspect {
            Aspect::To => 1.0,
            // 加计扣除75%，制造业提高到100%: where something was raised, what stands is less likely meant.
            Aspect::Level if passage.facts.iter().any(|other| is_end_of(other, fact)) => 0.75,
            Aspect::Level => 0.9,
            _ => 0.1,
        },
        Some(asked) => {
            if asked == fact.aspect {
                1.0
            } else if asked == Aspect::Duration && fact.figure.kind == FigureKind::Duration {
                // 平均受教育年限达到11.3年 is a time, though not one that went on.
                if matches!(fact.aspect, Aspect::Level | Aspect::To) { 0.95 } else { 0.15 }
            } else if asked == Aspect::Share
                && fact.figure.kind == FigureKind::Share
                && !matches!(fact.aspect, Aspect::Change | Aspect::Gap)
            {
                0.9
            } else {
                0.15
            }
        }
    }
}

/// True when `other` is where a change ended, in the unit of `fact`.
fn is_end_of(other: &Fact, fact: &Fact) -> bool {
    other.aspect == Aspect::To && other.figure.unit == fact.figure.unit
}

/// True when a question asks for the change against the year before.
fn compares_years(question: &str) -> bool {
    ["比上年", "比去年", "同比", "比前一年", "比上一年"].iter().any(|word| question.contains(word))
}

/// True when a question asks how high a rate is: 合格率多少.
fn asks_rate(question: &str) -> bool {
    ["率多少", "率是多少", "率达到多少", "率有多高", "率为多少"]
        .iter()
        .any(|word| question.match_indices(word).any(|(at, _)| !question[..at].ends_with(['长', '速', '比'])))
}

fn is_power(unit: &str) -> bool {
    unit.ends_with('瓦')
}

/// True when the question names a classifier of its own, not 个.
fn names_classifier(wish: &Wish) -> bool {
    wish.unit.as_deref().is_some_and(|unit| !matches!(unit, "个" | "家" | "项"))
}

/// Classifiers of what nobody produces.
const NO_OUTPUT: &[char] =
    &['个', '家', '项', '处', '所', '座', '户', '场', '届', '期', '次', '名', '位', '条'];

/// Classifiers for whatever may be counted in 个.
const OF_ANYTHING: &[char] =
    &['个', '家', '处', '所', '座', '项', '片', '块', '条', '件', '种', '类', '对', '批'];

/// Classifiers of what lies in the places that homes make up.
const INSIDE: &[char] = &['套', '户', '张', '辆', '台', '部', '栋', '幢'];

/// Classifiers of things that are no people.
const NO_PEOPLE: &[char] =
    &['座', '所', '处', '条', '辆', '台', '套', '棵', '头', '只', '张', '栋', '幢', '艘', '架'];

/// False when what is asked is counted in one classifier, and `unit` counts things of another sort.
fn may_count_the_same(wish: &Wish, unit: &str) -> bool {
    let first = |unit: &str| unit.chars().next();
    let (Some(asked), Some(stated)) = (wish.unit.as_deref().and_then(first), first(unit)) else {
        return true;
    };
    let is_known = |classifier: char| CLASSIFIERS.iter().any(|sort| sort.contains(classifier));
    !is_known(asked)
        || !is_known(stated)
        || CLASSIFIERS.iter().any(|sort| sort.contains(asked) && sort.contains(stated))
}

/// Whether the figure is measured in what is asked.
pub fn unit_fit(understood: &Understood, passage: &Passage, fact: &Fact) -> f32 {
    let wish = &understood.wish;
    if wish.unit.as_deref().is_some_and(|asked| is_power(asked) != is_power(&fact.figure.unit))
        && unit_class(&fact.figure.unit) == UnitClass::Energy
    {
        // 千瓦 tells what a plant can give, 度 what it gave.
        return 0.0;
    }
    if understood.normalized.contains("电量") && is_power(&fact.figure.unit) {
        return 0.0;
    }
    let is_fraction = fact.figure.kind == FigureKind::Share && fact.figure.unit.is_empty();
    let counts_people = fact.figure.kind == FigureKind::Amount
        && fact.figure.unit.is_empty()
        && fact.anchors.subject.iter().any(|span| {
            let words = span.of(&passage.normalized);
            // 6434万农村人口饮水安全: the noun follows soon.
            let end = words.char_indices().nth(MAX_PEOPLE_CHARS).map_or(words.len(), |(end, _)| end);
            PEOPLE.iter().any(|noun| words.ends_with(noun) || words[..end].contains(noun))
        });
    let class = match (is_fraction, counts_people) {
        (true, _) => UnitClass::Percent,
        (_, true) => UnitClass::People,
        _ => unit_class(&fact.figure.unit),
    };
    // 人均粮食产量 is not told by all tons together.
    let is_of_all =
        matches!(class, UnitClass::Mass | UnitClass::Volume | UnitClass::Energy | UnitClass::Area)
            && !["人均", "每人", "平均"].iter().any(|word| passage.normalized.contains(word));
    if is_of_all && understood.normalized.contains("人均") {
        return 0.05;
    }
    if class == UnitClass::Money && wish.is_each && fact.figure.value >= Decimal::from(LARGEST_SHARE_YUAN) {
        return 0.05;
    }
    if let Some(unit) = &wish.unit {
        if fact.figure.unit.starts_with(unit.as_str()) {
            return 1.0;
        }
        if unit == "元" && fact.figure.unit.contains("美元") || unit == "美元" && class == UnitClass::Money
        {
            return 0.4;
        }
    }
    if wish.kind == Some(FigureKind::Rank) {
        return if fact.figure.kind == FigureKind::Rank { 1.0 } else { 0.0 };
    }
    if wish.wants_output && class == UnitClass::Count && fact.figure.unit.starts_with(NO_OUTPUT) {
        return 0.05;
    }
    match wish.unit_class {
        Some(UnitClass::Count)
            if class == UnitClass::Count && !may_count_the_same(wish, &fact.figure.unit) =>
        {
            0.05
        }
        Some(UnitClass::Count) if class == UnitClass::Count && names_classifier(wish) => {
            // 老旧小区870个 are no households.
            let is_generic = matches!(fact.figure.unit.as_str(), "个" | "项" | "家");
            match wish.unit.as_deref() {
                Some("张" | "辆" | "头" | "棵" | "艘") if is_generic => 0.05,
                // 农户 are told in no number of 合作社.
                Some("户") if is_generic && wish.asks_households => 0.05,
                Some("户" | "套" | "只" | "所") if is_generic => 0.3,
                _ if is_generic => 0.75,
                _ => 0.6,
            }
        }
        // 多少人次 is no number of flights.
        Some(UnitClass::People) if class == UnitClass::Count && fact.figure.unit.starts_with(NO_PEOPLE) => {
            0.05
        }
        Some(UnitClass::People)
            if class == UnitClass::Count && wish.unit.is_some() && fact.figure.unit != "例" =>
        {
            0.05
        }
        // 几个小区 is told in no number of homes.
        Some(UnitClass::Count)
            if class == UnitClass::Count
                && fact.figure.unit.starts_with(INSIDE)
                && wish.asks_homes_places =>
        {
            0.05
        }
        // 几个小区 is hardly told in 台.
        Some(UnitClass::Count) if class == UnitClass::Count && wish.unit.as_deref() == Some("个") => {
            if fact.figure.unit.starts_with(OF_ANYTHING) { 0.75 } else { 0.6 }
        }
        Some(wanted) if wanted == class => 0.95,
        // 几批 counts batches, not the people in them.
        Some(UnitClass::Count) if class == UnitClass::People && names_classifier(wish) => {
            // 几座机场 is told in no number of guests.
            if wish.unit.as_deref().is_some_and(|unit| unit.starts_with(NO_PEOPLE)) { 0.05 } else { 0.2 }
        }
        // 多少家 counts no people.
        Some(UnitClass::Count)
            if class == UnitClass::People
                && matches!(wish.unit.as_deref(), Some("家" | "户" | "件" | "项")) =>
        {
            0.1
        }
        // 多少个机场 is told in no number of passengers.
        Some(UnitClass::Count) if class == UnitClass::People && fact.figure.unit.contains("人次") => 0.05,
        // 多少个 may be counted in any classifier, people in 个.
        Some(UnitClass::Count) if class == UnitClass::People => 0.6,
        Some(UnitClass::People) if class == UnitClass::Count => 0.5,
        Some(UnitClass::Count) if class == UnitClass::Other => 0.5,
        Some(_) => 0.0,
        None => {
            if fact.figure.kind == FigureKind::Duration && wish.wants_amount && !wish.asks_time {
                // 招了多少研究生 is told by no number of years.
                0.05
            } else if matches!(fact.figure.kind, FigureKind::Rank | FigureKind::Duration | FigureKind::Date) {
                0.35
            } else {
                0.7
            }
        }
    }
}
