//! The process: settings, and the engine put together from them.

pub mod bundled;
pub mod engine;
pub mod settings;
