#!/usr/bin/env bash
# Two addresses are pasted where one is asked for: the y in the second one says yes to "Delete ann@example.com?", or both become
# one address, or one with a line break in it.
#
# Versions: crates dialoguer 0.12.0 and inquire 0.9.1; questionary 2.1.1 and InquirerPy 0.3.4 with prompt_toolkit 3.0.53, click
#           8.5.1, rich 15.0.0; npm prompts 2.4.2, enquirer 2.4.1, @inquirer/prompts 8.7.5, @clack/prompts 1.9.0. Typed by
#           pexpect 4.9.0. Seen on 2026-12-01 with Node.js 20 and Python 3.11.
#
# Each program asks "Whom to delete?" and then "Delete ...?", which is no by default. Two cells copied out of a sheet are
# pasted at the first question, each with its line break. As a terminal does it, they go between the marks of a paste if the
# program has asked for such marks (bracketed paste, DECSET 2004), and Enter is pressed; else the lines arrive as if typed. With
# "typed", a program that asks for marks runs in a terminal that has none. "asked" means that it waits for an answer.
#
# Likely guess: the first line is the answer, and the rest is dropped or stays for the next text. An address is no answer to a
#   question for yes or no, or at most one that begins with y is.
# What happens: dialoguer, and questionary and InquirerPy without marks, pass the rest on to the confirmation, which takes the
#   first y or n among the letters, wherever it is, and does not wait for Enter: with cy as the second, ann is deleted, with
#   dan she is not. With marks, questionary and InquirerPy give the two lines as one answer to a question for one line.
#   prompts glues them together without anything between. The other three for Node.js drop the second; inquire, click and
#   rich refuse it and ask again.
#
# Output seen: EXPECTED below.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat >EXPECTED <<'END'
dialoguer               cy   "ann@example.com" yes
dialoguer               dan  "ann@example.com" no
inquire                 cy   "ann@example.com" asked
inquire                 dan  "ann@example.com" asked
questionary             cy   "ann@example.com\ncy@example.com\n" asked
questionary             dan  "ann@example.com\ndan@example.com\n" asked
questionary, typed      cy   "ann@example.com" yes
questionary, typed      dan  "ann@example.com" no
InquirerPy              cy   "ann@example.com\ncy@example.com\n" asked
InquirerPy              dan  "ann@example.com\ndan@example.com\n" asked
InquirerPy, typed       cy   "ann@example.com" yes
InquirerPy, typed       dan  "ann@example.com" no
click                   cy   "ann@example.com" asked
click                   dan  "ann@example.com" asked
rich                    cy   "ann@example.com" asked
rich                    dan  "ann@example.com" asked
prompts                 cy   "ann@example.comcy@example.com" asked
prompts                 dan  "ann@example.comdan@example.com" asked
enquirer                cy   "ann@example.com" asked
enquirer                dan  "ann@example.com" asked
@inquirer/prompts       cy   "ann@example.com" asked
@inquirer/prompts       dan  "ann@example.com" asked
@clack/prompts          cy   "ann@example.com" asked
@clack/prompts          dan  "ann@example.com" asked
END

python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check questionary==2.1.1 InquirerPy==0.3.4 prompt_toolkit==3.0.53 \
    click==8.5.1 rich==15.0.0 pexpect==4.9.0
npm install --silent --no-audit --no-fund --prefix . prompts@2.4.2 enquirer@2.4.1 @inquirer/prompts@8.7.5 \
    @clack/prompts@1.9.0 >/dev/null

mkdir src
cat >Cargo.toml <<'END'
[package]
name = "ask"
version = "0.0.0"
edition = "2021"

[dependencies]
dialoguer = "=0.12.0"
inquire = "=0.9.1"
END
cat >src/main.rs <<'END'
fn main() {
    let sure = if std::env::args().nth(1).unwrap() == "dialoguer" {
        use dialoguer::{Confirm, Input};
        let who: String = Input::new().with_prompt("Whom to delete?").interact_text().unwrap();
        Confirm::new().with_prompt(format!("Delete {who:?}?")).default(false).interact().unwrap()
    } else {
        use inquire::{Confirm, Text};
        let who = Text::new("Whom to delete?").prompt().unwrap();
        Confirm::new(&format!("Delete {who:?}?")).with_default(false).prompt().unwrap()
    };
    println!("\nanswered: {}", if sure { "yes" } else { "no" });
}
END
cargo build --quiet

