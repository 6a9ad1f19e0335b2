//! What the brief asks of the other analyses.

use std::sync::Arc;

use anyhow::Result;
use axum::extract::State;
use axum::response::Response;
use cahoots_analyze::brief;
use cahoots_analyze::finding::Who;
use cahoots_record::ItemId;
use serde::Serialize;
use utoipa::ToSchema;

use super::error::{Problem, Refused};
use super::findings::found;
use crate::analysis::{Citation, citation};
use crate::answers::{Answer, item};
use crate::serve::state::Workbench;

/// What the brief asks about.
#[derive(Serialize, ToSchema)]
pub struct QuestionsAnswer {
    /// `cahoots/questions/1`.
    pub schema: &'static str,
    /// Whose requests beside whose acts, in its order: what `acts` is asked.
    pub acts: Vec<ActsAsked>,
    /// Messages whose passing on it follows: what `exposure` is asked.
    pub exposure: Vec<ExposureAsked>,
}

/// A question about acts.
#[derive(Serialize, ToSchema)]
pub struct ActsAsked {
    pub from: Who,
    pub to: Who,
    /// Others whom a stated request concerns.
    pub circle: Vec<Who>,
}

/// A question about who was told.
#[derive(Serialize, ToSchema)]
pub struct ExposureAsked {
    /// The message.
    #[schema(value_type = String)]
    pub item: ItemId,
    pub citation: Citation,
}

/// What the brief asks of the other analyses, so that a page can show more of each.
#[utoipa::path(
    get, path = "/questions", tag = "findings",
    responses((status = 200, body = QuestionsAnswer), (status = 401, body = Problem))
)]
pub async fn questions(State(workbench): State<Arc<Workbench>>) -> Result<Response, Refused> {
    found(&workbench, "questions".to_owned(), |desk| {
        let record = desk.record()?;
        let who = |party| Who::of(&record, party);
        let acts: Vec<ActsAsked> = brief::questions(&record, &brief::Options::default())
            .into_iter()
            .map(|question| ActsAsked {
                from: who(question.from),
                to: who(question.to),
                circle: question.circle.into_iter().map(who).collect(),
            })
            .collect();
        let exposure: Vec<ExposureAsked> = brief::followed(&record)
            .into_iter()
            .map(|place| {
                let stored = item::stored(desk.case(), record.row(place).ord)?;
                let citation = citation(desk.case(), &stored);
                Ok(ExposureAsked { item: stored.item.id, citation })
            })
            .collect::<Result<_>>()?;
        let answer = QuestionsAnswer { schema: "cahoots/questions/1", acts, exposure };
        Ok(Answer { value: serde_json::to_value(answer)?, found: true })
    })
    .await
}
