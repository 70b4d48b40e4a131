//! The columns, declared once: the Parquet schema, what is written and the Glue table all follow
//! from this.

use std::sync::Arc;

use jiff::civil::Date;
use parquet::basic::{LogicalType, Repetition, Type as Physical};
use parquet::errors::ParquetError;
use parquet::schema::types::{Type, TypePtr};

use crate::{Record, Usd};

/// A column of the history.
pub(crate) struct Column {
    pub(crate) name: &'static str,
    pub(crate) comment: &'static str,
    pub(crate) values: Values,
}

/// What a column holds, which decides its type in Parquet and in Glue, and where a record has it.
#[derive(Clone, Copy)]
pub(crate) enum Values {
    /// Days, as their numbers since 1970.
    Day(fn(&Record) -> Date),
    /// Texts in UTF-8.
    Text(fn(&Record) -> &str),
    /// Texts, or null.
    OptionalText(fn(&Record) -> Option<&str>),
    /// Amounts of money, as decimal numbers in 64 bits.
    Usd(fn(&Record) -> Usd),
    /// True or false.
    Flag(fn(&Record) -> bool),
}

/// The columns in their order, in files and in the table.
pub(crate) const COLUMNS: [Column; 8] = [
    Column {
        name: "day",
        comment: "Day of the bill, in UTC.",
        values: Values::Day(|record| record.day),
    },
    Column {
        name: "account_id",
        comment: "AWS account, twelve digits.",
        values: Values::Text(|record| record.account.as_str()),
    },
    Column {
        name: "account_name",
        comment: "The account's name when the day was recorded.",
        values: Values::OptionalText(|record| record.account_name.as_deref()),
    },
    Column {
        name: "purpose",
        comment: "The account's role in the company when the day was recorded.",
        values: Values::OptionalText(|record| record.purpose.as_deref()),
    },
    Column {
        name: "service",
        comment: "Service, as Cost Explorer names it.",
        values: Values::Text(|record| record.service.as_str()),
    },
    Column {
        name: CHARGES,
        comment: "Usage, fees and tax in US dollars, never below zero.",
        values: Values::Usd(|record| record.charges_usd),
    },
    Column {
        name: "credits_usd",
        comment: "Credits and refunds in US dollars, never above zero.",
        values: Values::Usd(|record| record.credits_usd),
    },
    Column {
        name: "estimated",
        comment: "Whether AWS may still revise it.",
        values: Values::Flag(|record| record.estimated),
    },
];

/// The day that has the number 0.
pub(crate) const EPOCH: Date = Date::constant(1970, 1, 1);

/// The column of charges.
pub(crate) const CHARGES: &str = "charges_usd";

/// The columns by which rows are sorted: those of [`Record::key`].
pub(crate) const SORTED_BY: [&str; 3] = ["day", "account_id", "service"];

/// The column by which objects are parted. It is in their keys, not in the files.
pub(crate) const PARTITION: &str = "month";

/// The place of a column.
pub(crate) fn place(name: &str) -> usize {
    COLUMNS.iter().position(|column| column.name == name).expect("every column is in the list")
}

impl Values {
    /// The type in Hive's words, which Glue and Athena use.
    pub(crate) fn hive_type(self) -> String {
        match self {
            Self::Day(_) => "date".to_owned(),
            Self::Text(_) | Self::OptionalText(_) => "string".to_owned(),
            Self::Usd(_) => format!("decimal({},{})", Usd::DIGITS, Usd::PLACES),
            Self::Flag(_) => "boolean".to_owned(),
        }
    }
}

impl Column {
    fn parquet_type(&self) -> Result<Type, ParquetError> {
        let (digits, places) = (i32::from(Usd::DIGITS), i32::from(Usd::PLACES));
        let (physical, logical) = match self.values {
            Values::Day(_) => (Physical::INT32, Some(LogicalType::Date)),
            Values::Text(_) | Values::OptionalText(_) => {
                (Physical::BYTE_ARRAY, Some(LogicalType::String))
            }
            Values::Usd(_) => (Physical::INT64, Some(LogicalType::decimal(places, digits))),
            Values::Flag(_) => (Physical::BOOLEAN, None),
        };
        let (repetition, precision, scale) = match self.values {
            Values::OptionalText(_) => (Repetition::OPTIONAL, -1, -1),
            Values::Usd(_) => (Repetition::REQUIRED, digits, places),
            Values::Day(_) | Values::Text(_) | Values::Flag(_) => (Repetition::REQUIRED, -1, -1),
        };
        Type::primitive_type_builder(self.name, physical)
            .with_repetition(repetition)
            .with_logical_type(logical)
            .with_precision(precision)
            .with_scale(scale)
            .build()
    }
}

/// The schema of every object.
pub(crate) fn schema() -> TypePtr {
    let fields: Result<_, _> =
        COLUMNS.iter().map(|column| column.parquet_type().map(Arc::new)).collect();
    let schema =
        fields.and_then(|fields| Type::group_type_builder("costs").with_fields(fields).build());
    Arc::new(schema.expect("the columns are a constant, and every test of a file builds this"))
}
