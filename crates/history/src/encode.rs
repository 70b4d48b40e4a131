//! Records as Parquet.

use std::sync::Arc;

use bytes::Bytes;
use contract::account::AccountId;
use jiff::civil::Date;
use parquet::basic::Compression;
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::SortingColumn;
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterVersion};
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::ColumnPath;

use crate::columns::{CHARGES, COLUMNS, EPOCH, SORTED_BY, Values, place, schema};
use crate::record::InvalidRecord;
use crate::{Month, Record};

/// What stands in a file as its maker: a fixed text, so that the bytes don't follow the version of
/// a crate.
const CREATED_BY: &str = "hinomi history 1";

/// Why records can't be written.
#[derive(Debug, thiserror::Error)]
#[error("unable to write the costs of {month}: {fault}")]
pub struct EncodeError {
    month: Month,
    fault: Fault,
}

#[derive(Debug, thiserror::Error)]
enum Fault {
    #[error("there is no record")]
    Empty,
    #[error("{0}")]
    Record(#[from] InvalidRecord),
    #[error("{day} is in another month")]
    OtherMonth { day: Date },
    #[error("{service} of {account} on {day} is there twice")]
    Twice { day: Date, account: AccountId, service: String },
    #[error("{0}")]
    Parquet(#[from] ParquetError),
}

/// The object of a month with these records, in any order.
///
/// The same records give the same bytes: they are sorted, and nothing in the file names a time, a
/// machine or a version. Records must be of that month, and each day, account and service at most
/// once.
pub fn encode(month: Month, records: &[Record]) -> Result<Bytes, EncodeError> {
    let mut sorted: Vec<_> = records.iter().collect();
    sorted.sort_by_key(|record| record.key());
    check(month, &sorted)
        .and_then(|()| write(&sorted).map_err(Fault::from))
        .map_err(|fault| EncodeError { month, fault })
}

fn check(month: Month, sorted: &[&Record]) -> Result<(), Fault> {
    if sorted.is_empty() {
        return Err(Fault::Empty);
    }
    for record in sorted {
        record.check()?;
        if Month::of(record.day) != month {
            return Err(Fault::OtherMonth { day: record.day });
        }
    }
    let twice = sorted.windows(2).find(|pair| pair[0].key() == pair[1].key());
    twice.map_or(Ok(()), |pair| {
        let (day, account, service) = pair[0].key();
        let (account, service) = (account.clone(), service.as_str().to_owned());
        Err(Fault::Twice { day, account, service })
    })
}

fn write(sorted: &[&Record]) -> Result<Bytes, ParquetError> {
    let mut file = Vec::new();
    let mut writer = SerializedFileWriter::new(&mut file, schema(), Arc::new(properties()))?;
    // One row group: a month of a large organization is 50,000 rows, a few hundred kilobytes.
    let mut group = writer.next_row_group()?;
    for column in &COLUMNS {
        let mut open = group.next_column()?.expect("the schema has a column for each of these");
        write_column(&mut open, column.values, sorted)?;
        open.close()?;
    }
    group.close()?;
    writer.close()?;
    Ok(file.into())
}

/// All that decides the bytes is said here, also where it is the crate's default now.
fn properties() -> WriterProperties {
    let sorted_by = SORTED_BY.map(|name| SortingColumn {
        column_idx: i32::try_from(place(name)).expect("there are few columns"),
        descending: false,
        nulls_first: false,
    });
    WriterProperties::builder()
        .set_created_by(CREATED_BY.to_owned())
        .set_writer_version(WriterVersion::PARQUET_1_0)
        .set_compression(Compression::SNAPPY)
        .set_dictionary_enabled(true)
        // Charges are nearly all different: a dictionary of them is larger than they are.
        .set_column_dictionary_enabled(ColumnPath::from(CHARGES), false)
        .set_dictionary_page_size_limit(1 << 20)
        .set_data_page_size_limit(1 << 20)
        .set_data_page_row_count_limit(1 << 20)
        .set_write_batch_size(1024)
        .set_max_row_group_row_count(None)
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_statistics_truncate_length(None)
        .set_offset_index_disabled(true)
        .set_sorting_columns(Some(sorted_by.to_vec()))
        .build()
}

fn write_column(
    open: &mut SerializedColumnWriter<'_>,
    values: Values,
    records: &[&Record],
) -> Result<usize, ParquetError> {
    match values {
        Values::Day(day) => {
            let days: Vec<_> = records.iter().map(|record| days_since_1970(day(record))).collect();
            open.typed::<Int32Type>().write_batch(&days, None, None)
        }
        Values::Text(text) => {
            let texts: Vec<_> = records.iter().map(|record| bytes_of(text(record))).collect();
            open.typed::<ByteArrayType>().write_batch(&texts, None, None)
        }
        Values::OptionalText(text) => {
            let texts = || records.iter().map(|record| text(record));
            let present: Vec<_> = texts().map(|text| i16::from(text.is_some())).collect();
            let texts: Vec<_> = texts().flatten().map(bytes_of).collect();
            open.typed::<ByteArrayType>().write_batch(&texts, Some(&present), None)
        }
        Values::Usd(amount) => {
            let stored = |record: &&Record| amount(record).to_stored().expect("it was checked");
            let amounts: Vec<_> = records.iter().map(stored).collect();
            open.typed::<Int64Type>().write_batch(&amounts, None, None)
        }
        Values::Flag(flag) => {
            let flags: Vec<_> = records.iter().map(|record| flag(record)).collect();
            open.typed::<BoolType>().write_batch(&flags, None, None)
        }
    }
}

fn bytes_of(text: &str) -> ByteArray {
    text.as_bytes().to_vec().into()
}

fn days_since_1970(day: Date) -> i32 {
    let days = day.duration_since(EPOCH).as_hours() / 24;
    i32::try_from(days).expect("a date is within four million days of 1970")
}
