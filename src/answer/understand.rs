//! A question, read into the shape of a fact: words, wish, period, place.

use crate::analysis::figures::{UnitClass, find_figures};
use crate::analysis::language::LanguageData;
use crate::analysis::normalize::normalize;
use crate::analysis::phrases::STANDING_THERE;
use crate::analysis::times::Mention;
use crate::answer::asked_period::{AskedPeriod, End, asked_period, named_report, question_times};
use crate::answer::contrast::{Contrast, set_aside};
use crate::answer::fit::ADDING;
use crate::answer::focus::{clauses, focus, last_asking};
use crate::answer::rivals::Rivals;
use crate::answer::short_years::write_out;
use crate::answer::speech::plain;
use crate::answer::terms::{StopWords, TermReader, Terms};
use crate::answer::townships::townships;
use crate::answer::wish::{Wish, asking_words, asks_how_many_there_are, asks_how_many_there_were, read_wish};
use crate::index::Snapshot;
use crate::model::fact::Aspect;
use crate::model::figure::Figure;
use crate::model::place::{Level, Place};
use crate::model::question::Question;
use crate::model::report::{DocumentKind, ReportInfo};
use crate::model::span::Span;

/// How many years after a year a report may still speak of it, when no nearer report is loaded.
const MAX_LATER_YEARS: u16 = 6;

/// Words for the country.
const COUNTRY: &[&str] = &["全国", "我国", "中国", "国家"];

/// What 国家 follows where it is the country.
const BEFORE_STATE: &[&str] = &["我们", "咱们", "咱", "俺们"];

/// What follows 全国 where it is what others are ranked among, and stands before it there.
const AFTER_RANKING: &[&str] = &["第", "排", "领先", "首位", "最"];
const BEFORE_RANKING: &[&str] = &["居", "占", "位列", "高于", "低于", "快于", "跑赢", "比"];

/// What follows 国家 where it is the country that acts or is asked about.
const AFTER_STATE: &[&str] = &[
    "今年", "去年", "明年", "前年", "每年", "给", "发的", "发了", "发放", "要", "拿", "花", "打算", "计划",
    "准备", "安排", "一共", "总共", "财政", "gdp", "20", "19", "掏", "出了", "补贴", "投了", "拨", "设立",
    "规定", "出台",
];

/// Words of who asks, and of whom they know.
const OF_ASKER: &[&str] = &["上班", "工作", "读书", "上学", "朋友", "同学", "同事", "老乡", "我家", "住在"];

/// What follows 中央 where it is the government of the country.
const OF_THE_CENTRE: &[&str] =
    &["国家机关", "各部门", "部门", "本级", "财政今年", "财政去年", "财政打算", "预算内"];

/// Titles shorter than this, in characters, are words of many questions.
const MIN_TITLE_CHARS: usize = 2;

/// A question understood.
#[derive(Debug, Clone, PartialEq)]
pub struct Understood {
    pub normalized: String,
    /// The year of the day it is asked on.
    pub asked_in: u16,
    pub wish: Wish,
    pub period: AskedPeriod,
    /// The place named in the question that has reports.
    pub place: Option<Place>,
    /// Ids of the reports to look in; `None` means all.
    pub reports: Option<Vec<String>>,
    /// Ids of those among them that are about the years asked for; `None` when that leaves none out.
    pub near: Option<Vec<String>>,
    /// A place was named that no loaded report is about.
    pub unknown_place: Option<String>,
    /// A year was asked for that no report in scope is about.
    pub unknown_year: Option<u16>,
    pub terms: Terms,
    pub rivals: Rivals,
    /// Figures the question itself holds; they are not what it asks for.
    pub given: Vec<Figure>,
    /// The question with pinyin and mistyped words replaced, when there were any.
    pub mended: Option<String>,
    /// Names in the question of a place with reports, by which those of other places may speak of it.
    pub place_names: Vec<String>,
    /// Read with the reports of other places.
    is_elsewhere: bool,
    /// Clauses that ask nothing, those nearest to what asks first.
    pub aside: Vec<Span>,
    /// Ids of documents whose title the question holds.
    titled: Vec<String>,
    home: Option<String>,
}

