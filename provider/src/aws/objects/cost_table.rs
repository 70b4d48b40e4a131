//! The table of the recorded costs in Glue's data catalog. Tables have no tags: one is ours when its
//! database is.

use std::collections::BTreeMap;

use aws_sdk_glue::types::{Column, SerDeInfo, StorageDescriptor, Table as Shown, TableInput};
use history::{Table, TableColumn, TableName};

use super::or_absent;
use crate::aws::Session;
use crate::aws::error::{Failure, Kind};

/// Parameters that Glue and Athena set by themselves.
const OTHERS: [&str; 2] = ["transient_lastDdlTime", "CreatedByJob"];

/// The table as it is: what [`Table`] says of it, in the same words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    table_type: String,
    description: String,
    columns: Vec<(String, String, String)>,
    partition_keys: Vec<(String, String, String)>,
    parameters: BTreeMap<String, String>,
    location: String,
    formats: [String; 3],
}

impl Found {
    fn of(table: Shown) -> Self {
        let storage =
            table.storage_descriptor.unwrap_or_else(|| StorageDescriptor::builder().build());
        let mut parameters: BTreeMap<String, String> =
            table.parameters.unwrap_or_default().into_iter().collect();
        parameters.retain(|name, _| !OTHERS.contains(&name.as_str()));
        let serde = storage.serde_info.and_then(|info| info.serialization_library);
        let formats = [storage.input_format, storage.output_format, serde];
        Self {
            table_type: table.table_type.unwrap_or_default(),
            description: table.description.unwrap_or_default(),
            columns: columns_of(storage.columns),
            partition_keys: columns_of(table.partition_keys),
            parameters,
            location: storage.location.unwrap_or_default(),
            formats: formats.map(Option::unwrap_or_default),
        }
    }

    /// What differs from what it shall be, in words for a user.
    pub fn differences(&self, wanted: &Table) -> Vec<&'static str> {
        let formats = [wanted.input_format, wanted.output_format, wanted.serialization_library];
        [
            ("type", self.table_type == wanted.table_type),
            ("description", self.description == wanted.description),
            ("set of columns", self.columns == texts(&wanted.columns)),
            ("set of partition keys", self.partition_keys == texts(&wanted.partition_keys)),
            ("set of parameters", self.parameters == wanted.parameters),
            ("location", self.location == wanted.location),
            ("format", self.formats == formats),
        ]
        .into_iter()
        .filter(|(_, is_same)| !is_same)
        .map(|(what, _)| what)
        .collect()
    }
}

fn columns_of(columns: Option<Vec<Column>>) -> Vec<(String, String, String)> {
    let columns = columns.unwrap_or_default().into_iter();
    let text = |column: Column| {
        (column.name, column.r#type.unwrap_or_default(), column.comment.unwrap_or_default())
    };
    columns.map(text).collect()
}

fn texts(columns: &[TableColumn]) -> Vec<(String, String, String)> {
    let text = |column: &TableColumn| {
        (column.name.to_owned(), column.hive_type.clone(), column.comment.to_owned())
    };
    columns.iter().map(text).collect()
}

/// The table; `None` when there is none.
///
/// # Errors
/// What Glue refuses.
pub async fn find(session: &Session, name: &TableName) -> Result<Option<Found>, Failure> {
    let call = session.glue().get_table().database_name(&name.database).name(&name.table);
    let asked = or_absent(call.send().await.map_err(session.failed("glue", "GetTable")))?;
    Ok(asked.and_then(|answer| answer.table).map(Found::of))
}

/// Makes the table, or brings it to what it shall be.
///
/// # Errors
/// What Glue refuses.
pub async fn ensure(session: &Session, name: &TableName, wanted: &Table) -> Result<(), Failure> {
    let found = match find(session, name).await? {
        Some(found) => found,
        None => match create(session, name, wanted).await {
            Ok(()) => return Ok(()),
            // Also the answer to a call whose first answer was lost, and which the SDK sent again.
            Err(taken) if taken.kind() == Kind::Conflict => {
                find(session, name).await?.ok_or(taken)?
            }
            Err(failure) => return Err(failure),
        },
    };
    if found.differences(wanted).is_empty() {
        return Ok(());
    }
    let call = session.glue().update_table().database_name(&name.database);
    let call = call.table_input(input(name, wanted)).send();
    call.await.map_err(session.failed("glue", "UpdateTable"))?;
    Ok(())
}

async fn create(session: &Session, name: &TableName, wanted: &Table) -> Result<(), Failure> {
    let call = session.glue().create_table().database_name(&name.database);
    let call = call.table_input(input(name, wanted)).send();
    call.await.map_err(session.failed("glue", "CreateTable"))?;
    Ok(())
}

fn input(name: &TableName, wanted: &Table) -> TableInput {
    let column = |column: &TableColumn| {
        let built = Column::builder().name(column.name).r#type(&column.hive_type);
        built.comment(column.comment).build().expect("the name is set")
    };
    let columns = |columns: &[TableColumn]| Some(columns.iter().map(column).collect());
    let serde = SerDeInfo::builder().serialization_library(wanted.serialization_library).build();
    let storage = StorageDescriptor::builder()
        .set_columns(columns(&wanted.columns))
        .location(&wanted.location)
        .input_format(wanted.input_format)
        .output_format(wanted.output_format)
        .serde_info(serde)
        .build();
    TableInput::builder()
        .name(&name.table)
        .description(wanted.description)
        .table_type(wanted.table_type)
        .set_partition_keys(columns(&wanted.partition_keys))
        .set_parameters(Some(wanted.parameters.clone().into_iter().collect()))
        .storage_descriptor(storage)
        .build()
        .expect("the name is set")
}
