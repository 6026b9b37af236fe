//! The thread that writes a results file: records that arrive together are synced together. A second thread waits for the
//! disk, so that what calls wait for to be written does not wait for a sync.

use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use fs_err::File;
use futures::FutureExt;
use tokio::sync::oneshot;

use super::error::help;
use super::form::Form;
use super::format::Encoder;
use super::index::Index;
use super::{Durable, Journal, JournalError, Record, RunId};
use crate::model::Status;

/// A group is written once it is this large, even if more is waiting, and even in the middle of one batch: a million
/// records take far more memory as text.
const GROUP_BYTES: usize = 4 << 20;

/// Records that arrive within this time after a group was written are collected and synced together: a sync costs more
/// CPU time than everything else done for a record, and no more for many than for one.
const BETWEEN_GROUPS: Duration = Duration::from_millis(5);

/// What becomes of records.
type Arrival = Result<(), JournalError>;

/// A file that is written.
#[derive(Debug, Default)]
pub(super) struct Written {
    /// How long it is.
    pub(super) length: u64,
    /// Its lines, those included that were in it before; `None` if these were not known.
    pub(super) index: Option<Index>,
}

enum Message {
    /// So many rows will have lines in the end.
    Expect(usize),
    Append(Vec<Record>, oneshot::Sender<Arrival>),
    /// What was written before the sync began is on disk, or will never be.
    Synced(io::Result<()>),
    Close,
}

/// Returns once everything written to a file is on disk.
pub(super) type DiskSync = Box<dyn FnMut() -> io::Result<()> + Send>;

/// What the writer needs from a file.
pub(super) trait Sink: Send + 'static {
    /// Writes at the end.
    fn append(&mut self, bytes: &[u8]) -> io::Result<()>;
    /// How it is synced, beside the writing.
    fn sync(&self) -> io::Result<DiskSync>;
    /// Truncates the file to this length.
    fn cut(&mut self, length: u64) -> io::Result<()>;
    /// How long it is.
    fn length(&self) -> io::Result<u64>;
}

impl Sink for File {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.write_all(bytes)
    }

    fn sync(&self) -> io::Result<DiskSync> {
        let file = self.try_clone()?;
        Ok(Box::new(move || {
            file.sync_data()?;
            still_there(&file)
        }))
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        self.set_len(length)?;
        self.seek(SeekFrom::Start(length)).map(drop)
    }

    fn length(&self) -> io::Result<u64> {
        Ok(self.metadata()?.len())
    }
}

/// Writing to a deleted file succeeds without an error, and the data is lost when it is closed.
#[cfg(unix)]
fn still_there(file: &File) -> io::Result<()> {
    use std::os::unix::fs::MetadataExt;
    if file.metadata()?.nlink() == 0 {
        // Its folder need not be gone, which is what the kind for files that are not found would have said.
        return Err(io::Error::other("the file was deleted while it was being written"));
    }
    Ok(())
}

/// Windows does not delete an open file.
#[cfg(not(unix))]
fn still_there(_file: &File) -> io::Result<()> {
    Ok(())
}

/// Owns the writing thread; ends it when dropped.
#[derive(Debug)]
pub(super) struct Writer {
    handle: WriterHandle,
    thread: Option<JoinHandle<Result<Written, JournalError>>>,
}

/// Hands records to the writing thread. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct WriterHandle {
    sender: Sender<Message>,
    path: Arc<Path>,
}

impl Writer {
    /// Starts writing at the end of `sink`, which is `length` bytes long and has these lines, if they are known.
    pub(super) fn start(
        sink: impl Sink,
        length: u64,
        path: PathBuf,
        run: &RunId,
        form: Form,
        index: Option<Arc<Index>>,
    ) -> io::Result<Self> {
        let (sender, inbox) = channel();
        let (begin, syncs) = channel();
        let (mut sync, synced) = (sink.sync()?, sender.clone());
        let disk = std::thread::Builder::new()
            .name("results on disk".to_owned())
            .spawn(move || {
                while let Ok(()) = syncs.recv() {
                    // The writing thread ends only once it has heard of every sync.
                    let _ = synced.send(Message::Synced(sync()));
                }
            })?;
        let task = Task {
            sink,
            begin,
            disk,
            syncing: None,
            good: length,
            run: run.clone(),
            encoder: Encoder::of(run),
            index,
            form,
            path: path.clone(),
            broken: None,
        };
        let thread = std::thread::Builder::new()
            .name("results".to_owned())
            .spawn(move || task.run(&inbox))?;
        Ok(Self {
            handle: WriterHandle {
                sender,
                path: path.into(),
            },
            thread: Some(thread),
        })
    }

