//! Tests of the Parquet importer, on files written here.

use arrow_array::builder::{ListBuilder, StringBuilder};
use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray, TimestampMicrosecondArray};
use parquet::arrow::ArrowWriter;

use super::*;
use crate::check;
use crate::tree::MemoryTree;

fn tree(bytes: &[u8]) -> MemoryTree {
    MemoryTree::new([(String::new(), bytes.to_vec())])
}

/// A table of `rows` posts, one a second from 2020-01-02T12:00:00Z on.
fn file(rows: i64) -> Vec<u8> {
    let mut tags = ListBuilder::new(StringBuilder::new());
    for row in 0..rows {
        tags.values().append_value("Vote");
        tags.values().append_value(format!("tag{row}"));
        tags.append(true);
    }
    let texts = (0..rows).map(|row| (row != 1).then(|| format!("words {row}")));
    let times = (0..rows).map(|row| (1_577_966_400 + row) * 1_000_000);
    let columns: [(&str, ArrayRef); 5] = [
        ("id", Arc::new(Int64Array::from_iter_values(1..=rows))),
        ("account", Arc::new(StringArray::from_iter_values((0..rows).map(|_| "ann")))),
        (
            "created_at",
            Arc::new(TimestampMicrosecondArray::from_iter_values(times).with_timezone("UTC")),
        ),
        ("text", Arc::new(StringArray::from_iter(texts))),
        ("hashtags", Arc::new(tags.finish())),
    ];
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let mut bytes = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    bytes
}

#[test]
fn rows_come_back_as_written() {
    let batches = check::run(&PostsParquet, &tree(&file(3)));
    let items: Vec<_> = batches.iter().flat_map(|batch| &batch.items).collect();
    assert_eq!(items.len(), 3);
    assert_eq!(items[0].when.earliest.unwrap().to_string(), "2020-01-02T12:00:00Z");
    assert_eq!((items[0].text.as_str(), items[1].text.as_str()), ("words 0", ""));
    let keys: Vec<&str> = items[2].objects.iter().map(|object| object.key.as_str()).collect();
    assert_eq!(keys, ["tag2", "vote"]);
    let mut bytes = &file(3)[..];
    let original = PostsParquet.select(&mut bytes, &items[2].locator).unwrap().unwrap();
    assert_eq!(
        String::from_utf8(original).unwrap(),
        r#"{"id":3,"account":"ann","created_at":"2020-01-02T12:00:02Z","text":"words 2","hashtags":["Vote","tag2"]}"#
    );
}

#[test]
fn chunks_are_of_8192_rows() {
    struct Count(Vec<u64>);
    impl ChunkSink for Count {
        fn chunk(&mut self, chunk: Chunk) -> Result<(), ImportError> {
            self.0.push(chunk.rows_before);
            Ok(())
        }
        fn batch(&mut self, _: Batch) -> Result<(), ImportError> {
            Ok(())
        }
    }
    let mut count = Count(Vec::new());
    PostsParquet.split(&tree(&file(9000)), &[0], &Options::default(), &mut count).unwrap();
    assert_eq!(count.0, [0, 8192]);
}

#[test]
fn damaged_files_are_accounted_for() {
    let whole = file(20);
    for part in 0..8 {
        let batches = check::run(&PostsParquet, &tree(&whole[..whole.len() * part / 8]));
        assert_eq!(batches[0].issues[0].code, "unreadable");
        assert_eq!(batches[0].balance.skipped, 1);
    }
    for at in (0..whole.len()).step_by(23) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x55;
        // Some places change a value and no more; what counts is that none breaks a promise.
        let mut kept = Vec::new();
        struct Keep<'a>(&'a mut Vec<Chunk>);
        impl ChunkSink for Keep<'_> {
            fn chunk(&mut self, chunk: Chunk) -> Result<(), ImportError> {
                self.0.push(chunk);
                Ok(())
            }
            fn batch(&mut self, batch: Batch) -> Result<(), ImportError> {
                assert!(batch.balance.holds());
                Ok(())
            }
        }
        let _ = PostsParquet.split(&tree(&bytes), &[0], &Options::default(), &mut Keep(&mut kept));
        for chunk in &kept {
            assert!(PostsParquet.parse(chunk, &Options::default()).balance.holds());
        }
    }
}
