//! Plans a sheet against a world, and lets the engine carry it out on a server.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::future::FutureExt;
use reseat::api::{AllocationRoute, BaseUrl, Certainty, Client, Config, Credentials, Session};
use reseat::directory::ReadOptions;
use reseat::engine::{Engine, MaxFailures, Patience, Ran, ReadBack, Recheck};
use reseat::event::silent;
use reseat::ledger::{Durable, Journal, JournalError, Record};
use reseat::model::{Capabilities, Operation, OrganizationId, Row, Status};
use reseat::pace::{Backoff, Limits, RetryPolicy};
use reseat::plan::{BatchSizes, OnShortage, Plan, Rules, plan};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::model::World;
use crate::server::{Happened, Server, Trouble, What};
use crate::sheets::sheet;

/// How long recording takes.
pub(crate) const RECORDING: Duration = Duration::from_millis(30);

/// A journal in memory, on disk only after a while.
pub(crate) struct SlowJournal {
    server: Server,
    records: Arc<Mutex<Vec<Record>>>,
    delay: Duration,
    /// How many records there is room for.
    room: usize,
}

impl Journal for SlowJournal {
    fn append(&self, records: Vec<Record>) -> Durable {
        let (server, kept, room) = (self.server.clone(), self.records.clone(), self.room);
        // The disk does not wait until it is asked; what is told ahead of a call only has to be in the file.
        let is_told_ahead = !records.is_empty() && records.iter().all(Record::is_told_ahead);
        let on_disk = tokio::time::sleep(if is_told_ahead { Duration::ZERO } else { self.delay });
        async move {
            on_disk.await;
            for record in records {
                if kept.lock().unwrap().len() >= room {
                    return Err(JournalError("write the results: the disk is full".to_owned()));
                }
                server.note(Happened::Recorded(
                    record.report.place.row,
                    record.report.status.to_string(),
                ));
                kept.lock().unwrap().push(record);
            }
            Ok(())
        }
        .boxed()
    }
}

/// What to run, and how.
pub(crate) struct Stage {
    pub(crate) rows: Vec<Row>,
    pub(crate) world: World,
    pub(crate) server: Server,
    pub(crate) rules: Rules,
    pub(crate) concurrency: usize,
    pub(crate) limits: Limits,
    pub(crate) max_failures: Option<MaxFailures>,
    pub(crate) stop: CancellationToken,
    pub(crate) recheck: Recheck,
    /// How many records the disk has room for.
    pub(crate) room: usize,
    records: Arc<Mutex<Vec<Record>>>,
}

impl Stage {
    pub(crate) fn new(
        world: &World,
        operations: impl IntoIterator<Item = Operation>,
        judge: impl Fn(&What, &mut World) -> Option<Trouble> + Send + 'static,
    ) -> Self {
        Self {
            rows: sheet(operations),
            world: world.clone(),
            server: Server::new(world.clone(), judge),
            rules: Rules {
                sizes: BatchSizes::default(),
                on_shortage: OnShortage::Fill,
                portal: true,
                ..Rules::default()
            },
            concurrency: 8,
            limits: Limits::none(),
            max_failures: None,
            stop: CancellationToken::new(),
            recheck: Recheck::at_once(Duration::from_secs(10)),
            room: usize::MAX,
            records: Arc::default(),
        }
    }

    pub(crate) fn plan(&self) -> Plan {
        plan(&self.rows, &self.world.snapshot(), &HashMap::new(), &self.rules)
    }

    fn client(&self) -> Client {
        let uri = BaseUrl::parse("https://server.example/").unwrap();
        let organization = OrganizationId(Uuid::from_u128(0x5555));
        let config = Config {
            limits: self.limits.clone(),
            concurrency: u32::try_from(self.concurrency).unwrap(),
            retry: RetryPolicy {
                retries: 2,
                max_wait: Duration::from_mins(10),
                backoff: Backoff::default(),
            },
            seed: Some(1),
            ..Config::new(uri, "acme", Credentials::Token("secret".into()))
        };
        let session = Session::new(Arc::new(self.server.clone()), config, silent(), self.stop.clone());
        let client = Client::new(session, organization);
        // As the reading before a run leaves it.
        client.keep_allocation_route(AllocationRoute::ManyUsers, Certainty::Lasting);
        client
    }

    /// Carries the plan out; every row has exactly one last record, which is not `started`.
    pub(crate) async fn run(&self) -> Ran {
        let ran = self.run_to_the_end_or_a_full_disk().await.unwrap();
        assert_eq!(self.server.in_flight(), 0, "a call is still under way");
        assert!(!self.statuses().contains(&Status::Started), "a row was left begun");
        ran
    }

    /// Carries the plan out as far as the disk has room for what there is to record.
    pub(crate) async fn run_to_the_end_or_a_full_disk(&self) -> Result<Ran, JournalError> {
        let journal = SlowJournal {
            server: self.server.clone(),
            records: self.records.clone(),
            delay: RECORDING,
            room: self.room,
        };
        let snapshot = self.world.snapshot();
        let engine = Engine {
            rows: &self.rows,
            snapshot: &snapshot,
            rules: &self.rules,
            read_back: ReadBack {
                client: self.client(),
                options: ReadOptions {
                    users_per_page: 1000,
                    concurrency: self.concurrency,
                    capabilities: Capabilities::default(),
                },
                observer: silent(),
                patience: Patience::over(Duration::from_secs(10)),
                stop: self.stop.clone(),
            },
            journal: &journal,
            max_failures: self.max_failures,
            concurrency: self.concurrency,
            recheck: self.recheck,
        };
        engine.run(&self.plan()).await
    }

    /// The last record of a row; the first row of a sheet is row 2.
    pub(crate) fn record(&self, row: u32) -> Record {
        let records = self.records.lock().unwrap();
        let last = records.iter().rev().find(|record| record.report.place.row == row);
        last.unwrap_or_else(|| panic!("row {row} has no record")).clone()
    }

    /// The statuses of all rows, in sheet order.
    pub(crate) fn statuses(&self) -> Vec<Status> {
        let records = self.records.lock().unwrap();
        let last: HashMap<u32, Status> = records
            .iter()
            .map(|record| (record.report.place.row, record.report.status))
            .collect();
        self.rows.iter().map(|row| last[&row.place.row]).collect()
    }

    /// The positions of the rows that are not done.
    pub(crate) fn not_done(&self) -> Vec<usize> {
        let statuses = self.statuses();
        (0..statuses.len())
            .filter(|row| statuses[*row] != Status::Done)
            .collect()
    }
}
