//! From a struct to a value, through serde.

use std::collections::BTreeMap;

use serde::ser::{
    Error as _, Impossible, Serialize, SerializeMap, SerializeSeq, SerializeStruct, Serializer,
};

use super::de::ModelError;
use super::{Number, Value};

/// Name of the unit struct that stands for an unknown value.
pub(crate) const UNKNOWN: &str = "$framework::Unknown";

/// Writes a struct as a value. Sets come out as lists: [`crate::schema::Schema::conform`] knows
/// which of them are sets.
///
/// # Errors
/// When the struct holds something that Terraform has no type for.
pub fn to_value<T: Serialize>(model: &T) -> Result<Value, ModelError> {
    model.serialize(ValueSerializer)
}

struct ValueSerializer;

fn unsupported<T>(what: &str) -> Result<T, ModelError> {
    Err(ModelError::custom(format!("Terraform has no type for {what}")))
}

impl Serializer for ValueSerializer {
    type Ok = Value;
    type Error = ModelError;
    type SerializeSeq = Elements;
    type SerializeTuple = Impossible<Value, ModelError>;
    type SerializeTupleStruct = Impossible<Value, ModelError>;
    type SerializeTupleVariant = Impossible<Value, ModelError>;
    type SerializeMap = Entries;
    type SerializeStruct = Entries;
    type SerializeStructVariant = Impossible<Value, ModelError>;

    fn serialize_bool(self, value: bool) -> Result<Value, ModelError> {
        Ok(Value::Bool(value))
    }

    fn serialize_i8(self, value: i8) -> Result<Value, ModelError> {
        self.serialize_i64(value.into())
    }

    fn serialize_i16(self, value: i16) -> Result<Value, ModelError> {
        self.serialize_i64(value.into())
    }

    fn serialize_i32(self, value: i32) -> Result<Value, ModelError> {
        self.serialize_i64(value.into())
    }

    fn serialize_i64(self, value: i64) -> Result<Value, ModelError> {
        Ok(Value::Number(value.into()))
    }

    fn serialize_u8(self, value: u8) -> Result<Value, ModelError> {
        self.serialize_u64(value.into())
    }

    fn serialize_u16(self, value: u16) -> Result<Value, ModelError> {
        self.serialize_u64(value.into())
    }

    fn serialize_u32(self, value: u32) -> Result<Value, ModelError> {
        self.serialize_u64(value.into())
    }

    fn serialize_u64(self, value: u64) -> Result<Value, ModelError> {
        Ok(Value::Number(value.into()))
    }

    fn serialize_f32(self, value: f32) -> Result<Value, ModelError> {
        self.serialize_f64(value.into())
    }

    fn serialize_f64(self, value: f64) -> Result<Value, ModelError> {
        Number::from_shortest(value).map(Value::Number).map_err(ModelError::custom)
    }

    fn serialize_char(self, value: char) -> Result<Value, ModelError> {
        Ok(Value::string(value.to_string()))
    }

    fn serialize_str(self, text: &str) -> Result<Value, ModelError> {
        Ok(Value::string(text))
    }

    fn serialize_bytes(self, _: &[u8]) -> Result<Value, ModelError> {
        unsupported("bytes")
    }

    fn serialize_none(self) -> Result<Value, ModelError> {
        Ok(Value::Null)
    }

    fn serialize_some<T: ?Sized + Serialize>(self, value: &T) -> Result<Value, ModelError> {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<Value, ModelError> {
        Ok(Value::Null)
    }

    fn serialize_unit_struct(self, name: &'static str) -> Result<Value, ModelError> {
        if name == UNKNOWN { Ok(Value::unknown()) } else { Ok(Value::Null) }
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
    ) -> Result<Value, ModelError> {
        Ok(Value::string(variant))
    }

    fn serialize_newtype_struct<T: ?Sized + Serialize>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<Value, ModelError> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: ?Sized + Serialize>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<Value, ModelError> {
        unsupported("an enum with contents")
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Elements, ModelError> {
        Ok(Elements(Vec::new()))
    }

    fn serialize_tuple(self, _: usize) -> Result<Self::SerializeTuple, ModelError> {
        unsupported("a tuple")
    }

    fn serialize_tuple_struct(
        self,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleStruct, ModelError> {
        unsupported("a tuple")
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeTupleVariant, ModelError> {
        unsupported("an enum with contents")
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Entries, ModelError> {
        Ok(Entries::default())
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Entries, ModelError> {
        Ok(Entries::default())
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self::SerializeStructVariant, ModelError> {
        unsupported("an enum with contents")
    }
}

struct Elements(Vec<Value>);

impl SerializeSeq for Elements {
    type Ok = Value;
    type Error = ModelError;

    fn serialize_element<T: ?Sized + Serialize>(&mut self, value: &T) -> Result<(), ModelError> {
        self.0.push(value.serialize(ValueSerializer)?);
        Ok(())
    }

    fn end(self) -> Result<Value, ModelError> {
        Ok(Value::List(self.0))
    }
}

#[derive(Default)]
struct Entries {
    entries: BTreeMap<String, Value>,
    key: String,
}

impl SerializeMap for Entries {
    type Ok = Value;
    type Error = ModelError;

    fn serialize_key<T: ?Sized + Serialize>(&mut self, key: &T) -> Result<(), ModelError> {
        let Value::String(text) = key.serialize(ValueSerializer)? else {
            return unsupported("a map whose keys are not strings");
        };
        self.key = text;
        Ok(())
    }

    fn serialize_value<T: ?Sized + Serialize>(&mut self, value: &T) -> Result<(), ModelError> {
        let key = std::mem::take(&mut self.key);
        self.entries.insert(key, value.serialize(ValueSerializer)?);
        Ok(())
    }

    fn end(self) -> Result<Value, ModelError> {
        Ok(Value::Map(self.entries))
    }
}

impl SerializeStruct for Entries {
    type Ok = Value;
    type Error = ModelError;

    fn serialize_field<T: ?Sized + Serialize>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), ModelError> {
        self.entries.insert(name.to_owned(), value.serialize(ValueSerializer)?);
        Ok(())
    }

    fn end(self) -> Result<Value, ModelError> {
        Ok(Value::Map(self.entries))
    }
}