    /// So many rows will have lines in the end.
    pub(super) fn expect(&self, rows: usize) {
        // A thread that is gone needs no room.
        let _ = self.handle.sender.send(Message::Expect(rows));
    }

    pub(super) fn handle(&self) -> WriterHandle {
        self.handle.clone()
    }

    /// Waits until everything handed over is on disk, and says what the file is then. Later records are refused.
    pub(super) fn close(mut self) -> Result<Written, JournalError> {
        self.end()
    }

    fn end(&mut self) -> Result<Written, JournalError> {
        let Some(thread) = self.thread.take() else {
            return Ok(Written::default());
        };
        // If the thread is already gone, it needs no message.
        let _ = self.handle.sender.send(Message::Close);
        thread.join().unwrap_or_else(|_| Err(self.handle.closed()))
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        // Every caller waiting for its records has received the failure.
        let _ = self.end();
    }
}

impl WriterHandle {
    fn closed(&self) -> JournalError {
        JournalError(format!("write results file `{}`: it is closed", self.path.display()))
    }
}

impl Journal for WriterHandle {
    fn append(&self, records: Vec<Record>) -> Durable {
        let (done, written) = oneshot::channel();
        // If the channel is closed, the message comes back, and dropping it drops the sender that is being awaited.
        let _ = self.sender.send(Message::Append(records, done));
        let handle = self.clone();
        async move { written.await.unwrap_or_else(|_| Err(handle.closed())) }.boxed()
    }
}

struct Task<S> {
    sink: S,
    /// Asks for a sync.
    begin: Sender<()>,
    /// The thread that waits for the disk.
    disk: JoinHandle<()>,
    /// Who waits for the sync that is under way.
    syncing: Option<Vec<oneshot::Sender<Arrival>>>,
    /// Up to here the file has whole lines.
    good: u64,
    run: RunId,
    encoder: Encoder,
    /// The lines of the file and those that are about to be written, if all of them are known.
    index: Option<Arc<Index>>,
    form: Form,
    path: PathBuf,
    broken: Option<JournalError>,
}

/// Lines that are synced together, and who waits for them.
#[derive(Default)]
struct Group {
    lines: Vec<u8>,
    /// Whether some of it is in the file already.
    is_written: bool,
    waiting: Vec<oneshot::Sender<Arrival>>,
}

impl Group {
    /// Whether nobody waits for it and nothing of it has to be synced.
    fn is_empty(&self) -> bool {
        self.waiting.is_empty() && !self.is_written
    }

    fn is_full(&self) -> bool {
        self.lines.len() >= GROUP_BYTES
    }
}

impl<S: Sink> Task<S> {
    fn run(mut self, inbox: &Receiver<Message>) -> Result<Written, JournalError> {
        let (mut is_open, mut next_sync) = (true, Instant::now());
        let mut group = Group::default();
        while is_open || self.syncing.is_some() || !group.is_empty() {
            let is_due = self.syncing.is_none() && !group.is_empty();
            let message = if is_due && (!is_open || group.is_full()) {
                None
            } else if is_due {
                inbox
                    .recv_timeout(next_sync.saturating_duration_since(Instant::now()))
                    .ok()
            } else {
                inbox.recv().ok()
            };
            match message {
                Some(Message::Append(records, done)) => self.collect(&records, done, &mut group),
                Some(Message::Expect(rows)) => self.expect(rows),
                Some(Message::Synced(result)) => {
                    self.synced(result);
                    next_sync = Instant::now() + BETWEEN_GROUPS;
                }
                Some(Message::Close) => is_open = false,
                None => self.commit(std::mem::take(&mut group)),
            }
        }
        // It has the file open, and with it the lock.
        drop(self.begin);
        let _ = self.disk.join();
        match self.broken {
            Some(fault) => Err(fault),
            None => Ok(Written {
                length: self.good,
                index: self.index.map(Arc::unwrap_or_clone),
            }),
        }
    }

