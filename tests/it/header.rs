//! Sheets whose header is not their first row, or is explained by the profile or by nobody, from end to end.

use crate::support::Stage;

#[test]
fn a_profile_says_what_next_weeks_sheet_needs_no_flags_for() {
    let stage = Stage::new();
    stage.write(
        "reseat.toml",
        "[profile.default]\noperation = \"add-to-groups\"\n[profile.default.map]\nWho = \"user\"\nTeam = \"groups\"\nElse = \"note\"\n",
    );
    stage.write("sheet.csv", "Who,Team\nanna.berg@contoso.example,Finance\n");
    stage
        .reseat(&["check", "sheet.csv"])
        .ends(0)
        .tells("1 add-to-groups")
        .tells("rows that name no operation are `add-to-groups`, as the profile says");
    stage.reseat(&["plan", "sheet.csv", "--save", "plan.json"]).ends(0);
    stage.reseat(&["run", "--plan", "plan.json", "--yes"]).ends(0);
    assert_eq!(stage.counts(), "1 unchanged");
    stage
        .reseat(&["check", "sheet.csv", "--operation", "delete"])
        .tells("1 delete");
    stage
        .reseat(&["check", "sheet.csv", "--map", "Elze=note"])
        .ends(2)
        .tells("no header is `Elze`");
    stage
        .reseat(&["check", "sheet.csv", "--map", "licenses=Licence wanted"])
        .ends(2)
        .tells("--map \"licenses=Licence wanted\" is the other way round")
        .tells("type --map \"Licence wanted=licenses\"");
}

#[test]
fn the_failed_rows_of_a_sheet_with_a_title_stand_under_its_header_and_run_as_they_are() {
    let stage = Stage::new();
    // Of a `.csv` the stage itself sees to it that its rows follow the first line.
    stage.write(
        "sheet.tsv",
        "Title of anna.berg@contoso.example\n\noperation;user;groups\nadd-to-groups;anna.berg@contoso.example;Finance\n\
         add-to-groups;nobody@contoso.example;Finance\n",
    );
    stage
        .reseat(&["run", "sheet.tsv", "--header-row", "3", "--yes"])
        .ends(3)
        .tells("run sheet.failed.csv --yes");
    let failed = stage.read("sheet.failed.csv");
    let lines: Vec<&str> = failed.lines().collect();
    assert_eq!(lines.len(), 2, "{failed}");
    assert!(lines[0].contains("operation;user;groups;reseat_status"), "{failed}");
    assert!(
        lines[1].starts_with("add-to-groups;nobody@contoso.example;Finance;not_found"),
        "{failed}"
    );
    stage.reseat(&["run", "sheet.failed.csv", "--yes"]).ends(3);
    let results = stage.results();
    let rows: Vec<(&str, &str)> = results
        .iter()
        .map(|line| (line.get("row"), line.get("status")))
        .collect();
    assert_eq!(rows, [("4", "unchanged"), ("5", "not_found")]);
}

#[test]
fn a_column_that_is_not_used_but_holds_names_of_the_organizations_groups_is_told() {
    let stage = Stage::new();
    stage.write(
        "sheet.csv",
        "operation,user,licenses,Team,Desk\nadd-licenses,anna.berg@contoso.example,ATTUNU,Finance; Invoice Team,5\n",
    );
    let told = "the column `Team (column D)` is not used, but its cells look like groups: `Finance; Invoice Team`";
    let ran = stage
        .reseat(&["plan", "sheet.csv"])
        .ends(0)
        .tells(&format!("warning[groups-not-used]: row 1: {told}"))
        .tells("--map \"Team=groups\"");
    assert_eq!(ran.err.matches("its cells look like").count(), 1, "{}", ran.err);
    for command in [&["plan", "sheet.csv"][..], &["run", "sheet.csv", "--yes"]] {
        let ran = stage.reseat(&[command, &["--output", "json"]].concat()).ends(0);
        let object: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
        let problems = object["sheet"]["problems"].as_array().unwrap();
        let found = problems.iter().find(|problem| problem["code"] == "groups-not-used");
        assert_eq!(found.unwrap()["what"], told);
        assert_eq!(object["sheet"]["warnings"], 3, "{}", ran.out);
    }
}

