//! The posting lists: passages on disk under a data directory, and the search over them.

mod directory;
pub mod gram_filter;
pub mod library;
pub mod passage;
pub mod schema;
pub mod search;
pub mod shelf;
pub mod texts;
pub mod vocabulary;

mod error;

pub use error::IndexError;
pub use library::{ImportSummary, Library};
pub use search::{Hit, Snapshot, Wanted};