    /// Adds records to the group. What is told ahead of a call is written at once, so that it outlives the process, and so is
    /// what would take too much memory.
    fn collect(&mut self, records: &[Record], done: oneshot::Sender<Arrival>, group: &mut Group) {
        for record in records {
            if group.is_full() {
                self.write_out(group);
            }
            self.encode(record, &mut group.lines);
        }
        if records.iter().any(|record| record.report.status == Status::Started) {
            self.write_out(group);
        }
        if is_told_ahead(records) {
            // A caller that no longer waits does not need to know.
            let _ = done.send(self.broken.clone().map_or(Ok(()), Err));
        } else {
            group.waiting.push(done);
        }
    }

    fn expect(&mut self, rows: usize) {
        // One that has them all may be shared, and would be copied.
        if let Some(index) = &mut self.index
            && index.lines().len() < rows
        {
            Arc::make_mut(index).expect(rows);
        }
    }

    fn write_out(&mut self, group: &mut Group) {
        group.is_written |= self.write(&group.lines);
        group.lines.clear();
    }

    fn encode(&mut self, record: &Record, lines: &mut Vec<u8>) {
        let start = lines.len();
        self.encoder.encode(record, lines);
        if let Err(fault) = self.form.end_line(lines, start) {
            lines.truncate(start);
            self.break_off(&fault);
        }
        if let Some(index) = &mut self.index {
            let Encoder { run, sheets, .. } = &mut self.encoder;
            let offset = self.good + start as u64;
            Arc::make_mut(index).take_record(record, offset, sheets.of(&record.report.place), (run, &self.run));
        }
    }

    /// Writes whole lines, which may not be on disk afterwards. Says whether there were any.
    fn write(&mut self, lines: &[u8]) -> bool {
        if self.broken.is_some() || lines.is_empty() {
            return false;
        }
        match self.sink.length() {
            Ok(length) if length == self.good => {}
            // What it holds now is somebody else's.
            Ok(_) => {
                self.give_up(&io::Error::other(
                    "another program has changed it while it was being written",
                ));
                return false;
            }
            Err(fault) => {
                self.give_up(&fault);
                return false;
            }
        }
        match self.sink.append(lines) {
            Ok(()) => self.good += lines.len() as u64,
            Err(fault) => self.break_off(&fault),
        }
        true
    }

    /// Writes what is left of a group, and has it synced.
    fn commit(&mut self, group: Group) {
        let has_written = self.write(&group.lines) || group.is_written;
        self.syncing = Some(group.waiting);
        if !has_written || self.broken.is_some() {
            self.synced(Ok(()));
        } else if self.begin.send(()).is_err() {
            self.synced(Err(io::Error::other("nothing waits for the disk any more")));
        }
    }

    /// Tells those who wait that their records are on disk, or why they are not.
    fn synced(&mut self, result: io::Result<()>) {
        if let Err(fault) = result {
            self.break_off(&fault);
        }
        let written = self.broken.clone().map_or(Ok(()), Err);
        // In reverse, so that a caller waiting only for the first finds all answered when it wakes.
        for done in self.syncing.take().into_iter().flatten().rev() {
            // A caller that no longer waits does not need to know.
            let _ = done.send(written.clone());
        }
    }

    /// After a failure nothing more is written, because the effect of a second attempt is unknown.
    fn break_off(&mut self, fault: &io::Error) {
        // If the half-written line cannot be truncated now, the next run drops it as a torn one.
        let _ = self.sink.cut(self.good);
        self.give_up(fault);
    }

    /// The file is left as it is.
    fn give_up(&mut self, fault: &io::Error) {
        self.broken.get_or_insert_with(|| {
            JournalError(format!(
                "write results file `{}`: {fault}; {}",
                self.path.display(),
                help(fault)
            ))
        });
    }
}