cat >ask.py <<'END'
import json
import sys

import click
import InquirerPy.inquirer
import questionary
import rich.prompt


def with_questionary(first, second):
    who = questionary.text(first).ask()
    return questionary.confirm(second(who), default=False).ask()


def with_inquirerpy(first, second):
    who = InquirerPy.inquirer.text(first).execute()
    return InquirerPy.inquirer.confirm(second(who), default=False).execute()


def with_click(first, second):
    who = click.prompt(first)
    return click.confirm(second(who), default=False)


def with_rich(first, second):
    who = rich.prompt.Prompt.ask(first)
    return rich.prompt.Confirm.ask(second(who), default=False)


ask = {"questionary": with_questionary, "InquirerPy": with_inquirerpy, "click": with_click, "rich": with_rich}[sys.argv[1]]
sure = ask("Whom to delete?", lambda who: f"Delete {json.dumps(who)}?")
print("\nanswered:", "yes" if sure else "no")
END

cat >ask.mjs <<'END'
import * as clack from "@clack/prompts";
import { confirm, input } from "@inquirer/prompts";
import enquirer from "enquirer";
import prompts from "prompts";

const first = "Whom to delete?";
const second = (who) => `Delete ${JSON.stringify(who)}?`;
const one = async (library, question) => (await library({ name: "answer", ...question })).answer;

const libraries = {
  prompts: async () => {
    const who = await one(prompts, { type: "text", message: first });
    return one(prompts, { type: "confirm", message: second(who), initial: false });
  },
  enquirer: async () => {
    const who = await one(enquirer.prompt, { type: "input", message: first });
    return one(enquirer.prompt, { type: "confirm", message: second(who), initial: false });
  },
  "@inquirer/prompts": async () => confirm({ message: second(await input({ message: first })), default: false }),
  "@clack/prompts": async () => clack.confirm({ message: second(await clack.text({ message: first })), initialValue: false }),
};
const sure = await libraries[process.argv[2]]();
console.log("\nanswered:", sure ? "yes" : "no");
END

cat >paste.py <<'END'
import re
import time

import pexpect


class Terminal:
    def __init__(self, command):
        self.child = pexpect.spawn(command[0], command[1:], encoding="utf-8", dimensions=(40, 200), timeout=60)
        self.seen = ""

    def until_quiet(self, seconds):
        """Reads until nothing has come for as long."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                self.seen += self.child.read_nonblocking(65536, 0.1)
                end = time.monotonic() + seconds
            except pexpect.TIMEOUT:
                pass
            except pexpect.EOF:
                return

    def paste(self, text, knows_marks):
        marks = self.seen.rfind("\x1b[?2004h") > self.seen.rfind("\x1b[?2004l")
        self.child.send(f"\x1b[200~{text}\x1b[201~\r" if marks and knows_marks else text)


def told(command, second, knows_marks):
    terminal = Terminal(command)
    while "Whom to delete?" not in terminal.seen:
        terminal.until_quiet(0.2)
    terminal.until_quiet(1)
    terminal.paste(f"ann@example.com\r{second}@example.com\r", knows_marks)
    terminal.until_quiet(2)
    terminal.child.close(force=True)
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", terminal.seen)
    answered = re.search(r"answered: (\w+)", plain)
    return re.findall(r'Delete (".*?")\?', plain)[-1], answered[1] if answered else "asked"


rust, python, node = ["target/debug/ask"], ["venv/bin/python", "ask.py"], ["node", "ask.mjs"]
for program, library, knows_marks in [
    (rust, "dialoguer", True),
    (rust, "inquire", True),
    (python, "questionary", True),
    (python, "questionary", False),
    (python, "InquirerPy", True),
    (python, "InquirerPy", False),
    (python, "click", True),
    (python, "rich", True),
    (node, "prompts", True),
    (node, "enquirer", True),
    (node, "@inquirer/prompts", True),
    (node, "@clack/prompts", True),
]:
    for second in ["cy", "dan"]:
        who, answer = told([*program, library], second, knows_marks)
        print(f"{library + ('' if knows_marks else ', typed'):<23} {second:<4} {who} {answer}", flush=True)
END

export TERM=xterm-256color PROMPT_TOOLKIT_NO_CPR=1
venv/bin/python paste.py | tee SEEN
diff EXPECTED SEEN