/// Credit of a place's name that only has to stand in the sentence, and of one the figure has to be of.
const IN_SENTENCE: f32 = 0.36;
const OWN: f32 = 0.8;

impl Understood {
    /// What the name of a place nobody loaded must be worth for a fact to be of that place.
    pub fn least_place_credit(&self) -> f32 {
        if self.is_elsewhere { OWN } else { IN_SENTENCE }
    }

    /// 1 for the document the question names by its title, 0 for others then, 0.5 when it names none.
    pub fn title_fit(&self, report: &ReportInfo) -> f32 {
        match self.titled.as_slice() {
            [] => 0.5,
            titled => f32::from(u8::from(titled.contains(&report.id))),
        }
    }

    /// True for reports of the place that is meant when the question names none.
    pub fn is_home(&self, report: &ReportInfo) -> bool {
        match (&self.place, &self.home, &report.place) {
            (None, Some(home), Some(place)) => place.full_name() == *home,
            _ => false,
        }
    }
}

/// A question heard: what every reading of it begins with.
#[derive(Debug, Clone)]
pub struct Heard {
    normalized: String,
    mended: Option<String>,
    contrast: Contrast,
    /// The clauses that ask.
    focus: Vec<Span>,
    place: Option<Place>,
    /// Names of places without reports.
    unknown: Vec<String>,
    place_spans: Vec<Span>,
    times: Vec<Mention>,
}

/// A second way to read a question that found no answer in the first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Slant {
    /// A clause that asks nothing and yet names what is asked for: 听说宽带和专线要降价，报告里写平均降百分之几.
    pub leaning_on: Option<Span>,
    /// Reports of other places may tell of the place asked about, in sentences that name it: 助力我国营商环境….
    pub elsewhere: bool,
}

/// What reading a question needs.
pub struct Reader<'a> {
    pub language: &'a LanguageData,
    pub stop: &'a StopWords,
    pub snapshot: &'a Snapshot,
    pub home: Option<&'a str>,
}

