//! What the process counts, in the form Prometheus reads.

use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

/// Upper ends of the latency buckets, in seconds: a step takes microseconds, a question about half a millisecond.
const BUCKETS: [f64; 12] =
    [0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5];

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct QuestionLabels {
    door: &'static str,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct DoorLabels {
    door: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct StepLabels {
    step: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ResponseLabels {
    route: String,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ResultLabels {
    result: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CallLabels {
    method: &'static str,
    result: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct FateLabels {
    fate: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct KindLabels {
    kind: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct StatusLabels {
    status: u16,
}

/// Counters, gauges and histograms of one process.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    questions: Family<QuestionLabels, Counter>,
    question_seconds: Family<DoorLabels, Histogram>,
    step_seconds: Family<StepLabels, Histogram>,
    recalls: Family<ResultLabels, Counter>,
    http_responses: Family<ResponseLabels, Counter>,
    http_connections: Gauge,
    reloads: Family<ResultLabels, Counter>,
    reports: Gauge,
    passages: Gauge,
    telegram_calls: Family<CallLabels, Counter>,
    telegram_updates: Family<FateLabels, Counter>,
    telegram_deliveries: Family<StatusLabels, Counter>,
    telegram_waiting: Family<KindLabels, Gauge>,
    telegram_pending: Gauge,
}

impl Default for Metrics {
    fn default() -> Metrics {
        Metrics::new()
    }
}

impl Metrics {
    pub fn new() -> Metrics {
        let histogram = || Histogram::new(BUCKETS);
        let mut metrics = Metrics {
            registry: Registry::with_prefix("wenshu"),
            questions: Family::default(),
            question_seconds: Family::new_with_constructor(histogram),
            step_seconds: Family::new_with_constructor(histogram),
            recalls: Family::default(),
            http_responses: Family::default(),
            http_connections: Gauge::default(),
            reloads: Family::default(),
            reports: Gauge::default(),
            passages: Gauge::default(),
            telegram_calls: Family::default(),
            telegram_updates: Family::default(),
            telegram_deliveries: Family::default(),
            telegram_waiting: Family::default(),
            telegram_pending: Gauge::default(),
        };
        metrics.register();
        metrics
    }

    fn register(&mut self) {
        let registry = &mut self.registry;
        registry.register("questions", "Questions by door and outcome", self.questions.clone());
        registry.register_with_unit(
            "question_duration",
            "Time to an outcome, by door",
            Unit::Seconds,
            self.question_seconds.clone(),
        );
        registry.register_with_unit(
            "step_duration",
            "Time of each step of an answer",
            Unit::Seconds,
            self.step_seconds.clone(),
        );
        registry.register("recalls", "Questions looked up among those answered lately", self.recalls.clone());
        registry.register(
            "http_responses",
            "HTTP responses by route and status",
            self.http_responses.clone(),
        );
        registry.register("http_connections", "HTTP connections open", self.http_connections.clone());
        registry.register("reloads", "Reloads by result", self.reloads.clone());
        registry.register("index_reports", "Reports questions are answered from", self.reports.clone());
        registry.register("index_passages", "Sentences in the index", self.passages.clone());
        self.register_telegram();
        self.register_build();
    }

    fn register_telegram(&mut self) {
        let registry = self.registry.sub_registry_with_prefix("telegram");
        registry.register("calls", "Calls of the Bot API by method and result", self.telegram_calls.clone());
        registry.register("updates", "Updates by what became of them", self.telegram_updates.clone());
        registry.register(
            "deliveries",
            "Webhook deliveries by the status they were answered with",
            self.telegram_deliveries.clone(),
        );
        registry.register("waiting", "Updates taken and not yet dealt with", self.telegram_waiting.clone());
        registry.register(
            "pending",
            "Updates Telegram has not delivered to the webhook",
            self.telegram_pending.clone(),
        );
    }

    fn register_build(&mut self) {
        let build = Info::new(vec![("version", env!("CARGO_PKG_VERSION"))]);
        self.registry.register("build", "The program", build);
    }

    /// Counts one question that came in by `door`.
    pub fn question(&self, door: &'static str, outcome: &'static str, elapsed: Duration) {
        self.questions.get_or_create(&QuestionLabels { door, outcome }).inc();
        self.question_seconds.get_or_create(&DoorLabels { door }).observe(elapsed.as_secs_f64());
    }

    /// Counts one step of an answer.
    pub fn step(&self, step: &'static str, elapsed: Duration) {
        self.step_seconds.get_or_create(&StepLabels { step }).observe(elapsed.as_secs_f64());
    }

    /// Counts one look among the questions answered lately.
    pub fn recall(&self, is_recalled: bool) {
        let result = if is_recalled { "hit" } else { "miss" };
        self.recalls.get_or_create(&ResultLabels { result }).inc();
    }

    /// Counts one HTTP response; `route` is the pattern, never the path, so that callers cannot make new series.
    pub fn http_response(&self, route: &str, status: u16) {
        self.http_responses.get_or_create(&ResponseLabels { route: route.to_owned(), status }).inc();
    }

    pub fn http_connections(&self, n_open: usize) {
        self.http_connections.set(n_open as i64);
    }

    /// Counts one reload.
    pub fn reload(&self, succeeded: bool) {
        let result = if succeeded { "ok" } else { "failed" };
        self.reloads.get_or_create(&ResultLabels { result }).inc();
    }

    /// Notes how much questions are answered from.
    pub fn index_size(&self, n_reports: usize, n_passages: u64) {
        self.reports.set(n_reports as i64);
        self.passages.set(n_passages as i64);
    }

    /// Counts one call of the Bot API; `result` is `ok` or the kind of error.
    pub fn telegram_call(&self, method: &'static str, result: &'static str) {
        self.telegram_calls.get_or_create(&CallLabels { method, result }).inc();
    }

    /// Counts one update under what became of it, and gives how many there are of this fate now.
    pub fn telegram_update(&self, fate: &'static str) -> u64 {
        self.telegram_updates.get_or_create(&FateLabels { fate }).inc() + 1
    }

    /// Counts one webhook delivery.
    pub fn telegram_delivery(&self, status: u16) {
        self.telegram_deliveries.get_or_create(&StatusLabels { status }).inc();
    }

    /// Notes that one more update of this kind waits, or, with -1, that one has been dealt with.
    pub fn telegram_waiting(&self, kind: &'static str, change: i64) {
        self.telegram_waiting.get_or_create(&KindLabels { kind }).inc_by(change);
    }

    /// Notes how many updates Telegram says it has not delivered yet.
    pub fn telegram_pending(&self, n_pending: u32) {
        self.telegram_pending.set(i64::from(n_pending));
    }

    /// Everything counted so far, as OpenMetrics text.
    pub fn text(&self) -> String {
        let mut text = String::new();
        // Writing into a string does not fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_counted_is_written() {
        let metrics = Metrics::new();
        metrics.question("http", "answered", Duration::from_micros(300));
        metrics.index_size(41, 9000);
        let text = metrics.text();
        assert!(text.contains("wenshu_questions_total{door=\"http\",outcome=\"answered\"} 1"), "{text}");
        assert!(text.contains("wenshu_question_duration_seconds_bucket"), "{text}");
        assert!(text.contains("wenshu_index_reports 41"), "{text}");
        assert!(text.contains("wenshu_build_info{version="), "{text}");
    }
}
