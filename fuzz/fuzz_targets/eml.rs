#![no_main]
//! Any bytes through the importer `eml`, held to the contract of importers.

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| cahoots_import::check::exercise("eml", bytes));
