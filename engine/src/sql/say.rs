//! Errors of the query planner in words, with what to do about them.

use anyhow::Error;
use datafusion::common::SchemaError;
use datafusion::error::DataFusionError;

use crate::failure::hinted;

/// The error for a person who asked a question of these tables.
pub fn explained(error: DataFusionError, tables: &[&str]) -> Error {
    let list = || format!("the tables are {}", tables.join(", "));
    match error.find_root() {
        DataFusionError::SQL(parser, _) => {
            let said = parser.to_string();
            let said = said.strip_prefix("sql parser error: ").unwrap_or(&said);
            hinted(format!("this is not SQL: {said}"), "put the query in single quotes: 'SELECT …'")
        }
        DataFusionError::SchemaError(schema, _) => match schema.as_ref() {
            SchemaError::FieldNotFound { field, valid_fields } => {
                let names: Vec<&str> = valid_fields.iter().map(|field| field.name()).collect();
                let other_case = names.iter().find(|name| name.eq_ignore_ascii_case(field.name()));
                let hint = match other_case {
                    Some(name) => format!("write it in double quotes: \"{name}\""),
                    None => format!("the columns here are {}", names.join(", ")),
                };
                hinted(format!("there is no column {}", field.name()), hint)
            }
            other => hinted(other.to_string(), "name the table too: table.column"),
        },
        DataFusionError::Plan(said) => {
            if let Some(table) = missing_table(said) {
                return hinted(format!("there is no table {table}"), list());
            }
            if ["DDL", "DML", "Statement"].iter().any(|kind| said.starts_with(kind)) {
                return hinted(
                    "only questions are answered: nothing is made or changed by a query",
                    "write a SELECT; --csv > FILE keeps what it gives",
                );
            }
            hinted(said.clone(), list())
        }
        DataFusionError::ResourcesExhausted(_) => hinted(
            "the query needs more memory than it may use",
            "raise --memory, ask for fewer columns, or put a condition before the join",
        ),
        _ => Error::new(error),
    }
}

/// The name in "table 'datafusion.public.x' not found".
fn missing_table(said: &str) -> Option<&str> {
    let name = said.strip_prefix("table '")?.strip_suffix("' not found")?;
    Some(name.rsplit('.').next().unwrap_or(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_missing_table_is_named() {
        assert_eq!(missing_table("table 'datafusion.public.itemz' not found"), Some("itemz"));
        assert_eq!(missing_table("something else"), None);
    }
}
