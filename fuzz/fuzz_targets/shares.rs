#![no_main]
//! Any bytes as a table of shares: read without a panic, the same on any number of threads.

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| cahoots_coordination::table::check::exercise(bytes));
