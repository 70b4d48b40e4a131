//! One provider block, many accounts and regions.