impl Reader<'_> {
    /// The first look at `question`: its words, and what it names. `mend` replaces pinyin and mistyped words; it gives
    /// `None` when there are none.
    pub fn hear(&self, question: &Question, mend: &dyn Fn(&str) -> Option<String>) -> Heard {
        let (typed, contrast) = set_aside(&write_out(&plain(normalize(&question.text).text())));
        let mended = mend(&typed).map(|text| normalize(&text).text().to_owned());
        let normalized = mended.clone().unwrap_or(typed);
        let focus = focus(&normalized);
        let (place, unknown, place_spans) = self.places(&normalized, &self.in_scope(question), &focus);
        let times = question_times(&normalized);
        Heard { normalized, mended, contrast, focus, place, unknown, place_spans, times }
    }

    /// Reads `question`, as it was `heard`, with `slant`.
    pub fn read(&self, question: &Question, heard: &Heard, slant: Slant) -> Understood {
        let Heard { normalized, contrast, focus, place_spans, times, .. } = heard;
        let (mut place, mut unknown) = (heard.place.clone(), heard.unknown.clone());
        let joined = |spans: &[Span]| -> String {
            spans.iter().map(|clause| clause.of(normalized)).collect::<Vec<_>>().join("，")
        };
        let asking = joined(focus);
        let mut in_scope: Vec<&ReportInfo> = self.in_scope(question);
        let mut masked: Vec<Span> = Vec::new();
        // 全国 stands in sentences of every place: 稳居全国第4位.
        let mut place_names: Vec<String> =
            place_spans.iter().map(|span| span.of(normalized).to_owned()).collect();
        place_names.retain(|name| name == "我国" || !name.is_empty() && !COUNTRY.contains(&name.as_str()));
        if slant.elsewhere {
            let asked = place.take();
            in_scope.retain(|info| info.place != asked);
        }
        masked.extend(place_spans);
        masked.extend(place_spans.iter().filter_map(|span| inhabitants(normalized, *span)));
        let of_place: Vec<&ReportInfo> = match &place {
            Some(place) => {
                in_scope.iter().copied().filter(|info| info.place.as_ref() == Some(place)).collect()
            }
            None => in_scope.clone(),
        };
        masked.extend(times.iter().map(|time| time.span));
        let named = named_report(normalized, times);
        let of_place: Vec<&ReportInfo> = match named {
            Some((year, span)) if of_place.iter().any(|info| is_of_year(info, year)) => {
                masked.push(span);
                of_place.into_iter().filter(|info| is_of_year(info, year)).collect()
            }
            _ => of_place,
        };
        let is_period = |time: &&Mention| named.is_none_or(|(_, span)| !span.contains(time.span));
        let in_focus = |time: &&Mention| focus.iter().any(|clause| clause.contains(time.span));
        let asked_times: Vec<Mention> = times.iter().filter(is_period).filter(in_focus).copied().collect();
        let others: Vec<Mention> = times.iter().filter(is_period).copied().collect();
        let asked_times = if asked_times.is_empty() {
            nearest_times(normalized, &others, focus)
        } else if asked_times.iter().all(|time| time.is_base) {
            // 今年…，比去年省下多少: what is compared with says nothing of the year asked for.
            let plain: Vec<Mention> = others.into_iter().filter(|time| !time.is_base).collect();
            [asked_times, nearest_times(normalized, &plain, focus)].concat()
        } else {
            asked_times
        };
        let years: Vec<u16> = of_place.iter().filter_map(|info| info.year.map(|year| year.get())).collect();
        let speaks_of = |year: u16| years.iter().any(|&of| of == year || of == year + 1);
        let asking_part = last_asking(normalized, focus);
        let story = &normalized[..normalized.len() - asking_part.len()];
        let segmenter = &self.language.segmenter;
        let before = clauses(story).last().map_or("", |clause| clause.of(story));
        let mut wish = read_wish(asking_part, before, segmenter);
        if contrast.wants_level && wish.aspect == Some(Aspect::Change) {
            wish.aspect = None;
        }
        wish.wants_level |= contrast.wants_level;
        if contrast.wants_change && wish.aspect.is_none() {
            wish.aspect = Some(Aspect::Change);
        }
        let end = match wish.aspect {
            Some(Aspect::From) => End::First,
            Some(Aspect::To) => End::Last,
            Some(Aspect::Change) => End::Between,
            _ => End::Whole,
        };
        let newest = years.iter().max().copied();
        let mut period = asked_period(&asking, &asked_times, end, question.today, &speaks_of, newest);
        period.state = contrast.state.or(period.state);
        // 五年净增多少: what came in the last year is not what came in all.
        period.is_sum_told |= wish.wants_added;
        // 有多少家高新技术企业, of no year: how many there are, not how many came in addition.
        let asks_length = wish.asks_sum && wish.unit_class == Some(UnitClass::Length);
        wish.wants_stock |= !wish.wants_added
            && (period.years.is_none() && asks_length
                || period.years.is_none() && asks_how_many_there_are(asking_part)
                || asks_how_many_there_were(asking_part));
        masked.extend(asking_words(normalized, segmenter));
        let (of_year, unknown_year) =
            by_year(&of_place, period, question.report.is_some() || named.is_some());
        // 全国 and 我国 are words of every report; only a report of the country is about them.
        unknown.retain(|name| !COUNTRY.contains(&name.as_str()));
        if slant.elsewhere {
            unknown.extend_from_slice(&place_names);
        }
        let reader = TermReader { language: self.language, stop: self.stop, snapshot: self.snapshot };
        let mut aside = clauses(normalized);
        aside.retain(|clause| !focus.contains(clause));
        let asks_from = focus.last().map_or(0, |clause| clause.start);
        aside.sort_by_key(|clause| (clause.start > asks_from, clause.start.abs_diff(asks_from)));
        let mut named = focus.clone();
        named.extend(slant.leaning_on);
        named.sort_unstable();
        let terms = reader.read(normalized, &masked, &named, &unknown);
        // 天然气去产能，实际退出了多少: a clause that says what is asked of asks with the one that asks how much.
        let spans = terms.groups.iter().filter(|group| !group.is_background).filter_map(|group| group.span);
        let spans: Vec<Span> = spans.collect();
        let leans_on = |clause: &&Span| spans.iter().any(|span| clause.contains(*span));
        let mut asking_clauses = named.clone();
        asking_clauses.extend(aside.iter().filter(|clause| !named.contains(clause)).filter(leans_on));
        asking_clauses.sort_unstable();
        let ids = |infos: &[&ReportInfo]| infos.iter().map(|info| info.id.clone()).collect();
        Understood {
            asked_in: question.today.year,
            wish,
            period,
            reports: (of_place.len() < self.snapshot.reports().len()).then(|| ids(&of_place)),
            near: (of_year.len() < of_place.len()).then(|| ids(&of_year)),
            unknown_place: unknown.into_iter().next(),
            unknown_year,
            place,
            rivals: Rivals::of_question(normalized, &joined(&asking_clauses), terms.meant()),
            terms,
            aside,
            is_elsewhere: slant.elsewhere,
            place_names,
            titled: self.titled(normalized, &of_place),
            given: find_figures(normalized),
            mended: heard.mended.clone(),
            home: self.home.map(str::to_owned),
            normalized: normalized.clone(),
        }
    }

    /// The documents, other than work reports, with the longest title that stands in the question.
    fn titled(&self, question: &str, in_scope: &[&ReportInfo]) -> Vec<String> {
        let named = in_scope.iter().filter(|info| info.kind == DocumentKind::Other).filter_map(|info| {
            let title = normalize(&info.title).text().to_owned();
            let title = title.split(['（', '(']).next().unwrap_or_default().trim();
            let n_chars = title.chars().count();
            (n_chars >= MIN_TITLE_CHARS && question.contains(title)).then_some((n_chars, &info.id))
        });
        let named: Vec<(usize, &String)> = named.collect();
        let longest = named.iter().map(|(n_chars, _)| *n_chars).max();
        named.into_iter().filter(|(n_chars, _)| Some(*n_chars) == longest).map(|(_, id)| id.clone()).collect()
    }

    fn in_scope(&self, question: &Question) -> Vec<&ReportInfo> {
        let named = question.report.as_deref();
        self.snapshot
            .reports()
            .iter()
            .filter(|info| named.is_none_or(|name| info.file == name || info.id == name))
            .filter(|info| {
                let Some(place) = &info.place else { return question.places.is_empty() };
                question.places.is_empty()
                    || question
                        .places
                        .iter()
                        .any(|name| self.language.gazetteer.candidates(name).contains(place))
            })
            .filter(|info| {
                question.years.is_empty()
                    || info.year.is_some_and(|year| question.years.contains(&year.get()))
            })
            .collect()
    }

    /// The province whose name is a word of its own and begins inside the county `found`: 安徽 in 来安徽玩.
    fn province_across(&self, question: &str, found: &(Span, Vec<Place>)) -> Option<(Span, Vec<Place>)> {
        let (span, places) = found;
        if places.iter().any(|place| place.level != Level::County) {
            return None;
        }
        let words = self.language.segmenter.words(question);
        let across = words.into_iter().find(|word| span.start < word.start && word.start < span.end)?;
        let mut provinces = self.language.gazetteer.candidates(across.of(question));
        provinces.retain(|place| place.level == Level::Province);
        (!provinces.is_empty()).then_some((across, provinces))
    }

    /// The place with reports, names of places without, and where the names of the former stand.
    fn places(
        &self,
        question: &str,
        in_scope: &[&ReportInfo],
        focus: &[Span],
    ) -> (Option<Place>, Vec<String>, Vec<Span>) {
        let mut known: Option<Place> = None;
        let mut unknown = Vec::new();
        let mut enclosing = Vec::new();
        let mut in_story: Vec<(Span, bool)> = Vec::new();
        let asks_of_country = ["国家", "全国", "我国", "中央"].iter().any(|word| question.contains(word));
        let mut spans = Vec::new();
        let mut named: Vec<(Span, Vec<Place>)> = self.language.gazetteer.find_in(question);
        for found in &mut named {
            if let Some(wider) = self.province_across(question, found) {
                *found = wider;
            }
        }
        if named.is_empty() {
            named.extend(self.language.gazetteer.leading_abbreviation(question));
        }
        if named.is_empty()
            && let Some(span) = the_state(question)
        {
            named.push((span, self.language.gazetteer.candidates("全国")));
        }
        for (span, candidates) in named {
            if question[span.end as usize..].starts_with('家') && span.of(question) == "中国" {
                // 发展中国家
                continue;
            }
            // 推广面积全国第一 is asked of a place of which it is said.
            let (before, after) = (&question[..span.start as usize], &question[span.end as usize..]);
            let is_ranking = span.of(question) == "全国"
                && (AFTER_RANKING.iter().any(|word| after.starts_with(word))
                    || BEFORE_RANKING.iter().any(|word| before.ends_with(word)));
            // 赵紫阳 is no county, nor is 金平 in 养老金平均.
            let is_short = span.of(question).chars().count() == 2;
            let is_county = candidates.iter().all(|place| place.level == Level::County);
            if is_short && is_county && self.language.segmenter.is_inside_word(question, span) {
                continue;
            }
            if is_ranking || is_short && !self.language.segmenter.stands_alone(question, span) {
                continue;
            }
            // 新建 is a district, and what is done to schools.
            let is_verb = ADDING.contains(&span.of(question))
                && !question[span.end as usize..].starts_with(['县', '区']);
            if is_verb {
                continue;
            }
            let is_country = candidates.iter().any(|place| place.level == Level::Country);
            if !is_country && !self.language.segmenter.can_be_place(span.of(question)) {
                continue;
            }
            let loaded = candidates
                .iter()
                .find(|place| in_scope.iter().any(|info| info.place.as_ref() == Some(place)));
            match loaded {
                Some(place) => {
                    // 上海浦东: the narrower place wins when it has reports.
                    if known.as_ref().is_none_or(|before| before.level <= place.level) {
                        known = Some(place.clone());
                    }
                    spans.push(span);
                }
                None => {
                    let encloses = candidates.iter().any(|place| {
                        in_scope.iter().any(|info| {
                            info.place.as_ref().is_some_and(|of| {
                                place.level != Level::Country
                                    && place.covers(of)
                                    && place.level >= Level::City
                            })
                        })
                    });
                    // 我家在合肥，安徽去年…: a narrow place in the story around the question is not asked for.
                    let least = if asks_of_country { Level::Province } else { Level::City };
                    let is_story = !focus.iter().any(|clause| clause.contains(span))
                        && candidates.iter().all(|place| place.level >= least);
                    if is_story {
                        in_story.push((span, encloses));
                        continue;
                    }
                    spans.push(span);
                    if encloses {
                        enclosing.push(span.of(question).to_owned());
                    } else {
                        unknown.push(span.of(question).to_owned());
                    }
                }
            }
        }
        if known.is_none() && unknown.is_empty() && enclosing.is_empty() && !asks_of_country {
            // 西宁机场三期用上以后，旅客吞吐量多少: what is asked of stands there; 温州的朋友说 is of who asks.
            let is_of_asker = OF_ASKER.iter().any(|word| question.contains(word));
            let names_thing = |span: &Span| {
                !is_of_asker
                    && STANDING_THERE.iter().any(|thing| question[span.end as usize..].starts_with(thing))
            };
            for (span, encloses) in in_story.into_iter().filter(|(span, _)| names_thing(span)) {
                spans.push(span);
                let names = if encloses { &mut enclosing } else { &mut unknown };
                names.push(span.of(question).to_owned());
            }
        }
        unknown.extend(townships(question, focus, &self.language.segmenter));
        if let Some(known) = &known {
            // 重庆疫情…，渝中…: a place around the one asked about.
            unknown.retain(|name| {
                !self.language.gazetteer.candidates(name).iter().any(|place| place.covers(known))
            });
        } else {
            // 呼伦贝尔 is not 海拉尔, which lies in it: the sentence has to name it.
            unknown.extend(enclosing);
        }
        (known, unknown, spans)
    }
}

