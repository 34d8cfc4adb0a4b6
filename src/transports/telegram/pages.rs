//! Links to the HTTP door's page, where a sentence is shown in its report.

use crate::daemon::settings::HttpSettings;
use crate::model::answer::Candidate;

/// Where the page is reached from outside, if it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pages {
    base: Option<String>,
}

impl Pages {
    pub fn new(http: &HttpSettings) -> Pages {
        let is_open = !http.bind.is_empty() && !http.public_url.is_empty();
        Pages { base: is_open.then(|| http.public_url.trim_end_matches('/').to_owned()) }
    }

    /// Address of `candidate`'s sentence with its figure marked.
    pub fn of(&self, candidate: &Candidate) -> Option<String> {
        let figure = candidate.quote.figure_span();
        let sentence = self.of_sentence(&candidate.report.id, candidate.sentence_idx)?;
        Some(format!("{sentence}.{}-{}", figure.start, figure.end))
    }

    /// Address of a sentence, by report and number.
    pub fn of_sentence(&self, report: &str, sentence_idx: u32) -> Option<String> {
        let base = self.base.as_ref()?;
        Some(format!("{base}/r/{report}#s{sentence_idx}"))
    }
}
