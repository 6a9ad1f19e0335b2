//! Object stores: tables at `s3://BUCKET/…`, behind the feature `object-stores`.
//!
//! Address and keys come from the environment of each process (`AWS_ACCESS_KEY_ID`,
//! `AWS_SECRET_ACCESS_KEY`, `AWS_REGION`, `AWS_ENDPOINT`, `AWS_ALLOW_HTTP`), so no key is ever part
//! of a plan. Without the feature no such client is linked in.

use datafusion::execution::runtime_env::RuntimeEnvBuilder;

/// Whether a place is in an object store, by how it is written.
pub fn is_store(place: &str) -> bool {
    place.starts_with("s3://")
}

/// Whether object stores can be read.
pub const READABLE: bool = cfg!(feature = "object-stores");

/// Makes object stores known to what is built.
#[cfg(not(feature = "object-stores"))]
pub fn known_to(builder: RuntimeEnvBuilder) -> RuntimeEnvBuilder {
    builder
}

#[cfg(feature = "object-stores")]
pub use s3::known_to;

#[cfg(feature = "object-stores")]
mod s3 {
    use std::collections::HashMap;
    use std::sync::{Arc, Mutex, PoisonError};

    use datafusion::common::DataFusionError;
    use datafusion::execution::object_store::{DefaultObjectStoreRegistry, ObjectStoreRegistry};
    use datafusion::execution::runtime_env::RuntimeEnvBuilder;
    use object_store::ObjectStore;
    use object_store::aws::AmazonS3Builder;
    use url::Url;

    /// Makes object stores known to what is built.
    pub fn known_to(builder: RuntimeEnvBuilder) -> RuntimeEnvBuilder {
        builder.with_object_store_registry(Arc::new(Stores::default()))
    }

    /// The files of this machine, and buckets as they are asked for.
    #[derive(Debug, Default)]
    struct Stores {
        others: DefaultObjectStoreRegistry,
        buckets: Mutex<HashMap<String, Arc<dyn ObjectStore>>>,
    }

    impl ObjectStoreRegistry for Stores {
        fn register_store(
            &self,
            url: &Url,
            store: Arc<dyn ObjectStore>,
        ) -> Option<Arc<dyn ObjectStore>> {
            self.others.register_store(url, store)
        }

        fn get_store(&self, url: &Url) -> datafusion::common::Result<Arc<dyn ObjectStore>> {
            let bucket = match url.host_str() {
                Some(bucket) if url.scheme() == "s3" => bucket,
                _ => return self.others.get_store(url),
            };
            let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(store) = buckets.get(bucket) {
                return Ok(Arc::clone(store));
            }
            let store = AmazonS3Builder::from_env().with_bucket_name(bucket).build();
            let store: Arc<dyn ObjectStore> =
                Arc::new(store.map_err(|error| DataFusionError::ObjectStore(Box::new(error)))?);
            buckets.insert(bucket.to_owned(), Arc::clone(&store));
            Ok(store)
        }
    }
}
