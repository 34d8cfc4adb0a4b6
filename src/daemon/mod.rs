//! The process: settings, logs, the engine put together from them, and the desk that all doors share.

pub mod bundled;
pub mod desk;
pub mod engine;
pub mod folder;
pub mod health;
pub mod logs;
pub mod metrics;
pub mod recall;
pub mod settings;
