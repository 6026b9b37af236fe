//! Where a sheet's bytes come from: a file, or a pipe that gives them only once. Knows no format.

use std::fs::FileType;
use std::io::{self, Read};

use super::error::SheetError;

/// The most that is taken from a pipe: one that never ends must not fill the disk.
const PIPE_MIB: u64 = 2048;

/// What a path leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    File,
    Folder,
    /// A named pipe, as a shell's `<(…)` makes one.
    Pipe,
    /// Nothing that a sheet is read from: a device may give bytes without end, a socket none.
    Other(&'static str),
}

impl Kind {
    pub(super) fn of(kind: FileType) -> Self {
        if kind.is_dir() {
            Self::Folder
        } else if kind.is_file() {
            Self::File
        } else {
            special(kind)
        }
    }
}

#[cfg(unix)]
fn special(kind: FileType) -> Kind {
    use std::os::unix::fs::FileTypeExt;

    if kind.is_fifo() {
        Kind::Pipe
    } else if kind.is_socket() {
        Kind::Other("a socket")
    } else {
        Kind::Other("a device")
    }
}

#[cfg(not(unix))]
fn special(_: FileType) -> Kind {
    Kind::Other("a device")
}

/// All that `pipe` gives, in a private temporary file: a sheet is read more than once.
pub(super) fn kept(pipe: &mut dyn Read, name: &str) -> Result<std::fs::File, SheetError> {
    keep(pipe, name, PIPE_MIB)
}

fn keep(pipe: &mut dyn Read, name: &str, limit: u64) -> Result<std::fs::File, SheetError> {
    let failed = |source| SheetError::Read {
        path: name.to_owned(),
        source,
    };
    let mut file = tempfile::tempfile().map_err(failed)?;
    let length = io::copy(&mut pipe.take((limit << 20) + 1), &mut file).map_err(failed)?;
    if length > limit << 20 {
        return Err(SheetError::Endless {
            path: name.to_owned(),
            limit,
        });
    }
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pipe_is_kept_whole_or_refused_once_it_is_too_long() {
        let kept = keep(&mut io::repeat(b'a').take(1 << 20), "a pipe", 1).unwrap();
        assert_eq!(kept.metadata().unwrap().len(), 1 << 20);
        let refusal = keep(&mut io::repeat(b'a'), "a pipe", 1).unwrap_err();
        assert!(refusal.to_string().contains("more than 1 MiB"), "{refusal}");
    }
}
