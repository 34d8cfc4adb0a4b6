//! 问数 (wenshu): asks government work reports for a figure and quotes the sentence it stands in.

pub mod model;
