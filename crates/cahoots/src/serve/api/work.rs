//! What people note on items. Only appended to; who changes a thing says which version they saw.

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use cahoots_record::{ItemId, UtcMicros};
use cahoots_store::HumanRow;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::error::{Problem, Refused};
use super::path::Path;
use crate::annotations::{Annotation, Mark, NoteOn, Notebook, Pinned, Saved, TagOn};
use crate::answers::item;
use crate::serve::sessions::Visitor;
use crate::serve::state::{Event, Workbench, held};

/// A decision as it was written down.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Decided {
    /// Its number; also the version of what it is about.
    pub seq: u64,
    /// When, in UTC.
    pub at: String,
    /// Who decided.
    pub author: String,
    /// What, with a `kind`.
    pub decision: Value,
}

/// The version in an `If-Match` header.
pub fn if_match(headers: &HeaderMap) -> Result<u64, Refused> {
    let given = headers.get(header::IF_MATCH).ok_or_else(Refused::version_wanted)?;
    let text = given.to_str().unwrap_or_default().trim();
    let number = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    number
        .and_then(|number| number.parse().ok())
        .ok_or_else(|| Refused::wrong("If-Match holds one version number in quotes: \"17\""))
}

impl Workbench {
    /// Writes a decision down if `check` allows it after seeing all decisions before.
    ///
    /// # Errors
    /// What `check` says, or when the catalog cannot be written.
    pub async fn decide(
        self: &Arc<Self>,
        visitor: &Visitor,
        value: Value,
        check: impl FnOnce(&[HumanRow]) -> Result<(), Refused> + Send + 'static,
    ) -> Result<Decided, Refused> {
        let author = visitor.name.clone();
        let shared = Arc::clone(self);
        let written = self
            .ask(move |desk| {
                let _one_at_a_time = held(&shared.writing);
                let at = UtcMicros::from(jiff::Timestamp::now());
                let seq = desk.case().catalog().append_human_checked(at, &author, &value, check)?;
                Ok(seq.map(|seq| Decided { seq, at: at.to_string(), author, decision: value }))
            })
            .await??;
        let item = written.decision.get("item").and_then(Value::as_str).map(str::to_owned);
        // Nobody may be listening.
        let _ = self.events.send(Event::Decided {
            seq: written.seq,
            author: written.author.clone(),
            item,
        });
        Ok(written)
    }

    /// Writes an annotation down; with `seen`, only if nobody touched the thing since.
    async fn annotate(
        self: &Arc<Self>,
        visitor: &Visitor,
        annotation: Annotation,
        seen: Option<u64>,
        must_be_there: bool,
    ) -> Result<Json<Decided>, Refused> {
        let value = serde_json::to_value(&annotation).map_err(anyhow::Error::from)?;
        let check = move |before: &[HumanRow]| {
            let book = Notebook::of(before);
            if must_be_there && !is_there(&book, &annotation) {
                return Err(Refused::nothing("it is not there any more"));
            }
            match seen.filter(|seen| *seen != book.version(&annotation)) {
                None => Ok(()),
                Some(_) => Err(Refused::conflict(
                    "somebody else changed it in the meantime; look again",
                    current(&book, &annotation),
                )),
            }
        };
        self.decide(visitor, value, check).await.map(Json)
    }
}

fn is_there(book: &Notebook, annotation: &Annotation) -> bool {
    match annotation {
        Annotation::Note { edits, item, .. } => {
            edits.is_none_or(|note| book.note(note).is_some_and(|note| note.item == *item))
        }
        Annotation::SavedSearch { edits, .. } => {
            edits.is_none_or(|search| book.search(search).is_some())
        }
        Annotation::Pin { item, words: None } => book.pin(*item).is_some(),
        _ => true,
    }
}

