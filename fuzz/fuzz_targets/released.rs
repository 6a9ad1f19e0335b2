#![no_main]
//! Any bytes through the importer `released`, held to the contract of importers.

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| cahoots_import::check::exercise("released", bytes));
