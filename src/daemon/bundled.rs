//! The digests that come with the program.

/// File name and bytes of each digest in `data/digests`, by name.
pub const DIGESTS: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/digests.rs"));