/// The 人 of 安徽人, which is no 人均 and no 人口.
fn inhabitants(question: &str, place: Span) -> Option<Span> {
    let behind = question[place.end as usize..].strip_prefix('人')?;
    let at = place.end as usize;
    (!behind.starts_with(['均', '口', '才', '员', '民', '大', '次', '数', '工', '力', '社', '寿', '家']))
        .then(|| Span::new(at, at + '人'.len_utf8()))
}

/// Where 国家 means the country as a whole (国家今年安排多少), not a rank of something (国家高新技术企业); or where 中央
/// is its government, an empty span then, for the word is looked for as well.
fn the_state(question: &str) -> Option<Span> {
    let centre = question.match_indices("中央").find_map(|(at, word)| {
        let end = at + word.len();
        let is_centre = OF_THE_CENTRE.iter().any(|next| question[end..].starts_with(next));
        is_centre.then(|| Span::new(at, end))
    });
    if let Some(span) = centre {
        // 中央 is a word to look for as well.
        return Some(Span { end: span.start, ..span });
    }
    question.match_indices("国家").find_map(|(at, word)| {
        let end = at + word.len();
        let is_state = AFTER_STATE.iter().any(|next| question[end..].starts_with(next))
            || BEFORE_STATE.iter().any(|word| question[..at].ends_with(word));
        is_state.then(|| Span::new(at, end))
    })
}

