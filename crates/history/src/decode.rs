//! Records from Parquet.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use bytes::Bytes;
use contract::account::{AccountId, InvalidAccountId};
use contract::cost::ServiceName;
use jiff::SignedDuration;
use jiff::civil::Date;
use parquet::column::reader::get_typed_column_reader;
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::reader::{FileReader, RowGroupReader, SerializedFileReader};
use parquet::schema::types::Type;

use crate::columns::{EPOCH, place, schema};
use crate::record::InvalidRecord;
use crate::{Month, Record, Usd};

/// Why an object can't be read.
#[derive(Debug, thiserror::Error)]
#[error("unable to read the costs in `{object}`: {fault}")]
pub struct DecodeError {
    object: String,
    fault: Box<Fault>,
}

#[derive(Debug, thiserror::Error)]
enum Fault {
    #[error("it is empty")]
    Empty,
    #[error("it is no whole Parquet file: {0}")]
    Parquet(#[from] ParquetError),
    #[error("it is a damaged Parquet file")]
    Damaged,
    #[error("the column `{name}` is missing")]
    Missing { name: String },
    #[error("the column `{name}` is `{found}`, and not `{expected}`")]
    OtherType { name: String, found: String, expected: String },
    #[error("the column `{name}` is unknown; a newer version of Hinomi may have written it")]
    Unknown { name: String },
    #[error("the columns stand in another order than they are written in")]
    Order,
    #[error("{service} of {account} on {day} is there twice")]
    Twice { day: Date, account: AccountId, service: ServiceName },
    #[error("row {row}: {fault}")]
    Row { row: usize, fault: RowFault },
}

#[derive(Debug, thiserror::Error)]
enum RowFault {
    #[error("{0}")]
    Account(#[from] InvalidAccountId),
    #[error("the column `{0}` is no text in UTF-8")]
    NoText(&'static str),
    #[error("the column `{0}` has no value")]
    NoValue(&'static str),
    #[error("{0} days after 1970-01-01 is no day of the calendar")]
    Day(i32),
    #[error("{day} is not in {month}")]
    OtherMonth { day: Date, month: Month },
    #[error("{0}")]
    Record(#[from] InvalidRecord),
}

/// The records of a month's object, sorted. `object` is what an error calls it, such as its URL.
///
/// An object with a column that this version doesn't know is refused: it would be lost when the
/// object is written again.
pub fn decode(object: &str, month: Month, file: Bytes) -> Result<Vec<Record>, DecodeError> {
    // The Parquet reader asserts here and there what a damaged file doesn't keep. Nothing outlives
    // the reading, so there is nothing that it could leave half-done.
    catch_unwind(AssertUnwindSafe(|| read(month, file)))
        .unwrap_or(Err(Fault::Damaged))
        .map_err(|fault| DecodeError { object: object.to_owned(), fault: Box::new(fault) })
}

fn read(month: Month, file: Bytes) -> Result<Vec<Record>, Fault> {
    if file.is_empty() {
        return Err(Fault::Empty);
    }
    let reader = SerializedFileReader::new(file)?;
    compare(reader.metadata().file_metadata().schema())?;
    let mut records = Vec::new();
    for index in 0..reader.num_row_groups() {
        read_group(&*reader.get_row_group(index)?, month, &mut records)?;
    }
    records.sort_by(|one, other| one.key().cmp(&other.key()));
    let twice = records.windows(2).find(|pair| pair[0].key() == pair[1].key());
    if let Some([record, _]) = twice {
        let (day, account, service) = record.key();
        let (account, service) = (account.clone(), service.clone());
        return Err(Fault::Twice { day, account, service });
    }
    Ok(records)
}

/// Says in what a schema differs from ours.
fn compare(found: &Type) -> Result<(), Fault> {
    let schema = schema();
    let (expected, found) = (schema.get_fields(), found.get_fields());
    for field in expected {
        let name = field.name().to_owned();
        let Some(same) = found.iter().find(|other| other.name() == name) else {
            return Err(Fault::Missing { name });
        };
        if same != field {
            let (found, expected) = (described(same), described(field));
            return Err(Fault::OtherType { name, found, expected });
        }
    }
    let known: BTreeSet<_> = expected.iter().map(|field| field.name()).collect();
    if let Some(other) = found.iter().find(|field| !known.contains(field.name())) {
        return Err(Fault::Unknown { name: other.name().to_owned() });
    }
    if found == expected { Ok(()) } else { Err(Fault::Order) }
}

/// A column as Parquet's tools write it.
fn described(field: &Type) -> String {
    let mut text = Vec::new();
    parquet::schema::printer::print_schema(&mut text, field);
    String::from_utf8_lossy(&text).trim().trim_end_matches(';').to_owned()
}

/// Adds the rows of a group.
fn read_group(
    group: &dyn RowGroupReader,
    month: Month,
    records: &mut Vec<Record>,
) -> Result<(), Fault> {
    let columns = Columns {
        days: column::<Int32Type>(group, "day")?,
        accounts: column::<ByteArrayType>(group, "account_id")?,
        account_names: column::<ByteArrayType>(group, "account_name")?,
        purposes: column::<ByteArrayType>(group, "purpose")?,
        services: column::<ByteArrayType>(group, "service")?,
        charges: column::<Int64Type>(group, "charges_usd")?,
        credits: column::<Int64Type>(group, "credits_usd")?,
        flags: column::<BoolType>(group, "estimated")?,
    };
    let before = records.len();
    for index in 0..columns.days.values.len() {
        let record = columns.record(index).and_then(|record| checked(record, month));
        let row = before + index + 1;
        records.push(record.map_err(|fault| Fault::Row { row, fault })?);
    }
    Ok(())
}

fn checked(record: Record, month: Month) -> Result<Record, RowFault> {
    record.check()?;
    if Month::of(record.day) != month {
        return Err(RowFault::OtherMonth { day: record.day, month });
    }
    Ok(record)
}

/// The values of a row group.
struct Columns {
    days: Values<i32>,
    accounts: Values<ByteArray>,
    account_names: Values<ByteArray>,
    purposes: Values<ByteArray>,
    services: Values<ByteArray>,
    charges: Values<i64>,
    credits: Values<i64>,
    flags: Values<bool>,
}

/// The values of one column, null where a row has none.
struct Values<T> {
    name: &'static str,
    values: Vec<Option<T>>,
}

impl Columns {
    fn record(&self, row: usize) -> Result<Record, RowFault> {
        Ok(Record {
            day: date(*self.days.at(row)?)?,
            account: self.accounts.text(row)?.parse()?,
            account_name: self.account_names.optional_text(row)?.map(ToOwned::to_owned),
            purpose: self.purposes.optional_text(row)?.map(ToOwned::to_owned),
            service: self.services.text(row)?.into(),
            charges_usd: Usd::of_units((*self.charges.at(row)?).into()),
            credits_usd: Usd::of_units((*self.credits.at(row)?).into()),
            estimated: *self.flags.at(row)?,
        })
    }
}

impl<T> Values<T> {
    fn at(&self, row: usize) -> Result<&T, RowFault> {
        self.values.get(row).and_then(Option::as_ref).ok_or(RowFault::NoValue(self.name))
    }
}

impl Values<ByteArray> {
    fn text(&self, row: usize) -> Result<&str, RowFault> {
        self.at(row)?.as_utf8().map_err(|_| RowFault::NoText(self.name))
    }

    fn optional_text(&self, row: usize) -> Result<Option<&str>, RowFault> {
        let is_null = self.values.get(row).is_some_and(Option::is_none);
        if is_null { Ok(None) } else { self.text(row).map(Some) }
    }
}

fn column<T: DataType>(
    group: &dyn RowGroupReader,
    name: &'static str,
) -> Result<Values<T::T>, ParquetError> {
    let rows = usize::try_from(group.metadata().num_rows())
        .map_err(|_| ParquetError::General("the number of rows is below zero".to_owned()))?;
    let mut reader = get_typed_column_reader::<T>(group.get_column_reader(place(name))?);
    let (mut present, mut known) = (Vec::new(), Vec::new());
    let (read, ..) = reader.read_records(rows, Some(&mut present), None, &mut known)?;
    if read != rows {
        let message = format!("the column `{name}` has {read} values for {rows} rows");
        return Err(ParquetError::General(message));
    }
    if present.is_empty() {
        // A column that can't be null has no such levels.
        return Ok(Values { name, values: known.into_iter().map(Some).collect() });
    }
    let mut known = known.into_iter();
    let values = present.into_iter().map(|level| (level > 0).then(|| known.next()).flatten());
    Ok(Values { name, values: values.collect() })
}

fn date(number: i32) -> Result<Date, RowFault> {
    EPOCH
        .checked_add(SignedDuration::from_hours(i64::from(number) * 24))
        .map_err(|_| RowFault::Day(number))
}
