//! The program as a person uses it: the real binary on small archives made here.

mod cli;
mod example;
mod kill;
mod support;
