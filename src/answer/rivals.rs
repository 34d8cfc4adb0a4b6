//! How a fact's own words stand to the rivals of what a question names.

use std::cell::OnceCell;
use std::collections::BTreeSet;

use crate::analysis::rivals::{
    Members, Naming, areas, asked_namings, groups_of_parts, limits, named, named_by, names_in_pieces,
    namings, needed, of_group, parts, wholes,
};
use crate::index::shelf::Shelved;
use crate::model::fact::Fact;
use crate::model::figure::FigureKind;
use crate::model::span::Span;

/// How well a fact fits that speaks of a part (农村居民收入) when the question named no part (居民收入).
const NARROWER: f32 = 0.5;

/// How well a fact fits that nowhere speaks of what was to narrow it (城镇), or of the part (女性) that was asked for.
const UNNAMED: f32 = 0.5;
const UNNAMED_PART: f32 = 0.1;

/// What a question says of the groups that matter to it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rivals {
    asked: Vec<Asked>,
}

/// The members of one group that a question names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Asked {
    group: usize,
    /// None of them when some speak of a part.
    members: Members,
    /// Named as such, not in other words.
    is_said: bool,
    /// What the story around the question names: 跟东盟做生意，进出口额多少.
    in_story: Members,
}

/// The words behind the figure, when it has words before it as well.
fn behind(fact: &Fact) -> Option<&[Span]> {
    let (last, before) = fact.anchors.subject.split_last()?;
    let first = before.first()?;
    (first.end < last.start).then_some(std::slice::from_ref(last))
}

/// Words for what is set for each, whichever part they belong to: 城乡居民基础养老金最低标准.
const FOR_EACH: &[&str] = &["标准", "每人每", "报销比例"];

fn is_set_for_each(fact: &Fact, passage: &Shelved) -> bool {
    let clause = fact.anchors.clause.of(&passage.normalized);
    FOR_EACH.iter().any(|word| clause.contains(word))
}

/// True when the names of the group before the words of `fact` are all of rivals of `member`: 棉花单产 asked of
/// 粮食总产486亿斤，单产1105斤. A name that is a part of the member's own is none of a rival: 地区生产总值1700亿元，人均18万元;
/// nor is one where the fact holds the member's own in two pieces: 旅客和货邮吞吐量.
fn is_rivals_story(
    in_sentence: &[Naming],
    asked: &Asked,
    member: usize,
    fact: &Fact,
    passage: &Shelved,
) -> bool {
    let Some(start) = fact.anchors.subject.iter().map(|span| span.start).min() else { return false };
    let before = Span { start: 0, end: start };
    let told = named(in_sentence, Some(&[before]));
    if told.is_empty() || told.holds(member) {
        return false;
    }
    let mut names = in_sentence.iter().filter(|naming| before.contains(naming.span));
    let words: Vec<&str> = fact.anchors.subject.iter().map(|span| span.of(&passage.normalized)).collect();
    !names.any(|naming| naming.is_part_of(member)) && !names_in_pieces(&words, asked.group, member)
}

impl Rivals {
    /// Finds the members that the normalized `asking` part of `question` names; `meant` are the report's words for its
    /// everyday ones.
    pub fn of_question<'a>(question: &str, asking: &str, meant: impl Iterator<Item = &'a str>) -> Rivals {
        let (told, said) = (asked_namings(question), asked_namings(asking));
        let meant: Vec<_> = meant.map(asked_namings).collect();
        let spoken_of = told.iter().chain(meant.iter().flatten()).map(|naming| naming.group());
        let groups: BTreeSet<usize> = spoken_of.chain(groups_of_parts()).collect();
        let asked = groups.into_iter().filter_map(|group| {
            let in_story = named(of_group(&told, group), None);
            let members = named(of_group(&said, group), None);
            if !members.is_empty() {
                return Some(Asked { group, members, is_said: true, in_story });
            }
            let one_meant = |words: &Vec<Naming>| {
                Some(named(of_group(words, group), None)).filter(|members| members.only().is_some())
            };
            let members = meant.iter().find_map(one_meant).unwrap_or_default();
            let matters = !members.is_empty() || !parts(group).is_empty();
            matters.then_some(Asked { group, members, is_said: false, in_story })
        });
        Rivals { asked: asked.collect() }
    }

    /// Looks `passage` over for all its facts; `titled` is what its title names.
    pub fn in_passage<'p>(&self, passage: &'p Shelved, titled: &[Naming]) -> Vec<Met<'p>> {
        let is_implied = passage.facts.iter().any(|fact| !fact.anchors.implied.is_empty());
        let mut met = Vec::new();
        // Both are in the order of groups.
        let mut rest = passage.rivals.as_slice();
        for asked in &self.asked {
            rest = &rest[rest.iter().take_while(|naming| naming.group() < asked.group).count()..];
            let n_of_group = rest.iter().take_while(|naming| naming.group() == asked.group).count();
            let in_sentence = &rest[..n_of_group];
            let told = asked.members.only().filter(|_| asked.is_said).map(|member| {
                let tell = |namings: &[Naming]| named(of_group(namings, asked.group), None).holds(member);
                Told {
                    member,
                    in_sentence: named(in_sentence, None).holds(member),
                    around: tell(&passage.rivals_around) || tell(titled),
                }
            });
            let told_of =
                |namings: &[Naming]| named(of_group(namings, asked.group), None).meets(asked.in_story);
            let is_untold = asked.members.is_empty()
                && asked.in_story.only().is_some_and(|member| parts(asked.group).holds(member))
                && !named(in_sentence, None).meets(asked.in_story)
                && !told_of(&passage.rivals_around)
                && !told_of(titled);
            // A part nobody asked for matters only where a fact speaks of one.
            if is_implied
                || !in_sentence.is_empty()
                || told.as_ref().is_some_and(Told::is_lacking)
                || is_untold
            {
                met.push(Met { asked: *asked, in_sentence, told, is_untold });
            }
        }
        met
    }
}