#[test]
fn a_second_column_of_groups_is_told_and_a_department_called_like_one_is_not() {
    let stage = Stage::new();
    for (header, is_told) in [("Groups.1", true), ("Department", false)] {
        let rows = format!(
            "operation,user,groups,{header}\nadd-to-groups,anna.berg@contoso.example,Automation Developers,Finance\n"
        );
        stage.write("sheet.csv", &rows);
        let ran = stage.reseat(&["plan", "sheet.csv"]).ends(0);
        assert_eq!(
            ran.err.contains("but its cells look like groups: `Finance`"),
            is_told,
            "{}",
            ran.err
        );
        assert_eq!(
            ran.err.contains("write them into `groups (column C)` as well"),
            is_told,
            "{}",
            ran.err
        );
    }
}

#[test]
fn a_column_for_each_group_is_told_what_would_use_it() {
    let stage = Stage::new();
    for (marks, is_told) in [("x", true), ("yes", true), ("Ann Lee", false)] {
        let rows = format!("operation,user,licenses,Finance\nadd-licenses,anna.berg@contoso.example,ATTUNU,{marks}\n");
        stage.write("sheet.csv", &rows);
        let ran = stage.reseat(&["plan", "sheet.csv"]).ends(0);
        let told = "warning[groups-not-used]: row 1: the column `Finance (column D)` is not used, but its header is the name of a group";
        assert_eq!(ran.err.contains(told), is_told, "{marks} {}", ran.err);
    }
}

#[test]
fn a_list_of_leavers_is_not_carried_out_before_the_days_in_it() {
    let stage = Stage::new();
    stage.write(
        "leavers.csv",
        "Name,E-mail,Last day\nAnna Berg,anna.berg@contoso.example,31.12.2099\n",
    );
    let leavers = ["run", "leavers.csv", "--operation", "offboard", "--yes"];
    stage
        .reseat(&leavers)
        .ends(2)
        .tells("error[dates-not-used]: row 2: the column `Last day (column C)` is not used")
        .tells("--map \"Last day=not_before\"");
    let waits = [&leavers[..], &["--map", "Last day=not_before"]].concat();
    stage
        .reseat(&waits)
        .ends(75)
        .tells("warning[ends-before-last-day]: row 2")
        .tells("1 row: 1 waiting")
        .tells("2099-12-31");
    let for_people = [&leavers[..], &["--map", "Last day=note", "--results", "now.csv"]].concat();
    stage.reseat(&for_people).ends(0).tells("1 done");
}

#[test]
fn check_plan_and_run_keep_leavers_whose_day_cannot_be_read_and_tell_of_those_cut_off_in_the_morning() {
    let stage = Stage::new();
    let map = ["--operation", "offboard", "--map", "Contract end=not_before"];
    for command in [&["check"][..], &["plan"], &["run", "--yes"]] {
        stage.write(
            "leavers.csv",
            "E-mail,Contract end\nanna.berg@contoso.example,end of December\n",
        );
        stage
            .reseat(&[command, &["leavers.csv", "--operation", "offboard"]].concat())
            .ends(2)
            .tells("error[dates-not-used]: row 2: the column `Contract end (column B)` is not used")
            .tells("--map \"Contract end=note\"");
        stage.write(
            "leavers.csv",
            "E-mail,Contract end\nanna.berg@contoso.example,2099-12-31\n",
        );
        let ran = stage.reseat(&[command, &["leavers.csv"], &map].concat());
        ran.tells("warning[ends-before-last-day]: row 2")
            .tells("locked out in the morning");
    }
}

#[test]
fn a_group_in_the_place_of_a_user_is_told_with_the_operation_for_groups() {
    let stage = Stage::new();
    for (row, told) in [
        (
            "add-licenses,Finance,ATTUNU,",
            "if a group is meant: `set-group-licenses`",
        ),
        ("block-licenses,Finance,,", "`clear-group-licenses`"),
        (
            "add-to-groups,Finance,,Everyone",
            "but a group is called so: name the person as the user",
        ),
    ] {
        stage.write("sheet.csv", format!("operation,user,licenses,groups\n{row}\n"));
        stage
            .reseat(&["plan", "sheet.csv"])
            .tells("there is no user `Finance`")
            .tells(told);
    }
}