fn current(book: &Notebook, annotation: &Annotation) -> Value {
    let found = match annotation {
        Annotation::Note { edits, .. } => {
            edits.and_then(|note| book.note(note)).map(serde_json::to_value)
        }
        Annotation::Pin { item, .. } => book.pin(*item).map(serde_json::to_value),
        Annotation::SavedSearch { edits, .. } => {
            edits.and_then(|search| book.search(search)).map(serde_json::to_value)
        }
        Annotation::Star { item, .. } => book.star(*item).map(serde_json::to_value),
        Annotation::Tag { item, .. } => Some(serde_json::to_value(book.tags(*item))),
    };
    found.and_then(Result::ok).unwrap_or(Value::Null)
}

/// The item of the record with this id or beginning of an id.
pub async fn known_item(workbench: &Arc<Workbench>, id: String) -> Result<ItemId, Refused> {
    let asked = id.clone();
    workbench
        .ask(move |desk| {
            let Some(ord) = item::find(&*desk.index()?, &asked)? else { return Ok(None) };
            Ok(Some(item::stored(desk.case(), ord)?.item.id))
        })
        .await?
        .ok_or_else(|| Refused::nothing(format!("there is no item {id} in this case")))
}

/// Words that a person typed: not empty, not a book.
pub fn words(text: &str, most: usize, what: &str) -> Result<String, Refused> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Refused::wrong(format!("{what} may not be empty")));
    }
    if text.chars().count() > most {
        return Err(Refused::wrong(format!("{what} may have at most {most} characters")));
    }
    Ok(text.to_owned())
}

/// What people noted on an item.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ItemWork {
    #[schema(value_type = String)]
    pub item: ItemId,
    /// The number of the last decision on it; also in the `ETag` header.
    pub version: u64,
    /// Who starred it last.
    pub star: Option<Mark>,
    pub tags: Vec<TagOn>,
    pub notes: Vec<NoteOn>,
    pub pin: Option<Pinned>,
    /// The version of its pin, also when it is not pinned; 0 when it never was.
    pub pin_version: u64,
}

/// What people noted on an item.
#[utoipa::path(
    get, path = "/items/{id}/work", tag = "work",
    params(("id" = String, Path, description = "Item id, or the first characters of one")),
    responses((status = 200, body = ItemWork), (status = 401, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem))
)]
pub async fn of_item(
    State(workbench): State<Arc<Workbench>>,
    Path(id): Path<String>,
) -> Result<Response, Refused> {
    let item = known_item(&workbench, id).await?;
    let work = workbench
        .ask(move |desk| {
            let book = desk.notebook()?;
            Ok(ItemWork {
                item,
                version: book.version_of_item(item),
                star: book.star(item).cloned(),
                tags: book.tags(item),
                notes: book.notes(item),
                pin: book.pin(item).cloned(),
                pin_version: book.version(&Annotation::Pin { item, words: None }),
            })
        })
        .await?;
    let etag = format!("\"{}\"", work.version);
    Ok(([(header::ETAG, etag)], Json(work)).into_response())
}

/// Whether an item is starred.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StarOn {
    pub on: bool,
}

/// Stars an item, or takes the star off.
#[utoipa::path(
    put, path = "/items/{id}/star", tag = "work", request_body = StarOn,
    params(("id" = String, Path, description = "Item id, or the first characters of one")),
    responses((status = 200, body = Decided), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem))
)]
pub async fn star(
    State(workbench): State<Arc<Workbench>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
    star: Result<Json<StarOn>, JsonRejection>,
) -> Result<Json<Decided>, Refused> {
    let Json(star) = star?;
    let item = known_item(&workbench, id).await?;
    workbench.annotate(&visitor, Annotation::Star { item, on: star.on }, None, false).await
}

