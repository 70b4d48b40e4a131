//! A month's object: what is written is read again, always by the same bytes, and what is broken is
//! said.

use std::fs;
use std::path::Path;

use bytes::Bytes;
use history::{Month, Record, Usd, decode, encode};
use jiff::civil::Date;
use parquet::basic::Compression;
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, Int32Type, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use proptest::prelude::*;
use proptest::sample::Index;

use crate::generated::{ACCOUNTS, november, record, usd};

const OBJECT: &str = "s3://company-costs/costs/month=2026-11/costs.parquet";

fn month() -> Month {
    "2026-11".parse().expect("a month")
}

fn sample() -> Vec<Record> {
    let first = record(Date::constant(2026, 11, 1), ACCOUNTS[0], "Amazon S3", usd("2.5129166667"));
    let mut second =
        record(Date::constant(2026, 11, 2), ACCOUNTS[3], "Tax", usd("99999999.9999999999"));
    second.account_name = Some("祭り".to_owned());
    second.purpose = Some("event".to_owned());
    second.credits_usd = usd("-1E-10");
    second.estimated = true;
    vec![first, second]
}

fn refused(file: impl Into<Bytes>) -> String {
    decode(OBJECT, month(), file.into()).expect_err("it is refused").to_string()
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(records in november()) {
        let read = decode(OBJECT, month(), encode(month(), &records).unwrap()).unwrap();
        let mut sorted = records;
        sorted.sort_by(|one, other| one.key().cmp(&other.key()));
        prop_assert_eq!(read, sorted);
    }

    #[test]
    fn the_order_of_records_changes_no_byte(
        (records, shuffled) in november()
            .prop_flat_map(|records| (Just(records.clone()), Just(records).prop_shuffle()))
    ) {
        prop_assert_eq!(encode(month(), &records).unwrap(), encode(month(), &shuffled).unwrap());
    }

    #[test]
    fn broken_bytes_are_refused_or_read_and_never_a_panic(
        records in november(),
        breaks in prop::collection::vec((any::<Index>(), any::<u8>()), 1..4),
        cut in prop::option::of(any::<Index>()),
    ) {
        let mut file = encode(month(), &records).unwrap().to_vec();
        for (place, byte) in breaks {
            let place = place.index(file.len());
            file[place] = byte;
        }
        if let Some(cut) = cut {
            file.truncate(cut.index(file.len()));
        }
        if let Err(error) = decode(OBJECT, month(), file.into()) {
            prop_assert!(error.to_string().contains(OBJECT));
        }
    }
}

#[test]
fn the_bytes_are_those_of_the_last_version() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/files/sample.parquet");
    let file = encode(month(), &sample()).unwrap();
    let written = Path::new(env!("CARGO_TARGET_TMPDIR")).join("sample.parquet");
    fs::write(&written, &file).expect("written");
    let kept = fs::read(&golden).expect("the golden file");
    // When this is meant, each month is written once more with the new bytes when a day of it is
    // revised.
    assert!(file == kept, "the same records give other bytes: {}", written.display());
    assert_eq!(decode(OBJECT, month(), kept.into()).unwrap(), sample());
}

#[test]
fn a_file_names_no_time_and_no_version() {
    let reader = SerializedFileReader::new(encode(month(), &sample()).unwrap()).unwrap();
    let file = reader.metadata().file_metadata();
    assert_eq!(file.created_by(), Some("hinomi history 1"));
    assert_eq!(file.key_value_metadata(), None);
    assert_eq!(reader.num_row_groups(), 1);
    let group = reader.metadata().row_group(0);
    assert!(group.columns().iter().all(|column| column.compression() == Compression::SNAPPY));
}

#[test]
fn records_that_no_object_can_hold_are_refused() {
    let one = &sample()[0];
    let message = |records: &[Record]| encode(month(), records).unwrap_err().to_string();
    assert_eq!(message(&[]), "unable to write the costs of 2026-11: there is no record");
    let december = Record { day: Date::constant(2026, 12, 1), ..one.clone() };
    assert!(message(&[one.clone(), december]).ends_with("2026-12-01 is in another month"));
    let again = Record { estimated: true, ..one.clone() };
    assert!(message(&[one.clone(), again]).ends_with("on 2026-11-01 is there twice"));
    let negative = Record { charges_usd: usd("-1"), ..one.clone() };
    assert!(message(&[negative]).contains("charges of -1.00 USD are below zero"));
    let large = Record { charges_usd: Usd::of_units(10_i128.pow(18)), ..one.clone() };
    assert!(message(&[large]).contains("more than a record can hold"));
}

#[test]
fn what_is_no_object_of_ours_is_said_with_its_name() {
    let whole = encode(month(), &sample()).unwrap();
    for file in
        [Bytes::new(), whole.slice(..whole.len() - 1), Bytes::from_static(b"day,account_id\n")]
    {
        let message = refused(file);
        assert!(
            message.starts_with(&format!("unable to read the costs in `{OBJECT}`: it is ")),
            "{message}"
        );
    }
    let december = "2026-12".parse().unwrap();
    let message = decode(OBJECT, december, whole).unwrap_err().to_string();
    assert!(message.ends_with("row 1: 2026-11-01 is not in 2026-12"), "{message}");
}

