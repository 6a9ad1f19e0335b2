//! The fields of the index.

use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, STRING, Schema, TextFieldIndexing, TextOptions,
};

/// Raised whenever an index made before can no longer be used.
pub(crate) const VERSION: &str = "2";
/// Name of the tokenizer of texts.
pub(crate) const WORDS: &str = "words";

/// Handles of the fields.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fields {
    /// Place in the record.
    pub ord: Field,
    /// Item id, for `show` with the beginning of an id.
    pub id: Field,
    /// The two halves of the item id, for results that are ids and nothing else.
    pub id_high: Field,
    /// See `id_high`.
    pub id_low: Field,
    /// The platform's own id.
    pub native: Field,
    /// Words of the text.
    pub body: Field,
    /// Words of the subject.
    pub subject: Field,
    /// Words of names and addresses of authors.
    pub from: Field,
    /// … of addressees.
    pub to: Field,
    /// … of addressees of copies.
    pub cc: Field,
    /// … of addressees of blind copies.
    pub bcc: Field,
    /// … of everybody.
    pub with: Field,
    /// Words of attachment names.
    pub attachment: Field,
    /// Objects as `kind:key`.
    pub object: Field,
    /// Facts with few values, as `name:value`.
    pub tag: Field,
    /// Accounts with their role: number × 8 + role.
    pub account: Field,
    /// Bounds of the time in microseconds; absent when unknown.
    pub earliest: Field,
    /// See `earliest`.
    pub latest: Field,
    /// The value to sort by.
    pub time: Field,
    /// Codes for counting.
    pub kind: Field,
    /// See `kind`.
    pub archive: Field,
}

/// The schema and its handles.
pub(crate) fn schema() -> (Schema, Fields) {
    let mut builder = Schema::builder();
    let text = |record| {
        TextOptions::default().set_indexing_options(
            TextFieldIndexing::default().set_tokenizer(WORDS).set_index_option(record),
        )
    };
    let phrases = || text(IndexRecordOption::WithFreqsAndPositions);
    let fields = Fields {
        ord: builder.add_u64_field("ord", FAST),
        id: builder.add_text_field("id", STRING),
        id_high: builder.add_u64_field("id_high", FAST),
        id_low: builder.add_u64_field("id_low", FAST),
        native: builder.add_text_field("native", STRING),
        body: builder.add_text_field("body", phrases()),
        subject: builder.add_text_field("subject", phrases()),
        from: builder.add_text_field("from", phrases()),
        to: builder.add_text_field("to", phrases()),
        cc: builder.add_text_field("cc", phrases()),
        bcc: builder.add_text_field("bcc", phrases()),
        with: builder.add_text_field("with", phrases()),
        attachment: builder.add_text_field("attachment", phrases()),
        object: builder.add_text_field("object", STRING),
        tag: builder.add_text_field("tag", STRING),
        account: builder.add_u64_field("account", INDEXED | FAST),
        earliest: builder.add_i64_field("earliest", FAST),
        latest: builder.add_i64_field("latest", FAST),
        time: builder.add_i64_field("time", FAST),
        kind: builder.add_u64_field("kind", FAST),
        archive: builder.add_u64_field("archive", FAST),
    };
    (builder.build(), fields)
}