/// Tags an item.
#[utoipa::path(
    put, path = "/items/{id}/tags/{tag}", tag = "work",
    params(("id" = String, Path, description = "Item id, or the first characters of one"), ("tag" = String, Path, description = "At most 60 characters")),
    responses((status = 200, body = Decided), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem))
)]
pub async fn tag(
    State(workbench): State<Arc<Workbench>>,
    Extension(visitor): Extension<Visitor>,
    Path((id, tag)): Path<(String, String)>,
) -> Result<Json<Decided>, Refused> {
    let tag = words(&tag, 60, "a tag")?;
    let item = known_item(&workbench, id).await?;
    workbench.annotate(&visitor, Annotation::Tag { item, tag, on: true }, None, false).await
}

/// Takes a tag off an item.
#[utoipa::path(
    delete, path = "/items/{id}/tags/{tag}", tag = "work",
    params(("id" = String, Path, description = "Item id, or the first characters of one"), ("tag" = String, Path, description = "At most 60 characters")),
    responses((status = 200, body = Decided), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem))
)]
pub async fn untag(
    State(workbench): State<Arc<Workbench>>,
    Extension(visitor): Extension<Visitor>,
    Path((id, tag)): Path<(String, String)>,
) -> Result<Json<Decided>, Refused> {
    let tag = words(&tag, 60, "a tag")?;
    let item = known_item(&workbench, id).await?;
    workbench.annotate(&visitor, Annotation::Tag { item, tag, on: false }, None, false).await
}

/// Words on an item.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Words {
    #[schema(max_length = 20_000)]
    pub text: String,
}

/// Notes something on an item.
#[utoipa::path(
    post, path = "/items/{id}/notes", tag = "work", request_body = Words,
    params(("id" = String, Path, description = "Item id, or the first characters of one")),
    responses((status = 200, body = Decided), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 413, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem))
)]
pub async fn add_note(
    State(workbench): State<Arc<Workbench>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
    text: Result<Json<Words>, JsonRejection>,
) -> Result<Json<Decided>, Refused> {
    let text = words(&text?.0.text, 20_000, "a note")?;
    let item = known_item(&workbench, id).await?;
    let note = Annotation::Note { item, edits: None, text: Some(text) };
    workbench.annotate(&visitor, note, None, false).await
}

/// The item that a note is on.
async fn item_of_note(workbench: &Arc<Workbench>, note: u64) -> Result<ItemId, Refused> {
    let found = workbench.ask(move |desk| Ok(desk.notebook()?.note(note).map(|note| note.item)));
    found.await?.ok_or_else(|| Refused::nothing(format!("there is no note {note}")))
}

/// Changes a note.
#[utoipa::path(
    put, path = "/notes/{note}", tag = "work", request_body = Words,
    params(("note" = u64, Path, description = "Its number"), ("if-match" = String, Header, description = "The version seen, in quotes")),
    responses((status = 200, body = Decided), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem), (status = 428, body = Problem))
)]
pub async fn edit_note(
    State(workbench): State<Arc<Workbench>>,
    Extension(visitor): Extension<Visitor>,
    Path(note): Path<u64>,
    headers: HeaderMap,
    text: Result<Json<Words>, JsonRejection>,
) -> Result<Json<Decided>, Refused> {
    let (seen, text) = (if_match(&headers)?, words(&text?.0.text, 20_000, "a note")?);
    let item = item_of_note(&workbench, note).await?;
    let edit = Annotation::Note { item, edits: Some(note), text: Some(text) };
    workbench.annotate(&visitor, edit, Some(seen), true).await
}

/// Takes a note away.
#[utoipa::path(
    delete, path = "/notes/{note}", tag = "work",
    params(("note" = u64, Path, description = "Its number"), ("if-match" = String, Header, description = "The version seen, in quotes")),
    responses((status = 200, body = Decided), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem), (status = 428, body = Problem))
)]
pub async fn remove_note(
    State(workbench): State<Arc<Workbench>>,
    Extension(visitor): Extension<Visitor>,
    Path(note): Path<u64>,
    headers: HeaderMap,
) -> Result<Json<Decided>, Refused> {
    let seen = if_match(&headers)?;
    let item = item_of_note(&workbench, note).await?;
    let gone = Annotation::Note { item, edits: Some(note), text: None };
    workbench.annotate(&visitor, gone, Some(seen), true).await
}

