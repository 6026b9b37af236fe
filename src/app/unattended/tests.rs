use std::sync::Barrier;

use tempfile::TempDir;
use tokio::runtime::Runtime;

use super::*;
use crate::app::ending::Ending;
use crate::app::job::fingerprint;
use crate::model::OrganizationId;
use crate::sandbox::{Config, Sandbox, start};
use crate::settings::{Overrides, Reach, Surroundings, load};

const ANNA: &str = "anna.berg@contoso.example";
const BRAM: &str = "bram.okafor@contoso.example";

/// A simulated organization, and a folder with a sheet.
struct Place {
    sandbox: Sandbox,
    folder: TempDir,
    settings: Settings,
}

impl Place {
    fn new(runtime: &Runtime, watch: &str) -> Self {
        let config = Config {
            organization_id: Some(OrganizationId(uuid::Uuid::new_v4())),
            ..Config::unlimited()
        };
        let sandbox = runtime.block_on(start(config)).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let text = format!("[profile.default]\n[profile.default.watch]\n{watch}");
        fs_err::write(folder.path().join("reseat.toml"), text).unwrap();
        let environment = |name: &str| match name {
            "UIPATH_URI" => Some(sandbox.base_url()),
            "UIPATH_ORGANIZATION" => Some(sandbox.organization().to_owned()),
            "RESEAT_ORGANIZATION_ID" => Some(sandbox.organization_id().to_string()),
            "UIPATH_CLIENT_ID" => Some(sandbox.client_id().to_owned()),
            "UIPATH_CLIENT_SECRET" => Some(sandbox.client_secret().to_owned()),
            _ => None,
        };
        let surroundings = Surroundings {
            environment: &environment,
            working_folder: folder.path(),
            config_folder: None,
        };
        let settings = load(&Overrides::default(), &surroundings, Reach::Online).unwrap();
        Self {
            sandbox,
            folder,
            settings,
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn write(&self, content: &str) {
        fs_err::write(self.path("sheet.csv"), content).unwrap();
    }

    fn run(&self, approved: Option<&Path>) -> SheetEnd {
        run_sheet(&SheetJob {
            settings: &self.settings,
            sheet: &self.path("sheet.csv"),
            approved,
            signals: &Signals::default(),
        })
    }

    fn has(&self, user: &str) -> bool {
        self.sandbox.world().user_called(user).is_some()
    }
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap()
}

#[track_caller]
fn ran(end: &SheetEnd, ending: Ending) {
    match end.end {
        HowEnded::Ran(ended) if ended.ending == ending => {}
        _ => panic!("{:?}\n{}", end.end, end.told),
    }
}

#[track_caller]
fn waits_for_approval(end: &SheetEnd) -> &Path {
    match &end.end {
        HowEnded::NeedsApproval { plan } => plan,
        other => panic!("{other:?}\n{}", end.told),
    }
}

#[test]
fn files_beside_the_sheet_are_named_without_a_folder_that_they_leave() {
    let told = "every row is in `/in box/.running/7/a.results.csv`; reseat run '/in box/.running/7/a.csv'".to_owned();
    assert_eq!(
        without_folder(told, Path::new("/in box/.running/7/a.csv")),
        "every row is in `a.results.csv`; reseat run 'a.csv'"
    );
    assert_eq!(without_folder("x/a.csv".to_owned(), Path::new("a.csv")), "x/a.csv");
}

#[test]
fn fifty_organizations_are_worked_on_side_by_side_and_each_is_told_of_itself_alone() {
    const MANY: usize = 50;
    let runtime = runtime();
    let places: Vec<Place> = (0..MANY).map(|_| Place::new(&runtime, "")).collect();
    let together = Barrier::new(MANY);
    std::thread::scope(|scope| {
        let running: Vec<_> = places
            .iter()
            .enumerate()
            .map(|(at, place)| {
                let together = &together;
                scope.spawn(move || {
                    place.write(&format!("operation,email\ninvite,newcomer{at}@acme.example\n"));
                    together.wait();
                    place.run(None)
                })
            })
            .collect();
        for (at, end) in running.into_iter().map(|running| running.join().unwrap()).enumerate() {
            ran(&end, Ending::Done);
            assert!(places[at].has(&format!("newcomer{at}@acme.example")), "{at}");
            assert!(end.told.contains("sheet.results.csv"), "{}", end.told);
            assert!(
                !end.told.contains(&*places[at].folder.path().to_string_lossy()),
                "{}",
                end.told
            );
        }
    });
}

#[test]
fn who_loses_access_loses_it_once_somebody_has_approved_the_plan() {
    let runtime = runtime();
    let place = Place::new(&runtime, "");
    place.write(&format!("operation,user\ndelete,{ANNA}\n"));
    let end = place.run(None);
    let plan = waits_for_approval(&end).to_owned();
    assert!(place.has(ANNA) && place.path("sheet.plan.html").exists());
    assert!(
        end.told.contains("more than the 0 that `max_deletes` allows"),
        "{}",
        end.told
    );
    assert!(!place.path("sheet.results.csv").exists());

    let end = place.run(Some(&plan));
    ran(&end, Ending::Done);
    assert!(!place.has(ANNA));
}

#[test]
fn what_is_within_the_settings_needs_nobodys_approval() {
    let runtime = runtime();
    let place = Place::new(&runtime, "max_deletes = 1\nmax_access_lost = 1\n");
    place.write(&format!("operation,user\ndelete,{ANNA}\n"));
    ran(&place.run(None), Ending::Done);
    place.write(&format!(
        "operation,user\ndelete,{BRAM}\noffboard,mei.chen@contoso.example\n"
    ));
    fs_err::remove_file(place.path("sheet.results.csv")).unwrap();
    waits_for_approval(&place.run(None));
}

#[test]
fn an_approved_plan_that_does_not_hold_is_planned_and_approved_anew() {
    let runtime = runtime();
    let place = Place::new(&runtime, "");
    place.write(&format!("operation,user\ndelete,{ANNA}\n"));
    let plan = waits_for_approval(&place.run(None)).to_owned();

    // Another sheet of the same name.
    place.write(&format!("operation,user\ndelete,{ANNA}\ndelete,{BRAM}\n"));
    let end = place.run(Some(&plan));
    let plan = waits_for_approval(&end).to_owned();
    assert!(end.told.contains("byte for byte"), "{}", end.told);

    // The same rows, and another account of that name.
    let id = place.sandbox.world().user_called(ANNA).unwrap().id;
    place.sandbox.with_world(|world| world.remove_user(id));
    let end = place.run(Some(&plan));
    let plan = waits_for_approval(&end).to_owned();
    assert!(end.told.contains("changed since the plan was saved"), "{}", end.told);
    assert!(place.has(BRAM));

    ran(&place.run(Some(&plan)), Ending::Done);
    assert!(!place.has(BRAM));
}

#[test]
fn a_row_that_is_not_due_yet_is_approved_with_the_others_and_carried_out_on_its_day() {
    let runtime = runtime();
    let place = Place::new(&runtime, "");
    let sheet = |day: &str| place.write(&format!("operation,user,not_before\ndelete,{ANNA},{day}\n"));
    sheet("2099-01-01");
    let before = fingerprint(&place.path("sheet.csv")).unwrap();
    let plan = waits_for_approval(&place.run(None)).to_owned();
    ran(&place.run(Some(&plan)), Ending::Waiting);
    assert!(place.has(ANNA));

    // The day comes, as far as this plan can tell.
    sheet("2020-01-01");
    let now = fingerprint(&place.path("sheet.csv")).unwrap();
    let text = fs_err::read_to_string(&plan).unwrap();
    assert!(text.contains(&before.to_string()));
    fs_err::write(&plan, text.replace(&before.to_string(), &now.to_string())).unwrap();
    ran(&place.run(Some(&plan)), Ending::Done);
    assert!(!place.has(ANNA));
}

#[test]
fn a_sheet_that_cannot_be_run_says_so_and_ends_no_other() {
    let runtime = runtime();
    let place = Place::new(&runtime, "");
    place.write("operation,user\nfly,anna\n");
    let end = place.run(None);
    ran(&end, Ending::SheetInvalid);
    assert!(
        end.told.contains("error:") && !end.told.contains('\u{1b}'),
        "{}",
        end.told
    );
}
