//! Objects that several resources make in AWS: what each shall be, and how it is found, made and removed.
