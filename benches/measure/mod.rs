//! What benchmarks measure: time, processor time and memory, of this process and of programs that it starts. Where the system
//! has no `/proc`, processor time and memory are nothing.

#![allow(dead_code, reason = "each benchmark uses some of it")]

use std::ffi::OsString;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// What something took.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Cost {
    /// From start to end.
    pub(crate) time: Duration,
    /// Of all threads together, to a hundredth of a second.
    pub(crate) cpu: Duration,
    /// The most memory that the process held.
    pub(crate) peak_kib: u64,
}

impl Cost {
    /// Time and processor time in seconds, memory in MiB.
    #[expect(clippy::cast_precision_loss, reason = "no process has that much memory")]
    pub(crate) fn figures(&self) -> [f64; 3] {
        [
            self.time.as_secs_f64(),
            self.cpu.as_secs_f64(),
            self.peak_kib as f64 / 1024.0,
        ]
    }

    /// The mean of several, of which the highest peak counts.
    pub(crate) fn mean(costs: &[Self]) -> Self {
        let count = u32::try_from(costs.len()).expect("few");
        Self {
            time: costs.iter().map(|cost| cost.time).sum::<Duration>() / count,
            cpu: costs.iter().map(|cost| cost.cpu).sum::<Duration>() / count,
            peak_kib: costs.iter().map(|cost| cost.peak_kib).max().unwrap_or_default(),
        }
    }
}

/// Whether the benchmark was started by `cargo test --benches`, which only wants to see that it compiles.
pub(crate) fn only_compiles() -> bool {
    std::env::args().any(|argument| argument == "--test")
}

/// The program: the one that Cargo built with the benchmark, or another from the environment.
pub(crate) fn reseat() -> OsString {
    std::env::var_os("NEW").unwrap_or_else(|| env!("CARGO_BIN_EXE_reseat").into())
}

/// A number from the environment, for quick trials.
pub(crate) fn number(name: &str, otherwise: usize) -> usize {
    std::env::var(name).map_or(otherwise, |text| text.parse().expect("a number"))
}

/// The middle one, or the mean of the two in the middle.
pub(crate) fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    match values.len() % 2 {
        _ if values.is_empty() => f64::NAN,
        0 => f64::midpoint(values[middle - 1], values[middle]),
        _ => values[middle],
    }
}

/// The beginning of some work of this process.
#[derive(Clone, Copy)]
pub(crate) struct Start {
    time: Instant,
    cpu: Duration,
}

impl Start {
    /// Now.
    pub(crate) fn now() -> Self {
        Self {
            time: Instant::now(),
            cpu: cpu(),
        }
    }

    /// What the process took since.
    pub(crate) fn cost(self) -> Cost {
        Cost {
            time: self.time.elapsed(),
            cpu: cpu().saturating_sub(self.cpu),
            peak_kib: peak_kib(),
        }
    }
}

/// What a program took from its start to its end, which has to be a good one. No other may end meanwhile, or its processor
/// time would be counted as well.
pub(crate) fn program(command: &mut Command) -> Cost {
    let before = ticks(ENDED_CHILDREN);
    let began = Instant::now();
    let mut child = command.spawn().expect("a program that starts");
    let process = child.id().to_string();
    let ended = AtomicBool::new(false);
    let (status, time, peak_kib) = std::thread::scope(|scope| {
        let watcher = scope.spawn(|| {
            let mut peak = 0;
            while !ended.load(Ordering::Relaxed) {
                peak = peak.max(peak_of(&process));
                std::thread::park_timeout(Duration::from_millis(3));
            }
            peak
        });
        let status = child.wait().expect("a process");
        let time = began.elapsed();
        ended.store(true, Ordering::Relaxed);
        watcher.thread().unpark();
        (status, time, watcher.join().expect("a figure"))
    });
    assert!(status.success(), "{command:?}: {status}");
    Cost {
        time,
        cpu: ticks(ENDED_CHILDREN).saturating_sub(before),
        peak_kib,
    }
}

/// The most memory that this process has held so far.
pub(crate) fn peak_kib() -> u64 {
    peak_of("self")
}

/// What this process has had of the processors.
fn cpu() -> Duration {
    ticks(ITSELF)
}

/// Fields of `/proc/self/stat`, of those after the name: processor time in the program and in the kernel.
const ITSELF: usize = 11;
const ENDED_CHILDREN: usize = 13;

fn ticks(first: usize) -> Duration {
    let stat = fs_err::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    let ticks: u64 = fields
        .skip(first)
        .take(2)
        .filter_map(|ticks| ticks.parse::<u64>().ok())
        .sum();
    // A hundred a second, on every Linux that there is.
    Duration::from_millis(ticks * 10)
}

fn peak_of(process: &str) -> u64 {
    let status = fs_err::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok())
        .unwrap_or(0)
}
