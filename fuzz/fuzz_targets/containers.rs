#![no_main]
//! Any bytes as a container of any kind: it ends soon and accounts for every member.

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| cahoots_import::check::containers(bytes));
