//! Files with people's data in them: readable by their owner only, from the moment they exist.

use std::io;
use std::path::Path;

use fs_err::{File, OpenOptions};

/// Opens a file to read and write, creating it where it is missing.
pub(super) fn open(path: &Path) -> io::Result<File> {
    options().create(true).open(path)
}

/// Creates a file that does not exist yet, to read and write.
pub(super) fn create_new(path: &Path) -> io::Result<File> {
    options().create_new(true).open(path)
}

/// Makes a rename or a creation in the file's folder outlast a loss of power.
pub(super) fn sync_folder(path: &Path) -> io::Result<()> {
    if cfg!(unix) {
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    #[cfg(unix)]
    fs_err::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}