/// The mentions of the clause nearest to the one that asks, those before it first.
fn nearest_times(question: &str, times: &[Mention], focus: &[Span]) -> Vec<Mention> {
    let clauses = clauses(question);
    let clause_of = |span: Span| clauses.iter().position(|clause| clause.contains(span)).unwrap_or(0);
    let asking = focus.last().map_or(0, |clause| clause_of(*clause));
    let distance = |time: &Mention| {
        let clause = clause_of(time.span);
        (clause.abs_diff(asking), clause > asking)
    };
    let Some(nearest) = times.iter().map(distance).min() else { return Vec::new() };
    times.iter().filter(|time| distance(time) == nearest).copied().collect()
}

fn is_of_year(info: &ReportInfo, year: u16) -> bool {
    info.year.is_some_and(|of| of.get() == year)
}

/// The reports that can speak of the years asked for.
fn by_year<'r>(
    infos: &[&'r ReportInfo],
    period: AskedPeriod,
    is_named: bool,
) -> (Vec<&'r ReportInfo>, Option<u16>) {
    let Some((from, to)) = period.years.filter(|_| !is_named) else { return (infos.to_vec(), None) };
    let fits = |info: &&&ReportInfo, reach: u16| match (info.kind, info.year) {
        (DocumentKind::WorkReport, Some(year)) => {
            year.get() >= from && year.get() <= to.saturating_add(reach)
        }
        _ => true,
    };
    let near: Vec<&ReportInfo> = infos.iter().filter(|info| fits(info, 1)).copied().collect();
    if near.iter().any(|info| info.kind == DocumentKind::WorkReport) {
        return (near, None);
    }
    let later: Vec<&ReportInfo> = infos.iter().filter(|info| fits(info, MAX_LATER_YEARS)).copied().collect();
    if later.is_empty() { (Vec::new(), Some(to)) } else { (later, None) }
}
