//! How a fact's own words stand to the rivals of what a question names.

use std::cell::OnceCell;

use crate::analysis::rivals::{
    Members, Naming, asked_namings, is_limit, is_needed, n_groups, named, named_by, names_in_pieces, namings,
    of_group, parts, wholes,
};
use crate::index::shelf::Shelved;
use crate::model::fact::Fact;
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

/// The member of one group that a question names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Asked {
    group: usize,
    /// `None` when it names none, or several.
    member: Option<usize>,
    /// Those it names when they are several: 小学和初中.
    several: Members,
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
/// 粮食总产486亿斤，单产1105斤. A name that is a part of the member's own is none of a rival: 地区生产总值1700亿元，人均18万元.
fn is_rivals_story(in_sentence: &[Naming], member: usize, fact: &Fact) -> bool {
    let Some(start) = fact.anchors.subject.iter().map(|span| span.start).min() else { return false };
    let before: Vec<Naming> = in_sentence.iter().filter(|naming| naming.span.end <= start).copied().collect();
    let told = named(&before, None);
    !told.is_empty() && !told.holds(member) && !before.iter().any(|naming| naming.is_part_of(member))
}

/// 旅客和货邮吞吐量 holds 旅客吞吐量, though not in one piece.
fn names_in_pieces_of(fact: &Fact, passage: &Shelved, group: usize, member: usize) -> bool {
    let words: Vec<&str> = fact.anchors.subject.iter().map(|span| span.of(&passage.normalized)).collect();
    names_in_pieces(&words, group, member)
}

impl Rivals {
    /// Finds the members that the normalized `asking` part of `question` names; `meant` are the report's words for its
    /// everyday ones.
    pub fn of_question<'a>(question: &str, asking: &str, meant: impl Iterator<Item = &'a str>) -> Rivals {
        let (told, said) = (asked_namings(question), asked_namings(asking));
        let meant: Vec<_> = meant.map(asked_namings).collect();
        let asked = (0..n_groups()).filter_map(|group| {
            let members = named(of_group(&said, group), None);
            let in_story = named(of_group(&told, group), None);
            if !members.is_empty() {
                let member = members.only();
                let several = if member.is_none() { members } else { Members::default() };
                return Some(Asked { group, member, several, is_said: true, in_story });
            }
            let member = meant.iter().find_map(|words| named(of_group(words, group), None).only());
            let matters = member.is_some() || !parts(group).is_empty();
            matters.then_some(Asked { group, member, several: Members::default(), is_said: false, in_story })
        });
        Rivals { asked: asked.collect() }
    }

    /// 0 when the fact's own words name a rival of what was asked, less than 1 when they name a part nobody asked
    /// for, or when neither the sentence nor its context nor `titled`, what its title names, speaks of what was asked
    /// for, else 1.
    pub fn fit(&self, fact: &Fact, passage: &Shelved, titled: &[Naming]) -> f32 {
        let implied = OnceCell::new();
        let fits = self.asked.iter().map(|asked| {
            let in_sentence = of_group(&passage.rivals, asked.group);
            let mut own = Members::default();
            if !in_sentence.is_empty() {
                own = named_by(in_sentence, &fact.anchors.subject);
                // 西延高铁和…等4条高速公路: what stands behind the figure is what it counts.
                let counted = behind(fact).map(|words| named(in_sentence, Some(words)));
                own = counted.filter(|counted| !counted.is_empty()).unwrap_or(own);
            }
            if !fact.anchors.implied.is_empty() {
                let implied = implied.get_or_init(|| namings(&fact.anchors.implied));
                own = own.and(named(of_group(implied, asked.group), None));
            }
            match asked.member {
                Some(member)
                    if own.is_empty()
                        && asked.is_said
                        && is_rivals_story(in_sentence, member, fact)
                        && !names_in_pieces_of(fact, passage, asked.group, member)
                        && !named(of_group(&passage.rivals_around, asked.group), None).holds(member) =>
                {
                    0.0
                }
                Some(member) if own.is_empty() => {
                    let is_named_near = || {
                        named(in_sentence, None).holds(member)
                            || named(of_group(&passage.rivals_around, asked.group), None).holds(member)
                            || named(of_group(titled, asked.group), None).holds(member)
                    };
                    let is_missed = asked.is_said && is_limit(asked.group, member) && !is_named_near();
                    match is_missed {
                        true if is_needed(asked.group, member) => UNNAMED_PART,
                        true => UNNAMED,
                        false => 1.0,
                    }
                }
                Some(_) if own.meets(wholes(asked.group)) && is_set_for_each(fact, passage) => 1.0,
                Some(member) => f32::from(u8::from(own.holds(member))),
                None if !asked.several.is_empty() => {
                    let is_anothers = !own.is_empty() && !own.meets(asked.several);
                    if is_anothers && !own.meets(wholes(asked.group)) { 0.0 } else { 1.0 }
                }
                None if own.meets(parts(asked.group)) && !own.meets(asked.in_story) => NARROWER,
                None => 1.0,
            }
        });
        fits.fold(1.0, f32::min)
    }
}