/// A group that matters to a question, and what one passage says of it.
#[derive(Debug)]
pub struct Met<'p> {
    asked: Asked,
    in_sentence: &'p [Naming],
    /// Of the one member that the question names, when it names one as such.
    told: Option<Told>,
    /// The story around the question names a part that the passage nowhere speaks of: 跟东盟做生意，进出口额多少.
    is_untold: bool,
}

/// Where a passage speaks of the member asked for.
#[derive(Debug)]
struct Told {
    member: usize,
    in_sentence: bool,
    /// In what stands around the sentence.
    around: bool,
}

impl Told {
    fn is_lacking(&self) -> bool {
        !self.in_sentence && !self.around
    }
}

/// 0 when the own words of `fact` name a rival of what was asked, less than 1 when they name a part nobody asked for,
/// or when neither the sentence nor what stands around it speaks of what was asked for, else 1.
pub fn fit(met: &[Met<'_>], fact: &Fact, passage: &Shelved) -> f32 {
    let implied = OnceCell::new();
    met.iter().map(|met| met.fit(fact, passage, &implied)).fold(1.0, f32::min)
}

impl Met<'_> {
    fn fit(&self, fact: &Fact, passage: &Shelved, implied: &OnceCell<Vec<Naming>>) -> f32 {
        let Met { asked, in_sentence, told, .. } = self;
        let own = self.own(fact, implied);
        if asked.members.is_empty() {
            // 京津冀区域优良天数, not 承接京津冀转移项目 and not a rank among those of 长三角.
            let start = fact.anchors.subject.iter().map(|span| span.start).min();
            let opens = in_sentence.iter().filter(|naming| Some(naming.span.start) == start);
            let opens = opens.copied().collect::<Vec<_>>();
            let is_of_area = fact.figure.kind != FigureKind::Rank
                && named(&opens, None).meets(areas(asked.group))
                && own.meets(areas(asked.group));
            if is_of_area && !own.meets(asked.in_story) {
                return UNNAMED_PART;
            }
            let is_narrower = own.meets(parts(asked.group)) && !own.meets(asked.in_story);
            return if is_narrower || self.is_untold { NARROWER } else { 1.0 };
        }
        if !own.is_empty() {
            let is_several = asked.members.only().is_none();
            let holds_all = own.meets(wholes(asked.group)) && (is_several || is_set_for_each(fact, passage));
            return f32::from(u8::from(own.meets(asked.members) || holds_all));
        }
        let Some(told) = told else { return 1.0 };
        if is_rivals_story(in_sentence, asked, told.member, fact, passage) && !told.around {
            0.0
        } else if !limits(asked.group).holds(told.member) || !told.is_lacking() {
            1.0
        } else if needed(asked.group).holds(told.member) {
            UNNAMED_PART
        } else {
            UNNAMED
        }
    }

    /// The members that the words of `fact` name; `implied` is filled with what its implied words name.
    fn own(&self, fact: &Fact, implied: &OnceCell<Vec<Naming>>) -> Members {
        let mut own = Members::default();
        if !self.in_sentence.is_empty() {
            own = named_by(self.in_sentence, &fact.anchors.subject);
            // 西延高铁和…等4条高速公路: what stands behind the figure is what it counts.
            let counted = behind(fact).map(|words| named(self.in_sentence, Some(words)));
            own = counted.filter(|counted| !counted.is_empty()).unwrap_or(own);
        }
        if !fact.anchors.implied.is_empty() {
            let implied = implied.get_or_init(|| namings(&fact.anchors.implied));
            own = own.and(named(of_group(implied, self.asked.group), None));
        }
        own
    }
}
