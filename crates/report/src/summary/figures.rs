//! What an account, a purpose or all of them cost, and the sums of such figures.

/// What an account, a purpose or all of them cost, in US dollars, without credits.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Figures {
    /// The day of the report; none where nothing is known of it.
    pub day_usd: Option<f64>,
    /// Against the day before. Of a sum: over what is known on both days.
    pub against_day_before: Option<Comparison>,
    /// Against the median of the last seven ordinary days before: those of planned events don't count. Of a sum: over what has both.
    pub against_median: Option<Comparison>,
    /// From the first of the month to the day of the report, as far as it is known.
    pub month_usd: f64,
    /// The whole month, as foreseen from the own history; none where too little is known. In a sum, what has no forecast
    /// counts with its month so far.
    pub forecast_usd: Option<f64>,
    /// The month against the budget. Of a sum: of those accounts that have one.
    pub budget: Option<Budget>,
    /// Credits and refunds of the day: zero or less.
    pub credits_day_usd: f64,
    /// Credits and refunds from the first of the month to the day: zero or less.
    pub credits_month_usd: f64,
}

/// A day's cost beside another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Comparison {
    /// What it is compared with, in US dollars.
    pub from_usd: f64,
    /// What it is, in US dollars.
    pub to_usd: f64,
}

/// A month's cost beside its budget.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Budget {
    /// The budget of the month, in US dollars.
    pub limit_usd: f64,
    /// What the month has cost so far, in US dollars.
    pub used_usd: f64,
    /// What the month will have cost, in US dollars; none where that can't be foreseen.
    pub forecast_usd: Option<f64>,
}

impl Comparison {
    /// Where both are known.
    pub(crate) fn of(from: Option<f64>, to: Option<f64>) -> Option<Self> {
        Some(Self { from_usd: from?, to_usd: to? })
    }

    /// How much more it is, in US dollars.
    pub fn change_usd(self) -> f64 {
        self.to_usd - self.from_usd
    }

    /// How much more it is, in percent; none where it was nothing before.
    pub fn change_percent(self) -> Option<f64> {
        (self.from_usd > 0.0).then(|| 100.0 * self.change_usd() / self.from_usd)
    }

    /// Both together.
    pub(super) fn and(self, other: Self) -> Self {
        let from_usd = self.from_usd + other.from_usd;
        Self { from_usd, to_usd: self.to_usd + other.to_usd }
    }
}

impl Budget {
    /// How much of it is used, in percent.
    pub fn used_percent(self) -> f64 {
        100.0 * self.used_usd / self.limit_usd
    }

    /// Whether the month will have cost more, or has already.
    pub fn is_exceeded_by_forecast(self) -> bool {
        self.forecast_usd.unwrap_or(0.0).max(self.used_usd) > self.limit_usd
    }

    fn and(self, other: Self) -> Self {
        // What can't be foreseen counts with what it has cost.
        let foreseen = |budget: Self| budget.forecast_usd.unwrap_or(budget.used_usd);
        let is_foreseen = self.forecast_usd.is_some() || other.forecast_usd.is_some();
        Self {
            limit_usd: self.limit_usd + other.limit_usd,
            used_usd: self.used_usd + other.used_usd,
            forecast_usd: is_foreseen.then(|| foreseen(self) + foreseen(other)),
        }
    }
}

impl Figures {
    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let foreseen = |figures: Self| figures.forecast_usd.unwrap_or(figures.month_usd);
        let is_foreseen = self.forecast_usd.is_some() || other.forecast_usd.is_some();
        Self {
            day_usd: either(self.day_usd, other.day_usd, |one, two| one + two),
            against_day_before: either(
                self.against_day_before,
                other.against_day_before,
                Comparison::and,
            ),
            against_median: either(self.against_median, other.against_median, Comparison::and),
            month_usd: self.month_usd + other.month_usd,
            forecast_usd: is_foreseen.then(|| foreseen(self) + foreseen(other)),
            budget: either(self.budget, other.budget, Budget::and),
            credits_day_usd: self.credits_day_usd + other.credits_day_usd,
            credits_month_usd: self.credits_month_usd + other.credits_month_usd,
        }
    }

    /// All of them together; nothing of none.
    pub fn sum<'a>(all: impl IntoIterator<Item = &'a Self>) -> Self {
        all.into_iter().fold(Self::default(), |sum, figures| sum.and(*figures))
    }
}

/// Both together where both are known, or the one that is.
fn either<T>(one: Option<T>, other: Option<T>, together: impl Fn(T, T) -> T) -> Option<T> {
    match (one, other) {
        (Some(one), Some(other)) => Some(together(one, other)),
        (one, other) => one.or(other),
    }
}