/// The report's chronology.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PinsAnswer {
    /// Pins, by the time of their items.
    pub pins: Vec<Pinned>,
}

/// Every pinned item.
#[utoipa::path(get, path = "/pins", tag = "work", responses((status = 200, body = PinsAnswer), (status = 401, body = Problem)))]
pub async fn pins(State(workbench): State<Arc<Workbench>>) -> Result<Json<PinsAnswer>, Refused> {
    let answer = workbench.ask(|desk| {
        let (book, index) = (desk.notebook()?, desk.index()?);
        let mut pins = Vec::new();
        for pin in book.pins() {
            let found = index.find_id_prefix(&pin.item.to_string())?;
            let place = found.first().map(|(_, ord)| anyhow::Ok(desk.axis()?.place(*ord)));
            pins.push((place.transpose()?.flatten().unwrap_or(u32::MAX), pin.clone()));
        }
        // Places of the axis are in the order of time.
        pins.sort_by_key(|(place, pin)| (*place, pin.item));
        let pins: Vec<Pinned> = pins.into_iter().map(|(_, pin)| pin).collect();
        Ok(PinsAnswer { pins })
    });
    Ok(Json(answer.await?))
}

/// Words on a pinned item.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PinWords {
    /// May be empty.
    #[schema(max_length = 5_000)]
    pub words: String,
}

/// Pins an item, or changes the words on it. `If-Match` holds the version seen; `"0"` when it was
/// not pinned.
#[utoipa::path(
    put, path = "/pins/{item}", tag = "work", request_body = PinWords,
    params(("item" = String, Path, description = "Item id, or the first characters of one"), ("if-match" = String, Header, description = "The version seen, in quotes")),
    responses((status = 200, body = Decided), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem), (status = 428, body = Problem))
)]
pub async fn pin(
    State(workbench): State<Arc<Workbench>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
    headers: HeaderMap,
    pin: Result<Json<PinWords>, JsonRejection>,
) -> Result<Json<Decided>, Refused> {
    let (seen, words) = (if_match(&headers)?, pin?.0.words.trim().to_owned());
    if words.chars().count() > 5_000 {
        return Err(Refused::wrong("the words on a pin may have at most 5000 characters"));
    }
    let item = known_item(&workbench, id).await?;
    let pin = Annotation::Pin { item, words: Some(words) };
    workbench.annotate(&visitor, pin, Some(seen), false).await
}

/// Takes an item out of the report's chronology.
#[utoipa::path(
    delete, path = "/pins/{item}", tag = "work",
    params(("item" = String, Path, description = "Item id, or the first characters of one"), ("if-match" = String, Header, description = "The version seen, in quotes")),
    responses((status = 200, body = Decided), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem), (status = 428, body = Problem))
)]
pub async fn unpin(
    State(workbench): State<Arc<Workbench>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Json<Decided>, Refused> {
    let seen = if_match(&headers)?;
    let item = known_item(&workbench, id).await?;
    workbench.annotate(&visitor, Annotation::Pin { item, words: None }, Some(seen), true).await
}

/// Tags with the number of their items; starred and pinned items counted.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TagsAnswer {
    pub tags: Vec<TagCount>,
    /// Starred items.
    #[schema(value_type = Vec<String>)]
    pub starred: Vec<ItemId>,
}

/// A tag, with its items.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TagCount {
    pub tag: String,
    #[schema(value_type = Vec<String>)]
    pub items: Vec<ItemId>,
}

