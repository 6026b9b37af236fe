//! The same without a fuzzer: the corpora, spoilt at random, for so many seconds.
//!
//! `cargo run --no-default-features --bin loop -- sheet 60` in this folder, on any toolchain.

use std::panic::catch_unwind;
use std::path::Path;
use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

const SLOW: Duration = Duration::from_secs(10);

fn main() {
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().unwrap_or_else(|| "sheet".to_owned());
    let seconds: u64 = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(60);
    let seed: u64 = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(1);
    let target: fn(&[u8]) = match name.as_str() {
        "sheet" => reseat_fuzz::sheet,
        "results" => reseat_fuzz::results,
        "answer" => reseat_fuzz::answer,
        "cells" => reseat_fuzz::cells,
        other => panic!("`{other}` is none of sheet, results, answer and cells"),
    };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders = vec![folder.join("corpus").join(&name)];
    if name == "sheet" {
        folders.extend(["../tests/data/bad", "../samples"].map(|known| folder.join(known)));
    }
    let seeds: Vec<Vec<u8>> = folders.iter().flat_map(|folder| seeds(folder)).collect();
    let mut dice = StdRng::seed_from_u64(seed);
    let (start, mut rounds, mut found) = (Instant::now(), 0_u64, 0);
    while start.elapsed() < Duration::from_secs(seconds) {
        let bytes = spoilt(&seeds, &mut dice);
        let began = Instant::now();
        let failed = catch_unwind(|| target(&bytes)).is_err();
        rounds += 1;
        if failed || began.elapsed() > SLOW {
            let path = folder.join(format!("artifacts/{name}-{seed}-{rounds}"));
            std::fs::create_dir_all(folder.join("artifacts")).expect("a folder");
            std::fs::write(&path, &bytes).expect("room for it");
            println!(
                "{} after {:?}: {}",
                if failed { "panic" } else { "slow" },
                began.elapsed(),
                path.display()
            );
            found += 1;
        }
    }
    println!("{name}: {rounds} rounds, {found} found");
    std::process::exit(i32::from(found > 0));
}

fn seeds(folder: &Path) -> Vec<Vec<u8>> {
    let entries = std::fs::read_dir(folder).expect("a corpus");
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    paths.iter().map(|path| std::fs::read(path).expect("a seed")).collect()
}

/// A seed with a few bytes changed, taken out, repeated, or brought in from another seed.
fn spoilt(seeds: &[Vec<u8>], dice: &mut StdRng) -> Vec<u8> {
    let mut bytes = seeds[dice.random_range(0..seeds.len())].clone();
    for _ in 0..dice.random_range(0..6) {
        if bytes.is_empty() {
            return bytes;
        }
        let at = dice.random_range(0..bytes.len());
        let end = (at + dice.random_range(1..40)).min(bytes.len());
        match dice.random_range(0..6) {
            0 => bytes[at] = dice.random_range(0..=255),
            1 => bytes[at] = *b"\0\xff\n\r\"';,|@=<>".get(dice.random_range(0..13)).unwrap_or(&0),
            2 => drop(bytes.drain(at..end)),
            3 => {
                let piece = bytes[at..end].to_vec();
                bytes.splice(at..at, piece.repeat(dice.random_range(1..4)));
            }
            4 => {
                let other = &seeds[dice.random_range(0..seeds.len())];
                let from = dice.random_range(0..=other.len());
                let to = (from + dice.random_range(0..200)).min(other.len());
                bytes.splice(at..at, other[from..to].iter().copied());
            }
            _ => bytes.truncate(at),
        }
    }
    bytes
}
