//! Functions of ours that queries and plans may name: registered wherever a plan is read, in
//! this process, in the scheduler and in every executor.

use std::sync::Arc;

use ballista_core::registry::BallistaFunctionRegistry;
use datafusion::arrow::array::{ArrayRef, AsArray, Int64Array};
use datafusion::arrow::datatypes::{DataType, Int64Type};
use datafusion::common::{Result, ScalarValue, exec_err};
use datafusion::logical_expr::{
    ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};
use datafusion::prelude::SessionContext;

/// Every function of ours.
pub fn all() -> Vec<ScalarUDF> {
    vec![ScalarUDF::new_from_impl(TimeBucket::new())]
}

/// Makes the functions known to a session.
pub fn register(context: &SessionContext) {
    for function in all() {
        context.register_udf(function);
    }
}

/// The functions an executor knows: DataFusion's and ours.
pub fn registry() -> BallistaFunctionRegistry {
    let mut registry = BallistaFunctionRegistry::default();
    // Ballista 55.0 leaves the functions on lists out: `make_array` plans and then fails.
    for function in datafusion::functions_nested::all_default_nested_functions() {
        registry.scalar_functions.entry(function.name().to_owned()).or_insert(function);
    }
    for function in all() {
        registry.scalar_functions.insert(function.name().to_owned(), Arc::new(function));
    }
    registry
}

/// `time_bucket(t, width)`: the number of the bucket of that width that `t` is in.
///
/// Rounds down, where SQL's `/` rounds towards zero and so makes the bucket at 1970 twice as wide.
#[derive(Debug, PartialEq, Eq, Hash)]
struct TimeBucket {
    signature: Signature,
}

impl TimeBucket {
    fn new() -> Self {
        let two = vec![DataType::Int64, DataType::Int64];
        Self { signature: Signature::exact(two, Volatility::Immutable) }
    }
}

impl ScalarUDFImpl for TimeBucket {
    fn name(&self) -> &str {
        "time_bucket"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Int64)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [times, width] = args.args.as_slice() else {
            return exec_err!("time_bucket takes a number and a width");
        };
        let width = match width {
            ColumnarValue::Scalar(ScalarValue::Int64(Some(width))) if *width > 0 => *width,
            _ => return exec_err!("the width of a time_bucket is a constant greater than 0"),
        };
        let times = times.to_array(args.number_rows)?;
        let buckets: Int64Array =
            times.as_primitive::<Int64Type>().unary(|time| time.div_euclid(width));
        Ok(ColumnarValue::Array(Arc::new(buckets) as ArrayRef))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn buckets_round_down() {
        let context = SessionContext::new();
        register(&context);
        let query = "SELECT time_bucket(column1, 60) FROM (VALUES (-61), (-60), (-1), (0), (59), \
                     (60), (NULL))";
        let batches = context.sql(query).await.unwrap().collect().await.unwrap();
        let buckets: Vec<Option<i64>> =
            batches.iter().flat_map(|batch| batch.column(0).as_primitive::<Int64Type>()).collect();
        let expected = [Some(-2), Some(-1), Some(-1), Some(0), Some(0), Some(1), None];
        assert_eq!(buckets, expected);
    }

    #[tokio::test]
    async fn a_width_of_nothing_is_an_error() {
        let context = SessionContext::new();
        register(&context);
        let result = context.sql("SELECT time_bucket(5, 0)").await.unwrap().collect().await;
        assert!(result.unwrap_err().to_string().contains("greater than 0"));
    }
}
