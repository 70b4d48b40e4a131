//! Which versions of glibc's symbols a program asks for: its ELF file says so in `.gnu.version_r`.
//!
//! Source: Linux Standard Base, "Symbol Versioning".

use hinomi_tests::{Error, Result};
use object::{
    Endianness,
    elf::FileHeader64,
    read::elf::{FileHeader, SectionHeader},
};

/// The newest version, as in `[2, 34]`; `[0, 0]` of a program that asks for none.
pub(super) fn newest_glibc(program: &[u8]) -> Result<[u32; 2]> {
    let needs = needs(program)?;
    Ok(needs.iter().filter_map(|need| version(need)).max().unwrap_or_default())
}

/// The needs above a version, as the file names them: `GLIBC_2.38`.
pub(super) fn needs_above(program: &[u8], limit: [u32; 2]) -> Result<Vec<String>> {
    let mut needs = needs(program)?;
    needs.retain(|need| version(need).is_some_and(|version| version > limit));
    Ok(needs)
}

/// Every version that is asked of any library.
fn needs(program: &[u8]) -> Result<Vec<String>> {
    let unreadable = |error: object::Error| {
        Error::unexpected(format!("unable to read the program as ELF: {error}"))
    };
    let header = FileHeader64::<Endianness>::parse(program).map_err(unreadable)?;
    let endian = header.endian().map_err(unreadable)?;
    let sections = header.sections(endian, program).map_err(unreadable)?;
    let mut names = Vec::new();
    for section in sections.iter() {
        let Some((mut libraries, strings)) =
            section.gnu_verneed(endian, program).map_err(unreadable)?
        else {
            continue;
        };
        let strings = sections.strings(endian, program, strings).map_err(unreadable)?;
        while let Some((_, mut versions)) = libraries.next().map_err(unreadable)? {
            while let Some(version) = versions.next().map_err(unreadable)? {
                let name = version.name(endian, strings).map_err(unreadable)?;
                names.push(String::from_utf8_lossy(name).into_owned());
            }
        }
    }
    names.sort();
    names.dedup();
    Ok(names)
}

/// `GLIBC_2.2.5` is 2.2; names of other libraries' versions have none.
fn version(need: &str) -> Option<[u32; 2]> {
    let mut parts = need.strip_prefix("GLIBC_")?.split('.').map(|part| part.parse().ok());
    Some([parts.next()??, parts.next()??])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_compare_as_numbers() {
        assert_eq!(version("GLIBC_2.2.5"), Some([2, 2]));
        assert!(version("GLIBC_2.4") < version("GLIBC_2.34"));
        assert_eq!(version("GCC_3.0"), None);
        assert_eq!(version("GLIBC_PRIVATE"), None);
    }

    #[test]
    fn this_test_asks_for_glibc_and_for_nothing_above_what_it_asks_for() {
        let program = std::env::current_exe().expect("a test runs from a file");
        let program = std::fs::read(program).expect("readable");
        let newest = newest_glibc(&program).expect("ELF");
        assert!(newest > [2, 0], "{newest:?}");
        assert!(needs_above(&program, newest).expect("ELF").is_empty());
        let older = needs_above(&program, [2, 1]).expect("ELF");
        assert!(older.iter().any(|need| need.starts_with("GLIBC_2.")), "{older:?}");
    }

    #[test]
    fn what_is_no_program_is_said() {
        assert!(newest_glibc(b"#!/bin/sh\n").is_err());
    }
}
