//! What figures can't be drawn.

/// Figures that no chart can show.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// There is no group, or no day or month.
    #[error("there are no figures to draw")]
    Empty,
    /// There are more days or months than a picture can show.
    #[error("{found} columns are more than the {limit} that a chart can show")]
    TooLong {
        /// Days or months given.
        found: usize,
        /// Days or months that the chart shows at most.
        limit: usize,
    },
    /// Two rows of figures differ in length.
    #[error("`{name}` has {found} figures, and not {expected} as the others")]
    Uneven {
        /// The group or line.
        name: String,
        /// Figures that it has.
        found: usize,
        /// Figures of the first group.
        expected: usize,
    },
    /// A figure isn't finite, or is beyond 10^12.
    #[error("`{name}` has a figure that is no amount of money")]
    NotAnAmount {
        /// The group or line.
        name: String,
    },
}