const OURS: [&str; 8] = [
    "required int32 day (DATE);",
    "required binary account_id (STRING);",
    "optional binary account_name (STRING);",
    "optional binary purpose (STRING);",
    "required binary service (STRING);",
    "required int64 charges_usd (DECIMAL(18,10));",
    "required int64 credits_usd (DECIMAL(18,10));",
    "required boolean estimated;",
];

/// A file without rows, with a schema like ours in which columns are other ones.
fn file_with(changes: &[(usize, &str)], more: &str) -> Vec<u8> {
    let mut columns = OURS;
    for (index, column) in changes {
        columns[*index] = column;
    }
    let schema = format!("message costs {{ {} {more} }}", columns.join(" "));
    let schema = parse_message_type(&schema).expect("a schema");
    let properties = WriterProperties::builder().build();
    let mut file = Vec::new();
    SerializedFileWriter::new(&mut file, schema.into(), properties.into())
        .and_then(SerializedFileWriter::close)
        .expect("a file");
    file
}

#[test]
fn another_schema_is_refused_with_the_column() {
    for (changes, more, said) in [
        (&[(5, "")][..], "", "the column `charges_usd` is missing"),
        (
            &[(5, "required double charges_usd;")],
            "",
            "the column `charges_usd` is `REQUIRED DOUBLE charges_usd`, and not `REQUIRED INT64 charges_usd (DECIMAL(18,10))`",
        ),
        (&[(3, "required binary purpose (STRING);")], "", "the column `purpose` is `REQUIRED"),
        (
            &[],
            "optional binary region (STRING);",
            "the column `region` is unknown; a newer version",
        ),
        (&[(0, OURS[7]), (7, OURS[0])], "", "the columns stand in another order"),
    ] {
        let message = refused(file_with(changes, more));
        assert!(message.contains(said), "{message}");
    }
    assert_eq!(decode(OBJECT, month(), file_with(&[], "").into()).unwrap(), []);
}

/// A file of ours with rows that we never write: days and accounts, all else the same.
fn file_of(rows: &[(i32, &[u8])]) -> Vec<u8> {
    let schema = parse_message_type(&format!("message costs {{ {} }}", OURS.join(" ")));
    let schema = schema.expect("a schema").into();
    let (mut file, same, none) =
        (Vec::new(), vec![ByteArray::from("Tax"); rows.len()], vec![0; rows.len()]);
    let mut writer =
        SerializedFileWriter::new(&mut file, schema, WriterProperties::default().into())
            .expect("a writer");
    let mut group = writer.next_row_group().expect("a group");
    let mut place = 0;
    while let Some(mut column) = group.next_column().expect("a column") {
        let accounts: Vec<_> = rows.iter().map(|(_, id)| ByteArray::from(id.to_vec())).collect();
        let days: Vec<_> = rows.iter().map(|(day, _)| *day).collect();
        let zeros = vec![0_i64; rows.len()];
        let written = match place {
            0 => column.typed::<Int32Type>().write_batch(&days, None, None),
            1 => column.typed::<ByteArrayType>().write_batch(&accounts, None, None),
            2 | 3 => column.typed::<ByteArrayType>().write_batch(&[], Some(&none), None),
            4 => column.typed::<ByteArrayType>().write_batch(&same, None, None),
            5 | 6 => column.typed::<Int64Type>().write_batch(&zeros, None, None),
            _ => column.typed::<BoolType>().write_batch(&vec![false; rows.len()], None, None),
        };
        written.expect("written");
        column.close().expect("closed");
        place += 1;
    }
    group.close().expect("closed");
    writer.close().expect("closed");
    file
}

#[test]
fn a_row_that_is_none_of_ours_is_said_with_its_number() {
    // 2 November 2026 is day 20759 after 1970-01-01.
    let (day, account): (i32, &[u8]) = (20_759, b"111122223333");
    let read = decode(OBJECT, month(), file_of(&[(day, account)]).into()).unwrap();
    assert_eq!(read, [record(Date::constant(2026, 11, 2), ACCOUNTS[0], "Tax", Usd::ZERO)]);
    for (second, said) in [
        ((day, &b"1234"[..]), "row 2: an AWS account id has exactly 12 digits: `1234`"),
        ((day, b"\xff1122223333"), "row 2: the column `account_id` is no text in UTF-8"),
        ((i32::MAX, account), "row 2: 2147483647 days after 1970-01-01 is no day of the calendar"),
        ((day + 30, account), "row 2: 2026-12-02 is not in 2026-11"),
        ((0, account), "row 2: Tax of 111122223333 on 1970-01-01: the history begins with 2020-01"),
        ((day, account), "Tax of 111122223333 on 2026-11-02 is there twice"),
    ] {
        let message = refused(file_of(&[(day, account), second]));
        assert_eq!(message, format!("unable to read the costs in `{OBJECT}`: {said}"));
    }
}

#[test]
fn a_file_of_another_program_is_refused_with_what_differs() {
    let bad = crate::duckdb::written(
        "SELECT DATE '2026-11-02' AS day, '12345' AS account_id, CAST(NULL AS VARCHAR) AS account_name",
    );
    let message = refused(bad);
    assert!(message.contains("the column `day` is `OPTIONAL INT32 day (DATE)`"), "{message}");
}
