//! 问数 (wenshu): asks government work reports for a figure and quotes the sentence it stands in.

pub mod analysis;
pub mod answer;
pub mod daemon;
pub mod eval;
pub mod index;
pub mod ingest;
pub mod model;
pub mod serve;
pub mod storage;
pub mod transports;
