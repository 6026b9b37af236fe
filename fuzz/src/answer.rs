use std::sync::Arc;

use futures::FutureExt;
use futures::future::BoxFuture;
use reseat::api::{BaseUrl, Client, Config, Credentials, Session};
use reseat::event::silent;
use reseat::model::OrganizationId;
use reseat::wire::{Request, Response, Transport, TransportError};
use tokio_util::sync::CancellationToken;

/// Answers everything alike.
struct Parrot(Response);

impl Transport for Parrot {
    fn send(&self, _: Request) -> BoxFuture<'_, Result<Response, TransportError>> {
        let answer = self.0.clone();
        async move { Ok(answer) }.boxed()
    }
}

/// An answer of a server: the first byte chooses status and content type, the rest is the body.
pub fn answer(bytes: &[u8]) {
    let Some((choice, body)) = bytes.split_first() else {
        return;
    };
    // None of these is tried again, which would take its time.
    let status = [200, 201, 204, 400, 403, 404, 409, 422][usize::from(choice % 8)];
    let kind = [
        "application/json",
        "text/html",
        "text/plain",
        "application/problem+json",
    ][usize::from(choice / 8 % 4)];
    let response = Response {
        status,
        headers: vec![("content-type".to_owned(), kind.to_owned())],
        body: body.to_vec(),
    };
    let config = Config::new(
        BaseUrl::parse("https://cloud.uipath.com").expect("an address"),
        "acme",
        Credentials::Token("token".into()),
    );
    let session = Session::new(Arc::new(Parrot(response)), config, silent(), CancellationToken::new());
    let organization = OrganizationId("6f1c0000-0000-4000-8000-000000000001".parse().expect("a GUID"));
    let client = Client::new(session, organization);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        for told in [client.seats().await.map(drop), client.sign_in().await.map(drop)] {
            if let Err(error) = told {
                assert!(error.to_string().len() < 4096, "a message is cut");
            }
        }
    });
}
