//! Futures behind interfaces without types.

use std::future::Future;
use std::pin::Pin;

/// A future that the server awaits.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;
