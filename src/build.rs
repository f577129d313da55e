//! Features and flows are embedded in the program; without this a new file would be passed over until
//! something else changes.

fn main() {
    println!("cargo::rerun-if-changed=features");
    println!("cargo::rerun-if-changed=fixtures");
}
