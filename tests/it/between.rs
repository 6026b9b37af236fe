//! Something between reseat and the simulated organization that changes what is answered.

use std::io::{BufRead, BufReader, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;

use serde_json::Value;

use crate::support::Stage;

/// A request as it went through.
pub(crate) struct Asked {
    /// The method and the path with its query.
    pub(crate) line: String,
    /// The header lines, as sent.
    pub(crate) headers: String,
    pub(crate) body: String,
}

/// An answer, to be changed.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) status: u16,
    pub(crate) headers: Vec<String>,
    pub(crate) body: String,
}

impl Answered {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_default()
    }

    pub(crate) fn becomes(&mut self, status: u16, body: impl Into<Value>) {
        self.status = status;
        self.body = body.into().to_string();
        self.headers = vec!["content-type: application/json".to_owned()];
    }
}

type Twist = dyn Fn(&Asked, &mut Answered) + Send + Sync;

/// Puts `twist` between the stage's sandbox and whatever the stage runs from here on.
pub(crate) fn twist(stage: &Stage, twist: impl Fn(&Asked, &mut Answered) + Send + Sync + 'static) {
    let behind = stage.sandbox.base_url().replace("http://", "");
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    stage.set("UIPATH_URI", &format!("http://{}", listener.local_addr().unwrap()));
    let twist: Arc<Twist> = Arc::new(twist);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (behind, twist) = (behind.clone(), Arc::clone(&twist));
            // A client that goes away mid-way is its own affair.
            std::thread::spawn(move || stream.and_then(|stream| pass(stream, &behind, &*twist)));
        }
    });
}

fn pass(mut client: TcpStream, behind: &str, twist: &Twist) -> std::io::Result<()> {
    let (first, headers, body) = message(&mut BufReader::new(client.try_clone()?))?;
    let asked = Asked {
        line: first
            .rsplit_once(' ')
            .map_or(first.as_str(), |(line, _)| line)
            .to_owned(),
        headers: headers.join("\n"),
        body: String::from_utf8_lossy(&body).into_owned(),
    };
    let kept = headers
        .iter()
        .filter(|line| !is(line, "connection") && !is(line, "accept-encoding"));
    let mut request = format!("{first}\r\nconnection: close\r\n");
    kept.for_each(|line| request.push_str(&format_line(line)));
    let mut server = TcpStream::connect(behind)?;
    server.write_all(request.as_bytes())?;
    server.write_all(b"\r\n")?;
    server.write_all(&body)?;
    // The answer to a HEAD has the length of a body that does not come.
    let mut answer = BufReader::new(server);
    let (first, headers, body) = if asked.line.starts_with("HEAD ") {
        let (first, headers) = lines_of(&mut answer)?;
        (first, headers, Vec::new())
    } else {
        message(&mut answer)?
    };
    let status = first.split(' ').nth(1).and_then(|status| status.parse().ok());
    let mut answer = Answered {
        status: status.unwrap_or(500),
        headers,
        body: String::from_utf8_lossy(&body).into_owned(),
    };
    twist(&asked, &mut answer);
    let mut head = format!("HTTP/1.1 {} Twisted\r\nconnection: close\r\n", answer.status);
    for line in &answer.headers {
        if !["connection", "content-length", "transfer-encoding"]
            .iter()
            .any(|name| is(line, name))
        {
            head.push_str(&format_line(line));
        }
    }
    head.push_str(&format_line(&format!("content-length: {}\r\n", answer.body.len())));
    client.write_all(head.as_bytes())?;
    client.write_all(answer.body.as_bytes())?;
    client.shutdown(Shutdown::Write)
}

fn format_line(line: &str) -> String {
    format!("{line}\r\n")
}

fn is(line: &str, name: &str) -> bool {
    line.split_once(':')
        .is_some_and(|(found, _)| found.trim().eq_ignore_ascii_case(name))
}

/// The first line, the header lines and the body.
fn message(reader: &mut impl BufRead) -> std::io::Result<(String, Vec<String>, Vec<u8>)> {
    let (first, lines) = lines_of(reader)?;
    let length = lines.iter().find(|line| is(line, "content-length"));
    let length = length
        .and_then(|line| line.split_once(':')?.1.trim().parse().ok())
        .unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    Ok((first, lines, body))
}

/// The first line and the header lines.
fn lines_of(reader: &mut impl BufRead) -> std::io::Result<(String, Vec<String>)> {
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 || line.trim_end().is_empty() {
            break;
        }
        lines.push(line.trim_end().to_owned());
    }
    let first = if lines.is_empty() {
        String::new()
    } else {
        lines.remove(0)
    };
    Ok((first, lines))
}
