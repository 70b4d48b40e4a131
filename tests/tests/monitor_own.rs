//! Temporary root of the monitor's acceptance tests alone.
#[path = "acceptance"]
mod acceptance {
    mod synthetic_monitor;
}
