//! Compiles the one function of the C library that would keep the charts off Lambda: see `hypotf.c`.

fn main() {
    println!("cargo::rerun-if-changed=src/hypotf.c");
    cc::Build::new().file("src/hypotf.c").flag_if_supported("-fno-math-errno").compile("hypotf");
}
