//! What is in a file: its digest, and whether all of it seems to be there.

use std::fmt::Write as _;
use std::io::{self, Read};
use std::path::Path;

use aws_lc_rs::digest::{Context, SHA256};
use fs_err::{File, OpenOptions};

use crate::app::rights::Rights;
use crate::sheet::{Source, Visitor};
use crate::watch::{Content, Sighting};

/// So much is read at a time.
const BLOCK: usize = 64 << 10;

/// What the folder says of an ordinary file; `None` for anything else.
pub(super) fn sighting(path: &Path) -> io::Result<Option<Sighting>> {
    let metadata = fs_err::symlink_metadata(path)?;
    Ok(metadata.is_file().then(|| Sighting {
        size: metadata.len(),
        modified: metadata.modified().ok(),
        identity: Rights::of(&metadata).map(|rights| rights.identity),
    }))
}

/// Opens an ordinary file that somebody else may have put there, or replaced meanwhile: through no link, and without waiting
/// for the other end of a pipe.
///
/// # Errors
/// If it cannot be opened, or is none.
pub(super) fn open_plain(path: &Path) -> io::Result<File> {
    let file = unfollowed(OpenOptions::new().read(true)).open(path)?;
    if file.metadata()?.is_file() {
        Ok(file)
    } else {
        Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no ordinary file"))
    }
}

/// The same options, but for a link in the place of the file.
pub(super) fn unfollowed(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;

        let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
        fs_err::os::unix::fs::OpenOptionsExt::custom_flags(options, flags.bits().cast_signed());
    }
    options
}

/// The digest of a file's bytes, which are given to `also` as they are read.
pub(super) fn digest(path: &Path, mut also: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<String> {
    let mut file = open_plain(path)?;
    let mut context = Context::new(&SHA256);
    let mut block = vec![0; BLOCK];
    loop {
        let count = file.read(&mut block)?;
        if count == 0 {
            break;
        }
        context.update(&block[..count]);
        also(&block[..count])?;
    }
    let digits = context.finish();
    Ok(digits.as_ref().iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    }))
}

/// Reads a file as a sheet that may be on its way still. What is `known` of the same bytes needs no second look.
pub(super) fn content(path: &Path, known: Option<&Content>) -> io::Result<Content> {
    let mut end = [0; 2];
    let sha256 = digest(path, |block| {
        if let [.., before, last] = block {
            end = [*before, *last];
        } else if let [last] = block {
            end = [end[1], *last];
        }
        Ok(())
    })?;
    if let Some(known) = known.filter(|known| known.sha256 == sha256) {
        return Ok(known.clone());
    }
    let has_line_end = end.iter().any(|byte| matches!(byte, b'\n' | b'\r'));
    let may_be_cut = match Source::open(path) {
        Ok(source) if source.is_workbook() => source.read(&mut EveryRow).is_err(),
        Ok(source) => !has_line_end || source.read(&mut EveryRow).is_err(),
        Err(_) => true,
    };
    Ok(Content { sha256, may_be_cut })
}

/// Looks at every row, to see whether that can be done.
struct EveryRow;

impl Visitor for EveryRow {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_without_an_end_of_its_last_line_and_half_a_workbook_may_be_cut_off() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        let may_be_cut = |bytes: &[u8]| {
            fs_err::write(&path, bytes).unwrap();
            content(&path, None).unwrap().may_be_cut
        };
        assert!(!may_be_cut(b"operation,user\ndelete,bob@acme.example\n"));
        assert!(!may_be_cut(b"operation,user\r\ndelete,bob@acme.example\r"));
        assert!(!may_be_cut(b"\xff\xfeo\0\n\0"));
        assert!(may_be_cut(b"operation,user\ndelete,bob@acme.exam"));
        assert!(may_be_cut(b""));
        assert!(may_be_cut(b"PK\x03\x04\x14\0\n"));
    }

    #[test]
    fn the_digest_is_that_of_the_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        fs_err::write(&path, "abc").unwrap();
        let digest = digest(&path, |_| Ok(())).unwrap();
        assert_eq!(
            digest,
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}
