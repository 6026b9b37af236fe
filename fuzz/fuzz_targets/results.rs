#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(init: reseat_fuzz::abort_on_panic(), |bytes: &[u8]| reseat_fuzz::results(bytes));
