//! Refusals that no handler has to name: what the server may answer to any request of a shape.

use utoipa::openapi::path::Operation;
use utoipa::openapi::{Content, OpenApi, Ref, ResponseBuilder};

/// Adds them to a description; what a handler says of a status stays.
pub fn describe(api: &mut OpenApi) {
    for (path, item) in &mut api.paths.paths {
        let closed = path != "/api/v1/session";
        let operations = [&mut item.get, &mut item.put, &mut item.post, &mut item.delete];
        for operation in operations.into_iter().flatten() {
            add(operation, closed);
        }
    }
}

fn add(operation: &mut Operation, closed: bool) {
    let asks = operation.parameters.as_ref().is_some_and(|list| !list.is_empty());
    let sends = operation.request_body.is_some();
    let possible = [
        (asks || sends, "400", "It cannot be read: a number that is none, no JSON"),
        (closed, "401", "Nobody is signed in"),
        (
            true,
            "403",
            "It does not come from the server's own pages, or a reader wants to change something",
        ),
        (sends, "413", "It is too big"),
        (sends, "415", "It is not said to be JSON"),
        (asks || sends, "422", "It makes no sense"),
    ];
    for (_, status, words) in possible.into_iter().filter(|(possible, ..)| *possible) {
        operation.responses.responses.entry(status.to_owned()).or_insert_with(|| {
            let problem = Content::new(Some(Ref::from_schema_name("Problem")));
            let refusal = ResponseBuilder::new().description(words);
            refusal.content("application/json", problem).build().into()
        });
    }
}
