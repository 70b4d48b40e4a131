//! The Glue table: what Athena must know to read the objects.

use std::collections::BTreeMap;
use std::fmt;

use crate::Month;
use crate::columns::{COLUMNS, PARTITION};
use crate::object::folder;

/// The name of a table in its database. Written, it is quoted for SQL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableName {
    /// The database, which `DuckDB` calls a schema.
    pub database: String,
    /// The table.
    pub table: String,
}

/// A column of a Glue table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableColumn {
    /// Its name.
    pub name: &'static str,
    /// Its type in Hive's words, such as `decimal(18,10)`.
    pub hive_type: String,
    /// What it says.
    pub comment: &'static str,
}

/// A Glue table as data: what `CreateTable` takes as `TableInput`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// `TableType`.
    pub table_type: &'static str,
    /// What it says, for people.
    pub description: &'static str,
    /// The columns that stand in the files.
    pub columns: Vec<TableColumn>,
    /// The columns that stand in the keys of the objects.
    pub partition_keys: Vec<TableColumn>,
    /// `Parameters`: among them the partitions, which Athena works out for itself. So no crawler
    /// runs, and nobody adds a partition when a month begins.
    pub parameters: BTreeMap<String, String>,
    /// The URL of the folder of all objects.
    pub location: String,
    /// `StorageDescriptor.InputFormat`.
    pub input_format: &'static str,
    /// `StorageDescriptor.OutputFormat`.
    pub output_format: &'static str,
    /// `SerdeInfo.SerializationLibrary`.
    pub serialization_library: &'static str,
}

impl Table {
    /// The table of the objects in a bucket, below a prefix that is empty or ends with `/`.
    pub fn of(bucket: &str, prefix: &str) -> Self {
        let location = format!("s3://{bucket}/{}", folder(prefix));
        let columns = COLUMNS.iter().map(|column| TableColumn {
            name: column.name,
            hive_type: column.values.hive_type(),
            comment: column.comment,
        });
        let month = TableColumn {
            name: PARTITION,
            hive_type: "string".to_owned(),
            comment: "Month of the day, such as 2026-11. A query that names months reads only these.",
        };
        Self {
            table_type: "EXTERNAL_TABLE",
            description: "Daily cost of each AWS account and service, recorded by Hinomi.",
            columns: columns.collect(),
            partition_keys: vec![month],
            parameters: parameters(&location),
            location,
            // The names by which Athena knows Parquet (Athena User Guide, "Parquet SerDe").
            input_format: "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
            output_format: "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
            serialization_library: "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe",
        }
    }
}

/// Partition projection (Athena User Guide, "Supported types for partition projection", "Date
/// type"). `NOW` is in UTC, as the days of the bill are.
fn parameters(location: &str) -> BTreeMap<String, String> {
    let projected = |property: &str| format!("projection.{PARTITION}.{property}");
    BTreeMap::from([
        ("EXTERNAL".to_owned(), "TRUE".to_owned()),
        ("classification".to_owned(), "parquet".to_owned()),
        ("projection.enabled".to_owned(), "true".to_owned()),
        (projected("type"), "date".to_owned()),
        (projected("format"), "yyyy-MM".to_owned()),
        (projected("range"), format!("{},NOW", Month::FIRST)),
        (projected("interval"), "1".to_owned()),
        (projected("interval.unit"), "MONTHS".to_owned()),
        (
            "storage.location.template".to_owned(),
            format!("{location}{PARTITION}=${{{PARTITION}}}/"),
        ),
    ])
}

impl fmt::Display for TableName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quoted = |name: &str| crate::sql::identifier(name);
        write!(formatter, "{}.{}", quoted(&self.database), quoted(&self.table))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::object_key;

    #[test]
    fn each_month_lies_where_the_table_looks_for_it() {
        for prefix in ["", "hinomi/"] {
            let table = Table::of("company-costs", prefix);
            let template = &table.parameters["storage.location.template"];
            let month: Month = "2026-11".parse().unwrap();
            let folder = template.replace("${month}", &month.to_string());
            let object = format!("s3://company-costs/{}", object_key(prefix, month));
            assert_eq!(object, format!("{folder}costs.parquet"));
            assert!(template.starts_with(&table.location));
        }
    }

    #[test]
    fn partitions_are_projected_from_the_first_month_on() {
        let table = Table::of("company-costs", "");
        let projection: Vec<_> = table
            .parameters
            .iter()
            .filter(|(name, _)| name.starts_with("projection."))
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        assert_eq!(
            projection,
            [
                "projection.enabled=true",
                "projection.month.format=yyyy-MM",
                "projection.month.interval=1",
                "projection.month.interval.unit=MONTHS",
                "projection.month.range=2020-01,NOW",
                "projection.month.type=date",
            ]
        );
        assert_eq!(table.partition_keys.len(), 1);
        assert!(table.columns.iter().all(|column| column.name != table.partition_keys[0].name));
    }
}
