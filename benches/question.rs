//! How long a question takes, step by step, over the reports beside the checkout or the bundled digests.
//!
//! `cargo bench` prints each step apart: understanding (segmentation), search, choice, and the whole.

use std::path::Path;
use std::sync::{Arc, LazyLock};

use divan::{Bencher, black_box};

use wenshu::analysis::language::LanguageData;
use wenshu::answer::Answerer;
use wenshu::answer::weights::Weights;
use wenshu::daemon::bundled::DIGESTS;
use wenshu::index::Library;
use wenshu::ingest::{Hints, Limits, collect_files, read_report};
use wenshu::model::period::Day;
use wenshu::model::question::Question;
use wenshu::model::report::Report;

const TODAY: Day = Day { year: 2026, month: 6, day: 1 };
const QUESTIONS: [&str; 8] = [
    "青海去年城镇新增就业多少",
    "上海GDP增长多少",
    "今年新增就业目标",
    "农村居民人均可支配收入",
    "機場一年有多少人坐飛機",
    "棚户区去年改了多少户",
    "全国粮食产量",
    "海拉尔2017年旅游收入",
];

struct Setting {
    answerer: Answerer,
    questions: Vec<Question>,
}

static SETTING: LazyLock<Setting> = LazyLock::new(|| {
    let language = Arc::new(LanguageData::bundled().expect("bundled data"));
    let dir = tempfile::tempdir().expect("temporary directory").keep();
    let mut library = Library::open(&dir, &language).expect("library");
    library.import(reports(&language), &mut |_, _| {}).expect("import");
    let weights = Weights::bundled().expect("bundled weights");
    let answerer = Answerer::new(library.snapshot().expect("snapshot"), language, weights, None);
    let questions = QUESTIONS.iter().map(|text| Question::new(*text, TODAY)).collect();
    Setting { answerer, questions }
});

fn reports(language: &LanguageData) -> Vec<Report> {
    let limits = Limits { max_file_bytes: 8_000_000 };
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared");
    let folders = ["reports", "seeds"].map(|name| shared.join(name).display().to_string());
    let read = |bytes: &[u8], name: &str| {
        read_report(bytes, name, &Hints::default(), &language.gazetteer, &limits).ok()
    };
    if !shared.is_dir() {
        return DIGESTS.iter().filter_map(|(name, bytes)| read(bytes, name)).collect();
    }
    let (files, _) = collect_files(&folders);
    files
        .iter()
        .filter_map(|path| {
            let name = path.file_name()?.to_string_lossy().into_owned();
            read(&std::fs::read(path).ok()?, &name)
        })
        .collect()
}

fn main() {
    LazyLock::force(&SETTING);
    divan::main();
}

#[divan::bench(args = 0..8)]
fn understand(bencher: Bencher, question: usize) {
    let question = &SETTING.questions[question];
    bencher.bench(|| SETTING.answerer.understand(black_box(question)));
}

#[divan::bench(args = 0..8)]
fn search(bencher: Bencher, question: usize) {
    let understood = SETTING.answerer.understand(&SETTING.questions[question]);
    bencher.bench(|| SETTING.answerer.retrieve(black_box(&understood)));
}

#[divan::bench(args = 0..8)]
fn choose(bencher: Bencher, question: usize) {
    let understood = SETTING.answerer.understand(&SETTING.questions[question]);
    let hits = SETTING.answerer.retrieve(&understood).expect("search");
    bencher.bench(|| SETTING.answerer.rank(black_box(&understood), black_box(&hits)).len());
}

#[divan::bench(args = 0..8)]
fn answer(bencher: Bencher, question: usize) {
    let question = &SETTING.questions[question];
    bencher.bench(|| SETTING.answerer.answer(black_box(question)));
}