/// Every tag with its items.
#[utoipa::path(get, path = "/tags", tag = "work", responses((status = 200, body = TagsAnswer), (status = 401, body = Problem)))]
pub async fn tags(State(workbench): State<Arc<Workbench>>) -> Result<Json<TagsAnswer>, Refused> {
    let answer = workbench.ask(|desk| {
        let book = desk.notebook()?;
        let tags = book.all_tags().into_keys();
        Ok(TagsAnswer {
            tags: tags
                .map(|tag| TagCount { tag: tag.to_owned(), items: book.tagged(tag) })
                .collect(),
            starred: book.starred().collect(),
        })
    });
    Ok(Json(answer.await?))
}

/// Searches kept under a name.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SearchesAnswer {
    pub searches: Vec<Saved>,
}

/// Every saved search.
#[utoipa::path(get, path = "/searches", tag = "work", responses((status = 200, body = SearchesAnswer), (status = 401, body = Problem)))]
pub async fn searches(
    State(workbench): State<Arc<Workbench>>,
) -> Result<Json<SearchesAnswer>, Refused> {
    let answer = workbench.ask(|desk| {
        let mut searches: Vec<Saved> = desk.notebook()?.searches().cloned().collect();
        searches.sort_by_key(|saved| (saved.name.to_lowercase(), saved.search));
        Ok(SearchesAnswer { searches })
    });
    Ok(Json(answer.await?))
}

/// A search to keep.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NamedSearch {
    #[schema(min_length = 1, max_length = 200)]
    pub name: String,
    #[schema(min_length = 1, max_length = 5_000)]
    pub query: String,
}

impl NamedSearch {
    fn checked(self) -> Result<(String, String), Refused> {
        Ok((words(&self.name, 200, "a name")?, words(&self.query, 5_000, "a query")?))
    }
}

/// Keeps a search under a name.
#[utoipa::path(
    post, path = "/searches", tag = "work", request_body = NamedSearch,
    responses((status = 200, body = Decided), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem))
)]
pub async fn save_search(
    State(workbench): State<Arc<Workbench>>,
    Extension(visitor): Extension<Visitor>,
    search: Result<Json<NamedSearch>, JsonRejection>,
) -> Result<Json<Decided>, Refused> {
    let (name, query) = search?.0.checked()?;
    let save = Annotation::SavedSearch { edits: None, name, query: Some(query) };
    workbench.annotate(&visitor, save, None, false).await
}

/// Changes a saved search.
#[utoipa::path(
    put, path = "/searches/{search}", tag = "work", request_body = NamedSearch,
    params(("search" = u64, Path, description = "Its number"), ("if-match" = String, Header, description = "The version seen, in quotes")),
    responses((status = 200, body = Decided), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem), (status = 428, body = Problem))
)]
pub async fn edit_search(
    State(workbench): State<Arc<Workbench>>,
    Extension(visitor): Extension<Visitor>,
    Path(search): Path<u64>,
    headers: HeaderMap,
    named: Result<Json<NamedSearch>, JsonRejection>,
) -> Result<Json<Decided>, Refused> {
    let (seen, (name, query)) = (if_match(&headers)?, named?.0.checked()?);
    let edit = Annotation::SavedSearch { edits: Some(search), name, query: Some(query) };
    workbench.annotate(&visitor, edit, Some(seen), true).await
}

/// Takes a saved search away.
#[utoipa::path(
    delete, path = "/searches/{search}", tag = "work",
    params(("search" = u64, Path, description = "Its number"), ("if-match" = String, Header, description = "The version seen, in quotes")),
    responses((status = 200, body = Decided), (status = 400, body = Problem), (status = 401, body = Problem), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem), (status = 428, body = Problem))
)]
pub async fn remove_search(
    State(workbench): State<Arc<Workbench>>,
    Extension(visitor): Extension<Visitor>,
    Path(search): Path<u64>,
    headers: HeaderMap,
) -> Result<Json<Decided>, Refused> {
    let seen = if_match(&headers)?;
    let gone = Annotation::SavedSearch { edits: Some(search), name: String::new(), query: None };
    workbench.annotate(&visitor, gone, Some(seen), true).await
}
