//! Tests that see the program only through its public door.

mod answers;
mod cli;
mod digests;
mod http;
mod imports;
mod layers;
mod serve;
