//! What a provider is.

use std::future::Future;

use crate::codec::Model;
use crate::data_source::ErasedDataSource;
use crate::diagnostics::Diagnostics;
use crate::function::Function;
use crate::resource::ErasedResource;

/// What Terraform says of itself when it configures a provider.
#[derive(Clone, Debug)]
pub struct Setup {
    /// Version of the Terraform that runs the provider, such as `1.11.4`.
    pub terraform_version: String,
}

/// A provider: its block and what it offers. It has no state of its own; what configuring makes is
/// [`Provider::Clients`], handed to every operation.
pub trait Provider: Send + Sync + 'static {
    /// Local name of the provider, which every resource's type name begins with.
    const NAME: &'static str;
    /// The provider block.
    type Config: Model;
    /// What operations work with.
    type Clients: Send + Sync + 'static;

    /// The resources, in the order of the documentation.
    fn resources() -> Vec<Box<dyn ErasedResource<Self::Clients>>>;

    /// The data sources, in the order of the documentation.
    fn data_sources() -> Vec<Box<dyn ErasedDataSource<Self::Clients>>> {
        Vec::new()
    }

    /// The functions, in the order of the documentation.
    fn functions() -> Vec<Function> {
        Vec::new()
    }

    /// Checks the provider block beyond the rules of its schema. Values may be unknown.
    fn validate(config: &Self::Config, diagnostics: &mut Diagnostics) {
        let _ = (config, diagnostics);
    }

    /// Makes the clients. Values may be unknown while planning: that fails only the calls that need
    /// them. No network here: a process is started for every command, often for nothing.
    fn configure(
        config: Self::Config,
        setup: Setup,
        diagnostics: &mut Diagnostics,
    ) -> impl Future<Output = Option<Self::Clients>> + Send;
}