/// Whether the records are only what is told ahead of a call that may be repeated.
fn is_told_ahead(records: &[Record]) -> bool {
    !records.is_empty() && records.iter().all(Record::is_told_ahead)
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, Sender, channel};
    use std::sync::{Arc, Mutex};

    use super::*;
    use crate::model::RowReport;
    use crate::model::{Place, RowKey};

    /// A disk with room for a number of bytes, whose syncs can be held up.
    struct Disk {
        bytes: Arc<Mutex<Vec<u8>>>,
        room: usize,
        gate: Mutex<Option<Gate>>,
        syncs: Arc<Mutex<usize>>,
        appends: Arc<Mutex<usize>>,
    }

    impl Sink for Disk {
        fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
            *self.appends.lock().unwrap() += 1;
            let mut disk = self.bytes.lock().unwrap();
            let fits = bytes.len().min(self.room - disk.len());
            disk.extend_from_slice(&bytes[..fits]);
            if fits < bytes.len() {
                return Err(io::ErrorKind::StorageFull.into());
            }
            Ok(())
        }

        fn sync(&self) -> io::Result<DiskSync> {
            let (gate, syncs) = (self.gate.lock().unwrap().take(), Arc::clone(&self.syncs));
            Ok(Box::new(move || {
                if let Some(gate) = &gate {
                    gate.entered.send(()).unwrap();
                    gate.leave.recv().unwrap();
                }
                *syncs.lock().unwrap() += 1;
                Ok(())
            }))
        }

        fn length(&self) -> io::Result<u64> {
            Ok(self.bytes.lock().unwrap().len() as u64)
        }

        fn cut(&mut self, length: u64) -> io::Result<()> {
            self.bytes.lock().unwrap().truncate(usize::try_from(length).unwrap());
            Ok(())
        }
    }

    /// Tells when a sync begins, and holds it up until it may end.
    struct Gate {
        entered: Sender<()>,
        leave: Receiver<()>,
    }

    fn gate() -> (Gate, Receiver<()>, Sender<()>) {
        let ((entered, begun), (end, leave)) = (channel(), channel());
        (Gate { entered, leave }, begun, end)
    }

    fn block_on<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap()
            .block_on(future)
    }

    struct Rig {
        writer: Writer,
        bytes: Arc<Mutex<Vec<u8>>>,
        syncs: Arc<Mutex<usize>>,
        appends: Arc<Mutex<usize>>,
    }

    fn rig(room: usize, gate: Option<Gate>) -> Rig {
        let (bytes, syncs, appends) = (Arc::default(), Arc::default(), Arc::default());
        let disk = Disk {
            bytes: Arc::clone(&bytes),
            room,
            gate: Mutex::new(gate),
            syncs: Arc::clone(&syncs),
            appends: Arc::clone(&appends),
        };
        let run = RunId::new(
            "2026-11-21T10:00:00Z".parse().unwrap(),
            crate::model::OrganizationId(uuid::Uuid::nil()),
            1,
        );
        let path = PathBuf::from("joiners.results.csv");
        let writer = Writer::start(disk, 0, path, &run, Form::ours(), None).unwrap();
        Rig {
            writer,
            bytes,
            syncs,
            appends,
        }
    }

    fn record(row: u32) -> Record {
        Record {
            report: RowReport {
                place: Place { sheet: "".into(), row },
                operation: None,
                user: "ann@x.example".to_owned(),
                target: String::new(),
                status: Status::Done,
                code: String::new(),
                message: String::new(),
                before: None,
                after: None,
                user_id: None,
                key: RowKey::of("row", row),
            },
            corrects: None,
            http_status: Some(200),
            attempts: 1,
            calls: 1,
            trace_id: None,
            started_at: None,
            finished_at: None,
        }
    }

    fn lines(bytes: &Mutex<Vec<u8>>) -> usize {
        bytes.lock().unwrap().split(|byte| *byte == b'\n').count() - 1
    }

    #[test]
    fn a_file_that_another_program_has_changed_is_left_as_it_is() {
        for change in [&b""[..], b"saved by a spreadsheet program"] {
            let rig = rig(usize::MAX, None);
            let journal = rig.writer.handle();
            block_on(journal.append(vec![record(0)])).unwrap();
            *rig.bytes.lock().unwrap() = change.to_owned();
            for row in 1..3 {
                let refused = block_on(journal.append(vec![record(row)])).unwrap_err();
                assert!(refused.0.contains("another program has changed it"), "{refused:?}");
            }
            assert!(rig.writer.close().is_err());
            assert_eq!(*rig.bytes.lock().unwrap(), change);
        }
    }

    #[test]
    fn records_that_come_while_the_disk_is_busy_go_to_it_together() {
        let (gate, begun, end) = gate();
        let rig = rig(usize::MAX, Some(gate));
        let journal = rig.writer.handle();
        let mut waiting = vec![journal.append(vec![record(0)])];
        begun.recv().unwrap();
        waiting.extend((1..100).map(|row| journal.append(vec![record(row)])));
        end.send(()).unwrap();
        end.send(()).unwrap();
        for durable in waiting {
            block_on(durable).unwrap();
        }
        assert_eq!(lines(&rig.bytes), 100);
        assert_eq!(*rig.syncs.lock().unwrap(), 2);
    }

    #[test]
    fn what_is_told_ahead_of_a_call_does_not_wait_for_the_disk() {
        let (gate, begun, end) = gate();
        let rig = rig(usize::MAX, Some(gate));
        let journal = rig.writer.handle();
        let mut done = journal.append(vec![record(1)]);
        begun.recv().unwrap();
        let mut ahead = record(2);
        ahead.report.status = Status::Started;
        crate::model::CHANGING.clone_into(&mut ahead.report.code);
        block_on(journal.append(vec![ahead])).unwrap();
        assert_eq!(lines(&rig.bytes), 2);
        assert!((&mut done).now_or_never().is_none());
        end.send(()).unwrap();
        end.send(()).unwrap();
        block_on(done).unwrap();
        assert!(rig.writer.close().is_ok());
        assert_eq!(*rig.syncs.lock().unwrap(), 2, "it reaches the disk as well");
    }

    #[test]
    fn a_record_is_not_reported_durable_before_the_disk_has_it() {
        let (gate, begun, end) = gate();
        let rig = rig(usize::MAX, Some(gate));
        let mut durable = rig.writer.handle().append(vec![record(1)]);
        begun.recv().unwrap();
        assert!((&mut durable).now_or_never().is_none());
        end.send(()).unwrap();
        block_on(durable).unwrap();
    }

    #[test]
    fn a_full_disk_leaves_whole_lines_and_fails_everything_that_follows() {
        let rig = rig(300, None);
        let journal = rig.writer.handle();
        let verdicts: Vec<_> = (0..10).map(|row| block_on(journal.append(vec![record(row)]))).collect();
        let written = verdicts.iter().filter(|written| written.is_ok()).count();
        assert!(written > 0 && written < 10);
        assert!(verdicts[written..].iter().all(Result::is_err));
        assert_eq!(lines(&rig.bytes), written);
        assert_eq!(rig.bytes.lock().unwrap().last(), Some(&b'\n'));

        let told = verdicts[written].as_ref().unwrap_err().to_string();
        assert!(
            told.contains("joiners.results.csv") && told.contains("free some space"),
            "{told}"
        );
        assert!(rig.writer.close().is_err());
    }

    #[test]
    fn what_is_handed_over_at_once_is_written_in_groups_and_is_reported_when_all_of_it_is_there() {
        let rig = rig(usize::MAX, None);
        let rows = u32::try_from(3 * GROUP_BYTES / 2_000).unwrap();
        let long = |row| Record {
            report: RowReport {
                message: "x".repeat(2_000),
                ..record(row).report
            },
            ..record(row)
        };
        block_on(rig.writer.handle().append((0..rows).map(long).collect())).unwrap();
        assert_eq!(lines(&rig.bytes), rows as usize);
        let groups = rig.bytes.lock().unwrap().len() / GROUP_BYTES;
        assert!(groups > 1 && *rig.appends.lock().unwrap() >= groups, "{groups}");
    }

    #[test]
    fn an_empty_append_waits_for_everything_before_it() {
        let rig = rig(usize::MAX, None);
        let journal = rig.writer.handle();
        drop(journal.append(vec![record(1), record(2)]));
        block_on(journal.append(Vec::new())).unwrap();
        assert_eq!(lines(&rig.bytes), 2);
    }

    #[test]
    fn a_record_after_the_end_is_refused_rather_than_lost() {
        let rig = rig(usize::MAX, None);
        let journal = rig.writer.handle();
        rig.writer.close().unwrap();
        assert!(block_on(journal.append(vec![record(1)])).is_err());
    }
}
