//! The program as a person uses it: the real binary on small archives made here.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod analyses;
mod assertions;
mod cli;
mod coordination;
mod engine;
mod example;
mod kill;
mod support;
mod workbench;
mod workbench_end;
mod workbench_growth;
mod worlds;
