//! The Glue table and the objects say the same.

use std::collections::BTreeSet;

use history::{Month, Table, Usd, encode};
use parquet::basic::{LogicalType, Type as Physical};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::schema::types::ColumnDescriptor;

use crate::duckdb::Bucket;
use crate::generated::{ACCOUNTS, day, record, usd};

/// The type by which Hive reads a Parquet column (Athena User Guide, "Data types in Amazon
/// Athena").
fn hive_type(column: &ColumnDescriptor) -> String {
    match (column.physical_type(), column.logical_type_ref()) {
        (Physical::INT32, Some(LogicalType::Date)) => "date".to_owned(),
        (Physical::BYTE_ARRAY, Some(LogicalType::String)) => "string".to_owned(),
        (Physical::INT64, Some(LogicalType::Decimal { .. })) => {
            format!("decimal({},{})", column.type_precision(), column.type_scale())
        }
        (Physical::BOOLEAN, None) => "boolean".to_owned(),
        other => panic!("{}: no column of ours is {other:?}", column.name()),
    }
}

#[test]
fn the_columns_of_the_table_are_those_of_the_objects() {
    let one = record(day(0), ACCOUNTS[0], "Amazon S3", usd("1"));
    let object = encode(Month::of(day(0)), &[one]).unwrap();
    let reader = SerializedFileReader::new(object).unwrap();
    let schema = reader.metadata().file_metadata().schema_descr();
    let written: Vec<_> =
        schema.columns().iter().map(|column| (column.name(), hive_type(column))).collect();
    let table = Table::of("company-costs", "");
    let described: Vec<_> =
        table.columns.iter().map(|column| (column.name, column.hive_type.clone())).collect();
    assert_eq!(described, written);
    assert_eq!(written[5].1, format!("decimal({},{})", Usd::DIGITS, Usd::PLACES));
}

#[test]
fn duckdb_sees_the_columns_of_the_table_and_its_partition_key() {
    let bucket = Bucket::of(&[record(day(0), ACCOUNTS[0], "Amazon S3", usd("1"))]);
    let rows = bucket.ask(&[&format!("DESCRIBE {}", Bucket::table())]).remove(0);
    let seen: Vec<_> = rows
        .iter()
        .map(|row| {
            let hive = match row.text("column_type") {
                "VARCHAR" => "string".to_owned(),
                other => other.to_lowercase(),
            };
            (row.text("column_name").to_owned(), hive)
        })
        .collect();
    let table = Table::of("company-costs", "");
    let described: Vec<_> = table
        .columns
        .iter()
        .chain(&table.partition_keys)
        .map(|column| (column.name.to_owned(), column.hive_type.clone()))
        .collect();
    assert_eq!(seen, described);
}

/// Glue API Reference, `Column` and `TableInput`: a name of at most 255 bytes, a comment of at most
/// 255, a description of at most 2048.
#[test]
fn glue_takes_the_table() {
    let table = Table::of("company-costs", "hinomi/");
    assert!(!table.description.is_empty() && table.description.len() <= 2048);
    let mut names = BTreeSet::new();
    for column in table.columns.iter().chain(&table.partition_keys) {
        assert!((1..=255).contains(&column.comment.len()), "{}", column.name);
        assert!(column.name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'));
        assert!(names.insert(column.name), "{} is there twice", column.name);
    }
    assert_eq!(table.location, "s3://company-costs/hinomi/costs/");
}
